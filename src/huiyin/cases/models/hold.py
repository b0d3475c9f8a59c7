from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import HoldEnd
from huiyin.cases.models.case import Case
from huiyin.kernel.models import Model


class Hold(Model):
    """Why nothing of a case may be erased for a while: a court, an inquiry, a claim. One at a time; all are kept."""

    PERSONAL = {"reason": "blank", "why_lifted": "blank"}
    SUBJECT = "case"
    NOT_EXPORTED = (
        "why the office has to keep the case; that it is kept, and until when, stands on the person's page"
    )
    case = models.ForeignKey(Case, models.CASCADE, related_name="holds")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    until = models.DateField(_("until"))
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=20, choices=HoldEnd, blank=True, default="")
    ended_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    why_lifted = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True), name="one_hold_runs"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
                name="hold_end_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["until", "id"], condition=Q(ended_at__isnull=True), name="hold_running"),
            models.Index(fields=["-ended_at", "-id"], condition=Q(ended_at__isnull=False), name="hold_ended"),
        ]
