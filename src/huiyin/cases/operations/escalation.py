"""Warning of deadlines: a plan for every promise, and the steps whose time has come, thousands in one statement.

A deadline that moves loses its plan (`clocks.plan_warnings_anew`) and gets a new one with the next run. Warnings change
nothing that people see as the state of a case, so they leave its revision alone; the rows are locked all the same.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db import connection, transaction

from huiyin.audit import operations as audit
from huiyin.cases.enums import Action, Level, Party
from huiyin.cases.logic import extending
from huiyin.cases.models import Case, Event
from huiyin.cases.queries import due
from huiyin.engines import worktime
from huiyin.kernel import clock
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey

BATCH = 20_000


@dataclass
class Warned:
    """How many cases reached which level in one run, and which of them concern which unit."""

    count: int = 0
    cases: dict[tuple[Level, int | None], list[int]] = field(default_factory=lambda: defaultdict(list))


def plan(*, most: int = 1_000_000) -> int:
    """Give every open case without a plan the moment of its first warning; returns how many."""
    done = 0
    while done < most and (planned := _plan_batch()):
        done += planned
    return done


def warn(*, most: int = 1_000_000) -> Warned:
    """Give the warnings whose moment has come, each with its row in the timeline; says whom they concern.

    A case that was not looked at for long goes straight to the level that it has reached. Cases that wait for the
    person are left alone. Safe to run anywhere and at once: a case that somebody works on is taken by the next run.
    """
    warned = Warned()
    while warned.count < most and (more := _warn_batch(warned)):
        warned.count += more
    return warned


@transaction.atomic
def _plan_batch() -> int:
    now, moments = clock.now(), _Moments()
    rows = due.unplanned(BATCH)
    values = [(row.pk, moments.of(row, now)[0]) for row in rows]
    _update("escalate_at = new.at::timestamptz", values, "at")
    return len(rows)


@transaction.atomic
def _warn_batch(warned: Warned) -> int:
    now, moments = clock.now(), _Moments()
    rows = due.to_be_warned(now, BATCH)
    values, told = [], []
    for row in rows:
        level, following = extending.reached(moments.of(row, now), now)
        # Settings may have been lengthened since the plan was made: then there is nothing to say yet.
        values.append((row.pk, max(level, Level(row.escalation)), following))
        if level > row.escalation:
            told.append((row, level))
            warned.cases[level, row.unit_id].append(row.pk)
    _update("escalation = new.level::smallint, escalate_at = new.at::timestamptz", values, "level", "at")
    Event.objects.bulk_create([_event(row, level, now) for row, level in told], batch_size=5_000)
    audit.record_many(
        audit.Entry("case.warn", actor="system", subject=f"case:{row.pk}", data={"level": int(level)})
        for row, level in told
    )
    return len(rows)


def _event(row: Case, level: Level, now: dt.datetime) -> Event:
    return Event(
        case_id=row.pk, at=now, action=Action.WARN, party=Party.SYSTEM, unit_id=row.unit_id, from_state=row.state,
        to_state=row.state, data={"level": int(level), "due": row.due_at.isoformat() if row.due_at else None},
    )  # fmt: skip


class _Moments:
    """The chain of warnings of many cases; calendars and settings are read once."""

    def __init__(self) -> None:
        settings = organisations.settings()
        self.warn_at = Fraction(int(settings[SettingKey.WARNING_PERCENT]), 100)
        self.head = worktime.Limit.parse(settings[SettingKey.TELL_HEAD_AFTER])
        self.supervisor = worktime.Limit.parse(settings[SettingKey.TELL_SUPERVISOR_AFTER])
        self.calendars = organisations.working_calendars()
        self.kinds: dict[str, worktime.Kind] = {"": worktime.Kind.WORKING}

    def of(self, row: Case, now: dt.datetime) -> tuple[dt.datetime, ...]:
        """The moments of one case; a reopened one counts from its new promise."""
        if row.due_at is None:
            raise ValueError("A case without a deadline is not warned of.")
        if row.answer_limit not in self.kinds:
            self.kinds[row.answer_limit] = worktime.Limit.parse(row.answer_limit).kind
        chain = extending.Chain(
            start=min(now, row.due_at) if row.reopened else row.received_at, due=row.due_at,
            kind=self.kinds[row.answer_limit], warn_at=self.warn_at, head_after=self.head,
            supervisor_after=self.supervisor,
        )  # fmt: skip
        return extending.warnings(self.calendars[row.unit_id], chain)


def _update(what: str, values: Sequence[tuple[Any, ...]], *names: str) -> None:
    """One UPDATE for all rows: `values` are tuples of the id and what `names` says."""
    if not values:
        return
    columns: Iterable[Any] = zip(*values, strict=True)
    marks = ", ".join(["%s::bigint[]", *("%s::text[]" for _name in names)])
    # Only names of columns are put together here, all written in this file; values travel as arrays.
    new = f"unnest({marks}) AS new(id, {', '.join(names)})"
    sql = f"UPDATE cases_case SET {what} FROM {new} WHERE cases_case.id = new.id"  # noqa: S608
    ids, *others = (list(column) for column in columns)
    texts = [[_text(value) for value in column] for column in others]
    with connection.cursor() as cursor:
        cursor.execute(sql, [ids, *texts])


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, dt.datetime) else str(int(value))
