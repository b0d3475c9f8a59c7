"""Calls of programs go past what serves pages, and are still answered in order."""

import pytest

from huiyin.web.components import middleware

pytestmark = pytest.mark.django_db
ADDRESSES = ("/open311/v2/services.json", "/open311/nothing.xml", "/api/v1/services", "/api/nothing")


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_session_cookie_or_page_is_made_and_what_protects_stays(client, address, monkeypatch):
    def never(*_given):
        raise AssertionError("the long way")

    monkeypatch.setattr("django.contrib.sessions.middleware.SessionMiddleware.process_request", never)
    answer = client.get(address, HTTP_COOKIE="sessionid=stolen")
    assert answer.status_code in {200, 404}
    assert not answer.cookies
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert int(answer["Content-Length"]) == len(answer.content)


def test_the_language_is_the_clients(client):
    answer = client.get("/open311/v2/requests/1.json", HTTP_ACCEPT_LANGUAGE="en")
    assert answer["Content-Language"] == "en"
    assert "not known" in answer.json()[0]["description"]
    answer = client.get("/open311/v2/requests/1.json", HTTP_ACCEPT_LANGUAGE="zh-TW")
    assert answer["Content-Language"] == "zh-hant"


def test_another_host_and_a_nul_are_refused(client):
    assert client.get("/api/v1/services", HTTP_HOST="evil.example").status_code == 400
    assert client.get("/open311/v2/requests/1%00.json").status_code == 400


def test_an_answer_is_packed_where_the_client_takes_it(client):
    answer = client.get("/api/openapi.json", HTTP_ACCEPT_ENCODING="gzip")
    assert answer["Content-Encoding"] == "gzip"


def test_a_view_without_a_mark_is_closed_here_too(client, monkeypatch):
    monkeypatch.setattr(middleware.access, "rule_of", lambda *_given: None)
    assert client.get("/api/v1/services", HTTP_ACCEPT="application/json").status_code == 404


def test_a_fault_is_a_plain_500(client):
    client.raise_request_exception = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("huiyin.interop.open311.catalogue.services", lambda _units: 1 / 0)
        answer = client.get("/open311/v2/services.json")
    assert answer.status_code == 500
    assert b"ZeroDivision" not in answer.content
