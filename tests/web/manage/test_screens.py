"""Every screen of Manage: it opens for those who may, for nobody else, and says what it should."""

import pytest
from django.urls import get_resolver, reverse

from huiyin.accounts.enums import Permission as P
from huiyin.accounts.enums import Role
from huiyin.web.components import access
from tests import staff

SCREENS = {
    "home": {},
    "units": {}, "unit_new": {}, "unit": {"pk": "unit"}, "unit_edit": {"pk": "unit"}, "unit_close": {"pk": "unit"},
    "unit_open": {"pk": "unit"}, "unit_fallback": {"pk": "unit"}, "team_new": {"pk": "unit"}, "team": {"pk": "team"}, "team_dissolve": {"pk": "team"},
    "users": {}, "user_new": {}, "user": {"pk": "officer"}, "user_edit": {"pk": "officer"},
    "user_give_role": {"pk": "officer"}, "user_take_role": {"pk": "officer", "member": "member"},
    "user_deactivate": {"pk": "officer"}, "user_activate": {"pk": "officer"}, "user_reset_password": {"pk": "officer"},
    "user_reset_factor": {"pk": "officer"},
    "connections": {}, "connection_new": {}, "connection": {"pk": "connection"}, "connection_stop": {"pk": "connection"},
    "connection_resume": {"pk": "connection"},
    "jurisdictions": {}, "jurisdiction_new": {}, "jurisdiction_remove": {"pk": "jurisdiction"},
    "programs": {}, "program_new": {}, "program": {"pk": "program"}, "program_edit": {"pk": "program"},
    "program_renew": {"pk": "program"}, "program_revoke": {"pk": "program"},
    "hooks": {}, "hook_new": {}, "hook": {"pk": "hook"}, "hook_edit": {"pk": "hook"}, "hook_log": {"pk": "hook"},
    "delivery": {"pk": "hook", "message": "delivery"}, "hook_renew": {"pk": "hook"}, "hook_off": {"pk": "hook"},
    "hook_on": {"pk": "hook"}, "hook_ping": {"pk": "hook"}, "hook_replay": {"pk": "hook"},
    "services": {}, "service_new": {}, "service": {"code": "lights"}, "service_edit": {"code": "lights"},
    "service_move": {"code": "lights"}, "service_retire": {"code": "lights"}, "service_offer": {"code": "lights"},
    "questions": {"code": "lights"}, "questions_arrange": {"code": "lights"},
    "question": {"code": "lights", "place": 1},
    "templates": {}, "template_new": {}, "template_edit": {"pk": "template"}, "template_retire": {"pk": "template"},
    "template_offer": {"pk": "template"},
    "calendars": {}, "calendar_new": {}, "calendar": {"pk": "calendar"}, "calendar_edit": {"pk": "calendar"},
    "calendar_default": {"pk": "calendar"}, "calendar_official": {"pk": "calendar"}, "calendar_file": {"pk": "calendar"},
    "calendar_day": {"pk": "calendar"}, "calendar_day_remove": {"pk": "calendar", "date": "2026-10-01"},
    "channels": {}, "channel_new": {}, "channel": {"code": "fax"},
    "areas": {}, "areas_import": {}, "imports": {}, "export": {},
    "rules": {}, "rule_new": {}, "rule": {"pk": "rule"}, "rule_remove": {"pk": "rule"}, "rule_try": {"pk": "rule"},
    "filing": {}, "threshold": {"code": "lights"},
    "notices": {}, "notice_log": {}, "unit_room": {"pk": "unit"},
    "notice": {"event": "answer", "via": "sms", "language": "zh-hans"},
    "notice_reset": {"event": "answer", "via": "sms", "language": "zh-hans"},
    "settings": {}, "setting": {"key": "ordinary_limit"}, "setting_reset": {"key": "ordinary_limit"},
    "purposes": {}, "purpose_new": {}, "purpose": {"pk": "purpose"}, "purpose_retire": {"pk": "purpose"},
    "purpose_offer": {"pk": "purpose"},
    "audit": {}, "deletions": {}, "health": {}, "roles": {},
}  # fmt: skip
REDIRECTS = {"questions_arrange"}


def address(city, name):
    found = {}
    for key, value in SCREENS[name].items():
        if value == "member":
            found[key] = city.officer.memberships.get().pk
        elif value == "delivery":
            found[key] = city.hook.deliveries.get().pk
        elif key == "pk":
            found[key] = getattr(city, value).pk
        else:
            found[key] = value
    return reverse(f"manage:{name}", kwargs=found)


# Looked at in test_files_of_cases, where a file was sent before.
NEED_A_FILE = {"import", "import_errors"}
# Buttons of a screen: nothing to open.
POSTED = {"rule_act", "calendar_file_take"}


def test_every_screen_is_looked_at():
    namespace = next(
        entry for entry in get_resolver().url_patterns if getattr(entry, "namespace", "") == "manage"
    )
    assert {pattern.name for pattern in namespace.url_patterns} == set(SCREENS) | NEED_A_FILE | POSTED


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_screen_opens(client, city, name, language):
    answer = client.get(address(city, name), {"lang": language})
    assert answer.status_code == (302 if name in REDIRECTS else 200)
    if name not in REDIRECTS:
        page = answer.content.decode()
        assert page.count("<h1") == 1
        assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in page


@pytest.mark.parametrize("role", [*Role, None])
def test_screens_open_to_those_whom_the_table_of_grants_names(city, role):
    user = staff.user(role, username="visitor")
    browser = staff.browser()
    browser.force_login(user)
    for name in SCREENS:
        rule = getattr(_view(name), access.ATTRIBUTE)
        status = browser.get(address(city, name)).status_code
        allowed = not rule.permissions or any(user.standing().may(p) for p in rule.permissions)
        assert (status != 403) is allowed, f"{role} {name} {status}"


def _view(name):
    namespace = next(
        entry for entry in get_resolver().url_patterns if getattr(entry, "namespace", "") == "manage"
    )
    return next(pattern.callback for pattern in namespace.url_patterns if pattern.name == name)


def test_a_visitor_is_asked_to_sign_in(city):
    for name in SCREENS:
        answer = staff.browser().get(address(city, name))
        assert answer.status_code == 302
        assert "/login/" in answer["Location"]


@pytest.mark.parametrize(
    "path",
    [
        "units/999/", "units/999/edit/", "users/999/", "users/1/roles/999/take/", "services/none/", "templates/999/",
        "services/none/questions/", "services/none/questions/0/", "calendars/999/", "settings/none/", "channels/none/",
        "calendars/999/day/2026-02-30/remove/", "teams/999/", "rules/999/", "rules/999/try/", "filing/none/", f"units/{2**70}/",
    ],
)  # fmt: skip
def test_what_is_not_there_is_missing(client, path):
    assert client.get(f"/manage/{path}").status_code == 404


def test_lists_that_find_nothing_say_so(client):
    for name in ("units", "users", "services", "templates", "areas"):
        page = client.get(reverse(f"manage:{name}"), {"q": "nothing is called so"}).content.decode()
        assert "hy-empty" in page


def test_no_permission_of_manage_is_without_a_screen():
    asked = {p for name in SCREENS for p in getattr(_view(name), access.ATTRIBUTE).permissions}
    assert asked == {
        P.EXPORT_CASES, P.IMPORT_CASES, P.MANAGE_CATALOGUE, P.MANAGE_ORGANISATION, P.MANAGE_SETTINGS, P.MANAGE_USERS,
        P.SEE_AUDIT,
    }  # fmt: skip
