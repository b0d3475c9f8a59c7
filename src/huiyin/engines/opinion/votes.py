"""Votes as a sparse matrix: the last word of each participant on each statement."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Ids = npt.NDArray[Any]

AGREE, PASS, DISAGREE = 1, 0, -1
_WORD = 64
_BATCH = 1 << 20  # votes handled at a time, so that temporaries stay small
_WORTH_THREADS = 1 << 20


class BadVotesError(ValueError):
    """The votes cannot be read as votes; the message says what is wrong and where."""


@dataclass(frozen=True, slots=True)
class VoteMatrix:
    """Participants in rows, statements in columns, stored by row (CSR); a pass is a stored 0.

    Rows and columns are sorted by id, so equal votes give equal arrays whatever the order they came in.
    `values` holds +1 agree, 0 pass, -1 disagree; `received` counts the votes before re-votes were dropped.
    """

    participants: Ids
    statements: Ids
    indptr: Ints
    indices: npt.NDArray[np.int32]
    values: npt.NDArray[np.int8]
    received: int

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.participants), len(self.statements)

    @property
    def votes_per_participant(self) -> Ints:
        return np.diff(self.indptr)

    def row(self, i: int) -> slice:
        """Return where participant i's votes lie in `indices` and `values`."""
        return slice(int(self.indptr[i]), int(self.indptr[i + 1]))


def from_columns(
    participant: Sequence[Any] | Ids,
    statement: Sequence[Any] | Ids,
    vote: Sequence[int] | npt.NDArray[Any],
    *,
    time: Sequence[int] | Ints | None = None,
) -> VoteMatrix:
    """Build the matrix from four equally long columns (see `unpack` for which vote of a pair counts).

    Without `time` the order of the columns is the order in time. Raises BadVotesError for a vote other than -1, 0, 1.
    """
    value = np.asarray(vote)
    if value.size and not np.isin(value, (DISAGREE, PASS, AGREE)).all():
        row = int(np.flatnonzero(~np.isin(value, (DISAGREE, PASS, AGREE)))[0])
        raise BadVotesError(
            f"Vote {row + 1} is {value[row]}; a vote is 1 (agree), -1 (disagree) or 0 (pass)."
        )
    participants, i = np.unique(_ids(participant), return_inverse=True)
    statements, j = np.unique(_ids(statement), return_inverse=True)
    moment = None if time is None else np.asarray(time, dtype=np.int64)
    if not len(i) == len(j) == len(value) == (len(value) if moment is None else len(moment)):
        raise BadVotesError("The columns of the votes differ in length.")
    packed = pack([(i, j, value.astype(np.int8), moment)], rows=len(participants), columns=len(statements))
    return unpack(packed, participants=participants, statements=statements)


def _ids(given: Sequence[Any] | Ids) -> Ids:
    """Return ids as an array; text as objects, so that longer text can join it later without being cut."""
    ids = np.asarray(given)
    return ids.astype(object) if ids.dtype.kind == "U" else ids


Part = tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[np.int8], Ints | None]


@dataclass(frozen=True, slots=True)
class Packed:
    """Votes as 64-bit words (pair number, then place in the file), with value and moment by place in the file."""

    words: npt.NDArray[np.uint64]
    values: npt.NDArray[np.int8]
    moments: Ints | None
    place_bits: int
    rows: int
    columns: int


def pack(parts: list[Part], *, rows: int, columns: int) -> Packed:
    """Pack consecutive parts (row numbers, column numbers, values, moments) of the file; empties `parts` as it goes.

    Without moments the place in the file is the moment.
    """
    total = sum(len(part[0]) for part in parts)
    place_bits = max(total - 1, 1).bit_length()
    if max(rows * columns - 1, 1).bit_length() + place_bits > _WORD:
        raise BadVotesError(
            f"{rows} participants, {columns} statements and {total} votes are too many for one map."
        )
    words, values = np.empty(total, np.uint64), np.empty(total, np.int8)
    moments = np.empty(total, np.int64) if parts and parts[0][3] is not None else None
    end = total
    while parts:
        i, j, value, moment = parts.pop()
        where = slice(end - len(i), end)
        word = i.astype(np.uint64) * np.uint64(columns) + j.astype(np.uint64)
        words[where] = (word << np.uint64(place_bits)) + np.arange(where.start, where.stop, dtype=np.uint64)
        values[where] = value
        if moments is not None and moment is not None:
            moments[where] = moment
        end = where.start
    return Packed(words, values, moments, place_bits, rows, columns)


def unpack(packed: Packed, *, participants: Ids, statements: Ids) -> VoteMatrix:
    """Sort packed votes (in place), keep the last of each pair and return the matrix.

    Someone who gave different votes on one statement at the very same moment has not decided: that is a pass.
    """
    words, low = packed.words, np.uint64(packed.place_bits)
    place = (np.uint64(1) << low) - np.uint64(1)
    _sort(words)
    last = _last_of_pair(words, packed.place_bits)
    size = int(np.count_nonzero(last))
    values, indices = np.empty(size, np.int8), np.empty(size, np.int32)
    per_row = np.zeros(packed.rows, np.int64)
    begins = range(0, len(words), _BATCH)
    starts = np.cumsum([0, *(np.count_nonzero(last[begin : begin + _BATCH]) for begin in begins)])

    def write(begin: int, start: int) -> tuple[int, Ints]:
        """Write the votes of one batch in their place; the first participant in it, and how many votes each has."""
        word = words[begin : begin + _BATCH][last[begin : begin + _BATCH]]
        values[start : start + len(word)] = packed.values[word & place]
        rows, columns = np.divmod(word >> low, np.uint64(packed.columns))
        indices[start : start + len(word)] = columns
        first = int(rows[0]) if len(rows) else 0
        return first, np.bincount((rows - np.uint64(first)).astype(np.int64))

    with ThreadPoolExecutor(2) as threads:
        for first, counted in threads.map(write, begins, starts):
            per_row[first : first + len(counted)] += counted
    if size < len(words):
        at, value = _settled(packed, last, place)
        values[at] = value
    indptr = np.concatenate([[0], np.cumsum(per_row)])
    return VoteMatrix(participants, statements, indptr, indices, values, len(words))


def _sort(words: npt.NDArray[np.uint64]) -> None:
    """Sort in place: each half in a thread, for NumPy holds no lock meanwhile; then the two runs are merged."""
    if len(words) >= _WORTH_THREADS:
        half = len(words) // 2
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(np.ndarray.sort, (words[:half], words[half:])))
    words.sort(kind="stable")


def _last_of_pair(words: npt.NDArray[np.uint64], low: int) -> Bools:
    """Tell for each sorted word whether the next one belongs to another pair."""
    last = np.ones(len(words), bool)
    limit = np.uint64(1) << np.uint64(low)
    for begin in range(0, len(words) - 1, _BATCH):
        part = words[begin : begin + _BATCH + 1]
        last[begin : begin + len(part) - 1] = (part[1:] ^ part[:-1]) >= limit
    return last


def _settled(packed: Packed, last: Bools, place: np.uint64) -> tuple[Ints, npt.NDArray[np.int8]]:
    """Return which kept votes had several candidates, and the value of the latest candidate of each."""
    dropped = np.flatnonzero(~last)
    run_ends = np.flatnonzero(np.append(np.diff(dropped) != 1, True))
    keepers = dropped[run_ends] + 1
    kept_at = dropped[run_ends] - run_ends  # words before a keeper, less the dropped among them
    candidates = np.concatenate([dropped, keepers])
    pair = np.concatenate([np.searchsorted(run_ends, np.arange(len(dropped))), np.arange(len(keepers))])
    places = packed.words[candidates] & place
    moment = places.astype(np.int64) if packed.moments is None else packed.moments[places]
    value = packed.values[places]
    order = np.lexsort((value, moment, pair))
    pair, moment, value = pair[order], moment[order], value[order]
    latest = np.append(pair[1:] != pair[:-1], True)
    torn = np.zeros(len(keepers), bool)
    newest = np.empty(len(keepers), np.int64)
    newest[pair[latest]] = moment[latest]
    chosen = np.empty(len(keepers), np.int8)
    chosen[pair[latest]] = value[latest]
    torn[pair[(moment == newest[pair]) & (value != chosen[pair])]] = True
    chosen[torn] = PASS
    return kept_at, chosen
