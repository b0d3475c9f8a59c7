"""Inserting rows by a statement that is written once per model: for the few verbs that run hundreds of times a second.

The ORM composes the same statement anew for every row, which takes longer than the database needs to carry it out.
"""

import functools
from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model, in the caller's transaction, and give each its id.

    Their values are plain ones, no expressions. Raises TypeError for a model whose columns the database fills itself.
    """
    if not rows:
        return
    start, places, fields = _statement(type(rows[0]))
    given = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"{start}{', '.join([places] * len(rows))} RETURNING id", given)
        keys = cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 -- documented for loading rows


@functools.cache
def _statement(model: type[models.Model]) -> tuple[str, str, list[Any]]:
    """The statement up to its values, the place of one row's values, and the fields in their order."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    if any(field.generated or (field.has_db_default() and not field.has_default()) for field in fields):
        raise TypeError(f"{model._meta.label} has columns that the database fills: use the ORM.")
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    start = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES '  # noqa: S608 -- names of our own tables
    return start, f"({places})", fields
