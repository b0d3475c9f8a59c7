"""The worklist: pages of cases by deadline, and capped counts. The same speed with a thousand or a million cases.

Every list walks one of the partial indexes of `Case` in its order and stops after a page; there is no OFFSET and no
count beyond `MOST_COUNTED`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, models, transaction
from django.db.models import Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from psycopg.errors import QueryCanceled

from huiyin.accounts.enums import Permission
from huiyin.accounts.queries import absences, has_permission
from huiyin.cases import permissions
from huiyin.cases.enums import OPEN_STATES, State
from huiyin.cases.models import Case, SavedFilter
from huiyin.cases.queries import matching
from huiyin.engines.text import query as search
from huiyin.kernel import clock, public_ids

if TYPE_CHECKING:
    from huiyin.accounts.models import User

Key = tuple[dt.datetime | None, int]
PAGE = 25
MOST_COUNTED = 1_000
MOST_SELECTED = 100
EVERYTHING = 10**9
ABOUT_CHARACTERS = 160
# A search in words that stand everywhere and a filter that nothing fits must not keep everybody else waiting.
MOST_MILLISECONDS = 3_000
OPEN = Q(state__in=[state.value for state in OPEN_STATES])
RUNNING = OPEN & ~Q(state=State.AWAITING_PERSON)


class Tab(models.TextChoices):
    """Which cases; the words for them stand with the screen."""

    UNIT = "unit"
    OPEN = "open"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    RECEIVED = "received"
    TODAY = "today"
    OVERDUE = "overdue"
    WAITING = "waiting"
    ANSWERED = "answered"
    ALL = "all"


# The key that a tab is sorted by; all but the last ascending.
SORTED_BY = {Tab.ANSWERED: "answered_at", Tab.ALL: "received_at"}
UNCOUNTED = frozenset({Tab.ALL})
WITH_FINISHED = frozenset({Tab.ALL, Tab.ANSWERED})


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list is narrowed to; empty means everything. Services and channels by id."""

    states: Sequence[str] = ()
    kinds: Sequence[str] = ()
    urgencies: Sequence[str] = ()
    channels: Sequence[int] = ()
    services: Sequence[int] = ()
    area: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    changed_since: dt.datetime | None = None
    changed_before: dt.datetime | None = None
    text: str = ""


@dataclass(frozen=True)
class Page:
    """Rows of one page and the cursor of the next one; an empty cursor means that this is the last.

    `too_slow`: the search was broken off, because it would have kept everybody else waiting.
    """

    rows: list[Case]
    after: str = ""
    too_slow: bool = False


@dataclass(frozen=True)
class Found:
    """A page as ids in their order, with the cursor of the next one."""

    ids: list[int]
    after: str = ""
    too_slow: bool = False


@dataclass(frozen=True)
class Scope:
    """The cases that a user may see, in the form that indexes understand: everything, or these units."""

    user_id: int
    units: tuple[int, ...]
    everything: bool
    # What is kept from this user all the same: confidential cases, conflicts of interest.
    closed: Q
    # Officers who are away and for whom this user stands in.
    absent: tuple[int, ...] = ()


@dataclass(frozen=True)
class Cursor:
    """The last row seen: its moment (None among the undated) and id."""

    moment: dt.datetime | None
    pk: int


def scope(user: User) -> Scope:
    """What `permissions.visible` allows, as units."""
    units = tuple(sorted(user.standing().units_for(Permission.SEE_UNIT_CASES)))
    everything = has_permission(user, Permission.SEE_ALL_CASES)
    absent = tuple(row.user_id for row in absences.absent_behind(user))
    return Scope(user.pk, units, everything, permissions.closed_to(user), absent)


def tabs(user: User) -> list[Tab]:
    """The tabs that make sense for this user, in order."""
    limits = scope(user)
    shown = {
        Tab.UNIT: bool(limits.units),
        Tab.MINE: bool(limits.units),
        Tab.RECEIVED: limits.everything,
        Tab.UNASSIGNED: bool(limits.units),
        Tab.OPEN: limits.everything,
    }
    order = (Tab.UNIT, Tab.MINE, Tab.UNASSIGNED, Tab.RECEIVED, Tab.OPEN, Tab.TODAY, Tab.OVERDUE, Tab.WAITING,
             Tab.ANSWERED, Tab.ALL)  # fmt: skip
    return [tab for tab in order if shown.get(tab, True)]


def counts(user: User, wanted: Sequence[Tab]) -> dict[Tab, int]:
    """How many cases each tab has, in one query; a number above `MOST_COUNTED` means "more than that"."""
    limits = scope(user)
    parts: list[str] = []
    params: list[Any] = []
    counted = [tab for tab in wanted if tab not in UNCOUNTED]
    for tab in counted:
        sources = []
        for rows in _sources(limits, tab, Filters()):
            try:
                # The order makes the database walk the index of the list and stop.
                ordered = rows.order_by(SORTED_BY.get(tab, "due_at"), "id")
                sql, values = ordered.values("pk")[: MOST_COUNTED + 1].query.sql_with_params()
            except EmptyResultSet:
                sql, values = "SELECT 1 WHERE false", ()
            sources.append(f"({sql})")
            params.extend(values)
        union = " UNION ALL ".join(sources)
        # The parts are compiled querysets; what was typed travels in `params`.
        parts.append(f"(SELECT count(*) FROM ({union}) AS capped)")  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), params)
        return dict(zip(counted, cursor.fetchone(), strict=True))


def page(user: User, tab: Tab, *, filters: Filters, after: str = "", size: int = PAGE) -> Page:
    """The rows after the cursor, in the order of the tab; cases without a deadline come last."""
    found = ids(user, tab, filters=filters, after=after, size=size)
    return Page(_hydrated(found.ids), found.after, too_slow=found.too_slow)


def ids(user: User, tab: Tab, *, filters: Filters, after: str = "", size: int = PAGE) -> Found:
    """The same as ids, for whoever reads the rows in another way."""
    key = SORTED_BY.get(tab, "due_at")
    sources = _sources(scope(user), tab, filters)
    try:
        keys = (
            _patiently(sources, key, _read(after), size + 1)
            if filters != Filters()
            else _keys(sources, key, _read(after), size + 1)
        )
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return Found([], too_slow=True)
    following = ""
    if len(keys) > size:
        keys = keys[:size]
        moment, pk = keys[-1]
        following = f"{moment.isoformat() if moment else ''}~{pk}"
    return Found([pk for _moment, pk in keys], following)


def selected(user: User, numbers: Sequence[str]) -> list[int]:
    """Ids of the cases with these numbers among those the user may see."""
    limits = scope(user)
    found = Case.objects.filter(~limits.closed, number__in=numbers[:MOST_SELECTED])
    return list(
        (found if limits.everything else found.filter(unit_id__in=limits.units)).values_list("pk", flat=True)
    )


def saved(user: User) -> QuerySet[SavedFilter]:
    """One's own filters, and those shared with one's units."""
    units = user.standing().units_for(Permission.SEE_UNIT_CASES)
    return SavedFilter.objects.filter(Q(owner=user) | Q(unit_id__in=units)).order_by("name")


def _patiently(sources: Sequence[QuerySet[Case]], key: str, start: Cursor | None, size: int) -> list[Key]:
    """The same within a time limit, for what no index was made for."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(MOST_MILLISECONDS)])
        return _keys(sources, key, start, size)


def _sources(limits: Scope, tab: Tab, filters: Filters) -> list[QuerySet[Case]]:
    """One query per unit: each walks its own index in order, and the union is merged at the end."""
    rows = Case.objects.filter(
        ~limits.closed, _tab(tab), *_narrowed(filters, is_open=tab not in WITH_FINISHED)
    )
    if tab is Tab.MINE:
        # Officers see their own cases only as long as they belong to the unit; the same holds for who stands in.
        own = rows if limits.everything else rows.filter(unit_id__in=limits.units)
        return [own.filter(officer_id=pk) for pk in (limits.user_id, *limits.absent)]
    if limits.everything and tab is not Tab.UNIT:
        return [rows]
    return [rows.filter(unit_id=unit) for unit in limits.units] or [rows.none()]


def _tab(tab: Tab) -> Q:
    now = clock.now()
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        Tab.UNIT: OPEN,
        Tab.OPEN: OPEN,
        Tab.MINE: OPEN,
        Tab.UNASSIGNED: OPEN & Q(officer__isnull=True),
        Tab.RECEIVED: OPEN & Q(state=State.RECEIVED),
        Tab.TODAY: RUNNING & Q(due_at__gte=now, due_at__lt=today + dt.timedelta(days=1)),
        Tab.OVERDUE: RUNNING & Q(due_at__lt=now),
        Tab.WAITING: OPEN & Q(state=State.AWAITING_PERSON),
        Tab.ANSWERED: Q(state=State.ANSWERED),
        Tab.ALL: Q(),
    }[tab]


def _narrowed(filters: Filters, *, is_open: bool) -> list[Any]:
    chosen = {
        "state__in": filters.states,
        "kind__in": filters.kinds,
        "urgency__in": filters.urgencies,
        "channel_id__in": filters.channels,
        "service_id__in": filters.services,
        "area__code__startswith": filters.area,
        "last_step_at__gte": filters.changed_since,
        "last_step_at__lt": filters.changed_before,
        "received_at__gte": _begin(filters.since),
        "received_at__lt": _begin(filters.until + dt.timedelta(days=1) if filters.until else None),
    }
    return [Q(**{name: value}) for name, value in chosen.items() if value] + _said(
        filters.text, is_open=is_open
    )


def _said(text: str, *, is_open: bool) -> list[Any]:
    """The words of the case, by the search index, or its number; what cannot be searched finds nothing."""
    if not text.strip():
        return []
    number = public_ids.plain(text)
    if public_ids.case_number_holds(number):
        return [Q(number=number)]
    wanted = search.search_query(text).tsquery()
    if not wanted:
        return [Q(pk__in=())]
    said = matching.fits(wanted)
    if not is_open:
        return [said]
    # The limit is none; it keeps the database from walking all open cases for words that hardly any of them has.
    return [Q(pk__in=Case.objects.filter(OPEN, said).order_by().values("pk")[:EVERYTHING])]


def _keys(sources: Sequence[QuerySet[Case]], key: str, start: Cursor | None, size: int) -> list[Key]:
    keys: list[Key] = []
    if start is None or start.moment is not None:
        keys = _dated(sources, key, start, size)
    if len(keys) < size and key == "due_at":
        last = start.pk if start is not None and start.moment is None else 0
        keys += _undated(sources, last, size - len(keys))
    return keys


def _dated(sources: Sequence[QuerySet[Case]], key: str, start: Cursor | None, size: int) -> list[Key]:
    newest_first = key == "received_at"
    order = (f"-{key}", "-id") if newest_first else (key, "id")
    beyond = TupleLessThan if newest_first else TupleGreaterThan
    found = []
    for source in sources:
        rows = source.filter(**{f"{key}__isnull": False})
        if start is not None:
            rows = rows.filter(beyond(Tuple(key, "id"), (start.moment, start.pk)))
        found.append(rows.order_by(*order).values_list(key, "id")[:size])
    return _merged(found, order, size)


def _undated(sources: Sequence[QuerySet[Case]], last: int, size: int) -> list[Key]:
    found = [
        rows.filter(due_at__isnull=True, pk__gt=last).order_by("id").values_list("due_at", "id")[:size]
        for rows in sources
    ]
    return _merged(found, ("id",), size)


def _merged(found: list[Any], order: Sequence[str], size: int) -> list[Key]:
    if len(found) == 1:
        return list(found[0])
    return list(found[0].union(*found[1:], all=True).order_by(*order)[:size])


def _hydrated(ids: list[int]) -> list[Case]:
    """What a row of the list shows, in the order of the ids; the text is cut in the database."""
    rows = (
        Case.objects.filter(pk__in=ids)
        .select_related("unit", "officer", "service__current")
        .defer(
            "text", "words", "intake", "extra", "service__current__descriptions", "service__current__keywords"
        )
        .annotate(about=Left("text", ABOUT_CHARACTERS))
    )
    by_id = {row.pk: row for row in rows}
    return [by_id[pk] for pk in ids if pk in by_id]


def _begin(day: dt.date | None) -> dt.datetime | None:
    return timezone.make_aware(dt.datetime.combine(day, dt.time())) if day else None


def _read(after: str) -> Cursor | None:
    """The cursor of an address; one that makes no sense means the beginning."""
    moment, _, number = after.partition("~")
    if not number.isdecimal() or len(number) > 18:
        return None
    try:
        found = parse_datetime(moment) if moment else None
    except ValueError:
        return None
    return Cursor(found, int(number)) if found or not moment else None
