from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.models import Model


class Form(Model):
    """A list of questions, frozen: a change makes a new form. Shape: `logic.Question`."""

    PERSONAL = {}
    questions: models.JSONField[list[dict[str, Any]]] = models.JSONField(_("questions"), default=list)

    class Meta:
        verbose_name = _("form")
