"""What can be learnt from: cases that units signed for or answered, and what staff did to cases lately."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max, Q, QuerySet

from huiyin.cases.enums import Action, Party, State
from huiyin.cases.models import Case, Event
from huiyin.engines.text import query as search

OVER = (State.ANSWERED, State.CLOSED, State.NOT_ACCEPTED, State.WITHDRAWN)
DECIDING = (
    Action.CLASSIFY, Action.ASSIGN, Action.ANSWER, Action.NOT_ACCEPT, Action.WITHDRAW, Action.CLOSE,
)  # fmt: skip
STAFF = (Party.DESK, Party.DISPATCHER, Party.UNIT, Party.UNIT_HEAD)
EVENTS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Decided:
    """A case whose unit stood by where it had been sent."""

    pk: int
    text: str
    service_id: int
    unit_id: int | None
    kind: str
    received_at: dt.datetime


def decided(*, per_service: int, most: int) -> list[Decided]:
    """The newest such cases of every service, oldest first; what was erased teaches nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.id, left(c.text || E'\\n' || c.place_text, 4000), c.service_id, c.unit_id, c.kind, c.received_at
               FROM catalogue_service s CROSS JOIN LATERAL (
                   SELECT * FROM cases_case i WHERE i.service_id = s.id AND i.anonymised_at IS NULL
                     AND (i.accepted_at IS NOT NULL OR i.answered_at IS NOT NULL)
                   ORDER BY i.received_at DESC LIMIT %s) c
               ORDER BY c.received_at DESC, c.id DESC LIMIT %s""",
            [per_service, most],
        )
        rows = [Decided(*row) for row in cursor.fetchall()]
    return rows[::-1]


def last_event() -> int:
    """The newest row of any timeline."""
    return Event.objects.aggregate(last=Max("pk"))["last"] or 0


def deciding_events(*, after: int, before: dt.datetime) -> tuple[int, set[int]]:
    """Cases in which something was decided after this row of the timelines, and up to which row was read."""
    rows = list(
        Event.objects.filter(pk__gt=after, created_at__lt=before)
        .order_by("pk")
        .values_list("pk", "case_id", "action")[:EVENTS_AT_ONCE]
    )
    last = rows[-1][0] if rows else after
    return last, {case for _pk, case, action in rows if action in DECIDING}


def waiting(*, most: int, without: QuerySet[Any]) -> list[int]:
    """Cases that wait for a dispatcher and are not among `without` (a query for ids), oldest deadline first."""
    rows = Case.objects.filter(state=State.RECEIVED).exclude(pk__in=without)
    return list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:most])


@dataclass(frozen=True)
class Acts:
    """How a case stands, and which of its facts staff decided, by whom and when."""

    case: Case
    classified: Event | None
    changed_kind: Event | None
    assigned: Event | None

    @property
    def is_over(self) -> bool:
        return self.case.state in OVER


def acts(case_ids: Collection[int], *, since: dict[int, dt.datetime]) -> list[Acts]:
    """What staff decided in these cases, each since its moment."""
    rows = Case.objects.filter(pk__in=case_ids).defer("text", "words", "intake", "extra")
    events: dict[int, list[Event]] = {}
    found = Event.objects.filter(
        case_id__in=case_ids, action__in=(Action.CLASSIFY, Action.ASSIGN), party__in=STAFF
    )
    for event in found.order_by("at", "pk"):
        if event.at >= since[event.case_id]:
            events.setdefault(event.case_id, []).append(event)
    return [_acts(row, events.get(row.pk, [])) for row in rows]


def _acts(row: Case, events: Sequence[Event]) -> Acts:
    classified = [event for event in events if event.action == Action.CLASSIFY]
    kinds = [event for event in classified if event.data.get("kind") != event.data.get("from_kind")]
    assigned = [event for event in events if event.action == Action.ASSIGN]
    return Acts(row, _last(classified), _last(kinds), _last(assigned))


def _last(events: Sequence[Event]) -> Event | None:
    return events[-1] if events else None


@dataclass(frozen=True)
class Past:
    """A past case as a rule would have met it, and how officers left it."""

    pk: int
    received_at: dt.datetime
    area_code: str
    service_first: int | None
    unit_first: int | None
    kind_first: str
    service_id: int | None
    unit_id: int | None
    kind: str


def past(*, since: dt.datetime, words: Sequence[str], area: str, most: int) -> list[Past]:
    """The newest cases since then that say any of the words and lie in the area; with how they stood when they came."""
    rows: QuerySet[Case] = Case.objects.filter(received_at__gte=since)
    if words:
        wanted = " | ".join(filter(None, (search.search_query(f'"{word}"').tsquery() for word in words)))
        if not wanted:
            return []
        rows = rows.extra(where=["words @@ %s::tsquery"], params=[wanted])
    if area:
        rows = rows.filter(area__code__startswith=area)
    found = list(
        rows.order_by("-received_at", "-pk").values_list(
            "pk", "received_at", "area__code", "service_id", "unit_id", "kind"
        )[:most]
    )
    first = _first_facts([row[0] for row in found])
    return [
        Past(
            pk, at, code or "", first.get((pk, "from_service"), service), first.get((pk, "from_unit"), unit),
            first.get((pk, "from_kind"), kind), service, unit, kind,
        )
        for pk, at, code, service, unit, kind in found
    ]  # fmt: skip


def _first_facts(ids: Sequence[int]) -> dict[tuple[int, str], Any]:
    """By case and fact, what stood there before it was changed for the first time."""
    found: dict[tuple[int, str], Any] = {}
    events = Event.objects.filter(case_id__in=ids, action__in=(Action.CLASSIFY, Action.ASSIGN)).exclude(
        Q(data__from_unit__isnull=True) & Q(data__from_kind__isnull=True)
    )
    for case_id, data in events.order_by("-at", "-pk").values_list("case_id", "data"):
        for key in ("from_service", "from_unit", "from_kind"):
            if key in data:
                found[case_id, key] = data[key]
    return found
