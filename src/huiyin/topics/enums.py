"""Choices of hot topics."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TopicState(models.TextChoices):
    """Where a topic stands."""

    OPEN = "open", _("open")
    # Somebody decided that nothing is left to follow.
    CLOSED = "closed", _("closed")
    # No new case within the window.
    QUIET = "quiet", _("has become quiet")
    MERGED = "merged", _("part of another topic")
