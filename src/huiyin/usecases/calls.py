"""What an operator does with a call: file it and send it on, or answer it at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.cases.operations import acting, handling, intake, limits
from huiyin.catalogue.enums import Kind
from huiyin.kernel.errors import Conflict, Denied
from huiyin.usecases import filing

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.cases.enums import Outcome


@dataclass(frozen=True)
class DirectAnswer:
    """What was said on the line, and what came of it."""

    text: str
    outcome: Outcome


class FiledAlready(Conflict):
    """The same form was sent twice; the first one is filed."""


@transaction.atomic
def send_on(
    new: intake.NewCase, *, contact: filing.ContactGiven, operator: User, once: str = ""
) -> intake.Filed:
    """File a case for a caller; the unit of its service has it in its list at once. Refuses as `file_case` does.

    `once` is a mark of the form: a second call with it, also at the same moment, is refused (FiledAlready).
    """
    _claim(operator, once)
    return filing.file_case(replace(new, filed_by=operator), contact=contact)


@transaction.atomic
def answer_at_once(
    new: intake.NewCase, *, contact: filing.ContactGiven, operator: User, answer: DirectAnswer, once: str = ""
) -> intake.Filed:
    """File a case and give its answer in the same breath: all of it or nothing.

    It goes to no unit, so that nobody is asked to sign for what is answered already. Refuses (Denied) a user who may
    not answer at the desk, (FiledAlready) a second call with the mark `once`, and as `file_case` and `answer` do.
    """
    _claim(operator, once)
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


def _claim(operator: User, once: str) -> None:
    """Take the mark of a form, in the transaction that files it: whoever comes second waits here, and is refused."""
    if once and limits.tries("call", f"{operator.pk}:{once}", window=limits.DAY) > 1:
        raise FiledAlready
