"""What a map starts with: its centre, and the outlines of the areas. Tiles come only from a style the city named."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from huiyin.places import queries as places
from huiyin.web.components import access


def view(lat: float | None = None, lon: float | None = None) -> dict[str, Any]:
    """Centre on a point, else on the middle of all areas."""
    middle = (lat, lon) if lat is not None and lon is not None else places.middle()
    return {
        "lat": middle[0],
        "lon": middle[1],
        "zoom": 14 if lat is not None else 11,
        "style": settings.HUIYIN_MAP_STYLE,
        "outlines": reverse("public:outlines"),
    }


@access.public(reason="Outlines of the public map.")
@require_GET
@cache_control(max_age=3600, public=True)
def outlines(_request: HttpRequest) -> HttpResponse:
    """The areas' outlines as GeoJSON."""
    return JsonResponse({"type": "FeatureCollection", "features": places.outlines()})
