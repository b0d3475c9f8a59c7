"""Who sees hot topics and who decides on them. `check_x` raises, `can_x` tells."""

from typing import Any

from django.utils.translation import gettext as _

from huiyin.accounts.enums import Permission
from huiyin.accounts.queries import has_permission
from huiyin.kernel.errors import Denied


def can_decide(user: Any) -> bool:
    """Whether a user may name, merge, split and close topics."""
    return has_permission(user, Permission.SUPERVISE)


def check_decide(user: Any) -> None:
    """Refuse whoever may only look."""
    if not can_decide(user):
        raise Denied(_("Supervisors decide on hot topics."))
