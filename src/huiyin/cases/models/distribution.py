from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import Method
from huiyin.kernel.models import Model


class Distribution(Model):
    """A unit gives its new cases to officers by itself. A unit without a row does not: that is how all begin."""

    PERSONAL = {}
    unit = models.OneToOneField("organisations.Unit", models.CASCADE, related_name="+")
    method = models.CharField(_("how"), max_length=10, choices=Method)
    # Whose turn it was last.
    last_officer = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
