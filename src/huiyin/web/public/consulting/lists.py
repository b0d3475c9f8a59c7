"""Consultations for everybody: the list, and the page of each."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huiyin.consultations.enums import OVER, State
from huiyin.consultations.queries import answering, lists, visibility
from huiyin.web.components import access
from huiyin.web.public.consulting import proofs

EVERYBODY = access.public(reason="Consultations are for everybody.")
PAGE = 20


@EVERYBODY
@require_safe
def consultation_list(request: HttpRequest) -> HttpResponse:
    """Those that are open, then the others that were announced."""
    page = Paginator(lists.public_consultations().exclude(state=State.OPEN), PAGE).get_page(
        request.GET.get("page")
    )
    context = {"open_ones": lists.open_consultations(), "page_obj": page}
    return render(request, "public/consulting/list.html", context)


@EVERYBODY
@require_safe
def consultation(request: HttpRequest, code: str) -> HttpResponse:
    """Question, background, dates and rules, how many took part, and the answer once there is one."""
    row = lists.public_consultation(code)
    turnout = lists.turnout(row)
    context: dict[str, Any] = {
        "row": row,
        "turnout": turnout,
        "channels": [(via.label, count) for via, count in turnout.by_via.items()],
        "removals": [(reason.label, count) for reason, count in lists.removals(row).items()],
        "history": lists.history(row),
        "is_open": row.state == State.OPEN,
        "is_over": row.state in OVER,
        "results": visibility.results_visible(row),
        "answered": answering.published(row),
        "begun": proofs.of(request, row) is not None if row.state == State.OPEN else False,
    }
    return render(request, "public/consulting/page.html", context)
