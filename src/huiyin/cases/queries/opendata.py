"""Published cases as everybody may take them away: read piece by piece, whatever their number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from huiyin.cases.enums import Anonymity, ReplyKind
from huiyin.cases.models import Publication, Reply

CHUNK = 2_000
COLUMNS = (
    "pk", "case_id", "case__number", "case__state", "case__outcome", "case__kind", "case__unit__code",
    "case__unit__names", "case__promised_at", "case__answered_at", "case__closed_at", "service__code",
    "service__current__public_names", "title", "text", "answer", "place_text", "lat", "lon", "area__code",
    "requested_at", "updated_at", "published_at", "supports",
)  # fmt: skip


def chunks() -> Iterator[list[dict[str, Any]]]:
    """Records of `COLUMNS`, `in_time` and `solved` (of the last answer), some thousand at a time.

    Not of those whose person asked to stay anonymous or to be known to the dispatcher alone: a file that was taken
    away cannot be taken back.
    """
    last = 0
    while True:
        found = Publication.objects.filter(case__anonymity=Anonymity.OFFICE, pk__gt=last).order_by("pk")
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in found.values_list(*COLUMNS)[:CHUNK]]
        if not rows:
            return
        _add_answers(rows)
        yield rows
        last = rows[-1]["pk"]


def _add_answers(rows: list[dict[str, Any]]) -> None:
    letters = Reply.objects.filter(case_id__in=[row["case_id"] for row in rows], kind=ReplyKind.ANSWER)
    found = letters.order_by("sent_at", "id").values_list("case_id", "in_time", "verdict__solved")
    last = {case_id: (in_time, solved) for case_id, in_time, solved in found}
    for row in rows:
        row["in_time"], row["solved"] = last.get(row["case_id"], (None, None))
