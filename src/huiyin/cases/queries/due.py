"""Which cases the clock has to touch."""

import datetime as dt
from typing import Any

from django.db.models import F, Q, QuerySet

from huiyin.cases.enums import OPEN_STATES, Level, ReplyKind, State
from huiyin.cases.models import Case, Pause, Reply
from huiyin.kernel import clock
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey

AT_ONCE = 5_000
OPEN = Q(state__in=[state.value for state in OPEN_STATES])


def expired_pauses() -> list[int]:
    """Ids of cases whose question was not answered in the set time."""
    rows = Pause.objects.filter(
        ended_at__isnull=True, until__lte=clock.now(), case__state=State.AWAITING_PERSON
    )
    return list(rows.order_by("until").values_list("case_id", flat=True)[:AT_ONCE])


def silent_answers() -> list[int]:
    """Ids of answered cases whose time for a verdict is over."""
    days = int(organisations.setting(SettingKey.CLOSE_AFTER_SILENCE_DAYS))
    limit = clock.now() - dt.timedelta(days=days)
    rows = Case.objects.filter(state=State.ANSWERED, answered_at__lte=limit)
    return list(rows.order_by("answered_at").values_list("pk", flat=True)[:AT_ONCE])


def answers_to_call_about() -> QuerySet[Reply]:
    """Last answers without a verdict, of cases that are answered and whose person left a telephone number."""
    rows = Reply.objects.filter(
        kind=ReplyKind.ANSWER, verdict=None, case__state=State.ANSWERED, sent_at=F("case__answered_at")
    )
    return (
        rows.exclude(case__contact__phone_key="").filter(case__contact__isnull=False).select_related("unit")
    )


def callbacks_are_needless(prefix: str) -> Q:
    """A condition on the answer behind `prefix`: judged, worked on again, or without a way to reach the person."""
    finished = Q(**{f"{prefix}case__state__in": (State.ANSWERED, State.CLOSED)})
    return (
        Q(**{f"{prefix}verdict__isnull": False})
        | ~finished
        | Q(**{f"{prefix}case__contact__isnull": True})
        | Q(**{f"{prefix}case__anonymised_at__isnull": False})
    )


def answers_between(begin: dt.datetime, end: dt.datetime) -> QuerySet[Reply]:
    """Answers of units sent in [begin, end), as far as their words are still there."""
    rows = Reply.objects.filter(
        kind=ReplyKind.ANSWER, sent_at__gte=begin, sent_at__lt=end, unit__isnull=False
    )
    return rows.filter(case__anonymised_at=None)


WARNED_OF = ("pk", "unit_id", "state", "received_at", "due_at", "answer_limit", "reopened", "escalation")


def unplanned(most: int) -> list[Case]:
    """Open cases whose deadline has no plan of warnings yet, locked; those that somebody works on are left out."""
    rows = Case.objects.filter(OPEN, escalate_at__isnull=True, escalation=Level.NONE, due_at__isnull=False)
    return list(rows.select_for_update(skip_locked=True).only(*WARNED_OF).order_by("pk")[:most])


def to_be_warned(now: dt.datetime, most: int) -> list[Case]:
    """Open cases whose next warning has come, locked; not those that wait for the person."""
    rows = Case.objects.filter(OPEN, escalate_at__lte=now, due_at__isnull=False)
    rows = rows.exclude(state=State.AWAITING_PERSON)
    return list(
        rows.select_for_update(skip_locked=True).only(*WARNED_OF).order_by("escalate_at", "pk")[:most]
    )


def with_deadlines(case_ids: list[int]) -> list[Case]:
    """What a notice about a deadline says of these cases, the most overdue first."""
    rows = Case.objects.filter(pk__in=case_ids, due_at__isnull=False).order_by("due_at")
    return list(
        rows.select_related("unit").only("number", "due_at", "officer", "is_confidential", "unit__names")
    )


def open_of_unit(unit_id: int, *, since: dt.datetime, without: QuerySet[Any, Any], most: int) -> list[int]:
    """Ids of open cases of a unit that came in since a moment and are not among `without`, oldest first.

    Confidential ones are not among them: they leave the house in no way.
    """
    rows = Case.objects.filter(OPEN, unit_id=unit_id, received_at__gte=since, anonymised_at=None)
    rows = rows.filter(is_confidential=False)
    return list(
        rows.exclude(pk__in=without).order_by("received_at", "pk").values_list("pk", flat=True)[:most]
    )
