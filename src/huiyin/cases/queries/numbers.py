"""From case numbers, which people read, to the ids that the audit trail holds, and back."""

from collections.abc import Iterable

from huiyin.cases.models import Case
from huiyin.kernel import public_ids


def pk_of(number: str) -> int | None:
    """The id of the case with this number, however it was typed; None if there is no such case."""
    return Case.objects.filter(number=public_ids.plain(number)).values_list("pk", flat=True).first()


def of(pks: Iterable[int]) -> dict[int, str]:
    """Numbers of cases, by id."""
    return dict(Case.objects.filter(pk__in=pks).values_list("pk", "number"))
