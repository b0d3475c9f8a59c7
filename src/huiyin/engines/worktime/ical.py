"""Holidays and make-up working days from an iCalendar file (RFC 5545), as calendars and phones share them.

Only events of whole days count. Which of them are worked is told by Apple's `X-APPLE-SPECIAL-DAY`, else guessed from
the name; whoever takes the days over decides.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import icalendar
from dateutil.rrule import rrulestr

from huiyin.engines.worktime import errors
from huiyin.engines.worktime.china import DayKind, OfficialDay

MOST_BYTES = 1_000_000
MOST_DAYS = 400
LONGEST_NAME = 100
_LONGEST_EVENT = 62
_MAKEUP = re.compile(
    r"补班|補班|上班|班\s*[)）]?$|\bmake-?up\b|\bworking (day|saturday|sunday)\b|\bworkday\b", re.IGNORECASE
)
# Other rules could give a million dates, or look for one until the year 9999.
_RULE_PARTS = frozenset(
    {"FREQ", "INTERVAL", "UNTIL", "COUNT", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST"}
)
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Reading:
    """The days found, by date and each once, and how many entries were left out.

    `timed`: they name an hour. `unread`: they repeat in a way that is not read, or last longer than two months.
    """

    days: list[OfficialDay]
    timed: int = 0
    unread: int = 0


def read_days(content: bytes, *, since: dt.date, until: dt.date) -> Reading:
    """The days from `since` to `until`. Refuses with CalendarError what is no iCalendar file, too large, too much."""
    found: dict[dt.date, OfficialDay] = {}
    timed = unread = 0
    for event in _events(content):
        begin = _date(event, "DTSTART")
        days = _days(event, begin, since, until) if begin is not None else []
        timed += begin is None
        unread += days is None
        for day in days or ():
            if since <= day <= until:
                found.setdefault(day, OfficialDay(day, _kind(event), _name(event)))
        if len(found) > MOST_DAYS:
            raise errors.CalendarError(f"The file has more than {MOST_DAYS} days.")
    return Reading([found[day] for day in sorted(found)], timed, unread)


def _events(content: bytes) -> list[Any]:
    if len(content) > MOST_BYTES:
        raise errors.CalendarError("The file is larger than a megabyte.")
    try:
        found = icalendar.Calendar.from_ical(content.removeprefix(b"\xef\xbb\xbf"), multiple=True)
        calendars = [one for one in found if one.name == "VCALENDAR"]
        events = [event for one in calendars for event in one.walk("VEVENT")]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise errors.CalendarError("This is no iCalendar file.") from error
    if not calendars:
        raise errors.CalendarError("This is no iCalendar file.")
    return events


def _days(event: Any, begin: dt.date, since: dt.date, until: dt.date) -> list[dt.date] | None:
    """Every day of an event, however often it comes; None for one that is not read."""
    starts, length = _starts(event, begin, since, until), _length(event, begin)
    if starts is None or length > _LONGEST_EVENT:
        return None
    return [start + number * _DAY for start in starts for number in range(length)]


def _date(event: Any, name: str) -> dt.date | None:
    """The date of a property, or None where it is missing, broken or names an hour."""
    value = _value(event, name)
    return value if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else None


def _value(event: Any, name: str) -> Any:
    """What a property says; None where it is missing or says nothing that can be read."""
    try:
        return getattr(event.get(name), "dt", None)
    except icalendar.error.BrokenCalendarProperty:
        return None


def _length(event: Any, begin: dt.date) -> int:
    end = _date(event, "DTEND")
    if end is not None:
        # The end is the first day that is an ordinary one again; some programs write the day itself.
        return max(1, (end - begin).days)
    duration = _value(event, "DURATION")
    return max(1, duration.days) if isinstance(duration, dt.timedelta) else 1


def _starts(event: Any, begin: dt.date, since: dt.date, until: dt.date) -> list[dt.date] | None:
    """The first days of an event that may repeat every year; None for other rules."""
    rule = event.get("RRULE")
    if rule is None:
        return [begin]
    if isinstance(rule, list) or rule.get("FREQ") != ["YEARLY"] or not set(rule) <= _RULE_PARTS:
        return None
    text = re.sub(r"UNTIL=(\d{8})\w*", r"UNTIL=\1T235959", rule.to_ical().decode())
    first = dt.datetime.combine(since - _LONGEST_EVENT * _DAY, dt.time())
    last = dt.datetime.combine(until, dt.time())
    try:
        rows: Iterator[dt.datetime] = iter(rrulestr(text, dtstart=dt.datetime.combine(begin, dt.time())))
        found: list[dt.date] = []
        for row in rows:
            if row > last or len(found) > MOST_DAYS:
                break
            if row >= first:
                found.append(row.date())
    except (ValueError, OverflowError, TypeError):
        return None
    return found


def _name(event: Any) -> str:
    return " ".join(str(event.get("SUMMARY", "")).split())[:LONGEST_NAME]


def _kind(event: Any) -> DayKind:
    told = str(event.get("X-APPLE-SPECIAL-DAY", ""))
    if told:
        return DayKind.MAKEUP if told == "ALTERNATE-WORKDAY" else DayKind.HOLIDAY
    return DayKind.MAKEUP if _MAKEUP.search(_name(event)) else DayKind.HOLIDAY
