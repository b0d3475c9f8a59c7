"""Tags of the templates of Manage: ``{% load manage %}``."""

from typing import Any

from django import template
from django.utils.translation import get_language

register = template.Library()


@register.filter
def question_text(question: Any) -> str:
    """A question of a form in the reader's language."""
    return str(question.label(get_language() or ""))


@register.filter
def value_text(question: Any, value: str) -> str:
    """A value of a question in the reader's language."""
    return str(question.value_label(value, get_language() or ""))
