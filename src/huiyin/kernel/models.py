"""Base of every model: creation time from the one clock, and a declaration of what is personal in it."""

from typing import ClassVar

from django.db import models

from huiyin.kernel import clock


class Model(models.Model):
    """Base model.

    `PERSONAL` names each field that can hold something about a person and what erasing does to it: `blank`, `null`,
    `delete` (the whole row goes), `drop: <keys of a JSON field>`, `expires: <after how long>` (a job removes the row by
    age) or `keep: <reason>`. A model without personal fields says so with an empty dict.

    `SUBJECT` is the Django look-up path from the row to the case that it belongs to ("" = it is the case, None = it
    belongs to no case). It leads to the case's primary key, or to the attribute that `SUBJECT_IS` names.

    `NOT_EXPORTED` says why rows that belong to a case are no part of the person's own export; `SECRET` names fields
    that open or find something and are in no export. `huiyin.privacy` reads all of these.
    """

    PERSONAL: ClassVar[dict[str, str]]
    SUBJECT: ClassVar[str | None] = None
    SUBJECT_IS: ClassVar[str] = "pk"
    NOT_EXPORTED: ClassVar[str] = ""
    SECRET: ClassVar[tuple[str, ...]] = ()

    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True
