"""What staff do with a case. Each verb refuses as `acting` does, and what it adds to that is said with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.cases import logic
from huiyin.cases.enums import (
    ANSWER_OUTCOMES,
    Action,
    NotAcceptedReason,
    Outcome,
    Party,
    ReplyKind,
    ReturnEnd,
    State,
)
from huiyin.cases.models import Case, CaseFile, Note, Reply, Return
from huiyin.cases.operations import clocks, notices
from huiyin.cases.operations.acting import SYSTEM, Acting, Actor, acting
from huiyin.cases.queries import pending
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
        resumed(act)
        end_return(act, ReturnEnd.SENT, unit=unit)
        move(act, unit)
        return act.case


def move(act: Acting, unit: Unit) -> None:
    """Put the case before another unit; the one that was responsible stays so until that unit accepts."""
    case = act.case
    responsible = case.responsible_unit_id
    case.first_unit_id = responsible if responsible not in {None, unit.pk} else None
    case.unit, case.assigned_at = unit, act.now
    case.officer = case.team = case.accepted_at = None


def end_return(act: Acting, how: ReturnEnd, *, unit: Unit | None = None, ground: str = "") -> Return | None:
    """End an open return of the case, if there is one, and say how."""
    if not pending.matters(act.case).returned:
        return None
    row = act.case.returns.select_for_update(of=("self",)).filter(ended_at__isnull=True).first()
    if row is not None:
        row.ended_at, row.end, row.ground = act.now, how, ground
        row.decided_by, row.decided_unit = act.actor.user, unit
        row.save(update_fields=["ended_at", "end", "ground", "decided_by", "decided_unit"])
    return row


def take(case_id: int, *, officer: User, actor: Actor, revision: int | None = None) -> Case:
    """Give the case to an officer of the unit; an officer may take it, only the head gives it to others."""
    with acting(case_id, Action.TAKE, actor=actor, revision=revision) as act:
        if (
            act.party is Party.UNIT
            and actor.user != officer
            and Party.UNIT_HEAD not in actor.parties(act.case)
        ):
            raise Invalid(_("You can take a case yourself; the head of the unit gives cases to others."))
        if not accounts.staff_of_unit(act.case.unit_id or 0).filter(pk=officer.pk).exists():
            raise Invalid(_("This person does not work in the responsible unit."))
        act.data = {"officer": officer.pk}
        act.case.officer = officer
        return act.case


def sign_for(case_id: int, *, actor: Actor, revision: int | None = None) -> Case:
    """The unit confirms that the case is its own; who signs and has no officer yet becomes the officer."""
    with acting(case_id, Action.SIGN_FOR, actor=actor, revision=revision) as act:
        _accept(act)
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
        act.note = Note.objects.create(case=act.case, author=actor.user, text=_words(text))
        return act.note


def inform(
    case_id: int, *, text: str, actor: Actor, files: Sequence[StoredFile] = (), revision: int | None = None
) -> Reply:
    """Write to the person without answering yet. Counts as first contact."""
    with acting(case_id, Action.INFORM, actor=actor, revision=revision) as act:
        return letter(act, ReplyKind.INFORMATION, text, files)


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
        _accept(act)
        reply = letter(act, ReplyKind.QUESTION, text, files)
        pause = clocks.start_pause(act.case, question=reply, now=act.now)
        act.data = {"until": pause.until.isoformat()}
        return reply


def resume(case_id: int, *, actor: Actor = SYSTEM) -> Case:
    """Go on after a question without waiting longer."""
    with acting(case_id, Action.RESUME, actor=actor) as act:
        resumed(act)
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
        resumed(act)
        _accept(act)
        reply = letter(act, ReplyKind.ANSWER, text, files)
        reply.outcome, reply.in_time = outcome, act.case.due_at is None or act.now <= act.case.due_at
        reply.save(update_fields=["outcome", "in_time"])
        act.case.outcome, act.case.answered_at = outcome, act.now
        act.data |= {"outcome": outcome.value, "in_time": reply.in_time}
        return reply


def not_accept(
    case_id: int, *, reason: NotAcceptedReason, text: str, actor: Actor, revision: int | None = None
) -> Reply:
    """Decline the case: with the reason, and a letter that says where the person can go instead."""
    with acting(case_id, Action.NOT_ACCEPT, actor=actor, revision=revision) as act:
        act.case.not_accepted_reason = reason
        act.case.closed_at = act.now
        reply = letter(act, ReplyKind.INFORMATION, text, ())
        act.data = {"reason": reason.value}
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


def resumed(act: Acting) -> None:
    """End a running pause and say in the timeline what became of the deadline."""
    pause = clocks.end_pause(act.case, now=act.now)
    if pause is not None:
        act.data["due_before"] = pause.due_before.isoformat() if pause.due_before else None
        act.data["due_after"] = pause.due_after.isoformat() if pause.due_after else None


def _accept(act: Acting) -> None:
    """Whoever works on a case has signed for it, and is its officer unless there is one."""
    if act.case.state == State.RECEIVED or act.case.unit_id is None:
        return
    act.case.accepted_at = act.case.accepted_at or act.now
    # From here on this unit and no other one answers for the case.
    act.case.first_unit = None
    end_return(act, ReturnEnd.ACCEPTED, unit=act.case.unit)
    if act.case.officer_id is None and act.party in logic.UNIT:
        act.case.officer = act.actor.user


def letter(act: Acting, kind: ReplyKind, text: str, files: Sequence[StoredFile]) -> Reply:
    """Write a letter to the person in the name of the case's unit. Counts as first contact; after commit: a notice."""
    act.reply = Reply.objects.create(
        case=act.case,
        author=act.actor.user,
        unit_id=act.case.unit_id,
        kind=kind,
        text=_words(text),
        sent_at=act.now,
    )
    act.case.contacted_at = act.case.contacted_at or act.now
    CaseFile.objects.bulk_create(
        [CaseFile(case=act.case, file=file, reply=act.reply, position=i) for i, file in enumerate(files)]
    )
    notices.tell(act.case, kind.value)
    return act.reply


def _words(text: str) -> str:
    """Refuse a letter or note without words."""
    text = text.replace("\x00", "").strip()
    if not text:
        raise Invalid(_("Write a text first."), fields={"text": _("Write a text first.")})
    return text
