"""Who may see and do what with a case. `check_x` raises, `can_x` tells."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from huiyin.accounts.enums import Permission
from huiyin.accounts.queries import grants, has_permission, has_permission_in
from huiyin.cases.enums import Anonymity, Party
from huiyin.cases.models import Case, Declaration, Summoned, Task
from huiyin.kernel.errors import Denied, Missing
from huiyin.organisations import queries as organisations

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
    if has_permission_in(user, Permission.SEE_UNIT_CASES, case.first_unit_id):
        return True
    units = user.standing().units_for(Permission.SEE_UNIT_CASES)
    if not units:
        return False
    asked = Task.objects.filter(case=case, unit_id__in=units, cancelled_at=None)
    return asked.exists() or Summoned.objects.filter(summons__case=case, unit_id__in=units).exists()


def can_see(user: Any, case: Case) -> bool:
    """Whether a user may open the case: by role or unit, unless it is confidential or they declared a conflict."""
    allowed = (
        has_permission(user, Permission.SEE_ALL_CASES)
        or has_permission_in(user, Permission.SEE_UNIT_CASES, case.unit_id)
        or _takes_part(user, case)
    )
    return allowed and not is_closed_to(user, case)


def is_closed_to(user: Any, case: Case) -> bool:
    """Whether a case is kept from this user, whatever their role: a conflict of interest, or confidential."""
    if case.is_confidential and not (
        has_permission(user, Permission.SEE_CONFIDENTIAL)
        or has_permission_in(user, Permission.ASSIGN_UNIT, case.unit_id)
        or case.officer_id == user.pk
    ):
        return True
    if (declared := getattr(case, "is_declared", None)) is not None:
        return bool(declared)
    return Declaration.objects.filter(case=case, user=user).exists()


def declared_by(user: Any) -> Exists:
    """Whether the user declared a conflict, as an annotation `is_declared` of cases that are read for this user."""
    return Exists(Declaration.objects.filter(case=OuterRef("pk"), user=user))


def closed_to(user: Any) -> Q:
    """The same as a filter: what no list, search or export of this user may hold."""
    found = Q()
    for ids in _closed_sets(user):
        found |= Q(pk__in=ids)
    return found


def closed_ids(user: Any) -> QuerySet[Any, Any]:
    """The same as ids, for use within a query about something else: one small set, no look at every case."""
    first, *others = _closed_sets(user)
    return first.union(*others, all=True) if others else first


def _closed_sets(user: Any) -> list[QuerySet[Any, Any]]:
    """The ids of cases in which the user declared an interest, and of confidential ones."""
    declared = Declaration.objects.filter(user=user).values("case_id")
    if has_permission(user, Permission.SEE_CONFIDENTIAL):
        return [declared]
    secret = Case.objects.filter(is_confidential=True).exclude(officer=user)
    headed = user.standing().units_for(Permission.ASSIGN_UNIT)
    return [declared, (secret.exclude(unit_id__in=headed) if headed else secret).values("pk")]


def is_complained_about(user: Any, case: Case) -> bool:
    """Whether the user belongs to the unit that the person complains about: then they never learn who it is."""
    named = {case.about_unit_id, case.root.about_unit_id if case.root is not None else None} - {None}
    return bool(named) and bool(named & own_and_above(user))


def own_and_above(user: Any) -> frozenset[int]:
    """The units to which a user belongs: whoever complains about one of them stays unknown to the user."""
    return organisations.with_all_above(user.standing().units)


def about_ones_own(user: Any) -> Q:
    """The cases that complain about a unit of the user, as a filter: no list may tell the user whose they are."""
    if not own_and_above(user):
        return Q(pk__in=())
    # Two small sets that an index gives, not one join: that would go through every case there is.
    named = ids_about_ones_own(user)
    return Q(pk__in=named) | Q(root_id__in=named)


def ids_about_ones_own(user: Any) -> QuerySet[Any, Any]:
    """The ids of those that name such a unit themselves; parts of them name none."""
    return Case.objects.filter(about_unit_id__in=own_and_above(user)).values("pk")


def check_see(user: Any, case: Case) -> None:
    """Refuse as if the case did not exist: that it exists is nobody's business either."""
    if not can_see(user, case):
        raise Missing(_("There is no such case, or it is not among those you may open."))


def visible(user: Any) -> Q:
    """The cases that a user may open, as a filter. Every list, search and export of staff begins with it."""
    if has_permission(user, Permission.SEE_ALL_CASES):
        return ~closed_to(user)
    units = user.standing().units_for(Permission.SEE_UNIT_CASES)
    if not units:
        return Q(pk__in=())
    asked = Task.objects.filter(unit_id__in=units, cancelled_at=None).values("case")
    called = Summoned.objects.filter(unit_id__in=units).values("summons__case")
    own = Q(unit_id__in=units) | Q(first_unit_id__in=units) | Q(pk__in=asked) | Q(pk__in=called)
    return own & ~closed_to(user)


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
        or is_complained_about(user, case)
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


def can_distribute(user: Any, unit_id: int) -> bool:
    """Whether a user may say if the cases of a unit find their officer by themselves."""
    return has_permission_in(user, Permission.ASSIGN_UNIT, unit_id) or has_permission(
        user, Permission.MANAGE_ORGANISATION
    )


def check_distribute(user: Any, unit_id: int) -> None:
    """Refuse (Denied) whoever neither heads the unit nor manages units."""
    if not can_distribute(user, unit_id):
        raise Denied


def can_export(user: Any) -> bool:
    """Whether a user may export cases without contact data."""
    return has_permission(user, Permission.EXPORT_CASES)


def exportable(user: Any) -> Q:
    """The cases that a user may export: those of the units in which they may, or all where no unit binds them."""
    if not can_export(user):
        return Q(pk__in=())
    granting = [unit for role, unit in user.standing().roles if Permission.EXPORT_CASES in grants()[role]]
    if has_permission(user, Permission.SEE_ALL_CASES) or None in granting:
        return ~closed_to(user)
    return Q(unit_id__in=granting) & ~closed_to(user)
