"""Who may connect a unit to another system, and who may send a case there again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.kernel.errors import Denied

if TYPE_CHECKING:
    from huiyin.cases.models import Case


def check_manage(actor: accounts.Actor) -> None:
    """Refuse (Denied) whoever may not change units and their connections."""
    accounts.check(actor, Permission.MANAGE_ORGANISATION)


def can_send(user: Any, case: Case) -> bool:
    """Whether a user may send a case again: who works in its unit, and dispatchers."""
    return accounts.has_permission_in(user, Permission.WORK_UNIT, case.unit_id) or accounts.has_permission(
        user, Permission.DISPATCH
    )


def check_send(user: Any, case: Case) -> None:
    """Refuse (Denied) others."""
    if not can_send(user, case):
        raise Denied
