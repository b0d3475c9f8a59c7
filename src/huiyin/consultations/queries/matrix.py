"""Votes from the database as the engine reads them; millions of rows, so they are copied and not fetched."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
from django.db import connection

from huiyin.consultations.enums import Standing
from huiyin.consultations.models import Consultation, Vote
from huiyin.engines.opinion import votes as engine

# A vote that was taken back, and the votes of that pair before it, count for nothing.
_STANDING = (
    "v.value IS NOT NULL AND NOT EXISTS (SELECT 1 FROM consultations_vote b WHERE b.value IS NULL"
    " AND b.participant_id = v.participant_id AND b.statement_id = v.statement_id AND b.id > v.id)"
)
_ROWS = (
    " FROM consultations_vote v JOIN consultations_statement s ON s.id = v.statement_id"
    f" WHERE v.consultation_id = %s AND {_STANDING} ORDER BY v.id"
)


@dataclass(frozen=True)
class Columns:
    """Votes as equally long columns; `moment` in milliseconds since 1970."""

    participant: engine.Ints
    statement: engine.Ints
    value: engine.Ints
    moment: engine.Ints


@dataclass(frozen=True)
class Row:
    """One vote as it was written; `value` None takes the vote back."""

    pk: int
    participant: int
    statement: int
    value: int | None
    is_settled: bool


def by_row_id(consultation: Consultation) -> engine.VoteMatrix:
    """All votes that stand; participants are row ids, statements their numbers."""
    columns = _copied("SELECT v.participant_id, s.number, v.value, 0" + _ROWS, [consultation.pk])
    return engine.from_columns(columns.participant, columns.statement, columns.value)


def by_rank(consultation: Consultation) -> engine.VoteMatrix:
    """All votes that stand; participants are numbered as in an export."""
    columns = ranked(consultation)
    return engine.from_columns(columns.participant, columns.statement, columns.value)


def ranked(consultation: Consultation) -> Columns:
    """The votes that count as an export writes them: ranks of participants, numbers of statements, moments.

    A rank is the place among the pseudonyms in their order: numbers without gaps that tell nothing. It is given here,
    not by a join, for which the database may choose a very slow way while it does not know yet how much there is.
    """
    moment = "(extract(epoch FROM v.created_at) * 1000)::bigint"
    cast = _copied(f"SELECT v.participant_id, s.number, v.value, {moment}" + _ROWS, [consultation.pk])
    ordered = np.array(
        consultation.participants.order_by("pseudonym").values_list("pk", flat=True), dtype=np.int64
    )
    by_id = np.argsort(ordered)
    rank = (
        by_id[np.searchsorted(ordered, cast.participant, sorter=by_id)] if len(ordered) else cast.participant
    )
    order = np.lexsort((rank, cast.statement))  # keeps the order in time within a pair
    rank, statement = rank[order], cast.statement[order]
    last = np.append((rank[1:] != rank[:-1]) | (statement[1:] != statement[:-1]), True)[: len(order)]
    kept = order[last]
    return Columns(rank[last], statement[last], cast.value[kept], cast.moment[kept])


def newer(consultation: Consultation, *, after: int, settled_before: Any) -> list[Row]:
    """Votes with a greater id, in order. Settled: no vote with a smaller id can still be on its way."""
    found = Vote.objects.filter(consultation=consultation, pk__gt=after).order_by("pk")
    return [
        Row(pk, participant, statement, value, at < settled_before)
        for pk, participant, statement, value, at in found.values_list(
            "pk", "participant_id", "statement__number", "value", "created_at"
        )
    ]


def removed(consultation: Consultation) -> frozenset[int]:
    """Numbers of statements whose votes move no map, because they are not shown."""
    rows = consultation.statements.exclude(standing=Standing.PUBLISHED)
    return frozenset(rows.values_list("number", flat=True))


def meta(consultation: Consultation) -> frozenset[int]:
    """Numbers of statements about the participants themselves."""
    return frozenset(consultation.statements.filter(is_meta=True).values_list("number", flat=True))


def _copied(select: str, parameters: list[Any]) -> Columns:
    content = io.BytesIO()
    with (
        connection.cursor() as cursor,
        # The driver's own cursor: Django's, while it records queries, copies without parameters.
        cursor.cursor.copy(f"COPY ({select}) TO STDOUT (FORMAT csv)", parameters) as copy,
    ):
        for block in copy:
            content.write(block)
    if not content.tell():
        none = np.zeros(0, np.int64)
        return Columns(none, none, none, none)
    content.seek(0)
    table = pa.csv.read_csv(
        content, read_options=pa.csv.ReadOptions(column_names=["participant", "statement", "value", "moment"])
    )
    return Columns(*(table.column(name).to_numpy() for name in table.column_names))
