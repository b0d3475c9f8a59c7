from django.db import models
from django.utils.translation import gettext_lazy as _


class FileKind(models.TextChoices):
    IMAGE = "image", _("Photo")
    PDF = "pdf", _("PDF")
    AUDIO = "audio", _("Recording")
    VIDEO = "video", _("Video")
