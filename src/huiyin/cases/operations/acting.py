"""What every verb on a case shares: lock, check, decide, save, timeline row and audit record, in one transaction."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.audit import operations as audit
from huiyin.cases import logic, permissions
from huiyin.cases.enums import (
    OPEN_STATES,
    PUBLIC_ACTIONS,
    Action,
    ExtensionState,
    Party,
    ReturnEnd,
    State,
)
from huiyin.cases.models import Case, Event, Message, Note, Publication, Reply
from huiyin.cases.operations import telling, turns
from huiyin.cases.queries import deciding
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied, Missing

if TYPE_CHECKING:
    from huiyin.accounts.models import User


@dataclass(frozen=True)
class Actor:
    """Who acts: a member of staff, the person behind the case, or the system."""

    user: User | None = None
    party: Party | None = None
    # Why the system acts by itself: {"rule": id, "name": …} or {"threshold": id, "percent": …}; stands in the timeline.
    ground: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        """As the audit trail writes it."""
        if self.user is not None:
            return f"user:{self.user.pk}"
        return str(self.party.value if self.party else Party.SYSTEM.value)

    def parties(self, case: Case) -> frozenset[Party]:
        """The parties that this actor is in this case."""
        if self.user is not None:
            return permissions.parties(self.user, case)
        return frozenset({self.party or Party.SYSTEM})


PERSON = Actor(party=Party.PERSON)
SYSTEM = Actor(party=Party.SYSTEM)


def by_itself(ground: dict[str, Any]) -> Actor:
    """The system, acting on a rule or a threshold that an administrator switched on."""
    return Actor(party=Party.SYSTEM, ground=ground)


def staff(user: User) -> Actor:
    """A member of staff as actor."""
    return Actor(user=user)


@dataclass
class Acting:
    """A case that is being acted upon; what is set here is written when the block ends."""

    case: Case
    actor: Actor
    action: Action
    party: Party
    now: dt.datetime
    from_state: State
    # Facts go to timeline and audit trail; free words only to the timeline, where they can be erased.
    data: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    note: Note | None = None
    reply: Reply | None = None
    message: Message | None = None


@contextlib.contextmanager
def acting(case_id: int, action: Action, *, actor: Actor, revision: int | None = None) -> Iterator[Acting]:
    """Lock the case and let the block change it; afterwards save, and write the timeline row and the audit record.

    Refuses: Missing (unknown or not visible), Conflict (changed in between, or not possible in this state), Denied.
    Nothing is written when the block raises.
    """
    with transaction.atomic():
        case = (
            Case.objects.select_for_update(of=("self",))
            .select_related("unit", "service", "service_version", "contact")
            # Long, and no verb changes it: neither read nor written.
            .defer("words")
            .filter(pk=case_id)
            .first()
        )
        if case is None:
            raise Missing(_("There is no such case."))
        if actor.user is not None:
            permissions.check_see(actor.user, case)
        if revision is not None and revision != case.revision:
            raise Conflict(
                _("Somebody else changed this case in the meantime. Look at what changed, then try again.")
            )
        now = clock.now()
        decided = logic.decide(deciding.facts(case, now), action, actor.parties(case))
        if isinstance(decided, logic.Refused):
            raise _refusal(decided, case)
        move, party = decided
        act = Acting(case, actor, action, party, now, State(case.state))
        if move.target is not None:
            case.state = move.target
        yield act
        _write(act)


REASONS = {
    logic.Need.BEFORE_DEADLINE: gettext_lazy(
        "The deadline has passed. What is overdue stays overdue; it cannot be put off any more."
    ),
    logic.Need.NO_EXTENSION_ASKED: gettext_lazy(
        "More time was asked for already; that has to be decided first."
    ),
    logic.Need.EXTENSION_ASKED: gettext_lazy("Nobody asks for more time in this case."),
    logic.Need.WITHIN_RETURN_TIME: gettext_lazy(
        "The time for returning this case is over. Work on it, or talk to the dispatcher."
    ),
    logic.Need.NO_RETURN_OPEN: gettext_lazy("It was returned already; that has to be decided first."),
    logic.Need.NOT_RULED: gettext_lazy("An arbiter decided who is responsible. That binds everybody."),
    logic.Need.NOT_WITH_ARBITER: gettext_lazy("This lies before the arbiter, who decides on it."),
    logic.Need.WITH_ARBITER: gettext_lazy("This does not lie before the arbiter."),
    logic.Need.NO_OFFICER: gettext_lazy("Somebody works on this case already."),
    logic.Need.RETURN_OPEN: gettext_lazy("Nobody returned this case."),
    logic.Need.NOT_CONFIDENTIAL: gettext_lazy(
        "This case is confidential: only named roles may know of it. A dispatcher or supervisor can end that first."
    ),
    logic.Need.HELD: gettext_lazy("This case is under no legal hold."),
    logic.Need.CONFIDENTIAL: gettext_lazy("This case is not confidential."),
}


def _refusal(refused: logic.Refused, case: Case) -> Exception:
    if refused.reason == "who":
        return Denied(_("Your role does not allow this in this case."))
    if refused.need is logic.Need.WITHIN_REOPEN_TIME:
        return Conflict(_("The time for reopening is over. Please tell us again as a new case."))
    if refused.need is logic.Need.NO_VERDICT_YET:
        return Conflict(_("The verdict on this answer was already given. It cannot be changed."))
    if refused.need in REASONS:
        return Conflict(str(REASONS[refused.need]))
    return Conflict(
        _("This is not possible while the case is: %(state)s.") % {"state": case.get_state_display()}
    )


def _write(act: Acting) -> None:
    if act.actor.ground is not None:
        act.data["ground"] = act.actor.ground
    act.case.revision += 1
    act.case.last_step_at = act.now
    if act.from_state in OPEN_STATES and act.case.state not in OPEN_STATES:
        _settle(act)
    act.case.save()
    write_event(act)
    if act.action in PUBLIC_ACTIONS:
        Publication.objects.filter(case_id=act.case.pk).update(updated_at=act.now)
    audit.record(
        f"case.{act.action.value}",
        actor=act.actor.name,
        subject=f"case:{act.case.pk}",
        data={"from": act.from_state.value, "to": act.case.state, "party": act.party.value, **act.data},
    )


def _settle(act: Acting) -> None:
    """The case has come to an end: nobody has to decide any more on what was asked for."""
    act.case.extensions.filter(state=ExtensionState.ASKED).update(
        state=ExtensionState.LAPSED, decided_at=act.now
    )
    act.case.returns.filter(ended_at__isnull=True).update(ended_at=act.now, end=ReturnEnd.OVERTAKEN)
    act.case.first_unit = None


def write_event(act: Acting) -> Event:
    """Add the timeline row of what was just done, and tell whoever listens."""
    event = Event.objects.create(
        case=act.case,
        at=act.now,
        action=act.action,
        party=act.party,
        actor=act.actor.user,
        unit_id=act.case.unit_id,
        from_state=act.from_state,
        to_state=act.case.state,
        data=act.data | act.words,
        note=act.note,
        reply=act.reply,
        message=act.message,
    )
    telling.tell(act.case, event)
    if act.action in turns.BRINGING:
        turns.look_for_officer(act.case)
    return event
