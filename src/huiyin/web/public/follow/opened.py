"""Which case this browser has opened with number and secret."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from huiyin.cases.operations import opening
from huiyin.kernel.errors import Conflict
from huiyin.web.components import access

if TYPE_CHECKING:
    from huiyin.cases.models import Case

KEY = "follow"
# A page left open on somebody else's telephone closes itself.
SECONDS = 2 * 3600


def remember(request: HttpRequest, case: Case) -> None:
    """Keep the case open in this browser for two hours."""
    request.session.cycle_key()
    request.session[KEY] = {"number": case.number, "key": opening.fingerprint(case)}
    if not request.user.is_authenticated:
        request.session.set_expiry(SECONDS)


def forget(request: HttpRequest) -> None:
    """Close it."""
    request.session.pop(KEY, None)


def current(request: HttpRequest) -> Case | None:
    """The open case, or None; an erased or re-keyed case opens to nobody."""
    kept = request.session.get(KEY)
    return opening.for_browser(kept["number"], kept["key"]) if kept else None


def for_its_person(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give the view the open case; whoever has opened none is asked for number and secret."""

    @functools.wraps(view)
    def opened(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        case = current(request)
        if case is None:
            return redirect("public:track")
        if request.POST.get("of_case", case.number) != case.number:
            # The form is of a case that was open here before: what was typed must not reach another office.
            raise Conflict(_("This has changed in between. Load the page again and look at the new state."))
        response = view(request, case, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return access.public(reason="Opened by case number and secret; the person needs no account.")(opened)
