"""Published cases as programs list them: flat records, one index, a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, Func, Q, TextField, Value

from huiyin.cases.enums import OPEN_STATES, PUBLIC_ACTIONS, Anonymity
from huiyin.cases.models import Case, CaseFile, Event, Publication

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from huiyin.files.models import StoredFile

COLUMNS = (
    "case_id", "case__number", "case__state", "case__unit_id", "service_id", "title", "text", "answer", "place_text",
    "lat", "lon", "supports", "area__code", "requested", "updated", "published", "promised",
)  # fmt: skip


def _moment(field: str) -> Func:
    """A moment as programs read it. The database writes it: that takes a hundredth of the time that Python needs."""
    return Func(
        F(field), Value('YYYY-MM-DD"T"HH24:MI:SS"Z"'), function="to_char",         output_field=TextField(),
    )  # fmt: skip


_MOMENTS = {
    "requested": _moment("requested_at"),
    "updated": _moment("updated_at"),
    "published": _moment("published_at"),
    "promised": _moment("case__promised_at"),
}
_OPEN = Q(case__state__in=OPEN_STATES)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a program asks for; None and empty mean everything."""

    numbers: Collection[str] = ()
    services: Collection[int] = ()
    units: Collection[int] | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    updated_since: dt.datetime | None = None
    updated_until: dt.datetime | None = None
    is_open: bool | None = None
    offset: int = 0
    most: int = 1_000


def rows(wanted: Wanted) -> list[dict[str, Any]]:
    """Records of `COLUMNS`, newest first, of published cases.

    Not of those whose person asked to stay anonymous or to be known to the dispatcher alone: these are on our own pages
    only, where the office can take them back at once.
    """
    found = _fitting(wanted).order_by("-requested_at", "-id")
    page = found.annotate(**_MOMENTS).values_list(*COLUMNS)[wanted.offset : wanted.offset + wanted.most]
    return [dict(zip(COLUMNS, row, strict=True)) for row in page]


def _shown() -> QuerySet[Publication]:
    return Publication.objects.filter(case__anonymity=Anonymity.OFFICE)


def _fitting(wanted: Wanted) -> QuerySet[Publication]:
    found = _shown()
    if wanted.numbers:
        found = found.filter(case__number__in=wanted.numbers)
    if wanted.services:
        found = found.filter(service_id__in=wanted.services)
    if wanted.units is not None:
        found = found.filter(case__unit_id__in=wanted.units)
    if wanted.is_open is not None:
        found = found.filter(_OPEN if wanted.is_open else ~_OPEN)
    spans = {
        "requested_at__gte": wanted.since,
        "requested_at__lte": wanted.until,
        "updated_at__gte": wanted.updated_since,
        "updated_at__lte": wanted.updated_until,
    }
    return found.filter(**{name: at for name, at in spans.items() if at is not None})


def photos(case_ids: Sequence[int]) -> dict[int, StoredFile]:
    """The first public picture of each of these cases, by its id."""
    rows_ = CaseFile.objects.filter(case_id__in=case_ids, is_public=True, file__kind="image")
    found: dict[int, StoredFile] = {}
    for row in rows_.select_related("file").order_by("position", "id"):
        found.setdefault(row.case_id, row.file)
    return found


def steps(case_ids: Sequence[int]) -> dict[int, list[Event]]:
    """What everybody may know of how these cases went on, oldest first, by their ids."""
    found: dict[int, list[Event]] = defaultdict(list)
    rows_ = Event.objects.filter(case_id__in=case_ids, action__in=PUBLIC_ACTIONS)
    for event in rows_.only("id", "case_id", "at", "action", "to_state").order_by("at", "id"):
        found[event.case_id].append(event)
    return found


def updates(
    *,
    since: dt.datetime,
    until: dt.datetime,
    units: Collection[int] | None,
    numbers: Iterable[str],
    most: int,
) -> list[Event]:
    """Public steps of published cases within a span, oldest first, each with its case and what was published of it."""
    cases = _shown().filter(updated_at__gte=since)
    if units is not None:
        cases = cases.filter(case__unit_id__in=units)
    wanted = list(numbers)
    if wanted:
        cases = cases.filter(case__number__in=wanted)
    found = Event.objects.filter(
        case_id__in=cases.values("case_id"), action__in=PUBLIC_ACTIONS, at__gte=since, at__lte=until
    )
    return list(found.select_related("case__publication").order_by("at", "id")[:most])


def by_number(number: str) -> Case | None:
    """The case with this number, published or not; the caller checks who may know of it."""
    return Case.objects.filter(number=number).first()
