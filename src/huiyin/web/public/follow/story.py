"""What the person's own page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huiyin.cases.enums import Action
from huiyin.cases.queries import family, own, pending, receipts, timeline
from huiyin.catalogue import queries as catalogue
from huiyin.feedback import queries as verdicts
from huiyin.files import queries as files
from huiyin.people import queries as people
from huiyin.web.components import sentences

if TYPE_CHECKING:
    from huiyin.cases.models import Case


def context(case: Case) -> dict[str, Any]:
    """Facts, dates, story, the open question, and what can be done."""
    rows = timeline.for_person(case)
    allowed = own.actions(case)
    answer = own.last_answer(case) if case.answered_at is not None or case.reopened else None
    return {
        "case": case,
        "number": receipts.shown_number(case.number),
        "service": catalogue.service_name(case.service),
        "story": [line for event in rows.events if (line := sentences.for_person(event, rows)) is not None],
        "photos": [
            (used.file, files.url(used.file), files.preview_url(used.file)) for used in own.first_files(case)
        ],
        "extensions": pending.granted(case),
        "parts": family.parts_of_person(case) if case.root_id or pending.matters(case).has_parts else [],
        "question": own.open_question(case),
        "reveals": list(people.reveals(case.number)[:50]),
        "left_out": verdicts.exclusion_of(answer.verdict)
        if answer is not None and answer.verdict is not None
        else None,
        "may_judge": Action.RATE in allowed,
        "may_reopen": Action.REOPEN in allowed,
        "may_withdraw": Action.WITHDRAW in allowed,
        "has_receipt": bool(case.receipt_salt),
    }
