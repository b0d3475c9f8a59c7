"""What the person behind a case sees of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from huiyin.cases import logic
from huiyin.cases.enums import Action, Party, ReplyKind, State
from huiyin.cases.models import Case, CaseFile, Pause, Reply
from huiyin.cases.queries import deciding
from huiyin.kernel import clock
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey

if TYPE_CHECKING:
    from django.db.models import QuerySet


def actions(case: Case) -> frozenset[Action]:
    """What the person can do now."""
    return logic.actions_for(deciding.facts(case, clock.now()), [Party.PERSON])


def last_answer(case: Case) -> Reply | None:
    """The newest answer, with its verdict."""
    rows = case.replies.filter(kind=ReplyKind.ANSWER).select_related("unit", "verdict")
    return rows.order_by("-sent_at", "-id").first()


def open_question(case: Case) -> Pause | None:
    """The question that the office waits for, with the moment at which the clock goes on."""
    if case.state != State.AWAITING_PERSON:
        return None
    return Pause.objects.filter(case=case, ended_at__isnull=True).select_related("question").first()


def reopen_until(case: Case) -> dt.datetime | None:
    """Until when the case can be reopened."""
    ended = case.closed_at or case.answered_at
    days = int(organisations.setting(SettingKey.REOPEN_DAYS))
    return ended + dt.timedelta(days=days) if ended else None


def first_files(case: Case) -> QuerySet[CaseFile]:
    """Files that came with the case itself."""
    return case.files.filter(reply=None, message=None).select_related("file")
