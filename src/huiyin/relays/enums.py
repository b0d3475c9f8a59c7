from django.db import models
from django.utils.translation import gettext_lazy as _


class RelayState(models.TextChoices):
    WAITING = "waiting", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be sent")


class Standing(models.TextChoices):
    """How our case and the other system's stand to each other."""

    AGREE = "agree", _("Both sides say the same.")
    ENDED_THERE = "ended_there", _("The other system says it is finished; here it is still open.")
    ENDED_HERE = "ended_here", _("Here it is finished; the other system still has it open.")
    UNKNOWN_THERE = "unknown_there", _("The other system does not know it any more.")
    NOT_KNOWN = "not_known", _("The other system has said nothing yet.")
