"""Reading votes and statements from CSV files in the layout of Polis exports, a block at a time."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from huiyin.engines.opinion import numbering
from huiyin.engines.opinion.votes import BadVotesError, Part, VoteMatrix, pack, unpack

_NEEDED = ("comment-id", "voter-id", "vote")
_TIME = "timestamp"
_BLOCK = 1 << 19
_SNIFF = 1 << 18
_GATHERED = 1 << 21
_AHEAD = 8


@dataclass(frozen=True, slots=True)
class Statements:
    """What comments.csv says: ids in file order, text, and which statements are moderated out or meta."""

    ids: list[str]
    text: dict[str, str]
    moderated_out: frozenset[str]
    meta: frozenset[str]
    warnings: list[str] = field(default_factory=list)


def read_statements(path: Path) -> Statements:
    """Read comments.csv: comment-id, and if present moderated (-1 is out), is-meta and comment-body, in any order.

    Raises BadVotesError with a plain message when the file cannot be used.
    """
    text, warnings = _decoded(path)
    rows = csv.DictReader(io.StringIO(text, newline=""))
    rows.fieldnames = [_plain(name) for name in rows.fieldnames or []]
    if "comment-id" not in rows.fieldnames:
        raise BadVotesError(
            f"{path.name} has no column comment-id; its columns are {_listed(rows.fieldnames)}."
        )
    texts: dict[str, str] = {}
    out, meta = set(), set()
    for row in rows:
        name = (row["comment-id"] or "").strip()
        texts[name] = row.get("comment-body") or ""
        if (row.get("moderated") or "").strip() == "-1":
            out.add(name)
        if (row.get("is-meta") or "").strip().lower() in {"1", "true", "t", "yes"}:
            meta.add(name)
    return Statements(list(texts), texts, frozenset(out), frozenset(meta), warnings)


def _decoded(path: Path) -> tuple[str, list[str]]:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text, [] if encoding == "utf-8-sig" else [
            f"{path.name} is not UTF-8; it was read as {encoding}."
        ]
    raise BadVotesError(f"{path.name} is neither UTF-8 nor GB18030 text.")


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(" ", "-")


def _listed(names: list[str] | None) -> str:
    return ", ".join(names or []) or "none"


def read_votes(path: Path) -> VoteMatrix:
    """Read votes.csv: comment-id, voter-id, vote and, if present, timestamp (whole number), in any column order.

    The last vote by timestamp counts; without timestamps the last in the file. Ids may be numbers or any text.
    Raises BadVotesError with a plain message (and the row) when the file cannot be used.
    """
    header = _header(path)
    if header is None:
        raise BadVotesError(f"{path.name} is empty; it needs the columns {', '.join(_NEEDED)}.")
    names = {_plain(name): name for name in header}
    plain = [_plain(name) for name in header]
    twice = [name for name in (*_NEEDED, _TIME) if plain.count(name) > 1]
    if twice:
        raise BadVotesError(f"{path.name} has more than one column {twice[0]}.")
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise BadVotesError(
            f"{path.name} has no column {', '.join(missing)}; its columns are {_listed(header)}."
        )
    if _numeric_ids(path, names):
        try:
            return _read(path, names, id_type=pa.int64())
        except _NotNumericError:
            pass
    return _read(path, names, id_type=pa.string())


def without_unknown(votes: VoteMatrix, *, known: Sequence[str]) -> tuple[VoteMatrix, int]:
    """Leave out votes on statements that are not in `known`; return the rest and how many votes were left out.

    Participants without any other vote are left out with them.
    """
    names = frozenset(known)
    keep = np.array([str(name) in names for name in votes.statements], dtype=bool)
    if keep.all():
        return votes, 0
    chosen = keep[votes.indices]
    row = np.repeat(np.arange(votes.shape[0]), votes.votes_per_participant)[chosen]
    column = (np.cumsum(keep) - 1)[votes.indices[chosen]]
    rows, row = np.unique(row, return_inverse=True)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(rows)))])
    rest = VoteMatrix(
        votes.participants[rows],
        votes.statements[keep],
        indptr,
        column.astype(np.int32),
        votes.values[chosen],
        votes.received,
    )
    return rest, int(len(chosen) - np.count_nonzero(chosen))


class _NotNumericError(Exception):
    """An id further down is no whole number."""


def _header(path: Path) -> list[str] | None:
    with path.open("rb") as file:
        start = file.read(_SNIFF)
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise BadVotesError(f"{path.name} is UTF-16; save it as CSV UTF-8.")
    try:
        line = (
            start.decode("utf-8-sig", errors="strict" if len(start) < _SNIFF else "ignore")
            .lstrip()
            .splitlines()[:1]
        )
    except UnicodeDecodeError:
        raise BadVotesError(f"{path.name} is not UTF-8 text.") from None
    return next(csv.reader(line)) if line else None


def _numeric_ids(path: Path, names: dict[str, str]) -> bool:
    """Tell whether the first ids are whole numbers as written (007 is not: it would come back as 7)."""
    with path.open("rb") as file:
        start = file.read(_SNIFF)
    whole = start if len(start) < _SNIFF else start[: start.rfind(b"\n") + 1]
    rows = csv.DictReader(io.StringIO(whole.decode("utf-8-sig", errors="replace"), newline=""))
    return all(
        str(int(text)) == text
        if (text := (row.get(names[name]) or "")).lstrip("-").isdecimal() and text.isascii()
        else False
        for row in rows
        for name in ("comment-id", "voter-id")
    )


def _read(path: Path, names: dict[str, str], *, id_type: pa.DataType) -> VoteMatrix:
    voters, statements = numbering.Numbering(), numbering.Numbering()
    parts: list[Part] = []
    small: list[Part] = []
    for at, batch in _batches(path, names, id_type=id_type):
        small.append(
            (
                voters.add(_present(batch.column("voter-id"), "voter-id", at, path)),
                statements.add(_present(batch.column("comment-id"), "comment-id", at, path)),
                _checked(batch.column("vote"), at, path).copy(),
                numbering.numbers_of(_present(batch.column(_TIME), _TIME, at, path)).copy()
                if _TIME in batch.schema.names
                else None,
            )
        )
        if sum(len(part[2]) for part in small) >= _GATHERED:
            parts.append(_joined(small))
    if small:
        parts.append(_joined(small))
    rows, columns = voters.finish(), statements.finish()
    for k, (i, j, value, moment) in enumerate(parts):
        parts[k] = (voters.number(i), statements.number(j), value, moment)
    packed = pack(parts, rows=len(rows), columns=len(columns))
    return unpack(packed, participants=rows, statements=columns)


def _joined(small: list[Part]) -> Part:
    """Join blocks to arrays so large that the memory goes back to the system when they are dropped."""
    i, j, value = (np.concatenate([part[column] for part in small]) for column in range(3))
    moments = [part[3] for part in small if part[3] is not None]
    small.clear()
    return i, j, value, np.concatenate(moments) if moments else None


def _batches(
    path: Path, names: dict[str, str], *, id_type: pa.DataType
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield (rows before, batch) with columns renamed to the plain names."""
    wanted = [name for name in (*_NEEDED, _TIME) if name in names]
    types = {"comment-id": id_type, "voter-id": id_type, "vote": pa.int8(), _TIME: pa.int64()}
    options = pa.csv.ConvertOptions(
        include_columns=[names[name] for name in wanted],
        column_types={names[name]: types[name] for name in wanted},
    )
    at = 0
    try:
        reader = pa.csv.open_csv(
            path, read_options=pa.csv.ReadOptions(block_size=_BLOCK), convert_options=options
        )
        # The next batches are read while one is worked on; both let go of the interpreter most of the time.
        with ThreadPoolExecutor(1) as thread:
            ahead = deque(thread.submit(next, reader, None) for _batch in range(_AHEAD))
            while (batch := ahead.popleft().result()) is not None:
                ahead.append(thread.submit(next, reader, None))
                yield at, batch.rename_columns(wanted)
                at += len(batch)
    except pa.ArrowInvalid as error:
        if id_type == pa.int64():  # perhaps an id is text; if not, the second reading fails too
            raise _NotNumericError from None
        raise BadVotesError(
            f"{path.name} cannot be read after row {at}: {_in_words(str(error), list(names))}"
        ) from None


def _in_words(message: str, columns: list[str]) -> str:
    """Say in plain words what pyarrow found."""
    found = re.search(r"column #(\d+).*invalid value '(.*)'", message, re.DOTALL)
    if found and int(found[1]) < len(columns):
        return f"column {columns[int(found[1])]} holds “{found[2]}”, which is no whole number that can stand there."
    return message


def _checked(column: pa.Array, at: int, path: Path) -> npt.NDArray[np.int8]:
    values: npt.NDArray[np.int8] = numbering.numbers_of(_present(column, "vote", at, path))
    bad = np.flatnonzero((values < -1) | (values > 1))
    if len(bad):
        raise BadVotesError(
            f"{path.name}, row {at + int(bad[0]) + 1}: vote {values[bad[0]]} is none of "
            "1 (agree), -1 (disagree), 0 (pass)."
        )
    return values


def _present(column: pa.Array, name: str, at: int, path: Path) -> pa.Array:
    gaps = pc.is_null(column)
    if pa.types.is_string(column.type):
        gaps = pc.equal(pc.utf8_trim_whitespace(column), "")
    if pc.any(gaps).as_py():
        row = int(np.flatnonzero(gaps.to_numpy(zero_copy_only=False))[0])
        raise BadVotesError(f"{path.name}, row {at + row + 1}: {name} is empty.")
    return column
