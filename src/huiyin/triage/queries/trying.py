"""A dry run: what a rule would have done with the cases of the last months, and how officers decided."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import timezone

from huiyin.cases.queries import learning
from huiyin.engines.text.phrases import Said
from huiyin.kernel import clock
from huiyin.triage import logic
from huiyin.triage.enums import Question
from huiyin.triage.queries import answers, rules

if TYPE_CHECKING:
    from huiyin.cases.queries.learning import Past
    from huiyin.triage.models import Rule

MOST_LOOKED_AT = 20_000
DAYS_PER_MONTH = 30
MOST_ELSEWHERE = 5


@dataclass
class Tried:
    """How often a rule would have held, and for each of its answers how often officers decided otherwise, and what."""

    looked_at: int
    is_cut: bool
    held: int = 0
    otherwise: dict[Question, int] = field(default_factory=dict)
    elsewhere: dict[Question, list[tuple[str, int]]] = field(default_factory=dict)
    says: dict[Question, str] = field(default_factory=dict)

    def percent_otherwise(self, question: Question) -> int:
        """In what share of the cases officers decided otherwise."""
        return round(100 * self.otherwise.get(question, 0) / self.held) if self.held else 0


def run(rule: Rule, *, months: int) -> Tried:
    """Try a rule on the cases of the last `months`: at most the newest `MOST_LOOKED_AT` of its words and area."""
    conditions = rules.conditions(rule)
    since = clock.now() - dt.timedelta(days=months * DAYS_PER_MONTH)
    rows = learning.past(since=since, words=conditions.words, area=conditions.area_code, most=MOST_LOOKED_AT)
    says = answers.said_by(rule)
    tried = Tried(len(rows), is_cut=len(rows) == MOST_LOOKED_AT, says=says)
    elsewhere: dict[Question, Counter[str]] = {question: Counter() for question in says}
    for row in rows:
        if not logic.fits(conditions, _facts(row)):
            continue
        tried.held += 1
        for question, value in says.items():
            final = _final(row, question)
            if final is not None and final != value:
                elsewhere[question][final] += 1
    for question, counts in elsewhere.items():
        tried.otherwise[question] = counts.total()
        tried.elsewhere[question] = counts.most_common(MOST_ELSEWHERE)
    return tried


_NOTHING_SAID = Said({})


def _facts(row: Past) -> logic.Facts:
    """How the case stood when it came in; its words were looked up by the index."""
    return logic.Facts(
        said=_NOTHING_SAID, at=timezone.localtime(row.received_at), service_id=row.service_first,
        unit_id=row.unit_first, area_code=row.area_code, kind=row.kind_first,
    )  # fmt: skip


def _final(row: Past, question: Question) -> str | None:
    """How officers left the case; None for what is not decided by people."""
    values = {Question.SERVICE: row.service_id, Question.UNIT: row.unit_id, Question.KIND: row.kind}
    return str(values[question] or "") if question in values else None
