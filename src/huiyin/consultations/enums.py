from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("state of a consultation", "Draft")
    SCHEDULED = "scheduled", pgettext_lazy("state of a consultation", "Scheduled")
    OPEN = "open", pgettext_lazy("state of a consultation", "Open")
    CLOSED = "closed", pgettext_lazy("state of a consultation", "Closed")
    ANSWERED = "answered", pgettext_lazy("state of a consultation", "Answered")
    ARCHIVED = "archived", pgettext_lazy("state of a consultation", "Archived")


# The public sees a consultation from the day it is announced.
PUBLIC_STATES = (State.SCHEDULED, State.OPEN, State.CLOSED, State.ANSWERED, State.ARCHIVED)
OVER = (State.CLOSED, State.ANSWERED, State.ARCHIVED)


class Action(models.TextChoices):
    """What can be done to a consultation; the table of moves says when and by whom."""

    EDIT = "edit", _("Change the texts and rules")
    SCHEDULE = "schedule", _("Announce with its dates")
    WITHDRAW = "withdraw", _("Take the announcement back")
    OPEN = "open", pgettext_lazy("step of a consultation", "Open")
    EXTEND = "extend", _("Set a later end")
    CLOSE = "close", pgettext_lazy("step of a consultation", "Close")
    DECIDE = "decide", _("Decide what becomes of a statement")
    ANSWER = "answer", _("Publish the answer")
    ARCHIVE = "archive", _("Archive")
    PROMISE = "promise", _("Promise something")
    SETTLE = "settle", _("Say what became of a promise")


class Party(models.TextChoices):
    ORGANISER = "organiser", _("Organiser")
    SYSTEM = "system", _("Huiyin itself")


class Audience(models.TextChoices):
    """Who may take part."""

    ANYONE = "anyone", _("Anyone")
    CODES = "codes", _("Holders of a code")
    RESIDENTS = "residents", _("Residents, checked against a register")
    UNIT = "unit", _("Members of one unit")


class Moderation(models.TextChoices):
    """When new statements are looked at."""

    BEFORE = "before", _("Before others see them")
    AFTER = "after", _("After others see them")


class Results(models.TextChoices):
    """When results can be seen, by anybody at all."""

    LIVE = "live", _("While it is open")
    AFTER_CLOSE = "after_close", _("Only after it has closed")


class Origin(models.TextChoices):
    SEED = "seed", _("From the organiser")
    PARTICIPANT = "participant", _("From a participant")


class Standing(models.TextChoices):
    """Whether a statement is shown."""

    WAITING = "waiting", _("Waits to be looked at")
    PUBLISHED = "published", _("Shown")
    REMOVED = "removed", _("Not shown")


class RemovalReason(models.TextChoices):
    """Why a statement is not shown; counted in public."""

    OFF_TOPIC = "off_topic", _("Is about something else")
    DUPLICATE = "duplicate", _("Says the same as another statement")
    SEVERAL = "several", _("Says several things at once, so that nobody could vote on it")
    PERSONAL = "personal", _("Names private persons or personal data")
    INSULT = "insult", _("Insults or threatens")
    UNLAWFUL = "unlawful", _("Is against the law")
    ADVERTISING = "advertising", _("Advertises something")
    UNREADABLE = "unreadable", _("Cannot be understood")
    ELSEWHERE = "elsewhere", _("Was not shown in the system that it came from")


class Via(models.TextChoices):
    """How a vote or a statement came in."""

    WEB = "web", _("Web")
    PAPER = "paper", _("Paper")
    PHONE = "phone", _("Phone")
    IMPORT = "import", _("Import")


class Decision(models.TextChoices):
    ADOPTED = "adopted", _("Adopted")
    PARTLY = "partly", _("Partly adopted")
    NOT_ADOPTED = "not_adopted", _("Not adopted")


# What is not adopted promises nothing.
PROMISING = (Decision.ADOPTED, Decision.PARTLY)


class Promised(models.TextChoices):
    """How a promise stands."""

    OPEN = "open", pgettext_lazy("state of a promise", "Promised")
    KEPT = "kept", pgettext_lazy("state of a promise", "Kept")
    NOT_KEPT = "not_kept", pgettext_lazy("state of a promise", "Not kept")


class Seen(models.TextChoices):
    """How a promise looks on a day: as it stands, and whether its date has passed."""

    OPEN = "open", pgettext_lazy("state of a promise", "Promised")
    LATE = "late", pgettext_lazy("state of a promise", "Late")
    KEPT = "kept", pgettext_lazy("state of a promise", "Kept")
    KEPT_LATE = "kept_late", pgettext_lazy("state of a promise", "Kept, but late")
    NOT_KEPT = "not_kept", pgettext_lazy("state of a promise", "Not kept")
