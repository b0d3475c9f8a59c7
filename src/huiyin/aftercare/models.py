from django.db import models
from django.db.models import Q

from huiyin.aftercare.enums import Call, CallbackState
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
            models.Index(fields=["-ended_at", "-id"], condition=~Q(state="waiting"), name="callback_ended"),
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
