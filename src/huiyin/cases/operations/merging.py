"""Merging: one case is worked on, others follow it to its end; everybody gets the outcome and judges it for themselves.

Locks are taken from the case that is worked on down to those that follow it, and mergers one after the other, so that
nobody ever waits for somebody who waits for them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils.translation import gettext as _

from huiyin.cases.enums import Action, MergeEnd, Outcome, ReplyKind, State
from huiyin.cases.models import Case, CaseFile, Merge, Reply
from huiyin.cases.operations import clocks, steps
from huiyin.cases.operations.acting import SYSTEM, Acting, Actor, acting
from huiyin.cases.queries import family, pending
from huiyin.kernel.errors import Conflict, Denied, Invalid

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.files.models import StoredFile

# Key of the advisory lock under which mergers are made and undone; any number that nobody else uses.
MERGING = 0x68755F11
MOST_AT_ONCE = 100


@transaction.atomic
def merge(case_id: int, *, others: Sequence[int], actor: Actor, revision: int | None = None) -> Case:
    """Let `others` follow the case: all of them or none. Its deadline becomes the earliest of them, with a record.

    Each of the others keeps its person, its number and its own dates, and can be let go again. Refuses (Invalid) the
    case itself, one of its own parts or what it is a part of, and nothing to merge; and as `acting` does for each of
    them, so everything must be open and within the actor's reach.
    """
    ids = sorted(set(others))
    if actor.user is None:
        raise Denied(_("Only staff merge cases."))
    _check(case_id, ids)
    _one_at_a_time()
    with acting(case_id, Action.GATHER, actor=actor, revision=revision) as act:
        own_due = _own_due(act.case)
        numbers = [_follow(pk, act, by=actor.user, own_due=own_due).number for pk in ids]
        _set_due(act, own_due)
        act.data |= {"numbers": numbers}
        return act.case


@transaction.atomic
def unmerge(case_id: int, *, actor: Actor, revision: int | None = None) -> Case:
    """Let a merged case go its own way again: with the state, unit, officer and dates it had before.

    The deadline of the other case goes back to what it would be without this one, unless it has moved since for a cause
    of its own. Refuses as `acting` does in either case.
    """
    _one_at_a_time()
    into = Case.objects.filter(pk=case_id).values_list("merged_into_id", flat=True).first()
    if into is None:
        raise Conflict(_("This case is not merged into another one."))
    with acting(into, Action.SEPARATE, actor=actor) as act:
        case = _let_go(case_id, actor=actor, end=MergeEnd.UNDONE, revision=revision)
        act.data = {"numbers": [case.number]}
        _recount(act, case)
        return case


@contextlib.contextmanager
def following(case_id: int) -> Iterator[None]:
    """Lock the cases that this one follows, from the top down, before the case itself; all in one transaction."""
    with transaction.atomic():
        above = family.above(case_id)
        for pk in above:
            Case.objects.select_for_update().only("pk").get(pk=pk)
        if above != family.above(case_id):
            raise Conflict(_("This has changed in between. Load the page again and look at the new state."))
        yield


def tell_survivor(act: Acting) -> None:
    """What the person of a merged case writes lands in the case that is worked on."""
    above = family.above(act.case.pk)
    if above and act.message is not None:
        with acting(above[0], Action.MERGED_WRITES, actor=SYSTEM) as heard:
            heard.message = act.message
            heard.data = {"numbers": [act.case.number]}


def leave(act: Acting) -> None:
    """The person takes the case back: it no longer follows another one, and those that follow it go their own way."""
    if act.from_state is State.MERGED:
        into = act.case.merged_into_id
        act.case.merged_into = None
        _end(act.case, MergeEnd.WITHDRAWN, act.now)
        if into is not None:
            with acting(into, Action.SEPARATE, actor=SYSTEM) as left:
                left.data = {"numbers": [act.case.number]}
                _recount(left, act.case)
    for pk in family.followers(act.case.pk):
        _let_go(pk, actor=SYSTEM, end=MergeEnd.UNDONE)


def pass_on_answer(act: Acting, reply: Reply) -> None:
    """Everybody in the group gets the answer with its outcome, in a letter of their own that they can judge."""
    files = _files(reply)
    for pk in _followers(act):
        with acting(pk, Action.ANSWER, actor=SYSTEM) as one:
            _join(one, act, MergeEnd.ANSWERED)
            own = steps.letter(one, ReplyKind.ANSWER, reply.text, files)
            own.author_id, own.outcome = reply.author_id, reply.outcome
            own.in_time = one.case.due_at is None or one.now <= one.case.due_at
            own.save(update_fields=["author", "outcome", "in_time"])
            one.case.outcome, one.case.answered_at = Outcome(reply.outcome), one.now
            one.data = {"outcome": reply.outcome, "in_time": own.in_time}
            pass_on_answer(one, own)


def pass_on_refusal(act: Acting, reply: Reply) -> None:
    """Everybody in the group is told that it was not accepted, and why."""
    for pk in _followers(act):
        with acting(pk, Action.NOT_ACCEPT, actor=SYSTEM) as one:
            _join(one, act, MergeEnd.DECLINED)
            one.case.not_accepted_reason, one.case.closed_at = act.case.not_accepted_reason, one.now
            own = steps.letter(one, ReplyKind.INFORMATION, reply.text, ())
            one.data = {"reason": act.case.not_accepted_reason}
            pass_on_refusal(one, own)


def _followers(act: Acting) -> list[int]:
    return family.followers(act.case.pk) if pending.matters(act.case).has_merged else []


def _files(reply: Reply) -> list[StoredFile]:
    return [
        row.file for row in CaseFile.objects.filter(reply=reply).select_related("file").order_by("position")
    ]


def _join(one: Acting, act: Acting, end: MergeEnd) -> None:
    """The merged case ends with the other one, in the hands of whoever worked on it."""
    one.case.merged_into, one.case.unit = None, act.case.unit
    _end(one.case, end, one.now)


def _check(case_id: int, ids: Sequence[int]) -> None:
    message = ""
    if not ids:
        message = _("Name at least one other case.")
    elif len(ids) > MOST_AT_ONCE:
        message = _("At most %(most)s cases can be merged at once.") % {"most": MOST_AT_ONCE}
    elif case_id in ids:
        message = _("A case cannot be merged into itself.")
    elif family.related(case_id) & set(ids):
        message = _("A case cannot be merged with its own parts, nor with what it is a part of.")
    if message:
        raise Invalid(message, fields={"numbers": message})


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MERGING])


def _follow(pk: int, into: Acting, *, by: User, own_due: dt.datetime | None) -> Case:
    with acting(pk, Action.MERGE, actor=into.actor) as one:
        if one.case.is_confidential != into.case.is_confidential:
            raise Conflict(
                _("Confidential cases and others are not merged: whoever reads one would read both.")
            )
        before = State.IN_PROGRESS if one.from_state is State.AWAITING_PERSON else one.from_state
        first_unit = one.case.first_unit_id
        steps.resumed(one)
        one.case.merged_into = into.case
        one.data |= {"number": into.case.number}
        Merge.objects.create(
            case=one.case, into=into.case, by=by, state_before=before, own_due=own_due,
            first_unit_before_id=first_unit,
        )  # fmt: skip
        return one.case


def _let_go(pk: int, *, actor: Actor, end: MergeEnd, revision: int | None = None) -> Case:
    with acting(pk, Action.UNMERGE, actor=actor, revision=revision) as one:
        row = _end(one.case, end, one.now)
        one.data = {"number": one.case.merged_into.number if one.case.merged_into else ""}
        one.case.merged_into = None
        one.case.state = row.state_before
        one.case.first_unit_id = row.first_unit_before_id if row.state_before == State.ASSIGNED else None
        clocks.plan_warnings_anew(one.case)
        return one.case


def _end(case: Case, end: MergeEnd, now: dt.datetime) -> Merge:
    row = case.mergers.select_for_update(of=("self",)).get(ended_at__isnull=True)
    row.ended_at, row.end = now, end
    row.save(update_fields=["ended_at", "end"])
    return row


def _own_due(case: Case) -> dt.datetime | None:
    row = Merge.objects.filter(into=case, ended_at__isnull=True).first()
    return row.own_due if row is not None else case.due_at


def _earliest(case: Case, own: dt.datetime | None, *, without: int = 0) -> dt.datetime | None:
    rows = Case.objects.filter(merged_into=case, due_at__isnull=False).exclude(pk=without)
    dues = rows.values_list("due_at", flat=True)
    known = [at for at in (own, *dues) if at is not None]
    return min(known) if known else None


def _set_due(act: Acting, own: dt.datetime | None) -> None:
    """The clock of the case is the earliest of the group; whenever that moves it, it is said."""
    known = [at for at in (_earliest(act.case, own), act.case.due_at) if at is not None]
    earliest = min(known) if known else None
    if earliest != act.case.due_at:
        _move_due(act, earliest)


def _recount(act: Acting, gone: Case) -> None:
    """Without `gone` the deadline goes back, unless it has moved since for another cause."""
    last = Merge.objects.filter(case=gone, into=act.case).order_by("-pk").first()
    own = last.own_due if last is not None else act.case.due_at
    rest = _earliest(act.case, own, without=gone.pk)
    with_it = min((at for at in (rest, gone.due_at) if at is not None), default=None)
    if act.case.due_at == with_it and rest != with_it:
        _move_due(act, rest)


def _move_due(act: Acting, due: dt.datetime | None) -> None:
    before, act.case.due_at = act.case.due_at, due
    clocks.plan_warnings_anew(act.case)
    act.data["due_before"] = before.isoformat() if before else None
    act.data["due_after"] = due.isoformat() if due else None
