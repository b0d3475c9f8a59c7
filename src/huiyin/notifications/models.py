from typing import Any

from django.db import models

from huiyin.kernel import clock
from huiyin.kernel.models import Model
from huiyin.kernel.vault import EncryptedTextField
from huiyin.notifications.enums import State, Via


class Notice(Model):
    """One notice to one person: written in the transaction of its cause, sent by a job afterwards."""

    PERSONAL = {
        "address": "delete",
        "address_key": "delete",
        "subject": "delete",
        "body": "delete",
        "extra": "delete",
        "error": "keep: a code of the channel, never its words",
    }
    SUBJECT = "reference"
    SUBJECT_IS = "number"
    SECRET = ("extra", "error", "attempts", "due_at", "address_key", "ident")

    event = models.CharField(max_length=50)
    channel = models.CharField(max_length=20, choices=Via, default=Via.EMAIL)
    address = EncryptedTextField()
    # Keyed hash of the address: what goes to one address at one time goes as one message, and it can be searched.
    address_key = models.CharField(max_length=64, blank=True, default="")
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
    # The Message-ID that the mail carried, by which a bounce finds its notice.
    ident = models.CharField(max_length=80, blank=True, default="")
    extra: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["address_key", "-id"], name="notice_address"),
            models.Index(fields=["ident"], condition=~models.Q(ident=""), name="notice_ident"),
            models.Index(fields=["state", "-id"], name="notice_state"),
            models.Index(fields=["due_at", "id"], condition=models.Q(state="waiting"), name="notice_due"),
        ]


class Wording(Model):
    """The words of a city's own for one event on one channel in one language; without it the shipped ones are used."""

    PERSONAL = {"body": "keep: words of the city for everybody, without anything of a case"}
    event = models.CharField(max_length=50)
    channel = models.CharField(max_length=20, choices=Via)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200, blank=True, default="")
    body = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "channel", "language"], name="wording_once")]


class Room(Model):
    """The messenger group of a unit: where a bot of DingTalk, WeCom or Feishu says what is to be done."""

    PERSONAL = {"url": "keep: address of a group of staff with its key"}
    # A plain number, not a foreign key: notices lie below organisations.
    unit_id = models.BigIntegerField(unique=True)
    url = EncryptedTextField()
