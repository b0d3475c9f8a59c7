"""An officer or dispatcher takes what is proposed: one verb, the same checks and rows as by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.cases import permissions
from huiyin.cases.enums import Action
from huiyin.cases.operations import acting, handling
from huiyin.cases.queries import opening, possible
from huiyin.catalogue import queries as catalogue
from huiyin.catalogue.enums import Kind
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Invalid, Missing
from huiyin.organisations import queries as organisations
from huiyin.triage.enums import Question, Source, Taken
from huiyin.triage.models import Decision, Proposal
from huiyin.triage.operations import learning, proposing
from huiyin.triage.queries import answers, matters

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.cases.models import Case


@transaction.atomic
def take(case_id: int, *, question: Question, value: str, user: User, revision: int) -> Case:
    """Take one proposed answer: a service with its kind, a kind, or a unit.

    Refuses (Missing) what was not proposed, (Conflict) a case that somebody changed meanwhile, and as `classify` and
    `assign` do. What was taken is noted in the same transaction.
    """
    proposal = _proposal(case_id, question, value)
    if question is Question.UNIT:
        case = _assign(case_id, value, user, revision)
    else:
        case = _classify(case_id, proposal, question, value, user, revision)
    learning.note([case_id])
    return case


@transaction.atomic
def take_all(case_id: int, *, user: User, revision: int) -> Case:
    """Take the first answer to everything that the user may decide and that stands otherwise.

    Refuses (Conflict) where nothing is left to take, and as `take` does.
    """
    proposal = Proposal.objects.filter(case_id=case_id).first() or proposing.propose(case_id)
    case = opening.stored(case_id)
    if proposal is None or case is None:
        raise Missing(_("Nothing was proposed for this case."))
    allowed = possible.actions(case, user=user)
    service = _first(proposal, Question.SERVICE)
    units = tuple(map(matters.read, proposal.answers.get(Question.UNIT) or ()))
    # Which unit the person complains about may have been said after the proposal was made.
    unit = next((choice.value for choice in answers.impartial(units, about=case.about_unit_id)[:1]), "")
    done = False
    if Action.CLASSIFY in allowed and service and service != str(case.service_id or ""):
        case = take(case_id, question=Question.SERVICE, value=service, user=user, revision=revision)
        revision, done = case.revision, True
    if Action.ASSIGN in allowed and unit and unit != str(case.unit_id or ""):
        case = take(case_id, question=Question.UNIT, value=unit, user=user, revision=revision)
        done = True
    if not done:
        raise Conflict(_("The case stands as proposed already, or your role does not decide it."))
    return case


def _proposal(case_id: int, question: Question, value: str) -> Proposal:
    row = Proposal.objects.filter(case_id=case_id).first() or proposing.propose(case_id)
    if row is None or value not in {str(found["value"]) for found in row.answers.get(question.value, [])}:
        raise Missing(_("This was not proposed for this case."))
    return row


def _first(proposal: Proposal, question: Question) -> str:
    rows = proposal.answers.get(question.value) or []
    return matters.read(rows[0]).value if rows else ""


def _assign(case_id: int, value: str, user: User, revision: int) -> Case:
    unit = organisations.unit(int(value))
    if unit is None:
        raise Invalid(_("This unit receives no cases at present. Choose another one."))
    return handling.assign(case_id, unit=unit, actor=acting.staff(user), revision=revision)


def _classify(
    case_id: int, proposal: Proposal, question: Question, value: str, user: User, revision: int
) -> Case:
    case = opening.stored(case_id)
    chosen = int(value) if question is Question.SERVICE else (case.service_id or 0) if case else 0
    row = catalogue.leaf(chosen)
    if case is None or row is None or row.current is None:
        raise Invalid(_("This service is not offered any more. Choose another one."))
    kind = value if question is Question.KIND else _kind(proposal, value, case, row.current.kind)
    return handling.classify(
        case_id, version=row.current, kind=Kind(kind), actor=acting.staff(user), revision=revision
    )


def _kind(proposal: Proposal, service: str, case: Case, usual: str) -> str:
    """The proposed kind goes with the first service; another service brings its usual one, if none stood before."""
    if service == _first(proposal, Question.SERVICE):
        return _first(proposal, Question.KIND) or usual
    return case.kind if case.service_id else usual


def confirm_duplicate(case_id: int, *, other: int, user: User) -> None:
    """Note that a case that was found is about the same matter; the cases themselves stay as they are.

    Refuses (Missing) a case that was not found for this one, or that the user may not open.
    """
    _judge(case_id, other, str(other), user)


def deny_duplicate(case_id: int, *, other: int, user: User) -> None:
    """Note that a case that was found is about something else. Refuses as `confirm_duplicate` does."""
    _judge(case_id, other, "", user)


@transaction.atomic
def _judge(case_id: int, other: int, decided: str, user: User) -> None:
    case = opening.stored(case_id)
    proposal = Proposal.objects.filter(case_id=case_id).first()
    found = {row["case"]: row for row in proposal.duplicates} if proposal is not None else {}
    if case is None or other not in found or not permissions.can_see(user, case):
        raise Missing(_("This was not proposed for this case."))
    Decision.objects.update_or_create(
        case_id=case_id,
        question=Question.DUPLICATE,
        defaults={
            "proposed": str(other), "decided": decided, "source": Source.MODEL,
            "became": Taken.TAKEN if decided else Taken.CHANGED, "probability": found[other]["probability"],
            "user": user, "service_id": case.service_id, "unit_id": case.unit_id, "at": clock.now(),
        },
    )  # fmt: skip
