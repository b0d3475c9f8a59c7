from typing import Any

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.models import Model


class Area(Model):
    """An administrative division. `code` begins with the code of its parent where the country's codes do."""

    PERSONAL = {}
    code = models.CharField(_("division code"), max_length=20, unique=True)
    names: models.JSONField[dict[str, str]] = models.JSONField(_("names by language"), default=dict)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    level = models.PositiveSmallIntegerField(_("level"), default=0)
    # GeoJSON geometry in WGS-84, only used to draw the map and to find the area of a point.
    shape: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)

    class Meta:
        verbose_name = _("area")
        ordering = ["code"]
        indexes = [models.Index(OpClass("code", "varchar_pattern_ops"), name="area_code_prefix")]
