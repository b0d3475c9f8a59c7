"""What can be done with a case now: what a screen offers, by the same table that the verbs decide by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huiyin.cases import logic, permissions
from huiyin.cases.enums import Action, Party
from huiyin.cases.queries.deciding import facts
from huiyin.kernel import clock

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.cases.models import Case, Reply


def actions(case: Case, *, user: User, answer: Reply | None = None) -> frozenset[Action]:
    """Everything this member of staff may do now; `answer` is the last one, if the screen has it at hand."""
    return logic.actions_for(facts(case, clock.now(), answer=answer), permissions.parties(user, case))


def next_sensible(case: Case, allowed: frozenset[Action]) -> Action | None:
    """The one thing to do next: send on what waits for a unit, sign for what arrived, answer the rest."""
    order = {
        "received": (Action.ASSIGN, Action.ANSWER),
        "assigned": (Action.SIGN_FOR,),
        "accepted": (Action.ANSWER,),
        "in_progress": (Action.ANSWER,),
    }.get(case.state, ())
    return next((action for action in order if action in allowed), None)


def is_head(user: User, case: Case) -> bool:
    """Whether the user heads the responsible unit, and so may give the case to others."""
    return Party.UNIT_HEAD in permissions.parties(user, case)
