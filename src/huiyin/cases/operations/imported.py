"""A case as a file of another system tells it, and what it gets when it is stored here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from huiyin.cases.enums import Anonymity, Outcome, State
from huiyin.catalogue.enums import Kind, Urgency

DEFAULT_OUTCOME = Outcome.EXPLAINED
"""What an answer without a stated outcome is: nobody here may claim that it solved anything."""


@dataclass(slots=True)
class Imported:
    """A case as another system knew it. Texts are clean: no NUL, no lone surrogates, not too long."""

    source: str
    external_id: str
    text: str
    received_at: dt.datetime
    channel_id: int
    language: str = "zh-hans"
    kind: str = Kind.HELP.value
    urgency: str = Urgency.ORDINARY.value
    service_id: int | None = None
    version_id: int | None = None
    unit_id: int | None = None
    area_id: int | None = None
    place_text: str = ""
    lat: float | None = None
    lon: float | None = None
    anonymity: str = Anonymity.OFFICE.value
    contact_id: int | None = None
    state: str = State.RECEIVED.value
    outcome: str = ""
    reason: str = ""
    assigned_at: dt.datetime | None = None
    accepted_at: dt.datetime | None = None
    contacted_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    promised_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    reply: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Stored:
    """An imported case with what it gets here."""

    case: Imported
    pk: int
    number: str
    reply_id: int | None
    salt: str = ""
    leaf: bytes = b""
    sign_due_at: dt.datetime | None = None
    contact_due_at: dt.datetime | None = None
    answer_limit: str = ""

    @property
    def answer_time(self) -> dt.datetime:
        """When the answer was given, as far as the file says."""
        case = self.case
        return case.answered_at or case.closed_at or case.received_at
