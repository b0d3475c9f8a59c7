from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.kernel import clock
from huiyin.kernel.models import Model
from huiyin.kernel.vault import EncryptedTextField


class Notice(Model):
    """One notice to one person: written in the transaction of its cause, sent by a job afterwards."""

    PERSONAL = {
        "address": "delete",
        "subject": "delete",
        "body": "delete",
        "extra": "delete",
        "error": "keep: a code of the channel, never its words",
    }
    SUBJECT = "reference"
    SUBJECT_IS = "number"
    SECRET = ("extra", "error", "attempts", "due_at")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    event = models.CharField(max_length=50)
    channel = models.CharField(max_length=20, default="email")
    address = EncryptedTextField()
    # Number of the case that it is about; no foreign key, notices lie below cases.
    reference = models.CharField(max_length=20, db_index=True)
    subject = EncryptedTextField()
    body = EncryptedTextField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # When the next attempt is made.
    due_at = models.DateTimeField(default=clock.now)
    # A code of the channel, never its words: those may hold the address.
    error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)
    extra: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(state="waiting"), name="notice_due"),
        ]
