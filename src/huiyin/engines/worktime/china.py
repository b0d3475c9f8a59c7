"""China's official calendar: public holidays and make-up working days (调休).

The facts (which dates are off, which weekend days are worked, by the State Council's yearly notice) are in
`engines/data/cn_holidays.csv` for 2004–2026. A year's notice appears late in the year before; add it with
`Calendar.with_exceptions(exceptions_from_rows(...))`. Until then later years have plain weekends: compare
`last_year()` with the year of a deadline to tell an administrator.
"""

import csv
import functools
from collections.abc import Iterable
from datetime import date, time
from enum import StrEnum
from importlib import resources
from typing import NamedTuple

from huiyin.engines.worktime import errors, hours
from huiyin.engines.worktime.calendar import Calendar

ZONE = "Asia/Shanghai"
EIGHT_HOURS: hours.Hours = ((time(9), time(12)), (time(13), time(18)))
"""Eight hours with a break, the statutory working day; offices differ, so give your own."""

_WORKWEEK, _WEEKEND = 5, 2


class DayKind(StrEnum):
    """What an official row says about a date."""

    HOLIDAY = "holiday"
    MAKEUP = "makeup"


class OfficialDay(NamedTuple):
    """One row of an official calendar."""

    day: date
    kind: DayKind
    name: str


def exceptions_from_rows(
    rows: Iterable[tuple[date, str, str]], *, makeup_hours: hours.Hours
) -> tuple[dict[date, hours.Hours], dict[date, str]]:
    """Turn rows of (date, "holiday" or "makeup", name) into a calendar's exceptions and names.

    A make-up day gets `makeup_hours`. Refuses with CalendarError an unknown kind, a date that is both, and
    make-up days without hours.
    """
    exceptions: dict[date, hours.Hours] = {}
    names: dict[date, str] = {}
    for day, kind, name in rows:
        given = _hours_for(kind, makeup_hours)
        if exceptions.setdefault(day, given) != given:
            raise errors.CalendarError(f"{day} is both a holiday and a make-up day.")
        names[day] = name
    return exceptions, names


def _hours_for(kind: str, makeup_hours: hours.Hours) -> hours.Hours:
    if kind == DayKind.HOLIDAY:
        return ()
    if kind != DayKind.MAKEUP:
        raise errors.CalendarError(f"Neither holiday nor makeup: {kind!r}")
    if not makeup_hours:
        raise errors.CalendarError("A make-up working day needs hours.")
    return makeup_hours


@functools.cache
def official_days(language: str = "zh") -> tuple[OfficialDay, ...]:
    """Return the shipped rows in order of date, names in "zh" or "en"."""
    path = resources.files("huiyin.engines") / "data" / "cn_holidays.csv"
    return tuple(
        OfficialDay(date.fromisoformat(row["date"]), DayKind(row["kind"]), row[f"name_{language}"])
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    )


def last_year() -> int:
    """Return the last year whose holidays are shipped."""
    return official_days()[-1].day.year


def china_calendar(office_hours: hours.Hours = EIGHT_HOURS, *, language: str = "zh") -> Calendar:
    """Return the official calendar with these hours on every working day, make-up days included."""
    exceptions, names = exceptions_from_rows(official_days(language), makeup_hours=office_hours)
    weekly = (office_hours,) * _WORKWEEK + ((),) * _WEEKEND
    return Calendar(ZONE, weekly, exceptions, names)
