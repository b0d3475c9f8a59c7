"""What supervisors do where a unit does not act: urge, put before the supervisors, take over, order a redo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from huiyin.cases.enums import Action, Level, ReturnEnd, State
from huiyin.cases.models import Case
from huiyin.cases.operations import clocks, steps
from huiyin.cases.operations.acting import Actor, acting
from huiyin.kernel.errors import Invalid

if TYPE_CHECKING:
    from huiyin.organisations.models import Unit


def urge(case_id: int, *, text: str, actor: Actor) -> Case:
    """Remind the responsible unit, in words that stand in the timeline. Nothing else changes. Refuses no words."""
    words = _said(text)
    with acting(case_id, Action.URGE, actor=actor) as act:
        act.words = {"reason": words}
        return act.case


def escalate(case_id: int, *, text: str, actor: Actor) -> Case:
    """Put the case before the supervisors: it stands on their board from now on. Refuses no words."""
    words = _said(text)
    with acting(case_id, Action.ESCALATE, actor=actor) as act:
        act.words = {"reason": words}
        act.case.escalation, act.case.escalate_at = Level.SUPERVISOR, None
        return act.case


def take_over(case_id: int, *, unit: Unit, reason: str, actor: Actor, revision: int | None = None) -> Case:
    """Give the case to another unit at once: it is responsible without signing, whoever disagreed or decided before.

    The person's dates stay. Refuses (Invalid) the unit that has it, one that receives no cases, and no reason.
    """
    words = _said(reason)
    if not unit.is_active:
        message = _("This unit receives no cases at present. Choose another one.")
        raise Invalid(message, fields={"unit": message})
    with acting(case_id, Action.TAKE_OVER, actor=actor, revision=revision) as act:
        if unit.pk == act.case.unit_id and act.case.first_unit_id is None:
            message = _("This unit has the case already.")
            raise Invalid(message, fields={"unit": message})
        act.data = {"unit": unit.pk, "from_unit": act.case.unit_id}
        act.words = {"reason": words}
        steps.resumed(act)
        steps.end_return(act, ReturnEnd.SENT, unit=unit)
        steps.move(act, unit)
        act.case.first_unit, act.case.accepted_at = None, act.now
        return act.case


def order_redo(case_id: int, *, reason: str, actor: Actor, revision: int | None = None) -> Case:
    """Let the unit work on an answered case again, with a new deadline beside the first promise. Refuses no reason."""
    words = _said(reason)
    with acting(case_id, Action.REDO, actor=actor, revision=revision) as act:
        act.case.outcome = ""
        act.case.answered_at = act.case.closed_at = None
        act.case.reopened += 1
        if act.case.unit_id is None:
            act.case.state = State.RECEIVED
        clocks.promise_again(act.case, now=act.now)
        act.data = {"due": act.case.due_at.isoformat() if act.case.due_at else None}
        act.words = {"reason": words}
        return act.case


def _said(text: str) -> str:
    words = text.replace("\x00", "").strip()[:300]
    if not words:
        raise Invalid(_("Say why."), fields={"text": _("Say why."), "reason": _("Say why.")})
    return words
