from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Solved(models.TextChoices):
    YES = "yes", _("Yes, it is solved")
    PARTLY = "partly", _("Partly")
    NO = "no", pgettext_lazy("is it solved?", "No")
    NOT_NEEDED = "not_needed", _("It is no longer needed")


class Reason(models.TextChoices):
    """Reason tags for a satisfaction of 1 to 5; chosen by the person, about the handling, never about the person."""

    CLEAR = "clear", _("The answer was clear")
    QUICK = "quick", _("It went quickly")
    FRIENDLY = "friendly", _("I was treated with respect")
    NOT_ANSWERED = "not_answered", _("My question was not answered")
    TOO_SLOW = "too_slow", _("It took too long")
    NOT_DONE = "not_done", _("What was announced was not done")
    IMPOLITE = "impolite", _("I was not treated with respect")
    PASSED_ON = "passed_on", _("I was sent from one place to another")


class Via(models.TextChoices):
    """How the verdict came in."""

    PAGE = "page", _("On the person's own page")
    CALLBACK = "callback", _("By a callback")
    DESK = "desk", _("At the desk")
