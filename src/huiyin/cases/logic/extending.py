"""How much longer an answer may take, and when somebody is warned of its deadline."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from huiyin.cases.enums import Level
from huiyin.engines import worktime

_INSTANT = dt.timedelta(microseconds=1)


def extended(calendar: worktime.Calendar, due: dt.datetime, *, days: int) -> dt.datetime:
    """The deadline `days` working days later: the end of work on that day."""
    # A deadline at closing time belongs to the day that closes, not to the next one.
    return worktime.add_working_days(calendar, due - _INSTANT, days)


@dataclass(frozen=True, kw_only=True)
class Chain:
    """One promise and how long its chain of warnings waits."""

    start: dt.datetime
    due: dt.datetime
    kind: worktime.Kind
    warn_at: Fraction
    head_after: worktime.Limit
    supervisor_after: worktime.Limit


def warnings(calendar: worktime.Calendar, chain: Chain) -> tuple[dt.datetime, ...]:
    """The moments of the four levels, each no earlier than the one before.

    The chain above the unit moves only while people work. What is promised by the clock (an emergency) is warned of by
    the clock; everything else in working time too.
    """
    begin = min(chain.start, chain.due)
    soon = worktime.moment_used(calendar, begin, chain.due, chain.warn_at, chain.kind)
    overdue = chain.due
    if chain.kind is worktime.Kind.WORKING:
        soon, overdue = (worktime.next_working_moment(calendar, at) for at in (soon, overdue))
    later = (
        worktime.next_working_moment(calendar, worktime.deadline(calendar, chain.due - _INSTANT, limit))
        for limit in (chain.head_after, chain.supervisor_after)
    )
    moments = [soon, overdue, *later]
    return tuple(max(moments[: place + 1]) for place in range(len(moments)))


def reached(moments: tuple[dt.datetime, ...], now: dt.datetime) -> tuple[Level, dt.datetime | None]:
    """The highest level whose moment has come, and the moment of the next one."""
    level = sum(moment <= now for moment in moments)
    return Level(level), moments[level] if level < len(moments) else None
