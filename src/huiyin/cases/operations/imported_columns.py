"""Imported cases as the columns of three tables: cases, letters, timeline."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence

from huiyin.cases.enums import ReplyKind, State
from huiyin.cases.logic import indexing
from huiyin.cases.operations import imported_past
from huiyin.cases.operations.imported import Stored
from huiyin.kernel.copying import NULL, moments, numbers, same, texts

Columns = dict[str, Iterable[str]]
_JSON = json.JSONEncoder(ensure_ascii=False)


def cases(rows: Sequence[Stored], now: dt.datetime) -> Columns:
    """The columns of `cases_case`, search words included."""
    found = [row.case for row in rows]
    return {
        "id": numbers(row.pk for row in rows),
        "created_at": same(now.isoformat()),
        "number": [row.number for row in rows],
        "secret_hash": same(""),
        "text": texts(case.text for case in found),
        "language": texts(case.language for case in found),
        "kind": texts(case.kind for case in found),
        "channel_id": numbers(case.channel_id for case in found),
        "service_id": numbers(case.service_id for case in found),
        "service_version_id": numbers(case.version_id for case in found),
        "urgency": texts(case.urgency for case in found),
        "intake": same("[]"),
        "extra": texts(_JSON.encode(case.extra) if case.extra else "{}" for case in found),
        "place_text": texts(case.place_text for case in found),
        "area_id": numbers(case.area_id for case in found),
        "lat": numbers(case.lat for case in found),
        "lon": numbers(case.lon for case in found),
        "contact_id": numbers(case.contact_id for case in found),
        "anonymity": texts(case.anonymity for case in found),
        "unit_id": numbers(case.unit_id for case in found),
        "revision": same("1"),
        "reopened": same("0"),
        "source": texts(case.source for case in found),
        "external_id": texts(case.external_id for case in found),
        "receipt_salt": [row.salt for row in rows],
        "leaf_hash": [row.leaf.hex() for row in rows],
        "words": [
            indexing.case_words(case.text, case.place_text, received_at=case.received_at) for case in found
        ],
        **_standing(rows),
    }


def _standing(rows: Sequence[Stored]) -> Columns:
    found = [row.case for row in rows]
    return {
        "state": texts(case.state for case in found),
        "outcome": texts(case.outcome for case in found),
        "not_accepted_reason": texts(case.reason for case in found),
        "received_at": moments(case.received_at for case in found),
        "assigned_at": moments(case.assigned_at for case in found),
        "accepted_at": moments(case.accepted_at for case in found),
        "contacted_at": moments(case.contacted_at for case in found),
        "answered_at": moments(case.answered_at for case in found),
        "closed_at": moments(case.closed_at for case in found),
        "sign_due_at": moments(row.sign_due_at for row in rows),
        "contact_due_at": moments(row.contact_due_at for row in rows),
        "promised_at": moments(case.promised_at for case in found),
        "due_at": moments(case.due_at for case in found),
        "answer_limit": texts(row.answer_limit for row in rows),
    }


def replies(rows: Sequence[Stored], now: dt.datetime) -> Columns:
    """The columns of `cases_reply`, for cases that have a letter."""
    declined = [row.case.state == State.NOT_ACCEPTED for row in rows]
    kinds = [
        ReplyKind.INFORMATION.value if is_declined else ReplyKind.ANSWER.value for is_declined in declined
    ]
    pairs = list(zip(rows, declined, strict=True))
    return {
        "id": numbers(row.reply_id for row in rows),
        "created_at": same(now.isoformat()),
        "case_id": numbers(row.pk for row in rows),
        "unit_id": numbers(row.case.unit_id for row in rows),
        "kind": kinds,
        "text": texts(row.case.reply for row in rows),
        "outcome": texts("" if is_declined else row.case.outcome for row, is_declined in pairs),
        "sent_at": moments(row.answer_time for row in rows),
        "in_time": [_in_time(row, is_declined=is_declined) for row, is_declined in pairs],
    }


def _in_time(row: Stored, *, is_declined: bool) -> str:
    case = row.case
    if is_declined or not (case.answered_at and case.promised_at):
        return NULL
    return "t" if case.answered_at <= case.promised_at else "f"


def events(rows: Sequence[Stored], now: dt.datetime) -> Columns:
    """The columns of `cases_event`."""
    told = [step for row in rows for step in imported_past.steps(row)]
    return {
        "created_at": same(now.isoformat()),
        "case_id": numbers(step.case_id for step in told),
        "at": moments(step.at for step in told),
        "action": [step.action for step in told],
        "party": [step.party for step in told],
        "unit_id": numbers(step.unit_id for step in told),
        "from_state": [step.from_state for step in told],
        "to_state": [step.to_state for step in told],
        "data": texts(step.data for step in told),
        "reply_id": numbers(step.reply_id for step in told),
    }
