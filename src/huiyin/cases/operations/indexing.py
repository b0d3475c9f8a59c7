"""The index of words: settled after many cases came in, written anew when its rules change."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from huiyin.cases.logic import indexing as rules
from huiyin.cases.models import Case, Precedent, Publication, WordIndex
from huiyin.cases.queries import indexing
from huiyin.engines.text import pipeline

BATCH = 500
SECONDS = 50


@dataclass(frozen=True)
class _Kind:
    """Rows that have words: which columns they are made of, and how."""

    model: type[models.Model]
    columns: tuple[str, ...]
    entry: Callable[..., str]


def _case(text: str, place_text: str, received_at: dt.datetime) -> str:
    return rules.case_words(text, place_text, received_at=received_at)


def _plain(*texts: str) -> str:
    return pipeline.search_vector("\n".join(texts))


KINDS = {
    indexing.CASES: _Kind(Case, ("text", "place_text", "received_at"), _case),
    indexing.PUBLICATIONS: _Kind(Publication, ("title", "text", "place_text"), _plain),
    indexing.PRECEDENTS: _Kind(Precedent, ("matter", "ground"), _plain),
}


def settle() -> None:
    """Put the words of stored cases in their final place, so that searches need not look through a waiting list.

    The database also learns how much there is now: plans made for empty tables would compare every row with every row.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT gin_clean_pending_list(indexrelid) FROM pg_stat_user_indexes WHERE indexrelname = 'case_words'"
        )
        cursor.execute("ANALYZE cases_case, cases_event, cases_reply")


def begin() -> None:
    """Note that indexes without entries follow the present rules: what is imported first need not be written twice."""
    for name, kind in KINDS.items():
        if not kind.model._default_manager.exists():
            WordIndex.objects.update_or_create(
                kind=name, defaults={"version": rules.INDEX_VERSION, "underway": "", "position": 0}
            )
            indexing.forget(name)


def catch_up(*, seconds: float = SECONDS) -> int:
    """Write entries of the search index that older rules wrote, for about so many seconds; returns how many.

    Searching goes on meanwhile, by both the old and the new entries. What was erased stays erased. May run twice, and
    goes on where the last run stopped.
    """
    until = time.monotonic() + seconds
    done = 0
    for name, kind in KINDS.items():
        written = 0 if indexing.is_current(name) else 1
        while written and time.monotonic() < until:
            written = _batch(name, kind)
            done += written
    return done


@transaction.atomic
def _batch(name: str, kind: _Kind) -> int:
    WordIndex.objects.get_or_create(kind=name)
    state = WordIndex.objects.select_for_update().get(kind=name)
    if state.underway != rules.INDEX_VERSION:
        state.underway, state.position = rules.INDEX_VERSION, 0
    rows: list[tuple[Any, ...]] = list(
        kind.model._default_manager.select_for_update()
        .filter(pk__gt=state.position, words__isnull=False)
        .order_by("pk")
        .values_list("pk", *kind.columns)[:BATCH]
    )
    if rows:
        _write(kind, rows)
        state.position = rows[-1][0]
    else:
        state.version, state.underway, state.position = rules.INDEX_VERSION, "", 0
        indexing.forget(name)
    state.save()
    return len(rows)


def _write(kind: _Kind, rows: list[tuple[Any, ...]]) -> None:
    table = connection.ops.quote_name(kind.model._meta.db_table)
    entries = [kind.entry(*columns) for _pk, *columns in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            # The name of a table of ours; what was typed travels beside it.
            f"UPDATE {table} SET words = new.words::tsvector"  # noqa: S608
            " FROM unnest(%s::bigint[], %s::text[]) AS new(id, words)"
            f" WHERE {table}.id = new.id",
            [[row[0] for row in rows], entries],
        )
