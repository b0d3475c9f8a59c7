"""Search in the database itself: the index of words, and a bounded set of the newest cases that fit."""

from __future__ import annotations

import contextlib
import datetime as dt
import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import OPEN_STATES
from huiyin.cases.logic import indexing as rules
from huiyin.cases.models import Case
from huiyin.cases.ports import Hit, Looked
from huiyin.cases.queries import indexing, matching
from huiyin.kernel import clock
from huiyin.kernel.ports import Health

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_MILLISECONDS = 3_000
_COLUMNS = ("pk", "received_at", "state", "kind", "unit_id", "service_id")
_FIRST_WINDOW, _SECOND_WINDOW = dt.timedelta(days=2), dt.timedelta(days=45)
_LONGEST = dt.timedelta(days=1_100)
# Each month that is asked for costs as much as some thousand entries of a common word. Up to half a year that is less
# than what the word has in all other months; for more the days alone say it.
_MOST_MONTHS = 7
_SETTINGS = """SELECT set_config('statement_timeout', %s, true), set_config('enable_indexscan', %s, true),
               set_config('enable_seqscan', %s, true)"""
_OPEN = {state.value for state in OPEN_STATES}


class PostgresSearch:
    """The default; needs nothing but the database."""

    def newest(
        self, looked: Looked, *, most: int, before: tuple[dt.datetime, int] | None = None
    ) -> list[Hit]:
        """Up to `most` cases that fit, newest first. Raises OperationalError after three seconds.

        The last days are looked through first, then as many weeks as these let expect, then everything. Open cases are
        few enough to be looked through at once.
        """
        words = looked.words.tsquery()
        if not words or not looked.words.wanted:
            return []
        latest = min(filter(None, (clock.now(), looked.end, before[0] if before else None)))
        found: list[Hit] = []
        with _by_sets():
            for window in _windows(most, of_open=_is_of_open(looked)):
                since = window(len(found))
                found = _first(_rows(looked, before).filter(*_fitting(words, latest, since)), most)
                if len(found) == most or since is None or since > _LONGEST:
                    break
        return found

    def ranked(self, looked: Looked, hits: Sequence[Hit]) -> list[Hit]:
        """Those hits, the best fitting first, by how often and how near to each other the words stand."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, ts_rank(words, %s::tsquery, 1) FROM cases_case WHERE id = ANY(%s)",
                [looked.words.tsquery(), [hit.pk for hit in hits]],
            )
            rank = dict(cursor.fetchall())
        # Sorting is stable: among equals the newest stay in front.
        return sorted(hits, key=lambda hit: -rank.get(hit.pk, 0.0))

    def check(self) -> Health:
        """Whether every entry of the index is written by the present rules."""
        try:
            current, left_out = indexing.is_current(indexing.CASES), indexing.left_out()
        except DatabaseError:
            return Health(ok=False, detail=_("The database does not answer."))
        if left_out:
            return Health(
                ok=True,
                detail=_(
                    "In the database; a first import runs or was broken off, and the index of words is built after it."
                ),
            )
        if current:
            return Health(ok=True, detail=_("In the database; the index is up to date."))
        return Health(
            ok=True,
            detail=_("In the database; the index is being written anew, old entries are used until then."),
        )


@contextlib.contextmanager
def _by_sets() -> Iterator[None]:
    """Run queries that only combine sets of rows from the indexes, for at most three seconds each.

    Walking the cases by date and reading the words of each is what the planner likes for common words, and what takes
    seconds where they are less common than it believes.
    """
    is_part = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SETTINGS, [str(MOST_MILLISECONDS), "off", "off"])
        yield
        if is_part:  # else they end with the transaction
            cursor.execute(_SETTINGS, ["0", "on", "on"])


def _windows(most: int, *, of_open: bool) -> Iterator[Callable[[int], dt.timedelta | None]]:
    """How far back to look, given how many the last look found: some days, what these let expect, no end."""
    if not of_open and indexing.is_current(indexing.CASES):
        yield lambda _found: _FIRST_WINDOW
        # Where the first days have none, few can be expected from weeks.
        yield lambda found: max(_SECOND_WINDOW, _FIRST_WINDOW * (most / max(1, found) * _room(found)))
    yield lambda _found: None


def _room(found: int) -> float:
    """How much further to look than `found` let expect: the fewer they are, the more of it was chance.

    Two and a half times what such a count varies by; and always half as much again, for weeks have busier days.
    """
    return max(1.5, 1 + 2.5 / math.sqrt(max(1, found)))


def _is_of_open(looked: Looked) -> bool:
    return bool(looked.states) and set(looked.states) <= _OPEN


def _fitting(words: str, latest: dt.datetime, window: dt.timedelta | None) -> list[Q | matching.Matches]:
    """Rows with the words in the window: its months, if few, by the index of words, its days by that of dates."""
    if window is None or window > _LONGEST:
        return [matching.fits(words)]
    since = latest - window
    months = list(rules.months(since, latest))
    if len(months) <= _MOST_MONTHS:
        words = rules.of_months(words, months)
    return [matching.fits(words), Q(received_at__gte=since)]


def _rows(looked: Looked, before: tuple[dt.datetime, int] | None) -> QuerySet[Case]:
    rows = Case.objects.filter(looked.visible, *_narrowed(looked))
    if before is None:
        return rows
    moment, pk = before
    return rows.filter(Q(received_at__lt=moment) | Q(received_at=moment, pk__lt=pk))


def _first(rows: QuerySet[Case], most: int) -> list[Hit]:
    found = rows.order_by("-received_at", "-id").values_list(*_COLUMNS)[:most]
    return list(map(Hit._make, found))


def _narrowed(looked: Looked) -> list[Q]:
    chosen = {
        "unit_id__in": looked.units,
        "state__in": looked.states,
        "kind__in": looked.kinds,
        "service_id__in": looked.services,
        "area__code__startswith": looked.area,
        "received_at__gte": looked.begin,
        "received_at__lt": looked.end,
    }
    return [Q(**{name: value}) for name, value in chosen.items() if value]
