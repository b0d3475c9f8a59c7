"""Warning the people who can still do something: officers and their unit, then its head, then the supervisors.

Everybody gets at most one message per run about deadlines that come near and one about those that have passed, whatever
the number of cases, in the words of these notices and as often as they chose. Who stands in is told in their place.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import transaction

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Role
from huiyin.accounts.queries import absences
from huiyin.cases.enums import Level
from huiyin.cases.operations import escalation, notices
from huiyin.cases.queries import due

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huiyin.accounts.models import User
    from huiyin.cases.models import Case

Letters = dict[tuple["User", str], list["Case"]]


def warn_of_deadlines() -> int:
    """Plan and give the warnings whose time has come, then tell whom they concern; returns how many cases."""
    escalation.plan()
    warned = escalation.warn()
    letters: Letters = defaultdict(list)
    rooms: dict[tuple[int | None, str], list[Case]] = defaultdict(list)
    for (level, unit_id), case_ids in warned.cases.items():
        rows = due.with_deadlines(case_ids)
        event = "staff_warning" if level is Level.SOON else "staff_overdue"
        rooms[unit_id, event] += rows
        for reader in _readers(level, unit_id):
            # An officer of the unit hears of the cases that are theirs, and of those that nobody has taken.
            letters[reader, event] += [
                row
                for row in rows
                if level > Level.OVERDUE
                or row.officer_id == reader.pk
                or (row.officer_id is None and not row.is_confidential)
            ]
        secret = [row for row in rows if row.is_confidential and row.officer_id is None]
        if secret and unit_id is not None and level <= Level.OVERDUE:
            # Of a confidential case that nobody has taken only the head may know.
            for head in accounts.holders(Role.UNIT_HEAD, unit_id=unit_id):
                letters[head, event] += secret
    with transaction.atomic():
        _send(letters)
        for (_unit, event), rows in rooms.items():
            notices.tell_room(event, _in_order(rows))
    return warned.count


def _send(letters: Letters) -> None:
    """One message for each reader and event; what is for somebody who is away goes to who stands in."""
    told: dict[tuple[int, str], tuple[absences.Reader, list[Case]]] = {}
    for (user, event), rows in letters.items():
        # Nobody stands in where a case is confidential.
        closed = [row for row in rows if row.is_confidential]
        shown = [row for row in rows if not row.is_confidential]
        for reader, those in ((absences.Reader(user), closed), (absences.readers([user])[0], shown)):
            before, named = told.get((reader.user.pk, event), (absences.Reader(reader.user), []))
            names = before.instead_of + (reader.instead_of if those else ())
            told[reader.user.pk, event] = (
                absences.Reader(reader.user, tuple(dict.fromkeys(names))),
                [*named, *those],
            )
    for (_user, event), (reader, rows) in told.items():
        notices.tell_reader(reader, event, _in_order(rows))


def _in_order(rows: Iterable[Case]) -> list[Case]:
    """Each case once, the most overdue first."""
    return sorted({row.pk: row for row in rows}.values(), key=lambda row: (row.due_at, row.number))


def _readers(level: Level, unit_id: int | None) -> Iterable[User]:
    if level is Level.SUPERVISOR:
        return accounts.holders(Role.SUPERVISOR)
    if unit_id is None:
        return accounts.holders(Role.DISPATCHER)
    return accounts.holders(Role.UNIT_HEAD if level is Level.HEAD else Role.OFFICER, unit_id=unit_id)
