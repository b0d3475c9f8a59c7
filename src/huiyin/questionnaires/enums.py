from django.db import models
from django.utils.translation import gettext_lazy as _


class QuestionType(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    ONE_OF = "one_of", _("One of")
    SEVERAL_OF = "several_of", _("Several of")
    YES_NO = "yes_no", _("Yes or no")


class FormProblem(models.TextChoices):
    """Why a list of questions cannot be used."""

    SHAPE = "shape", _("The questions are not in the expected form.")
    TOO_MANY = "too_many", _("A form has at most 40 questions, and a question at most 60 options.")
    CODE = "code", _("A code begins with a small letter and has only small letters, digits and underscores.")
    CODE_TWICE = "code_twice", _("This code is used twice in the form. Choose another one.")
    TYPE = "type", _("This type of question is not known.")
    LABEL = "label", _("Write the question in at least one language, in at most 300 characters each.")
    HINT = "hint", _("A hint has at most 600 characters.")
    NO_OPTIONS = "no_options", _("Give at least two options to choose from.")
    OPTIONS_NOT_USED = "options_not_used", _("Only questions with a choice have options.")
    OPTION = "option", _("Each option needs a code of its own and a text in at least one language.")
    CONDITION_ITSELF = "condition_itself", _("A question cannot depend on its own answer.")
    CONDITION_LATER = "condition_later", _("A question can depend only on a question that comes before it.")
    CONDITION_TYPE = "condition_type", _("A question can depend only on a choice or on yes or no.")
    CONDITION_VALUE = "condition_value", _("The question it depends on cannot be answered like this.")


class AnswerProblem(models.TextChoices):
    """Why an answer cannot be accepted; the texts say how to mend it."""

    REQUIRED = "required", _("Answer this question.")
    TOO_LONG = "too_long", _("Write at most 2,000 characters.")
    NOT_A_NUMBER = "not_a_number", _("Write a number, such as 12 or 3.5.")
    NOT_A_DATE = "not_a_date", _("Write a date as year, month and day, such as 2025-03-27.")
    NO_SUCH_DATE = "no_such_date", _("There is no such date. Check day and month.")
    NO_SUCH_OPTION = "no_such_option", _("Choose from the options shown.")
    ONE_ONLY = "one_only", _("Choose one option only.")
