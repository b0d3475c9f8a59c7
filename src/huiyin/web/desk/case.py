"""The page of one case, and the screens for acting on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.cases.queries import opening, possible
from huiyin.kernel.errors import Conflict, Missing, Refusal
from huiyin.usecases import revealing
from huiyin.web.components import access
from huiyin.web.desk import actions, forms, frame, letter_forms
from huiyin.web.desk.worklist import SEES_CASES

if TYPE_CHECKING:
    from huiyin.cases.models import Case


@never_cache
@require_GET
@access.requires(*SEES_CASES)
def case(request: HttpRequest, number: str) -> HttpResponse:
    """What was said, what happened, how it stands, and what can be done next."""
    row = opening.for_staff(number, user=request.user)
    return page(request, row)


def page(request: HttpRequest, row: Case, **more: Any) -> HttpResponse:
    """The whole page of a case; `more` adds to what the template gets, `status` is the answer's."""
    status = more.pop("status", 200)
    context = frame.around(row, user=request.user) | frame.story(row)
    initial = {"revision": row.revision, "seen": context["seen"]}
    context["note_form"] = forms.NoteForm(initial=initial, case=row, user=request.user, auto_id="note-%s")
    context["letter_form"] = letter_forms.for_page(
        row, user=request.user, initial=initial, allowed=context["allowed"]
    )
    return render(request, "desk/case.html", context | more, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
@access.requires(*SEES_CASES)
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """One action on a screen of its own; a change by somebody else in between is told, and nothing typed is lost."""
    row = opening.for_staff(number, user=request.user)
    if action not in actions.FORMS:
        raise Missing
    make = actions.FORMS[action]
    if request.method != "POST":
        return _show(request, row, make(initial=_initial(request, row), case=row, user=request.user))
    form = make(request.POST, case=row, user=request.user)
    if form.is_valid():
        try:
            form.perform()
        except Refusal as refusal:
            return refused(request, form, refusal, "desk/act.html")
        messages.success(request, str(form.done))
        return redirect("desk:case", row.number)
    return _show(request, row, form, status=422)


def _initial(request: HttpRequest, row: Case) -> dict[str, Any]:
    """What the form begins with; a link may name the numbers of other cases."""
    return read(row) | {"numbers": request.GET.get("numbers", "")[:200]}


def read(row: Case) -> dict[str, Any]:
    """What a form must carry to notice changes by others."""
    last = row.events.order_by("-pk").values_list("pk", flat=True).first()
    return {"revision": row.revision, "seen": last or 0}


def _show(request: HttpRequest, row: Case, form: forms.ActionForm, *, status: int = 200) -> HttpResponse:
    if form.action not in possible.actions(row, user=request.user):  # type: ignore[arg-type]  # signed in
        raise Conflict(_("This cannot be done with the case as it stands now."))
    context = frame.around(row, user=request.user) | {"form": form}
    return render(request, "desk/act.html", context, status=status)


def refused(
    request: HttpRequest, form: forms.ActionForm, refusal: Refusal, template: str, **more: Any
) -> HttpResponse:
    """The same form with what was typed, what was refused and, after a conflict, what somebody else did meanwhile.

    The form now carries the present revision: who sends it again has read what changed.
    """
    row = opening.for_staff(form.case.number, user=request.user)
    changed = []
    if isinstance(refusal, Conflict):
        changed = frame.changes(row, seen=int(form.cleaned_data.get("seen") or 0))
    form.amend(**{name: str(value) for name, value in read(row).items()})
    for name, message in refusal.fields.items():
        form.add_error(name if name in form.fields else None, str(message))
    if not form.errors:
        form.add_error(None, str(refusal.message))
    context = frame.around(row, user=request.user) | {"form": form, "changed": changed, **more}
    return render(request, template, context, status=refusal.status)


@never_cache
@require_http_methods(["POST"])
@access.requires(*SEES_CASES)
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show the contact data once, for a purpose that the person will read."""
    row = opening.for_staff(number, user=request.user)
    user: Any = request.user
    chosen, more = request.POST.get("purpose", ""), request.POST.get("more", "")
    clear = revealing.reveal_for(
        row, user=user, purpose_id=int(chosen) if chosen.isdecimal() else 0, detail=more
    )
    return page(request, row, revealed=clear)


@require_GET
@access.requires(*SEES_CASES)
def point(request: HttpRequest, number: str) -> HttpResponse:
    """The place of the case as GeoJSON, for the map on its page."""
    row = opening.for_staff(number, user=request.user)
    if row.lat is None or row.lon is None:
        raise Missing
    place = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]},
        "properties": {"title": row.place_text or row.number},
    }
    return JsonResponse({"type": "FeatureCollection", "features": [place]})
