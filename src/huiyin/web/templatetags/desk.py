"""Tags of desk screens: ``{% load desk %}``."""

from typing import Any

from django import template

from huiyin.cases.enums import Outcome, State
from huiyin.catalogue import queries as catalogue
from huiyin.kernel import clock
from huiyin.web.components import deadlines
from huiyin.web.desk import filtering

register = template.Library()
KINDS = {
    State.RECEIVED: "info",
    State.ASSIGNED: "info",
    State.ACCEPTED: "brand",
    State.IN_PROGRESS: "brand",
    State.AWAITING_PERSON: "due",
    State.ANSWERED: "kept",
}


@register.filter
def localised(names: dict[str, str] | None) -> str:
    """A name in the reader's language."""
    return catalogue.localised(names or {})


@register.filter
def state_name(value: str) -> str:
    """A state as colleagues say it."""
    return str(filtering.state_name(value))


@register.inclusion_tag("components/tag.html")
def state_tag(case: Any) -> dict[str, Any]:
    """State and, once there is one, outcome of a case as a tag."""
    text = str(filtering.state_name(case.state))
    if case.outcome and case.state in {State.ANSWERED, State.CLOSED}:
        text += f" · {Outcome(case.outcome).label}"
    return {"text": text, "kind": KINDS.get(State(case.state), "")}


@register.inclusion_tag("components/deadline.html")
def case_deadline(case: Any) -> dict[str, Any]:
    """The present deadline of the answer, where it still counts."""
    paused = case.state == State.AWAITING_PERSON
    state = deadlines.words(case.due_at, now=clock.now(), met=case.answered_at, paused=paused)
    return {"deadline": state, "due": case.due_at}
