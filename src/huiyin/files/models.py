from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.files.enums import FileKind
from huiyin.kernel import public_ids
from huiyin.kernel.models import Model


class StoredFile(Model):
    """A file as it is kept: photos re-encoded without EXIF, everything else as it came. Content never changes."""

    PERSONAL = {
        "name": "delete",
        "key": "delete",
        "preview_key": "delete",
        "sha256": "delete",
        "content_type": "keep: decided by us, from a short list",
    }
    SUBJECT = "uses__case"
    SECRET = ("token", "key", "preview_key")
    token = models.CharField(max_length=64, unique=True, default=public_ids.token, editable=False)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(max_length=10, choices=FileKind)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=300, unique=True)
    preview_key = models.CharField(max_length=300, blank=True, default="", db_index=True)

    class Meta:
        verbose_name = _("file")
