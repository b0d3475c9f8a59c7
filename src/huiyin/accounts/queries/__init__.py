"""Reads about users and what they may do."""

from collections.abc import Iterable
from typing import Any, Literal

from django.db.models import Count, Q, QuerySet

from huiyin.accounts import logic
from huiyin.accounts.enums import Permission, Role
from huiyin.accounts.models import User
from huiyin.kernel import clock
from huiyin.kernel.errors import Denied

# Who acts: a member of staff, or a command that somebody runs on the machine itself.
Actor = User | Literal["system"]
Standing = logic.Standing


def has_permission(user: Any, permission: Permission) -> bool:
    """Whether a signed-in user holds `permission` in any unit."""
    return isinstance(user, User) and user.standing().may(permission)


def has_permission_in(user: Any, permission: Permission, unit_id: int | None) -> bool:
    """Whether a signed-in user holds `permission` in the unit."""
    return isinstance(user, User) and user.standing().may_in(permission, unit_id)


def staff_of_unit(unit_id: int) -> QuerySet[User]:
    """Active users with a role in the unit, by name."""
    return User.objects.filter(is_active=True, memberships__unit_id=unit_id).distinct().order_by("name")


def holders(role: Role, *, unit_id: int | None = None) -> QuerySet[User]:
    """Active users who hold `role`: in the unit, or anywhere where none is named."""
    rows = User.objects.filter(is_active=True, memberships__role=role)
    return (rows.filter(memberships__unit_id=unit_id) if unit_id is not None else rows).distinct()


def users() -> QuerySet[User]:
    """Every member of staff, with memberships; accounts of programs are none."""
    return User.objects.filter(is_program=False).prefetch_related("memberships").order_by("username")


def grants() -> dict[Role, frozenset[Permission]]:
    """The table of roles and permissions."""
    return logic.GRANTS


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """Names of users, by id."""
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))


def may(actor: Actor, permission: Permission) -> bool:
    """Whether `actor` holds `permission` in any unit; commands on the machine may everything."""
    return actor == "system" or has_permission(actor, permission)


def check(actor: Actor, permission: Permission) -> None:
    """Refuse (Denied) an actor without `permission`."""
    if not may(actor, permission):
        raise Denied


def actor_name(actor: Actor) -> str:
    """The actor as the audit trail writes it: `user:<id>` or `system`."""
    return f"user:{actor.pk}" if isinstance(actor, User) else actor


def actor_user(actor: Actor) -> User | None:
    """The member of staff behind an actor, if there is one."""
    return actor if isinstance(actor, User) else None


def user(pk: int) -> User | None:
    """One user with memberships, or None."""
    return users().filter(pk=pk).first()


def find_users(words: str = "", *, role: str = "", unit_id: int | None = None) -> QuerySet[User]:
    """Users whose name, user name or e-mail holds `words`, with a role or a place in a unit; active ones first."""
    rows = users().order_by("-is_active", "name", "username")
    if words:
        rows = rows.filter(
            Q(name__icontains=words) | Q(username__icontains=words) | Q(email__icontains=words)
        )
    if role:
        rows = rows.filter(memberships__role=role)
    if unit_id:
        rows = rows.filter(memberships__unit_id=unit_id)
    return rows.distinct()


def by_username(username: str) -> User | None:
    """The user who signs in with this name, or None."""
    return User.objects.filter(username=username).first()


def without_role() -> QuerySet[User]:
    """Active users who can do nothing because no role was given to them."""
    return users().filter(is_active=True, memberships=None)


def units_with(role: Role) -> set[int]:
    """Ids of units in which an active user holds `role`."""
    rows = User.objects.filter(is_active=True, memberships__role=role, memberships__unit_id__isnull=False)
    return {pk for pk in rows.values_list("memberships__unit_id", flat=True) if pk is not None}


def staff_counts() -> dict[int, int]:
    """Number of active users by unit."""
    rows = (
        User.objects.filter(is_active=True, memberships__unit_id__isnull=False)
        .values_list("memberships__unit_id")
        .annotate(count=Count("pk", distinct=True))
    )
    return {unit_id: count for unit_id, count in rows if unit_id is not None}


def with_second_factor() -> set[int]:
    """Ids of users who set up a second factor."""
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 -- models; this module is read before apps are

    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return set(Authenticator.objects.filter(type__in=kinds).values_list("user_id", flat=True))


def has_code(user_row: Any) -> bool:
    """Whether the user signed in with a one-time code and must choose a password first."""
    return isinstance(user_row, User) and user_row.code_until is not None


def code_expired(user_row: User) -> bool:
    """Whether the one-time code of the user is too old to be used."""
    return user_row.code_until is not None and user_row.code_until < clock.now()


def staff_member(user_row: Any) -> User:
    """The signed-in user of a request; refuses (Denied) anybody else."""
    if not isinstance(user_row, User):
        raise Denied
    return user_row


MANAGING = (
    Permission.MANAGE_ORGANISATION,
    Permission.MANAGE_USERS,
    Permission.MANAGE_CATALOGUE,
    Permission.MANAGE_SETTINGS,
    Permission.SEE_AUDIT,
)


def manages(user_row: Any) -> bool:
    """Whether a signed-in user has anything to set up or to look up."""
    return any(has_permission(user_row, permission) for permission in MANAGING)
