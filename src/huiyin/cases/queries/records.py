"""Cases as flat records, for programs: a page is one query, and no object is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from huiyin.cases.models import Case, CaseFile, Reply

SHORT = (
    "pk", "number", "revision", "state", "outcome", "not_accepted_reason", "kind", "urgency", "channel__code",
    "service__code", "unit__code", "language", "anonymity", "place_text", "area__code", "lat", "lon", "received_at",
    "assigned_at", "accepted_at", "contacted_at", "answered_at", "closed_at", "sign_due_at", "contact_due_at", "due_at",
    "promised_at", "last_step_at", "reopened", "publication__pk", "source", "external_id",
)  # fmt: skip
# What makes a record long; read only where it is asked for.
LONG = ("text", "intake")


def of(ids: Sequence[int], *, also: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Records of these cases in the order of the ids: `SHORT` and, of `LONG`, those named."""
    columns = (*SHORT, *(name for name in LONG if name in set(also)))
    rows = Case.objects.filter(pk__in=ids).values_list(*columns)
    by_id = {row[0]: dict(zip(columns, row, strict=True)) for row in rows}
    return [by_id[pk] for pk in ids if pk in by_id]


def replies(case: Case) -> list[Reply]:
    """The letters of a case with their verdicts, oldest first."""
    return list(case.replies.select_related("unit", "verdict").order_by("sent_at", "id"))


def reply_files(case: Case) -> dict[int, list[CaseFile]]:
    """The files of each letter, by its id."""
    found: dict[int, list[CaseFile]] = {}
    for row in case.files.filter(reply__isnull=False).select_related("file"):
        found.setdefault(row.reply_id or 0, []).append(row)
    return found


def first_files(case: Case) -> list[CaseFile]:
    """The files that came with the case itself."""
    return list(case.files.filter(reply=None, message=None).select_related("file"))
