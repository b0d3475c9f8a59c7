"""Texts by language: `{"zh-hans": …, "en": …}`."""

from django.conf import settings
from django.db.models import Q


def contain(field: str, words: str) -> Q:
    """A condition: the text of `field` in any language of the installation holds `words`, whatever the case."""
    found = Q()
    for code, _name in settings.LANGUAGES:
        found |= Q(**{f"{field}__{code}__icontains": words})
    return found
