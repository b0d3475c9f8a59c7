"""A working calendar: weekly hours in a time zone, and the dates that differ."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from huiyin.engines.worktime import errors, hours, timeline, zones

WEEKDAYS = 7


@dataclass(frozen=True)
class Calendar:
    """When work is done.

    `zone`: IANA name. `weekly`: seven `Hours`, Monday first; breaks are gaps; a closing of `time(0)` is
    24:00; work past midnight is split there. `exceptions`: date → `Hours` that replace the weekly ones; empty
    is a holiday, hours on a Saturday are a make-up working day (调休). `names`: why, for any of these dates.

    Refuses malformed input with CalendarError and a calendar that never works with NoWorkingTime. The value
    is immutable, comparable, hashable and picklable. What it works out about its years (some 10 ms) is cached
    inside, so keep one instance and reuse it; one that comes out of a pickling cache again and again is the
    same instance each time. Hours that the clock repeats or jumps over: see `zones.first_instant`.
    """

    zone: str
    weekly: tuple[hours.Hours, ...]
    exceptions: Mapping[date, hours.Hours] = field(default_factory=dict, hash=False)
    names: Mapping[date, str] = field(default_factory=dict, hash=False)
    tz: ZoneInfo = field(init=False, repr=False, compare=False)
    line: timeline.Timeline = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._set("tz", _zone(self.zone))
        self._set("weekly", tuple(hours.checked(day) for day in self.weekly))
        self._set("exceptions", _exceptions(self.exceptions))
        self._set("names", MappingProxyType(dict(self.names)))
        if len(self.weekly) != WEEKDAYS:
            raise errors.CalendarError("Weekly hours need seven weekdays, Monday first.")
        if not self.names.keys() <= self.exceptions.keys():
            raise errors.CalendarError("Only an exceptional date has a name.")
        self._set("line", timeline.Timeline(self.spans_on, self._last_work()))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.zone, self.weekly, tuple(self.exceptions.items()), tuple(self.names.items()))

    def hours_on(self, day: date) -> hours.Hours:
        """Return the hours on the wall of a local date."""
        exceptional = self.exceptions.get(day)
        return self.weekly[day.weekday()] if exceptional is None else exceptional

    def spans_on(self, day: date) -> list[timeline.Span]:
        """Return the real spans (UTC) of a local date; hours that the clock jumps over are not there."""
        spans = []
        for opening, closing in self.hours_on(day):
            start = zones.first_instant(hours.wall_time(day, opening), self.tz)
            end = zones.first_instant(hours.wall_closing(day, closing), self.tz)
            if start < end:
                spans.append((start, end))
        return spans

    def with_exceptions(
        self, exceptions: Mapping[date, Iterable[hours.Interval]], *, names: Mapping[date, str] | None = None
    ) -> "Calendar":
        """Return a calendar with more exceptional dates; for a date known to both the new one holds."""
        added = {day: tuple(intervals) for day, intervals in exceptions.items()}
        kept = {day: name for day, name in self.names.items() if day not in added}
        return Calendar(self.zone, self.weekly, {**self.exceptions, **added}, {**kept, **(names or {})})

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _last_work(self) -> date | None:
        """Return the last working date of a calendar that works on exceptional dates only, else None."""
        if any(self.weekly):
            return None
        worked = [day for day, intervals in self.exceptions.items() if intervals]
        if not worked:
            raise errors.NoWorkingTime("The calendar never works.")
        return max(worked)


@functools.lru_cache(maxsize=256)
def _restored(
    zone: str,
    weekly: tuple[hours.Hours, ...],
    exceptions: tuple[tuple[date, hours.Hours], ...],
    names: tuple[tuple[date, str], ...],
) -> Calendar:
    return Calendar(zone, weekly, dict(exceptions), dict(names))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise errors.CalendarError(f"Unknown time zone: {name!r}") from error


def _exceptions(given: Mapping[date, hours.Hours]) -> Mapping[date, hours.Hours]:
    if any(isinstance(day, datetime) or not isinstance(day, date) for day in given):
        raise errors.CalendarError("Exceptions are kept by date.")
    return MappingProxyType({day: hours.checked(intervals) for day, intervals in sorted(given.items())})
