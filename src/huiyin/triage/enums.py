from django.db import models
from django.utils.translation import gettext_lazy as _


class Question(models.TextChoices):
    """What is proposed for a case."""

    SERVICE = "service", _("Service")
    UNIT = "unit", _("Unit")
    KIND = "kind", _("Kind")
    URGENCY = "urgency", _("Urgency class")
    DUPLICATE = "duplicate", _("Said before")


# What is decided by people and learnt from; the urgency class follows from the service.
DECIDED = (Question.SERVICE, Question.UNIT, Question.KIND)


class Source(models.TextChoices):
    """Where a proposal comes from; in this order the first one counts."""

    RULE = "rule", _("a rule")
    PRECEDENT = "precedent", _("a precedent")
    MODEL = "model", _("earlier decisions")
    WORDS = "words", _("words of the service")
    FOLLOWS = "follows", _("the service")


class Taken(models.TextChoices):
    """What became of a proposal."""

    TAKEN = "taken", _("taken")
    CHANGED = "changed", _("decided otherwise")
    IGNORED = "ignored", _("left as it was")
    AGREED = "agreed", _("was so already")


class Mode(models.TextChoices):
    """What a rule or a threshold does."""

    OFF = "off", _("switched off")
    PROPOSES = "proposes", _("proposes")
    AUTOMATIC = "automatic", _("files by itself")
