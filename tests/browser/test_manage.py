"""Every screen of Manage and of signing in, at three widths and in two languages: accessible, fitting, looked at."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from huiyin.accounts.enums import Role
from tests import staff
from tests.factories import manage

SCREENS = {
    "home": {}, "units": {}, "unit": {"pk": "unit"}, "unit_edit": {"pk": "unit"}, "unit_close": {"pk": "unit"},
    "team": {"pk": "team"}, "programs": {}, "connections": {}, "connection_new": {}, "jurisdictions": {}, "program": {"pk": "program"}, "program_new": {}, "hooks": {}, "hook": {"pk": "hook"}, "hook_new": {}, "hook_log": {"pk": "hook"}, "users": {}, "user": {"pk": "officer"}, "user_new": {}, "user_give_role": {"pk": "officer"},
    "services": {}, "service": {"code": "lights"}, "service_edit": {"code": "lights"}, "questions": {"code": "lights"},
    "question": {"code": "lights", "place": 1}, "templates": {}, "template_edit": {"pk": "template"}, "calendars": {},
    "calendar": {"pk": "calendar"}, "calendar_edit": {"pk": "calendar"}, "calendar_day": {"pk": "calendar"},
    "calendar_official": {"pk": "calendar"}, "channels": {}, "channel": {"code": "fax"}, "areas": {},
    "areas_import": {}, "rules": {}, "rule_new": {}, "rule_try": {"pk": "rule"}, "filing": {}, "threshold": {"code": "lights"},
    "settings": {}, "setting": {"key": "ordinary_limit"}, "audit": {}, "health": {}, "roles": {},
}  # fmt: skip
OWN = [
    "mfa_index",
    "account_change_password",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
]


def addresses(city):
    for name, given in SCREENS.items():
        found = {key: getattr(city, value).pk if key == "pk" else value for key, value in given.items()}
        yield name, reverse(f"manage:{name}", kwargs=found)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_screens(
    open_context, sign_in, width, language, assert_accessible, assert_fits, screenshot, transactional_db
):
    city = manage.city()
    context = open_context(width=width, language=language)
    sign_in(context, city.administrator)
    page = context.new_page()
    for name, address in addresses(city):
        page.goto(address)
        screenshot(page, f"manage-{name}-{language}-{width}")
        assert_fits(page)
        assert_accessible(page)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_errors_are_told_where_they_are(
    open_context, sign_in, language, assert_accessible, screenshot, transactional_db
):
    city = manage.city()
    context = open_context(width=320, language=language)
    sign_in(context, city.administrator)
    page = context.new_page()
    page.goto(reverse("manage:unit_new"))
    page.locator("main form button[type=submit]").click()
    page.locator(".govuk-error-summary").wait_for()
    assert_accessible(page)
    screenshot(page, f"manage-errors-{language}-320")
    page.goto(reverse("manage:user_new"))
    page.locator("#id_username").fill("lin")
    page.locator("#id_name").fill("林悦")
    page.locator("main form button[type=submit]").click()
    page.locator(".hy-code").wait_for()
    assert_accessible(page)
    screenshot(page, f"manage-code-{language}-320")
    page.goto(reverse("manage:program_new"))
    page.locator("#id_name").fill("市民随手拍")
    page.locator("#id_scopes_0").check()
    page.locator("main form button[type=submit]").click()
    page.locator(".hy-code--key").wait_for()
    assert_accessible(page)
    screenshot(page, f"manage-key-{language}-320")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_ones_own_sign_in(
    open_context, width, language, assert_accessible, assert_fits, screenshot, transactional_db
):
    staff.user(Role.ADMINISTRATOR)
    page = open_context(width=width, language=language).new_page()
    page.goto("/accounts/login/")
    page.locator("#id_login").fill("administrator")
    page.locator("#id_password").fill(staff.PASSWORD)
    page.locator("form.hy-narrow button[type=submit]").first.click()
    page.wait_for_url("**/manage/")
    for name in OWN:
        page.goto(reverse(name))
        if "reauthenticate" in page.url:
            page.locator("#id_password").fill(staff.PASSWORD)
            page.locator("main form button[type=submit]").first.click()
        screenshot(page, f"own-{name}-{language}-{width}")
        assert_fits(page)
        assert_accessible(page)


def test_questions_are_changed_without_javascript(open_context, sign_in, transactional_db):
    city = manage.city()
    context = open_context(width=320, javascript=False)
    sign_in(context, city.administrator)
    page = context.new_page()
    page.goto(reverse("manage:questions", args=["lights"]))
    page.get_by_role("link", name="Add a question").click()
    page.locator("#id_labels_zh-hans").fill("哪一根灯杆？")
    page.locator("#id_labels_en").fill("Which pole?")
    page.locator("#id_code").fill("pole")
    page.get_by_label("Text", exact=True).check()
    page.locator("#id_shown_if").select_option("dark=yes")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("This is your draft")).to_be_visible()
    city.service.refresh_from_db()
    assert city.service.current.number == 2
    page.get_by_role("button", name=re.compile("Up.*Which pole")).click()
    page.locator("#id_change_note").fill("The number of the pole finds the lamp")
    page.get_by_role("button", name="Put into force").click()
    expect(page.get_by_text("The number of the pole finds the lamp")).to_be_visible()
    city.service.refresh_from_db()
    assert city.service.current.number == 3
    assert [row["code"] for row in city.service.current.form.questions] == ["dark", "pole", "lamps"]


def test_a_passkey_is_set_up_and_opens_the_door(open_context, transactional_db):
    staff.user(Role.ADMINISTRATOR)
    context = open_context()
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    page.goto("/accounts/login/")
    page.locator("#id_login").fill("administrator")
    page.locator("#id_password").fill(staff.PASSWORD)
    page.locator("form.hy-narrow button[type=submit]").first.click()
    page.wait_for_url("**/manage/")
    page.goto(reverse("mfa_add_webauthn"))
    page.locator("#id_password").fill(staff.PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.locator("#id_passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/recovery-codes/**")
    page.locator(".hy-bar button").click()
    page.goto("/accounts/login/")
    page.locator("#passkey_login").click()
    page.wait_for_url("**/manage/")
    expect(page.get_by_role("heading", name="What needs attention")).to_be_visible()
