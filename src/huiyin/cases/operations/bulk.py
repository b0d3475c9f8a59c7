"""Many cases at once, from files of other systems: full cases, with their past, in a few COPY statements."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from django.db import connection

from huiyin.audit import operations as audit
from huiyin.audit import queries as log
from huiyin.cases.enums import OPEN_STATES
from huiyin.cases.models import Case
from huiyin.cases.operations import clocks, imported_columns
from huiyin.cases.operations.imported import Imported, Stored
from huiyin.catalogue import queries as catalogue
from huiyin.engines import merkle
from huiyin.kernel import clock, copying, public_ids
from huiyin.organisations import queries as organisations


def store(rows: Sequence[Imported], *, actor: str, subject: str) -> int:
    """Store these cases in the caller's transaction; returns how many.

    Each gets a number, a leaf in the public log, its search words, the timeline of what is known of its past, and the
    reply as a letter; open ones get deadlines, counted from the day they were received. Nobody is told, and there is
    no secret. One audit record stands for all. The commit is only sure to last once a later one has come back (see
    `_make_room`). Raises IntegrityError if one (source, external id) is there already.
    """
    _make_room()
    now = clock.now()
    stored = _numbered(rows)
    _promise_all([row for row in stored if row.case.state in OPEN_STATES])
    for row in stored:
        _commit(row)
    copying.insert("cases_case", imported_columns.cases(stored, now))
    copying.insert("cases_reply", imported_columns.replies([row for row in stored if row.reply_id], now))
    copying.insert("cases_event", imported_columns.events(stored, now))
    audit.add_leaf_hashes([row.leaf for row in stored])
    audit.record(
        "cases.import",
        actor=actor,
        subject=subject,
        data={"cases": len(stored), "first": stored[0].pk, "last": stored[-1].pk} if stored else {"cases": 0},
    )
    return len(stored)


def _make_room() -> None:
    """Settings of this transaction, for many rows at once.

    Words wait in a larger heap before they are sorted into the index. Foreign keys are looked up behind each COPY
    rather than all at the end, while their rows are still at hand. The commit does not wait for the disk: a machine
    that dies may take back the last batches, whole, and whoever commits later waits for them too.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL gin_pending_list_limit = '32MB'; SET LOCAL work_mem = '64MB'; "
            "SET LOCAL synchronous_commit = off; SET CONSTRAINTS ALL IMMEDIATE"
        )


def _numbered(rows: Sequence[Imported]) -> list[Stored]:
    replies = iter(
        _reserve("pg_get_serial_sequence('cases_reply', 'id')", sum(bool(row.reply) for row in rows))
    )
    ids = _reserve("pg_get_serial_sequence('cases_case', 'id')", len(rows))
    serials = _reserve("'case_serial'", len(rows))
    numbers = public_ids.case_numbers(serials)
    return [
        Stored(row, pk, number, next(replies) if row.reply else None)
        for row, pk, number in zip(rows, ids, numbers, strict=True)
    ]


def _reserve(sequence: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT nextval({sequence}::regclass) FROM generate_series(1, %s)",  # noqa: S608 -- three fixed names
            [count],
        )
        return [value for (value,) in cursor.fetchall()]


def _promise_all(rows: Sequence[Stored]) -> None:
    """Give open cases their deadlines; units and services are read only where there are any."""
    if not rows:
        return
    units = {unit.pk: unit for unit in organisations.units()}
    versions = {row.current_id: row.current for row in catalogue.services()}
    for row in rows:
        _promise(row, units, versions)


def _promise(row: Stored, units: dict[int, Any], versions: dict[int | None, Any]) -> None:
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


def _commit(row: Stored) -> None:
    salt = os.urandom(32)
    case = row.case
    moments = {"sign": row.sign_due_at, "contact": row.contact_due_at, "answer": case.promised_at}
    deadlines = {name: at for name, at in moments.items() if at is not None}
    if deadlines:
        content = log.content(
            number=row.number, received_at=case.received_at, text=case.text, deadlines=deadlines
        )
        commitment = log.commitment(salt=salt, content=content)
    else:
        commitment = log.plain_commitment(
            salt=salt, number=row.number, received_at=case.received_at, text=case.text
        )
    row.salt = salt.hex()
    row.leaf = merkle.leaf_hash(commitment)
