"""Cases that may speak of the same matter: a bounded set out of any number, by rare words, place, service and contact.

None of these asks who may see: the caller shows only what `permissions.visible` allows.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, connection, transaction
from django.db.models import Func, TextField
from django.db.models.functions import Left
from psycopg.errors import QueryCanceled

from huiyin.accounts.enums import Permission
from huiyin.accounts.queries import has_permission
from huiyin.cases import permissions
from huiyin.cases.logic import indexing as rules
from huiyin.cases.models import Case
from huiyin.cases.queries import indexing
from huiyin.kernel import clock
from huiyin.people import queries as people

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper
    from django.db.models import QuerySet

    from huiyin.accounts.models import User
    from huiyin.people.models import Contact

MOST_FOUND = 20
NEWEST_OF_SERVICE = 150
# Ranking reads all words of a case, which lie apart from it: with a million cases this is what takes the time.
NEWEST_WITH_WORDS = 200
MOST_MILLISECONDS = 250
# About 500 m.
NEAR_DEGREES = 0.005
WORDS_ASKED = 24
UNSEEN_TEXTS = 100

_WORD_COUNTS = """
    SELECT word, ndoc FROM ts_stat($$SELECT words FROM cases_case WHERE words IS NOT NULL
                                     ORDER BY received_at DESC, id DESC LIMIT %d$$)
    WHERE ndoc * 2000 >= %%s AND length(word) > 1"""


@dataclass(frozen=True)
class Candidate:
    """A stored case that may be about the same matter, with the tokens of its text."""

    pk: int
    tokens: tuple[str, ...]
    received_at: dt.datetime
    service_id: int | None
    unit_id: int | None
    point: tuple[float, float] | None
    area_id: int | None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is looked for: rare words to find by, all words to rank by, since when, and what narrows it."""

    rare: Sequence[str]
    words: Collection[str]
    since: dt.datetime
    pairs_only: bool = False
    services: Sequence[int] = ()
    point: tuple[float, float] | None = None
    except_for: int = 0


# A token holds no space; one string is read in a fraction of the time of an array.
_TOKENS = "array_to_string(tsvector_to_array({}), ' ')"
_COLUMNS = (
    f"c.id, {_TOKENS.format('c.words')}, c.received_at, c.service_id, c.unit_id, c.lat, c.lon, c.area_id"
)
# What is looked for travels in parameters; only names and limits of this module stand in the statements. The tokens are
# unfolded for those that remain after ranking, not for all that are ranked.
_BEST = "ORDER BY ts_rank(f.words, %(rank)s::tsquery, 1) DESC, f.id DESC LIMIT %(most)s"
# OFFSET keeps the date out of the search: the planner would gather all cases of half a year to meet the few with the
# words.
_BY_WORDS = f"""
    SELECT {_COLUMNS} FROM (
        SELECT f.* FROM (
            SELECT w.* FROM (SELECT * FROM cases_case i WHERE i.words @@ %(find)s::tsquery OFFSET 0) w
            WHERE w.received_at >= %(since)s AND w.id <> %(self)s
            ORDER BY w.received_at DESC LIMIT {NEWEST_WITH_WORDS}) f
        {_BEST}
    ) c"""  # noqa: S608
_BY_SERVICE = f"""
    SELECT {_COLUMNS} FROM (
        SELECT f.* FROM (
            SELECT n.* FROM unnest(%(services)s::bigint[]) s(id) CROSS JOIN LATERAL (
                SELECT * FROM cases_case i WHERE i.service_id = s.id AND i.received_at >= %(since)s AND i.id <> %(self)s
                ORDER BY i.received_at DESC LIMIT {NEWEST_OF_SERVICE}) n
        ) f
        WHERE f.words IS NOT NULL AND (f.words @@ %(rank)s::tsquery)
          AND (%(lat)s::float IS NULL OR f.lat IS NULL
               OR (abs(f.lat - %(lat)s) < {NEAR_DEGREES} AND abs(f.lon - %(lon)s) < {NEAR_DEGREES})) {_BEST}
    ) c"""  # noqa: S608

_LIMIT = "SELECT set_config('statement_timeout', %(milliseconds)s, true); "


def candidates(wanted: Wanted) -> list[Candidate]:
    """At most `MOST_FOUND` cases by rare words and as many among the newest of the services, each once.

    A search that would take long is broken off and finds nothing: a proposal may lack duplicates, never delay.
    """
    read = reading(wanted)
    with connection.cursor() as cursor:
        return read(cursor)


def reading(wanted: Wanted) -> Callable[[CursorWrapper], list[Candidate]]:
    """The same as a function that needs only a cursor: it may be called by another thread (`kernel.beside`)."""
    statement, values = _statement(wanted)
    apart = _apart if connection.in_atomic_block else contextlib.nullcontext

    def read(cursor: CursorWrapper) -> list[Candidate]:
        if not statement:
            return []
        try:
            with apart():
                # One way to the server for both, and one transaction: the limit holds for the second alone.
                cursor.execute(_LIMIT + statement, values)
                cursor.nextset()
                found = {row[0]: _candidate(row) for row in cursor.fetchall()}
        except OperationalError as error:
            if not isinstance(error.__cause__, QueryCanceled):
                raise
            return []
        return list(found.values())

    return read


@contextlib.contextmanager
def _apart() -> Iterator[None]:
    """Within a larger transaction: keep the limit, and an error, to these statements. Nothing is written by them."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _statement(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """What is asked, with its values; "" where there is nothing to ask."""
    if not wanted.words:
        return "", {}
    lat, lon = wanted.point or (None, None)
    find = _any_of(wanted.rare) if not wanted.pairs_only else _two_of(wanted.rare)
    parts = [_BY_WORDS] if find else []
    if wanted.services:
        parts.append(_BY_SERVICE)
    values = {
        "find": _of_months(find, wanted.since),
        "rank": _any_of(list(wanted.words)[:WORDS_ASKED]),
        "since": wanted.since, "self": wanted.except_for, "most": MOST_FOUND,
        "services": list(wanted.services), "lat": lat, "lon": lon, "milliseconds": str(MOST_MILLISECONDS),
    }  # fmt: skip
    return " UNION ALL ".join(f"({part})" for part in parts), values


def _candidate(row: Sequence[Any]) -> Candidate:
    pk, tokens, received, service, unit, lat, lon, area = row
    return Candidate(
        pk,
        tuple((tokens or "").split()),
        received,
        service,
        unit,
        (lat, lon) if lat is not None else None,
        area,
    )


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def _any_of(tokens: Collection[str]) -> str:
    return " | ".join(map(_quoted, tokens))


def _of_months(find: str, since: dt.datetime) -> str:
    """The query with the months from then on, once all entries of the index have them: older cases are not read."""
    if not find or not indexing.is_current(indexing.CASES):
        return find
    months = list(rules.months(since, clock.now()))
    return rules.of_months(find, months) if months else find


def _two_of(tokens: Sequence[str]) -> str:
    """Two of the three rarest: for texts of common words only."""
    if len(tokens) < 3:
        return ""
    one, two, three = map(_quoted, tokens[:3])
    return f"{one} & {two} | {one} & {three} | {two} & {three}"


def shares(*, sample: int) -> dict[str, float]:
    """The share of texts that have a token, among the newest `sample` cases; rarer ones than one in 2,000 left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM cases_case WHERE words IS NOT NULL LIMIT %s) s", [sample]
        )
        (texts,) = cursor.fetchone()
        cursor.execute(
            _WORD_COUNTS % int(sample),
            [texts],
        )
        # As if a hundred texts more had none of these words: where there are few, every word looks common.
        return {word: count / (texts + UNSEEN_TEXTS) for word, count in cursor.fetchall()}


def stored() -> int:
    """About how many cases there are, as the database last counted them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE relname = 'cases_case'")
        return int(cursor.fetchone()[0])


def of_same_contact(
    contact: Contact | None, *, since: dt.datetime, except_for: int = 0, most: int = 10
) -> list[Candidate]:
    """The newest cases of whoever has the same number or address."""
    if contact is None:
        return []
    return _of_contacts(people.alike(contact), since, except_for, most)


def of_caller(
    *, phone: str, email: str, since: dt.datetime, except_for: int = 0, most: int = 10
) -> list[Candidate]:
    """The newest cases of whoever has this number or address."""
    if not (phone or email):
        return []
    return _of_contacts(people.with_same(phone=phone, email=email), since, except_for, most)


def _of_contacts(
    contacts: QuerySet[Contact], since: dt.datetime, except_for: int, most: int
) -> list[Candidate]:
    rows = (
        Case.objects.filter(contact__in=contacts.order_by(), received_at__gte=since)
        .exclude(pk=except_for)
        .annotate(said=Func("words", template=_TOKENS.format("%(expressions)s"), output_field=TextField()))
        .order_by("-received_at", "-pk")
    )
    columns = ("pk", "said", "received_at", "service_id", "unit_id", "lat", "lon", "area_id")
    return [_candidate(row) for row in rows.values_list(*columns)[:most]]


def shown(ids: Collection[int], *, user: User) -> dict[int, Case]:
    """Those of these cases that the user may open, with what a line about them shows."""
    rows = (
        Case.objects.filter(permissions.visible(user), pk__in=list(ids))
        .select_related("service__current")
        .defer("text", "words", "intake", "extra")
        .annotate(about=Left("text", 120))
    )
    return {row.pk: row for row in rows}


def may_know_repeats(user: User, case: Case) -> bool:
    """Whether it may be said that two cases are of one person: not to units that may not know who it is."""
    if permissions.is_complained_about(user, case):
        return False
    return case.anonymity == "office" or has_permission(user, Permission.SEE_CONFIDENTIAL)
