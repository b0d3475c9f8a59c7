from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.feedback.enums import ExclusionReason, ExclusionState, Solved, Via
from huiyin.kernel.models import Model


class Verdict(Model):
    """What the person says of one answer. Given once, by the person; nobody can change it."""

    PERSONAL = {"text": "blank", "reasons": "keep: tags from a short list, about the handling"}
    SUBJECT = "reply__case"
    contacted = models.BooleanField(_("were you contacted?"))
    solved = models.CharField(_("is it solved?"), max_length=20, choices=Solved)
    satisfaction = models.PositiveSmallIntegerField(_("how satisfied are you?"))
    reasons: models.JSONField[list[str]] = models.JSONField(_("reasons"), default=list, blank=True)
    text = models.TextField(_("anything else"), blank=True, default="")
    via = models.CharField(max_length=20, choices=Via, default=Via.PAGE)
    # Who wrote it down for the person, where it did not come from the person's own page.
    entered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    # The one who wrote it down had also filed the case for the person.
    by_filer = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("verdict")
        indexes = [models.Index(fields=["-created_at"], condition=models.Q(solved="no"), name="verdict_no")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(satisfaction__gte=1, satisfaction__lte=5),
                name="verdict_satisfaction_1_to_5",
            )
        ]


class Exclusion(Model):
    """A verdict that does not count in the figures: asked for by one, approved by another, and counted itself."""

    PERSONAL = {
        "text": "blank",
        "decision_text": "blank",
        "asked_by": "keep: a member of staff",
        "decided_by": "keep: a member of staff",
    }
    SUBJECT = "verdict__reply__case"
    verdict = models.ForeignKey(Verdict, models.CASCADE, related_name="exclusions")
    state = models.CharField(max_length=10, choices=ExclusionState, default=ExclusionState.ASKED)
    reason = models.CharField(_("reason"), max_length=20, choices=ExclusionReason)
    text = models.CharField(_("why"), max_length=500)
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_text = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="asked", decided_by__isnull=True)
                | (~models.Q(state="asked") & models.Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="exclusion_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("asked_by")), name="exclusion_second_approver"
            ),
            models.UniqueConstraint(
                fields=["verdict"],
                condition=models.Q(state__in=["asked", "approved"]),
                name="exclusion_one_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "-created_at"], name="exclusion_state")]
