from django.db import models

from huiyin.cases.models.case import Case
from huiyin.kernel.models import Model


class Declaration(Model):
    """A member of staff said that they are not impartial in a case, and lost access to it."""

    PERSONAL = {"reason": "blank"}
    SUBJECT = "case"
    NOT_EXPORTED = "about a member of staff, not about the person"
    case = models.ForeignKey(Case, models.CASCADE, related_name="declarations")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "case"], name="declared_once")]
