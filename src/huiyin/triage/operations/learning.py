"""What became of proposals, read from how the cases stand: whichever screen, interface or command decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import transaction

from huiyin.cases.queries import learning
from huiyin.kernel import clock
from huiyin.triage import logic
from huiyin.triage.enums import DECIDED, Question, Taken
from huiyin.triage.models import Decision, Proposal, Reading
from huiyin.triage.operations import automatic
from huiyin.triage.queries import matters

if TYPE_CHECKING:
    from huiyin.cases.queries.learning import Acts

# Rows of the timelines become visible when their transactions end; this long none is expected to take.
SETTLED = dt.timedelta(seconds=20)


def read_new() -> int:
    """Read what was decided since the last time; returns how many decisions were noted. Twice does no harm."""
    noted = 0
    with transaction.atomic():
        reading, _new = Reading.objects.select_for_update().get_or_create(pk=1)
        while True:
            last, cases = learning.deciding_events(after=reading.event, before=clock.now() - SETTLED)
            if last == reading.event:
                break
            noted += note(cases)
            reading.event = last
        reading.save(update_fields=["event"])
    return noted


@transaction.atomic
def note(case_ids: Collection[int]) -> int:
    """Note what became of the proposals for these cases; returns how many answers changed or were noted first."""
    proposals = {row.case_id: row for row in Proposal.objects.filter(case_id__in=case_ids)}
    if not proposals:
        return 0
    since = {pk: row.created_at for pk, row in proposals.items()}
    known = {(row.case_id, row.question): row for row in Decision.objects.filter(case_id__in=proposals)}
    noted = 0
    for acts in learning.acts(list(proposals), since=since):
        proposal = proposals[acts.case.pk]
        for question in DECIDED:
            noted += _note(proposal, acts, question, known.get((acts.case.pk, question.value)))
    return noted


def _note(proposal: Proposal, acts: Acts, question: Question, known: Decision | None) -> bool:
    rows = proposal.answers.get(question.value) or []
    if not rows:
        return False
    choice = matters.read(rows[0])
    event = {
        Question.SERVICE: acts.classified, Question.UNIT: acts.assigned, Question.KIND: acts.changed_kind,
    }[question]  # fmt: skip
    final = _final(acts, question)
    became = logic.became(
        choice.value, before=proposal.before.get(question.value, ""), final=final, acted=event is not None,
        is_over=acts.is_over,
    )  # fmt: skip
    if became is None or (known is not None and (known.decided, known.became) == (final, became)):
        return False
    if known is not None and known.is_automatic and event is None:
        # Filed by itself, and nobody said otherwise.
        return False
    row = known or Decision(case=acts.case, question=question, proposed=choice.value, source=choice.source)
    row.decided, row.became, row.probability, row.strength = (
        final,
        became,
        choice.probability,
        choice.strength,
    )
    row.rule_id = row.rule_id or choice.rule_id
    row.user_id = event.actor_id if event is not None else None
    row.service_id, row.unit_id = acts.case.service_id, acts.case.unit_id
    row.at = event.at if event is not None else clock.now()
    row.save()
    if row.is_automatic and became == Taken.CHANGED:
        _stop_if_wrong(row)
    return True


def _final(acts: Acts, question: Question) -> str:
    value = {
        Question.SERVICE: acts.case.service_id,
        Question.UNIT: acts.case.unit_id,
        Question.KIND: acts.case.kind,
    }[question]
    return str(value or "")


def _stop_if_wrong(row: Decision) -> None:
    if row.rule is not None:
        automatic.stop_if_wrong(rule=row.rule)
    elif row.threshold is not None:
        automatic.stop_if_wrong(threshold=row.threshold)
