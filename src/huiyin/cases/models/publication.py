"""What the public sees of cases, and who supports it."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from huiyin.cases.models.case import Case
from huiyin.kernel.models import Model


class Publication(Model):
    """What the public sees of a case: a text of its own beside the person's, with author and reason."""

    PERSONAL = {
        "title": "keep: checked for personal data before publication",
        "text": "keep: checked likewise",
        "answer": "keep: checked likewise",
        "place_text": "keep: checked likewise",
        "reason": "blank",
    }
    SUBJECT = "case"
    case = models.OneToOneField(Case, models.CASCADE, related_name="publication")
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("public text"))
    reason = models.CharField(_("why it differs from the person's words"), max_length=300, blank=True)
    # The office's explanation for everybody; the letter to the person itself is never shown.
    answer = models.TextField(_("answer for the public"), blank=True, default="")
    author = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    show_place = models.BooleanField(_("show the place"), default=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+")
    place_text = models.CharField(max_length=300, blank=True, default="")
    service = models.ForeignKey("catalogue.Service", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField()
    # For lists that read one index: when the case came in, and when the public last saw a change.
    requested_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    supports = models.PositiveIntegerField(default=0)
    words = SearchVectorField(null=True)

    class Meta:
        verbose_name = _("publication")
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="publication_newest"),
            models.Index(fields=["service", "-published_at"], name="publication_service"),
            models.Index(fields=["lat", "lon"], name="publication_point"),
            models.Index(fields=["-requested_at", "-id"], name="publication_requested"),
            models.Index(fields=["service", "-requested_at", "-id"], name="publication_service_req"),
            models.Index(fields=["-updated_at", "-id"], name="publication_updated"),
            GinIndex(fields=["words"], name="publication_words"),
        ]


class Support(Model):
    """Somebody has the same problem. Known by a random mark in the browser, kept as a hash."""

    # Other people's rows: they stay when the person behind the case erases theirs.
    PERSONAL = {"mark": "keep: hash of a random mark of a browser, leads to nobody"}
    publication = models.ForeignKey(Publication, models.CASCADE, related_name="+")
    mark = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "mark"], name="support_once")]
