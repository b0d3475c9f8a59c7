"""What is asked about and what is answered, as values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from huiyin.triage.enums import Question, Source

if TYPE_CHECKING:
    from huiyin.cases.models import Case


@dataclass(frozen=True, kw_only=True)
class Matter:
    """A text and what is known around it: a stored case, or what somebody is just typing."""

    text: str
    at: dt.datetime
    place_text: str = ""
    service_id: int | None = None
    unit_id: int | None = None
    kind: str = ""
    area_code: str = ""
    point: tuple[float, float] | None = None
    case_id: int = 0
    # The unit complained about is not asked to judge itself.
    about_unit_id: int | None = None

    @property
    def whole(self) -> str:
        """Text and place, as they are indexed."""
        return f"{self.text}\n{self.place_text}" if self.place_text else self.text


def of_case(case: Case) -> Matter:
    """A stored case as a matter."""
    return Matter(
        text=case.text, at=case.received_at, place_text=case.place_text, service_id=case.service_id,
        unit_id=case.unit_id, kind=case.kind if case.service_id else "",
        area_code=case.area.code if case.area else "",
        point=(case.lat, case.lon) if case.lat is not None and case.lon is not None else None,
        case_id=case.pk, about_unit_id=case.about_unit_id,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One proposed answer: its value as text, how sure, from where, and what spoke for it."""

    value: str
    probability: float
    source: Source
    words: tuple[str, ...] = ()
    cases: tuple[int, ...] = ()
    rule_id: int | None = None
    rule_name: str = ""
    strength: float = 0.0

    def stored(self) -> dict[str, Any]:
        """As it lies in the proposal."""
        found: dict[str, Any] = {
            "value": self.value, "probability": round(self.probability, 4), "source": self.source.value,
        }  # fmt: skip
        more = {"words": list(self.words), "cases": list(self.cases), "rule": self.rule_id, "name": self.rule_name,
                "strength": round(self.strength, 4)}  # fmt: skip
        return found | {key: value for key, value in more.items() if value}


def read(row: dict[str, Any]) -> Choice:
    """A stored answer."""
    return Choice(
        value=str(row["value"]), probability=float(row["probability"]), source=Source(row["source"]),
        words=tuple(row.get("words", ())), cases=tuple(row.get("cases", ())), rule_id=row.get("rule"),
        rule_name=row.get("name", ""), strength=row.get("strength", 0.0),
    )  # fmt: skip


@dataclass(frozen=True)
class Alike:
    """A case that may be about the same matter; `is_own`: of the same contact."""

    case_id: int
    probability: float
    is_own: bool = False


@dataclass(frozen=True)
class Considered:
    """Everything that is proposed for a matter."""

    answers: dict[Question, tuple[Choice, ...]] = field(default_factory=dict)
    duplicates: tuple[Alike, ...] = ()
    personal_data: dict[str, int] = field(default_factory=dict)

    def best(self, question: Question) -> Choice | None:
        """The first answer to a question, or None."""
        found = self.answers.get(question, ())
        return found[0] if found else None
