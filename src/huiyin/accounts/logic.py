"""Who may do what: the one table, and how it is read."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from huiyin.accounts.enums import Permission as P
from huiyin.accounts.enums import Role, Scope

GRANTS: dict[Role, frozenset[P]] = {
    Role.OPERATOR: frozenset(
        {P.FILE_CASE, P.SEE_ALL_CASES, P.ANSWER_AT_DESK, P.REVEAL_CONTACT, P.CALL_BACK, P.ENTER_PAPERS}
    ),
    Role.DISPATCHER: frozenset(
        {P.FILE_CASE, P.SEE_ALL_CASES, P.ANSWER_AT_DESK, P.REVEAL_CONTACT, P.DISPATCH, P.NOT_ACCEPT, P.SEE_CONFIDENTIAL,
         P.SHARE_FILTERS, P.CALL_BACK, P.ENTER_PAPERS, P.REVIEW_ANSWERS}
    ),
    Role.OFFICER: frozenset(
        {P.SEE_UNIT_CASES, P.WORK_UNIT, P.ANSWER_UNIT, P.PUBLISH_UNIT, P.REVEAL_CONTACT, P.MODERATE_UNIT}
    ),
    Role.UNIT_HEAD: frozenset(
        {P.SEE_UNIT_CASES, P.WORK_UNIT, P.ANSWER_UNIT, P.PUBLISH_UNIT, P.ASSIGN_UNIT, P.REVEAL_CONTACT, P.EXPORT_CASES,
         P.SHARE_FILTERS, P.CONSULT_UNIT, P.MODERATE_UNIT, P.ASK_EXCLUSION}
    ),
    Role.SUPERVISOR: frozenset(
        {P.SEE_ALL_CASES, P.DISPATCH, P.SUPERVISE, P.NOT_ACCEPT, P.SEE_FIGURES, P.EXPORT_CASES, P.SHARE_FILTERS,
         P.REVEAL_CONTACT, P.SEE_CONFIDENTIAL, P.CONSULT_ALL, P.MODERATE_UNIT, P.ENTER_PAPERS, P.ASK_EXCLUSION,
         P.APPROVE_EXCLUSION, P.REVIEW_ANSWERS}
    ),
    Role.ARBITER: frozenset({P.SEE_ALL_CASES, P.ARBITRATE, P.SEE_FIGURES}),
    Role.ADMINISTRATOR: frozenset(
        {P.IMPORT_CASES, P.EXPORT_CASES, P.EXPORT_CONTACTS, P.SEE_FIGURES, P.MANAGE_CATALOGUE, P.MANAGE_ORGANISATION,
         P.MANAGE_USERS, P.MANAGE_SETTINGS, P.SEE_AUDIT, P.SHARE_FILTERS, P.CONSULT_ALL}
    ),
    Role.AUDITOR: frozenset(
        {P.SEE_ALL_CASES, P.SEE_FIGURES, P.SEE_AUDIT, P.EXPORT_CASES, P.APPROVE_EXCLUSION, P.REVIEW_ANSWERS}
    ),
}  # fmt: skip


# Roles that mean nothing without the unit they are held in.
UNIT_ROLES = frozenset({Role.OFFICER, Role.UNIT_HEAD})


@dataclass(frozen=True)
class Standing:
    """What one user holds: pairs of role and unit (None = no particular unit)."""

    roles: tuple[tuple[Role, int | None], ...] = ()

    def may(self, permission: P) -> bool:
        """Whether any role grants `permission`, in whatever unit."""
        return any(permission in GRANTS[role] for role, _unit in self.roles)

    def may_in(self, permission: P, unit_id: int | None) -> bool:
        """Whether a role held in `unit_id` grants `permission`."""
        return unit_id is not None and any(permission in GRANTS[r] and u == unit_id for r, u in self.roles)

    @property
    def units(self) -> frozenset[int]:
        """Units in which any role is held."""
        return frozenset(unit for _role, unit in self.roles if unit is not None)

    def units_for(self, permission: P) -> frozenset[int]:
        """Units in which `permission` is held."""
        return frozenset(u for r, u in self.roles if u is not None and permission in GRANTS[r])


def roles_granting(permission: P) -> list[Role]:
    """Roles that hold `permission`, in the order of the table."""
    return [role for role, granted in GRANTS.items() if permission in granted]


def standing(pairs: Iterable[tuple[str, int | None]]) -> Standing:
    """A Standing from stored pairs; unknown role names (of a newer version) grant nothing."""
    known = {role.value: role for role in Role}
    return Standing(tuple((known[name], unit) for name, unit in pairs if name in known))


# Scopes that mean nothing without a role to act with.
ROLE_SCOPES = frozenset({Scope.READ_CASES, Scope.WORK_ON_CASES})
# A program never sets up the installation that it is a guest of.
PROGRAM_ROLES = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
LONGEST_ABSENCE_DAYS = 366


@dataclass(frozen=True, kw_only=True)
class Away:
    """`user` is away from `begins` to `ends`, both included, and `substitute` stands in."""

    user: int
    substitute: int
    begins: dt.date
    ends: dt.date


def uncovered(absent: Standing, substitute: Standing) -> list[tuple[Role, int | None]]:
    """Roles of whoever is away that the substitute could not act in. Standing in gives no rights of its own."""
    return [
        (role, unit)
        for role, unit in absent.roles
        if not all(
            substitute.may_in(permission, unit) if role in UNIT_ROLES else substitute.may(permission)
            for permission in GRANTS[role]
        )
    ]


def way_back(new: Away, others: Sequence[Away]) -> list[int]:
    """The people over whom a new absence would come back to whoever is away, on any one day; empty if it does not."""

    def follow(person: int, begins: dt.date, ends: dt.date, seen: frozenset[int]) -> list[int]:
        if person == new.user:
            return [person]
        if person in seen:
            return []
        for row in others:
            if row.user == person and row.begins <= ends and row.ends >= begins:
                rest = follow(row.substitute, max(begins, row.begins), min(ends, row.ends), seen | {person})
                if rest:
                    return [person, *rest]
        return []

    return follow(new.substitute, new.begins, new.ends, frozenset())


def last_in_line(substitutes: Mapping[int, int], person: int) -> int:
    """Who stands in for `person` in the end: the first down the line who is not away. A loop ends where it began."""
    seen = {person}
    current = substitutes.get(person, person)
    while current in substitutes and current not in seen:
        seen.add(current)
        current = substitutes[current]
    return person if current in seen else current
