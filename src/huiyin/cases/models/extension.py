from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import ExtensionReason, ExtensionState
from huiyin.cases.models.case import Case
from huiyin.kernel.models import Model


class Extension(Model):
    """More time for an answer: asked for by one person, decided by another, told to the one who waits."""

    PERSONAL = {"text": "blank", "decision": "blank"}
    SUBJECT = "case"
    case = models.ForeignKey(Case, models.CASCADE, related_name="extensions")
    state = models.CharField(max_length=10, choices=ExtensionState, default=ExtensionState.ASKED)
    days = models.PositiveSmallIntegerField(_("working days"))
    reason = models.CharField(_("reason"), max_length=20, choices=ExtensionReason)
    # What the person will read about it.
    text = models.TextField(_("what becomes of it until then"))
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(_("why not"), max_length=300, blank=True, default="")
    due_before = models.DateTimeField()
    due_after = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="asked"), name="one_extension_asked_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="extension_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(days__gte=1) & Q(due_after__gt=F("due_before")), name="extension_lengthens"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "created_at"], condition=Q(state="asked"), name="extension_asked")
        ]
