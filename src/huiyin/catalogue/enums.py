from django.db import models
from django.utils.translation import gettext_lazy as _


class Urgency(models.TextChoices):
    """Urgency classes; each has its own limit for the answer."""

    EMERGENCY = "emergency", _("Emergency")
    UTILITIES = "utilities", _("Utilities")
    ORDINARY = "ordinary", _("Ordinary")
    COMPLEX = "complex", _("Complex")


class Kind(models.TextChoices):
    ENQUIRY = "enquiry", _("Enquiry")
    HELP = "help", _("Help")
    COMPLAINT = "complaint", _("Complaint")
    REPORT = "report", _("Report of wrongdoing")
    SUGGESTION = "suggestion", _("Suggestion")
    PRAISE = "praise", _("Praise")


class ServiceField(models.TextChoices):
    """The fields of a version, as its history names them."""

    PUBLIC_NAMES = "public_names", _("Public name")
    INTERNAL_NAME = "internal_name", _("Internal name")
    DESCRIPTIONS = "descriptions", _("Description")
    KEYWORDS = "keywords", _("Keywords")
    UNIT_ID = "unit_id", _("Unit that gets the cases")
    KIND = "kind", _("Usual kind")
    URGENCY = "urgency", _("Urgency class")
    LIMITS = "limits", _("Own limits")
    FORM_ID = "form_id", _("Questions")
    MAY_PUBLISH = "may_publish", _("Cases may be published")
    ANONYMOUS_ALLOWED = "anonymous_allowed", _("Can be raised anonymously")
    CONTACT_REQUIRED = "contact_required", _("Contact data are needed")
    PLACE_REQUIRED = "place_required", _("A place is needed")
    EMERGENCY_NOTICE = "emergency_notice", _("Emergency notice that stops the form")
