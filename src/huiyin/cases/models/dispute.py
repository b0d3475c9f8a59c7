from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import ReturnEnd, ReturnReason
from huiyin.cases.models.case import Case
from huiyin.kernel.models import Model


class Return(Model):
    """A unit says "not ours". The unit stays responsible until another one has accepted the case."""

    PERSONAL = {"text": "blank", "ground": "blank"}
    SUBJECT = "case"
    NOT_EXPORTED = "what units say to each other about who is responsible; the outcome stands in the timeline"
    case = models.ForeignKey(Case, models.CASCADE, related_name="returns")
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    service = models.ForeignKey("catalogue.Service", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=20, choices=ReturnReason)
    text = models.TextField(_("why it is not yours"))
    proposed = models.ForeignKey("organisations.Unit", models.PROTECT, null=True, related_name="+")
    # Until when the dispatcher decides; after that, or at once after a second return, it is the arbiter's.
    decide_by = models.DateTimeField()
    with_arbiter_since = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=20, choices=ReturnEnd, blank=True, default="")
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_unit = models.ForeignKey("organisations.Unit", models.PROTECT, null=True, related_name="+")
    ground = models.TextField(_("ground"), blank=True, default="")

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True), name="one_return_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
                name="return_ended_somehow",
            ),
            models.CheckConstraint(
                condition=~Q(end__in=["sent", "ruled"])
                | (Q(decided_unit__isnull=False) & Q(decided_by__isnull=False)),
                name="return_decided_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["decide_by", "id"], condition=Q(ended_at__isnull=True), name="return_open"),
            models.Index(fields=["created_at"], name="return_created"),
        ]


class Precedent(Model):
    """What an arbiter decided, for the next case like it: who is responsible for what, and on which ground."""

    PERSONAL = {
        "matter": "keep: written by the arbiter about the matter, without the person",
        "ground": "keep: a rule on responsibility, written by the arbiter",
        "words": "keep: the words of those two",
        "revoked_why": "keep: a rule on responsibility",
    }
    case = models.ForeignKey(Case, models.SET_NULL, null=True, related_name="+")
    service = models.ForeignKey("catalogue.Service", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    not_unit = models.ForeignKey("organisations.Unit", models.PROTECT, null=True, related_name="+")
    matter = models.CharField(_("matter"), max_length=300)
    ground = models.TextField(_("ground"))
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    revoked_why = models.CharField(_("why it no longer holds"), max_length=300, blank=True, default="")
    words: Any = SearchVectorField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | ~Q(revoked_why=""),
                name="precedent_revoked_with_reason",
            )
        ]
        indexes = [
            GinIndex(fields=["words"], name="precedent_words"),
            models.Index(
                fields=["service", "-created_at"],
                condition=Q(revoked_at__isnull=True),
                name="precedent_service",
            ),
        ]
