"""What happens after an answer: calling people back for their verdict, and reading a sample again."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Call(models.TextChoices):
    """How one attempt to call somebody back ended."""

    REACHED = "reached", _("Reached, the three questions were asked")
    NOT_REACHED = "not_reached", _("Nobody answered, or engaged")
    REFUSED = "refused", _("Reached, but the person does not want to answer")
    WRONG_NUMBER = "wrong_number", _("Wrong number")


class CallbackState(models.TextChoices):
    """Where a callback stands. The three ends without a verdict are counted apart; none of them means satisfied."""

    WAITING = "waiting", _("To be called")
    REACHED = "reached", _("Verdict given on the telephone")
    NOT_REACHED = "not_reached", _("Not reached after all attempts")
    REFUSED = "refused", _("Did not want to answer")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    DROPPED = "dropped", _("No longer needed")


class Finding(models.TextChoices):
    """What a second reader finds about one point of an answer."""

    YES = "yes", _("Yes")
    NO = "no", pgettext_lazy("a second reader's finding", "No")
    NOT_NEEDED = "not_needed", _("Not needed here")
