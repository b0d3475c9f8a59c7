"""The working spans of a calendar laid end to end, worked out year by year as they are needed."""

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from huiyin.engines.worktime import errors

Span = tuple[datetime, datetime]

FIRST_YEAR, LAST_YEAR = 1900, 2200

_ZERO = timedelta(0)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Table:
    """Spans of the local years first..last: parallel lists, all moments in UTC, never changed once built.

    `before[i]` and `after[i]` are the working time up to the start and the end of span i, counted from an
    origin that is arbitrary but stays the same while the table grows (it may be negative to its left).
    `closings` has the end of the last span of each working day.
    """

    first: int
    last: int
    starts: list[datetime]
    ends: list[datetime]
    before: list[timedelta]
    after: list[timedelta]
    closings: list[datetime]
    low: timedelta

    @property
    def high(self) -> timedelta:
        """Working time at the right edge."""
        return self.after[-1] if self.after else self.low

    def joined(self, later: "Table") -> "Table":
        """Return one table of this one and the next, whose figures already continue this one's."""
        return Table(
            self.first,
            later.last,
            self.starts + later.starts,
            self.ends + later.ends,
            self.before + later.before,
            self.after + later.after,
            self.closings + later.closings,
            self.low,
        )


class Timeline:
    """A growing table and the few look-ups everything else is made of.

    A table is never changed, growth replaces it by a longer one with the same origin. So threads may share a
    timeline: only growth takes the lock.
    """

    def __init__(self, spans_on: Callable[[date], list[Span]], last_work: date | None) -> None:
        self._spans_on = spans_on
        self._last_work = last_work
        self._table: Table | None = None
        self._lock = threading.Lock()

    def around(self, moment: datetime) -> Table:
        """Return a table that surely holds the UTC moment: its year and both neighbours."""
        table = self._table
        if table is not None and table.first < moment.year < table.last:
            return table
        if not FIRST_YEAR < moment.year < LAST_YEAR:
            raise errors.OutOfRangeError(f"Calendars are worked out for {FIRST_YEAR + 1} to {LAST_YEAR - 1}.")
        with self._lock:
            self._table = table = self._covering(self._table, moment.year - 1, moment.year + 1)
        return table

    def further(self, table: Table) -> Table:
        """Return the table with at least one more year; refuses when no work can come any more."""
        if self._last_work is not None and table.last > self._last_work.year:
            raise errors.NoWorkingTime(f"The calendar has no working time after {self._last_work}.")
        if table.last >= LAST_YEAR:
            raise errors.OutOfRangeError(f"The result lies after {LAST_YEAR}.")
        with self._lock:
            self._table = table = self._covering(self._table, table.first, table.last + 1)
        return table

    def _covering(self, table: Table | None, first: int, last: int) -> Table:
        if table is None:
            return self._compile(first, last, low=_ZERO)
        if first < table.first:
            width = self._compile(first, table.first - 1, low=_ZERO).high
            table = self._compile(first, table.first - 1, low=table.low - width).joined(table)
        if last > table.last:
            table = table.joined(self._compile(table.last + 1, last, low=table.high))
        return table

    def position(self, moment: datetime) -> timedelta:
        """Return the working time up to the moment, from the timeline's own origin."""
        table = self.around(moment)
        i = bisect_right(table.starts, moment) - 1
        if i < 0:
            return table.low
        if moment >= table.ends[i]:
            return table.after[i]
        return table.before[i] + (moment - table.starts[i])

    def earliest_at(self, moment: datetime, position: timedelta) -> datetime:
        """Return the first moment whose position is `position`, which must be after that of `moment`."""
        table = self.around(moment)
        while position > table.high:
            table = self.further(table)
        i = bisect_left(table.after, position)
        return table.starts[i] + (position - table.before[i])

    def is_open(self, moment: datetime) -> bool:
        """Tell whether the moment lies in a span; the closing itself does not."""
        table = self.around(moment)
        i = bisect_right(table.starts, moment) - 1
        return i >= 0 and moment < table.ends[i]

    def is_closing(self, moment: datetime) -> bool:
        """Tell whether a span ends at the moment."""
        table = self.around(moment)
        i = bisect_left(table.ends, moment)
        return i < len(table.ends) and table.ends[i] == moment

    def next_open(self, moment: datetime) -> datetime:
        """Return the moment itself if it is open, else the next opening."""
        if self.is_open(moment):
            return moment
        table = self.around(moment)
        while (i := bisect_right(table.starts, moment)) == len(table.starts):
            table = self.further(table)
        return table.starts[i]

    def closing_after(self, moment: datetime, days: int) -> datetime:
        """Return the end of the working day that holds the open moment, or of the `days`-th one after it."""
        table = self.around(moment)
        while (i := bisect_right(table.closings, moment) + days) >= len(table.closings):
            table = self.further(table)
        return table.closings[i]

    def _compile(self, first: int, last: int, *, low: timedelta) -> Table:
        table = Table(first, last, [], [], [], [], [], low)
        day, end = date(first, 1, 1), date(last, 12, 31)
        worked = low
        while day <= end:
            spans = self._spans_on(day)
            for start, stop in spans:
                table.starts.append(start)
                table.ends.append(stop)
                table.before.append(worked)
                worked += stop - start
                table.after.append(worked)
            if spans:
                table.closings.append(spans[-1][1])
            day += _ONE_DAY
        return table
