"""Settings and their defaults, and the rules that units and calendars obey."""

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from huiyin.engines import worktime
from huiyin.organisations.enums import SettingKey as K
from huiyin.organisations.enums import SettingProblem

# Limits are written as the engine reads them: amount, unit, clock or working time.
DEFAULTS: dict[K, Any] = {
    K.SIGN_FOR_LIMIT: "1d working",
    K.FIRST_CONTACT_LIMIT: "2d working",
    K.EMERGENCY_LIMIT: "2h clock",
    K.UTILITIES_LIMIT: "24h clock",
    K.ORDINARY_LIMIT: "7d working",
    K.COMPLEX_LIMIT: "15d working",
    K.CALLBACK_LIMIT: "1d working",
    K.CALLBACK_ATTEMPTS: 3,
    K.CALLBACK_WAIT_HOURS: 4,
    K.SAMPLED_ANSWERS: 3,
    K.SILENT_DAYS: 5,
    K.RETURN_LIMIT: "1d working",
    K.DISPATCH_LIMIT: "1d working",
    K.RETURNS_TO_ARBITER: 2,
    K.TELL_HEAD_AFTER: "1d working",
    K.TELL_SUPERVISOR_AFTER: "3d working",
    K.EXTENSION_WORKING_DAYS: 10,
    K.QUIET_FROM_HOUR: 21,
    K.QUIET_UNTIL_HOUR: 8,
    K.DIGEST_HOUR: 9,
    K.CLOSE_AFTER_SILENCE_DAYS: 14,
    K.REOPEN_DAYS: 90,
    K.PAUSE_WORKING_DAYS: 5,
    K.WARNING_PERCENT: 75,
    K.ANONYMISE_AFTER_DAYS: 365,
    K.DELETE_WITHDRAWN_AFTER_DAYS: 365,
    K.DELETE_AFTER_DAYS: 5 * 365,
    K.CASES_PER_ADDRESS_HOUR: 30,
    K.MESSAGES_PER_CASE_DAY: 30,
    K.TEXT_MAX_CHARACTERS: 10_000,
    K.CONSULTATION_DAYS: 30,
    K.STATEMENT_CHARACTERS: 300,
    K.STATEMENTS_PER_ADDRESS_HOUR: 60,
    K.VOTES_PER_ADDRESS_HOUR: 20_000,
    K.MIN_COUNT_SHOWN: 5,
}


@dataclass(frozen=True)
class Bounds:
    """The whole numbers that a setting admits."""

    least: int
    most: int


BOUNDS: dict[K, Bounds] = {
    K.CALLBACK_ATTEMPTS: Bounds(1, 20),
    K.CALLBACK_WAIT_HOURS: Bounds(0, 240),
    K.SAMPLED_ANSWERS: Bounds(0, 200),
    K.SILENT_DAYS: Bounds(1, 365),
    K.RETURNS_TO_ARBITER: Bounds(1, 20),
    K.EXTENSION_WORKING_DAYS: Bounds(1, 60),
    K.QUIET_FROM_HOUR: Bounds(0, 23),
    K.QUIET_UNTIL_HOUR: Bounds(0, 23),
    K.DIGEST_HOUR: Bounds(0, 23),
    K.CLOSE_AFTER_SILENCE_DAYS: Bounds(1, 365),
    K.REOPEN_DAYS: Bounds(0, 3650),
    K.PAUSE_WORKING_DAYS: Bounds(1, 60),
    K.WARNING_PERCENT: Bounds(1, 99),
    K.ANONYMISE_AFTER_DAYS: Bounds(1, 36_500),
    K.DELETE_WITHDRAWN_AFTER_DAYS: Bounds(1, 36_500),
    K.DELETE_AFTER_DAYS: Bounds(1, 36_500),
    K.CASES_PER_ADDRESS_HOUR: Bounds(1, 100_000),
    K.MESSAGES_PER_CASE_DAY: Bounds(1, 1_000),
    K.TEXT_MAX_CHARACTERS: Bounds(500, 1_000_000),
    K.CONSULTATION_DAYS: Bounds(1, 365),
    K.STATEMENT_CHARACTERS: Bounds(50, 2_000),
    K.STATEMENTS_PER_ADDRESS_HOUR: Bounds(1, 100_000),
    K.VOTES_PER_ADDRESS_HOUR: Bounds(1, 10_000_000),
    K.MIN_COUNT_SHOWN: Bounds(1, 1_000),
}
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)


class SettingError(ValueError):
    """A setting cannot have this value; `problem` says why, `bounds` what it could have."""

    def __init__(self, problem: SettingProblem, bounds: Bounds | None = None) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.bounds = bounds


def parse_setting(key: K, text: str) -> Any:
    """The value of a setting from what an administrator typed. Refuses with SettingError."""
    written = " ".join(text.split())
    if key not in BOUNDS:
        try:
            return str(worktime.Limit.parse(written))
        except worktime.LimitError as error:
            raise SettingError(SettingProblem.LIMIT) from error
    if not _WHOLE.fullmatch(written):
        raise SettingError(SettingProblem.WHOLE, BOUNDS[key])
    if not BOUNDS[key].least <= int(written) <= BOUNDS[key].most:
        raise SettingError(SettingProblem.BOUNDS, BOUNDS[key])
    return int(written)


def makes_loop(parents: Mapping[int, int | None], *, child: int, parent: int | None) -> bool:
    """Whether putting `child` below `parent` would make it its own ancestor; `parents` holds the tree as it is."""
    seen: set[int] = set()
    while parent is not None and parent not in seen:
        if parent == child:
            return True
        seen.add(parent)
        parent = parents.get(parent)
    return False


def below(parents: Mapping[int, int | None], top: int) -> frozenset[int]:
    """`top` and everything below it; `parents` holds the tree as it is, loops do no harm."""
    found, more = {top}, True
    while more:
        children = {child for child, parent in parents.items() if parent in found} - found
        found |= children
        more = bool(children)
    return frozenset(found)


def above(parents: Mapping[int, int | None], units: Iterable[int]) -> frozenset[int]:
    """These units and everything that they are a part of; loops do no harm."""
    found, fresh = set(units), set(units)
    while fresh:
        fresh = {top for unit in fresh if (top := parents.get(unit)) is not None} - found
        found |= fresh
    return frozenset(found)


def check_calendar(time_zone: str, weekly: Sequence[str]) -> list[str]:
    """Weekly hours in their written form. Refuses with worktime.WorktimeError what the engine could not count by."""
    if time_zone not in zoneinfo.available_timezones():
        raise worktime.CalendarError(f"Unknown time zone: {time_zone!r}")
    hours = tuple(worktime.parse_hours(text) for text in weekly)
    worktime.Calendar(zone=time_zone, weekly=hours)
    return [worktime.format_hours(day) for day in hours]


# So many days without work in a row are no holiday any more but a mistake.
LONGEST_REST_DAYS = 60


def too_long_a_rest(
    weekly: Sequence[str], exceptions: Mapping[dt.date, str]
) -> tuple[dt.date, dt.date] | None:
    """The first stretch of more than `LONGEST_REST_DAYS` days without hours around these exceptions, if any."""
    if not exceptions:
        return None
    day, last = min(exceptions) - dt.timedelta(days=7), max(exceptions) + dt.timedelta(days=7)
    begin: dt.date | None = None
    while day <= last:
        hours = exceptions.get(day, weekly[day.weekday()])
        begin = (begin or day) if not hours else None
        if begin is not None and (day - begin).days >= LONGEST_REST_DAYS:
            return begin, day
        day += dt.timedelta(days=1)
    return None


def makeup_hours(weekly: Sequence[str]) -> str:
    """Hours of a make-up day: those of Monday, else of the first day that has any."""
    return next((text for text in weekly if text), "")
