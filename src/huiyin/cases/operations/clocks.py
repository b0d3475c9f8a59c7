"""Deadlines of a case: promised once, frozen, moved only by a pause (or an extension) and never in silence."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from huiyin.cases.enums import Level
from huiyin.cases.models import Case, Pause, Reply
from huiyin.cases.queries import deciding
from huiyin.engines import worktime
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey

if TYPE_CHECKING:
    from huiyin.catalogue.models import ServiceVersion
    from huiyin.organisations.models import Unit


def promise(case: Case, *, version: ServiceVersion | None, unit: Unit | None, start: dt.datetime) -> None:
    """Set the three deadlines of a new case, counted from `start` in the calendar of `unit`."""
    calendar = organisations.working_calendar(unit)
    limits = version.limits if version is not None else {}
    sign = limits.get("sign_for") or organisations.setting(SettingKey.SIGN_FOR_LIMIT)
    contact = limits.get("first_contact") or organisations.setting(SettingKey.FIRST_CONTACT_LIMIT)
    case.answer_limit = deciding.answer_limit(version, case.urgency)
    case.sign_due_at = _deadline(calendar, start, sign)
    case.contact_due_at = _deadline(calendar, start, contact)
    case.promised_at = case.due_at = _deadline(calendar, start, case.answer_limit)


def promise_again(case: Case, *, now: dt.datetime) -> None:
    """A reopened case gets the same limit anew; the first promise stays in `promised_at`."""
    calendar = organisations.working_calendar(case.unit)
    case.due_at = _deadline(
        calendar, now, case.answer_limit or deciding.answer_limit(case.service_version, case.urgency)
    )
    plan_warnings_anew(case)


def plan_warnings_anew(case: Case) -> None:
    """The deadline moved, so whoever was warned of the old one is warned of the new one again."""
    case.escalation, case.escalate_at = Level.NONE, None


def last_question_is_unanswered(case: Case) -> bool:
    """Whether the person has not written since this unit last stopped the clock with a question."""
    rows = Pause.objects.filter(case=case, question__unit_id=case.unit_id or 0)
    last = rows.order_by("-started_at", "-id").first()
    return last is not None and not case.messages.filter(created_at__gt=last.started_at).exists()


def start_pause(case: Case, *, question: Reply, now: dt.datetime) -> Pause:
    """Stop the clock until the person replies, at most for the set number of working days."""
    calendar = organisations.working_calendar(case.unit)
    days = int(organisations.setting(SettingKey.PAUSE_WORKING_DAYS))
    until = worktime.add_working_days(calendar, now, days)
    return Pause.objects.create(
        case=case, question=question, started_at=now, until=until, due_before=case.due_at
    )


def end_pause(case: Case, *, now: dt.datetime) -> Pause | None:
    """Let the clock go on; the deadline moves by the paused time, capped at the pause's own limit."""
    pause = Pause.objects.filter(case=case, ended_at__isnull=True).first()
    if pause is None:
        return None
    ended = min(now, pause.until)
    if case.due_at is not None:
        kind = worktime.Limit.parse(case.answer_limit).kind if case.answer_limit else worktime.Kind.WORKING
        calendar = organisations.working_calendar(case.unit)
        case.due_at = worktime.shift_for_pause(calendar, case.due_at, pause.started_at, ended, kind)
        plan_warnings_anew(case)
    pause.ended_at, pause.due_after = ended, case.due_at
    pause.save(update_fields=["ended_at", "due_after"])
    return pause


def _deadline(calendar: worktime.Calendar, start: dt.datetime, limit: str) -> dt.datetime:
    return worktime.deadline(calendar, start, worktime.Limit.parse(limit))
