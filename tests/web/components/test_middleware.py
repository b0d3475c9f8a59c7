"""Refusals, language and access, on screens made for this test."""

import json

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path

from huiyin.accounts.enums import Permission, Role
from huiyin.accounts.models import Membership, User
from huiyin.kernel import errors
from huiyin.web.components import access, middleware


def _text(request):
    return HttpResponse("words")


def _refuse(request):
    raise errors.Conflict("Somebody was faster.", fields={"state": "It is closed."})


open_view = access.public(reason="a test")(lambda request: _text(request))
urlpatterns = [
    path("open/", open_view, name="open"),
    path("refuse/", access.public(reason="a test")(_refuse), name="refuse"),
    path("staff/", access.signed_in(reason="a test")(lambda request: _text(request)), name="staff"),
    path("audit/", access.requires(Permission.SEE_AUDIT)(lambda request: _text(request)), name="audit"),
    path("unmarked/", lambda request: _text(request), name="unmarked"),
    path("accounts/", include("allauth.urls")),
]
handler404 = "huiyin.web.components.refusals.missing"
pytestmark = [pytest.mark.urls(__name__)]


@pytest.fixture
def auditor(db):
    user = User.objects.create(username="auditor", name="An Auditor")
    Membership.objects.create(user=user, role=Role.AUDITOR)
    return user


@pytest.fixture
def operator(db):
    user = User.objects.create(username="operator", name="An Operator")
    Membership.objects.create(user=user, role=Role.OPERATOR)
    return user


def test_a_marked_view_opens(client, db):
    assert client.get("/open/").content == b"words"


def test_a_view_without_a_mark_opens_to_nobody(client, auditor):
    client.force_login(auditor)
    assert client.get("/unmarked/").status_code == 404


def test_staff_screens_send_strangers_to_the_sign_in_and_back(client, db):
    response = client.get("/staff/?unit=3")
    assert response.status_code == 302
    assert response["Location"].endswith("/login/?next=/staff/%3Funit%3D3")


def test_a_stranger_posting_is_not_sent_back_to_a_form_that_cannot_be_posted_again(client, db):
    assert "next" not in client.post("/staff/")["Location"]


def test_a_stranger_is_told_in_json_and_to_htmx(client, db):
    assert client.get("/staff/", headers={"Accept": "application/json"}).json()["error"]["code"] == "sign_in"
    piece = client.get("/staff/", headers={"HX-Request": "true"})
    assert (piece.status_code, piece["HX-Refresh"]) == (401, "true")


def test_a_permission_opens_only_to_its_holders(client, auditor, operator):
    client.force_login(operator)
    assert client.get("/audit/").status_code == 403
    client.force_login(auditor)
    assert client.get("/audit/").content == b"words"


def test_requires_needs_at_least_one_permission():
    with pytest.raises(TypeError):
        access.requires()


def test_open_sign_up_cannot_be_reached(client, db):
    assert client.get("/accounts/signup/").status_code == 404


@override_settings(HUIYIN_SECOND_FACTOR=True)
def test_without_a_second_factor_one_gets_no_further_than_setting_it_up(client, auditor):
    client.force_login(auditor)
    assert client.get("/audit/")["Location"] == "/accounts/2fa/"
    match = type("Match", (), {"view_name": "mfa_activate_totp"})
    assert access.sets_up_second_factor(match)


@override_settings(HUIYIN_SECOND_FACTOR=True)
def test_the_citys_own_sign_on_brings_its_second_factor(client, auditor):
    client.force_login(auditor)
    session = client.session
    session["account_authentication_methods"] = [{"method": "socialaccount"}]
    session.save()
    assert client.get("/audit/").content == b"words"


def test_a_refusal_becomes_a_page_with_its_status_and_words(client, db):
    response = client.get("/refuse/")
    assert response.status_code == 409
    assert "Somebody was faster." in response.content.decode()


def test_a_refusal_becomes_json(client, db):
    response = client.get("/refuse/", headers={"Accept": "application/json"})
    expected = {"code": "conflict", "message": "Somebody was faster.", "fields": {"state": "It is closed."}}
    assert (response.status_code, json.loads(response.content)) == (409, {"error": expected})


def test_a_refusal_becomes_a_piece_for_htmx(client, db):
    response = client.get("/refuse/", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Retarget"]) == (409, "#refusal")
    assert b"<html" not in response.content


def test_an_unknown_address_is_a_404_in_the_clients_form(client, db):
    response = client.get("/nothing/", headers={"Accept": "application/json"})
    assert (response.status_code, response.json()["error"]["code"]) == (404, "missing")


@pytest.mark.parametrize(
    ("header", "code"),
    [("zh-CN,zh;q=0.9", "zh-hans"), ("zh-TW", "zh-hant"), ("zh-HK", "zh-hant"), ("zh", "zh-hans"),
     ("en-GB", "en"), ("fr", "zh-hans")],
)  # fmt: skip
def test_the_browsers_language_is_respected(client, db, header, code):
    assert client.get("/open/", headers={"Accept-Language": header})["Content-Language"] == code


def test_a_chosen_language_wins_and_is_remembered(client, db):
    first = client.get("/open/?lang=zh-hant", headers={"Accept-Language": "en"})
    assert first["Content-Language"] == "zh-hant"
    assert first.cookies["language"].value == "zh-hant"
    assert client.get("/open/", headers={"Accept-Language": "en"})["Content-Language"] == "zh-hant"


def test_a_language_that_is_not_offered_changes_nothing(client, db):
    response = client.get("/open/?lang=fr", headers={"Accept-Language": "en"})
    assert response["Content-Language"] == "en"
    assert "language" not in response.cookies


def test_every_middleware_of_ours_is_switched_on(settings):
    names = {f"huiyin.web.components.middleware.{one.__name__}" for one in
             (middleware.Programs, middleware.Refusals, middleware.Language, middleware.Access)}  # fmt: skip
    assert names <= set(settings.MIDDLEWARE)
