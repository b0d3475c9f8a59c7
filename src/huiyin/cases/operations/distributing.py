"""New cases find their officer by themselves, where the head of a unit or an administrator switched it on.

A job does it after the transaction that put the case before the unit, so that nobody who files or sends it waits for
it, and two cases of one unit that come at once go to two officers. Every few minutes another job takes what was left:
imported cases, those that lay there when it was switched on, and those that came while nobody was there.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.core.cache import caches
from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts.queries import absences
from huiyin.audit import operations as audit
from huiyin.cases import permissions
from huiyin.cases.enums import Action, Method
from huiyin.cases.logic import distributing as rules
from huiyin.cases.models import Case, Distribution
from huiyin.cases.operations import notices
from huiyin.cases.operations.acting import acting, by_itself
from huiyin.cases.queries import distributing
from huiyin.kernel.errors import Conflict, Refusal

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.organisations.models import Unit


@transaction.atomic
def distribute(case_id: int) -> Case:
    """Give a case without an officer to one of its unit. Rows of the timeline and of the record say why.

    Refuses (Conflict) where the unit does not do so, nobody is there who may have it, and where the table of moves says
    no: somebody has it, it is confidential, or it was returned. After commit: a notice to the officer.
    """
    # The row of the unit first: whoever distributes for the same unit waits, and sees what was given out before.
    unit_id = Case.objects.filter(pk=case_id).values_list("unit_id", flat=True).first()
    row = Distribution.objects.select_for_update(of=("self",)).filter(unit_id=unit_id or 0).first()
    if row is None:
        raise Conflict(_("This unit does not give out its cases by itself."))
    case, officer = _give(case_id, row)
    notices.tell_staff(case, "staff_assigned", users=[officer])
    return case


@transaction.atomic
def distribute_waiting(unit_id: int, *, most: int) -> int:
    """Give out at most so many cases of a unit that wait for an officer, the nearest deadline first; tells how many.

    Does nothing where the unit does not do so, and leaves those that `distribute` would refuse. After commit: one
    notice to each officer about all that came to them.
    """
    row = Distribution.objects.select_for_update(of=("self",)).filter(unit_id=unit_id).first()
    if row is None or not distributing.present(unit_id):
        return 0
    given: dict[User, list[Case]] = {}
    for case_id in distributing.waiting(unit_id, most=most):
        with suppress(Refusal):  # somebody took it a moment ago, or nobody impartial is there
            case, officer = _give(case_id, row)
            given.setdefault(officer, []).append(case)
    for officer, cases in given.items():
        for reader in absences.readers([officer]):
            notices.tell_reader(reader, "staff_assigned", cases)
    told = [case for cases in given.values() for case in cases]
    notices.tell_room("staff_assigned", told)
    return len(told)


def _give(case_id: int, row: Distribution) -> tuple[Case, User]:
    method = Method(row.method)
    with acting(case_id, Action.TAKE, actor=by_itself({"distribution": method.value})) as act:
        found = distributing.candidates(act.case)
        loads = {officer.pk: count for officer, count in found.items()}
        chosen = rules.choose(method, loads, last=row.last_officer_id)
        if act.case.unit_id != row.unit_id or chosen is None:
            raise Conflict(_("Nobody of the unit is there who may have this case."))
        officer = next(one for one in found if one.pk == chosen)
        act.data = {"officer": officer.pk}
        act.case.officer = row.last_officer = officer
        row.save(update_fields=["last_officer"])
        return act.case, officer


@transaction.atomic
def switch_on(unit: Unit, *, method: Method, actor: User) -> None:
    """Let cases of the unit find their officer by themselves, those too that wait without one already.

    Refuses (Denied) whoever neither heads the unit nor manages units.
    """
    permissions.check_distribute(actor, unit.pk)
    Distribution.objects.update_or_create(unit=unit, defaults={"method": method})
    _changed(unit, actor, method.value)


@transaction.atomic
def switch_off(unit: Unit, *, actor: User) -> None:
    """Let the head give out the cases again. Refusals as for switching on."""
    permissions.check_distribute(actor, unit.pk)
    Distribution.objects.filter(unit=unit).delete()
    _changed(unit, actor, "")


def _changed(unit: Unit, actor: User, method: str) -> None:
    transaction.on_commit(caches["local"].clear)
    audit.record(
        "unit.distribution", actor=f"user:{actor.pk}", subject=f"unit:{unit.pk}", data={"method": method}
    )
