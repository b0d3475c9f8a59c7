"""Small steps that several verbs share; each belongs inside an `acting` block, which saves what they set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from huiyin.accounts.queries import absences
from huiyin.cases import logic
from huiyin.cases.enums import ReplyKind, ReturnEnd, State
from huiyin.cases.models import CaseFile, Reply, Return
from huiyin.cases.operations import clocks, notices
from huiyin.cases.operations.acting import Acting
from huiyin.cases.queries import pending
from huiyin.kernel.errors import Conflict, Invalid

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.files.models import StoredFile
    from huiyin.organisations.models import Unit


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


def resumed(act: Acting) -> None:
    """End a running pause and say in the timeline what became of the deadline."""
    pause = clocks.end_pause(act.case, now=act.now)
    if pause is not None:
        act.data["due_before"] = pause.due_before.isoformat() if pause.due_before else None
        act.data["due_after"] = pause.due_after.isoformat() if pause.due_after else None


def accept(act: Acting) -> None:
    """Whoever works on a case has signed for it, and is its officer unless there is one."""
    if act.case.state == State.RECEIVED or act.case.unit_id is None:
        return
    act.case.accepted_at = act.case.accepted_at or act.now
    # From here on this unit and no other one answers for the case.
    act.case.first_unit = None
    end_return(act, ReturnEnd.ACCEPTED, unit=act.case.unit)
    if act.case.officer_id is None and act.party in logic.UNIT:
        act.case.officer = act.actor.user


def stand_in(act: Acting, officer: User) -> User:
    """The officer, or who stands in while they are away.

    Refuses (Conflict) to hand a confidential case on: the head names whoever may know of it.
    """
    receiver = absences.stand_in(officer)
    if receiver is None:
        return officer
    if act.case.is_confidential:
        names = {"name": officer.name, "substitute": receiver.name}
        raise Conflict(
            _(
                "%(name)s is away. The case is confidential: give it to %(substitute)s yourself if they may know of it."
            )
            % names
        )
    return receiver


def letter(act: Acting, kind: ReplyKind, text: str, files: Sequence[StoredFile]) -> Reply:
    """Write a letter to the person in the name of the case's unit. Counts as first contact; after commit: a notice."""
    act.reply = Reply.objects.create(
        case=act.case,
        author=act.actor.user,
        unit_id=act.case.unit_id,
        kind=kind,
        text=words(text),
        sent_at=act.now,
    )
    act.case.contacted_at = act.case.contacted_at or act.now
    CaseFile.objects.bulk_create(
        [CaseFile(case=act.case, file=file, reply=act.reply, position=i) for i, file in enumerate(files)]
    )
    notices.tell(act.case, kind.value)
    return act.reply


def words(text: str) -> str:
    """Refuse a letter or note without words."""
    text = text.replace("\x00", "").strip()
    if not text:
        raise Invalid(_("Write a text first."), fields={"text": _("Write a text first.")})
    return text
