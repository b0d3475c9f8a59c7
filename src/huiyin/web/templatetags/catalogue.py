"""Names of services, units and areas in the reader's language."""

from django import template

from huiyin.catalogue import queries as catalogue

register = template.Library()


@register.filter
def localised(names: dict[str, str] | None) -> str:
    """The name in the reader's language, else in any there is."""
    return catalogue.localised(names or {})
