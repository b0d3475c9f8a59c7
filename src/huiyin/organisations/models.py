from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.models import Model


class Calendar(Model):
    """Working hours. Deadlines already promised are never recomputed when a calendar changes."""

    PERSONAL = {}
    name = models.CharField(_("name"), max_length=100, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=50, default="Asia/Shanghai")
    # Seven texts such as "09:00-12:00, 14:00-18:00", Monday first; an empty one is a day without work.
    weekly: models.JSONField[list[str]] = models.JSONField(_("weekly hours"), default=list)
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        verbose_name = _("working calendar")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_calendar"
            )
        ]


class CalendarDay(Model):
    """A holiday (no hours) or a make-up working day (hours of its own)."""

    PERSONAL = {}
    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="days")
    date = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=100, blank=True)
    hours = models.CharField(_("hours"), max_length=200, blank=True)

    class Meta:
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["calendar", "date"], name="calendar_day_once")]


class Unit(Model):
    """A part of the administration that handles cases."""

    PERSONAL = {}
    code = models.SlugField(_("code"), max_length=50, unique=True)
    names: models.JSONField[dict[str, str]] = models.JSONField(_("names by language"), default=dict)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="units")
    calendar = models.ForeignKey(Calendar, models.PROTECT, null=True, blank=True, related_name="units")
    contact_note: models.JSONField[dict[str, str]] = models.JSONField(
        _("how to reach the unit, by language"), default=dict, blank=True
    )
    # Takes what nobody else fits in its area.
    is_fallback = models.BooleanField(
        _("takes what nobody fits in its area"), default=False, db_default=False
    )
    is_active = models.BooleanField(_("receives cases"), default=True)

    class Meta:
        verbose_name = _("unit")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["area"], condition=models.Q(is_fallback=True), name="one_fallback_per_area"
            ),
            models.CheckConstraint(
                condition=models.Q(is_fallback=False) | models.Q(area__isnull=False),
                name="fallback_has_its_area",
            ),
        ]


class Team(Model):
    """A group inside a unit; cases can be assigned to it before a person takes them."""

    PERSONAL = {}
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="teams")
    name = models.CharField(_("name"), max_length=100)
    members = models.ManyToManyField("accounts.User", related_name="teams", blank=True)

    class Meta:
        verbose_name = _("team")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="team_once")]


class Jurisdiction(Model):
    """A name under which programs ask for a part of the city: a unit with everything below it."""

    PERSONAL = {}
    code = models.CharField(_("name for programs"), max_length=100, unique=True)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="jurisdictions")

    class Meta:
        verbose_name = _("jurisdiction")
        ordering = ["code"]


class Setting(Model):
    """A number or text changed from its default; the defaults stand in `logic.DEFAULTS`."""

    PERSONAL = {}
    key = models.CharField(max_length=100, unique=True)
    value: models.JSONField[Any] = models.JSONField()
