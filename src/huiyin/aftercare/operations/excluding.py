"""Leaving a verdict out of the figures: one asks, another one decides, and what is left out is counted for everybody.

The verdict itself stays as it was given, on the case and on the person's page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.aftercare import permissions
from huiyin.audit import operations as audit
from huiyin.feedback import operations as feedback
from huiyin.feedback import queries as verdicts
from huiyin.feedback.enums import ExclusionState
from huiyin.kernel.errors import Conflict, Missing

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.cases.models import Case
    from huiyin.feedback.enums import ExclusionReason
    from huiyin.feedback.models import Exclusion


@transaction.atomic
def ask(case: Case, *, user: User, reason: ExclusionReason, text: str) -> Exclusion:
    """Ask that the verdict on the last judged answer be left out of the figures; nothing changes yet.

    Refuses (Denied) who may not ask, (Missing) a case without a verdict, (Invalid) a text that says nothing, (Conflict)
    while an earlier wish is open or approved.
    """
    permissions.check_ask_exclusion(user, case)
    reply = (
        case.replies.filter(verdict__isnull=False)
        .select_related("verdict")
        .order_by("-sent_at", "-id")
        .first()
    )
    if reply is None or reply.verdict is None:
        raise Missing(_("There is no verdict in this case."))
    found = feedback.ask_exclusion(reply.verdict, reason=reason, text=text, user=user)
    _note("asked", found, case, user)
    return found


@transaction.atomic
def approve(exclusion_id: int, *, user: User, text: str = "") -> Exclusion:
    """Leave the verdict out of the figures from the next count on, for past periods too.

    Refuses (Denied) whoever asked for it, everybody of a handling unit and who may not decide, (Conflict) what is
    decided already.
    """
    return _decide(exclusion_id, ExclusionState.APPROVED, user=user, text=text)


@transaction.atomic
def decline(exclusion_id: int, *, user: User, text: str = "") -> Exclusion:
    """Let the verdict count as before. Refuses as `approve` does."""
    return _decide(exclusion_id, ExclusionState.DECLINED, user=user, text=text)


@transaction.atomic
def lift(exclusion_id: int, *, user: User, text: str = "") -> Exclusion:
    """Let a verdict that was left out count again. Refuses as `approve` does, and (Conflict) what is not left out."""
    return _decide(exclusion_id, ExclusionState.LIFTED, user=user, text=text)


def _decide(exclusion_id: int, state: ExclusionState, *, user: User, text: str) -> Exclusion:
    found = verdicts.locked_exclusion(exclusion_id)
    if found is None:
        raise Missing
    case = found.verdict.reply.case
    permissions.check_decide_exclusion(user, case, asked_by=found.asked_by_id)
    expected = ExclusionState.APPROVED if state is ExclusionState.LIFTED else ExclusionState.ASKED
    if found.state != expected:
        raise Conflict(_("This was decided in the meantime."))
    feedback.decide_exclusion(found, state=state, user=user, text=text)
    _note(state.value, found, case, user)
    return found


def _note(what: str, found: Exclusion, case: Case, user: User) -> None:
    audit.record(
        f"verdict.exclusion_{what}",
        actor=f"user:{user.pk}",
        subject=f"case:{case.pk}",
        data={"verdict": found.verdict_id, "reason": found.reason},
    )
