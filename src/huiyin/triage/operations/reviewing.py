"""People look at a sample of what was filed by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.audit import operations as audit
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Missing
from huiyin.triage import permissions
from huiyin.triage.models import Review
from huiyin.triage.operations import automatic

if TYPE_CHECKING:
    from huiyin.accounts.models import User


def agree(review_id: int, *, user: User) -> Review:
    """Say that it was filed rightly. Refuses (Denied) whoever does not dispatch, (Conflict) a second judgement."""
    return _judge(review_id, user, agrees=True)


def disagree(review_id: int, *, user: User) -> Review:
    """Say that it belongs elsewhere; whatever filed too many wrongly stops. The case itself is changed on its page."""
    return _judge(review_id, user, agrees=False)


@transaction.atomic
def _judge(review_id: int, user: User, *, agrees: bool) -> Review:
    permissions.check_review(user)
    row = (
        Review.objects.select_for_update(of=("self",))
        .select_related("rule", "threshold")
        .filter(pk=review_id)
        .first()
    )
    if row is None:
        raise Missing(_("There is no such review."))
    if row.agrees is not None:
        raise Conflict(_("Somebody else has judged this already."))
    row.agrees, row.reviewer, row.at = agrees, user, clock.now()
    row.save(update_fields=["agrees", "reviewer", "at"])
    audit.record(
        "triage.review", actor=f"user:{user.pk}", subject=f"case:{row.case_id}", data={"agrees": agrees}
    )
    automatic.stop_if_wrong(rule=row.rule, threshold=row.threshold)
    return row
