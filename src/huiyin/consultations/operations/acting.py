"""What every step in the life of a consultation shares: lock, check, decide, save, history row and audit record."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.audit import operations as audit
from huiyin.consultations import logic, permissions
from huiyin.consultations.enums import Action, Party, State
from huiyin.consultations.models import Consultation, Event
from huiyin.consultations.queries import deciding
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied, Missing


@dataclass
class Acting:
    """A consultation that is being acted upon; what is set here is written when the block ends."""

    consultation: Consultation
    now: dt.datetime
    from_state: State
    reasons: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)


@contextlib.contextmanager
def acting(
    pk: int, action: Action, *, actor: accounts.Actor, party: Party = Party.ORGANISER, **given: Any
) -> Iterator[Acting]:
    """Lock the consultation and let the block change it; afterwards save it, with a history row and an audit record.

    `given` are facts that the action brings. Refuses: Missing, Denied, Conflict (not in this state, or something that
    it needs is missing: the message says what). Nothing is written when the block raises.
    """
    with transaction.atomic():
        row = locked(pk)
        if party is Party.ORGANISER:
            permissions.check_organise(actor, row.unit_id)
        now = clock.now()
        move = logic.decide(deciding.facts(row, now, **given), action, party)
        if isinstance(move, logic.Refused):
            raise _refusal(move, row)
        act = Acting(row, now, State(row.state))
        row.state = move.target or row.state
        yield act
        row.revision += 1
        row.save()
        Event.objects.create(
            consultation=row,
            at=now,
            action=action,
            party=party,
            actor=accounts.actor_user(actor),
            from_state=act.from_state,
            to_state=row.state,
            reasons=act.reasons,
            data=act.data,
        )
        record(f"consultation.{action.value}", row, actor, **act.data)


def locked(pk: int) -> Consultation:
    """The consultation, locked against every vote and change until the transaction ends; refuses Missing."""
    row = Consultation.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise Missing(_("There is no such consultation."))
    return row


def record(action: str, row: Consultation, actor: accounts.Actor, **data: Any) -> None:
    """Write an audit record about a consultation."""
    audit.record(action, actor=accounts.actor_name(actor), subject=f"consultation:{row.pk}", data=data)


def need_words(need: logic.Need) -> str:
    """What is missing, and how to mend it."""
    return {
        logic.Need.QUESTION: _("Write the question."),
        logic.Need.DATES: _("Set when it opens and when it closes; the end must lie ahead."),
        logic.Need.LONG_ENOUGH_OR_REASON: _(
            "Give people at least %(days)s days, or write the reason for a shorter time. It is published."
        )
        % {"days": deciding.least_days()},
        logic.Need.SOMETHING_TO_VOTE_ON: _("Write at least one statement, or let participants write some."),
        logic.Need.AUDIENCE_REACHABLE: _(
            "Those who may take part have no way to do so yet: make codes, name the unit, or set up a register."
        ),
        logic.Need.DATE_REACHED: _("The day on which it opens has not come yet."),
        logic.Need.LATER_END: _("The new end must be later than the one that people were told."),
        logic.Need.END_REACHED_OR_REASON: _("Its end has not come yet. To close it early, write the reason."),
        logic.Need.NOTHING_WAITING: _("Statements still wait to be looked at."),
        logic.Need.ALL_DECIDED: _("Some statements have no answer yet."),
        logic.Need.CONCLUSION: _("Write the answer as a whole."),
        logic.Need.PROMISES_SETTLED: _("Say what became of every promise; people still wait to be told."),
    }[need]


def _refusal(refused: logic.Refused, row: Consultation) -> Exception:
    if refused.need is not None:
        return Conflict(need_words(refused.need))
    if refused.reason == "who":
        return Denied()
    return Conflict(
        _("This is not possible while the consultation is: %(state)s.") % {"state": row.get_state_display()}
    )
