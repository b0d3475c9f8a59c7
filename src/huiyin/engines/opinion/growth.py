"""Adding a few votes to a large matrix, and taking some back, without sorting everything again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from huiyin.engines.opinion.votes import Ids, Ints, VoteMatrix

# None takes the vote on this statement back.
Vote = tuple[Any, Any, int | None]


def merge(votes: VoteMatrix, new: Iterable[Vote]) -> tuple[VoteMatrix, Ints, Ints]:
    """Return the matrix with votes (participant, statement, value) added in time order, and where old parts went.

    The two arrays map former rows and former columns to present ones, -1 where all their votes were taken back. Equals
    `votes.from_columns` of all votes that stand.
    """
    latest: dict[tuple[Any, Any], int] = {}
    back: dict[tuple[Any, Any], None] = {}
    received = 0
    for participant, statement, value in new:
        if value is None:
            latest.pop((participant, statement), None)
            back[participant, statement] = None
            continue
        back.pop((participant, statement), None)
        latest[participant, statement] = value
        received += 1
    grown, row_map, column_map = _added(votes, latest, received)
    if not back:
        return grown, row_map, column_map
    shrunk, rows_left, columns_left = _without(grown, list(back))
    return shrunk, rows_left[row_map], columns_left[column_map]


def _added(
    votes: VoteMatrix, latest: dict[tuple[Any, Any], int], received: int
) -> tuple[VoteMatrix, Ints, Ints]:
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
    new = ~present
    indices = _inserted(votes.indices, at[new], columns[new].astype(np.int32))
    values = _inserted(votes.values, at[new], given[new])
    # What stands before a vote that was there already moves it along.
    values[at[present] + np.searchsorted(at[new], at[present], side="right")] = given[present]
    np.add.at(counts, rows[new], 1)
    return VoteMatrix(
        votes.participants, votes.statements, _pointers(counts), indices, values, votes.received
    )


def _inserted(cells: npt.NDArray[Any], at: Ints, more: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A copy of `cells` with `more[i]` before place `at[i]`, in order; by whole stretches, quicker than np.insert."""
    ends = [*at.tolist(), len(cells)]
    parts = [cells[: ends[0]]]
    for number, begin in enumerate(ends[:-1]):
        parts += [more[number : number + 1], cells[begin : ends[number + 1]]]
    return np.concatenate(parts)


def _without(votes: VoteMatrix, pairs: list[tuple[Any, Any]]) -> tuple[VoteMatrix, Ints, Ints]:
    """Take cells out, with rows and columns that become empty by it; return where rows and columns went."""
    rows_left, columns_left = np.arange(votes.shape[0]), np.arange(votes.shape[1])
    known = [pair for pair in pairs if _has(votes.participants, pair[0]) and _has(votes.statements, pair[1])]
    if not known:
        return votes, rows_left, columns_left
    rows = np.searchsorted(votes.participants, np.array([p for p, _ in known], votes.participants.dtype))
    columns = np.searchsorted(votes.statements, np.array([s for _, s in known], votes.statements.dtype))
    at = np.array(
        [_place(votes, i, j) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)], np.int64
    )
    held = _holds(votes, rows, columns, at)
    counts = votes.votes_per_participant
    np.subtract.at(counts, rows[held], 1)
    indices, values = np.delete(votes.indices, at[held]), np.delete(votes.values, at[held])
    full = counts > 0
    used = np.bincount(indices, minlength=votes.shape[1]) > 0
    rows_left, columns_left = _renumbered(full), _renumbered(used)
    shrunk = VoteMatrix(
        votes.participants[full],
        votes.statements[used],
        _pointers(counts[full]),
        indices if used.all() else columns_left.astype(np.int32)[indices],
        values,
        votes.received,
    )
    return shrunk, rows_left, columns_left


def _has(ids: Ids, one: Any) -> bool:
    place = int(np.searchsorted(ids, one))
    return place < len(ids) and bool(ids[place] == one)


def _renumbered(kept: npt.NDArray[np.bool_]) -> Ints:
    """The new number of each kept one, -1 for the others."""
    return np.where(kept, np.cumsum(kept) - 1, -1)


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
