"""Joint work: the lead asks other units for contributions or calls them to a place; the answer stays the lead's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.cases.enums import Action, Party
from huiyin.cases.models import Summoned, Summons, Task
from huiyin.cases.operations.acting import Acting, Actor, acting
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied, Invalid, Missing

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.organisations.models import Unit


def ask_unit(
    case_id: int, *, unit: Unit, what: str, due_at: dt.datetime, actor: Actor, revision: int | None = None
) -> Task:
    """Ask another unit for a contribution; it can read the case from now on.

    Refuses (Invalid) the responsible unit itself, a unit that receives no cases, a moment that has passed and no words,
    (Conflict) a unit that has an open task in this case.
    """
    words = _said(what, "what", _("Say what the unit is to do."))
    if due_at <= clock.now():
        message = _("This moment has passed. Choose a later one.")
        raise Invalid(message, fields={"due_at": message})
    with acting(case_id, Action.ADD_TASK, actor=actor, revision=revision) as act:
        _check_unit(act, unit)
        if act.case.tasks.filter(unit=unit, done_at=None, cancelled_at=None).exists():
            raise Conflict(_("This unit has an open task in this case already."))
        task = Task.objects.create(case=act.case, unit=unit, what=words, due_at=due_at, asked_by=_user(act))
        act.data = {"unit": unit.pk, "due": due_at.isoformat()}
        return task


def contribute(task_id: int, *, text: str, actor: Actor) -> Task:
    """Give what the unit was asked for. Refuses (Denied) everybody else, (Conflict) a task that is over."""
    words = _said(text, "text", _("Write the contribution."))
    task = _task(task_id)
    with acting(task.case_id, Action.CONTRIBUTE, actor=actor) as act:
        task = _open(task_id)
        if not accounts.has_permission_in(actor.user, Permission.WORK_UNIT, task.unit_id):
            raise Denied(_("Only the unit that was asked contributes."))
        task.contribution, task.done_at, task.done_by = words, act.now, actor.user
        task.save(update_fields=["contribution", "done_at", "done_by"])
        act.data = {"unit": task.unit_id, "in_time": act.now <= task.due_at}
        return task


def cancel_task(task_id: int, *, actor: Actor) -> Task:
    """Ask the unit no longer. Refuses (Conflict) a task that is over."""
    task = _task(task_id)
    with acting(task.case_id, Action.CANCEL_TASK, actor=actor) as act:
        task = _open(task_id)
        task.cancelled_at = act.now
        task.save(update_fields=["cancelled_at"])
        act.data = {"unit": task.unit_id}
        return task


def summon(
    case_id: int,
    *,
    units: Sequence[Unit],
    place: str,
    at: dt.datetime,
    reason: str,
    actor: Actor,
    revision: int | None = None,
) -> Summons:
    """Call units to a place at a time; they can read the case from now on.

    Refuses (Invalid) no units, the responsible unit itself, no place, no reason, and a time that has passed.
    """
    if not units:
        raise Invalid(_("Choose at least one unit."), fields={"units": _("Choose at least one unit.")})
    place, reason = _said(place, "place", _("Say where.")), _said(reason, "reason", _("Say what for."))
    if at <= clock.now():
        message = _("This moment has passed. Choose a later one.")
        raise Invalid(message, fields={"at": message})
    with acting(case_id, Action.SUMMON, actor=actor, revision=revision) as act:
        for unit in units:
            _check_unit(act, unit)
        row = Summons.objects.create(
            case=act.case, unit=act.case.unit, by=_user(act), place=place[:300], at=at, reason=reason[:300]
        )
        Summoned.objects.bulk_create(
            [Summoned(summons=row, unit_id=pk) for pk in sorted({unit.pk for unit in units})]
        )
        act.data = {"units": sorted({unit.pk for unit in units}), "at": at.isoformat()}
        return row


def record_arrival(summoned_id: int, *, actor: Actor) -> Summoned:
    """Record that a unit has arrived: by itself or by the unit that called it. Refuses (Conflict) a second time."""
    row = Summoned.objects.select_related("summons").filter(pk=summoned_id).first()
    if row is None:
        raise Missing(_("There is no such summons."))
    with acting(row.summons.case_id, Action.ARRIVE, actor=actor) as act:
        row = Summoned.objects.select_for_update(of=("self",)).select_related("summons").get(pk=summoned_id)
        is_own = accounts.has_permission_in(actor.user, Permission.WORK_UNIT, row.unit_id)
        if act.party is Party.SUPPORT and not is_own:
            raise Denied(_("Each unit records its own arrival."))
        if row.arrived_at is not None:
            raise Conflict(_("The arrival was recorded already."))
        row.arrived_at, row.recorded_by = act.now, actor.user
        row.save(update_fields=["arrived_at", "recorded_by"])
        act.data = {"unit": row.unit_id, "late": act.now > row.summons.at}
        return row


def _check_unit(act: Acting, unit: Unit) -> None:
    message = ""
    if unit.pk == act.case.unit_id:
        message = _("The responsible unit works on it anyway. Choose another one.")
    elif not unit.is_active:
        message = _("This unit receives no cases at present. Choose another one.")
    if message:
        raise Invalid(message, fields={"unit": message, "units": message})


def _task(task_id: int) -> Task:
    task = Task.objects.filter(pk=task_id).first()
    if task is None:
        raise Missing(_("There is no such task."))
    return task


def _open(task_id: int) -> Task:
    task = Task.objects.select_for_update(of=("self",)).get(pk=task_id)
    if task.done_at is not None or task.cancelled_at is not None:
        raise Conflict(_("This task is over."))
    return task


def _user(act: Acting) -> User:
    if act.actor.user is None:
        raise Denied(_("Only staff do this."))
    return act.actor.user


def _said(text: str, field: str, message: str) -> str:
    words = text.replace("\x00", "").strip()
    if not words:
        raise Invalid(message, fields={field: message})
    return words
