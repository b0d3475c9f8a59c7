from django.db import models
from django.utils.translation import gettext_lazy as _


class Rule(models.TextChoices):
    """Why data went."""

    ASKED = "asked", _("The person asked for it")
    ANONYMISED = "anonymised", _("Anonymised after the set time")
    WITHDRAWN = "withdrawn", _("Withdrawn case deleted after the set time")
    OLD = "old", _("Case deleted after the set time")
