"""Returned cases, the arbiter's queue, how often units return, and what was decided before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery
from django.core.cache import caches
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Left

from huiyin.cases import permissions
from huiyin.cases.enums import State
from huiyin.cases.models import Case, Precedent, Return
from huiyin.engines.text import query
from huiyin.kernel import clock, memory

if TYPE_CHECKING:
    from huiyin.accounts.models import User

MOST = 100
MOST_IN_FORCE = 5
SECONDS_REMEMBERED = 5
ABOUT_CHARACTERS = 160


def waiting_for_dispatcher(user: User) -> list[Return]:
    """Returns that a dispatcher decides on; the oldest limit first."""
    return _waiting(user, Q(with_arbiter_since__isnull=True))


def waiting_for_arbiter(user: User) -> list[Return]:
    """Returns that lie before the arbiter; the oldest first."""
    return _waiting(user, Q(with_arbiter_since__isnull=False))


def _waiting(user: User, where: Q) -> list[Return]:
    rows = Return.objects.filter(where, ended_at__isnull=True)
    rows = rows.filter(case__in=Case.objects.filter(permissions.visible(user)))
    rows = rows.select_related("unit", "proposed", "by", "case__service__current", "case__area")
    rows = rows.defer("case__text", "case__words", "case__intake", "case__extra")
    return list(rows.annotate(about=Left("case__text", ABOUT_CHARACTERS)).order_by("decide_by", "pk")[:MOST])


def to_be_sent_on(user: User) -> list[Case]:
    """Cases that no unit has yet, by deadline."""
    rows = Case.objects.filter(permissions.visible(user), state=State.RECEIVED)
    rows = rows.select_related("service__current", "area").defer("text", "words", "intake", "extra")
    return list(rows.annotate(about=Left("text", ABOUT_CHARACTERS)).order_by("due_at", "pk")[:MOST])


def undecided() -> list[int]:
    """Ids of cases whose return nobody decided in time."""
    rows = Return.objects.filter(
        ended_at__isnull=True, with_arbiter_since__isnull=True, decide_by__lte=clock.now()
    )
    return list(rows.order_by("decide_by").values_list("case_id", flat=True)[:1_000])


@dataclass(frozen=True)
class Returned:
    """How often in a period: by unit and by service (ids), and how many of them were sent back to the same unit."""

    units: dict[int, int]
    kept: dict[int, int]
    services: dict[int, int]


def counted(*, since: dt.datetime) -> Returned:
    """Returns since a moment, per unit that returned and per service."""
    rows = Return.objects.filter(created_at__gte=since)
    units = rows.values_list("unit_id").annotate(count=Count("pk")).order_by()
    kept = rows.filter(decided_unit=F("unit")).values_list("unit_id").annotate(count=Count("pk")).order_by()
    services = (
        rows.filter(service__isnull=False).values_list("service_id").annotate(count=Count("pk")).order_by()
    )
    return Returned(dict(units), dict(kept), {pk: n for pk, n in services if pk is not None})


def precedents(text: str = "", *, service_id: int | None = None) -> QuerySet[Precedent]:
    """What arbiters decided, newest first, also what was revoked; `text` is searched in matter and ground."""
    rows = Precedent.objects.select_related(
        "unit", "not_unit", "service__current", "decided_by", "revoked_by"
    )
    tsquery = query.search_query(text).tsquery() if text.strip() else ""
    if tsquery:
        rows = rows.filter(words=SearchQuery(tsquery, search_type="raw", config="simple"))
    elif text.strip():
        rows = rows.none()
    return rows.filter(service_id=service_id) if service_id is not None else rows


def in_force(service_id: int | None) -> list[Precedent]:
    """The newest precedents about a service that still hold: what a suggestion for a new case goes by.

    Remembered for some seconds.
    """
    if service_id is None:
        return []
    cache = caches["local"]
    found: list[Precedent] | None = cache.get(_in_force(service_id))
    if found is None:
        rows = Precedent.objects.filter(service_id=service_id, revoked_at__isnull=True)
        found = list(rows.select_related("unit", "not_unit").order_by("-created_at")[:MOST_IN_FORCE])
        cache.set(_in_force(service_id), found, SECONDS_REMEMBERED)
    return found


def forget_in_force(service_id: int | None) -> None:
    """Ask the database the next time."""
    memory.forget(_in_force(service_id))


def _in_force(service_id: int | None) -> str:
    return f"precedents-in-force-{service_id}"


def precedent(pk: int) -> Precedent | None:
    """One precedent, or None."""
    return precedents().filter(pk=pk).first()
