from typing import Any

from django.db import models

from huiyin.kernel.models import Model
from huiyin.scorecards.enums import Period


class Snapshot(Model):
    """Figures of one period, computed by a job, so that the page costs one read whatever the number of cases."""

    PERSONAL = {}
    period = models.CharField(max_length=10, choices=Period, unique=True)
    computed_at = models.DateTimeField()
    # By group ("all", "before", "units", "services"), then by id, then the names of `logic.Counts`.
    figures: models.JSONField[dict[str, Any]] = models.JSONField()
