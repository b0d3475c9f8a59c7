from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.models import Model
from huiyin.topics.enums import TopicState


class Topic(Model):
    """Many cases about one thing within some weeks. The figures are those of the last run of the job."""

    PERSONAL = {
        "title": "keep: a few words that several people used; what looks like personal data is left out",
        "name": "keep: words of a member of staff about a topic",
    }
    title = models.CharField(_("title in people's own words"), max_length=80)
    name = models.CharField(_("name"), max_length=80, blank=True, default="")
    state = models.CharField(max_length=20, choices=TopicState, default=TopicState.OPEN)
    service = models.ForeignKey("catalogue.Service", models.SET_NULL, null=True, related_name="+")
    area = models.ForeignKey("places.Area", models.SET_NULL, null=True, related_name="+")
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    watchers = models.ManyToManyField("accounts.User", related_name="+")
    # Cases in all, in the last seven days, and in the seven before.
    size = models.PositiveIntegerField(default=0)
    recent = models.PositiveIntegerField(default=0)
    before = models.PositiveIntegerField(default=0)
    # Cases of its service in the last seven days, and how many are usual at this season.
    service_recent = models.PositiveIntegerField(default=0)
    service_usual = models.FloatField(null=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        verbose_name = _("hot topic")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="merged") | Q(merged_into__isnull=True), name="topic_merged_says_so"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="topic_has_a_title"),
        ]
        indexes = [
            models.Index(fields=["-recent", "-size", "-id"], condition=Q(state="open"), name="topic_hottest"),
            models.Index(fields=["state", "-last_at", "-id"], name="topic_by_state"),
        ]


class TopicCase(Model):
    """A case of a topic; each case is in one at most. Who put it there: a person, or the job (None)."""

    PERSONAL = {}
    SUBJECT = "case"
    NOT_EXPORTED = "which cases are alike, found by the office; says nothing about the person"
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="cases")
    case = models.OneToOneField("cases.Case", models.CASCADE, related_name="+")
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
