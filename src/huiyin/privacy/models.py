from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.models import Model
from huiyin.privacy.enums import Rule


class Deletion(Model):
    """One line of the register of deletions: how many, by what rule, when. Never what, and never whose."""

    PERSONAL: ClassVar[dict[str, str]] = {}
    rule = models.CharField(_("rule"), max_length=20, choices=Rule)
    cases = models.PositiveIntegerField(_("cases"))
    # Rows changed or deleted per kind of data: {"cases.Reply": 3, …}.
    rows: models.JSONField[dict[str, Any]] = models.JSONField(_("rows"), default=dict)

    class Meta:
        verbose_name = _("deletion")
        verbose_name_plural = _("register of deletions")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="deletion_newest")]
