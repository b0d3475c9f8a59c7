"""Adding and measuring working time.

Moments come in as aware date-times of any zone and go out in UTC. Durations are real elapsed time, so an hour
across a change of the clock is still 3,600 seconds. Every function refuses naive date-times
(NaiveTimeError), negative amounts (NegativeDurationError), moments outside 1901–2199 (OutOfRangeError), and
raises NoWorkingTime when a calendar that works on single dates only has run out of them.

Working time is half open: the opening belongs to it, the closing does not. A result may be a closing, because
work that needs the whole afternoon is done when the afternoon ends, not when the next morning begins.
"""

from datetime import date, datetime, timedelta

from huiyin.engines.worktime import errors, zones
from huiyin.engines.worktime.calendar import Calendar

_ZERO = timedelta(0)


def add_working(calendar: Calendar, start: datetime, duration: timedelta) -> datetime:
    """Return the first moment at which `duration` of working time has passed since `start`.

    With a zero duration: `start` itself if it is in working time or just closes it, else the next opening.
    """
    moment = zones.utc(start)
    if duration < _ZERO:
        raise errors.NegativeDurationError("A duration cannot be negative.")
    line = calendar.line
    if duration:
        try:
            return line.earliest_at(moment, line.position(moment) + duration)
        except OverflowError as error:
            raise errors.OutOfRangeError("The duration is too long.") from error
    return moment if line.is_closing(moment) else line.next_open(moment)


def working_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Return the working time from `start` to `end`; refuses an end before the start."""
    first, last = zones.utc(start), zones.utc(end)
    if last < first:
        raise errors.NegativeDurationError("The end lies before the start.")
    return calendar.line.position(last) - calendar.line.position(first)


def add_working_days(calendar: Calendar, start: datetime, days: int) -> datetime:
    """Return the end of working time on the `days`-th working day after the day of receipt (N个工作日).

    The day of receipt is not counted. What arrives outside working hours, or on a day off, counts as received
    at the next opening: before opening and in the lunch break that is the same day, after closing (the
    closing included) it is the next working day. So with work from Monday to Friday, 1 day after Monday
    10:00 is the end of Tuesday, and 1 day after Friday 20:00 is the end of the Tuesday after it. With 0 days:
    the end of the day of receipt.
    """
    if days < 0:
        raise errors.NegativeDurationError("A count of working days cannot be negative.")
    line = calendar.line
    return line.closing_after(line.next_open(zones.utc(start)), days)


def next_working_moment(calendar: Calendar, moment: datetime) -> datetime:
    """Return the moment itself if it is in working time, else the next opening."""
    return calendar.line.next_open(zones.utc(moment))


def is_working_time(calendar: Calendar, moment: datetime) -> bool:
    """Tell whether work is done at that moment."""
    return calendar.line.is_open(zones.utc(moment))


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Tell whether any work is done on that local date; refuses a date-time, whose date depends on a zone."""
    if isinstance(day, datetime):
        raise errors.WorktimeError("Ask by date: the date of a moment depends on the zone.")
    return bool(calendar.spans_on(day))
