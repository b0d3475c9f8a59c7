"""Who may call people back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from huiyin.accounts.enums import Permission
from huiyin.accounts.queries import has_permission
from huiyin.cases import permissions as cases
from huiyin.kernel.errors import Denied

if TYPE_CHECKING:
    from huiyin.cases.models import Case


def can_call(user: Any) -> bool:
    """Whether a role of the user calls people back."""
    return has_permission(user, Permission.CALL_BACK)


def check_call(user: Any, case: Case) -> None:
    """Refuse (Denied) who does not call people back, and everybody of a unit that handled the case."""
    if not can_call(user):
        raise Denied(_("Your role does not call people back."))
    if cases.has_handled(user, case):
        raise Denied(
            _(
                "Your unit worked on this case. Somebody else asks the person how it was; give this call to a "
                "colleague."
            )
        )
