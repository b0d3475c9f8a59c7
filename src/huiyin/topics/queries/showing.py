"""Hot topics as supervisors see them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.db.models.functions import Left
from django.utils import timezone

from huiyin.cases.queries import recent
from huiyin.kernel import clock
from huiyin.topics import logic
from huiyin.topics.enums import TopicState
from huiyin.topics.models import Topic, TopicCase

if TYPE_CHECKING:
    from huiyin.accounts.models import User

ABOUT = 160


def hottest() -> QuerySet[Topic]:
    """Open topics, those with most cases in the last seven days first."""
    rows = Topic.objects.filter(state=TopicState.OPEN).select_related("service__current", "area")
    return rows.order_by("-recent", "-size", "-id")


def watched(user: User) -> QuerySet[Topic]:
    """The open topics that a user watches."""
    return hottest().filter(watchers=user)


def earlier() -> QuerySet[Topic]:
    """Topics that are closed or have become quiet, the last ones first."""
    states = (TopicState.CLOSED, TopicState.QUIET)
    rows = Topic.objects.filter(state__in=states).select_related("service__current", "area")
    return rows.order_by("-last_at", "-id")


def topic(pk: int) -> Topic | None:
    """One topic, whatever its state."""
    return Topic.objects.select_related("service__current", "area", "merged_into").filter(pk=pk).first()


def is_watched(row: Topic, *, user: User) -> bool:
    """Whether the user watches it."""
    return row.watchers.filter(pk=user.pk).exists()


def members(row: Topic, *, user: User) -> QuerySet[TopicCase]:
    """Those of its cases that the user may open, the newest first; the text is cut in the database."""
    return (
        TopicCase.objects.filter(topic=row, case_id__in=recent.visible_ids(user))
        .select_related("case__unit")
        .defer("case__text", "case__words", "case__intake", "case__extra")
        .annotate(about=Left("case__text", ABOUT))
        .order_by("-case__received_at", "-case_id")
    )


@dataclass(frozen=True)
class Day:
    """Cases of a topic that came in on one day."""

    date: dt.date
    count: int


def timeline(row: Topic) -> list[Day]:
    """Cases a day over the window, without gaps."""
    now = clock.now()
    moments = TopicCase.objects.filter(topic=row, case__received_at__gte=now - logic.WINDOW).values_list(
        "case__received_at", flat=True
    )
    counts = Counter(timezone.localtime(moment).date() for moment in moments)
    first = timezone.localtime(now - logic.WINDOW).date()
    return [Day(day, counts[day]) for day in logic.days(first, timezone.localtime(now).date())]


def growth(row: Topic) -> float | None:
    """How many times the usual level its service has in these days."""
    return logic.growth(row.service_recent, row.service_usual)
