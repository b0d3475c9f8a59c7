"""The rows behind the figures, for whoever wants to count them again: dates, codes and verdicts, no word of anybody."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.aftercare.queries import calling
from huiyin.audit import operations as audit
from huiyin.cases import permissions
from huiyin.cases.queries import exports
from huiyin.feedback import queries as feedback
from huiyin.usecases.bulk.writers import Format, open_writer

COLUMNS = (
    "number", "unit", "service", "state", "received_at", "promised_at", "contact_due_at", "contacted_at", "reopened",
    "reopened_at", "answer", "sent_at", "in_time", "solved", "satisfaction", "left_out", "called_in_vain",
)  # fmt: skip


def export(path: Path, *, actor: accounts.Actor, where: Q | None = None) -> int:
    """Write, as CSV, a row for each answer of each case and one for a case without any; returns how many cases.

    Every rate on the page of figures can be counted from it. The file appears when it is whole; recorded in the audit
    trail. Refuses (Denied) whoever may not export.
    """
    accounts.check(actor, Permission.EXPORT_CASES)
    scope = (Q() if actor == "system" else permissions.exportable(actor)) & (where or Q())
    done = 0
    # One transaction: the file holds one moment.
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder, transaction.atomic():
        draft = Path(folder) / "file"
        with open_writer(draft, kind=Format.CSV, columns=COLUMNS) as writer:
            for chunk in exports.promises(scope):
                writer.write(_rows(chunk))
                done += len(chunk)
        audit.record(
            "figures.export", actor=accounts.actor_name(actor), subject=f"export:{uuid.uuid4().hex[:12]}",
            data={"cases": done},
        )  # fmt: skip
        draft.chmod(0o600)
        draft.replace(path)
    return done


def _rows(chunk: list[dict[str, Any]]) -> list[list[Any]]:
    answers = [answer for row in chunk for answer in row["answers"]]
    out = feedback.left_out(answer["verdict_id"] for answer in answers if answer["verdict_id"])
    vain = calling.called_in_vain(answer["pk"] for answer in answers)
    rows: list[list[Any]] = []
    for row in chunk:
        facts = [row["number"], row["unit__code"] or "", row["service__code"] or "", row["state"]]
        facts += [_at(row[name]) for name in ("received_at", "promised_at", "contact_due_at", "contacted_at")]
        facts += [row["reopened"], " ".join(at.isoformat() for at in row["reopened_at"])]
        rows += [
            [*facts, place, _at(answer["sent_at"]), _sure(answer["in_time"]), answer["verdict__solved"] or "",
             answer["verdict__satisfaction"] or 0, int(answer["verdict_id"] in out), int(answer["pk"] in vain)]
            for place, answer in enumerate(row["answers"], start=1)
        ] or [[*facts, 0, None, "", "", 0, 0, 0]]  # fmt: skip
    return rows


def _at(moment: Any) -> Any:
    return timezone.localtime(moment) if moment is not None else None


def _sure(value: bool | None) -> str:  # noqa: FBT001 -- a stored fact, not a switch
    return "" if value is None else str(int(value))
