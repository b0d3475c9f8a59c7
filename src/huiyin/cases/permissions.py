"""Who may see and do what with a case. `check_x` raises, `can_x` tells."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from huiyin.accounts.enums import Permission
from huiyin.accounts.queries import grants, has_permission, has_permission_in
from huiyin.cases.enums import Anonymity, Party
from huiyin.cases.models import Case
from huiyin.kernel.errors import Denied, Missing

PARTY_BY_PERMISSION = {
    Party.DESK: Permission.FILE_CASE,
    Party.DISPATCHER: Permission.DISPATCH,
    Party.SUPERVISOR: Permission.SUPERVISE,
    Party.ARBITER: Permission.ARBITRATE,
}
PARTY_BY_UNIT_PERMISSION = {
    Party.UNIT: Permission.WORK_UNIT,
    Party.UNIT_HEAD: Permission.ASSIGN_UNIT,
}


def parties(user: Any, case: Case) -> frozenset[Party]:
    """The parties that a user can act as in this case."""
    everywhere = {party for party, needed in PARTY_BY_PERMISSION.items() if has_permission(user, needed)}
    here = {
        party
        for party, needed in PARTY_BY_UNIT_PERMISSION.items()
        if has_permission_in(user, needed, case.unit_id)
    }
    beside = {Party.SUPPORT} if not here and _takes_part(user, case) else set()
    return frozenset(everywhere | here | beside)


def _takes_part(user: Any, case: Case) -> bool:
    """Whether a unit of the user has to do with the case besides the one that works on it."""
    return has_permission_in(user, Permission.SEE_UNIT_CASES, case.first_unit_id)


def can_see(user: Any, case: Case) -> bool:
    """Whether a user may open the case."""
    return (
        has_permission(user, Permission.SEE_ALL_CASES)
        or has_permission_in(user, Permission.SEE_UNIT_CASES, case.unit_id)
        or _takes_part(user, case)
    )


def check_see(user: Any, case: Case) -> None:
    """Refuse as if the case did not exist: that it exists is nobody's business either."""
    if not can_see(user, case):
        raise Missing(_("There is no such case, or it is not among those you may open."))


def visible(user: Any) -> Q:
    """The cases that a user may open, as a filter. Every list, search and export of staff begins with it."""
    if has_permission(user, Permission.SEE_ALL_CASES):
        return Q()
    units = user.standing().units_for(Permission.SEE_UNIT_CASES)
    return Q(unit_id__in=units) | Q(first_unit_id__in=units) if units else Q(pk__in=())


def has_handled(user: Any, case: Case) -> bool:
    """Whether the user answered the case or holds a role in a unit that ever had it."""
    if case.officer_id == user.pk or case.replies.filter(author=user).exists():
        return True
    return bool(user.standing().units and user.standing().units & handling_units(case))


def handling_units(case: Case) -> frozenset[int]:
    """The responsible unit and all that were before it, as the timeline and the letters name them.

    Nobody of theirs asks the person how it was, or answers for them.
    """
    events = case.events.filter(unit__isnull=False).order_by().values_list("unit_id", flat=True)
    replies = case.replies.filter(unit__isnull=False).order_by().values_list("unit_id", flat=True)
    own = {case.unit_id} if case.unit_id is not None else set()
    return frozenset(own | {unit for unit in events.union(replies) if unit is not None})


def can_reveal_contact(user: Any, case: Case) -> bool:
    """Whether a user may ask for the contact data: the person's own choice comes before the role."""
    if (
        case.persons_contact is None
        or not can_see(user, case)
        or not has_permission(user, Permission.REVEAL_CONTACT)
    ):
        return False
    if case.anonymity == Anonymity.OFFICE:
        return True
    return has_permission(user, Permission.SEE_CONFIDENTIAL)


def check_reveal_contact(user: Any, case: Case) -> None:
    """Refuse a look at contact data."""
    check_see(user, case)
    if not can_reveal_contact(user, case):
        raise Denied(
            _("The person asked that their contact data be kept from you, or your role does not see them.")
        )


def can_export(user: Any) -> bool:
    """Whether a user may export cases without contact data."""
    return has_permission(user, Permission.EXPORT_CASES)


def exportable(user: Any) -> Q:
    """The cases that a user may export: those of the units in which they may, or all where no unit binds them."""
    if not can_export(user):
        return Q(pk__in=())
    granting = [unit for role, unit in user.standing().roles if Permission.EXPORT_CASES in grants()[role]]
    if has_permission(user, Permission.SEE_ALL_CASES) or None in granting:
        return Q()
    return Q(unit_id__in=granting)
