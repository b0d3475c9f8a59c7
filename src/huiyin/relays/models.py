from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.models import Model
from huiyin.kernel.vault import EncryptedTextField
from huiyin.relays.enums import RelayState


class Connection(Model):
    """A unit works in another system, which is reached by Open311."""

    PERSONAL = {"name": "keep: what an administrator calls a system", "api_key": "keep: our key there"}
    unit = models.OneToOneField("organisations.Unit", models.PROTECT, related_name="connection")
    name = models.CharField(_("name of the other system"), max_length=100)
    endpoint = models.CharField(_("address"), max_length=300)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=100, blank=True, default="")
    api_key = EncryptedTextField(_("our key there"), blank=True, default="")
    # Our service codes and theirs; what is not named goes under the default code.
    codes: models.JSONField[dict[str, str]] = models.JSONField(_("service codes"), default=dict, blank=True)
    default_code = models.CharField(_("code for other services"), max_length=100)
    is_active = models.BooleanField(_("cases are sent"), default=True)
    # Only cases that came in after the connection was made are sent.
    since = models.DateTimeField()
    polled_at = models.DateTimeField(null=True)
    # A code, never words of the other side; empty while it works.
    error = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        verbose_name = _("connection")
        ordering = ["name"]


class Relay(Model):
    """A case that a unit works on in another system, and what that system says of it."""

    PERSONAL = {
        "remote_id": "keep: a number of the other system",
        "token": "keep: a number of the other system",
        "remote_notes": "blank",
        "error": "keep: a code, never words of the other side",
    }
    SUBJECT = "case"
    SECRET = ("error", "attempts", "due_at")
    case = models.OneToOneField("cases.Case", models.CASCADE, related_name="relay")
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="relays")
    state = models.CharField(max_length=10, choices=RelayState, default=RelayState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    error = models.CharField(max_length=60, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    remote_id = models.CharField(max_length=100, blank=True, default="")
    token = models.CharField(max_length=300, blank=True, default="")
    remote_status = models.CharField(max_length=10, blank=True, default="")
    remote_notes = models.TextField(blank=True, default="")
    remote_updated_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("relayed case")
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="relay_due"),
            models.Index(
                fields=["connection", "asked_at", "id"], condition=Q(state="sent"), name="relay_asked"
            ),
        ]
