"""States of web hooks and of what is sent to them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HookState(models.TextChoices):
    ON = "on", _("on")
    OFF = "off", _("switched off")
    STOPPED = "stopped", _("stopped: the receiver does not answer")


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    SENT = "sent", _("delivered")
