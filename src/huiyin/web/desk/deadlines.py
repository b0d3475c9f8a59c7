"""Deadlines in one's own calendar: a secret address to subscribe to, made and taken back by each for themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any

import icalendar
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.accounts.operations import feeds as operations
from huiyin.accounts.queries import feeds
from huiyin.cases.queries import deadlines
from huiyin.catalogue import queries as catalogue
from huiyin.kernel import clock
from huiyin.kernel.errors import Missing
from huiyin.web.components import access
from huiyin.web.desk.worklist import SEES_CASES

MINUTES_SHOWN = 30


@never_cache
@require_http_methods(["GET", "POST"])
@access.requires(*SEES_CASES)
def calendar(request: HttpRequest) -> HttpResponse:
    """Make a secret address, see it once, take it back."""
    user: Any = request.user
    address = ""
    if request.method == "POST":
        if "take" in request.POST:
            operations.take(user)
            return redirect("desk:calendar")
        path = reverse("desk:deadlines", args=[operations.give(user)])
        address = settings.HUIYIN_BASE_URL + path
    context = {"address": address, "has_one": feeds.has_one(user)}
    return render(request, "desk/calendar.html", context)


@require_safe
@access.public(
    reason="The secret address is the key: a calendar cannot sign in. Its owner takes it back at any time."
)
def feed(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001 -- every view gets the request
    """The deadlines of whoever made the address, without a word of what people said."""
    user = feeds.owner(token)
    if user is None:
        raise Missing(_("This calendar does not exist any more. Its owner can make a new address."))
    with translation.override(user.language or settings.LANGUAGE_CODE):
        content = _calendar(deadlines.of(user))
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _calendar(cases: list[Any]) -> bytes:
    made = icalendar.Calendar()
    made.add("prodid", "-//Huiyin//Deadlines//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", _("Deadlines"))
    for case in cases:
        url = f"{settings.HUIYIN_BASE_URL}{reverse('desk:case', args=[case.number])}"
        about = catalogue.service_name(case.service) or _("Case")
        event = icalendar.Event()
        event.add("uid", f"{case.number}@huiyin")
        event.add("dtstamp", clock.now())
        event.add("dtstart", case.due_at - dt.timedelta(minutes=MINUTES_SHOWN))
        event.add("dtend", case.due_at)
        event.add(
            "summary", _("Answer due: %(about)s (%(number)s)") % {"about": about, "number": case.number}
        )
        event.add("url", url)
        event.add("description", url)
        made.add_component(event)
    return bytes(made.to_ical())
