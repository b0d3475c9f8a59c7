"""Cases as flat rows, for files: read from the server piece by piece, whatever their number."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from huiyin.cases.enums import ReplyKind
from huiyin.cases.models import Case, Reply

CHUNK = 2_000
COLUMNS = (
    "pk", "number", "source", "external_id", "received_at", "channel__code", "kind", "service_id", "unit_id",
    "area__code", "place_text", "lat", "lon", "language", "urgency", "anonymity", "text", "state", "outcome",
    "not_accepted_reason", "assigned_at", "accepted_at", "contacted_at", "promised_at", "due_at", "answered_at",
    "closed_at", "extra", "intake", "contact_id", "about_unit_id",
)  # fmt: skip


def count(where: Q) -> int:
    """How many cases there are of these."""
    return Case.objects.filter(where).count()


def chunks(where: Q) -> Iterator[list[dict[str, Any]]]:
    """The cases in the order of their ids as dicts of COLUMNS and `reply`, some thousand at a time."""
    rows = Case.objects.filter(where).order_by("pk").values(*COLUMNS).iterator(chunk_size=CHUNK)
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield _with_replies(chunk)
            chunk = []
    if chunk:
        yield _with_replies(chunk)


def _with_replies(chunk: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add the newest letter that ended the work: the answer, or why the case was not accepted."""
    letters = Reply.objects.filter(case_id__in=[row["pk"] for row in chunk])
    letters = letters.filter(Q(kind=ReplyKind.ANSWER) | Q(case__state="not_accepted"))
    newest = dict(letters.order_by("sent_at", "id").values_list("case_id", "text"))
    for row in chunk:
        row["reply"] = newest.get(row["pk"], "")
    return chunk
