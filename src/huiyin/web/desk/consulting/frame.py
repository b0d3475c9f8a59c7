"""What the screens about one consultation have in common."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin.catalogue.queries import localised
from huiyin.consultations.enums import State
from huiyin.consultations.queries import lists
from huiyin.kernel import clock
from huiyin.web.components import dates
from huiyin.web.manage import pages

if TYPE_CHECKING:
    from huiyin.consultations.models import Consultation

TAGS = {
    State.DRAFT: "",
    State.SCHEDULED: "info",
    State.OPEN: "brand",
    State.CLOSED: "due",
    State.ANSWERED: "kept",
    State.ARCHIVED: "",
}


def found(request: HttpRequest, pk: int) -> Consultation:
    """The consultation, if the member of staff works with it; refuses (Missing) otherwise."""
    return lists.consultation(pk, user=pages.actor(request))


def start() -> pages.Crumb:
    """The list of consultations: where the way to each of them begins."""
    return pages.Crumb(_("Consultations"), reverse("desk:consultations"))


def crumb(row: Consultation) -> pages.Crumb:
    """The page of one consultation."""
    return pages.Crumb(title(row), reverse("desk:consultation", args=[row.pk]))


def title(row: Consultation) -> str:
    """Its question in the reader's language."""
    return localised(row.questions) or row.code


def tag(row: Consultation) -> str:
    """The kind of tag for its state."""
    return TAGS[State(row.state)]


def period(row: Consultation) -> str:
    """First and last day; empty where there are none yet."""
    if row.opens_at is None or row.closes_at is None:
        return ""
    return f"{day(row.opens_at)} – {day(row.closes_at - dt.timedelta(seconds=1))}"


def day(moment: dt.datetime) -> str:
    """The day of a moment in the office's time zone, in words."""
    return dates.day_words(timezone.localdate(moment), this_year=clock.today().year)
