"""Tables in files, as offices have them: CSV in any usual encoding, XLSX, ODS; and the dates that stand in them."""

from huiyin.engines.tables.dates import DateOrder, UnreadableDateError, parse_date
from huiyin.engines.tables.reading import Problem, Table, TableError, open_table

__all__ = [
    "DateOrder",
    "Problem",
    "Table",
    "TableError",
    "UnreadableDateError",
    "open_table",
    "parse_date",
]
