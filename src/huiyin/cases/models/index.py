from django.db import models

from huiyin.kernel.models import Model


class WordIndex(Model):
    """How far the entries of the search index were written by the present rules; one row per kind of text."""

    PERSONAL = {}
    kind = models.CharField(max_length=30, unique=True)
    # The rules by which every entry is written, and those by which entries are being written anew, up to `position`.
    version = models.CharField(max_length=40, blank=True, default="")
    underway = models.CharField(max_length=40, blank=True, default="")
    position = models.BigIntegerField(default=0)
