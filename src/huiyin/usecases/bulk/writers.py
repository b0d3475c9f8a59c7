"""Rows into files: CSV, XLSX and Parquet, each written while it is read."""

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import openpyxl
import pyarrow as pa
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from pyarrow import parquet

from huiyin.usecases.bulk.guard import guarded

LONGEST_XLSX_CELL = 32_767
MOST_XLSX_ROWS = 1_048_575
# What is said where a workbook has no room for the whole text.
CUT = "…"


class Format(StrEnum):
    """The kinds of file that can be written."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


class Writer(Protocol):
    """Takes rows of the columns that it was opened with."""

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Append these rows."""


@contextmanager
def open_writer(path: Path, *, kind: Format, columns: Sequence[str]) -> Iterator[Writer]:
    """A writer for a new file; the file is whole when the block ends."""
    opened = {Format.CSV: _csv, Format.XLSX: _xlsx, Format.PARQUET: _parquet}[kind]
    with opened(path, columns) as writer:
        yield writer


def _text(value: Any) -> Any:
    """A cell of a text file: dates as ISO, formulas guarded, numbers as they are."""
    if isinstance(value, str):
        return guarded(value)
    return value.isoformat() if isinstance(value, dt.datetime) else value


class _Csv:
    def __init__(self, writer: Any) -> None:
        self.writer = writer

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        self.writer.writerows([_text(value) for value in row] for row in rows)


@contextmanager
def _csv(path: Path, columns: Sequence[str]) -> Iterator[Writer]:
    # With a byte order mark, without which the commonest spreadsheet takes Chinese for noise.
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(columns)
        yield _Csv(writer)


class _Xlsx:
    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        for row in rows:
            self.sheet.append([self._cell(_text(value)) for value in row])

    @staticmethod
    def _cell(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = ILLEGAL_CHARACTERS_RE.sub("", value)
        return text if len(text) <= LONGEST_XLSX_CELL else text[: LONGEST_XLSX_CELL - 1] + CUT


@contextmanager
def _xlsx(path: Path, columns: Sequence[str]) -> Iterator[Writer]:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(columns))
    yield _Xlsx(sheet)
    book.save(path)


class _Parquet:
    def __init__(self, writer: Any, schema: Any) -> None:
        self.writer, self.schema = writer, schema

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        columns = list(zip(*rows, strict=True)) or [()] * len(self.schema)
        self.writer.write_table(
            pa.table(
                [pa.array(values, own.type) for values, own in zip(columns, self.schema, strict=True)],
                schema=self.schema,
            )
        )


@contextmanager
def _parquet(path: Path, columns: Sequence[str]) -> Iterator[Writer]:
    moment, text, number = pa.timestamp("us", tz="UTC"), pa.string(), pa.float64()
    kinds = {"lat": number, "lon": number, "long": number, "supports": pa.int64(), "in_time": pa.bool_()}
    schema = pa.schema([
        (name, moment if name.endswith(("_at", "_datetime")) else kinds.get(name, text)) for name in columns
    ])  # fmt: skip
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        yield _Parquet(writer, schema)
