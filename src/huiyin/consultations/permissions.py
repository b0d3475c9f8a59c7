"""Who may hold consultations, look at statements and enter papers. `check_x` raises, `can_x` tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.kernel.errors import Denied, Missing

if TYPE_CHECKING:
    from huiyin.consultations.models import Consultation

ANY_PART = (
    Permission.CONSULT_UNIT,
    Permission.CONSULT_ALL,
    Permission.MODERATE_UNIT,
    Permission.ENTER_PAPERS,
)


def can_organise(actor: accounts.Actor, unit_id: int | None) -> bool:
    """Whether `actor` may hold consultations of a unit."""
    return accounts.may(actor, Permission.CONSULT_ALL) or accounts.has_permission_in(
        actor, Permission.CONSULT_UNIT, unit_id
    )


def check_organise(actor: accounts.Actor, unit_id: int | None) -> None:
    """Refuse (Denied) whoever may not hold consultations of the unit."""
    if not can_organise(actor, unit_id):
        raise Denied


def can_moderate(actor: accounts.Actor, unit_id: int | None) -> bool:
    """Whether `actor` may decide which statements of the unit's consultations are shown."""
    return can_organise(actor, unit_id) or accounts.has_permission_in(
        actor, Permission.MODERATE_UNIT, unit_id
    )


def check_moderate(actor: accounts.Actor, unit_id: int | None) -> None:
    """Refuse (Denied) whoever may not look at statements of the unit's consultations."""
    if not can_moderate(actor, unit_id):
        raise Denied


def can_enter_papers(actor: accounts.Actor) -> bool:
    """Whether `actor` may enter what people said on paper or by phone."""
    return accounts.may(actor, Permission.ENTER_PAPERS)


def check_enter_papers(actor: accounts.Actor) -> None:
    """Refuse (Denied) whoever may not enter papers and calls."""
    accounts.check(actor, Permission.ENTER_PAPERS)


def visible(user: Any) -> Q:
    """The consultations that a member of staff works with, as a filter; others they see as the public does."""
    if accounts.may(user, Permission.CONSULT_ALL) or accounts.may(user, Permission.ENTER_PAPERS):
        return Q()
    standing = user.standing()
    units = standing.units_for(Permission.CONSULT_UNIT) | standing.units_for(Permission.MODERATE_UNIT)
    return Q(unit_id__in=units) if units else Q(pk__in=())


def check_see(user: Any, consultation: Consultation) -> None:
    """Refuse (Missing) a consultation that the user does not work with, as if it did not exist."""
    unit_id = consultation.unit_id
    if not (can_moderate(user, unit_id) or can_enter_papers(user)):
        raise Missing
