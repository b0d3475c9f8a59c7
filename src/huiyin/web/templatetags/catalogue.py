"""Names of services, units and areas in the reader's language."""

from typing import Any

from django import template

from huiyin.catalogue import queries as catalogue
from huiyin.people import queries as people

register = template.Library()


@register.filter
def look_purpose(look: Any) -> str:
    """What somebody looked at contact data for, in the reader's language where it is a managed purpose."""
    if look.kind is None:
        return str(look.purpose)
    return people.said(catalogue.localised(look.kind.names), look.detail)


@register.filter
def localised(names: dict[str, str] | None) -> str:
    """The name in the reader's language, else in any there is."""
    return catalogue.localised(names or {})
