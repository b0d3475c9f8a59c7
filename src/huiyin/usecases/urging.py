"""Urging a unit and putting a case before the supervisors, with a message to those who can act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Role
from huiyin.accounts.queries import absences
from huiyin.cases.operations import supervision
from huiyin.cases.queries import notice_texts
from huiyin.notifications import operations as notifications

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huiyin.accounts.models import User
    from huiyin.cases.models import Case
    from huiyin.cases.operations.acting import Actor


@transaction.atomic
def urge(case_id: int, *, text: str, actor: Actor) -> None:
    """Urge the responsible unit: its officer and its heads get a message that names the case and nothing of it."""
    case = supervision.urge(case_id, text=text, actor=actor)
    readers = set(accounts.holders(Role.UNIT_HEAD, unit_id=case.responsible_unit_id or 0))
    if case.officer is not None:
        readers.add(case.officer)
    _tell(readers, case, "urged")


@transaction.atomic
def escalate(case_id: int, *, text: str, actor: Actor) -> None:
    """Put the case before the supervisors: they get a message, and it stands on their board."""
    case = supervision.escalate(case_id, text=text, actor=actor)
    _tell(accounts.holders(Role.SUPERVISOR), case, "escalated")


def _tell(readers: Iterable[User], case: Case, event: str) -> None:
    for told in absences.readers(readers):
        reader = told.user
        if not reader.email:
            continue
        with translation.override(reader.language or settings.LANGUAGE_CODE):
            names = {"number": case.number}
            subject = {
                "urged": _("You are urged to act on case %(number)s") % names,
                "escalated": _("Case %(number)s was put before the supervisors") % names,
            }[event]
            lines = [subject, f"{settings.HUIYIN_BASE_URL}/desk/cases/{case.number}/"]
            if told.instead_of:
                lines.append(notice_texts.instead_of(told.instead_of))
            body = "\n\n".join(lines)
            notifications.enqueue(event, address=reader.email, reference="", subject=subject, body=body)
