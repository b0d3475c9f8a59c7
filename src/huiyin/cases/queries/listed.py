"""Published cases as programs list them: flat records, one index, a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from huiyin.cases.enums import OPEN_STATES, PUBLIC_ACTIONS, Anonymity
from huiyin.cases.models import Case, Event, Publication

if TYPE_CHECKING:
    from django.db.models import QuerySet


class Record(NamedTuple):
    """A published case, as programs read it; the moments are texts."""

    case_id: int
    number: str
    state: str
    unit_id: int | None
    service_id: int | None
    title: str
    text: str
    answer: str
    place_text: str
    lat: float | None
    lon: float | None
    supports: int
    area_code: str | None
    requested: str
    updated: str
    published: str
    promised: str | None


# What a record is made of. Moments are written by the database: that takes a hundredth of the time that Python needs.
_MOMENT = 'to_char({}, \'YYYY-MM-DD"T"HH24:MI:SS"Z"\')'.format
_COLUMNS = {
    "case_id": "p.case_id", "number": "c.number", "state": "c.state", "unit_id": "c.unit_id",
    "service_id": "p.service_id", "title": "p.title", "text": "p.text", "answer": "p.answer",
    "place_text": "p.place_text", "lat": "p.lat", "lon": "p.lon", "supports": "p.supports", "area_code": "a.code",
    "requested": _MOMENT("p.requested_at"), "updated": _MOMENT("p.updated_at"),
    "published": _MOMENT("p.published_at"), "promised": _MOMENT("c.promised_at"),
}  # fmt: skip
# By hand: programs list hundreds of times a second, and composing the statement takes longer than carrying it out.
_ROWS = f"""SELECT {", ".join(_COLUMNS[name] for name in Record._fields)}
  FROM cases_publication p JOIN cases_case c ON c.id = p.case_id LEFT JOIN places_area a ON a.id = p.area_id
  WHERE %s ORDER BY p.requested_at DESC, p.id DESC LIMIT %%s OFFSET %%s"""  # noqa: S608 -- fixed names
_PICTURES = """SELECT DISTINCT ON (u.case_id) u.case_id, f.token
  FROM cases_casefile u JOIN files_storedfile f ON f.id = u.file_id
  WHERE u.case_id = ANY(%s) AND u.is_public AND f.kind = 'image' ORDER BY u.case_id, u.position, u.id"""
OPEN = [state.value for state in OPEN_STATES]


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


def rows(wanted: Wanted) -> list[Record]:
    """The published cases that fit, newest first.

    Not of those whose person asked to stay anonymous or to be known to the dispatcher alone: these are on our own pages
    only, where the office can take them back at once.
    """
    conditions = {text: value for text, value in _conditions(wanted) if value is not None}
    given = [*conditions.values(), wanted.most, wanted.offset]
    with connection.cursor() as cursor:
        cursor.execute(_ROWS % " AND ".join(conditions), given)
        return list(map(Record._make, cursor.fetchall()))


def _conditions(wanted: Wanted) -> Iterator[tuple[str, Any]]:
    """Each condition with its value; None: it is not asked for."""
    yield "c.anonymity = %s", Anonymity.OFFICE.value
    yield "c.number = ANY(%s)", list(wanted.numbers) or None
    yield "p.service_id = ANY(%s)", list(wanted.services) or None
    yield "c.unit_id = ANY(%s)", list(wanted.units) if wanted.units is not None else None
    yield "c.state = ANY(%s)", OPEN if wanted.is_open else None
    yield "NOT c.state = ANY(%s)", OPEN if wanted.is_open is False else None
    yield "p.requested_at >= %s", wanted.since
    yield "p.requested_at <= %s", wanted.until
    yield "p.updated_at >= %s", wanted.updated_since
    yield "p.updated_at <= %s", wanted.updated_until


def _shown() -> QuerySet[Publication]:
    return Publication.objects.filter(case__anonymity=Anonymity.OFFICE)


def photos(case_ids: Sequence[int]) -> dict[int, str]:
    """The token of the first public picture of each of these cases, by the case's id."""
    with connection.cursor() as cursor:
        cursor.execute(_PICTURES, [list(case_ids)])
        return dict(cursor.fetchall())


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
