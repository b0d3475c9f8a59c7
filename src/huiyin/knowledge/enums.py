from django.db import models
from django.utils.translation import gettext_lazy as _


class Variable(models.TextChoices):
    """What a reply template may leave open; filled in when an officer takes it."""

    NUMBER = "number", _("number of the case")
    SERVICE = "service", _("name of the service")
    UNIT = "unit", _("name of the unit")
    DEADLINE = "deadline", _("day by which the answer is promised")
    OFFICER = "officer", _("name of the officer")
