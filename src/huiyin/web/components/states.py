"""The state of a case as colleagues say it: the person reads "your reply", they read whose."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import State

STAFF_STATES = {State.AWAITING_PERSON: _("Waiting for the person")}


def state_name(value: str) -> Any:
    """A state as colleagues say it."""
    return STAFF_STATES.get(State(value), State(value).label)
