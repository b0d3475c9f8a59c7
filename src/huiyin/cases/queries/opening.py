"""Finding one case, as staff do."""

from typing import Any

from django.utils.translation import gettext as _

from huiyin.cases import permissions
from huiyin.cases.models import Case
from huiyin.cases.queries import pending
from huiyin.kernel import public_ids
from huiyin.kernel.errors import Missing
from huiyin.notifications import queries as outbox


def for_staff(number: str, *, user: Any) -> Case:
    """The case with this number if the user may open it; Missing otherwise, whether it exists or not."""
    case = (
        Case.objects.select_related(
            "unit", "first_unit", "team", "officer", "service__current", "service_version", "channel", "area",
            "contact", "root__contact", "parent", "merged_into", "about_unit",
            "publication", "filed_by",
        )
        .annotate(
            failed_notices=outbox.failures("number"),
            is_declared=permissions.declared_by(user),
            **pending.riding_along(),
        )
        .filter(number=public_ids.plain(number))
        .first()
    )  # fmt: skip
    if case is None or not permissions.can_see(user, case):
        raise Missing(_("There is no such case, or it is not among those you may open."))
    return case


def stored(case_id: int) -> Case | None:
    """A stored case with its area, contact and service, for jobs; None where it is gone."""
    return (
        Case.objects.select_related("area", "contact", "service__current", "unit").filter(pk=case_id).first()
    )
