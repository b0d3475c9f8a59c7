"""Calendars, working hours and working days by example; summer time; refusals."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from huiyin.engines import worktime

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = worktime.parse_hours("09:00-12:00, 13:30-17:30")
WEEK = (OFFICE,) * 5 + ((),) * 2
ALL_DAY = worktime.parse_hours("00:00-24:00")
HOUR = timedelta(hours=1)

# 2026-06-01 is a Monday; Friday the 5th is a holiday here, Sunday the 7th a make-up day with a short morning.
CALENDAR = worktime.Calendar(
    "Asia/Shanghai",
    WEEK,
    {date(2026, 6, 5): (), date(2026, 6, 7): worktime.parse_hours("10:00-12:00")},
    {date(2026, 6, 5): "端午", date(2026, 6, 7): "端午"},
)


def at(day: int, clock: str, *, month: int = 6) -> datetime:
    return datetime.combine(date(2026, month, day), time.fromisoformat(clock), SHANGHAI)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(1, "10:00"), 1, at(1, "11:00")),
        (at(1, "11:00"), 1, at(1, "12:00")),  # ends with the morning, not at 13:30
        (at(1, "11:00"), 2, at(1, "14:30")),
        (at(1, "12:30"), 1, at(1, "14:30")),
        (at(1, "07:00"), 1, at(1, "10:00")),
        (at(1, "17:30"), 1, at(2, "10:00")),
        (at(1, "16:30"), 7, at(2, "16:30")),
        (at(4, "17:00"), 1, at(7, "10:30")),  # over the holiday and Saturday to the make-up Sunday
        (at(4, "17:30"), 3, at(8, "10:00")),
        (at(6, "03:00"), 2, at(7, "12:00")),
        (at(1, "09:00"), 7 * 4 + 2, at(7, "12:00")),
    ],
)
def test_adding_working_hours(start, hours, end):
    result = worktime.add_working(CALENDAR, start, hours * HOUR)
    assert result == end
    assert result.tzinfo is UTC
    assert worktime.working_between(CALENDAR, start, end) == hours * HOUR


def test_adding_nothing_moves_to_working_time_only():
    assert worktime.add_working(CALENDAR, at(1, "10:00"), timedelta(0)) == at(1, "10:00")
    assert worktime.add_working(CALENDAR, at(1, "12:00"), timedelta(0)) == at(1, "12:00")
    assert worktime.add_working(CALENDAR, at(1, "12:01"), timedelta(0)) == at(1, "13:30")
    assert worktime.add_working(CALENDAR, at(4, "17:31"), timedelta(0)) == at(7, "10:00")


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (at(1, "10:00"), 1, at(2, "17:30")),
        (at(1, "10:00"), 0, at(1, "17:30")),
        (at(1, "00:10"), 1, at(2, "17:30")),  # before opening: received on Monday
        (at(1, "12:40"), 1, at(2, "17:30")),  # in the lunch break: received on Monday
        (at(1, "17:29"), 1, at(2, "17:30")),
        (at(1, "17:30"), 1, at(3, "17:30")),  # at closing: received on Tuesday
        (at(3, "10:00"), 2, at(7, "12:00")),  # 4 June, then the make-up Sunday
        (at(4, "20:00"), 1, at(8, "17:30")),  # received on the make-up Sunday
        (at(5, "10:00"), 1, at(8, "17:30")),  # a holiday: received on the make-up Sunday
        (at(6, "10:00"), 3, at(10, "17:30")),
        (at(12, "20:00"), 1, at(16, "17:30")),  # Friday evening: received on Monday
    ],
)
def test_adding_working_days(start, days, end):
    assert worktime.add_working_days(CALENDAR, start, days) == end


def test_asking_about_days_and_moments():
    assert [worktime.is_working_day(CALENDAR, date(2026, 6, d)) for d in range(1, 9)] == [
        1,
        1,
        1,
        1,
        0,
        0,
        1,
        1,
    ]
    assert worktime.is_working_time(CALENDAR, at(1, "09:00"))
    assert worktime.is_working_time(CALENDAR, at(1, "17:29:59.999999"))
    assert not worktime.is_working_time(CALENDAR, at(1, "17:30"))
    assert not worktime.is_working_time(CALENDAR, at(1, "12:15"))
    assert not worktime.is_working_time(CALENDAR, at(5, "10:00"))
    assert worktime.next_working_moment(CALENDAR, at(1, "09:30")) == at(1, "09:30")
    assert worktime.next_working_moment(CALENDAR, at(1, "12:00")) == at(1, "13:30")
    assert worktime.next_working_moment(CALENDAR, at(4, "17:30")) == at(7, "10:00")


def test_the_zone_of_the_question_does_not_matter():
    utc = at(1, "11:00").astimezone(UTC)
    assert worktime.add_working(CALENDAR, utc, HOUR) == worktime.add_working(CALENDAR, at(1, "11:00"), HOUR)


def test_midnight_to_midnight_is_one_unbroken_time():
    always = worktime.Calendar("Asia/Shanghai", (ALL_DAY,) * 7)
    start = at(1, "13:17")
    assert worktime.add_working(always, start, timedelta(days=400)) == start + timedelta(days=400)
    assert worktime.is_working_time(always, at(2, "00:00"))


def test_an_evening_that_ends_at_midnight_and_a_night_split_there():
    night = worktime.Calendar("Asia/Shanghai", (worktime.parse_hours("00:00-06:00, 22:00-24:00"),) * 7)
    assert worktime.add_working(night, at(1, "23:00"), 2 * HOUR) == at(2, "01:00")
    assert worktime.add_working(night, at(1, "05:30"), HOUR) == at(1, "22:30")


def test_far_apart_questions_share_one_calendar_in_any_order():
    calendar = worktime.Calendar("Asia/Shanghai", WEEK)
    week = timedelta(hours=35)
    late, early = datetime(2090, 1, 2, 3, tzinfo=UTC), datetime(1950, 1, 2, 3, tzinfo=UTC)
    assert late.weekday() == early.weekday() == 0
    for start in (late, early, datetime(2026, 6, 1, 3, tzinfo=UTC)):
        assert worktime.add_working(calendar, start, 3 * week) == start + timedelta(weeks=3)
    assert worktime.working_between(calendar, early, late) == (late - early) / timedelta(weeks=1) * week


def test_threads_may_share_a_calendar():
    calendar = worktime.Calendar("Asia/Shanghai", WEEK)
    starts = [datetime(1960 + n * 37 % 100, 6, 3, 3, tzinfo=UTC) for n in range(100)]
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda s: worktime.add_working(calendar, s, 900 * HOUR), starts))
    fresh = [
        worktime.add_working(worktime.Calendar("Asia/Shanghai", WEEK), s, 900 * HOUR) for s in starts[:20]
    ]
    assert got[:20] == fresh


# Summer time: Berlin 2026-03-29 02:00 → 03:00, 2026-10-25 03:00 → 02:00.

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def berlin(day: date, clock: str, *, fold: int = 0) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), BERLIN).replace(fold=fold)


def every_day(text: str, zone: str = "Europe/Berlin") -> worktime.Calendar:
    return worktime.Calendar(zone, (worktime.parse_hours(text),) * 7)


def worked_on(calendar: worktime.Calendar, day: date) -> timedelta:
    begin = datetime.combine(day, time(0), ZoneInfo(calendar.zone))
    end = datetime.combine(day + timedelta(days=1), time(0), ZoneInfo(calendar.zone))
    return worktime.working_between(calendar, begin, end)


@pytest.mark.parametrize(
    ("text", "spring", "autumn"),
    [
        ("00:00-24:00", 23, 25),
        ("01:00-05:00", 3, 5),
        ("02:00-03:00", 0, 2),  # jumped over; passed through twice
        ("02:30-03:30", 0.5, 2),  # opens at the jump; from the first 02:30 to 03:30
        ("01:00-02:30", 1, 1.5),  # closes at the jump; closes at the first 02:30
        ("01:00-02:30, 02:30-04:00", 2, 4),
        ("09:00-17:00", 8, 8),
    ],
)
def test_hours_on_the_days_the_clocks_change(text, spring, autumn):
    calendar = every_day(text)
    assert worked_on(calendar, SPRING) == spring * HOUR
    assert worked_on(calendar, AUTUMN) == autumn * HOUR


def test_a_day_whose_only_hours_are_jumped_over_is_no_working_day():
    calendar = every_day("02:00-03:00")
    assert not worktime.is_working_day(calendar, SPRING)
    assert worktime.is_working_day(calendar, AUTUMN)
    start = berlin(SPRING - timedelta(days=1), "02:10")
    assert worktime.add_working_days(calendar, start, 1) == berlin(SPRING + timedelta(days=1), "03:00")


def test_elapsed_time_not_readings_of_the_clock():
    calendar = every_day("00:00-24:00")
    start = berlin(SPRING, "01:30")
    assert worktime.add_working(calendar, start, HOUR) == berlin(SPRING, "03:30")
    start = berlin(AUTUMN, "02:30")
    # In UTC, because Python calls a repeated reading unequal to everything in another zone.
    assert worktime.add_working(calendar, start, HOUR) == berlin(AUTUMN, "02:30", fold=1).astimezone(UTC)
    # Same zone object: Python's own subtraction would say zero.
    assert worktime.working_between(calendar, start, berlin(AUTUMN, "02:30", fold=1)) == HOUR


def test_a_question_at_a_reading_that_does_not_exist_is_read_as_pep_495_says():
    calendar = every_day("00:00-24:00")
    assert worktime.next_working_moment(calendar, berlin(SPRING, "02:30")) == berlin(SPRING, "03:30")


def test_a_repeated_hour_belongs_to_the_order_of_its_two_readings():
    calendar = every_day("02:30-04:00")
    assert not worktime.is_working_time(calendar, berlin(AUTUMN, "02:15"))
    assert worktime.is_working_time(calendar, berlin(AUTUMN, "02:45"))
    assert worktime.is_working_time(calendar, berlin(AUTUMN, "02:15", fold=1))


def test_a_day_the_zone_skipped_has_no_working_time():
    samoa = every_day("08:00-16:00", "Pacific/Apia")
    skipped = date(2011, 12, 30)
    assert not worktime.is_working_day(samoa, skipped)
    start = datetime(2011, 12, 29, 15, tzinfo=ZoneInfo("Pacific/Apia"))
    due = worktime.add_working(samoa, start, 2 * HOUR)
    assert due.astimezone(ZoneInfo("Pacific/Apia")).replace(tzinfo=None) == datetime(2011, 12, 31, 9)


def test_a_zone_that_jumps_at_midnight():
    cairo = every_day("00:00-24:00", "Africa/Cairo")
    assert worked_on(cairo, date(2024, 4, 26)) == 23 * HOUR
    assert worked_on(cairo, date(2024, 4, 25)) == 24 * HOUR
    assert worked_on(cairo, date(2024, 10, 31)) == 25 * HOUR


# Values and refusals.


def test_calendars_are_values():
    same = worktime.Calendar("Asia/Shanghai", WEEK, dict(CALENDAR.exceptions), dict(CALENDAR.names))
    assert same == CALENDAR
    assert hash(same) == hash(CALENDAR)
    worktime.add_working(CALENDAR, at(1, "10:00"), HOUR)
    for twin in (pickle.loads(pickle.dumps(CALENDAR)), copy.deepcopy(CALENDAR)):
        assert twin == CALENDAR
        assert worktime.add_working(twin, at(4, "17:00"), HOUR) == at(7, "10:30")
    assert worktime.Calendar("Asia/Shanghai", WEEK) != CALENDAR


def test_a_calendar_read_from_a_cache_again_keeps_what_it_worked_out():
    pickled = pickle.dumps(CALENDAR)
    assert pickle.loads(pickled) is pickle.loads(pickled)
    other = pickle.loads(pickle.dumps(CALENDAR.with_exceptions({date(2026, 6, 9): ()})))
    assert other != CALENDAR
    assert not worktime.is_working_day(other, date(2026, 6, 9))


def test_a_calendar_does_not_follow_the_mapping_it_was_made_of():
    given = {date(2026, 6, 5): ()}
    calendar = worktime.Calendar("Asia/Shanghai", WEEK, given)
    given[date(2026, 6, 4)] = ()
    assert worktime.is_working_day(calendar, date(2026, 6, 4))
    with pytest.raises(TypeError):
        calendar.exceptions[date(2026, 6, 4)] = ()


def test_more_exceptions_make_a_new_calendar():
    more = CALENDAR.with_exceptions(
        {date(2026, 6, 5): OFFICE, date(2026, 6, 9): ()}, names={date(2026, 6, 9): "停电"}
    )
    assert worktime.is_working_day(more, date(2026, 6, 5))
    assert dict(more.names) == {date(2026, 6, 7): "端午", date(2026, 6, 9): "停电"}
    assert not worktime.is_working_day(CALENDAR, date(2026, 6, 5))


def test_hours_have_a_text_form():
    for text in ("", "09:00-12:00, 13:30-17:30", "00:00-24:00", "22:00:30-23:00"):
        assert worktime.format_hours(worktime.parse_hours(text)) == text
    assert worktime.parse_hours("18:00-24:00") == ((time(18), worktime.MIDNIGHT),)


@pytest.mark.parametrize(
    "text",
    ["09:00", "9-12", "09:00-09:00", "22:00-06:00", "09:00-12:00, 11:00-13:00", "13:00-14:00, 09:00-10:00",
     "25:00-26:00", "09:00+08:00-12:00", "00:00-24:00, 10:00-11:00", "24:00-24:00", "-"],
)  # fmt: skip
def test_malformed_hours_are_refused(text):
    with pytest.raises(worktime.CalendarError):
        worktime.parse_hours(text)


@pytest.mark.parametrize(
    ("zone", "weekly", "exceptions", "names"),
    [
        ("Mars/Olympus", WEEK, {}, {}),
        ("", WEEK, {}, {}),
        ("../etc/passwd", WEEK, {}, {}),
        ("Asia/Shanghai", WEEK[:6], {}, {}),
        ("Asia/Shanghai", (*WEEK, ()), {}, {}),
        ("Asia/Shanghai", WEEK, {datetime(2026, 6, 1): ()}, {}),
        ("Asia/Shanghai", WEEK, {"2026-06-01": ()}, {}),
        ("Asia/Shanghai", WEEK, {date(2026, 6, 1): ((time(12), time(9)),)}, {}),
        ("Asia/Shanghai", WEEK, {}, {date(2026, 6, 1): "儿童节"}),
    ],
)
def test_malformed_calendars_are_refused(zone, weekly, exceptions, names):
    with pytest.raises(worktime.CalendarError):
        worktime.Calendar(zone, weekly, exceptions, names)


def test_a_calendar_that_never_works_is_refused():
    with pytest.raises(worktime.NoWorkingTime):
        worktime.Calendar("Asia/Shanghai", ((),) * 7)
    with pytest.raises(worktime.NoWorkingTime):
        worktime.Calendar("Asia/Shanghai", ((),) * 7, {date(2026, 6, 1): ()})


def test_a_calendar_of_single_dates_works_until_they_are_used_up():
    market = worktime.Calendar(
        "Asia/Shanghai", ((),) * 7, {date(2026, 6, 1): OFFICE, date(2029, 6, 1): OFFICE}
    )
    start = at(1, "16:30")
    assert worktime.add_working(market, start, 2 * HOUR) == datetime(2029, 6, 1, 10, tzinfo=SHANGHAI)
    assert worktime.add_working_days(market, start, 1) == datetime(2029, 6, 1, 17, 30, tzinfo=SHANGHAI)
    assert worktime.next_working_moment(market, datetime(2010, 1, 1, tzinfo=UTC)) == at(1, "09:00")
    with pytest.raises(worktime.NoWorkingTime):
        worktime.add_working(market, start, 9 * HOUR)
    with pytest.raises(worktime.NoWorkingTime):
        worktime.add_working_days(market, start, 2)
    with pytest.raises(worktime.NoWorkingTime):
        worktime.next_working_moment(market, datetime(2031, 1, 1, tzinfo=UTC))
    assert worktime.working_between(market, start, datetime(2035, 1, 1, tzinfo=UTC)) == 8 * HOUR


NAIVE = datetime(2026, 6, 1, 10)
AWARE = at(1, "10:00")


@pytest.mark.parametrize(
    "ask",
    [
        lambda: worktime.add_working(CALENDAR, NAIVE, HOUR),
        lambda: worktime.add_working_days(CALENDAR, NAIVE, 1),
        lambda: worktime.working_between(CALENDAR, NAIVE, AWARE),
        lambda: worktime.working_between(CALENDAR, AWARE, NAIVE),
        lambda: worktime.is_working_time(CALENDAR, NAIVE),
        lambda: worktime.next_working_moment(CALENDAR, NAIVE),
    ],
)
def test_naive_times_are_refused(ask):
    with pytest.raises(worktime.NaiveTimeError):
        ask()


@pytest.mark.parametrize(
    "ask",
    [
        lambda: worktime.add_working(CALENDAR, AWARE, -timedelta.resolution),
        lambda: worktime.add_working_days(CALENDAR, AWARE, -1),
        lambda: worktime.working_between(CALENDAR, AWARE, AWARE - timedelta.resolution),
    ],
)
def test_negative_amounts_are_refused(ask):
    with pytest.raises(worktime.NegativeDurationError):
        ask()


@pytest.mark.parametrize(
    "ask",
    [
        lambda: worktime.add_working(CALENDAR, AWARE, timedelta.max),
        lambda: worktime.add_working(CALENDAR, datetime(2198, 6, 1, tzinfo=UTC), timedelta(days=900)),
        lambda: worktime.next_working_moment(CALENDAR, datetime.max.replace(tzinfo=UTC)),
        lambda: worktime.next_working_moment(CALENDAR, datetime.min.replace(tzinfo=UTC)),
        lambda: worktime.next_working_moment(CALENDAR, datetime.min.replace(tzinfo=SHANGHAI)),
    ],
)
def test_years_without_calendar_are_refused(ask):
    with pytest.raises(worktime.OutOfRangeError):
        ask()


def test_a_day_is_asked_for_by_date():
    with pytest.raises(worktime.WorktimeError, match="by date"):
        worktime.is_working_day(CALENDAR, AWARE)
