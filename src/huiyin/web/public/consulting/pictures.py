"""The opinion map: a drawing made on the server, and a table that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from huiyin.consultations.enums import State
from huiyin.consultations.queries import lists, maps
from huiyin.web.public.consulting import proofs
from huiyin.web.public.consulting.lists import EVERYBODY

if TYPE_CHECKING:
    from huiyin.consultations.models import Consultation

WIDTH, HEIGHT, MARGIN = 640, 420, 30
COLOURS = ("#0f5f5c", "#8a5300", "#1b4f8f", "#b3261e", "#1d6b33")
# Each group has a shape of its own: colours alone would tell some people nothing.
SHAPES = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "M-4-4h8v8h-8z",
    "M0-5l5 9h-10z",
    "M0-5l5 5-5 5-5-5z",
    "M-5-2h3v-3h4v3h3v4h-3v3h-4v-3h-3z",
)
ORDERS = {
    "agreement": lambda line: -(line.agreement or 0),
    "division": lambda line: -(line.division or 0),
    "passes": lambda line: -(line.passed or 0),
    "number": lambda line: line.statement.number,
}


@dataclass(frozen=True)
class Mark:
    """One thing on the drawing."""

    x: float
    y: float
    colour: str
    shape: str
    text: str = ""


@EVERYBODY
@require_safe
def opinion_map(request: HttpRequest, code: str) -> HttpResponse:
    """Groups, what each holds, where all agree, what divides, how sure; refuses while results are hidden."""
    row = lists.public_consultation(code)
    picture = maps.map_of(row)
    order = request.GET.get("sort", "agreement")
    key = ORDERS.get(order, ORDERS["agreement"])
    context = {
        "row": row,
        "picture": picture,
        "lines": sorted(picture.lines, key=key) if picture else [],
        "sort": order if order in ORDERS else "agreement",
        "channels": [(via.label, count) for via, count in lists.turnout(row).by_via.items()],
        "coverage": round(100 * picture.coverage) if picture else 0,
        "explained": round(100 * sum(picture.explained)) if picture else 0,
        **(_marks(request, row, picture) if picture else {}),
    }
    return render(request, "public/consulting/map.html", context)


@EVERYBODY
@require_safe
def drawing(request: HttpRequest, code: str) -> HttpResponse:
    """The drawing alone, to take away."""
    row = lists.public_consultation(code)
    picture = maps.map_of(row)
    marks = _marks(request, row, picture) if picture else {}
    content = render_to_string("public/consulting/drawing.html", {"alone": True, **marks})
    response = HttpResponse(content, content_type="image/svg+xml")
    response["Content-Disposition"] = f'attachment; filename="{row.code}.svg"'
    return response


def _marks(request: HttpRequest, row: Consultation, picture: maps.Picture) -> dict[str, Any]:
    places = [(x, y) for x, y, _group in picture.points] or [(0.0, 0.0)]
    spread = max(1e-9, *(abs(part) for place in places for part in place))

    def at(x: float, y: float) -> tuple[float, float]:
        half = min(WIDTH, HEIGHT) / 2 - MARGIN
        across = (WIDTH / 2 - MARGIN) / spread
        x, y = max(-spread, min(spread, x)), max(-spread, min(spread, y))
        return round(WIDTH / 2 + x * across, 1), round(HEIGHT / 2 - y * half / spread, 1)

    def mark(x: float, y: float, group: int, text: str = "") -> Mark:
        left, top = at(x, y)
        return Mark(left, top, COLOURS[group % len(COLOURS)], SHAPES[group % len(SHAPES)], text)

    proof = proofs.of(request, row) if row.state == State.OPEN else None
    mine = maps.place_of(row, proof) if proof else None
    return {
        "points": [mark(x, y, group) for x, y, group in picture.points],
        "centres": [
            mark(*group.centre, group.number, str(group.number + 1))
            for group in picture.groups
            if group.size is not None
        ],
        "me": mark(*mine) if mine is not None else None,
        "my_group": mine[2] + 1 if mine is not None and mine[2] >= 0 and len(picture.groups) > 1 else None,
        "width": WIDTH,
        "height": HEIGHT,
    }
