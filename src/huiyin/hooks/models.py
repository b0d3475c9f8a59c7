from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.hooks.enums import DeliveryState, HookState
from huiyin.kernel import clock
from huiyin.kernel.models import Model
from huiyin.kernel.vault import EncryptedTextField


class Hook(Model):
    """An address of another system that is told what happens to cases."""

    PERSONAL = {
        "name": "keep: what an administrator calls another system",
        "url": "keep: the address of another system",
        "secret": "keep: shared with another system, belongs to no person",
    }
    name = models.CharField(_("name"), max_length=100, unique=True)
    url = models.CharField(_("address"), max_length=500)
    secret = EncryptedTextField()
    # What is told; empty means everything. Codes, so that a hook can be written down and moved.
    events = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    units = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    services = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    state = models.CharField(max_length=10, choices=HookState, default=HookState.ON)
    # Since when nothing got through; null while it works.
    failing_since = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("web hook")
        ordering = ["name"]


class Delivery(Model):
    """One message to one hook: written in the transaction of its cause, sent by a job afterwards."""

    PERSONAL = {
        "payload": "keep: number, states, codes and links; no word of a person",
        "error": "keep: a code of ours, never the receiver's words",
    }
    SUBJECT = "reference"
    SUBJECT_IS = "number"
    NOT_EXPORTED = "tells other systems that something happened; what happened is in the timeline"
    hook = models.ForeignKey(Hook, models.CASCADE, related_name="deliveries")
    # The receiver knows a message by this; it stays the same over repeated attempts and replays.
    ident = models.CharField(max_length=40)
    event = models.CharField(max_length=40)
    # Number of the case; no foreign key, hooks lie below cases.
    reference = models.CharField(max_length=20, blank=True, default="")
    payload: models.JSONField[dict[str, Any]] = models.JSONField()
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    # The last HTTP status, 0 where none was given, and why an attempt failed.
    status = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        verbose_name = _("delivery")
        constraints = [
            models.UniqueConstraint(fields=["hook", "ident"], name="delivery_once"),
        ]
        indexes = [
            models.Index(
                fields=["hook", "reference", "id"],
                condition=models.Q(state="waiting"),
                name="delivery_waiting",
            ),
            models.Index(fields=["reference"], name="delivery_reference"),
            models.Index(fields=["hook", "-id"], name="delivery_newest"),
            models.Index(fields=["created_at"], condition=models.Q(state="sent"), name="delivery_age"),
        ]
