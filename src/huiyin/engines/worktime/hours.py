"""Working hours of one day: intervals of wall-clock time, their checks and their text form."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from huiyin.engines.worktime import errors

Interval = tuple[time, time]
Hours = tuple[Interval, ...]

MIDNIGHT = time(0)
"""As an opening: 00:00. As a closing: 24:00, the end of the day (`datetime.time` has no 24:00)."""

_ONE_DAY = timedelta(days=1)


def wall_time(day: date, opening: time) -> datetime:
    """Return the naive local date-time of an opening on that day."""
    return datetime.combine(day, opening)


def wall_closing(day: date, closing: time) -> datetime:
    """Return the naive local date-time of a closing on that day; midnight is the end of the day."""
    return datetime.combine(day + _ONE_DAY if closing == MIDNIGHT else day, closing)


def checked(intervals: Iterable[Interval]) -> Hours:
    """Return the intervals as a tuple.

    Refuses with CalendarError: times with a zone, an interval that is empty or crosses midnight (split it
    there), intervals out of order or overlapping. Intervals may touch.
    """
    hours = tuple((opening, closing) for opening, closing in intervals)
    previous: datetime | None = None
    for opening, closing in hours:
        if opening.tzinfo or closing.tzinfo:
            raise errors.CalendarError(
                "Working hours are wall-clock times; the zone belongs to the calendar."
            )
        begin, end = wall_time(date.min, opening), wall_closing(date.min, closing)
        if end <= begin:
            raise errors.CalendarError(f"{opening:%H:%M}-{closing:%H:%M} ends before it starts.")
        if previous is not None and begin < previous:
            raise errors.CalendarError(f"{opening:%H:%M}-{closing:%H:%M} overlaps or is out of order.")
        previous = end
    return hours


def parse_hours(text: str) -> Hours:
    """Read "09:00-12:00, 13:00-24:00" (ISO times, comma between intervals; empty text means no work).

    Refuses with CalendarError what `checked` refuses and text that is not of this form.
    """
    return checked(_parse_interval(part) for part in text.split(",") if part.strip())


def _parse_interval(text: str) -> Interval:
    opening, _, closing = (part.strip() for part in text.partition("-"))
    try:
        return time.fromisoformat(opening), MIDNIGHT if closing == "24:00" else time.fromisoformat(closing)
    except ValueError:
        raise errors.CalendarError(
            f"Not an interval of hours such as 09:00-12:00: {text.strip()!r}"
        ) from None


def format_hours(hours: Hours) -> str:
    """Write hours as `parse_hours` reads them; seconds appear only where there are any."""
    return ", ".join(f"{_text(a)}-{'24:00' if b == MIDNIGHT else _text(b)}" for a, b in hours)


def _text(moment: time) -> str:
    return moment.isoformat("auto" if moment.second or moment.microsecond else "minutes")
