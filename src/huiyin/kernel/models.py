"""Base of every model: creation time from the one clock, and a declaration of what is personal in it."""

from typing import ClassVar

from django.db import models

from huiyin.kernel import clock


class Model(models.Model):
    """Base model.

    `PERSONAL` names each field that can hold something about a person and what erasing does to it: `blank`, `null`,
    `delete` (the whole row goes) or `keep: <reason>`. A model without personal fields says so with an empty dict.
    `SUBJECT` is the Django look-up path from the row to the case that it belongs to ("" = it is the case).
    """

    PERSONAL: ClassVar[dict[str, str]]
    SUBJECT: ClassVar[str | None] = None

    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True
