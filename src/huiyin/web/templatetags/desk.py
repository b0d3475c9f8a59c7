"""Tags of desk screens: ``{% load desk %}``."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import Action, Outcome, State
from huiyin.catalogue import queries as catalogue
from huiyin.files import queries as files
from huiyin.kernel import clock
from huiyin.web.components import context as site
from huiyin.web.components import deadlines
from huiyin.web.components.states import state_name as staff_state

register = template.Library()
KINDS = {
    State.RECEIVED: "info",
    State.ASSIGNED: "info",
    State.ACCEPTED: "brand",
    State.IN_PROGRESS: "brand",
    State.AWAITING_PERSON: "due",
    State.ANSWERED: "kept",
}

OFFERS = {
    Action.ANSWER: _("Write the answer"),
    Action.TAKE: _("Give or take"),
    Action.CLASSIFY: _("Change service"),
    Action.CONTACT: _("Record a contact"),
    Action.RESUME: _("Work on without waiting"),
    Action.PERSON_WRITES: _("Person adds something"),
    Action.RATE: _("Person's verdict"),
    Action.REOPEN: _("Reopen for the person"),
    Action.WITHDRAW: _("Withdraw for the person"),
    Action.INFORM: _("Write a message"),
    Action.PUBLISH: _("Publish…"),
    Action.NOT_ACCEPT: _("Decline…"),
    Action.ADD_TASK: _("Ask another unit…"),
    Action.SUMMON: _("Call units to a place…"),
    Action.URGE: _("Urge the unit…"),
    Action.ESCALATE: _("Put before the supervisors…"),
    Action.TAKE_OVER: _("Give it to another unit at once…"),
    Action.REDO: _("Order a redo…"),
    Action.NAME_UNIT: _("Unit complained about…"),
    Action.MAKE_CONFIDENTIAL: _("Make it confidential…"),
    Action.END_CONFIDENTIAL: _("No longer confidential…"),
    Action.DECLARE_CONFLICT: _("I am not impartial…"),
    Action.HOLD: _("Legal hold…"),
    Action.LIFT_HOLD: _("Lift the legal hold…"),
    Action.GATHER: _("Merge others into it…"),
    Action.SPLIT: _("Split off a part…"),
    Action.LINK: _("Link with another case…"),
    Action.RETURN: _("Not ours…"),
    Action.ARBITRATE: _("Decide who is responsible…"),
    Action.ASK_EXTENSION: _("Ask for more time…"),
}


@register.filter
def localised(names: dict[str, str] | None) -> str:
    """A name in the reader's language."""
    return catalogue.localised(names or {})


@register.filter
def state_name(value: str) -> str:
    """A state as colleagues say it."""
    return str(staff_state(value))


@register.inclusion_tag("components/tag.html")
def state_tag(case: Any) -> dict[str, Any]:
    """State and, once there is one, outcome of a case as a tag."""
    text = str(staff_state(case.state))
    if case.outcome and case.state in {State.ANSWERED, State.CLOSED}:
        text += f" · {Outcome(case.outcome).label}"
    return {"text": text, "kind": KINDS.get(State(case.state), "")}


@register.inclusion_tag("components/deadline.html")
def case_deadline(case: Any) -> dict[str, Any]:
    """The present deadline of the answer, where it still counts."""
    paused = case.state == State.AWAITING_PERSON
    state = deadlines.words(case.due_at, now=clock.now(), met=case.answered_at, paused=paused)
    return {"deadline": state, "due": case.due_at}


@register.filter
def offer_name(action: str) -> str:
    """What the button for an action says."""
    return str(OFFERS.get(Action(action), Action(action).label))


@register.filter
def own_language(code: str) -> str:
    """A language in its own words."""
    return site.OWN_NAMES.get(code, code)


@register.filter
def unlocalised(number: float | None) -> str:
    """A number as programs read it."""
    return "" if number is None else repr(number)


@register.filter
def date_only(moment: dt.datetime) -> dt.date:
    """The day of a moment in the installation's zone."""
    return timezone.localdate(moment)


@register.filter
def stored_files(rows: Iterable[Any]) -> list[Any]:
    """The files behind rows that say where they are used."""
    return [row.file for row in rows]


@register.simple_tag
def file_url(file: Any) -> str:
    """An address of the file that works for some time."""
    return files.url(file)


@register.simple_tag
def file_preview(file: Any) -> str:
    """The same for its preview; empty where there is none."""
    return files.preview_url(file)
