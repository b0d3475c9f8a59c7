"""From the clock on the wall to the moment it shows."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from huiyin.engines.worktime import errors


def utc(moment: datetime) -> datetime:
    """Return the moment in UTC; refuses naive date-times and moments beyond the representable years.

    `fold` is honoured as PEP 495 says: 0 is the first occurrence of a repeated reading, 1 the second.
    """
    if moment.utcoffset() is None:
        raise errors.NaiveTimeError("A date-time needs a time zone.")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise errors.OutOfRangeError("The moment lies outside the years a calendar covers.") from error


def first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return, in UTC, the first moment at which a clock in the zone shows `wall` (naive) or later.

    So a reading that occurs twice means its first occurrence, and a reading that the clock jumps over means
    the moment of the jump. The function never decreases, hence hours that do not overlap on the wall do not
    overlap in reality, and 00:00-24:00 is the real length of the day: 23, 24 or 25 hours (none at all for a
    day that a zone skipped when it crossed the date line).
    """
    moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    return _jump(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), moment, zone)


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the second between two moments at which the zone's offset changes."""
    offset = after.astimezone(zone).utcoffset()
    low, high = 0, round((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return before + timedelta(seconds=high)
