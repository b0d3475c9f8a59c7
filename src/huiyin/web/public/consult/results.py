"""What came out: the map with its groups, and every statement with its votes."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from huiyin.consultations.enums import State
from huiyin.consultations.queries import lists, maps, statements, visibility
from huiyin.kernel.errors import Missing
from huiyin.web.public.consult import overview, picture, proofs

STATEMENTS = 100
ORDERS = {
    "number": _("As they came"),
    "agreement": _("What all groups share"),
    "division": _("What divides"),
    "passed": _("What is unclear"),
    "seen": _("Most votes"),
}


@overview.EVERYBODY
@never_cache
@vary_on_headers("X-Huiyin-Part")
@require_safe
def opinion_map(request: HttpRequest, code: str) -> HttpResponse:
    """Groups of opinion, what each holds, what all share, what divides, and how sure that is."""
    row = lists.public_consultation(code)
    context = overview.about(row)
    found = maps.map_of(row) if context["results_visible"] else None
    if found is not None:
        proof = proofs.of(request, row) if row.state == State.OPEN else None
        place = maps.place_of(row, proof) if proof else None
        context |= {
            "found": found,
            "drawn": picture.draw(found, place=place),
            "my_group": picture.letter(place[2]) if place and found.groups else "",
            "turnout": lists.turnout(row),
        }
    part = request.headers.get("X-Huiyin-Part")
    template = "public/consultations/map_part.html" if part else "public/consultations/map.html"
    return render(request, template, context)


@overview.EVERYBODY
@never_cache
@require_safe
def svg(request: HttpRequest, code: str) -> HttpResponse:
    """The picture alone, for reports and slides."""
    row = lists.public_consultation(code)
    found = maps.map_of(row)
    if found is None:
        raise Missing
    context = {"drawn": picture.draw(found, place=None), "row": row, "alone": True}
    response = render(request, "public/consultations/map.svg", context, content_type="image/svg+xml")
    response["Content-Disposition"] = f'attachment; filename="{row.code}.svg"'
    return response


@overview.EVERYBODY
@never_cache
@require_safe
def statement_list(request: HttpRequest, code: str) -> HttpResponse:
    """Every statement that is shown, page by page; with its votes once they may be seen."""
    row = lists.public_consultation(code)
    found = maps.map_of(row) if visibility.results_visible(row) else None
    order = request.GET.get("order", "number")
    order = order if order in ORDERS else "number"
    shown: Any = _sorted(found, order) if found else statements.published(row)
    page = Paginator(shown, STATEMENTS).get_page(request.GET.get("page"))
    context: dict[str, Any] = overview.about(row) | {
        "page_obj": page,
        "lines": page if found else [],
        "plain": [] if found else page,
        "letters": [picture.letter(group.number) for group in found.groups] if found else [],
        "orders": ORDERS.items(),
        "order": order,
    }
    return render(request, "public/consultations/statements.html", context)


def _sorted(found: maps.Picture, order: str) -> list[maps.Line]:
    keys: dict[str, Any] = {
        "number": lambda line: line.statement.number,
        "agreement": lambda line: -(line.agreement or 0),
        "division": lambda line: -(line.division or 0),
        "passed": lambda line: -(line.passed or 0),
        "seen": lambda line: -(line.all.seen or 0),
    }
    return sorted(found.lines, key=keys[order])
