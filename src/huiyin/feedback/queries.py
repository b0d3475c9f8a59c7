"""Reads about verdicts that are left out of the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from huiyin.feedback.enums import ExclusionState
from huiyin.feedback.models import Exclusion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huiyin.feedback.models import Verdict


def exclusions() -> QuerySet[Exclusion]:
    """All wishes to leave a verdict out, open ones first, then the newest."""
    rows = Exclusion.objects.select_related(
        "asked_by", "decided_by", "verdict__reply__case", "verdict__reply__unit"
    )
    return rows.order_by("state", "-created_at", "-pk")


def exclusion(pk: int) -> Exclusion | None:
    """One of them, or None."""
    return exclusions().filter(pk=pk).first()


def locked_exclusion(pk: int) -> Exclusion | None:
    """The same, locked until the transaction ends."""
    rows = Exclusion.objects.select_for_update(of=("self",)).select_related("verdict__reply__case")
    return rows.filter(pk=pk).first()


def exclusion_of(verdict: Verdict) -> Exclusion | None:
    """The open or approved wish about a verdict, if there is one."""
    rows = Exclusion.objects.filter(
        verdict=verdict, state__in=(ExclusionState.ASKED, ExclusionState.APPROVED)
    )
    return rows.select_related("asked_by", "decided_by").first()


def open_exclusions() -> int:
    """How many wait for a decision."""
    return Exclusion.objects.filter(state=ExclusionState.ASKED).count()


def left_out(verdict_ids: Iterable[int]) -> set[int]:
    """Those of these verdicts that do not count in the figures."""
    rows = Exclusion.objects.filter(verdict_id__in=list(verdict_ids), state=ExclusionState.APPROVED)
    return set(rows.values_list("verdict_id", flat=True))
