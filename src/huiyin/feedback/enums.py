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
    CODE = "code", _("By a code sent to the person")
    CALLBACK = "callback", _("By a callback")
    DESK = "desk", _("At the desk")


class ExclusionReason(models.TextChoices):
    """Why a verdict should not count in the figures: something about the verdict, never about the person."""

    OTHER_MATTER = "other_matter", _("It is about another matter")
    NOT_THE_PERSON = "not_the_person", _("It was not given by the person who raised the case")
    TWICE = "twice", _("The same answer was judged in two cases")
    TRIAL = "trial", _("It was a trial of the system")
    OTHER = "other", _("Another reason, said in the text")


class ExclusionState(models.TextChoices):
    """Where a wish to leave a verdict out of the figures stands."""

    ASKED = "asked", _("Asked for, not decided")
    APPROVED = "approved", _("Left out of the figures")
    DECLINED = "declined", _("Declined: it counts")
    LIFTED = "lifted", _("Counts again")
