from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.feedback.enums import Solved, Via
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
        constraints = [
            models.CheckConstraint(
                condition=models.Q(satisfaction__gte=1, satisfaction__lte=5),
                name="verdict_satisfaction_1_to_5",
            )
        ]
