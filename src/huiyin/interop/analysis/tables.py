"""Reads the columns of a CSV file that a command was told to use, and says what is there when one is missing."""

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ENCODINGS = ("utf-8-sig", "gb18030")


class BadTableError(ValueError):
    """The file cannot be used; the message says why."""


Row = dict[str, str]


def read(file: Path, columns: Sequence[str]) -> list[Row]:
    """Return all rows with all their columns, missing cells empty.

    Raises `BadTableError` when a column of `columns` is not there, the file is no text or has no header; OSError.
    """
    csv.field_size_limit(sys.maxsize)
    reader = csv.DictReader(_lines(file), restval="")
    try:
        names = reader.fieldnames or ()
        missing = [column for column in columns if column not in names]
        if missing:
            raise BadTableError(
                f"{file.name} has no column {', '.join(missing)}. Its columns are: {', '.join(names) or 'none'}."
            )
        return [{name: row[name] for name in names} for row in reader]
    except csv.Error as error:
        raise BadTableError(f"{file.name}, line {reader.line_num}: {error}.") from error


def columns_of(option: str) -> list[str]:
    """Return the names in an option like ``title,body``."""
    return [name.strip() for name in option.split(",") if name.strip()]


def fields(rows: Iterable[Row], columns: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the named cells of every row."""
    return [tuple(row[column] for column in columns) for row in rows]


def write(file: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file, UTF-8 with LF."""
    with file.open("w", encoding="utf-8", newline="", errors="replace") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _lines(file: Path) -> Iterator[str]:
    data = file.read_bytes()
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return iter(io.StringIO(text, newline=""))
    raise BadTableError(f"{file.name} is neither UTF-8 nor GB 18030 text.")
