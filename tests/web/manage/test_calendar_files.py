"""Days from an iCalendar file: seen before they are kept, what was set stays, no calendar without working time."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.audit.models import Record
from huiyin.engines import worktime
from huiyin.kernel.errors import Denied, Invalid
from huiyin.organisations import operations
from huiyin.organisations.models import CalendarDay
from tests import factories, staff
from tests.factories.uploads import ics as file

pytestmark = pytest.mark.django_db
WEEK = ["09:00-12:00, 14:00-18:00"] * 5 + ["", ""]
EVENTS = (
    "DTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261003\nSUMMARY:国庆节",
    "DTSTART;VALUE=DATE:20261010\nSUMMARY:国庆节 补班",
    "DTSTART:20261011T090000Z\nSUMMARY:Meeting",
)


@pytest.fixture
def calendar():
    return operations.create_calendar("City", time_zone="Asia/Shanghai", weekly=WEEK, actor="system")


@pytest.fixture
def browser():
    client = staff.browser()
    client.force_login(factories.user((Role.ADMINISTRATOR, None)))
    return client


def upload(content: bytes) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("days.ics", content, content_type="text/calendar")}


def test_seen_first_then_kept(browser, calendar):
    operations.set_day(calendar, date=dt.date(2026, 10, 2), name="Ours", hours="10:00-12:00", actor="system")
    url, take = (
        reverse(f"manage:{name}", args=[calendar.pk]) for name in ("calendar_file", "calendar_file_take")
    )
    assert browser.get(url).status_code == 200
    page = browser.post(url, upload(file(*EVENTS)))
    assert page.status_code == 200
    for words in ("国庆节 补班", "1 entry names an hour", "set already, stays", 'name="kind_2026-10-01"'):
        assert words in page.text
    assert 'name="kind_2026-10-02"' not in page.text
    assert CalendarDay.objects.count() == 1, "nothing is kept by looking"
    given = {
        "kind_2026-10-01": "holiday", "name_2026-10-01": "国庆节", "kind_2026-10-10": "makeup", "kind_2026-10-02": "holiday",
        "kind_2026-10-05": "", "kind_2026-99-05": "holiday", "kind_x": "holiday", "kind_2026-10-06": "party",
    }  # fmt: skip
    answer = browser.post(take, given)
    assert answer.status_code == 302
    assert answer["Location"].endswith("?month=2026-10")
    found = {row.date.day: (row.name, row.hours) for row in CalendarDay.objects.all()}
    assert found == {1: ("国庆节", ""), 2: ("Ours", "10:00-12:00"), 10: ("", WEEK[0])}
    record = Record.objects.get(action="calendar.days_imported")
    assert record.data["added"] == 2


@pytest.mark.parametrize("content", [b"", b"no calendar", file(), file("DTSTART:20261011T090000Z")])
def test_a_file_without_days_is_refused(browser, calendar, content):
    page = browser.post(reverse("manage:calendar_file", args=[calendar.pk]), upload(content))
    assert page.status_code == 422
    assert not CalendarDay.objects.exists()


def test_a_calendar_without_working_time_is_refused_and_nothing_is_kept(browser, calendar):
    begin = dt.date(2026, 3, 2)
    given = {f"kind_{begin + dt.timedelta(days=n)}": "holiday" for n in range(70)}
    page = browser.post(reverse("manage:calendar_file_take", args=[calendar.pk]), given)
    assert page.status_code == 422
    assert "nobody would work" in page.text
    assert 'name="kind_2026-03-02"' in page.text
    assert not CalendarDay.objects.exists()
    assert not Record.objects.filter(action="calendar.days_imported").exists()
    assert browser.post(reverse("manage:calendar_file_take", args=[calendar.pk]), {}).status_code == 422


def test_the_verb_refuses_strangers_no_days_and_a_calendar_without_hours(calendar):
    day = worktime.OfficialDay(dt.date(2026, 10, 1), worktime.DayKind.HOLIDAY, "")
    with pytest.raises(Denied):
        operations.import_days(calendar, days=[day], actor=factories.user((Role.UNIT_HEAD, factories.unit())))
    with pytest.raises(Invalid):
        operations.import_days(calendar, days=[], actor="system")
    type(calendar).objects.filter(pk=calendar.pk).update(weekly=[""] * 7)
    with pytest.raises(Invalid, match="weekly hours"):
        operations.import_days(calendar, days=[day], actor="system")
    assert not CalendarDay.objects.exists()


def test_months_of_holidays_with_one_worked_day_between_are_kept(calendar):
    begin = dt.date(2026, 3, 2)
    kinds = {40: worktime.DayKind.MAKEUP}
    days = [
        worktime.OfficialDay(begin + dt.timedelta(days=n), kinds.get(n, worktime.DayKind.HOLIDAY), "")
        for n in range(80)
    ]
    assert operations.import_days(calendar, days=days, actor="system") == 80


def test_a_hundred_days_cost_as_many_queries_as_one(browser, calendar, django_assert_max_num_queries):
    events = [f"DTSTART;VALUE=DATE:{dt.date(2026, 1, 1) + dt.timedelta(days=n):%Y%m%d}" for n in range(100)]
    with django_assert_max_num_queries(12):
        browser.post(reverse("manage:calendar_file", args=[calendar.pk]), upload(file(*events)))
