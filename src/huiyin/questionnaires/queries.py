"""Reads about forms. Screens work with the questions of a form through here."""

from huiyin.questionnaires.logic import (
    CHOICES,
    NO,
    YES,
    Checked,
    Condition,
    FormError,
    Option,
    Question,
    dump,
    parse,
    text_in,
    validate,
    visible,
)
from huiyin.questionnaires.models import Form

__all__ = [
    "CHOICES",
    "NO",
    "YES",
    "Checked",
    "Condition",
    "FormError",
    "Option",
    "Question",
    "dump",
    "parse",
    "questions_of",
    "text_in",
    "validate",
    "visible",
]


def questions_of(form: Form | None) -> tuple[Question, ...]:
    """The questions of a form; none for no form. Raises FormError if what is stored makes no sense."""
    return parse(form.questions) if form is not None else ()
