from django.db import models
from django.db.models import F, Q

from huiyin.cases.enums import MergeEnd, State
from huiyin.cases.models.case import Case
from huiyin.kernel.models import Model


class Merge(Model):
    """One case followed another for a while; what it takes to undo that."""

    PERSONAL = {}
    SUBJECT = "case"
    case = models.ForeignKey(Case, models.CASCADE, related_name="mergers")
    into = models.ForeignKey(Case, models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    state_before = models.CharField(max_length=20, choices=State)
    first_unit_before = models.ForeignKey("organisations.Unit", models.PROTECT, null=True, related_name="+")
    # The deadline that the case which is worked on would have by itself.
    own_due = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=20, choices=MergeEnd, blank=True, default="")

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True), name="one_merger_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(into__isnull=True) | ~Q(into=F("case")), name="merge_into_another"
            ),
        ]
        indexes = [models.Index(fields=["into"], condition=Q(ended_at__isnull=True), name="merge_open")]


class CaseLink(Model):
    """Two cases have to do with each other; nothing follows from it. The smaller id comes first."""

    PERSONAL = {}
    SUBJECT = "first"
    NOT_EXPORTED = "names the case of somebody else"
    first = models.ForeignKey(Case, models.CASCADE, related_name="+")
    second = models.ForeignKey(Case, models.CASCADE, related_name="+")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="case_link_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="case_link_in_order"),
        ]
