"""An update that a program sends: of the office, if it works on the case; of the person, if it filed the case."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts.enums import Scope
from huiyin.accounts.operations.programs import Caller
from huiyin.cases import permissions
from huiyin.cases.enums import Outcome
from huiyin.cases.operations import acting, handling, person
from huiyin.cases.queries import listed
from huiyin.interop.open311.filing import LONGEST_DESCRIPTION, Sent
from huiyin.interop.open311.problems import bad, missing

# What the standard's extension calls the end of the work, and which outcome of ours it is.
OUTCOMES = {
    "closed": Outcome.EXPLAINED,
    "fixed": Outcome.SOLVED,
    "no_further_action": Outcome.CANNOT,
    "not_councils_responsibility": Outcome.REFERRED,
}
GOING_ON = frozenset({"", "open", "in_progress", "investigating", "action_scheduled", "internal_referral"})


def post(sent: Sent, *, caller: Caller) -> list[dict[str, Any]]:
    """Write to the person, answer the case, or pass on what the person wrote; answers with the id of the update.

    Refuses what the program's role may not do, and says “not known” of cases that are neither its own nor its unit's.
    """
    case = listed.by_number(sent.text("service_request_id"))
    words = sent.text("description", most=LONGEST_DESCRIPTION)
    status = sent.text("status").lower()
    if status not in GOING_ON and status not in OUTCOMES:
        raise bad(
            _(
                "status must be open, in_progress, investigating, action_scheduled, fixed, closed, "
                "no_further_action or not_councils_responsibility."
            )
        )
    if case is None:
        raise missing(_("service_request_id is not known."))
    if Scope.WORK_ON_CASES in caller.scopes and permissions.can_see(caller.user, case):
        made = _of_the_office(case.pk, words, status, acting.staff(caller.user))
    elif case.source == f"program:{caller.program_id}":
        made = _of_the_person(case.pk, words, status)
    else:
        raise missing(_("service_request_id is not known."))
    return [{"update_id": str(made.pk), "account_id": sent.text("account_id") or None}]


def _of_the_office(case_id: int, words: str, status: str, actor: acting.Actor) -> Any:
    if status in OUTCOMES:
        return handling.answer(case_id, text=words, outcome=OUTCOMES[status], actor=actor)
    return handling.inform(case_id, text=words, actor=actor)


def _of_the_person(case_id: int, words: str, status: str) -> Any:
    if status not in GOING_ON:
        raise bad(_("Only the office can end the work on a case."))
    return person.write(case_id, text=words)


def rehearse(sent: Sent, *, caller: Caller) -> list[dict[str, Any]]:
    """The same answer, and nothing is kept."""
    with transaction.atomic():
        answer = post(sent, caller=caller)
        transaction.set_rollback(True)
    return answer
