"""What happened to a consultation, as pages tell it: the same step many times on one day stands once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from huiyin.consultations.models import Consultation, Event


@dataclass
class Step:
    """The first of the same steps of one day, and how many there were."""

    event: Event
    count: int = 1


def for_everybody(row: Consultation) -> list[Step]:
    """Its steps, oldest first, whoever did them: an answer to two hundred statements is no two hundred lines."""
    return _by_day(row.events.all(), lambda event: (event.action, sorted(event.reasons.items())))


def for_staff(row: Consultation) -> list[Step]:
    """The same, for each colleague apart."""
    rows = row.events.select_related("actor")
    return _by_day(rows, lambda event: (event.action, event.actor_id, event.party))


def _by_day(events: Iterable[Event], same: Callable[[Event], object]) -> list[Step]:
    found: dict[object, Step] = {}
    for event in events:
        key = repr((timezone.localdate(event.at), same(event)))
        if key in found:
            found[key].count += 1
        else:
            found[key] = Step(event)
    return list(found.values())
