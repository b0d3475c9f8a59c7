"""Filters of the templates about consultations: ``{% load consulting %}``."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def vote_words(value: int) -> str:
    """A vote in a word."""
    return {1: _("Agree"), -1: _("Disagree"), 0: _("Pass")}[value]
