"""Who may look at contact data. Whether the case is one of theirs is decided by the cases, before this is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.kernel.errors import Denied

if TYPE_CHECKING:
    from huiyin.accounts.models import User


def can_reveal(user: User) -> bool:
    """Whether a role of the user allows to reveal contact data."""
    return accounts.has_permission(user, Permission.REVEAL_CONTACT)


def check_reveal(user: User) -> None:
    """Refuse (Denied) a user without such a role."""
    if not can_reveal(user):
        raise Denied(
            _("Your role does not allow to reveal contact data. Ask an officer of the responsible unit.")
        )
