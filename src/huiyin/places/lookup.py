"""Reads about areas."""

from django.db.models import Q, QuerySet

from huiyin.kernel import languages
from huiyin.places import logic
from huiyin.places.models import Area


def areas() -> QuerySet[Area]:
    """All areas, by code: what belongs together stands together."""
    return Area.objects.order_by("code")


def area(pk: int | None) -> Area | None:
    """One area, or None."""
    return Area.objects.filter(pk=pk).first() if pk else None


def by_code(code: str) -> Area | None:
    """The area with this division code, or None."""
    return Area.objects.filter(code=code).first()


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
