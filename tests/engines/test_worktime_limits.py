"""Limits, deadlines, pauses, warnings by example."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from huiyin.engines import worktime
from huiyin.engines.worktime import Kind, Limit, Unit

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = worktime.parse_hours("09:00-12:00, 13:00-18:00")
CALENDAR = worktime.Calendar(
    "Europe/Berlin", (OFFICE,) * 5 + ((),) * 2, {date(2026, 4, 3): (), date(2026, 4, 6): ()}
)
HOUR = timedelta(hours=1)


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("2h clock", Limit(2, Unit.HOURS, Kind.CLOCK)),
        ("7d working", Limit(7, Unit.DAYS, Kind.WORKING)),
        ("30min working", Limit(30, Unit.MINUTES, Kind.WORKING)),
        ("999999min clock", Limit(999_999, Unit.MINUTES, Kind.CLOCK)),
    ],
)
def test_limits_have_a_text_form(text, limit):
    assert Limit.parse(text) == limit
    assert str(limit) == text


@pytest.mark.parametrize(
    "text",
    ["", "2h", "h clock", "0h clock", "-1h clock", "2.5h clock", "2 h clock", "2h  clock", "2h clock\n", "2m clock",
     "2h CLOCK", "٢h clock", "２h clock", "1000000min clock", "02h clock", "2h clock working"],
)  # fmt: skip
def test_other_texts_are_no_limits(text):
    with pytest.raises(worktime.LimitError):
        Limit.parse(text)


@pytest.mark.parametrize("amount", [0, -1, 1_000_000, 2.0, "2"])
def test_amounts_are_positive_whole_numbers(amount):
    with pytest.raises(worktime.LimitError):
        Limit(amount, Unit.HOURS, Kind.CLOCK)


# Monday 30 March 2026 is the day after the clocks went forward; 3 and 6 April are Good Friday, Easter Monday.
@pytest.mark.parametrize(
    ("start", "text", "due"),
    [
        (at(3, 27, 17), "2h clock", at(3, 27, 19)),
        (at(3, 27, 17), "2h working", at(3, 30, 10)),
        (at(3, 27, 17), "90min working", at(3, 30, 9, 30)),
        (at(3, 27, 17), "3d clock", at(3, 30, 18)),  # 72 elapsed hours, one of them skipped by the clock
        (at(3, 27, 17), "3d working", at(4, 1, 18)),
        (at(3, 27, 17), "24h clock", at(3, 28, 17)),
        (at(3, 28, 17), "24h clock", at(3, 29, 18)),
        (at(10, 24, 17), "24h clock", at(10, 25, 16)),
        (at(4, 2, 11), "1d working", at(4, 7, 18)),
        (at(4, 2, 19), "1d working", at(4, 8, 18)),
    ],
)
def test_deadlines(start, text, due):
    got = worktime.deadline(CALENDAR, start, Limit.parse(text))
    assert got == due
    assert got.tzinfo is UTC


def test_a_pause_moves_a_working_deadline_by_its_working_time():
    due = at(4, 2, 17)
    # Wednesday 16:00 to Thursday 10:00 is three working hours; one fits on Thursday, two come after Easter.
    assert worktime.shift_for_pause(CALENDAR, due, at(4, 1, 16), at(4, 2, 10), Kind.WORKING) == at(4, 7, 11)
    assert worktime.shift_for_pause(CALENDAR, due, at(4, 1, 18), at(4, 2, 9), Kind.WORKING) == due
    assert worktime.shift_for_pause(CALENDAR, due, at(4, 1, 16), at(4, 1, 16), Kind.WORKING) == due


def test_a_pause_moves_a_clock_deadline_by_its_elapsed_time():
    due = at(3, 30, 12)
    assert (
        worktime.shift_for_pause(CALENDAR, due, at(3, 28, 12), at(3, 29, 12), Kind.CLOCK) == due + 23 * HOUR
    )


def test_a_deadline_outside_working_time_is_not_moved_by_a_pause_without_working_time():
    due = at(4, 4, 12)  # a Saturday
    assert worktime.shift_for_pause(CALENDAR, due, at(4, 3, 9), at(4, 3, 18), Kind.WORKING) == due


@pytest.mark.parametrize("kind", Kind)
def test_what_is_overdue_stays_overdue(kind):
    due = at(4, 1, 12)
    assert worktime.shift_for_pause(CALENDAR, due, due, at(4, 8, 12), kind) == due
    assert worktime.shift_for_pause(CALENDAR, due, due + HOUR, at(4, 8, 12), kind) == due


def test_warnings_at_three_quarters():
    start = at(3, 30, 9)
    due = worktime.deadline(CALENDAR, start, Limit.parse("4d working"))
    # 4 days after Monday is Tuesday the 7th over Easter: 40 working hours from Monday 9:00, 30 of them are used
    # at Thursday 15:00 (24 h until Wednesday evening, 3 in the morning, 2 more after 13:00 make 29).
    assert due == at(4, 7, 18)
    assert worktime.moment_used(CALENDAR, start, due, 0.75, Kind.WORKING) == at(4, 2, 16)
    assert worktime.moment_used(CALENDAR, start, start + 8 * HOUR, 0.75, Kind.CLOCK) == start + 6 * HOUR
    assert worktime.moment_used(CALENDAR, start, due, 1, Kind.WORKING) == due
    third = worktime.moment_used(CALENDAR, start, start + HOUR, Fraction(1, 3), Kind.CLOCK)
    assert third == start + timedelta(minutes=20)


def test_a_warning_for_a_limit_without_working_time_is_the_deadline_itself():
    saturday = at(4, 4, 9)
    assert worktime.moment_used(CALENDAR, saturday, saturday + HOUR, 0.75, Kind.WORKING) == saturday + HOUR


@pytest.mark.parametrize("share", [0, -0.5, 1.01, float("nan"), float("inf")])
def test_shares_are_above_zero_and_at_most_one(share):
    with pytest.raises(worktime.LimitError):
        worktime.moment_used(CALENDAR, at(4, 1, 9), at(4, 1, 12), share, Kind.CLOCK)


@pytest.mark.parametrize("kind", Kind)
def test_refusals(kind):
    naive = datetime(2026, 4, 1, 9)
    with pytest.raises(worktime.NaiveTimeError):
        worktime.deadline(CALENDAR, naive, Limit(1, Unit.DAYS, kind))
    with pytest.raises(worktime.NaiveTimeError):
        worktime.shift_for_pause(CALENDAR, at(4, 1, 9), naive, at(4, 1, 9), kind)
    with pytest.raises(worktime.NegativeDurationError):
        worktime.shift_for_pause(CALENDAR, at(4, 7, 9), at(4, 1, 9), at(4, 1, 8), kind)
    with pytest.raises(worktime.NaiveTimeError):
        worktime.moment_used(CALENDAR, naive, at(4, 1, 9), 0.5, kind)
    with pytest.raises(worktime.NegativeDurationError):
        worktime.moment_used(CALENDAR, at(4, 1, 9), at(4, 1, 8), 0.5, kind)
    with pytest.raises(worktime.OutOfRangeError):
        worktime.deadline(CALENDAR, datetime.max.replace(tzinfo=UTC), Limit(1, Unit.DAYS, kind))
