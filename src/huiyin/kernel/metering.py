"""Counting calls per minute over all processes, without a write for every call.

The count is kept by the database; a process takes a few calls from it at a time. A limit is never exceeded; of a large
one the last half percent per process may be refused too early.
"""

import datetime as dt
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from huiyin.kernel import clock

Holder = TypeVar("Holder", bound=Hashable)
MINUTE = dt.timedelta(minutes=1)
LEASES_A_MINUTE = 200
# Holders that a process remembers before it drops those of minutes that are over.
MOST_HELD = 10_000


@dataclass(frozen=True)
class Quota:
    """How many calls are left in this minute; `reset` is the number of seconds to the next one."""

    limit: int
    remaining: int
    reset: int
    is_over: bool = False


@dataclass
class _Lease:
    minute: dt.datetime
    left: int = 0
    used: int = 0


class Meter(Generic[Holder]):
    """The counts of one kind of holder: programs, addresses."""

    def __init__(self, take: Callable[[Holder, dt.datetime, int], int]) -> None:
        """`take` adds calls to the common count of a holder's minute and returns that count."""
        self._take = take
        self._held: dict[Holder, _Lease] = {}
        self._lock = threading.Lock()

    def count(self, holder: Holder, *, limit: int) -> Quota:
        """Take one call from what this process holds of the minute, or from the common count, if any is left."""
        now = clock.now()
        minute = now.replace(second=0, microsecond=0)
        reset = int((minute + MINUTE - now).total_seconds()) + 1
        with self._lock:
            held = self._lease(holder, minute)
            if held.left < 1 and held.used < limit:
                asked = lease(limit)
                held.used = self._take(holder, minute, asked)
                held.left = granted(used=held.used, asked=asked, limit=limit)
            if held.left < 1:
                return Quota(limit, 0, reset, is_over=True)
            held.left -= 1
            return Quota(limit, max(0, limit - held.used) + held.left, reset)

    def forget(self) -> None:
        """Give back nothing and begin anew; for tests."""
        self._held.clear()

    def _lease(self, holder: Holder, minute: dt.datetime) -> _Lease:
        held = self._held.get(holder)
        if held is None or held.minute != minute:
            if len(self._held) >= MOST_HELD:
                self._held = {one: kept for one, kept in self._held.items() if kept.minute == minute}
            held = self._held[holder] = _Lease(minute)
        return held


def lease(limit: int) -> int:
    """How many calls a process takes from the common count at once: few enough that hardly any are left over."""
    return max(1, limit // LEASES_A_MINUTE)


def granted(*, used: int, asked: int, limit: int) -> int:
    """Of `asked` calls that raised the count to `used`, those that are within the limit."""
    return max(0, min(asked, limit - (used - asked)))
