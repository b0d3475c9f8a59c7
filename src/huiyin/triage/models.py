from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.catalogue.enums import Kind, Urgency
from huiyin.kernel.models import Model
from huiyin.triage.enums import Mode, Question, Source, Taken


class Rule(Model):
    """If all this fits, propose that. Read from the top; for each question the first rule that holds answers."""

    PERSONAL = {}
    position = models.PositiveIntegerField(_("place in the order"))
    name = models.CharField(_("name"), max_length=80)
    # Any one of these words or phrases.
    words: models.JSONField[list[str]] = models.JSONField(_("words"), default=list, blank=True)
    service = models.ForeignKey("catalogue.Service", models.CASCADE, null=True, blank=True, related_name="+")
    unit = models.ForeignKey("organisations.Unit", models.CASCADE, null=True, blank=True, related_name="+")
    area = models.ForeignKey("places.Area", models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, blank=True, default="")
    weekdays: models.JSONField[list[int]] = models.JSONField(_("days of the week"), default=list, blank=True)
    hour_from = models.PositiveSmallIntegerField(_("from hour"), null=True, blank=True)
    hour_until = models.PositiveSmallIntegerField(_("until hour"), null=True, blank=True)

    then_service = models.ForeignKey(
        "catalogue.Service", models.CASCADE, null=True, blank=True, related_name="+"
    )
    then_unit = models.ForeignKey(
        "organisations.Unit", models.CASCADE, null=True, blank=True, related_name="+"
    )
    then_kind = models.CharField(max_length=20, choices=Kind, blank=True, default="")
    then_urgency = models.CharField(max_length=20, choices=Urgency, blank=True, default="")

    mode = models.CharField(_("what it does"), max_length=20, choices=Mode, default=Mode.PROPOSES)
    sample_percent = models.PositiveSmallIntegerField(default=10)
    most_disagreement = models.PositiveSmallIntegerField(default=10)
    # Since when reviews count; and when it switched itself off, if it did.
    automatic_since = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("rule")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(then_service__isnull=False)
                | Q(then_unit__isnull=False)
                | ~Q(then_kind="")
                | ~Q(then_urgency=""),
                name="rule_says_something",
            ),
            models.CheckConstraint(
                condition=Q(sample_percent__gte=1, sample_percent__lte=100, most_disagreement__lte=100),
                name="rule_percentages",
            ),
            models.CheckConstraint(
                condition=Q(hour_from__isnull=True) | Q(hour_from__lte=23), name="rule_hour_from"
            ),
            models.CheckConstraint(
                condition=Q(hour_until__isnull=True) | Q(hour_until__gte=1, hour_until__lte=24),
                name="rule_hour_until",
            ),
        ]


class Threshold(Model):
    """From this probability on, cases without a service are filed under this one by themselves."""

    PERSONAL = {}
    service = models.OneToOneField("catalogue.Service", models.CASCADE, related_name="+")
    percent = models.PositiveSmallIntegerField(_("from this probability (percent)"), default=97)
    mode = models.CharField(max_length=20, choices=Mode, default=Mode.OFF)
    sample_percent = models.PositiveSmallIntegerField(default=10)
    most_disagreement = models.PositiveSmallIntegerField(default=10)
    automatic_since = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("threshold")
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gte=50, percent__lte=100)
                & Q(sample_percent__gte=1, sample_percent__lte=100, most_disagreement__lte=100),
                name="threshold_percentages",
            ),
        ]


class ModelFile(Model):
    """A trained classifier and what it was worth on the newest weeks when it was trained."""

    PERSONAL = {}
    question = models.CharField(max_length=20, choices=Question)
    data = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    # The newest cases judge and do not teach: they came in after this moment.
    learnt_until = models.DateTimeField()
    cases = models.PositiveIntegerField()
    held_out = models.PositiveIntegerField()
    accuracy = models.FloatField()
    # What the model in use before got right among the same cases.
    accuracy_before = models.FloatField(null=True)
    calibration_error = models.FloatField()
    seconds = models.FloatField()
    is_in_use = models.BooleanField(default=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["question"], condition=Q(is_in_use=True), name="one_model_in_use"
            ),
        ]


class WordShares(Model):
    """In what share of the cases a word stands; tells rare words from common ones. The newest row counts."""

    PERSONAL = {}
    shares: models.JSONField[dict[str, float]] = models.JSONField(default=dict)
    cases = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-created_at"]


class Proposal(Model):
    """What was proposed for a case when it came in, and why."""

    # Words of the text stand among the reasons; codes, ids and numbers stay.
    PERSONAL = {"answers": "blank", "duplicates": "blank", "personal_data": "blank", "before": "blank"}
    SUBJECT = "case"
    NOT_EXPORTED = "how the office sorted the case, not said by the person or to the person"
    case = models.OneToOneField("cases.Case", models.CASCADE, related_name="+")
    # By question, best first: [{"value", "probability", "source", "words", "cases", "rule", "name", "strength"}, …]
    answers: models.JSONField[dict[str, list[dict[str, Any]]]] = models.JSONField(default=dict)
    # [{"case", "probability", "own"}, …]
    duplicates: models.JSONField[list[dict[str, Any]]] = models.JSONField(default=list)
    # How many of each kind of personal data the text holds.
    personal_data: models.JSONField[dict[str, int]] = models.JSONField(default=dict)
    # How the case stood: {"service", "unit", "kind"} as text.
    before: models.JSONField[dict[str, str]] = models.JSONField(default=dict)
    milliseconds = models.FloatField(default=0)


class Waiting(Model):
    """A case that came in and waits for its proposal: a narrow row, written with the case and gone with the proposal.

    A queue of its own: a job for each case would cost as much as storing the case, and tell all workers each time.
    """

    PERSONAL = {}
    SUBJECT = "case"
    NOT_EXPORTED = "gone within a second"
    case = models.OneToOneField("cases.Case", models.CASCADE, primary_key=True, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)


class Decision(Model):
    """What became of one proposed answer: the learning set, and the ground for every figure."""

    PERSONAL = {}
    SUBJECT = "case"
    NOT_EXPORTED = "how the office sorted the case, not said by the person or to the person"
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+")
    question = models.CharField(max_length=20, choices=Question)
    proposed = models.CharField(max_length=40)
    decided = models.CharField(max_length=40, blank=True)
    became = models.CharField(max_length=20, choices=Taken)
    source = models.CharField(max_length=20, choices=Source)
    probability = models.FloatField()
    strength = models.FloatField(default=0)
    rule = models.ForeignKey(Rule, models.SET_NULL, null=True, related_name="+")
    threshold = models.ForeignKey(Threshold, models.SET_NULL, null=True, related_name="+")
    is_automatic = models.BooleanField(default=False)
    user = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    service = models.ForeignKey("catalogue.Service", models.SET_NULL, null=True, related_name="+")
    unit = models.ForeignKey("organisations.Unit", models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "question"], name="decision_once")]
        indexes = [
            models.Index(fields=["question", "-at"], name="decision_question_at"),
            models.Index(fields=["rule", "-at"], condition=Q(rule__isnull=False), name="decision_rule"),
        ]


class Review(Model):
    """An automatic decision that somebody is asked to look at; `agrees` is empty until then."""

    PERSONAL = {}
    SUBJECT = "case"
    NOT_EXPORTED = "how the office sorted the case, not said by the person or to the person"
    case = models.OneToOneField("cases.Case", models.CASCADE, related_name="+")
    rule = models.ForeignKey(Rule, models.CASCADE, null=True, related_name="+")
    threshold = models.ForeignKey(Threshold, models.CASCADE, null=True, related_name="+")
    agrees = models.BooleanField(null=True)
    reviewer = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rule__isnull=False) ^ Q(threshold__isnull=False), name="review_of_one_thing"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(agrees__isnull=True), name="review_waiting"),
        ]


class Reading(Model):
    """Up to which row of the cases' timelines decisions have been read. One row."""

    PERSONAL = {}
    event = models.BigIntegerField(default=0)
