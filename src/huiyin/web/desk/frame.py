"""What every screen about one case has around it: facts, clocks, contact, and what can be done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from huiyin.accounts.enums import Permission
from huiyin.accounts.queries import absences
from huiyin.aftercare import permissions as aftercare
from huiyin.aftercare.queries import calling
from huiyin.cases import permissions
from huiyin.cases.enums import Action, State
from huiyin.cases.queries import beside, family, holds, own, pending, possible, timeline
from huiyin.catalogue import queries as catalogue
from huiyin.feedback import queries as verdicts
from huiyin.feedback.enums import Reason
from huiyin.notifications import queries as outbox
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey
from huiyin.people import queries as people
from huiyin.relays import queries as relays
from huiyin.web.components import maps, sentences

if TYPE_CHECKING:
    from huiyin.cases.models import Case, Reply

# In the order in which they are offered beside the one next step.
OFFERED = (
    Action.SIGN_FOR, Action.START, Action.TAKE, Action.ASSIGN, Action.ANSWER, Action.ASK, Action.INFORM,
    Action.RESUME, Action.CONTACT, Action.CLASSIFY, Action.NOT_ACCEPT, Action.PERSON_WRITES, Action.RATE,
    Action.REOPEN, Action.WITHDRAW, Action.ARBITRATE, Action.ASK_EXTENSION, Action.ADD_TASK, Action.SUMMON,
    Action.URGE, Action.ESCALATE, Action.TAKE_OVER, Action.REDO, Action.NAME_UNIT, Action.MAKE_CONFIDENTIAL,
    Action.END_CONFIDENTIAL, Action.DECLARE_CONFLICT, Action.RETURN, Action.GATHER, Action.SPLIT, Action.LINK,
    Action.HOLD, Action.LIFT_HOLD, Action.PUBLISH,
)  # fmt: skip
LETTERS = frozenset({Action.INFORM, Action.ASK, Action.ANSWER, Action.NOT_ACCEPT})


@dataclass(frozen=True)
class Clock:
    """One promise: until when, when it was met, and what was promised first if that is another moment."""

    name: str
    due: dt.datetime | None
    met: dt.datetime | None
    promised: dt.datetime | None = None
    paused: bool = False


def around(case: Case, *, user: Any) -> dict[str, Any]:
    """Facts and possibilities of a case, for every screen about it."""
    answer = own.last_answer(case) if case.answered_at is not None or case.reopened else None
    allowed = possible.actions(case, user=user, answer=answer if case.answered_at is not None else None)
    following = possible.next_sensible(case, allowed)
    return {
        "case": case,
        "allowed": {action.value for action in allowed},
        "next": following,
        "offered": [action for action in OFFERED if action in allowed and action is not following],
        "letters": {action.value for action in LETTERS},
        "clocks": clocks(case),
        "pause": beside.pause(case),
        "away": absences.today().get(case.officer_id or 0),
        **verdict(answer, user=user),
        "undelivered": outbox.undelivered(getattr(case, "failed_notices", ())),
        "extensions": pending.extensions(case),
        "returns": pending.returns(case),
        "hold": holds.of_case(case),
        "relay": relays.of_case(case, user=user),
        "family": family.around(case, user=user),
        "tasks": pending.tasks(case),
        "summonses": pending.summonses(case),
        "own_units": user.standing().units_for(Permission.WORK_UNIT),
        "contact": contact(case, user=user),
        "map": maps.view(case.lat, case.lon) if case.lat is not None else None,
        "service_name": catalogue.localised(case.service.current.public_names)
        if case.service is not None and case.service.current is not None
        else "",
    }


def story(case: Case) -> dict[str, Any]:
    """The timeline, the files that came with the first text, and the last event (for noticing changes)."""
    rows = timeline.for_staff(case)
    last = max((event.pk for event in rows.events), default=0)
    return {"story": sentences.story_for_staff(rows), "files": rows.files.get(("case", 0), []), "seen": last}


def changes(case: Case, *, seen: int) -> list[sentences.Sentence]:
    """What happened since somebody opened the form, in sentences."""
    return sentences.story_for_staff(timeline.since(case, seen))


def clocks(case: Case) -> list[Clock]:
    """The clocks of a case with their first promises; the last one runs only while a verdict is awaited."""
    paused = case.state == State.AWAITING_PERSON
    moved = case.promised_at if case.promised_at != case.due_at else None
    found = [
        Clock(_("Sign for"), case.sign_due_at, case.accepted_at or case.answered_at),
        Clock(_("First contact"), case.contact_due_at, case.contacted_at),
        Clock(_("Answer"), case.due_at, case.answered_at, promised=moved, paused=paused),
    ]
    if case.state == State.ANSWERED and case.answered_at is not None:
        days = int(organisations.setting(SettingKey.CLOSE_AFTER_SILENCE_DAYS))
        callback = calling.of_case(case)
        if callback is not None:
            found.append(Clock(_("Callback"), callback.due_at, callback.ended_at))
        found.append(Clock(_("Verdict, else it closes"), case.answered_at + dt.timedelta(days=days), None))
    return found


def contact(case: Case, *, user: Any) -> dict[str, Any]:
    """What may be shown of whoever stands behind the case."""
    given = case.persons_contact
    if given is None:
        return {"kind": "none"}
    if not beside.may_know_contact(user, case):
        return {"kind": "hidden"}
    return {
        "kind": "masked",
        "masked": people.masked(given),
        "may_reveal": (may_reveal := permissions.can_reveal_contact(user, case)),
        "may_take_all": may_reveal and permissions.can_export(user),
        "purposes": people.purposes() if may_reveal else [],
        "earlier": beside.earlier(case, user=user),
    }


def verdict(answer: Reply | None, *, user: Any) -> dict[str, Any]:
    """The verdict on the last answer, whether it counts, and whether the user may ask that it does not."""
    if answer is None or answer.verdict is None:
        return {}
    given = answer.verdict
    return {
        "judged": given,
        "judged_reasons": [Reason(code).label for code in given.reasons if code in Reason.values],
        "exclusion": verdicts.exclusion_of(given),
        "may_exclude": aftercare.can_ask_exclusion(user),
        "may_see_exclusion": aftercare.can_ask_exclusion(user) or aftercare.can_decide_exclusions(user),
    }
