"""Letters of groups and shares of votes: ``{% load consultations %}``."""

from django import template
from django.utils import formats

from huiyin.consultations.enums import Seen
from huiyin.consultations.queries.maps import Line, Tally
from huiyin.web.public.consult import picture

register = template.Library()
KINDS = {
    Seen.OPEN: "info",
    Seen.LATE: "due",
    Seen.KEPT: "kept",
    Seen.KEPT_LATE: "kept",
    Seen.NOT_KEPT: "danger",
}


@register.filter
def group_letter(number: int) -> str:
    """A group's name on screens: A, B, C and so on."""
    return picture.letter(number)


@register.filter
def tally_of(line: Line, group: int) -> Tally:
    """The votes of one group on a statement."""
    return line.by_group[group]


@register.filter
def percent(share: float) -> str:
    """“42 %” for .42, as people of the page's language write it."""
    return f"{formats.number_format(round(share * 100))} %"


@register.filter
def dot(share: float) -> str:
    """A share as hundredths with a dot, for drawings."""
    return f"{share * 100:.1f}"


@register.filter
def promise_kind(seen: Seen) -> str:
    """The kind of tag for how a promise looks."""
    return KINDS[seen]
