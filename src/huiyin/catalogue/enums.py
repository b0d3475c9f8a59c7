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
