"""What an import asks before it writes."""

from collections.abc import Sequence

from django.db import connection

from huiyin.cases.models import Case


def known(source: str, external_ids: Sequence[str]) -> set[str]:
    """Those of the ids that are cases of this source already."""
    with connection.cursor() as cursor:
        # The last condition is that of the partial index, without which the planner may not use it.
        cursor.execute(
            "SELECT external_id FROM cases_case WHERE source = %s AND external_id = ANY(%s) AND NOT (external_id = '')",
            [source, list(external_ids)],
        )
        return {external_id for (external_id,) in cursor.fetchall()}


def known_numbers(numbers: Sequence[str]) -> set[str]:
    """Those of the numbers that are cases of this installation."""
    return set(Case.objects.filter(number__in=list(numbers)).values_list("number", flat=True))
