"""The life of a consultation as one table of moves, and the decisions around it. Values in, decisions out.

The diagram in docs/reference/consultations.md is generated from `MOVES`.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from huiyin.consultations.enums import OVER, Action, Audience, Party, Promised, Results, Seen, State

S, A, P = State, Action, Party

LEAST_TO_SHOW = 5
"""Counts of people below this are never shown: few of them could be recognised."""


class Need(StrEnum):
    """A condition of a move beyond its state."""

    QUESTION = "question"
    DATES = "dates"
    LONG_ENOUGH_OR_REASON = "long_enough_or_reason"
    SOMETHING_TO_VOTE_ON = "something_to_vote_on"
    AUDIENCE_REACHABLE = "audience_reachable"
    DATE_REACHED = "date_reached"
    LATER_END = "later_end"
    END_REACHED_OR_REASON = "end_reached_or_reason"
    NOTHING_WAITING = "nothing_waiting"
    ALL_DECIDED = "all_decided"
    CONCLUSION = "conclusion"
    PROMISES_SETTLED = "promises_settled"


@dataclass(frozen=True)
class Move:
    """One row: done by one of `parties`, `action` leads from any of `sources` to `target` (None: the state stays)."""

    action: Action
    sources: tuple[State, ...]
    target: State | None
    parties: frozenset[Party]
    needs: tuple[Need, ...] = ()


ORGANISER, SYSTEM = frozenset({P.ORGANISER}), frozenset({P.SYSTEM})
READY = (
    Need.QUESTION,
    Need.DATES,
    Need.LONG_ENOUGH_OR_REASON,
    Need.SOMETHING_TO_VOTE_ON,
    Need.AUDIENCE_REACHABLE,
)

MOVES: tuple[Move, ...] = (
    Move(A.EDIT, (S.DRAFT,), None, ORGANISER),
    Move(A.SCHEDULE, (S.DRAFT,), S.SCHEDULED, ORGANISER, READY),
    Move(A.WITHDRAW, (S.SCHEDULED,), S.DRAFT, ORGANISER),
    Move(A.OPEN, (S.SCHEDULED,), S.OPEN, SYSTEM, (Need.DATE_REACHED,)),
    Move(A.EXTEND, (S.SCHEDULED, S.OPEN), None, ORGANISER, (Need.LATER_END,)),
    Move(A.CLOSE, (S.OPEN,), S.CLOSED, ORGANISER | SYSTEM, (Need.END_REACHED_OR_REASON,)),
    Move(A.DECIDE, (S.CLOSED,), None, ORGANISER),
    Move(A.ANSWER, (S.CLOSED,), S.ANSWERED, ORGANISER, (Need.NOTHING_WAITING, Need.ALL_DECIDED, Need.CONCLUSION)),
    Move(A.PROMISE, (S.CLOSED, S.ANSWERED), None, ORGANISER),
    Move(A.SETTLE, (S.ANSWERED, S.ARCHIVED), None, ORGANISER),
    Move(A.ARCHIVE, (S.ANSWERED,), S.ARCHIVED, ORGANISER, (Need.PROMISES_SETTLED,)),
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What a decision looks at."""

    state: State
    now: dt.datetime
    has_question: bool = True
    opens_at: dt.datetime | None = None
    closes_at: dt.datetime | None = None
    least_days: int = 30
    has_short_reason: bool = False
    can_be_voted_on: bool = True
    audience_reachable: bool = True
    later_end: dt.datetime | None = None
    has_end_reason: bool = False
    waiting: int = 0
    undecided: int = 0
    has_conclusion: bool = False
    open_promises: int = 0


@dataclass(frozen=True)
class Refused:
    """Why not. `who`: nobody of this party may; `when`: not in this state; else the need that is not met."""

    reason: str
    need: Need | None = None


def decide(facts: Facts, action: Action, party: Party) -> Move | Refused:
    """The move that `party` may make now, or why not."""
    mine = [move for move in MOVES if move.action is action and party in move.parties]
    if not mine:
        return Refused("who")
    move = next((move for move in mine if facts.state in move.sources), None)
    if move is None:
        return Refused("when")
    missing = next((need for need in move.needs if not _met(need, facts)), None)
    return Refused("need", missing) if missing else move


def actions_for(facts: Facts, party: Party) -> frozenset[Action]:
    """Everything that could be done in this state, its needs aside: what a screen offers."""
    return frozenset(move.action for move in MOVES if party in move.parties and facts.state in move.sources)


def _met(need: Need, facts: Facts) -> bool:
    begin, end = facts.opens_at, facts.closes_at
    reached = end is not None and facts.now >= end
    met = {
        Need.QUESTION: facts.has_question,
        Need.DATES: begin is not None and end is not None and begin < end and facts.now < end,
        Need.LONG_ENOUGH_OR_REASON: facts.has_short_reason or is_long_enough(begin, end, facts.least_days),
        Need.SOMETHING_TO_VOTE_ON: facts.can_be_voted_on,
        Need.AUDIENCE_REACHABLE: facts.audience_reachable,
        Need.DATE_REACHED: begin is not None and facts.now >= begin,
        Need.LATER_END: end is not None and facts.later_end is not None and facts.later_end > max(end, facts.now),
        Need.END_REACHED_OR_REASON: reached or facts.has_end_reason,
        Need.NOTHING_WAITING: facts.waiting == 0,
        Need.ALL_DECIDED: facts.undecided == 0,
        Need.CONCLUSION: facts.has_conclusion,
        Need.PROMISES_SETTLED: facts.open_promises == 0,
    }  # fmt: skip
    return met[need]


def is_long_enough(begin: dt.datetime | None, end: dt.datetime | None, least_days: int) -> bool:
    """Whether people have at least `least_days` days."""
    return begin is not None and end is not None and end - begin >= dt.timedelta(days=least_days)


def results_visible(state: State, results: Results) -> bool:
    """Whether anybody at all may see votes, places and groups: the one rule behind every screen, mail and export.

    Staff are no exception: whoever saw interim results could act on them.
    """
    return state in OVER or (state is State.OPEN and results is Results.LIVE)


def takes_votes(state: State) -> bool:
    """Whether votes and statements are taken now."""
    return state is State.OPEN


def may_write(*, own_votes: int, needed: int, open_to_vote: int) -> bool:
    """Whether a participant may write a statement: after `needed` votes, or when nothing is left to vote on."""
    return own_votes >= needed or open_to_vote == 0


def shown(count: int) -> int | None:
    """A count of people as it may be shown: None where it is small but not zero."""
    return None if 0 < count < LEAST_TO_SHOW else count


def reachable(audience: Audience, *, codes: int, has_register: bool, has_unit: bool) -> bool:
    """Whether those who may take part have a way to do so."""
    return {
        Audience.ANYONE: True,
        Audience.CODES: codes > 0,
        Audience.RESIDENTS: has_register,
        Audience.UNIT: has_unit,
    }[audience]


def missing_needs(facts: Facts, needs: Iterable[Need]) -> list[Need]:
    """The needs that are not met, in their order: what a screen lists before somebody tries."""
    return [need for need in needs if not _met(need, facts)]


@dataclass(frozen=True)
class PromiseMove:
    """One row of the life of a promise: from any of `sources` it may be said to be `target`."""

    sources: tuple[Promised, ...]
    target: Promised


PROMISE_MOVES = (
    PromiseMove((Promised.OPEN, Promised.NOT_KEPT), Promised.KEPT),
    PromiseMove((Promised.OPEN,), Promised.NOT_KEPT),
)
"""What was kept stays kept; what was not may still be kept after all, and counts as late then."""


def may_settle(state: Promised, target: Promised) -> bool:
    """Whether a promise that stands so may be said to be `target`."""
    return any(state in move.sources and target is move.target for move in PROMISE_MOVES)


def seen(state: Promised, *, due_on: dt.date, settled_on: dt.date | None, today: dt.date) -> Seen:
    """How a promise looks today. Its day counts as a whole."""
    if state is Promised.NOT_KEPT:
        return Seen.NOT_KEPT
    if state is Promised.KEPT:
        return Seen.KEPT_LATE if settled_on is not None and settled_on > due_on else Seen.KEPT
    return Seen.LATE if today > due_on else Seen.OPEN
