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
    if cases.is_complained_about(user, case):
        raise Denied(_("The person complains about your unit. Somebody else asks how it was."))
    if cases.has_handled(user, case):
        raise Denied(
            _(
                "Your unit worked on this case. Somebody else asks the person how it was; give this call to a "
                "colleague."
            )
        )


def can_ask_exclusion(user: Any) -> bool:
    """Whether a role of the user allows to ask that a verdict be left out of the figures."""
    return has_permission(user, Permission.ASK_EXCLUSION)


def check_ask_exclusion(user: Any, case: Case) -> None:
    """Refuse (Denied) who may not ask; (Missing) a case that the user may not open."""
    cases.check_see(user, case)
    if not can_ask_exclusion(user):
        raise Denied(_("Your role does not ask for verdicts to be left out."))


def can_see_exclusions(user: Any) -> bool:
    """Whether a role of the user reads which verdicts were asked to be left out."""
    wanted = (Permission.ASK_EXCLUSION, Permission.APPROVE_EXCLUSION, Permission.SEE_FIGURES)
    return any(has_permission(user, one) for one in wanted)


def can_decide_exclusions(user: Any) -> bool:
    """Whether a role of the user decides on verdicts to be left out."""
    return has_permission(user, Permission.APPROVE_EXCLUSION)


def check_decide_exclusion(user: Any, case: Case, *, asked_by: int) -> None:
    """Refuse (Denied) whoever asked for it, everybody of a handling unit, and who does not decide on this."""
    cases.check_see(user, case)
    if not can_decide_exclusions(user):
        raise Denied(_("Your role does not decide on this."))
    if user.pk == asked_by:
        raise Denied(_("You asked for this yourself. Somebody else decides."))
    if cases.has_handled(user, case):
        raise Denied(_("Your unit worked on this case. Somebody of another unit decides."))


def can_review(user: Any) -> bool:
    """Whether a role of the user reads a sample of answers again."""
    return has_permission(user, Permission.REVIEW_ANSWERS)


def check_review(user: Any, case: Case) -> None:
    """Refuse (Denied) whoever wrote the answer, everybody of a handling unit, and who does not review."""
    cases.check_see(user, case)
    if not can_review(user):
        raise Denied(_("Your role does not review answers."))
    if cases.has_handled(user, case):
        raise Denied(_("You or your unit worked on this case. Somebody else reads this answer again."))
