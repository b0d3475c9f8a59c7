from django.db import models
from django.utils.translation import gettext_lazy as _


class QuestionType(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    ONE_OF = "one_of", _("One of")
    SEVERAL_OF = "several_of", _("Several of")
    YES_NO = "yes_no", _("Yes or no")
