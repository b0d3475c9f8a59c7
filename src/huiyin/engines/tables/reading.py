"""Opening a table: its format by content, its encoding and delimiter by trial, its rows one after the other."""

import csv
import datetime as dt
import functools
import io
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import python_calamine

LONGEST_CELL = 20_000_000
_SAMPLE = 256 * 1024
_BLOCK = 1024 * 1024
_DELIMITERS = ",;\t|"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NULS_IN_TEXT = 20


class Problem(StrEnum):
    """Why a file is no table."""

    EMPTY = "empty"
    BINARY = "binary"
    ENCODING = "encoding"
    NO_HEADERS = "no_headers"
    BROKEN = "broken"


class TableError(Exception):
    """The file cannot be read as a table; `where` is the first bad byte, or what the reader said."""

    def __init__(self, problem: Problem, where: str = "") -> None:
        super().__init__(f"{problem} {where}".strip())
        self.problem, self.where = problem, where


@dataclass
class Table:
    """An open table. `rows` gives (row number as a spreadsheet counts, cells); it can be read once."""

    format: str
    headers: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]
    encoding: str = ""
    delimiter: str = ""
    # How much of the file was read, 0 to 1.
    progress: Callable[[], float] = field(default=lambda: 0.0)

    def close(self) -> None:
        """Close the file before its last row was read."""
        if isinstance(self.rows, Generator):
            self.rows.close()


def open_table(path: Path) -> Table:
    """Open a CSV, XLSX, XLS or ODS file by its content, whatever its name says.

    Headers are made unique: the second of two equal ones gets " (2)". Raises TableError, and OSError of the file.
    """
    with path.open("rb") as handle:
        head = handle.read(_SAMPLE)
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise TableError(Problem.EMPTY)
    if head.startswith((_ZIP, _OLE)):
        return _open_workbook(path)
    return _open_text(path, head)


def _open_text(path: Path, head: bytes) -> Table:
    stored = path.stat()
    encoding = _encoding(path, head, stored.st_size, stored.st_mtime_ns)
    # The file is closed when the last row was read, or with the table.
    handle = path.open(encoding=encoding, newline="", errors="strict")
    start = handle.read(_SAMPLE)
    handle.seek(0)
    csv.field_size_limit(LONGEST_CELL)
    delimiter = _delimiter(start)
    size = max(stored.st_size, 1)
    rows = _lines(handle, delimiter)
    try:
        headers = _headers(next(rows, (1, []))[1])
    except TableError:
        handle.close()
        raise
    raw: Any = handle.buffer
    return Table(
        "csv",
        headers,
        rows,
        encoding=encoding,
        delimiter=delimiter,
        progress=lambda: 1.0 if raw.closed else raw.tell() / size,
    )


def _lines(handle: io.TextIOWrapper, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    with handle:
        reader = csv.reader((line.replace("\0", "") for line in handle), delimiter=delimiter)
        try:
            for number, row in enumerate(reader, start=1):
                if row:
                    yield number, row
        except csv.Error as error:
            raise TableError(Problem.BROKEN, str(error)) from error


@functools.lru_cache(maxsize=1)
def _encoding(path: Path, head: bytes, _size: int, _changed: int) -> str:
    """The encoding that all of the file bears out; remembered, as a command that shows it first opens it twice."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if head.count(0) > _NULS_IN_TEXT:
        raise TableError(Problem.BINARY)
    where = 0
    for encoding in ("utf-8-sig", "gb18030"):
        bad = _first_bad_byte(path, encoding)
        if bad is None:
            return encoding
        where = max(where, bad)
    raise TableError(Problem.ENCODING, str(where))


def _first_bad_byte(path: Path, encoding: str) -> int | None:
    """Where the file stops to be in this encoding; None if it is all through."""
    try:
        with path.open(encoding=encoding, newline="") as handle:
            while handle.read(_BLOCK):
                pass
    except UnicodeDecodeError as error:
        return error.start
    return None


def _delimiter(sample: str) -> str:
    """The sign that splits the first records into the same number of columns, the more columns the better."""
    best, best_score = ",", (0.0, 0)
    for sign in _DELIMITERS:
        try:
            counts = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=sign) if row][:60]
        except csv.Error:
            continue
        counts = counts[:-1] if len(counts) > 1 and len(sample) == _SAMPLE else counts
        if not counts or counts[0] < 2:
            continue
        same = Counter(counts)[counts[0]] / len(counts)
        if (same, counts[0]) > best_score:
            best, best_score = sign, (same, counts[0])
    return best


def _open_workbook(path: Path) -> Table:
    try:
        book = python_calamine.load_workbook(str(path))
        sheet = book.get_sheet_by_index(0)
        total = max(sheet.total_height, 1)
        done = [0]
        cells = _cells(sheet, done)
        first = next(cells, None)
    except Exception as error:  # the reader's errors have no common class
        raise TableError(Problem.BROKEN, str(error)[:200]) from error
    if first is None:
        raise TableError(Problem.EMPTY)
    kind = "ods" if path.suffix.lower() == ".ods" else "xlsx"
    return Table(kind, _headers(first[1]), cells, progress=lambda: done[0] / total)


def _cells(sheet: Any, done: list[int]) -> Iterator[tuple[int, list[str]]]:
    # Rows before the first filled one do not come: the sheet says where its cells begin.
    start = sheet.start[0] if sheet.start else 0
    for number, row in enumerate(sheet.iter_rows(), start=start + 1):
        done[0] += 1
        texts = [_text(cell) for cell in row]
        if any(texts):
            yield number, texts


def _text(cell: Any) -> str:
    """A cell as one would type it: 3 and not 3.0, a date as ISO."""
    if isinstance(cell, str):
        return cell.replace("\0", "")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _headers(cells: Sequence[str]) -> tuple[str, ...]:
    names: list[str] = []
    seen: Counter[str] = Counter()
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.replace("\ufeff", "").split()) or f"#{place}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    if not any(not name.startswith("#") for name in names):
        raise TableError(Problem.NO_HEADERS)
    return tuple(names)
