"""The proposal for a case that came in, and what follows from it by itself."""

from __future__ import annotations

import time

from django.db import transaction

from huiyin.cases.queries import indexing, learning, opening
from huiyin.triage.models import Proposal
from huiyin.triage.operations import automatic
from huiyin.triage.queries import answers, duplicates, matters


def propose(case_id: int) -> Proposal | None:
    """Propose everything for a stored case, and file it by itself where an administrator allowed that.

    A second call leaves the first proposal as it is, because officers saw it. None where the case is gone or erased.
    """
    known = Proposal.objects.filter(case_id=case_id).first()
    if known is not None:
        return known
    case = opening.stored(case_id)
    if case is None or case.anonymised_at is not None:
        return None
    begin = time.perf_counter()
    matter = matters.of_case(case)
    found = answers.everything(matter, repeats=duplicates.of_contact(matter, case.contact))
    spent = (time.perf_counter() - begin) * 1000
    with transaction.atomic():
        proposal, is_new = Proposal.objects.get_or_create(
            case_id=case.pk,
            defaults={
                "answers": {
                    question.value: [choice.stored() for choice in choices]
                    for question, choices in found.answers.items()
                },
                "duplicates": [
                    {"case": row.case_id, "probability": round(row.probability, 4), "own": row.is_own}
                    for row in found.duplicates
                ],
                "personal_data": found.personal_data,
                "before": {
                    "service": str(case.service_id or ""), "unit": str(case.unit_id or ""), "kind": case.kind,
                },
                "milliseconds": round(spent, 2),
            },
        )  # fmt: skip
        if is_new:
            automatic.carry_out(proposal, case)
    return proposal


def propose_missing(*, most: int = 200) -> int:
    """Propose for cases that wait for a dispatcher and came in without the job, as imports do; returns how many.

    Waits while the index of words is left out: nothing alike would be found in time, and a proposal is made once.
    """
    if indexing.left_out():
        return 0
    waiting = learning.waiting(most=most, without=Proposal.objects.values("case_id"))
    return sum(propose(case_id) is not None for case_id in waiting)
