"""The answer of a consultation, for everybody once it is published."""

from dataclasses import dataclass, field

from django.db.models import Prefetch

from huiyin.consultations.enums import Decision, Standing
from huiyin.consultations.models import Answer, Consultation, Statement


@dataclass(frozen=True)
class Answered:
    """What became of the statements: answers with their statements, and how many of each decision."""

    answers: list[Answer] = field(default_factory=list)
    counts: dict[Decision, int] = field(default_factory=dict)


def published(row: Consultation) -> Answered | None:
    """The answer; None before it is published."""
    if row.answered_at is None:
        return None
    shown = Statement.objects.filter(standing=Standing.PUBLISHED).order_by("number")
    answers = list(row.answers.select_related("unit").prefetch_related(Prefetch("statements", shown)))
    counts = {
        one: sum(len(answer.statements.all()) for answer in answers if answer.decision == one)
        for one in Decision
    }
    return Answered(answers, {one: count for one, count in counts.items() if count})
