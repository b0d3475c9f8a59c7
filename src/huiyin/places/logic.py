"""Reading lists of areas, and whether a point lies in one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LONGEST_CODE, LONGEST_NAME, DEEPEST = 20, 100, 10


@dataclass(frozen=True)
class Row:
    """One area of a list: its code, its name, and the code of the area that it is part of ("" at the top)."""

    code: str
    name: str
    parent: str = ""


@dataclass(frozen=True)
class Fault:
    """A row that cannot be used: its line, what stands there and why (a word of `enums.AreaFault`)."""

    line: int
    value: str
    reason: str


def read_rows(
    rows: Iterable[Mapping[str, str | None]], known: Iterable[str]
) -> tuple[list[Row], list[Fault]]:
    """Rows of code, name and parent in an order in which parents come first, and the rows that cannot be used.

    `known` are the codes that are already stored. Lines are counted from 2, below the heading.
    """
    faults: list[Fault] = []
    given: dict[str, tuple[int, Row]] = {}
    for line, raw in enumerate(rows, start=2):
        row = Row(*((raw.get(name) or "").strip() for name in ("code", "name", "parent")))
        reason = _fault(row, given)
        if reason:
            faults.append(Fault(line, row.code[:40], reason))
        else:
            given[row.code] = (line, row)
    return _parents_first(given, set(known), faults), faults


def _fault(row: Row, given: Mapping[str, Any]) -> str:
    if not row.code or len(row.code) > LONGEST_CODE or not row.code.isascii() or not row.code.isalnum():
        return "code"
    if not row.name or len(row.name) > LONGEST_NAME:
        return "name"
    return "twice" if row.code in given else ""


def _parents_first(given: Mapping[str, tuple[int, Row]], known: set[str], faults: list[Fault]) -> list[Row]:
    ordered: list[Row] = []
    placed: set[str] = set()
    waiting = dict(given)
    while waiting:
        ready = [
            code
            for code, (_line, row) in waiting.items()
            if row.parent in placed or not row.parent or (row.parent in known and row.parent not in given)
        ]
        if not ready:
            faults += [Fault(line, row.parent, "parent") for line, row in waiting.values()]
            break
        for code in ready:
            ordered.append(waiting.pop(code)[1])
            placed.add(code)
    return ordered


Ring = Sequence[Sequence[float]]


def contains(shape: Mapping[str, Any], *, lat: float, lon: float) -> bool:
    """Whether a GeoJSON Polygon or MultiPolygon (WGS-84) holds the point; other shapes hold nothing.

    Even-odd rule in the plane of degrees: exact enough for administrative divisions, which do not cross the date line.
    """
    given: Any = shape.get("coordinates") or []
    polygons = {"Polygon": [given], "MultiPolygon": given}.get(str(shape.get("type")), [])
    return any(_in_polygon(rings, lat, lon) for rings in polygons)


def _in_polygon(rings: Sequence[Ring], lat: float, lon: float) -> bool:
    """The first ring is the border, the others are holes."""
    inside = bool(rings) and _in_ring(rings[0], lat, lon)
    return inside and not any(_in_ring(hole, lat, lon) for hole in rings[1:])


def _in_ring(ring: Ring, lat: float, lon: float) -> bool:
    inside = False
    for (x1, y1, *_), (x2, y2, *_) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside
