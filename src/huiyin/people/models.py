from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.models import Model
from huiyin.kernel.vault import EncryptedTextField


class Contact(Model):
    """How to reach the person behind a case. Encrypted field by field; found again by keyed hashes only.

    Each case has a contact of its own, so that erasing one touches nothing else.
    """

    PERSONAL = {
        "name": "delete",
        "phone": "delete",
        "email": "delete",
        "address": "delete",
        "phone_key": "delete",
        "email_key": "delete",
    }
    SUBJECT = "case"
    SECRET = ("phone_key", "email_key")
    name = EncryptedTextField(_("name"), blank=True, default="")
    phone = EncryptedTextField(_("phone"), blank=True, default="")
    email = EncryptedTextField(_("e-mail"), blank=True, default="")
    address = EncryptedTextField(_("address"), blank=True, default="")
    phone_key = models.CharField(max_length=64, blank=True, default="", db_index=True)
    email_key = models.CharField(max_length=64, blank=True, default="", db_index=True)
    wants_mail = models.BooleanField(_("wants notices by e-mail"), default=False)
    wants_sms = models.BooleanField(_("wants notices by text message"), default=False)
    daily = models.BooleanField(_("wants notices once a day"), default=False)

    class Meta:
        verbose_name = _("contact")


class Code(Model):
    """Sent to a number or address: whoever types it in shows that it is theirs. Good for a quarter of an hour."""

    PERSONAL = {
        "key": "expires: a day after it was sent",
        "code_hash": "expires: a day after it was sent",
    }
    SECRET = ("key", "code_hash")
    key = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField()


class Purpose(Model):
    """One of the purposes for which contact data may be looked at; the city decides which there are."""

    PERSONAL = {}
    names: models.JSONField[dict[str, str]] = models.JSONField(_("names by language"), default=dict)
    is_active = models.BooleanField(_("can be chosen"), default=True)

    class Meta:
        verbose_name = _("purpose")
        ordering = ["pk"]


class Reveal(Model):
    """Somebody looked at contact data: who, when, for what. Shown to the person."""

    PERSONAL = {
        "purpose": "keep: proves why somebody looked at the data",
        "detail": "keep: proves it likewise",
        "unit_names": "keep: names of a unit",
    }
    # By number, not by way of the contact: who looked stays known when the contact is gone.
    SUBJECT = "case_number"
    SUBJECT_IS = "number"
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="reveals")
    case_number = models.CharField(max_length=20, db_index=True)
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    unit_names: models.JSONField[dict[str, str]] = models.JSONField(default=dict)
    purpose = models.CharField(_("purpose"), max_length=300)
    # One of the managed purposes, which the person reads in their own language, and what was said beside it.
    kind = models.ForeignKey(Purpose, models.PROTECT, null=True, blank=True, related_name="+")
    detail = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["-created_at"]
