"""What decisions look at: the facts of a case, and the limit that holds for it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from huiyin.cases import logic
from huiyin.cases.enums import OPEN_STATES, ReplyKind, State
from huiyin.cases.models import Case, Reply
from huiyin.cases.queries import pending
from huiyin.catalogue.enums import Urgency
from huiyin.engines import worktime
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey

if TYPE_CHECKING:
    from huiyin.catalogue.models import ServiceVersion

ANSWER_LIMITS = {
    Urgency.EMERGENCY: SettingKey.EMERGENCY_LIMIT,
    Urgency.UTILITIES: SettingKey.UTILITIES_LIMIT,
    Urgency.ORDINARY: SettingKey.ORDINARY_LIMIT,
    Urgency.COMPLEX: SettingKey.COMPLEX_LIMIT,
}


def answer_limit(version: ServiceVersion | None, urgency: str) -> str:
    """The limit for the answer as written: the service's own, else that of the urgency class."""
    own = version.limits.get("answer") if version is not None else None
    return own or str(organisations.setting(ANSWER_LIMITS[Urgency(urgency)]))


def facts(case: Case, now: dt.datetime, *, answer: Reply | None = None) -> logic.Facts:
    """What the table of moves looks at, read from the case and its last answer, which a screen may have at hand."""
    # Only finished cases have an answer to look for; the others save the query.
    if answer is None and case.answered_at is not None:
        answer = case.replies.filter(kind=ReplyKind.ANSWER).order_by("-sent_at", "-id").first()
    settings = organisations.settings()
    # Only open cases have anything that waits for a decision.
    open_matters = pending.matters(case).pending if case.state in OPEN_STATES else logic.Pending()
    open_matters = replace(open_matters, confidential=case.is_confidential, held=case.held_until is not None)
    return logic.Facts(
        state=State(case.state),
        now=now,
        answered_at=case.answered_at,
        closed_at=case.closed_at,
        due_at=case.due_at,
        return_until=_return_until(case),
        pending=open_matters,
        has_answer=answer is not None,
        is_erased=case.anonymised_at is not None,
        has_officer=case.officer_id is not None,
        has_verdict=answer is not None and answer.verdict_id is not None,
        reopen_days=settings[SettingKey.REOPEN_DAYS],
        silence_days=settings[SettingKey.CLOSE_AFTER_SILENCE_DAYS],
    )


def _return_until(case: Case) -> dt.datetime | None:
    """Until when the unit that was sent the case may say that it is not its own."""
    if case.state != State.ASSIGNED or case.assigned_at is None:
        return None
    limit = worktime.Limit.parse(str(organisations.setting(SettingKey.RETURN_LIMIT)))
    return worktime.deadline(organisations.working_calendar(case.unit), case.assigned_at, limit)
