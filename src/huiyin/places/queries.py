"""Reads about areas."""

from typing import Any

from django.db.models import Avg

from huiyin.places.models import Area


def area(code: str) -> Area | None:
    """The area with this division code, or None."""
    return Area.objects.filter(code=code).first() if code else None


def choices(language: str, *, most: int = 500) -> list[tuple[str, str]]:
    """(code, name) of the areas, indented by level, for a select box."""
    rows = Area.objects.order_by("code").only("code", "names", "level")[:most]
    return [(row.code, "　" * row.level + name(row, language)) for row in rows]


def name(row: Area, language: str) -> str:
    """The area's name in the language, else in any there is."""
    for code in (language, "zh-hans", "zh-hant", "en"):
        if row.names.get(code):
            return str(row.names[code])
    return row.code


def middle() -> tuple[float, float]:
    """Latitude and longitude of the middle of all areas; the middle of the map where none has a point."""
    found = Area.objects.aggregate(lat=Avg("lat"), lon=Avg("lon"))
    return (found["lat"] or 0.0, found["lon"] or 0.0)


def outlines() -> list[dict[str, Any]]:
    """The areas that have a shape, as GeoJSON features."""
    rows = Area.objects.exclude(shape=None).only("code", "names", "shape")
    return [
        {"type": "Feature", "geometry": row.shape, "properties": {"code": row.code, "names": row.names}}
        for row in rows
    ]
