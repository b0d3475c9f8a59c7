"""Holidays from iCalendar files: what is read, what is guessed, what is left out, what is refused."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.engines import worktime
from huiyin.engines.worktime import DayKind
from tests.factories.uploads import ics as file

SINCE, UNTIL = dt.date(2024, 1, 1), dt.date(2031, 12, 31)


def read(*events: str) -> worktime.Reading:
    return worktime.read_days(file(*events), since=SINCE, until=UNTIL)


def days(*events: str) -> list[tuple[str, DayKind]]:
    return [(row.day.isoformat(), row.kind) for row in read(*events).days]


def test_an_event_of_several_days_ends_before_its_end():
    found = read("DTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261004\nSUMMARY:国庆节 休")
    assert [(row.day.day, row.kind, row.name) for row in found.days] == [
        (day, DayKind.HOLIDAY, "国庆节 休") for day in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    ("extra", "kind"),
    [
        ("SUMMARY:国庆节 补班", DayKind.MAKEUP),
        ("SUMMARY:春节（班）", DayKind.MAKEUP),
        ("SUMMARY:国庆节调休上班", DayKind.MAKEUP),
        ("SUMMARY:補班日", DayKind.MAKEUP),
        ("SUMMARY:Make-up working day", DayKind.MAKEUP),
        ("SUMMARY:Working Saturday", DayKind.MAKEUP),
        ("SUMMARY:劳动节", DayKind.HOLIDAY),
        ("SUMMARY:清明节（休）", DayKind.HOLIDAY),
        ("SUMMARY:Labour Day", DayKind.HOLIDAY),
        ("SUMMARY:国庆节\nX-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY", DayKind.MAKEUP),
        ("SUMMARY:补班\nX-APPLE-SPECIAL-DAY:WORK-HOLIDAY", DayKind.HOLIDAY),
        ("CATEGORIES:x", DayKind.HOLIDAY),
    ],
)
def test_what_is_worked_is_told_or_guessed(extra, kind):
    assert days(f"DTSTART;VALUE=DATE:20261010\n{extra}") == [("2026-10-10", kind)]


def test_days_that_repeat_every_year_are_found_in_the_years_asked_for():
    christmas = "DTSTART;VALUE=DATE:19900101\nRRULE:FREQ=YEARLY;UNTIL=20270601T000000Z\nSUMMARY:New Year"
    assert [day for day, _kind in days(christmas)] == ["2024-01-01", "2025-01-01", "2026-01-01", "2027-01-01"]
    thanks = "DTSTART;VALUE=DATE:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=6\nSUMMARY:T"
    assert [day for day, _kind in days(thanks)] == ["2024-11-28", "2025-11-27"]


def test_hours_and_rules_that_are_not_read_are_counted():
    found = read(
        "DTSTART:20261001T090000Z\nDTEND:20261001T100000Z\nSUMMARY:Meeting",
        "SUMMARY:No date",
        "DTSTART;VALUE=DATE:20261001\nRRULE:FREQ=DAILY\nSUMMARY:Every day",
        "DTSTART;VALUE=DATE:20261001\nRRULE:FREQ=YEARLY;BYSECOND=1,2,3\nSUMMARY:Odd",
        "DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20261231\nSUMMARY:A year off",
        "DTSTART;VALUE=DATE:19991001\nSUMMARY:Long ago",
    )
    assert (found.days, found.timed, found.unread) == ([], 2, 3)


def test_a_date_comes_once_and_the_first_entry_counts():
    event = "DTSTART;VALUE=DATE:20261001\nSUMMARY:{}"
    assert [row.name for row in read(event.format("a"), event.format("b")).days] == ["a"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"\x00\xff\xfe",
        b"BEGIN:VEVENT\r\nEND:VEVENT\r\n",
        b"BEGIN:VCALENDAR\r\n",
        file() + b"x" * 1_000_001,
    ],
)
def test_what_is_no_calendar_is_refused(content):
    with pytest.raises(worktime.CalendarError):
        worktime.read_days(content, since=SINCE, until=UNTIL)


def test_too_many_days_are_refused():
    events = [f"DTSTART;VALUE=DATE:{dt.date(2026, 1, 1) + dt.timedelta(days=n):%Y%m%d}" for n in range(401)]
    with pytest.raises(worktime.CalendarError):
        read(*events)


@given(st.binary(max_size=300), st.text(max_size=200))
def test_nothing_but_a_refusal_comes_of_rubbish(raw, text):
    inside = file("DTSTART;VALUE=DATE:20261001\n" + text.replace("\r", "\n"))
    for content in (raw, inside, b"BEGIN:VCALENDAR\r\n" + raw + b"\r\nEND:VCALENDAR\r\n"):
        try:
            found = worktime.read_days(content, since=SINCE, until=UNTIL)
        except worktime.CalendarError:
            continue
        assert all(SINCE <= row.day <= UNTIL for row in found.days)
