"""What staff do with a case. Each verb refuses as `acting` does, and what it adds to that is said with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.cases.enums import (
    ANSWER_OUTCOMES,
    Action,
    NotAcceptedReason,
    Outcome,
    Party,
    ReplyKind,
    ReturnEnd,
)
from huiyin.cases.models import Case, Note, Reply
from huiyin.cases.operations import clocks, merging, notices, steps
from huiyin.cases.operations.acting import SYSTEM, Actor, acting
from huiyin.catalogue.enums import Kind
from huiyin.kernel.errors import Conflict, Denied, Invalid

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.catalogue.models import ServiceVersion
    from huiyin.files.models import StoredFile
    from huiyin.organisations.models import Unit


def assign(case_id: int, *, unit: Unit, actor: Actor, reason: str = "", revision: int | None = None) -> Case:
    """Send the case to a unit. The deadlines stay: who works on it is no concern of the person's clock.

    A running pause ends, because nobody of the new unit waits for the reply. Refuses a unit that
    receives no cases. After commit: nothing; the unit's list shows it.
    """
    if not unit.is_active:
        raise Invalid(_("This unit receives no cases at present. Choose another one."))
    with acting(case_id, Action.ASSIGN, actor=actor, revision=revision) as act:
        act.data = {"unit": unit.pk, "from_unit": act.case.unit_id}
        act.words = {"reason": reason}
        steps.resumed(act)
        steps.end_return(act, ReturnEnd.SENT, unit=unit)
        steps.move(act, unit)
        return act.case


def take(case_id: int, *, officer: User, actor: Actor, revision: int | None = None) -> Case:
    """Give the case to an officer of the unit; an officer may take it, only the head gives it to others.

    What is given to somebody away goes to who stands in, and the timeline says so. Refuses (Invalid) who does not
    work in the unit, (Conflict) who declared a conflict of interest, and a confidential case for somebody who is away.
    """
    with acting(case_id, Action.TAKE, actor=actor, revision=revision) as act:
        if (
            act.party is Party.UNIT
            and actor.user != officer
            and Party.UNIT_HEAD not in actor.parties(act.case)
        ):
            raise Invalid(_("You can take a case yourself; the head of the unit gives cases to others."))
        if not accounts.staff_of_unit(act.case.unit_id or 0).filter(pk=officer.pk).exists():
            raise Invalid(_("This person does not work in the responsible unit."))
        receiver = officer if actor.user == officer else steps.stand_in(act, officer)
        if act.case.declarations.filter(user=receiver).exists():
            raise Conflict(_("%(name)s declared not to be impartial in this case.") % {"name": receiver.name})
        act.data = {"officer": receiver.pk}
        if receiver != officer:
            act.data["instead_of"] = officer.pk
        act.case.officer = receiver
        if actor.user != receiver:
            notices.tell_staff(act.case, "staff_assigned", users=[receiver])
        return act.case


def sign_for(case_id: int, *, actor: Actor, revision: int | None = None) -> Case:
    """The unit confirms that the case is its own; who signs and has no officer yet becomes the officer."""
    with acting(case_id, Action.SIGN_FOR, actor=actor, revision=revision) as act:
        steps.accept(act)
        return act.case


def start(case_id: int, *, actor: Actor, revision: int | None = None) -> Case:
    """Work begins."""
    with acting(case_id, Action.START, actor=actor, revision=revision) as act:
        return act.case


def classify(
    case_id: int, *, version: ServiceVersion, kind: Kind, actor: Actor, revision: int | None = None
) -> Case:
    """Change service and kind. What was promised stays: neither shorter nor longer."""
    with acting(case_id, Action.CLASSIFY, actor=actor, revision=revision) as act:
        act.data = {
            "service": version.service_id,
            "from_service": act.case.service_id,
            "kind": kind.value,
            "from_kind": act.case.kind,
        }
        act.case.service_id, act.case.service_version, act.case.kind = version.service_id, version, kind
        return act.case


def record_contact(case_id: int, *, actor: Actor, how: str, revision: int | None = None) -> Case:
    """Record that the person was reached by telephone or in person; the first time counts for the clock."""
    with acting(case_id, Action.CONTACT, actor=actor, revision=revision) as act:
        act.words = {"how": how}
        act.case.contacted_at = act.case.contacted_at or act.now
        return act.case


def write_note(case_id: int, *, text: str, actor: Actor) -> Note:
    """Write a note that only colleagues see. Works whatever changed in between: a note overwrites nothing."""
    if actor.user is None:
        raise Denied(_("Only staff write notes."))
    with acting(case_id, Action.NOTE, actor=actor) as act:
        act.note = Note.objects.create(case=act.case, author=actor.user, text=steps.words(text))
        return act.note


def inform(
    case_id: int, *, text: str, actor: Actor, files: Sequence[StoredFile] = (), revision: int | None = None
) -> Reply:
    """Write to the person without answering yet. Counts as first contact."""
    with acting(case_id, Action.INFORM, actor=actor, revision=revision) as act:
        return steps.letter(act, ReplyKind.INFORMATION, text, files)


def ask(
    case_id: int, *, text: str, actor: Actor, files: Sequence[StoredFile] = (), revision: int | None = None
) -> Reply:
    """Ask the person; the clock for the answer stops until they reply, at most for the set time.

    Refuses a further question while the person has not said a word since the last one: a row of questions that nobody
    answers would stop the clock for ever. A message (`inform`) is always possible.
    """
    with acting(case_id, Action.ASK, actor=actor, revision=revision) as act:
        if clocks.last_question_is_unanswered(act.case):
            raise Conflict(
                _(
                    "The person has not replied to your last question, and the clock does not stop a second time "
                    "for it. Write a message instead, or answer with what you know."
                )
            )
        steps.accept(act)
        reply = steps.letter(act, ReplyKind.QUESTION, text, files)
        pause = clocks.start_pause(act.case, question=reply, now=act.now)
        act.data = {"until": pause.until.isoformat()}
        return reply


def resume(case_id: int, *, actor: Actor = SYSTEM) -> Case:
    """Go on after a question without waiting longer."""
    with acting(case_id, Action.RESUME, actor=actor) as act:
        steps.resumed(act)
        return act.case


def answer(
    case_id: int,
    *,
    text: str,
    outcome: Outcome,
    actor: Actor,
    files: Sequence[StoredFile] = (),
    revision: int | None = None,
) -> Reply:
    """Give the answer with its outcome. Signs for the case where that was not done yet.

    Refuses an outcome that is no answer's, and an empty explanation. After commit: a notice to the person.
    """
    if outcome not in ANSWER_OUTCOMES:
        raise Invalid(_("Choose the outcome."), fields={"outcome": _("Choose the outcome.")})
    with acting(case_id, Action.ANSWER, actor=actor, revision=revision) as act:
        steps.resumed(act)
        steps.accept(act)
        reply = steps.letter(act, ReplyKind.ANSWER, text, files)
        reply.outcome, reply.in_time = outcome, act.case.due_at is None or act.now <= act.case.due_at
        reply.save(update_fields=["outcome", "in_time"])
        act.case.outcome, act.case.answered_at = outcome, act.now
        act.data |= {"outcome": outcome.value, "in_time": reply.in_time}
        merging.pass_on_answer(act, reply)
        return reply


def not_accept(
    case_id: int, *, reason: NotAcceptedReason, text: str, actor: Actor, revision: int | None = None
) -> Reply:
    """Decline the case: with the reason, and a letter that says where the person can go instead."""
    with acting(case_id, Action.NOT_ACCEPT, actor=actor, revision=revision) as act:
        act.case.not_accepted_reason = reason
        act.case.closed_at = act.now
        reply = steps.letter(act, ReplyKind.INFORMATION, text, ())
        act.data = {"reason": reason.value}
        merging.pass_on_refusal(act, reply)
        return reply


def close_silent(case_id: int) -> Case:
    """Close an answered case after the set days without a word from the person. Silence is no verdict."""
    with acting(case_id, Action.CLOSE, actor=SYSTEM) as act:
        act.case.closed_at = act.now
        return act.case


@transaction.atomic
def take_many(case_ids: Sequence[int], *, officer: User, actor: Actor) -> int:
    """Give several cases to an officer: all or none. Returns how many."""
    # In one order for everybody, so that two of these never wait for each other.
    for case_id in sorted(set(case_ids)):
        take(case_id, officer=officer, actor=actor)
    return len(set(case_ids))


@transaction.atomic
def assign_many(case_ids: Sequence[int], *, unit: Unit, actor: Actor, reason: str = "") -> int:
    """Send several cases to a unit: all or none. Returns how many."""
    for case_id in sorted(set(case_ids)):
        assign(case_id, unit=unit, actor=actor, reason=reason)
    return len(set(case_ids))
