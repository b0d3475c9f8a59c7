"""What came in lately, for looking at many cases at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Min

from huiyin.cases import permissions
from huiyin.cases.enums import State
from huiyin.cases.models import Case

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from huiyin.accounts.models import User


@dataclass(frozen=True)
class Recent:
    """The words of a case, and where it belongs."""

    pk: int
    text: str
    received_at: dt.datetime
    service_id: int | None
    area_id: int | None


def since(moment: dt.datetime, *, most: int) -> list[Recent]:
    """The newest cases from this moment on, oldest first; without erased, confidential and merged ones."""
    rows = (
        Case.objects.filter(received_at__gte=moment, words__isnull=False, is_confidential=False)
        .exclude(state=State.MERGED)
        .order_by("-received_at", "-id")
        .values_list("pk", "text", "received_at", "service_id", "area_id")[:most]
    )
    return [Recent(*row) for row in reversed(rows)]


def count_of_service(service_id: int, *, begin: dt.datetime, end: dt.datetime) -> int:
    """How many cases of a service came in between two moments."""
    return Case.objects.filter(service_id=service_id, received_at__gte=begin, received_at__lt=end).count()


def first_received() -> dt.datetime | None:
    """When the first case came in."""
    found: dt.datetime | None = Case.objects.aggregate(first=Min("received_at"))["first"]
    return found


def visible_ids(user: User) -> QuerySet[Case, Any]:
    """The ids of the cases that a user may open, for use within another query."""
    return Case.objects.filter(permissions.visible(user)).values("pk")


def closed_ids(user: User) -> QuerySet[Any, Any]:
    """The ids of the cases that are kept from a user, whatever their role, for use within another query."""
    return permissions.closed_ids(user)
