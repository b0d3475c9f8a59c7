from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import (
    OPEN_STATES,
    Action,
    Anonymity,
    Level,
    NotAcceptedReason,
    Outcome,
    ReplyKind,
    State,
)
from huiyin.catalogue.enums import Kind, Urgency
from huiyin.kernel import clock
from huiyin.kernel.models import Model

OPEN = Q(state__in=[state.value for state in OPEN_STATES])
# The same cases in other words; see the index of words.
UNFINISHED = ~Q(state__in=[state.value for state in State if state not in OPEN_STATES])
# Foreign keys that most cases leave empty.
NAMED = (
    "service_version",
    "area",
    "filed_by",
    "first_unit",
    "merged_into",
    "parent",
    "root",
    "team",
    "officer",
    "about_unit",
    "held_until",
)


def given(field: str, *, name: str) -> models.Index:
    """An index of the rows that name something; the others, nearly all after an import, cost it nothing."""
    return models.Index(fields=[field], condition=Q(**{f"{field}__isnull": False}), name=name)


class Case(Model):
    """What a person said, and how it stands."""

    PERSONAL = {
        "text": "blank",
        "place_text": "blank",
        "lat": "null",
        "lon": "null",
        "intake": "blank",
        "extra": "blank",
        "secret_hash": "blank",
        "receipt_salt": "blank",
        "words": "null",
        "external_id": "keep: without it a repeated import would bring the case back",
    }
    SUBJECT = ""
    SECRET = ("secret_hash",)

    number = models.CharField(_("case number"), max_length=20)
    secret_hash = models.CharField(max_length=64, blank=True, default="")
    # What the person said, as sent; never changed.
    text = models.TextField(_("text"))
    language = models.CharField(_("language of the answer"), max_length=10, default="zh-hans")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.HELP)
    channel = models.ForeignKey("catalogue.Channel", models.PROTECT, related_name="+")
    # Foreign keys without an index of their own are in one of those below.
    service = models.ForeignKey(
        "catalogue.Service", models.PROTECT, null=True, related_name="cases", db_index=False
    )
    service_version = models.ForeignKey(
        "catalogue.ServiceVersion", models.PROTECT, null=True, related_name="+", db_index=False
    )
    urgency = models.CharField(_("urgency class"), max_length=20, choices=Urgency, default=Urgency.ORDINARY)
    # Answers to the service's own questions: [{"code", "label", "value", "shown"}, …] with the labels of the time.
    intake: models.JSONField[list[dict[str, Any]]] = models.JSONField(default=list, blank=True)
    # Columns of an import that have no field of their own.
    extra: models.JSONField[dict[str, Any]] = models.JSONField(default=dict, blank=True)

    place_text = models.CharField(_("place"), max_length=300, blank=True, default="")
    area = models.ForeignKey(
        "places.Area", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)

    contact = models.OneToOneField(
        "people.Contact", models.SET_NULL, null=True, blank=True, related_name="case"
    )
    anonymity = models.CharField(max_length=20, choices=Anonymity, default=Anonymity.OFFICE)
    filed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    state = models.CharField(_("state"), max_length=20, choices=State, default=State.RECEIVED)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True, default="")
    not_accepted_reason = models.CharField(max_length=30, choices=NotAcceptedReason, blank=True, default="")
    unit = models.ForeignKey(
        "organisations.Unit", models.PROTECT, null=True, related_name="cases", db_index=False
    )
    # The unit that stays responsible until `unit` has accepted the case; empty once it has.
    first_unit = models.ForeignKey(
        "organisations.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    # While another case is worked on for this one as well.
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", db_index=False)
    # A part that was split off: the case above it, and the one that the person raised.
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="parts", db_index=False)
    root = models.ForeignKey("self", models.SET_NULL, null=True, related_name="all_parts", db_index=False)
    team = models.ForeignKey(
        "organisations.Team", models.SET_NULL, null=True, blank=True, related_name="cases", db_index=False
    )
    officer = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="cases", db_index=False
    )
    # The unit that the person complains about: it never learns who that is.
    about_unit = models.ForeignKey(
        "organisations.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    # Only for the dispatcher, supervisors, the head of the unit and the officer who has it.
    is_confidential = models.BooleanField(default=False, db_default=False)
    # Until the end of this day nothing of it is erased: a legal hold runs.
    held_until = models.DateField(null=True)
    # Raised with every change; a form that carries an older number is refused.
    revision = models.PositiveIntegerField(default=1)

    received_at = models.DateTimeField(_("received"))
    assigned_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # When somebody last did something; warnings do not count.
    last_step_at = models.DateTimeField(default=clock.now, db_default=Now())
    reopened = models.PositiveSmallIntegerField(default=0)
    # Deadlines are frozen when promised. `promised_at` never moves; `due_at` moves only by a pause or an extension.
    sign_due_at = models.DateTimeField(null=True)
    contact_due_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(_("answer due"), null=True)
    answer_limit = models.CharField(max_length=30, blank=True, default="")
    # The last warning about `due_at`, and when the next one is given; the job that warns fills both in.
    escalation = models.PositiveSmallIntegerField(choices=Level, default=Level.NONE, db_default=Level.NONE)
    escalate_at = models.DateTimeField(null=True)

    source = models.CharField(max_length=50, blank=True, default="")
    external_id = models.CharField(max_length=100, blank=True, default="")
    # Opens the commitment in the public log; kept by the person in the receipt file.
    receipt_salt = models.CharField(max_length=64, blank=True, default="")
    leaf_hash = models.CharField(max_length=64, blank=True, default="")
    words = SearchVectorField(null=True)
    anonymised_at = models.DateTimeField(null=True)

    @property
    def persons_contact(self) -> Any:
        """The contact data of whoever raised it: parts have none of their own."""
        return self.root.contact if self.root is not None else self.contact

    @property
    def responsible_unit_id(self) -> int | None:
        """The one unit that answers for the case now."""
        return self.first_unit_id or self.unit_id

    class Meta:
        verbose_name = _("case")
        constraints = [
            # Not by the field, which would add an index for searching the beginnings of numbers.
            models.UniqueConstraint(fields=["number"], name="case_number_once"),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="case_external_once"
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["answered", "closed", "withdrawn"]) & ~Q(outcome=""))
                | (~Q(state__in=["answered", "closed", "withdrawn"]) & Q(outcome="")),
                name="case_outcome_when_finished",
            ),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True)
                | Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
                name="case_point_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(state="received")
                | Q(unit__isnull=False)
                | Q(state__in=["not_accepted", "withdrawn", "closed", "answered", "merged"]),
                name="case_has_its_unit",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="case_merged_into_another",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=models.F("id")), name="case_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(held_until__isnull=True) | Q(anonymised_at__isnull=True),
                name="case_held_is_not_erased",
            ),
            models.CheckConstraint(
                condition=Q(first_unit__isnull=True) | Q(state="assigned"),
                name="case_first_unit_until_accepted",
            ),
        ]
        indexes = [
            # The worklist: open cases by deadline, per unit and per officer. Finished ones do not make it slower.
            # What a list is filtered by rides along, so that counts, tabs and filters read the index alone.
            models.Index(
                fields=["unit", "due_at", "id"],
                include=["state", "officer", "kind", "urgency", "channel", "service", "received_at"],
                condition=OPEN,
                name="case_open_unit",
            ),
            models.Index(fields=["officer", "due_at", "id"], condition=OPEN, name="case_open_officer_due"),
            models.Index(
                fields=["due_at", "id"],
                include=["state", "kind", "urgency", "channel", "service", "received_at"],
                condition=OPEN,
                name="case_open",
            ),
            models.Index(fields=["state", "due_at", "id"], condition=OPEN, name="case_open_state_due"),
            models.Index(fields=["unit", "-received_at", "-id"], name="case_unit_received"),
            models.Index(fields=["-received_at", "-id"], name="case_received"),
            models.Index(fields=["answered_at", "id"], condition=Q(state="answered"), name="case_answered"),
            models.Index(
                fields=["unit", "answered_at", "id"], condition=Q(state="answered"), name="case_unit_answered"
            ),
            models.Index(
                fields=["service", "-received_at", "-id"], include=["unit"], name="case_service_received"
            ),
            *[given(field, name=f"case_{field}") for field in NAMED],
            # What programs that keep a copy ask for: the cases that changed since they asked last.
            models.Index(fields=["-last_step_at", "-id"], name="case_changed"),
            # The supervisors' board.
            models.Index(fields=["last_step_at", "id"], condition=OPEN, name="case_silent"),
            models.Index(
                fields=["due_at", "id"], condition=OPEN & Q(reopened__gt=0), name="case_open_reopened"
            ),
            models.Index(fields=["due_at", "id"], condition=OPEN & Q(escalation=4), name="case_escalated"),
            models.Index(fields=["id"], condition=Q(is_confidential=True), name="case_confidential"),
            # What the warnings have to touch: the next ones by time, and deadlines that have no plan yet.
            models.Index(
                fields=["escalate_at", "id"],
                condition=OPEN & Q(escalate_at__isnull=False),
                name="case_escalate",
            ),
            models.Index(
                fields=["id"],
                condition=OPEN & Q(escalate_at__isnull=True, escalation=0, due_at__isnull=False),
                name="case_unplanned",
            ),
            # New words wait in a list that every search reads through; config.postgres says how long it may grow.
            GinIndex(fields=["words"], name="case_words", fastupdate=True),
            # The database joins two indexes only if neither's condition follows from the other's by its rules: by these
            # words it joins this one with those of open cases by unit, officer or state.
            GinIndex(fields=["words"], condition=UNFINISHED, name="case_open_words", fastupdate=True),
        ]


class Event(Model):
    """One row of the timeline: who did what, when, why. Append-only; the sentence is made when it is shown."""

    # Codes, names of units and dates stay; the reason for sending it elsewhere is free text of a colleague.
    PERSONAL = {"data": "drop: reason"}
    SUBJECT = "case"
    case = models.ForeignKey(Case, models.CASCADE, related_name="events", db_index=False)
    at = models.DateTimeField()
    action = models.CharField(max_length=30, choices=Action)
    party = models.CharField(max_length=20)
    actor = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey(
        "organisations.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    from_state = models.CharField(max_length=20, choices=State, blank=True, default="")
    to_state = models.CharField(max_length=20, choices=State, blank=True, default="")
    # Facts for the sentence: ids and names of units, dates, codes.
    data: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    # Which text belongs to it, if any.
    note = models.ForeignKey("Note", models.SET_NULL, null=True, related_name="+", db_index=False)
    reply = models.ForeignKey("Reply", models.SET_NULL, null=True, related_name="+", db_index=False)
    message = models.ForeignKey("Message", models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["case", "at", "id"], name="event_case_at"),
            *[given(field, name=f"event_{field}") for field in ("actor", "note", "reply", "message")],
        ]


class Note(Model):
    """An internal note. There is no way for it to become public: no flag, no link to a reply."""

    PERSONAL = {"text": "blank"}
    SUBJECT = "case"
    NOT_EXPORTED = "notes are about the handling, not said by the person or to the person"
    case = models.ForeignKey(Case, models.CASCADE, related_name="notes")
    author = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    text = models.TextField(_("note"))


class Reply(Model):
    """A letter of the office to the person: an answer, a question, or news."""

    PERSONAL = {"text": "blank"}
    SUBJECT = "case"
    case = models.ForeignKey(Case, models.CASCADE, related_name="replies")
    author = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey(
        "organisations.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=20, choices=ReplyKind)
    text = models.TextField(_("reply"))
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True, default="")
    sent_at = models.DateTimeField()
    in_time = models.BooleanField(null=True)
    verdict = models.OneToOneField("feedback.Verdict", models.SET_NULL, null=True, related_name="reply")

    class Meta:
        ordering = ["sent_at", "id"]
        indexes = [
            models.Index(fields=["unit", "sent_at"], condition=Q(kind="answer"), name="reply_answers"),
            given("author", name="reply_author"),
            given("unit", name="reply_unit"),
        ]


class Message(Model):
    """What the person wrote after the case was filed."""

    PERSONAL = {"text": "blank"}
    SUBJECT = "case"
    case = models.ForeignKey(Case, models.CASCADE, related_name="messages")
    text = models.TextField(_("message"))
    entered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")


class CaseFile(Model):
    """A file used in a case: by the person at the start or in a message, or by the office in a reply."""

    PERSONAL = {"file": "delete"}
    SUBJECT = "case"
    case = models.ForeignKey(Case, models.CASCADE, related_name="files")
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="uses")
    reply = models.ForeignKey(Reply, models.CASCADE, null=True, blank=True, related_name="files")
    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="files")
    is_public = models.BooleanField(_("shown with the published case"), default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]


class Pause(Model):
    """Time in which the office waited for the person; the only thing that moves a deadline besides an extension."""

    PERSONAL = {}
    SUBJECT = "case"
    case = models.ForeignKey(Case, models.CASCADE, related_name="pauses")
    question = models.ForeignKey(Reply, models.CASCADE, related_name="+")
    started_at = models.DateTimeField()
    # The clock goes on at this moment even without a reply.
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    due_before = models.DateTimeField(null=True)
    due_after = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True), name="one_pause_at_a_time"
            )
        ]
