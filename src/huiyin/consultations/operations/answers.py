"""The answer: what becomes of every statement that was shown, with the reason and the unit that does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.consultations.enums import Action, Decision, Standing
from huiyin.consultations.models import Answer, Consultation
from huiyin.consultations.operations.acting import acting
from huiyin.kernel.errors import Invalid

if TYPE_CHECKING:
    from huiyin.organisations.models import Unit


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What becomes of some statements; the reason by language."""

    decision: str
    reasons: dict[str, str]
    unit: Unit


def decide(pk: int, *, statement_ids: Sequence[int], verdict: Verdict, actor: accounts.Actor) -> Answer:
    """Say what becomes of some statements that ask for the same. Not public before `phases.answer`.

    A decision on them before is replaced. Refuses (Conflict) while the consultation is open or once it is answered,
    (Invalid) no statement, no reason, or a statement that is not shown.
    """
    reasons = {language: text.strip() for language, text in verdict.reasons.items() if text.strip()}
    if verdict.decision not in Decision.values or not reasons:
        problems = (
            {} if reasons else {"reasons": _("Write the reason. Those who wrote the statement read it.")}
        )
        raise Invalid(_("Say what becomes of it, and why."), fields=problems)
    with acting(pk, Action.DECIDE, actor=actor) as act:
        row = act.consultation
        chosen = row.statements.filter(pk__in=statement_ids, standing=Standing.PUBLISHED, is_meta=False)
        numbers = list(chosen.values_list("number", flat=True))
        if not numbers or len(numbers) != len(set(statement_ids)):
            raise Invalid(_("Choose statements of this consultation that are shown."))
        answer = Answer.objects.create(
            consultation=row,
            decision=verdict.decision,
            reasons=reasons,
            unit=verdict.unit,
            author=accounts.actor_user(actor),
        )
        chosen.update(answer=answer)
        row.answers.filter(statements=None).delete()
        act.data = {"numbers": numbers, "decision": verdict.decision}
    return answer


def conclude(pk: int, *, conclusions: dict[str, str], actor: accounts.Actor) -> None:
    """Write the answer as a whole. Refuses (Invalid) no words, (Conflict) before the end or once it is answered."""
    given = {language: text.strip() for language, text in conclusions.items() if text.strip()}
    if not given:
        message = _("Write the answer as a whole.")
        raise Invalid(message, fields={"conclusions": message})
    with acting(pk, Action.DECIDE, actor=actor) as act:
        act.consultation.conclusions = given
        act.data = {"conclusion": True}


def counts(row: Consultation) -> dict[str, int]:
    """How many statements were adopted, partly adopted and not adopted."""
    rows = row.statements.filter(standing=Standing.PUBLISHED, answer__isnull=False).order_by()
    return dict(rows.values_list("answer__decision").annotate(count=Count("pk")))
