"""Reads about units that give their new cases to officers by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import caches
from django.db.models import Count, Q

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Role
from huiyin.accounts.queries import absences
from huiyin.cases.enums import OPEN_STATES, Method
from huiyin.cases.models import Case, Declaration, Distribution

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


def candidates(case: Case) -> dict[User, int]:
    """The officers of the case's unit who are there and impartial, with the number of their open cases."""
    if case.unit_id is None:
        return {}
    partial = set(Declaration.objects.filter(case=case).values_list("user_id", flat=True))
    keep_out = partial | set(absences.today())
    officers = [row for row in accounts.holders(Role.OFFICER, unit_id=case.unit_id) if row.pk not in keep_out]
    rows = Case.objects.filter(OPEN, officer__in=officers).order_by().values_list("officer_id")
    counts = dict(rows.annotate(count=Count("pk")))
    return {officer: counts.get(officer.pk, 0) for officer in officers}
