"""Adding a few votes to a large matrix without sorting everything again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from huiyin.engines.opinion.votes import Ids, Ints, VoteMatrix

Vote = tuple[Any, Any, int]


def merge(votes: VoteMatrix, new: Iterable[Vote]) -> tuple[VoteMatrix, Ints, Ints]:
    """Return the matrix with votes (participant, statement, value) added in time order, and where old parts went.

    The two arrays map former rows and former columns to present ones. Equals `votes.from_columns` of all votes.
    """
    latest: dict[tuple[Any, Any], int] = {}
    received = 0
    for participant, statement, value in new:
        latest[participant, statement] = value
        received += 1
    participants = _union(votes.participants, [participant for participant, _ in latest])
    statements = _union(votes.statements, [statement for _, statement in latest])
    row_map = np.searchsorted(participants, votes.participants)
    column_map = np.searchsorted(statements, votes.statements)
    grown = len(statements) > len(votes.statements)
    indices = column_map.astype(np.int32)[votes.indices] if grown else votes.indices
    counts = np.zeros(len(participants), np.int64)
    counts[row_map] = votes.votes_per_participant
    spread = VoteMatrix(
        participants, statements, _pointers(counts), indices, votes.values, votes.received + received
    )
    return _with(spread, latest, counts), row_map, column_map


def _union(ids: Ids, more: list[Any]) -> Ids:
    fresh = set(more) - set(ids[_known(ids, more)].tolist()) if len(ids) else set(more)
    if not fresh:
        return ids
    if not len(ids):
        return np.unique(
            np.array(sorted(fresh), dtype=object if isinstance(next(iter(fresh)), str) else np.int64)
        )
    return np.sort(np.concatenate([ids, np.array(list(fresh), dtype=ids.dtype)]))


def _known(ids: Ids, more: list[Any]) -> Ints:
    wanted = np.array(more, dtype=ids.dtype)
    return np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)


def _pointers(counts: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)])


def _with(votes: VoteMatrix, latest: dict[tuple[Any, Any], int], counts: Ints) -> VoteMatrix:
    """Set or insert each vote; all its ids are in the matrix already."""
    pairs = list(latest)
    if not pairs:
        return votes
    rows = np.searchsorted(
        votes.participants, np.array([p for p, _ in pairs], dtype=votes.participants.dtype)
    )
    columns = np.searchsorted(votes.statements, np.array([s for _, s in pairs], dtype=votes.statements.dtype))
    given = np.fromiter(latest.values(), np.int8, len(latest))
    order = np.lexsort((columns, rows))
    rows, columns, given = rows[order], columns[order], given[order]
    at = np.array(
        [_place(votes, i, j) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)], np.int64
    )
    present = _holds(votes, rows, columns, at)
    values = votes.values.copy()
    values[at[present]] = given[present]
    new = ~present
    indices = np.insert(votes.indices, at[new], columns[new].astype(np.int32))
    np.add.at(counts, rows[new], 1)
    return VoteMatrix(
        votes.participants,
        votes.statements,
        _pointers(counts),
        indices,
        np.insert(values, at[new], given[new]),
        votes.received,
    )


def _place(votes: VoteMatrix, row: int, column: int) -> int:
    where = votes.row(row)
    first: int = where.start
    return first + int(np.searchsorted(votes.indices[where], column))


def _holds(votes: VoteMatrix, rows: Ints, columns: Ints, at: Ints) -> npt.NDArray[np.bool_]:
    inside = at < votes.indptr[rows + 1]
    held = np.zeros(len(at), bool)
    held[inside] = votes.indices[at[inside]] == columns[inside]
    return held


def subset(votes: VoteMatrix, rows: Ints) -> VoteMatrix:
    """Return the matrix of some participants, statements unchanged."""
    counts = votes.votes_per_participant[rows]
    pointers = _pointers(counts)
    cells = np.arange(pointers[-1]) + np.repeat(votes.indptr[rows] - pointers[:-1], counts)
    return VoteMatrix(
        votes.participants[rows],
        votes.statements,
        pointers,
        votes.indices[cells],
        votes.values[cells],
        int(pointers[-1]),
    )
