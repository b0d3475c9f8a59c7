"""Who may know what of a case: the unit complained about, confidential cases, conflicts of interest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.cases.enums import Action
from huiyin.cases.models import Case, Declaration
from huiyin.cases.operations import publishing
from huiyin.cases.operations.acting import Actor, acting
from huiyin.cases.queries import family, pending
from huiyin.kernel.errors import Conflict, Denied, Invalid

if TYPE_CHECKING:
    from huiyin.organisations.models import Unit


def name_unit(case_id: int, *, unit: Unit | None, actor: Actor, revision: int | None = None) -> Case:
    """Say which unit the person complains about (None: no unit). From now on nobody of that unit learns who it is."""
    with acting(case_id, Action.NAME_UNIT, actor=actor, revision=revision) as act:
        act.case.about_unit = unit
        act.data = {"unit": unit.pk if unit else None}
        return act.case


@transaction.atomic
def make_confidential(case_id: int, *, actor: Actor) -> Case:
    """Only dispatchers, supervisors, the head of the unit and the officer who has it can open the case from now on.

    So it is for its parts; what was published of them is taken back in the same step. Refuses (Conflict) a case that
    is merged with others, whose units read along.
    """
    with acting(case_id, Action.MAKE_CONFIDENTIAL, actor=actor) as act:
        _check_stands_alone(act.case)
        act.case.is_confidential = True
        act.data = {"unpublished": publishing.withdraw(act.case)}
    for part_id in family.open_parts(case_id):
        make_confidential(part_id, actor=actor)
    return act.case


def end_confidential(case_id: int, *, actor: Actor) -> Case:
    """Let everybody in the unit open the case again; its parts stay as they are. Refuses a merged case likewise."""
    with acting(case_id, Action.END_CONFIDENTIAL, actor=actor) as act:
        _check_stands_alone(act.case)
        act.case.is_confidential = False
        return act.case


def _check_stands_alone(case: Case) -> None:
    if case.merged_into_id is not None or pending.matters(case).has_merged:
        raise Conflict(
            _("This case is merged with others. Undo that first, so that it is clear who may read what.")
        )


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
