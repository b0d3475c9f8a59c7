"""Reads about the outbox."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet

from huiyin.kernel import ports
from huiyin.kernel.ports import Health
from huiyin.notifications.models import Notice


@dataclass(frozen=True)
class Backlog:
    """How the outbox stands."""

    waiting: int
    failed: int
    oldest_waiting: dt.datetime | None


def backlog() -> Backlog:
    """Counts for the health page."""
    waiting, failed = Q(state=Notice.State.WAITING), Q(state=Notice.State.FAILED)
    return Backlog(
        **Notice.objects.filter(waiting | failed).aggregate(
            waiting=Count("pk", filter=waiting),
            failed=Count("pk", filter=failed),
            oldest_waiting=Min("created_at", filter=waiting),
        )
    )


def of_case(number: str) -> QuerySet[Notice]:
    """Notices about a case, oldest first."""
    return Notice.objects.filter(reference=number).order_by("pk")


def health() -> dict[str, Health]:
    """What each configured channel says of itself."""
    return {name: ports.load(path).check() for name, path in settings.HUIYIN_CHANNELS.items()}
