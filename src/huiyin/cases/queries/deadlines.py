"""The deadlines that a member of staff works towards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from huiyin.accounts.enums import Permission
from huiyin.accounts.queries import absences
from huiyin.cases import permissions
from huiyin.cases.enums import OPEN_STATES
from huiyin.cases.models import Case

if TYPE_CHECKING:
    from huiyin.accounts.models import User

MOST = 500


def of(user: User) -> list[Case]:
    """Open cases of which the user is the officer, or stands in for them, and all of a unit that they head.

    The next ones first.
    """
    standing = user.standing()
    officers = [user.pk, *(row.user_id for row in absences.absent_behind(user))]
    own = Q(officer__in=officers, unit_id__in=standing.units_for(Permission.SEE_UNIT_CASES))
    headed = Q(unit_id__in=standing.units_for(Permission.ASSIGN_UNIT))
    rows = Case.objects.filter(
        own | headed, ~permissions.closed_to(user), state__in=OPEN_STATES, due_at__isnull=False
    )
    rows = rows.select_related("unit", "service__current", "service__parent__current").order_by(
        "due_at", "id"
    )
    return list(rows.defer("text", "words", "intake", "extra")[:MOST])
