"""The timeline of an imported case: filed, sent to its unit, answered, closed, as far as its file knows."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Callable
from typing import NamedTuple

from huiyin.cases.enums import Action, Party, State
from huiyin.cases.operations.imported import Stored

_WITH_UNIT = frozenset({State.ASSIGNED, State.ACCEPTED, State.IN_PROGRESS})


class Step(NamedTuple):
    """One row of the timeline; `data` is JSON."""

    case_id: int
    at: dt.datetime
    action: str
    party: str
    unit_id: int | None
    from_state: str
    to_state: str
    data: str
    reply_id: int | None


# When, what, by whom, to which state, further facts, with which letter.
_Told = tuple[dt.datetime, Action, Party, State, str, int | None]


def steps(row: Stored) -> list[Step]:
    """What is known of the past of one case, in its order."""
    case = row.case
    told = [_filed(row)]
    if case.unit_id and (case.assigned_at or case.state in _WITH_UNIT):
        at = case.assigned_at or case.received_at
        told.append((at, Action.ASSIGN, Party.SYSTEM, State.ASSIGNED, f'{{"unit": {case.unit_id}}}', None))
    if case.accepted_at and case.unit_id:
        told.append((case.accepted_at, Action.SIGN_FOR, Party.UNIT, State.ACCEPTED, "{}", None))
    ending = _ENDINGS.get(case.state)
    if ending is not None:
        told += ending(row)
    found, state = [], ""
    for at, action, party, to, data, reply in told:
        found.append(
            Step(row.pk, at, action._value_, party._value_, case.unit_id, state, to._value_, data, reply)
        )
        state = to._value_
    return found


def _filed(row: Stored) -> _Told:
    case = row.case
    due = f'"{case.promised_at.isoformat()}"' if case.promised_at else "null"
    data = f'{{"due": {due}, "import": true}}'
    return (case.received_at, Action.FILE, Party.PERSON, State.RECEIVED, data, None)


@functools.lru_cache(maxsize=100)
def _ended(outcome: str) -> str:
    return json.dumps({"outcome": outcome, "in_time": None, "import": True})


def _answered(row: Stored) -> list[_Told]:
    case = row.case
    if not (case.reply or case.answered_at):
        return []
    return [(row.answer_time, Action.ANSWER, Party.UNIT, State.ANSWERED, _ended(case.outcome), row.reply_id)]


def _closed(row: Stored) -> list[_Told]:
    at = row.case.closed_at or row.answer_time
    return [*_answered(row), (at, Action.CLOSE, Party.SYSTEM, State.CLOSED, '{"import": true}', None)]


def _declined(row: Stored) -> list[_Told]:
    data = json.dumps({"reason": row.case.reason})
    return [(row.answer_time, Action.NOT_ACCEPT, Party.DISPATCHER, State.NOT_ACCEPTED, data, row.reply_id)]


def _withdrawn(row: Stored) -> list[_Told]:
    at = row.case.closed_at or row.case.received_at
    return [(at, Action.WITHDRAW, Party.PERSON, State.WITHDRAWN, "{}", None)]


_ENDINGS: dict[str, Callable[[Stored], list[_Told]]] = {
    State.ANSWERED.value: _answered,
    State.CLOSED.value: _closed,
    State.NOT_ACCEPTED.value: _declined,
    State.WITHDRAWN.value: _withdrawn,
}
