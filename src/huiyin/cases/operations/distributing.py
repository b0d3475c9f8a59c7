"""New cases find their officer by themselves, where the head of a unit or an administrator switched it on.

A job does it after the transaction that put the case before the unit, so that nobody who files or sends it waits for
it, and two cases of one unit that come at once go to two officers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import caches
from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.audit import operations as audit
from huiyin.cases import permissions
from huiyin.cases.enums import Action, Method
from huiyin.cases.logic import distributing as rules
from huiyin.cases.models import Case, Distribution
from huiyin.cases.operations import notices
from huiyin.cases.operations.acting import acting, by_itself
from huiyin.cases.queries import distributing
from huiyin.kernel.errors import Conflict

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
        notices.tell_staff(act.case, "staff_assigned", users=[officer])
        return act.case


@transaction.atomic
def switch_on(unit: Unit, *, method: Method, actor: User) -> None:
    """Let new cases of the unit find their officer by themselves; those that lie there already stay as they are.

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
