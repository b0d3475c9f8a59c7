"""Limits as data ("2h clock", "7d working"), the deadlines they give, pauses and warnings."""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from huiyin.engines.worktime import arithmetic, errors, zones
from huiyin.engines.worktime.calendar import Calendar


class Unit(StrEnum):
    """What a limit counts; the values are its written form."""

    MINUTES = "min"
    HOURS = "h"
    DAYS = "d"


class Kind(StrEnum):
    """Which time runs: all of it, or working time only."""

    CLOCK = "clock"
    WORKING = "working"


_LENGTH = {Unit.MINUTES: timedelta(minutes=1), Unit.HOURS: timedelta(hours=1), Unit.DAYS: timedelta(days=1)}
_WRITTEN = re.compile(r"([1-9][0-9]{0,5})(min|h|d) (clock|working)", re.ASCII)
_LARGEST = 999_999


@dataclass(frozen=True, slots=True)
class Limit:
    """A promise of time: 1 to 999,999 units of one kind. `str` and `parse` are each other's inverse."""

    amount: int
    unit: Unit
    kind: Kind

    def __post_init__(self) -> None:
        if not isinstance(self.amount, int) or not 1 <= self.amount <= _LARGEST:
            raise errors.LimitError(f"A limit is a whole number from 1 to {_LARGEST}.")

    def __str__(self) -> str:
        return f"{self.amount}{self.unit} {self.kind}"

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """Read "30min clock", "24h working", "7d working"; refuses anything else with LimitError."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise errors.LimitError(f"Not a limit such as '2h clock' or '7d working': {text!r}")
        return cls(int(found[1]), Unit(found[2]), Kind(found[3]))


def deadline(calendar: Calendar, start: datetime, limit: Limit) -> datetime:
    """Return the moment (UTC) at which the limit has passed.

    Clock time is real elapsed time: a clock day is 24 hours, also when the clocks change. Working minutes and
    hours are `add_working`, working days are `add_working_days`. Refusals are those of `arithmetic`.
    """
    if limit.kind is Kind.CLOCK:
        return _later(zones.utc(start), limit.amount * _LENGTH[limit.unit])
    if limit.unit is Unit.DAYS:
        return arithmetic.add_working_days(calendar, start, limit.amount)
    return arithmetic.add_working(calendar, start, limit.amount * _LENGTH[limit.unit])


def shift_for_pause(
    calendar: Calendar, deadline: datetime, paused_from: datetime, paused_to: datetime, limit_kind: Kind
) -> datetime:
    """Return the deadline (UTC) after a pause: later by the paused time, never earlier.

    Clock limits move by the elapsed time of the pause, working limits by the working time in it, counted on
    from the deadline: a pause by night or on holidays moves nothing. A pause that begins at the deadline or
    after it changes nothing: what is overdue stays overdue. For a pause that still lasts, give the present as
    its end. A limit in working days moves by the exact working time too, not to the next end of a day.
    """
    due, begin, end = zones.utc(deadline), zones.utc(paused_from), zones.utc(paused_to)
    if end < begin:
        raise errors.NegativeDurationError("The pause ends before it begins.")
    if begin >= due:
        return due
    if limit_kind is Kind.CLOCK:
        return _later(due, end - begin)
    paused = arithmetic.working_between(calendar, begin, end)
    return arithmetic.add_working(calendar, due, paused) if paused else due


def moment_used(
    calendar: Calendar, start: datetime, deadline: datetime, share: Fraction | float, limit_kind: Kind
) -> datetime:
    """Return the moment (UTC) at which `share` (above 0, at most 1) of the time up to the deadline is used.

    A warning at three quarters is `share=0.75`. It works from the deadline itself, so a deadline that was
    extended is treated alike; for pauses, shift the warning as you shift the deadline. Working limits, those
    in days too, count working time.
    """
    begin, due = zones.utc(start), zones.utc(deadline)
    if not 0 < share <= 1:
        raise errors.LimitError("A share is above 0 and at most 1.")
    if due < begin:
        raise errors.NegativeDurationError("The deadline lies before the start.")
    if share == 1:
        return due
    if limit_kind is Kind.CLOCK:
        return begin + _part(due - begin, share)
    part = _part(arithmetic.working_between(calendar, begin, due), share)
    return arithmetic.add_working(calendar, begin, part) if part else due


def _part(whole: timedelta, share: Fraction | float) -> timedelta:
    """Return the share, to the microsecond above: a share of some time is never no time at all."""
    return timedelta(microseconds=math.ceil(Fraction(share) * (whole // timedelta.resolution)))


def _later(moment: datetime, duration: timedelta) -> datetime:
    try:
        return moment + duration
    except OverflowError as error:
        raise errors.OutOfRangeError("The result lies beyond the representable years.") from error
