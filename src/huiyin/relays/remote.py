"""Talking Open311 to another system: sending a request, asking after some, in JSON. Believes nothing it is told."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.dateparse import parse_datetime

from huiyin.kernel import outward

# Answers longer than this are not read.
MOST_BYTES = 5_000_000
LONGEST_ID, LONGEST_NOTES = 100, 4_000
STATUSES = frozenset({"open", "closed"})


class Failed(Exception):  # noqa: N818 -- an answer that the sender reads, not a fault
    """It did not work. `reason` is a code; `is_final`: the other side declines, so that trying again is useless."""

    def __init__(self, reason: str, *, is_final: bool) -> None:
        super().__init__(reason)
        self.reason = reason[:60]
        self.is_final = is_final


@dataclass(frozen=True)
class System:
    """Where the other system is, and our key there."""

    endpoint: str
    jurisdiction: str
    api_key: str


@dataclass(frozen=True)
class Receipt:
    """What the other system answered to a new request: its number, or a token for it."""

    number: str
    token: str


@dataclass(frozen=True)
class Report:
    """What the other system says of a request."""

    number: str
    status: str
    notes: str
    updated_at: dt.datetime | None


def send(system: System, fields: Mapping[str, str]) -> Receipt:
    """Send a new request. Raises Failed, nothing else."""
    form = {**fields, "api_key": system.api_key} | _jurisdiction(system)
    row = _first(_call(system, "requests.json", form=form))
    number, token = _text(row, "service_request_id"), _text(row, "token")
    if not number and not token:
        raise Failed("no number", is_final=False)
    return Receipt(number, token)


def number_of(system: System, token: str) -> str:
    """The number behind a token; empty while there is none yet."""
    return _text(_first(_call(system, f"tokens/{token}.json")), "service_request_id")


def ask(system: System, numbers: Sequence[str]) -> dict[str, Report]:
    """What the other system says of these requests, by number; those it does not know are missing."""
    try:
        rows = _call(system, "requests.json", query={"service_request_id": ",".join(numbers)})
    except Failed as failure:
        if failure.reason == "404":
            return {}
        raise
    reports = (_report(row) for row in rows if isinstance(row, dict))
    return {report.number: report for report in reports if report.number in numbers}


def find(system: System, mark: str, *, since: dt.datetime) -> str:
    """The number of a request that holds our mark, if it arrived although nobody told us; else empty."""
    query = {"start_date": since.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    rows = _call(system, "requests.json", query=query)
    found = (row for row in rows if isinstance(row, dict) and mark in _text(row, "description", most=100_000))
    return next((_text(row, "service_request_id") for row in found), "")


def services(system: System) -> list[str]:
    """The codes that the other system offers; for the check."""
    rows = _call(system, "services.json")
    return [_text(row, "service_code") for row in rows if isinstance(row, dict)]


def _report(row: Mapping[str, Any]) -> Report:
    status = _text(row, "status").lower()
    return Report(
        number=_text(row, "service_request_id"),
        status=status if status in STATUSES else "",
        notes=_text(row, "status_notes", most=LONGEST_NOTES),
        updated_at=_moment(_text(row, "updated_datetime")),
    )


def _moment(text: str) -> dt.datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.utcoffset() is not None else None


def _text(row: Mapping[str, Any], name: str, *, most: int = LONGEST_ID) -> str:
    value = row.get(name)
    return str(value).replace("\x00", "")[:most] if isinstance(value, str | int) else ""


def _first(rows: list[Any]) -> dict[str, Any]:
    if not rows or not isinstance(rows[0], dict):
        raise Failed("unreadable", is_final=False)
    return rows[0]


def _jurisdiction(system: System) -> dict[str, str]:
    return {"jurisdiction_id": system.jurisdiction} if system.jurisdiction else {}


def _call(
    system: System,
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> list[Any]:
    asked = urlencode({**(query or {}), **(_jurisdiction(system) if form is None else {})})
    url = f"{system.endpoint.rstrip('/')}/{path}" + (f"?{asked}" if asked else "")
    try:
        answer = outward.exchange(
            url,
            body=urlencode(form).encode() if form is not None else None,
            headers={"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"},
            most=MOST_BYTES,
        )
    except outward.Unreachable as error:
        raise Failed(error.reason, is_final=False) from error
    if answer.status != 200:
        # Too many calls, or a fault of theirs, passes; what they understood and decline does not.
        raise Failed(str(answer.status), is_final=answer.status in {400, 403, 404, 422})
    try:
        rows = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise Failed("unreadable", is_final=False) from error
    if not isinstance(rows, list):
        raise Failed("unreadable", is_final=False)
    return rows
