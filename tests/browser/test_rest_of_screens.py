"""Screens that no story walks through: once in each language, the narrowest in Chinese and the widest in English."""

import pytest
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.kernel import clock
from huiyin.usecases import opendata
from tests import staff
from tests.factories import manage, uploads

OF_UNIT, OF_PROGRAM, OF_HOOK = ("unit_fallback", "unit_room"), ("program_edit", "program_renew", "program_revoke"), (
    "hook_edit", "hook_renew", "hook_off", "hook_ping", "hook_replay",
)  # fmt: skip
YEAR = clock.today().year + 1
EVENTS = (
    f"DTSTART;VALUE=DATE:{YEAR}0608\nDTEND;VALUE=DATE:{YEAR}0610\nSUMMARY:端午节",
    f"DTSTART;VALUE=DATE:{YEAR}0620\nSUMMARY:端午节 补班",
)


def addresses(city):
    """(who, address) of each screen."""
    admin, head = city.administrator, city.head
    yield admin, reverse("manage:delivery", args=[city.hook.pk, city.hook.deliveries.get().pk])
    for names, thing in (
        (OF_UNIT, city.unit),
        (OF_PROGRAM, city.program),
        (OF_HOOK, city.hook),
        (("connection", "connection_stop"), city.connection),
        (("jurisdiction_remove",), city.jurisdiction),
        (("rule", "rule_remove"), city.rule),
        (("calendar_file", "calendar_default"), city.calendar),
    ):
        for name in names:
            yield admin, reverse(f"manage:{name}", args=[thing.pk])
    for name in ("jurisdiction_new", "imports", "export", "notices", "calendar_new"):
        yield admin, reverse(f"manage:{name}")
    yield admin, reverse("manage:notice", args=["answer", "sms", "zh-hans"])
    yield head, reverse("desk:absences")
    yield head, reverse("desk:absence", args=[city.officer.pk])
    yield head, reverse("desk:workload")
    yield head, reverse("desk:distribution", args=[city.unit.pk])
    yield head, reverse("desk:calendar")
    yield None, reverse("public:open_data")


@pytest.fixture
def folder(settings, tmp_path):
    """Where this test's files lie, the published ones among them."""
    settings.HUIYIN_OPEN_DATA = tmp_path / "open-data"
    return tmp_path


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 320), ("en", 1280)])
def test_each_is_accessible_and_fits(
    open_context, sign_in, language, width, assert_accessible, assert_fits, transactional_db, folder
):
    city = manage.city()
    city.head = staff.user(Role.UNIT_HEAD, unit=city.unit)
    opendata.publish()
    told, pages = [], {}
    for user in (city.administrator, city.head, None):
        context = open_context(width=width, language=language)
        if user is not None:
            sign_in(context, user)
        pages[user] = context.new_page()

    def look(page, name):
        try:
            assert_fits(page)
            assert_accessible(page)
        except AssertionError as wrong:
            told.append(f"{name}: {wrong}")

    for user, address in addresses(city):
        answer = pages[user].goto(address)
        assert answer.status == 200, address
        look(pages[user], address)
    # The secret address of the calendar, and the days that a file holds, come only after something was sent.
    page = pages[city.head]
    page.goto(reverse("desk:calendar"))
    page.locator("main form button[type=submit]").first.click()
    page.get_by_text(".ics").first.wait_for()
    look(page, "calendar given")
    page = pages[city.administrator]
    page.goto(reverse("manage:calendar_file", args=[city.calendar.pk]))
    sent = folder / "days.ics"
    sent.write_bytes(uploads.ics(*EVENTS))
    page.locator("input[type=file]").set_input_files(sent)
    page.locator("main form button[type=submit]").click()
    page.locator(f"[name='kind_{YEAR}-06-20']").first.wait_for()
    look(page, "days of the file")
    assert not told, "\n\n".join(told)
