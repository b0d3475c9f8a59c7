"""What stands on the boards of supervisors and of units that help: bounded lists and grouped counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Left

from huiyin.accounts.enums import Permission
from huiyin.cases.enums import OPEN_STATES, ExtensionState, Level, ReplyKind
from huiyin.cases.models import Case, Extension, Reply, Summoned, Task
from huiyin.cases.queries import recent
from huiyin.kernel import clock
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey

if TYPE_CHECKING:
    from huiyin.accounts.models import User

MOST = 20
MOST_TASKS = 200
ABOUT_CHARACTERS = 120
OPEN = Q(state__in=[state.value for state in OPEN_STATES])
OVERDUE = """
    SELECT unit_id,
           count(*) FILTER (WHERE due_at >= %(now)s - interval '3 days'),
           count(*) FILTER (WHERE due_at < %(now)s - interval '3 days' AND due_at >= %(now)s - interval '10 days'),
           count(*) FILTER (WHERE due_at < %(now)s - interval '10 days' AND due_at >= %(now)s - interval '30 days'),
           count(*) FILTER (WHERE due_at < %(now)s - interval '30 days')
    FROM cases_case
    WHERE state IN ('received', 'assigned', 'accepted', 'in_progress', 'awaiting_person') AND state <> 'awaiting_person'
          AND due_at < %(now)s
    GROUP BY unit_id ORDER BY count(*) DESC
"""


@dataclass(frozen=True)
class Overdue:
    """Overdue cases of one unit (None: nobody's yet) by age: up to 3, 10, 30 days, and more."""

    unit_id: int | None
    ages: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.ages)


def overdue() -> list[Overdue]:
    """Overdue cases by unit and age, the unit with most first."""
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE, {"now": clock.now()})
        return [Overdue(unit, tuple(ages)) for unit, *ages in cursor.fetchall()]


def escalated() -> list[Case]:
    """Open cases that reached the supervisors, the longest overdue first."""
    return _listed(Case.objects.filter(OPEN, escalation=Level.SUPERVISOR).order_by("due_at", "pk"))


def reopened() -> list[Case]:
    """Open cases that were answered before, by deadline."""
    return _listed(Case.objects.filter(OPEN, reopened__gt=0).order_by("due_at", "pk"))


def silent() -> list[Case]:
    """Open cases in which nothing happened for the set number of days, the longest silence first."""
    days = int(organisations.setting(SettingKey.SILENT_DAYS))
    before = clock.now() - dt.timedelta(days=days)
    return _listed(Case.objects.filter(OPEN, last_step_at__lt=before).order_by("last_step_at", "pk"))


def said_no() -> list[Reply]:
    """The newest answers of which the person said that it is not solved."""
    rows = Reply.objects.filter(kind=ReplyKind.ANSWER, verdict__solved="no").order_by("-verdict__created_at")
    return list(rows.select_related("unit", "verdict", "case").defer("case__text", "case__words")[:MOST])


def extensions_asked() -> list[Extension]:
    """Extensions that wait for a decision, the nearest deadline first."""
    rows = Extension.objects.filter(state=ExtensionState.ASKED).order_by("due_before", "pk")
    return list(rows.select_related("unit", "asked_by", "case").defer("case__text", "case__words")[:MOST])


def tasks(user: User) -> list[Task]:
    """Open tasks of the user's units, by deadline."""
    units = user.standing().units_for(Permission.SEE_UNIT_CASES)
    rows = Task.objects.filter(unit_id__in=units, done_at=None, cancelled_at=None)
    rows = rows.exclude(case__in=recent.closed_ids(user))
    rows = rows.select_related("unit", "case__unit", "asked_by").defer("case__text", "case__words")
    return list(rows.order_by("due_at", "pk")[:MOST_TASKS])


def summonses(user: User) -> list[Summoned]:
    """Where the user's units are expected and have not arrived yet, the next one first."""
    units = user.standing().units_for(Permission.SEE_UNIT_CASES)
    rows = Summoned.objects.filter(unit_id__in=units, arrived_at=None)
    rows = rows.exclude(summons__case__in=recent.closed_ids(user))
    rows = rows.select_related("unit", "summons__case", "summons__unit")
    return list(
        rows.defer("summons__case__text", "summons__case__words").order_by("summons__at", "pk")[:MOST_TASKS]
    )


def workload(unit_id: int) -> list[tuple[int | None, int, int]]:
    """(officer, open cases, overdue ones) of a unit; None: nobody has taken them yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT officer_id, count(*), count(*) FILTER (WHERE due_at < %s AND state <> 'awaiting_person')
               FROM cases_case
               WHERE unit_id = %s AND state IN ('received', 'assigned', 'accepted', 'in_progress', 'awaiting_person')
               GROUP BY officer_id ORDER BY count(*) DESC""",
            [clock.now(), unit_id],
        )
        return list(cursor.fetchall())


def _listed(rows: QuerySet[Case]) -> list[Any]:
    found = rows.select_related("unit", "service__current").defer("text", "words", "intake", "extra")
    return list(found.annotate(about=Left("text", ABOUT_CHARACTERS))[:MOST])
