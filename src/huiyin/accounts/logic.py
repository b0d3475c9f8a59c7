"""Who may do what: the one table, and how it is read."""

from collections.abc import Iterable
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
