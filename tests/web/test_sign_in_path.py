"""Signing in, from the one-time code to the second factor."""

import datetime as dt

import pytest
import time_machine
from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from huiyin.accounts import operations
from huiyin.accounts.enums import Role
from huiyin.accounts.models import User
from huiyin.audit.models import Record
from huiyin.kernel import clock
from tests import staff

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def enter(browser, username, password):
    return browser.post(LOGIN, {"login": username, "password": password})


def test_officers_come_to_their_list_and_administrators_to_manage():
    staff.user(Role.OFFICER)
    staff.user(Role.ADMINISTRATOR)
    assert enter(staff.browser(), "officer", staff.PASSWORD)["Location"] == reverse("desk:worklist")
    assert enter(staff.browser(), "administrator", staff.PASSWORD)["Location"] == reverse("manage:home")
    assert Record.objects.filter(action="user.signed_in").count() == 2


def test_a_wrong_password_says_nothing_about_the_name():
    staff.user(Role.OFFICER)
    known = enter(staff.browser(), "officer", "wrong")
    unknown = enter(staff.browser(), "nobody at all", "wrong")
    assert known.status_code == unknown.status_code == 200
    assert known.context["form"].errors == unknown.context["form"].errors


def test_a_one_time_code_opens_only_the_screen_for_a_password():
    operations.invite_user("lin", name="Lin", actor="system")
    user = User.objects.get(username="lin")
    operations.give_role(user, role=Role.ADMINISTRATOR, unit_id=None, actor="system")
    code = operations.reset_password(user, actor="system")
    browser = staff.browser()
    enter(browser, "lin", code)
    for path in ("/manage/", "/manage/users/", "/accounts/2fa/"):
        assert browser.get(path)["Location"] == reverse("account_change_password")
    page = browser.get(reverse("account_change_password"))
    assert page.status_code == 200
    assert "one-time code" in page.content.decode()
    new = {"oldpassword": code, "password1": "a sentence of my own", "password2": "a sentence of my own"}
    answer = browser.post(reverse("account_change_password"), new)
    assert answer["Location"] == reverse("manage:home")
    assert browser.get("/manage/").status_code == 200
    assert "user.password_changed" in set(Record.objects.values_list("action", flat=True))
    assert enter(staff.browser(), "lin", code).status_code == 200


def test_a_code_that_is_too_old_opens_nothing():
    _user, code = operations.invite_user("lin", name="Lin", actor="system")
    with time_machine.travel(clock.now() + dt.timedelta(hours=25)):
        browser = staff.browser()
        assert enter(browser, "lin", code)["Location"] == LOGIN
        assert browser.get("/manage/roles/").status_code == 302
        assert "too old" in browser.get(LOGIN).content.decode()


def test_a_stopped_user_cannot_sign_in_and_open_sessions_end():
    user = staff.user(Role.OFFICER)
    browser = staff.browser()
    enter(browser, "officer", staff.PASSWORD)
    assert browser.get("/manage/roles/").status_code == 200
    operations.deactivate(user, actor="system")
    assert browser.get("/manage/roles/").status_code == 302
    enter(browser, "officer", staff.PASSWORD)
    assert browser.get("/manage/roles/").status_code == 302


def test_a_reset_ends_open_sessions():
    user = staff.user(Role.OFFICER)
    browser = staff.browser()
    enter(browser, "officer", staff.PASSWORD)
    operations.reset_password(user, actor="system")
    assert browser.get("/manage/roles/").status_code == 302


def digits(secret):
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_staff_page_before_the_second_factor_and_none_without_it_afterwards(settings, language):
    settings.HUIYIN_SECOND_FACTOR = True
    staff.user(Role.ADMINISTRATOR)
    browser = staff.browser()
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    enter(browser, "administrator", staff.PASSWORD)
    for path in ("/manage/", "/manage/audit/", "/manage/roles/"):
        assert browser.get(path)["Location"] == reverse("mfa_index")
    assert browser.get(reverse("mfa_index")).status_code == 200
    browser.post(reverse("account_reauthenticate"), {"password": staff.PASSWORD})
    page = browser.get(reverse("mfa_activate_totp"))
    assert b"data:image/svg+xml" in page.content
    secret = page.context["form"].secret
    assert browser.post(reverse("mfa_activate_totp"), {"code": "000000x"}).status_code == 200
    browser.post(reverse("mfa_activate_totp"), {"code": digits(secret)})
    assert browser.get("/manage/").status_code == 200
    for name in (
        "mfa_index",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_deactivate_totp",
    ):
        assert browser.get(reverse(name)).status_code in {200, 302}

    second = staff.browser()
    second.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    assert enter(second, "administrator", staff.PASSWORD)["Location"] == reverse("mfa_authenticate")
    assert second.get("/manage/").status_code == 302
    assert second.get(reverse("mfa_authenticate")).status_code == 200
    with time_machine.travel(clock.now() + dt.timedelta(seconds=60)):
        second.post(reverse("mfa_authenticate"), {"code": digits(secret)})
        assert second.get("/manage/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/accounts/signup/", "/accounts/email/", "/accounts/password/reset/", "/accounts/3rdparty/"]
)
def test_nobody_opens_an_account_or_resets_a_password_alone(path):
    staff.user(Role.OFFICER)
    browser = staff.browser()
    assert browser.get(path).status_code == 404
    enter(browser, "officer", staff.PASSWORD)
    assert browser.get(path).status_code == 404


def arriving(claims):
    return SocialLogin(
        user=User(), account=SocialAccount(provider="city", uid="1", extra_data={"userinfo": claims})
    )


def test_the_citys_sign_on_opens_only_accounts_that_exist(rf, settings):
    app = {
        "provider_id": "city",
        "name": "City",
        "client_id": "x",
        "settings": {"server_url": "https://x.test"},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    assert "Sign in with City" in staff.browser().get(LOGIN).content.decode()
    request = rf.get("/")
    request.session = {}
    request.user = AnonymousUser()
    adapter = get_social_adapter()
    user = staff.user(Role.OFFICER)
    login = arriving({"preferred_username": "officer"})
    adapter.pre_social_login(request, login)
    assert login.user == user
    for claims in ({"preferred_username": "stranger"}, {}, {"preferred_username": ""}):
        with pytest.raises(ImmediateHttpResponse) as raised:
            adapter.pre_social_login(request, arriving(claims))
        assert raised.value.response.status_code == 403
    operations.deactivate(user, actor="system")
    with pytest.raises(ImmediateHttpResponse):
        adapter.pre_social_login(request, arriving({"preferred_username": "officer"}))
    assert get_adapter().is_open_for_signup(request) is False
