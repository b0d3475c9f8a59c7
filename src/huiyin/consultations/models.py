from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiyin.consultations import logic
from huiyin.consultations.enums import (
    OVER,
    Action,
    Audience,
    Decision,
    Moderation,
    Origin,
    Party,
    Promised,
    RemovalReason,
    Results,
    Seen,
    Standing,
    State,
    Via,
)
from huiyin.kernel import clock
from huiyin.kernel.models import Model
from huiyin.kernel.vault import EncryptedTextField

Texts = dict[str, str]


class Consultation(Model):
    """A question put to people, with its dates, its rules and, in the end, its answer."""

    PERSONAL = {"secret": "expires: destroyed when the consultation closes"}
    SECRET = ("secret", "code_salt")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    questions: models.JSONField[Texts] = models.JSONField(_("question by language"), default=dict)
    backgrounds: models.JSONField[Texts] = models.JSONField(
        _("background by language"), default=dict, blank=True
    )
    # What the draft says and why, in plain words.
    drafting_notes: models.JSONField[Texts] = models.JSONField(
        _("drafting note by language"), default=dict, blank=True
    )
    unit = models.ForeignKey(
        "organisations.Unit", models.PROTECT, related_name="consultations", verbose_name=_("unit that asks")
    )
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT)
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    # Why people have less time than the city promises; published.
    short_reasons: models.JSONField[Texts] = models.JSONField(
        _("reason for a short time"), default=dict, blank=True
    )
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    audience = models.CharField(
        _("who may take part"), max_length=20, choices=Audience, default=Audience.ANYONE
    )
    member_unit = models.ForeignKey(
        "organisations.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("members of"),
    )
    accepts_statements = models.BooleanField(_("participants may write statements"), default=True)
    votes_before_writing = models.PositiveSmallIntegerField(_("votes before writing"), default=5)
    moderation = models.CharField(
        _("statements are looked at"), max_length=20, choices=Moderation, default=Moderation.BEFORE
    )
    moderation_policies: models.JSONField[Texts] = models.JSONField(
        _("what is not shown, by language"), default=dict, blank=True
    )
    results = models.CharField(_("results can be seen"), max_length=20, choices=Results, default=Results.LIVE)
    conclusions: models.JSONField[Texts] = models.JSONField(_("answer as a whole"), default=dict, blank=True)

    # Makes pseudonyms; destroyed at close, so that nobody can link votes afterwards.
    secret = EncryptedTextField(blank=True, default="")
    code_salt = models.CharField(max_length=64)
    # Where the search for groups starts; published with the results.
    seed = models.PositiveIntegerField(default=0)
    author = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("consultation")
        ordering = ["-opens_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(opens_at__lt=F("closes_at")),
                name="consultation_opens_before_it_closes",
            ),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT) | Q(opens_at__isnull=False, closes_at__isnull=False),
                name="consultation_has_dates",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[state.value for state in OVER]) | Q(secret="", closed_at__isnull=False),
                name="consultation_secret_gone_when_closed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "archived"]) | Q(answered_at__isnull=False),
                name="consultation_answered_when_it_says_so",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["state", "closes_at"], name="consultation_state")]


class Event(Model):
    """One step in the life of a consultation; shown to everybody, without the name of who did it."""

    PERSONAL = {"reasons": "keep: published reason of the office, about the consultation"}
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    action = models.CharField(max_length=20, choices=Action)
    party = models.CharField(max_length=20, choices=Party)
    actor = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    from_state = models.CharField(max_length=20, choices=State)
    to_state = models.CharField(max_length=20, choices=State)
    reasons: models.JSONField[Texts] = models.JSONField(default=dict)
    data: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "id"]


class Answer(Model):
    """What becomes of one or several statements that ask for the same: with the reason, and who does it."""

    PERSONAL = {}
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="answers")
    decision = models.CharField(_("what becomes of it"), max_length=20, choices=Decision)
    reasons: models.JSONField[Texts] = models.JSONField(_("reason by language"), default=dict)
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    author = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("answer to statements")
        ordering = ["id"]


class Promise(Model):
    """What the office will do because of an answer: by when, who, how it is proved, and what became of it. Public."""

    PERSONAL = {}
    answer = models.OneToOneField(Answer, models.CASCADE, related_name="promise")
    whats: models.JSONField[Texts] = models.JSONField(_("what is promised, by language"), default=dict)
    proofs: models.JSONField[Texts] = models.JSONField(_("how it is proved, by language"), default=dict)
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    due_on = models.DateField(_("by when"))
    state = models.CharField(_("state"), max_length=20, choices=Promised, default=Promised.OPEN)
    settled_on = models.DateField(null=True)
    # What was done and what proves it, or why it was not.
    outcomes: models.JSONField[Texts] = models.JSONField(_("what became of it, by language"), default=dict)
    link = models.URLField(_("address of the proof"), blank=True, default="", max_length=500)
    author = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("promise")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", settled_on__isnull=True, outcomes={})
                | (~Q(state="open") & Q(settled_on__isnull=False) & ~Q(outcomes={})),
                name="promise_settled_with_words",
            )
        ]

    @property
    def seen(self) -> Seen:
        """How it looks today."""
        return logic.seen(
            Promised(self.state), due_on=self.due_on, settled_on=self.settled_on, today=clock.today()
        )


class Statement(Model):
    """One sentence that people can agree or disagree with. Its text is never changed."""

    PERSONAL = {
        "text": "keep: written to be public, looked at before or after, and part of the published results",
        "author_mark": "expires: means nothing once the secret of the consultation is destroyed",
    }
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="statements")
    # As in exports: 0, 1, 2 … within the consultation.
    number = models.PositiveIntegerField()
    text = models.TextField(_("statement"))
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    origin = models.CharField(max_length=20, choices=Origin)
    via = models.CharField(max_length=20, choices=Via, default=Via.WEB)
    # A question about the participants; moves no map and needs no answer.
    is_meta = models.BooleanField(_("asks about the participants themselves"), default=False)
    standing = models.CharField(max_length=20, choices=Standing)
    removal_reason = models.CharField(max_length=20, choices=RemovalReason, blank=True, default="")
    moderated_at = models.DateTimeField(null=True)
    moderator = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    author_mark = models.CharField(max_length=64, blank=True, default="")
    answer = models.ForeignKey(Answer, models.SET_NULL, null=True, related_name="statements")

    class Meta:
        verbose_name = _("statement")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="statement_number_once"),
            models.CheckConstraint(
                condition=Q(standing="removed") ^ Q(removal_reason=""), name="statement_removed_with_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["consultation", "standing", "number"], name="statement_standing"),
            models.Index(
                fields=["consultation", "author_mark"], condition=~Q(author_mark=""), name="statement_author"
            ),
        ]


class Participant(Model):
    """Somebody who takes part, known by a pseudonym of this consultation alone."""

    PERSONAL = {"pseudonym": "keep: means nothing once the secret of the consultation is destroyed"}
    # Without an index of its own: those below begin with it. So at votes, of which hundreds come in a second.
    consultation = models.ForeignKey(
        Consultation, models.CASCADE, related_name="participants", db_index=False
    )
    pseudonym = models.CharField(max_length=64)
    # How they came the first time.
    via = models.CharField(max_length=20, choices=Via, default=Via.WEB)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consultation", "pseudonym"], name="participant_once")]


class Vote(Model):
    """What somebody said of a statement at a moment. Rows are only added; the last one of a pair counts."""

    PERSONAL = {}
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="+", db_index=False)
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="votes", db_index=False)
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="votes")
    # 1 agree, -1 disagree, 0 pass; null: the vote was taken back.
    value = models.SmallIntegerField(null=True)
    via = models.CharField(max_length=20, choices=Via, default=Via.WEB)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=-1, value__lte=1),
                name="vote_agree_disagree_pass",
            )
        ]
        indexes = [
            models.Index(fields=["consultation", "id"], name="vote_in_order"),
            models.Index(fields=["participant", "statement", "-id"], name="vote_last"),
            models.Index(
                fields=["participant", "statement"], condition=Q(value__isnull=True), name="vote_back"
            ),
        ]


class OpinionMap(Model):
    """The map as it stands, and all that is needed to go on with it from any process."""

    PERSONAL = {"points": "keep: places on a map without names, moved a little at random"}
    consultation = models.OneToOneField(Consultation, models.CASCADE, related_name="map")
    # engines.opinion.live.LiveState; the statements and participants in it are row ids.
    state: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True)
    # What `maps.describe` found, with exact counts; shown through queries.maps only.
    result: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    # [[x, y, group], …] of participants in no order.
    points: models.JSONField[list[list[float]]] = models.JSONField(default=list)
    # Every vote up to this id is in the map.
    last_vote = models.BigIntegerField(default=0)
    # A refresh was asked for; emptied when one begins.
    asked_at = models.DateTimeField(null=True)
    refreshed_at = models.DateTimeField(null=True)
    is_final = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("opinion map")


class CodeBatch(Model):
    """Codes that were made together, for one package of letters."""

    PERSONAL = {}
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="batches")
    label = models.CharField(_("for whom"), max_length=100)
    count = models.PositiveIntegerField(_("how many"))
    author = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("package of codes")
        ordering = ["id"]


class Code(Model):
    """A code that lets somebody take part, as a salted hash. Whether it was used is not written down."""

    PERSONAL = {}
    batch = models.ForeignKey(CodeBatch, models.CASCADE, related_name="codes")
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="+")
    stored = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consultation", "stored"], name="code_once")]


class Follower(Model):
    """Somebody who wants to be told the answer: to the consultation, or to one statement. Leads to no vote."""

    PERSONAL = {
        "token": "expires: the row goes when the person was told, or takes it back",
        "contact": "expires: the contact goes with the row",
    }
    SECRET = ("token",)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="followers")
    statement = models.ForeignKey(Statement, models.CASCADE, null=True, related_name="followers")
    contact = models.OneToOneField("people.Contact", models.CASCADE, related_name="follower")
    language = models.CharField(max_length=10, default="zh-hans")
    # Keyed hash of the secret in the link by which the person takes it back.
    token = models.CharField(max_length=64, unique=True)
    told_at = models.DateTimeField(null=True)
