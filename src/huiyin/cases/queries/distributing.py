"""Reads about units that give their new cases to officers by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import caches
from django.db.models import Count, Exists, OuterRef, Q

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Role
from huiyin.accounts.queries import absences
from huiyin.cases import logic
from huiyin.cases.enums import OPEN_STATES, Method
from huiyin.cases.models import Case, Declaration, Distribution, Return

if TYPE_CHECKING:
    from huiyin.accounts.models import User

SECONDS_REMEMBERED = 10
OPEN = Q(state__in=[state.value for state in OPEN_STATES])


def methods() -> dict[int, Method]:
    """How the units that do so give out their cases, by id; remembered for some seconds."""
    cache = caches["local"]
    found: dict[int, Method] | None = cache.get("distributions")
    if found is None:
        found = {
            unit: Method(method) for unit, method in Distribution.objects.values_list("unit_id", "method")
        }
        cache.set("distributions", found, SECONDS_REMEMBERED)
    return found


def present(unit_id: int) -> list[User]:
    """The officers of a unit who are not away today."""
    away = set(absences.today())
    return [row for row in accounts.holders(Role.OFFICER, unit_id=unit_id) if row.pk not in away]


def waiting(unit_id: int, *, most: int) -> list[int]:
    """The cases of a unit that wait for an officer and may find one by themselves, the nearest deadline first."""
    states = [state.value for state in logic.WORKING]
    rows = Case.objects.filter(
        OPEN, unit_id=unit_id, officer=None, state__in=states, is_confidential=False
    ).exclude(Exists(Return.objects.filter(case=OuterRef("pk"), ended_at=None)))
    return list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:most])


def candidates(case: Case) -> dict[User, int]:
    """The officers of the case's unit who are there and impartial, with the number of their open cases."""
    if case.unit_id is None:
        return {}
    partial = set(Declaration.objects.filter(case=case).values_list("user_id", flat=True))
    officers = [row for row in present(case.unit_id) if row.pk not in partial]
    rows = Case.objects.filter(OPEN, officer__in=officers).order_by().values_list("officer_id")
    counts = dict(rows.annotate(count=Count("pk")))
    return {officer: counts.get(officer.pk, 0) for officer in officers}
