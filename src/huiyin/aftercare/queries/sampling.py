"""Reads about answers that are read again: those that wait, and what was found per unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from huiyin.accounts.enums import Permission
from huiyin.accounts.queries import has_permission
from huiyin.aftercare.enums import Finding
from huiyin.aftercare.models import Sample
from huiyin.cases.enums import Anonymity
from huiyin.cases.queries import recent
from huiyin.kernel import clock

FOUND_DAYS = 90
POINTS = ("answers_question", "says_done", "names_date")


@dataclass(frozen=True)
class Found:
    """What was found in the answers of one unit in the last 90 days: per point, yes of how many it applied to."""

    names: dict[str, str]
    reviewed: int
    points: tuple[tuple[int, int], ...]


def waiting(user: Any) -> QuerySet[Sample]:
    """Answers that this user may read again, oldest week first; those of the own units are not among them."""
    rows = Sample.objects.filter(reviewed_at=None).select_related(
        "reply__unit", "reply__case__service__current"
    )
    rows = rows.exclude(reply__author=user).exclude(reply__case__officer=user)
    own = user.standing().units
    if own:
        rows = rows.exclude(reply__unit__in=own).exclude(reply__case__unit__in=own)
    if not has_permission(user, Permission.SEE_CONFIDENTIAL):
        rows = rows.filter(reply__case__anonymity__in=(Anonymity.OFFICE, Anonymity.NOBODY))
    return rows.exclude(reply__case__in=recent.closed_ids(user)).order_by("week", "pk")


def sample(pk: int) -> Sample | None:
    """One drawn answer with its case, or None."""
    rows = Sample.objects.select_related("reply__unit", "reply__case__service__current", "reviewer")
    return rows.filter(pk=pk).first()


def found() -> list[Found]:
    """What was found in the last 90 days, by unit. Units are measured, nobody who wrote an answer is."""
    since = clock.now() - dt.timedelta(days=FOUND_DAYS)
    counts = {
        f"{point}_{finding}": Count("pk", filter=Q(**{point: finding}))
        for point in POINTS
        for finding in (Finding.YES, Finding.NO)
    }
    rows: Iterable[Any] = (
        Sample.objects.filter(reviewed_at__gte=since)
        .values("reply__unit__code", "reply__unit__names")
        .annotate(reviewed=Count("pk"), **counts)
        .order_by("reply__unit__code")
    )
    return [
        Found(
            names=row["reply__unit__names"] or {},
            reviewed=row["reviewed"],
            points=tuple((row[f"{p}_yes"], row[f"{p}_yes"] + row[f"{p}_no"]) for p in POINTS),
        )
        for row in rows
    ]
