from django.db import models
from django.utils.translation import gettext_lazy as _


class AreaFault(models.TextChoices):
    """Why a row of a list of areas cannot be used."""

    CODE = "code", _("The code is missing, too long, or has other characters than letters and digits.")
    NAME = "name", _("The name is missing or too long.")
    TWICE = "twice", _("This code stands in the list twice.")
    PARENT = (
        "parent",
        _("The area that it is part of is neither in the list nor known, or the list goes in a circle."),
    )
