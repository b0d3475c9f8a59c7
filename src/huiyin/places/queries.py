"""Reads about areas."""

from typing import Any

from django.db.models import Avg, Q, QuerySet

from huiyin.kernel import languages
from huiyin.places import logic
from huiyin.places.models import Area


def area(code: str) -> Area | None:
    """The area with this division code, or None."""
    return Area.objects.filter(code=code).first() if code else None


def codes_and_names() -> list[tuple[int, str, dict[str, str]]]:
    """(id, code, names) of every area, by code."""
    return list(Area.objects.order_by("code").values_list("pk", "code", "names"))


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


def areas() -> QuerySet[Area]:
    """All areas, by code: what belongs together stands together."""
    return Area.objects.order_by("code")


def children(parent: Area | None) -> QuerySet[Area]:
    """The areas directly inside `parent`, or those at the top."""
    return areas().filter(parent=parent)


def find(words: str, *, limit: int = 20) -> list[Area]:
    """Areas whose name holds `words` or whose code begins with it, larger ones first."""
    if not words.strip():
        return []
    rows = areas().filter(languages.contain("names", words.strip()) | Q(code__startswith=words.strip()))
    return list(rows.select_related("parent").order_by("level", "code")[:limit])


def path(area_row: Area) -> list[Area]:
    """The area and what it is part of, largest first."""
    found: list[Area] = [area_row]
    while found[0].parent is not None and found[0].parent not in found:
        found.insert(0, found[0].parent)
    return found


def at_point(*, lat: float, lon: float) -> Area | None:
    """The smallest area whose shape holds the point (WGS-84), or None. Reads only areas that have a shape."""
    rows = Area.objects.filter(shape__isnull=False).order_by("-level", "code")
    return next((row for row in rows if row.shape and logic.contains(row.shape, lat=lat, lon=lon)), None)
