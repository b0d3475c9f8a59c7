"""What the person behind a case sees of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q

from huiyin.cases import logic
from huiyin.cases.enums import Action, Party, ReplyKind, State
from huiyin.cases.models import Case, CaseFile, Pause, Reply
from huiyin.cases.queries import deciding
from huiyin.kernel import clock
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from huiyin.people.models import Contact


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


def ids_with(contacts: QuerySet[Contact]) -> list[int]:
    """Ids of all cases of these contacts, with their parts, oldest first."""
    # Parts by the ids of their whole: whose contact the whole has, the database would ask of every case there is.
    return with_parts(Case.objects.filter(contact__in=contacts.order_by()).values_list("pk", flat=True))


def with_parts(case_ids: Iterable[int]) -> list[int]:
    """Ids of these cases and of their parts, oldest first."""
    own = list(case_ids)
    rows = Case.objects.filter(Q(pk__in=own) | Q(root__in=own))
    return list(rows.order_by("received_at", "pk").values_list("pk", flat=True))


def first_files(case: Case) -> QuerySet[CaseFile]:
    """Files that came with the case itself."""
    return case.files.filter(reply=None, message=None).select_related("file")
