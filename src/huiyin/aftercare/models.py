from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.aftercare.enums import Call, CallbackState, Finding
from huiyin.kernel.models import Model


class Callback(Model):
    """One answer whose receiver left a telephone number: somebody calls and asks the three questions."""

    PERSONAL = {}
    SUBJECT = "reply__case"
    reply = models.OneToOneField("cases.Reply", models.CASCADE, related_name="callback")
    state = models.CharField(max_length=20, choices=CallbackState, default=CallbackState.WAITING)
    # Frozen when the callback was opened: counted from the moment of the answer.
    due_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    # Who has the number before them just now, so that nobody is called twice at once.
    caller = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    held_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at__isnull=True)
                | (~Q(state="waiting") & Q(ended_at__isnull=False)),
                name="callback_ended_when_over",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="callback_waiting"),
            models.Index(fields=["not_before"], condition=Q(state="waiting"), name="callback_later"),
            models.Index(
                fields=["-ended_at", "-id"],
                include=["state"],
                condition=~Q(state="waiting"),
                name="callback_ended",
            ),
        ]


class Attempt(Model):
    """One attempt: who called, when (`created_at`) and how it ended."""

    PERSONAL = {}
    SUBJECT = "callback__reply__case"
    callback = models.ForeignKey(Callback, models.CASCADE, related_name="calls")
    caller = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    result = models.CharField(max_length=20, choices=Call)

    class Meta:
        ordering = ["created_at", "id"]


class Sample(Model):
    """One answer drawn by chance and read again by somebody who had no part in it."""

    PERSONAL = {"remark": "blank"}
    SUBJECT = "reply__case"
    NOT_EXPORTED = "a check of the office's own work, not said by the person or to the person"
    reply = models.OneToOneField("cases.Reply", models.CASCADE, related_name="sample")
    # Monday of the week whose answers were drawn.
    week = models.DateField()
    reviewer = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    answers_question = models.CharField(
        _("Does it answer the question?"), max_length=20, choices=Finding, blank=True, default=""
    )
    says_done = models.CharField(
        _("Does it say what was done?"), max_length=20, choices=Finding, blank=True, default=""
    )
    names_date = models.CharField(
        _("Does it name a date for what is still to be done?"),
        max_length=20,
        choices=Finding,
        blank=True,
        default="",
    )
    remark = models.CharField(_("Remark for the unit"), max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewer__isnull=True, answers_question="")
                | (Q(reviewed_at__isnull=False, reviewer__isnull=False) & ~Q(answers_question="")),
                name="sample_reviewed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["week", "id"], condition=Q(reviewed_at__isnull=True), name="sample_open"),
            models.Index(fields=["-reviewed_at"], condition=Q(reviewed_at__isnull=False), name="sample_done"),
        ]
