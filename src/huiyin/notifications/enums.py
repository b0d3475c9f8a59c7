from django.db import models
from django.utils.translation import gettext_lazy as _


class Via(models.TextChoices):
    """The ways in which a notice can go out."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    CHAT = "chat", _("Messenger group of a unit")


class State(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class Frequency(models.TextChoices):
    """How often somebody wants to hear."""

    EACH = "each", _("Each time")
    DAILY = "daily", _("Once a day, all in one message")
    NEVER = "never", _("Not at all")
