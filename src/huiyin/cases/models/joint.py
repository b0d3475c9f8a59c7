from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.cases.models.case import Case
from huiyin.kernel.models import Model

INTERNAL = "what units ask of each other; what came of it stands in the timeline and the answer"


class Task(Model):
    """What another unit is asked to contribute, until when, and what it contributed. The answer stays with the lead."""

    PERSONAL = {"what": "blank", "contribution": "blank"}
    SUBJECT = "case"
    NOT_EXPORTED = INTERNAL
    case = models.ForeignKey(Case, models.CASCADE, related_name="tasks")
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    what = models.TextField(_("what is asked of the unit"))
    due_at = models.DateTimeField(_("until when"))
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    contribution = models.TextField(_("contribution"), blank=True, default="")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "unit"], condition=Q(done_at__isnull=True, cancelled_at__isnull=True),
                name="one_open_task_per_unit",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(done_by__isnull=False, cancelled_at__isnull=True),
                name="task_done_by_somebody",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["unit", "due_at", "id"], condition=Q(done_at__isnull=True, cancelled_at__isnull=True),
                name="task_open",
            ),
        ]  # fmt: skip


class Summons(Model):
    """A unit calls others to a place at a time."""

    PERSONAL = {"place": "blank", "reason": "blank"}
    SUBJECT = "case"
    NOT_EXPORTED = INTERNAL
    case = models.ForeignKey(Case, models.CASCADE, related_name="summonses")
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    place = models.CharField(_("place"), max_length=300)
    at = models.DateTimeField(_("time"))
    reason = models.CharField(_("what for"), max_length=300)

    class Meta:
        ordering = ["at", "id"]


class Summoned(Model):
    """A unit that was called, and when it arrived."""

    PERSONAL = {}
    SUBJECT = "summons__case"
    NOT_EXPORTED = INTERNAL
    summons = models.ForeignKey(Summons, models.CASCADE, related_name="units")
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["summons", "unit"], name="summoned_once")]
        indexes = [models.Index(fields=["unit"], condition=Q(arrived_at__isnull=True), name="summoned_open")]
