"""How good proposals are: by question, service, unit and month; and what waits for review."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth

from huiyin.cases.queries import similar
from huiyin.kernel import clock
from huiyin.triage.enums import Question, Taken
from huiyin.triage.models import Decision, ModelFile, Review

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.cases.models import Case

RIGHT = (Taken.TAKEN, Taken.AGREED)
DAYS = 365
COUNTED = 100


@dataclass(frozen=True)
class Line:
    """Proposals of one group: how many were decided, kept, changed, ignored, and decided by itself."""

    key: Any
    decided: int
    right: int
    changed: int
    ignored: int
    automatic: int

    @property
    def percent(self) -> int | None:
        """The share that officers kept; None where nothing was decided."""
        return round(100 * self.right / self.decided) if self.decided else None


def _since() -> dt.datetime:
    return clock.now() - dt.timedelta(days=DAYS)


def _lines(rows: QuerySet[Decision], key: str, *order: str) -> list[Line]:
    found = (
        rows.values(group=F(key))
        .annotate(
            decided=Count("id"),
            right=Count("id", filter=Q(became__in=RIGHT)),
            changed=Count("id", filter=Q(became=Taken.CHANGED)),
            ignored=Count("id", filter=Q(became=Taken.IGNORED)),
            automatic=Count("id", filter=Q(is_automatic=True)),
        )
        .order_by(*order)
    )
    return [
        Line(row["group"], row["decided"], row["right"], row["changed"], row["ignored"], row["automatic"])
        for row in found
    ]


def by_question() -> list[Line]:
    """The last year by question."""
    return _lines(Decision.objects.filter(at__gte=_since()), "question", "question")


def by_service() -> list[Line]:
    """The last year's proposals of a service, by the service that was decided; most frequent first."""
    rows = Decision.objects.filter(at__gte=_since(), question=Question.SERVICE, service__isnull=False)
    return _lines(rows, "service_id", "-decided", "service_id")[:COUNTED]


def by_unit() -> list[Line]:
    """The last year's proposals of a unit, by the unit that was decided; most frequent first."""
    rows = Decision.objects.filter(at__gte=_since(), question=Question.UNIT, unit__isnull=False)
    return _lines(rows, "unit_id", "-decided", "unit_id")[:COUNTED]


def by_month() -> list[Line]:
    """The last year's proposals of a service by month, oldest first."""
    rows = Decision.objects.filter(at__gte=_since(), question=Question.SERVICE).annotate(
        month=TruncMonth("at")
    )
    return _lines(rows, "month", "month")


def models() -> list[ModelFile]:
    """The newest trainings with their figures, without the files themselves."""
    return list(ModelFile.objects.defer("data")[:30])


def reviews_waiting() -> int:
    """How many automatic decisions wait to be looked at; counted up to a hundred."""
    return Review.objects.filter(agrees__isnull=True)[:COUNTED].count()


@dataclass(frozen=True)
class ToReview:
    """One automatic decision with the case as the reader may see it."""

    review: Review
    case: Case


def to_review(*, user: User, most: int) -> list[ToReview]:
    """The oldest automatic decisions that nobody has judged."""
    rows = list(
        Review.objects.filter(agrees__isnull=True)
        .select_related("rule", "threshold__service__current")
        .order_by("id")[:most]
    )
    visible = similar.shown([row.case_id for row in rows], user=user)
    return [ToReview(row, visible[row.case_id]) for row in rows if row.case_id in visible]
