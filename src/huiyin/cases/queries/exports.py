"""Cases as flat rows, for files: read from the server piece by piece, whatever their number."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from huiyin.cases.enums import Action, ReplyKind
from huiyin.cases.models import Case, Event, Reply

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


PROMISED = (
    "pk", "number", "unit__code", "service__code", "state", "received_at", "promised_at", "contact_due_at",
    "contacted_at", "reopened",
)  # fmt: skip
ANSWERED = ("pk", "case_id", "sent_at", "in_time", "verdict_id", "verdict__solved", "verdict__satisfaction")


def promises(where: Q) -> Iterator[list[dict[str, Any]]]:
    """What was promised and kept in each case, some thousand at a time: dicts of PROMISED, without a word of anybody.

    `answers` are dicts of ANSWERED in their order, `reopened_at` the moments of reopening.
    """
    rows = Case.objects.filter(where).order_by("pk").values(*PROMISED).iterator(chunk_size=CHUNK)
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row | {"answers": [], "reopened_at": []})
        if len(chunk) == CHUNK:
            yield _with_answers(chunk)
            chunk = []
    if chunk:
        yield _with_answers(chunk)


def _with_answers(chunk: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_id = {row["pk"]: row for row in chunk}
    answers = Reply.objects.filter(case_id__in=by_id, kind=ReplyKind.ANSWER).order_by("sent_at", "id")
    for answer in answers.values(*ANSWERED):
        by_id[answer["case_id"]]["answers"].append(answer)
    again = [pk for pk, row in by_id.items() if row["reopened"]]
    events = Event.objects.filter(case_id__in=again, action=Action.REOPEN).order_by("at", "id")
    for pk, at in events.values_list("case_id", "at"):
        by_id[pk]["reopened_at"].append(at)
    return chunk
