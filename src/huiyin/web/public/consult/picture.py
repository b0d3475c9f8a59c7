"""The map as a drawing: a few shapes in one path for each group, so that 2,000 points stay small on the line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huiyin.consultations.queries.maps import Picture

WIDTH, HEIGHT, MARGIN = 640, 440, 36
# Each group has a shape and a letter beside its colour: nobody needs to tell colours apart.
SHAPES = (
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
    "m-4-4h8v8h-8z",
    "m0-5l5 9h-10z",
    "m0-5l5 5l-5 5l-5-5z",
    "m-5 0h10m-5-5v10",
)
COLOURS = ("#0f5f5c", "#8a5300", "#1b4f8f", "#7a2a6b", "#53615e")


@dataclass(frozen=True)
class Drawn:
    """One group: its letter, where the letter stands, and the outline of all its points."""

    letter: str
    size: int | None
    colour: str
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """All that the picture shows; `me` is where the reader stands."""

    width: int
    height: int
    groups: list[Drawn]
    me: tuple[float, float] | None


def letter(number: int) -> str:
    """The name of a group: A, B, C and so on."""
    return chr(ord("A") + number) if 0 <= number < 26 else str(number + 1)


def draw(found: Picture, *, place: tuple[float, float, int] | None) -> Drawing:
    """Fit points, centres and the reader's place into the frame."""
    spots = [(x, y) for x, y, _group in found.points] + [group.centre for group in found.groups]
    spots += [place[:2]] if place else []
    fit = _Fit(spots)
    groups = []
    for group in found.groups:
        own = [fit(x, y) for x, y, number in found.points if number == group.number]
        shape = SHAPES[group.number % len(SHAPES)]
        path = "".join(f"M{x:g} {y:g}{shape}" for x, y in own)
        colour = COLOURS[group.number % len(COLOURS)]
        groups.append(Drawn(letter(group.number), group.size, colour, path, *fit(*group.centre)))
    return Drawing(WIDTH, HEIGHT, groups, fit(*place[:2]) if place else None)


class _Fit:
    """Places of the map to places of the frame, the same scale both ways."""

    def __init__(self, spots: list[tuple[float, float]]) -> None:
        xs, ys = [x for x, _y in spots] or [0.0], [y for _x, y in spots] or [0.0]
        self.left, self.top = min(xs), max(ys)
        wide, high = max(max(xs) - self.left, 1e-9), max(self.top - min(ys), 1e-9)
        self.scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
        self.x = (WIDTH - wide * self.scale) / 2
        self.y = (HEIGHT - high * self.scale) / 2

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        return round(self.x + (x - self.left) * self.scale, 1), round(self.y + (self.top - y) * self.scale, 1)
