from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.catalogue.enums import Kind, Urgency
from huiyin.kernel.models import Model


class Channel(Model):
    """The way a case came in: web, phone, counter, letter, visit, e-mail, SMS, API, import, and what a city adds."""

    PERSONAL = {}
    code = models.SlugField(_("code"), max_length=30, unique=True)
    names: models.JSONField[dict[str, str]] = models.JSONField(_("names by language"), default=dict)
    at_desk = models.BooleanField(_("offered at the desk"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("channel")
        ordering = ["id"]


class Service(Model):
    """An entry of the service tree. What was promised at the time stands in its versions."""

    PERSONAL = {}
    code = models.SlugField(_("code"), max_length=60, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    is_active = models.BooleanField(_("offered"), default=True)
    current = models.ForeignKey(
        "ServiceVersion",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("current version"),
    )

    class Meta:
        verbose_name = _("service")
        ordering = ["code"]


class ServiceVersion(Model):
    """Everything that can change about a service, frozen with its author and date."""

    PERSONAL = {}
    service = models.ForeignKey(Service, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    author = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    change_note = models.CharField(_("what was changed and why"), max_length=300, blank=True)
    public_names: models.JSONField[dict[str, str]] = models.JSONField(
        _("public name by language"), default=dict
    )
    internal_name = models.CharField(_("internal name"), max_length=200, blank=True)
    descriptions: models.JSONField[dict[str, str]] = models.JSONField(
        _("description by language"), default=dict, blank=True
    )
    keywords: models.JSONField[list[str]] = models.JSONField(_("keywords"), default=list, blank=True)
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(_("usual kind"), max_length=20, choices=Kind, default=Kind.HELP)
    urgency = models.CharField(_("urgency class"), max_length=20, choices=Urgency, default=Urgency.ORDINARY)
    # Limits of this service where they differ from the settings: {"answer": "3d working", …}.
    limits: models.JSONField[dict[str, str]] = models.JSONField(_("own limits"), default=dict, blank=True)
    form = models.ForeignKey(
        "questionnaires.Form",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("questions"),
    )
    may_publish = models.BooleanField(_("cases may be published"), default=True)
    anonymous_allowed = models.BooleanField(_("can be raised anonymously"), default=True)
    contact_required = models.BooleanField(_("contact data are needed"), default=False)
    place_required = models.BooleanField(_("a place is needed"), default=False)
    # A text by language that stops the form ("call 119 now").
    emergency_notice: models.JSONField[dict[str, Any]] = models.JSONField(
        _("emergency notice by language"), default=dict, blank=True
    )

    class Meta:
        verbose_name = _("service version")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["service", "number"], name="service_version_once")]
