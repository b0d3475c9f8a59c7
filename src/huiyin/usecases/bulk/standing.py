"""The state of an imported case: what the facts in its row bear out, and nothing that they do not say."""

import datetime as dt

from huiyin.cases.enums import OPEN_STATES, Outcome, State
from huiyin.cases.operations.imported import Imported


def finish(case: Imported, state: State | None, *, now: dt.datetime, silence: dt.timedelta) -> None:
    """Set the state that the facts bear out, with the moments that belong to it."""
    if state is None or (state in OPEN_STATES and case.reply):
        state = State.ANSWERED if case.reply or case.answered_at else State.RECEIVED
        state = State.CLOSED if case.closed_at else state
    if state is State.ANSWERED and _silent(case, now, silence):
        state = State.CLOSED
    if state in OPEN_STATES:
        _open(case, state)
        return
    case.state = state.value
    if state is State.CLOSED:
        if case.reply and case.answered_at is None:
            case.answered_at = case.closed_at
        # A closed case has a day of closing, from which its retention is counted: the silence after the last known day.
        case.closed_at = case.closed_at or min(now, (case.answered_at or case.received_at) + silence)
    elif state in {State.NOT_ACCEPTED, State.WITHDRAWN}:
        case.closed_at = case.closed_at or case.answered_at or case.received_at
        case.answered_at = None
    if state is State.WITHDRAWN:
        case.outcome = Outcome.WITHDRAWN.value
    case.due_at = case.due_at or case.promised_at


def keep(case: Imported, state: State) -> None:
    """Set the state as an export of ours says it: what is missing was missing there too."""
    if state in OPEN_STATES:
        _open(case, state)
        return
    case.state = state.value
    if state is State.WITHDRAWN:
        case.outcome = Outcome.WITHDRAWN.value


def _silent(case: Imported, now: dt.datetime, silence: dt.timedelta) -> bool:
    """Whether the person was silent so long after the answer that the case is closed."""
    return (case.answered_at or case.received_at) + silence <= now


def _open(case: Imported, state: State) -> None:
    case.answered_at = case.closed_at = None
    if case.unit_id is None:
        state = State.RECEIVED
    elif state is State.RECEIVED:
        state = State.ASSIGNED
    elif state is State.AWAITING_PERSON:
        state = State.IN_PROGRESS  # the question that was asked is not in the file
    if state is not State.RECEIVED:
        case.assigned_at = case.assigned_at or case.received_at
    if state in {State.ACCEPTED, State.IN_PROGRESS}:
        case.accepted_at = case.accepted_at or case.assigned_at
    case.state = state.value
