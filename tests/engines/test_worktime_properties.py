"""What must hold for every calendar, zone and moment."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from huiyin.engines import worktime
from huiyin.engines.worktime import Kind

ZONES = [
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Pacific/Apia",
]
ZERO = timedelta(0)
DAY = timedelta(days=1)

given_time = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def hours(draw):
    """Up to five intervals on the quarter hours of one day, 24:00 included; some touch."""
    marks = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    pairs = [pair for pair in pairwise(marks) if draw(st.booleans())]
    return tuple((time(a // 4, a % 4 * 15), time(b // 4 % 24, b % 4 * 15)) for a, b in pairs)


# Around changes of the clock in every zone above, Samoa's skipped day among them.
moments = st.one_of(
    st.datetimes(datetime(2011, 9, 1), datetime(2012, 5, 1), timezones=st.just(UTC)),
    st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 15), timezones=st.just(UTC)),
)
durations = st.timedeltas(ZERO, timedelta(hours=300))


@st.composite
def calendars(draw):
    weekly = tuple(draw(st.tuples(*[hours()] * 7)))
    assume(any(weekly))
    near = st.one_of(
        st.dates(datetime(2011, 12, 15).date(), datetime(2012, 1, 15).date()),
        st.dates(datetime(2026, 3, 1).date(), datetime(2026, 11, 30).date()),
    )
    exceptions = draw(st.dictionaries(near, hours(), max_size=12))
    return worktime.Calendar(draw(st.sampled_from(ZONES)), weekly, exceptions)


def in_or_closing(calendar, moment):
    return worktime.is_working_time(calendar, moment) or worktime.is_working_time(
        calendar, moment - timedelta.resolution
    )


@given_time
@given(calendars(), moments, durations)
def test_adding_then_measuring_gives_the_duration(calendar, start, duration):
    end = worktime.add_working(calendar, start, duration)
    assert end >= start
    assert worktime.working_between(calendar, start, end) == duration


@given_time
@given(calendars(), moments, durations)
def test_results_lie_in_working_time_or_close_it(calendar, start, duration):
    assert in_or_closing(calendar, worktime.add_working(calendar, start, duration))
    assert worktime.is_working_time(calendar, worktime.next_working_moment(calendar, start))


@given_time
@given(calendars(), moments, durations.filter(bool))
def test_the_result_is_the_first_such_moment(calendar, start, duration):
    end = worktime.add_working(calendar, start, duration)
    assert worktime.working_between(calendar, start, end - timedelta.resolution) < duration


@given_time
@given(calendars(), moments, durations, durations)
def test_adding_in_two_steps_is_adding_once(calendar, start, first, second):
    halfway = worktime.add_working(calendar, start, first)
    assert worktime.add_working(calendar, halfway, second) == worktime.add_working(
        calendar, start, first + second
    )


@given_time
@given(calendars(), moments, st.timedeltas(ZERO, 40 * DAY), st.timedeltas(ZERO, 40 * DAY))
def test_measuring_in_two_parts_is_measuring_once(calendar, a, first, second):
    b = a + first
    c = b + second
    parts = worktime.working_between(calendar, a, b) + worktime.working_between(calendar, b, c)
    assert worktime.working_between(calendar, a, c) == parts
    assert ZERO <= parts <= c - a


@given_time
@given(calendars(), moments, st.timedeltas(ZERO, 40 * DAY), durations, st.timedeltas(ZERO, 40 * DAY))
def test_later_starts_and_longer_limits_never_end_earlier(calendar, start, later, duration, longer):
    end = worktime.add_working(calendar, start, duration)
    assert worktime.add_working(calendar, start + later, duration) >= end
    assert worktime.add_working(calendar, start, duration + longer / 4) >= end


@given_time
@given(calendars(), moments, st.integers(0, 20), st.timedeltas(ZERO, 40 * DAY))
def test_working_days_end_at_a_closing_and_never_decrease(calendar, start, days, later):
    end = worktime.add_working_days(calendar, start, days)
    assert end > start
    assert not worktime.is_working_time(calendar, end) or end.astimezone(calendar.tz).time() == time(0)
    assert worktime.is_working_time(calendar, end - timedelta.resolution)
    assert worktime.add_working_days(calendar, start + later, days) >= end
    assert worktime.add_working_days(calendar, start, days + 1) > end


@given_time
@given(calendars(), moments, st.integers(1, 12))
def test_working_days_are_counted_as_on_the_wall_calendar(calendar, start, days):
    received = worktime.next_working_moment(calendar, start).astimezone(calendar.tz).date()
    day, left = received, days
    while left:
        day += DAY
        left -= worktime.is_working_day(calendar, day)
    assert worktime.add_working_days(calendar, start, days) == calendar.spans_on(day)[-1][1]


@given_time
@given(
    calendars(),
    moments,
    durations,
    st.timedeltas(-5 * DAY, 30 * DAY),
    st.timedeltas(ZERO, 20 * DAY),
    st.sampled_from(Kind),
)
def test_a_pause_never_brings_a_deadline_forward(calendar, start, duration, offset, length, kind):
    due = worktime.add_working(calendar, start, duration)
    begin = start + offset
    shifted = worktime.shift_for_pause(calendar, due, begin, begin + length, kind)
    assert shifted >= due
    if begin < due and kind is Kind.CLOCK:
        assert shifted - due == length
    if begin < due and kind is Kind.WORKING:
        paused = worktime.working_between(calendar, begin, begin + length)
        assert worktime.working_between(calendar, due, shifted) == paused


@given_time
@given(
    calendars(),
    moments,
    durations,
    st.timedeltas(ZERO, DAY),
    st.timedeltas(ZERO, 9 * DAY),
    st.timedeltas(ZERO, 9 * DAY),
)
def test_a_pause_in_two_parts_moves_the_deadline_as_one(calendar, start, duration, offset, first, second):
    due = worktime.add_working(calendar, start, duration + timedelta.resolution)
    a = start + offset
    assume(a < due)
    b, c = a + first, a + first + second
    for kind in Kind:
        once = worktime.shift_for_pause(calendar, due, a, c, kind)
        middle = worktime.shift_for_pause(calendar, due, a, b, kind)
        twice = worktime.shift_for_pause(calendar, middle, b, c, kind)
        if b < middle:
            assert twice == once
        else:
            assert twice == middle


@given_time
@given(calendars(), moments, durations, st.fractions(0, 1).filter(bool), st.sampled_from(Kind))
def test_warnings_come_before_the_deadline_and_in_order(calendar, start, duration, share, kind):
    due = worktime.add_working(calendar, start, duration)
    warning = worktime.moment_used(calendar, start, due, share, kind)
    assert start <= warning <= due
    assert worktime.moment_used(calendar, start, due, share / 2, kind) <= warning


@given_time
@given(calendars(), st.datetimes(datetime(2026, 3, 20), datetime(2026, 10, 30)))
def test_agrees_with_stepping_through_the_minutes(calendar, start):
    """Within a week, against the readings of the clock minute by minute; days without a change of it."""
    begin = start.replace(second=0, microsecond=0, tzinfo=UTC)
    for n in range(0, 3 * 24 * 60, 7):
        moment = begin + timedelta(minutes=n)
        local = moment.astimezone(calendar.tz)
        offsets = {(local + k * DAY).utcoffset() for k in (-1, 0, 1)}
        if len(offsets) == 1:
            on_the_wall = any(
                a <= local.time() and (local.time() < b or b == time(0))
                for a, b in calendar.hours_on(local.date())
            )
            assert worktime.is_working_time(calendar, moment) == on_the_wall
