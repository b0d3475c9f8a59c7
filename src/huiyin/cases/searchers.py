"""Search in the database itself: the index of words, and a bounded set of the newest cases that fit."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQueryField
from django.db import DatabaseError, connection, transaction
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import OPEN_STATES
from huiyin.cases.models import Case
from huiyin.cases.ports import Hit, Looked
from huiyin.kernel import clock
from huiyin.kernel.ports import Health

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_MILLISECONDS = 3_000
_COLUMNS = ("pk", "received_at", "state", "kind", "unit_id", "service_id")
_FIRST_WINDOW = dt.timedelta(days=45)
_LONGEST = dt.timedelta(days=3_000)
_ROOM = 1.5
_SETTINGS = """SELECT set_config('statement_timeout', %s, true), set_config('enable_indexscan', %s, true),
               set_config('enable_seqscan', %s, true)"""
_OPEN = {state.value for state in OPEN_STATES}


class Matches(Func):
    """`words @@ query`, for a query that is compiled already."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()


def fits(words: str) -> Matches:
    """The condition that the words of a row fit a compiled query."""
    return Matches(F("words"), Cast(Value(words), SearchQueryField()))


class PostgresSearch:
    """The default; needs nothing but the database."""

    def newest(
        self, looked: Looked, *, most: int, before: tuple[dt.datetime, int] | None = None
    ) -> list[Hit]:
        """Up to `most` cases that fit, newest first. Raises OperationalError after three seconds.

        Common words fit ever so many cases, of which the newest stand in the last weeks: a window is looked through
        first, then one as wide as the first lets expect, then everything.
        """
        words = looked.words.tsquery()
        if not words or looked.within == ():
            return []
        rows = Case.objects.filter(fits(words), *_narrowed(looked))
        if before is not None:
            moment, pk = before
            rows = rows.filter(Q(received_at__lt=moment) | Q(received_at=moment, pk__lt=pk))
        latest = min(filter(None, (clock.now(), looked.end, before[0] if before else None)))
        with _by_sets():
            for window in (_FIRST_WINDOW, None):
                found = _first(_since(rows, latest, window), most)
                if len(found) < most and found and window is not None:
                    found = _first(_since(rows, latest, window * (_ROOM * most / len(found))), most)
                if len(found) == most:
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
        """Whether the index of words is there and up to date."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM cases_case WHERE words @@ '''a'''::tsquery LIMIT 1")
        except DatabaseError:
            return Health(ok=False, detail=_("The database does not answer."))
        return Health(ok=True, detail=_("In the database."))


@contextlib.contextmanager
def _by_sets() -> Iterator[None]:
    """Run queries that only combine sets of rows from the indexes, for at most three seconds each.

    Walking the cases by date and reading the words of each is what the planner likes for common words, and what takes
    seconds where they are less common than it believes.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SETTINGS, [str(MOST_MILLISECONDS), "off", "off"])
        yield
        cursor.execute(_SETTINGS, ["0", "on", "on"])


def _since(rows: QuerySet[Case], latest: dt.datetime, window: dt.timedelta | None) -> QuerySet[Case]:
    return rows if window is None or window > _LONGEST else rows.filter(received_at__gte=latest - window)


def _first(rows: QuerySet[Case], most: int) -> list[Hit]:
    found = rows.order_by("-received_at", "-id").values_list(*_COLUMNS)[:most]
    return [Hit(*row) for row in found]


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
    found = [Q(**{name: value}) for name, value in chosen.items() if value]
    if looked.within is not None:
        found.append(Q(unit_id__in=looked.within))
    if looked.states and set(looked.states) <= _OPEN:
        # Says what follows already, in the words of the partial index.
        found.append(Q(state__in=[state.value for state in OPEN_STATES]))
    return found
