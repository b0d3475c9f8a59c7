"""Inserting rows by a statement that is written once per model: for the few verbs that run hundreds of times a second.

The ORM composes the same statement anew for every row, which takes longer than the database needs to carry it out.
"""

import functools
from collections.abc import Sequence
from typing import Any

from django.db import connection, models

from huiyin.kernel import statements


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model, in the caller's transaction, and give each its id.

    Their values are plain ones, no expressions. Raises TypeError for a model whose columns the database fills itself.
    """
    if not rows:
        return
    statement, given = _insertion(rows)
    keys = statements.ask(f"{statement} RETURNING id", given)
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 -- documented for loading rows


def add(rows: Sequence[models.Model]) -> None:
    """Insert new rows as `insert` does, without learning their ids: the statement need not be waited for."""
    if rows:
        statements.send(*_insertion(rows))


def _insertion(rows: Sequence[models.Model]) -> tuple[str, list[Any]]:
    """The statement and its values. Columns that stay empty in every row are left out: most of a new case's do."""
    fields = _fields(type(rows[0]))
    values = [
        [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
        for row in rows
    ]
    used = tuple(place for place, column in enumerate(zip(*values, strict=True)) if _is_used(column))
    start, places = _statement(type(rows[0]), used)
    given = [row[place] for row in values for place in used]
    return f"{start}{', '.join([places] * len(rows))}", given


def _is_used(column: Sequence[Any]) -> bool:
    return any(value is not None for value in column)


@functools.cache
def _fields(model: type[models.Model]) -> list[Any]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    if any(field.generated or (field.has_db_default() and not field.has_default()) for field in fields):
        raise TypeError(f"{model._meta.label} has columns that the database fills: use the ORM.")
    return fields


@functools.lru_cache(maxsize=256)
def _statement(model: type[models.Model], used: tuple[int, ...]) -> tuple[str, str]:
    """The statement up to its values, and the place of one row's values."""
    fields = _fields(model)
    columns = ", ".join(f'"{fields[place].column}"' for place in used)
    places = ", ".join(["%s"] * len(used))
    start = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES '  # noqa: S608 -- names of our own tables
    return start, f"({places})"
