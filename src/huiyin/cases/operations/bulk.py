"""Many cases at once, from files of other systems: full cases, with their past, in a few COPY statements."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from huiyin.audit import operations as audit
from huiyin.audit import queries as log
from huiyin.cases.enums import OPEN_STATES, Action, Anonymity, Outcome, Party, ReplyKind, State
from huiyin.cases.logic import indexing
from huiyin.cases.models import Case
from huiyin.cases.operations import clocks
from huiyin.catalogue import queries as catalogue
from huiyin.catalogue.enums import Kind, Urgency
from huiyin.engines import merkle
from huiyin.kernel import clock, public_ids
from huiyin.organisations import queries as organisations

Rows = Iterable[tuple[Any, ...]]
_WITH_UNIT = frozenset({State.ASSIGNED, State.ACCEPTED, State.IN_PROGRESS})


@dataclass(slots=True)
class Imported:
    """A case as another system knew it. Texts are clean: no NUL, no lone surrogates, not too long."""

    source: str
    external_id: str
    text: str
    received_at: dt.datetime
    channel_id: int
    language: str = "zh-hans"
    kind: str = Kind.HELP.value
    urgency: str = Urgency.ORDINARY.value
    service_id: int | None = None
    version_id: int | None = None
    unit_id: int | None = None
    area_id: int | None = None
    place_text: str = ""
    lat: float | None = None
    lon: float | None = None
    anonymity: str = Anonymity.OFFICE.value
    contact_id: int | None = None
    state: str = State.RECEIVED.value
    outcome: str = ""
    reason: str = ""
    assigned_at: dt.datetime | None = None
    accepted_at: dt.datetime | None = None
    contacted_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    promised_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    reply: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Stored:
    """An imported case with what it gets here."""

    case: Imported
    pk: int
    number: str
    reply_id: int | None
    salt: str = ""
    leaf: bytes = b""
    sign_due_at: dt.datetime | None = None
    contact_due_at: dt.datetime | None = None
    answer_limit: str = ""


def store(rows: Sequence[Imported], *, actor: str, subject: str) -> int:
    """Store these cases in the caller's transaction; returns how many.

    Each gets a number, a leaf in the public log, its search words, the timeline of what is known of its past, and the
    reply as a letter; open ones get deadlines, counted from the day they were received. Nobody is told, and there is
    no secret. One audit record stands for all. Raises IntegrityError if one (source, external id) is there already.
    """
    _make_room()
    now = clock.now()
    stored = _numbered(rows)
    _promise_all([row for row in stored if row.case.state in OPEN_STATES])
    for row in stored:
        _commit(row)
    _copy("cases_case", _CASE, (_case(row, now) for row in stored))
    _copy("cases_reply", _REPLY, (_reply(row, now) for row in stored if row.reply_id))
    _copy("cases_event", _EVENT, (event for row in stored for event in _events(row, now)))
    audit.add_leaf_hashes([row.leaf for row in stored])
    audit.record(
        "cases.import",
        actor=actor,
        subject=subject,
        data={"cases": len(stored), "first": stored[0].pk, "last": stored[-1].pk} if stored else {"cases": 0},
    )
    return len(stored)


def _make_room() -> None:
    """Let words wait in larger heaps before they are sorted into the index; for this transaction only."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL gin_pending_list_limit = '32MB'; SET LOCAL work_mem = '64MB'")


def _numbered(rows: Sequence[Imported]) -> list[_Stored]:
    replies = iter(
        _reserve("pg_get_serial_sequence('cases_reply', 'id')", sum(bool(row.reply) for row in rows))
    )
    ids = _reserve("pg_get_serial_sequence('cases_case', 'id')", len(rows))
    serials = _reserve("'case_serial'", len(rows))
    return [
        _Stored(row, pk, public_ids.case_number(serial), next(replies) if row.reply else None)
        for row, pk, serial in zip(rows, ids, serials, strict=True)
    ]


def _reserve(sequence: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT nextval({sequence}::regclass) FROM generate_series(1, %s)",  # noqa: S608 -- three fixed names
            [count],
        )
        return [value for (value,) in cursor.fetchall()]


def _promise_all(rows: Sequence[_Stored]) -> None:
    """Give open cases their deadlines; units and services are read only where there are any."""
    if not rows:
        return
    units = {unit.pk: unit for unit in organisations.units()}
    versions = {row.current_id: row.current for row in catalogue.services()}
    for row in rows:
        _promise(row, units, versions)


def _promise(row: _Stored, units: dict[int, Any], versions: dict[int | None, Any]) -> None:
    """Deadlines of an open case: what the source promised stays, the rest as for a case filed on that day."""
    case = Case(urgency=row.case.urgency)
    version, unit = versions.get(row.case.version_id), units.get(row.case.unit_id or 0)
    clocks.promise(case, version=version, unit=unit, start=row.case.received_at)
    row.sign_due_at, row.contact_due_at, row.answer_limit = (
        case.sign_due_at,
        case.contact_due_at,
        case.answer_limit,
    )
    row.case.promised_at = row.case.promised_at or row.case.due_at or case.promised_at
    row.case.due_at = row.case.due_at or row.case.promised_at


def _commit(row: _Stored) -> None:
    salt = os.urandom(32)
    deadlines = {"sign": row.sign_due_at, "contact": row.contact_due_at, "answer": row.case.promised_at}
    content = log.content(
        number=row.number,
        received_at=row.case.received_at,
        text=row.case.text,
        deadlines={name: at for name, at in deadlines.items() if at is not None},
    )
    row.salt = salt.hex()
    row.leaf = merkle.leaf_hash(log.commitment(salt=salt, content=content))


_CASE = (
    "id", "created_at", "number", "secret_hash", "text", "language", "kind", "channel_id", "service_id",
    "service_version_id", "urgency", "intake", "extra", "place_text", "area_id", "lat", "lon",
    "contact_id", "anonymity", "state", "outcome", "not_accepted_reason", "unit_id", "revision",
    "received_at", "assigned_at", "accepted_at", "contacted_at", "answered_at", "closed_at", "reopened",
    "sign_due_at", "contact_due_at", "promised_at", "due_at", "answer_limit", "source", "external_id",
    "receipt_salt", "leaf_hash", "words",
)  # fmt: skip


def _case(row: _Stored, now: dt.datetime) -> tuple[Any, ...]:
    case = row.case
    extra = json.dumps(case.extra, ensure_ascii=False) if case.extra else "{}"
    return (
        row.pk, now, row.number, "", case.text, case.language, case.kind, case.channel_id, case.service_id,
        case.version_id, case.urgency, "[]", extra, case.place_text, case.area_id, case.lat, case.lon, case.contact_id,
        case.anonymity, case.state, case.outcome, case.reason, case.unit_id, 1, case.received_at, case.assigned_at,
        case.accepted_at, case.contacted_at, case.answered_at, case.closed_at, 0, row.sign_due_at, row.contact_due_at,
        case.promised_at, case.due_at, row.answer_limit, case.source, case.external_id, row.salt, row.leaf.hex(),
        indexing.case_words(case.text, case.place_text, received_at=case.received_at),
    )  # fmt: skip


_REPLY = ("id", "created_at", "case_id", "unit_id", "kind", "text", "outcome", "sent_at", "in_time")


def _reply(row: _Stored, now: dt.datetime) -> tuple[Any, ...]:
    case = row.case
    kind = ReplyKind.INFORMATION if case.state == State.NOT_ACCEPTED else ReplyKind.ANSWER
    in_time = None
    if kind is ReplyKind.ANSWER and case.answered_at and case.promised_at:
        in_time = case.answered_at <= case.promised_at
    outcome = "" if kind is ReplyKind.INFORMATION else case.outcome
    return (
        row.reply_id,
        now,
        row.pk,
        case.unit_id,
        kind.value,
        case.reply,
        outcome,
        _answer_time(case),
        in_time,
    )


def _answer_time(case: Imported) -> dt.datetime:
    return case.answered_at or case.closed_at or case.received_at


_EVENT = (
    "created_at",
    "case_id",
    "at",
    "action",
    "party",
    "unit_id",
    "from_state",
    "to_state",
    "data",
    "reply_id",
)


def _events(row: _Stored, now: dt.datetime) -> list[tuple[Any, ...]]:
    """What is known of the past, as timeline rows: filed, sent to its unit, answered, closed."""
    case, told = row.case, []
    state = ""

    def add(
        at: dt.datetime, action: Action, party: Party, to: str, data: str, reply: int | None = None
    ) -> None:
        nonlocal state
        told.append((now, row.pk, at, action.value, party.value, case.unit_id, state, to, data, reply))
        state = to

    due = f'"{case.promised_at.isoformat()}"' if case.promised_at else "null"
    add(
        case.received_at, Action.FILE, Party.PERSON, State.RECEIVED.value, f'{{"due": {due}, "import": true}}'
    )
    if case.unit_id and (case.assigned_at or case.state in _WITH_UNIT):
        at = case.assigned_at or case.received_at
        add(at, Action.ASSIGN, Party.SYSTEM, State.ASSIGNED.value, f'{{"unit": {case.unit_id}}}')
    if case.accepted_at and case.unit_id:
        add(case.accepted_at, Action.SIGN_FOR, Party.UNIT, State.ACCEPTED.value, "{}")
    ending = _ENDINGS.get(case.state)
    if ending is not None:
        ending(row, add)
    return told


def _answered(row: _Stored, add: Callable[..., None]) -> None:
    case = row.case
    if not (case.reply or case.answered_at):
        return
    data = json.dumps({"outcome": case.outcome, "in_time": None, "import": True})
    add(_answer_time(case), Action.ANSWER, Party.UNIT, State.ANSWERED.value, data, row.reply_id)


def _closed(row: _Stored, add: Callable[..., None]) -> None:
    _answered(row, add)
    at = row.case.closed_at or _answer_time(row.case)
    add(at, Action.CLOSE, Party.SYSTEM, State.CLOSED.value, '{"import": true}')


def _declined(row: _Stored, add: Callable[..., None]) -> None:
    data = json.dumps({"reason": row.case.reason})
    add(
        _answer_time(row.case),
        Action.NOT_ACCEPT,
        Party.DISPATCHER,
        State.NOT_ACCEPTED.value,
        data,
        row.reply_id,
    )


def _withdrawn(row: _Stored, add: Callable[..., None]) -> None:
    at = row.case.closed_at or row.case.received_at
    add(at, Action.WITHDRAW, Party.PERSON, State.WITHDRAWN.value, "{}")


_ENDINGS: dict[str, Callable[[_Stored, Callable[..., None]], None]] = {
    State.ANSWERED.value: _answered,
    State.CLOSED.value: _closed,
    State.NOT_ACCEPTED.value: _declined,
    State.WITHDRAWN.value: _withdrawn,
}
DEFAULT_OUTCOME = Outcome.EXPLAINED
"""What an answer without a stated outcome is: nobody here may claim that it solved anything."""


def _copy(table: str, columns: Sequence[str], rows: Rows) -> None:
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
