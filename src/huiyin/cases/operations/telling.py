"""Telling other systems what happened to a case: numbers, codes and links, never a word of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from huiyin.hooks import queries as hooks
from huiyin.hooks.operations import telling

if TYPE_CHECKING:
    from huiyin.cases.models import Case, Event


def tell(case: Case, event: Event) -> None:
    """Write down for every web hook that wants it what this row of the timeline says, in the caller's transaction.

    Nobody outside hears of a confidential case.
    """
    if case.is_confidential or not hooks.anybody_listens():
        return
    unit = case.unit.code if case.unit is not None else ""
    service = case.service.code if case.service is not None else ""
    data = {
        "case": case.number,
        "revision": case.revision,
        "action": str(event.action),
        "party": str(event.party),
        "state": str(case.state),
        "outcome": str(case.outcome) or None,
        "unit": unit or None,
        "service": service or None,
        "links": {
            "api": f"{settings.HUIYIN_BASE_URL}/api/v1/cases/{case.number}",
            "screen": f"{settings.HUIYIN_BASE_URL}/desk/cases/{case.number}/",
        },
    }
    telling.note(f"case.{event.action}", reference=case.number, unit=unit, service=service, data=data)
