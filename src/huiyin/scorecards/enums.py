from django.db import models
from django.utils.translation import gettext_lazy as _


class Period(models.TextChoices):
    """Periods that end today; the one before of the same length is the comparison."""

    MONTH = "30", _("Last 30 days")
    QUARTER = "90", _("Last 90 days")
    YEAR = "365", _("Last 365 days")
