"""What lies beside the cases: forms that were begun, kept filters, counters for limits."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.models import Model
from huiyin.kernel.vault import EncryptedTextField


class Draft(Model):
    """What a person has entered so far. Known only by a random mark in the browser; encrypted; gone after a day."""

    PERSONAL = {"mark": "expires: a day after the last entry", "data": "expires: a day after the last entry"}
    mark = models.CharField(max_length=64, unique=True)
    data = EncryptedTextField(default="{}")
    files = models.ManyToManyField("files.StoredFile", related_name="drafts", blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["updated_at"], name="draft_updated")]


class SavedFilter(Model):
    """A worklist filter under a name: the owner's, or shared with a unit."""

    PERSONAL = {"owner": "keep: a member of staff", "name": "keep: words of a member of staff"}
    owner = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    unit = models.ForeignKey("organisations.Unit", models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=1000)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_once")]


class Attempt(Model):
    """Counts tries per key (an address, a case) and hour, for the limits. Keys are keyed hashes."""

    PERSONAL = {"key": "expires: two days after its hour"}
    key = models.CharField(max_length=64)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="attempt_key_window")]
