"""Consultations as everybody finds them: the list, the page of one with its question, rules and answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.consultations.enums import OVER, Decision, State
from huiyin.consultations.queries import history, lists, statements, visibility
from huiyin.kernel import addresses
from huiyin.kernel.errors import Refusal
from huiyin.usecases import consulting
from huiyin.web.components import access
from huiyin.web.public.consult import forms

if TYPE_CHECKING:
    from huiyin.consultations.models import Answer, Consultation, Statement

EVERYBODY = access.public(reason="Announced consultations are for everybody.")
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@EVERYBODY
@require_safe
def consultations(request: HttpRequest) -> HttpResponse:
    """Those that are open, those to come, those that are over."""
    rows = list(lists.public_consultations())
    context = {
        "open": lists.open_consultations(),
        "coming": [row for row in rows if row.state == State.SCHEDULED][::-1],
        "over": [row for row in rows if row.state in OVER],
    }
    return render(request, "public/consultations/list.html", context)


@EVERYBODY
@require_safe
def consultation(request: HttpRequest, code: str) -> HttpResponse:
    """The question and what stands behind it, who may take part, and in the end what became of it."""
    row = lists.public_consultation(code)
    context = about(row) | {
        "turnout": lists.turnout(row),
        "removals": [(reason.label, count) for reason, count in lists.removals(row).items()],
        "history": history.for_everybody(row),
        "answered": _by_decision(row) if row.state in (State.ANSWERED, State.ARCHIVED) else [],
    }
    return render(request, "public/consultations/page.html", context)


def about(row: Consultation) -> dict[str, Any]:
    """What every page of a consultation shows."""
    return {
        "row": row,
        "is_open": row.state == State.OPEN,
        "is_over": row.state in OVER,
        "results_visible": visibility.results_visible(row),
    }


@EVERYBODY
@never_cache
@GET_OR_POST
def told(request: HttpRequest, code: str) -> HttpResponse:
    """Leave an address to which the answer goes; it leads to no vote."""
    row = lists.public_consultation(code)
    form = forms.ToldForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            consulting.follow(
                row,
                email=form.cleaned_data["email"],
                language=get_language() or "zh-hans",
                address=addresses.of(request),
            )
        except Refusal as refused:
            form.add_error("email" if "email" in refused.fields else None, str(refused.message))
            status = refused.status
        else:
            messages.success(request, _("The answer will be sent to this address."))
            return redirect("public:consultation", row.code)
    context = about(row) | {"form": form}
    return render(request, "public/consultations/told.html", context, status=status)


def _by_decision(row: Consultation) -> list[tuple[str, int, list[tuple[Answer, list[Statement]]]]]:
    """Each decision with how many statements it took, and its answers, each with its statements and its promise."""
    shown: Iterable[Statement] = (
        statements.published(row)
        .filter(is_meta=False)
        .select_related("answer__unit", "answer__promise__unit")
    )
    grouped: dict[int, tuple[Answer, list[Statement]]] = {}
    for one in shown:
        if one.answer is not None:
            grouped.setdefault(one.answer.pk, (one.answer, []))[1].append(one)
    found = []
    for decision in Decision:
        answers = [entry for entry in grouped.values() if entry[0].decision == decision]
        if answers:
            found.append((str(decision.label), sum(len(entry[1]) for entry in answers), answers))
    return found
