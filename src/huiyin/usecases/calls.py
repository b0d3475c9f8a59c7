"""What an operator does with a call: file it and send it on, or answer it at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.cases.operations import acting, handling, intake
from huiyin.catalogue.enums import Kind
from huiyin.kernel.errors import Denied
from huiyin.usecases import filing

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.cases.enums import Outcome


@dataclass(frozen=True)
class DirectAnswer:
    """What was said on the line, and what came of it."""

    text: str
    outcome: Outcome


def send_on(new: intake.NewCase, *, contact: filing.ContactGiven, operator: User) -> intake.Filed:
    """File a case for a caller; the unit of its service has it in its list at once. Refuses as `file_case` does."""
    return filing.file_case(replace(new, filed_by=operator), contact=contact)


@transaction.atomic
def answer_at_once(
    new: intake.NewCase, *, contact: filing.ContactGiven, operator: User, answer: DirectAnswer
) -> intake.Filed:
    """File a case and give its answer in the same breath: all of it or nothing.

    It goes to no unit, so that nobody is asked to sign for what is answered already. Refuses (Denied) a user who may
    not answer at the desk, and as `file_case` and `answer` do.
    """
    if not accounts.has_permission(operator, Permission.ANSWER_AT_DESK):
        raise Denied(_("Your role does not answer at the desk. Send the case on."))
    has_place = bool(new.place_text or new.area or new.point)
    filing.check_service(new.version, contact=contact, has_place=has_place)
    filed = filing.file_case(replace(new, version=None, filed_by=operator), contact=contact)
    actor = acting.staff(operator)
    if new.version is not None:
        kind = new.kind or Kind(new.version.kind)
        handling.classify(filed.case.pk, version=new.version, kind=kind, actor=actor)
    handling.answer(filed.case.pk, text=answer.text, outcome=answer.outcome, actor=actor)
    return filed
