"""The life of a case as one table of moves, and the decisions around it. Values in, decisions out; no database.

The diagram in docs/reference/lifecycle.md is generated from `MOVES`.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from huiyin.cases.enums import OPEN_STATES, Action, Party, State

S, A, P = State, Action, Party

WORKING = (S.ASSIGNED, S.ACCEPTED, S.IN_PROGRESS, S.AWAITING_PERSON)
ANSWERABLE = WORKING
ALL = tuple(State)
UNIT = frozenset({P.UNIT, P.UNIT_HEAD})
STAFF = UNIT | {P.DESK, P.DISPATCHER, P.SUPERVISOR}
MERGERS = UNIT | {P.DISPATCHER, P.SUPERVISOR}
APPROVERS = frozenset({P.UNIT_HEAD, P.SUPERVISOR})
# What was erased stays erased: new words about it would be erased by nobody.
AFTER_ERASING = frozenset({A.UNPUBLISH, A.ANONYMISE})


class Need(StrEnum):
    """A condition of a move beyond its state."""

    WITHIN_REOPEN_TIME = "within_reopen_time"
    SILENCE_OVER = "silence_over"
    NO_VERDICT_YET = "no_verdict_yet"
    HAS_ANSWER = "has_answer"
    BEFORE_DEADLINE = "before_deadline"
    NO_EXTENSION_ASKED = "no_extension_asked"
    EXTENSION_ASKED = "extension_asked"
    WITHIN_RETURN_TIME = "within_return_time"
    NO_RETURN_OPEN = "no_return_open"
    WITH_ARBITER = "with_arbiter"
    NOT_WITH_ARBITER = "not_with_arbiter"
    NOT_RULED = "not_ruled"
    RETURN_OPEN = "return_open"
    CONFIDENTIAL = "confidential"
    NOT_CONFIDENTIAL = "not_confidential"
    HELD = "held"
    NO_OFFICER = "no_officer"


@dataclass(frozen=True)
class Move:
    """One row: done by one of `parties`, `action` leads from any of `sources` to `target` (None: the state stays)."""

    action: Action
    sources: tuple[State, ...]
    target: State | None
    parties: frozenset[Party]
    needs: tuple[Need, ...] = ()


MOVES: tuple[Move, ...] = (
    Move(A.ASSIGN, (S.RECEIVED,), S.ASSIGNED, frozenset({P.DISPATCHER, P.DESK, P.SYSTEM})),
    # What an arbiter decides or has decided is no longer the dispatcher's.
    Move(
        A.ASSIGN, WORKING, S.ASSIGNED, frozenset({P.DISPATCHER}), (Need.NOT_WITH_ARBITER, Need.NOT_RULED)
    ),
    # A rule may send on what nobody has signed for yet, and what no arbiter has decided.
    Move(
        A.ASSIGN, (S.ASSIGNED,), S.ASSIGNED, frozenset({P.SYSTEM}), (Need.NOT_WITH_ARBITER, Need.NOT_RULED)
    ),
    Move(A.TAKE, WORKING, None, UNIT),
    # A unit may let new cases find their officer by themselves; never what is confidential or was returned.
    Move(
        A.TAKE, WORKING, None, frozenset({P.SYSTEM}), (Need.NO_OFFICER, Need.NO_RETURN_OPEN, Need.NOT_CONFIDENTIAL)
    ),
    Move(A.SIGN_FOR, (S.ASSIGNED,), S.ACCEPTED, UNIT),
    Move(A.START, (S.ACCEPTED,), S.IN_PROGRESS, UNIT),
    Move(A.CLASSIFY, (S.RECEIVED, *WORKING), None, frozenset({P.DISPATCHER, *UNIT})),
    Move(A.CLASSIFY, (S.RECEIVED,), None, frozenset({P.DESK})),
    Move(A.CLASSIFY, (S.RECEIVED, S.ASSIGNED), None, frozenset({P.SYSTEM})),
    Move(A.CONTACT, (S.RECEIVED, *WORKING), None, STAFF),
    Move(A.NOTE, ALL, None, STAFF | {P.ARBITER, P.SUPPORT}),
    Move(A.INFORM, (*WORKING, S.ANSWERED, S.CLOSED, S.NOT_ACCEPTED), None, UNIT | {P.DISPATCHER}),
    Move(A.INFORM, (S.RECEIVED,), None, frozenset({P.DISPATCHER})),
    Move(A.ASK, (S.ASSIGNED, S.ACCEPTED, S.IN_PROGRESS), S.AWAITING_PERSON, UNIT),
    Move(A.PERSON_WRITES, (S.AWAITING_PERSON,), S.IN_PROGRESS, frozenset({P.PERSON, P.DESK})),
    Move(
        A.PERSON_WRITES,
        tuple(s for s in ALL if s is not S.AWAITING_PERSON),
        None,
        frozenset({P.PERSON, P.DESK}),
    ),
    Move(A.ADD_FILE, ALL, None, STAFF | {P.PERSON}),
    Move(A.RESUME, (S.AWAITING_PERSON,), S.IN_PROGRESS, UNIT | {P.SYSTEM}),
    Move(A.ANSWER, (S.RECEIVED,), S.ANSWERED, frozenset({P.DESK})),
    Move(A.ANSWER, ANSWERABLE, S.ANSWERED, UNIT),
    Move(A.NOT_ACCEPT, (S.RECEIVED, S.ASSIGNED), S.NOT_ACCEPTED, frozenset({P.DISPATCHER})),
    Move(A.WITHDRAW, (*OPEN_STATES, S.MERGED), S.WITHDRAWN, frozenset({P.PERSON, P.DESK})),
    Move(A.CALL_BACK, (S.ANSWERED, S.CLOSED), None, frozenset({P.DESK}), (Need.HAS_ANSWER, Need.NO_VERDICT_YET)),
    Move(
        A.RATE,
        (S.ANSWERED, S.CLOSED),
        S.CLOSED,
        frozenset({P.PERSON, P.DESK}),
        (Need.HAS_ANSWER, Need.NO_VERDICT_YET),
    ),
    Move(A.CLOSE, (S.ANSWERED,), S.CLOSED, frozenset({P.SYSTEM}), (Need.SILENCE_OVER,)),
    Move(
        A.REOPEN,
        (S.ANSWERED, S.CLOSED),
        S.IN_PROGRESS,
        frozenset({P.PERSON, P.DESK, P.DISPATCHER}),
        (Need.WITHIN_REOPEN_TIME,),
    ),
    Move(
        A.PUBLISH,
        tuple(s for s in ALL if s is not S.WITHDRAWN),
        None,
        UNIT | {P.SYSTEM},
        (Need.NOT_CONFIDENTIAL,),
    ),
    Move(A.UNPUBLISH, ALL, None, UNIT | {P.PERSON, P.SYSTEM}),
    # An extension is asked for and decided by two people, both before the deadline it moves.
    Move(
        A.ASK_EXTENSION,
        (S.ASSIGNED, S.ACCEPTED, S.IN_PROGRESS),
        None,
        UNIT,
        (Need.BEFORE_DEADLINE, Need.NO_EXTENSION_ASKED),
    ),
    Move(A.GRANT_EXTENSION, WORKING, None, APPROVERS, (Need.EXTENSION_ASKED, Need.BEFORE_DEADLINE)),
    Move(A.REFUSE_EXTENSION, WORKING, None, APPROVERS, (Need.EXTENSION_ASKED,)),
    Move(
        A.RETURN,
        (S.ASSIGNED,),
        None,
        UNIT,
        (Need.NO_RETURN_OPEN, Need.NOT_RULED, Need.WITHIN_RETURN_TIME),
    ),
    Move(A.TO_ARBITER, (S.ASSIGNED,), None, frozenset({P.SYSTEM}), (Need.RETURN_OPEN, Need.NOT_WITH_ARBITER)),
    Move(A.ARBITRATE, (S.ASSIGNED,), S.ASSIGNED, frozenset({P.ARBITER}), (Need.WITH_ARBITER,)),
    # Merging: one case is worked on, the others follow it to its end. Undoing gives each its own state back.
    Move(A.GATHER, OPEN_STATES, None, MERGERS),
    Move(A.MERGE, OPEN_STATES, S.MERGED, MERGERS),
    Move(A.UNMERGE, (S.MERGED,), None, MERGERS | {P.SYSTEM}),
    Move(A.SEPARATE, OPEN_STATES, None, MERGERS | {P.SYSTEM}),
    Move(A.MERGED_WRITES, OPEN_STATES, None, frozenset({P.SYSTEM})),
    Move(A.ANSWER, (S.MERGED,), S.ANSWERED, frozenset({P.SYSTEM})),
    Move(A.NOT_ACCEPT, (S.MERGED,), S.NOT_ACCEPTED, frozenset({P.SYSTEM})),
    Move(A.SPLIT, OPEN_STATES, None, MERGERS),
    Move(A.LINK, ALL, None, MERGERS),
    Move(A.UNLINK, ALL, None, MERGERS),
    # Whoever is asked or called can read the case.
    Move(A.ADD_TASK, WORKING, None, MERGERS, (Need.NOT_CONFIDENTIAL,)),
    Move(A.CONTRIBUTE, WORKING, None, frozenset({P.SUPPORT})),
    Move(A.CANCEL_TASK, WORKING, None, MERGERS),
    Move(A.SUMMON, WORKING, None, MERGERS, (Need.NOT_CONFIDENTIAL,)),
    Move(A.ARRIVE, WORKING, None, UNIT | {P.SUPPORT, P.SUPERVISOR}),
    # Where a unit does not act.
    Move(A.URGE, OPEN_STATES, None, frozenset({P.SUPERVISOR, P.DISPATCHER})),
    Move(A.ESCALATE, OPEN_STATES, None, frozenset({P.DISPATCHER, P.UNIT_HEAD, P.DESK})),
    Move(A.TAKE_OVER, (S.RECEIVED, *WORKING), S.ACCEPTED, frozenset({P.SUPERVISOR})),
    Move(A.REDO, (S.ANSWERED, S.CLOSED), S.IN_PROGRESS, frozenset({P.SUPERVISOR})),
    # Who may know what.
    Move(A.NAME_UNIT, OPEN_STATES, None, frozenset({P.DESK, P.DISPATCHER, P.SUPERVISOR})),
    Move(A.MAKE_CONFIDENTIAL, ALL, None, frozenset({P.DISPATCHER, P.SUPERVISOR}), (Need.NOT_CONFIDENTIAL,)),
    Move(A.END_CONFIDENTIAL, ALL, None, frozenset({P.DISPATCHER, P.SUPERVISOR}), (Need.CONFIDENTIAL,)),
    Move(A.DECLARE_CONFLICT, ALL, None, UNIT),
    # A legal hold; a second one takes the place of the first.
    Move(A.HOLD, ALL, None, frozenset({P.SUPERVISOR})),
    Move(A.LIFT_HOLD, ALL, None, frozenset({P.SUPERVISOR}), (Need.HELD,)),
    Move(A.END_HOLD, ALL, None, frozenset({P.SYSTEM}), (Need.HELD,)),
    Move(A.ANONYMISE, (S.ANSWERED, S.CLOSED, S.NOT_ACCEPTED, S.WITHDRAWN), None, frozenset({P.SYSTEM, P.PERSON})),
)  # fmt: skip


@dataclass(frozen=True)
class Pending:
    """What waits for a decision of somebody in this case, and who may know of it."""

    extension: bool = False
    returned: bool = False
    with_arbiter: bool = False
    ruled: bool = False
    confidential: bool = False
    held: bool = False


@dataclass(frozen=True)
class Facts:
    """What a decision looks at."""

    state: State
    now: dt.datetime
    answered_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    has_answer: bool = False
    has_verdict: bool = False
    is_erased: bool = False
    has_officer: bool = False
    due_at: dt.datetime | None = None
    return_until: dt.datetime | None = None
    pending: Pending = Pending()
    reopen_days: int = 90
    silence_days: int = 14


@dataclass(frozen=True)
class Refused:
    """Why not. `who`: nobody of these parties may; `when`: not in this state; else the need that is not met."""

    reason: str
    need: Need | None = None


def decide(facts: Facts, action: Action, parties: Iterable[Party]) -> tuple[Move, Party] | Refused:
    """The move that one of `parties` may make now, with the party that makes it; else why not."""
    own = set(parties)
    rows = [move for move in MOVES if move.action is action]
    mine = [move for move in rows if move.parties & own]
    if not mine:
        return Refused("who")
    fitting = [move for move in mine if facts.state in move.sources]
    if facts.is_erased and action not in AFTER_ERASING and Party.SYSTEM not in own:
        return Refused("when")
    if not fitting:
        return Refused("when")
    for move in fitting:
        missing = next((need for need in move.needs if not _met(need, facts)), None)
        if missing is None:
            # The order of Party decides which hat somebody with several wears.
            return move, next(party for party in Party if party in move.parties & own)
    return Refused("need", missing)


def _met(need: Need, facts: Facts) -> bool:
    match need:
        case Need.WITHIN_REOPEN_TIME:
            ended = facts.closed_at or facts.answered_at
            return ended is not None and facts.now - ended <= dt.timedelta(days=facts.reopen_days)
        case Need.SILENCE_OVER:
            return facts.answered_at is not None and facts.now - facts.answered_at >= dt.timedelta(
                days=facts.silence_days
            )
        case Need.NO_VERDICT_YET:
            return not facts.has_verdict
        case Need.HAS_ANSWER:
            return facts.has_answer
        case Need.NO_OFFICER:
            return not facts.has_officer
        case Need.BEFORE_DEADLINE:
            return facts.due_at is not None and facts.now < facts.due_at
        case Need.WITHIN_RETURN_TIME:
            return facts.return_until is not None and facts.now <= facts.return_until
        case _:
            return _waiting(facts.pending)[need]


def _waiting(pending: Pending) -> dict[Need, bool]:
    """The needs that ask what waits for a decision."""
    return {
        Need.EXTENSION_ASKED: pending.extension,
        Need.NO_EXTENSION_ASKED: not pending.extension,
        Need.RETURN_OPEN: pending.returned,
        Need.NO_RETURN_OPEN: not pending.returned,
        Need.WITH_ARBITER: pending.with_arbiter,
        Need.NOT_WITH_ARBITER: not pending.with_arbiter,
        Need.NOT_RULED: not pending.ruled,
        Need.CONFIDENTIAL: pending.confidential,
        Need.NOT_CONFIDENTIAL: not pending.confidential,
        Need.HELD: pending.held,
    }


def actions_for(facts: Facts, parties: Iterable[Party]) -> frozenset[Action]:
    """Everything these parties may do now: what a screen offers."""
    own = tuple(parties)
    return frozenset(action for action in Action if not isinstance(decide(facts, action, own), Refused))
