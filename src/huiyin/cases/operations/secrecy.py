"""Who may know what of a case: the unit complained about, confidential cases, conflicts of interest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from huiyin.cases.enums import Action
from huiyin.cases.models import Case, Declaration
from huiyin.cases.operations.acting import Actor, acting
from huiyin.kernel.errors import Denied, Invalid

if TYPE_CHECKING:
    from huiyin.organisations.models import Unit


def name_unit(case_id: int, *, unit: Unit | None, actor: Actor, revision: int | None = None) -> Case:
    """Say which unit the person complains about (None: no unit). From now on nobody of that unit learns who it is."""
    with acting(case_id, Action.NAME_UNIT, actor=actor, revision=revision) as act:
        act.case.about_unit = unit
        act.data = {"unit": unit.pk if unit else None}
        return act.case


def make_confidential(case_id: int, *, actor: Actor) -> Case:
    """Only dispatchers, supervisors, the head of the unit and the officer who has it can open the case from now on."""
    with acting(case_id, Action.MAKE_CONFIDENTIAL, actor=actor) as act:
        act.case.is_confidential = True
        return act.case


def end_confidential(case_id: int, *, actor: Actor) -> Case:
    """Let everybody in the unit open the case again."""
    with acting(case_id, Action.END_CONFIDENTIAL, actor=actor) as act:
        act.case.is_confidential = False
        return act.case


def declare_conflict(case_id: int, *, reason: str, actor: Actor) -> Declaration:
    """Say that one is not impartial: the case is taken from one's hands, and one cannot open it any more.

    It cannot be taken back by oneself. Refuses no reason.
    """
    words = reason.replace("\x00", "").strip()[:300]
    if not words:
        raise Invalid(_("Say why."), fields={"reason": _("Say why.")})
    with acting(case_id, Action.DECLARE_CONFLICT, actor=actor) as act:
        if actor.user is None:
            raise Denied(_("Only staff do this."))
        if act.case.officer_id == actor.user.pk:
            act.case.officer = None
        return Declaration.objects.create(case=act.case, user=actor.user, reason=words)
