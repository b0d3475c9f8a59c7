"""What the person behind a case does: write, add files, withdraw, judge, reopen. Opened by number and secret."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from huiyin.cases import permissions
from huiyin.cases.enums import Action, Outcome, ReplyKind, State
from huiyin.cases.models import Case, CaseFile, Message
from huiyin.cases.operations import clocks, intake, limits, merging, notices, steps
from huiyin.cases.operations.acting import PERSON, Actor, acting
from huiyin.feedback import operations as feedback
from huiyin.feedback.enums import Solved, Via
from huiyin.kernel.errors import Conflict, Denied

if TYPE_CHECKING:
    from huiyin.feedback.models import Verdict
    from huiyin.files.models import StoredFile


def write(case_id: int, *, text: str, files: Sequence[StoredFile] = (), actor: Actor = PERSON) -> Message:
    """Add to the case. A reply to the office's question lets its clock go on.

    Refuses an empty or overlong text, and more messages in a day than the set number.
    """
    limits.count_message(case_id)
    with merging.following(case_id), acting(case_id, Action.PERSON_WRITES, actor=actor) as act:
        act.message = Message.objects.create(case=act.case, text=intake.cleaned(text), entered_by=actor.user)
        CaseFile.objects.bulk_create(
            [
                CaseFile(case=act.case, file=file, message=act.message, position=i)
                for i, file in enumerate(files)
            ]
        )
        steps.resumed(act)
        merging.tell_survivor(act)
        notices.tell_unit(act.case, "staff_message")
        return act.message


def withdraw(case_id: int, *, reason: str = "", actor: Actor = PERSON) -> Case:
    """Take the case back. It stays on record as withdrawn; nothing is deleted quietly."""
    with merging.following(case_id), acting(case_id, Action.WITHDRAW, actor=actor) as act:
        steps.resumed(act)
        act.case.outcome, act.case.closed_at = Outcome.WITHDRAWN, act.now
        merging.leave(act)
        if reason.strip():
            act.message = Message.objects.create(
                case=act.case, text=intake.cleaned(reason), entered_by=actor.user
            )
        return act.case


def judge(case_id: int, *, given: feedback.Given, actor: Actor = PERSON, via: Via = Via.PAGE) -> Verdict:
    """Give the verdict on the last answer, once. Afterwards nobody can change it, and the case is closed.

    Refuses a second verdict on the same answer, and (Denied) whoever gave the answer or works in the handling unit,
    also a unit that had the case before, and where they take calls as well.
    """
    with acting(case_id, Action.RATE, actor=actor) as act:
        reply = (
            act.case.replies.select_for_update().filter(kind=ReplyKind.ANSWER).order_by("-sent_at", "-id")[0]
        )
        if reply.verdict_id is not None:
            raise Conflict(_("The verdict on this answer was already given. It cannot be changed."))
        if actor.user is not None and (
            reply.author_id == actor.user.pk or permissions.has_handled(actor.user, act.case)
        ):
            raise Denied(
                _("Your unit worked on this case. Its verdict is written down by somebody of another unit.")
            )
        by_filer = actor.user is not None and actor.user.pk == act.case.filed_by_id
        reply.verdict = feedback.store(given, via=via, entered_by=actor.user, by_filer=by_filer)
        reply.save(update_fields=["verdict"])
        act.case.closed_at = act.case.closed_at or act.now
        act.data = {"solved": given.solved.value, "contacted": given.contacted}
        if given.solved in {Solved.NO, Solved.PARTLY}:
            notices.tell_unit_and_supervisors(act.case, "staff_unsolved")
        return reply.verdict


def reopen(case_id: int, *, text: str, actor: Actor = PERSON) -> Case:
    """Say that it is not solved: the unit works on it again, with a new deadline beside the first promise."""
    with acting(case_id, Action.REOPEN, actor=actor) as act:
        act.message = Message.objects.create(case=act.case, text=intake.cleaned(text), entered_by=actor.user)
        act.case.outcome = ""
        act.case.answered_at = act.case.closed_at = None
        act.case.reopened += 1
        if act.case.unit_id is None:
            # Answered on the line, so it was nobody's yet: a dispatcher sends it on.
            act.case.state = State.RECEIVED
        clocks.promise_again(act.case, now=act.now)
        act.data = {"due": act.case.due_at.isoformat() if act.case.due_at else None}
        notices.tell_unit_and_supervisors(act.case, "staff_reopened")
        return act.case
