"""Reads about users and what they may do."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from huiyin.accounts import logic
from huiyin.accounts.enums import Permission, Role
from huiyin.accounts.models import User


def has_permission(user: Any, permission: Permission) -> bool:
    """Whether a signed-in user holds `permission` in any unit."""
    return isinstance(user, User) and user.standing().may(permission)


def has_permission_in(user: Any, permission: Permission, unit_id: int | None) -> bool:
    """Whether a signed-in user holds `permission` in the unit."""
    return isinstance(user, User) and user.standing().may_in(permission, unit_id)


def staff_of_unit(unit_id: int) -> QuerySet[User]:
    """Active users with a role in the unit, by name."""
    return User.objects.filter(is_active=True, memberships__unit_id=unit_id).distinct().order_by("name")


def users() -> QuerySet[User]:
    """Everybody, with memberships."""
    return User.objects.prefetch_related("memberships").order_by("username")


def grants() -> dict[Role, frozenset[Permission]]:
    """The table of roles and permissions."""
    return logic.GRANTS


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """Names of users, by id."""
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))
