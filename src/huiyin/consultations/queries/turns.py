"""The next statement to show to a participant: asked for after every vote, so it takes few and short queries."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.cache import caches

from huiyin.consultations import logic
from huiyin.consultations.models import Consultation, OpinionMap, Statement
from huiyin.consultations.pseudonyms import Marks, Proof
from huiyin.consultations.queries import secret
from huiyin.engines.opinion import statements as engine
from huiyin.engines.opinion.votes import Floats, Ints
from huiyin.kernel import prepared

MINUTE, HOUR = 60, 3_600


@dataclass(frozen=True)
class Progress:
    """How far a participant is: votes that stand, statements left, and whether they may write one."""

    voted: int
    left: int
    may_write: bool


@dataclass(frozen=True)
class Position:
    """Where a participant stands: votes, (number, id) of each statement left; and the map, at that moment."""

    voted: int
    left: Ints
    refreshed_at: dt.datetime | None
    is_refresh_asked: bool | None
    at: dt.datetime  # by the clock, not the beginning of the transaction


@dataclass(frozen=True)
class Turn:
    """The statement to show next (None: all are voted on), and how far the participant is."""

    statement: Statement | None
    progress: Progress


def next_statement(row: Consultation, proof: Proof | None) -> Turn:
    """The statement that a participant sees next, drawn at random by priority, and how far they are.

    Never one that they wrote or voted on. Without `proof`: the turn of somebody who only looks.
    """
    marks = secret.marks(secret.of(row.pk), proof) if proof else None
    return following(row, _position(row, marks or Marks("", "")))


def following(row: Consultation, position: Position) -> Turn:
    """The same for a participant whose position is known already: who just voted."""
    left = len(position.left)
    progress = Progress(
        voted=position.voted,
        left=left,
        may_write=row.accepts_statements
        and logic.may_write(own_votes=position.voted, needed=row.votes_before_writing, open_to_vote=left),
    )
    return Turn(_drawn(row, position), progress)


def _position(row: Consultation, marks: Marks) -> Position:
    values: dict[str, int | str] = {"consultation": row.pk, "voter": marks.voter, "author": marks.author}
    return position_of(prepared.first_row(_LOOK, values) or ())


def position_of(found: tuple[Any, ...]) -> Position:
    """The columns of `POSITION`, read."""
    voted, left, *refresh = found
    # As one text: a list of pairs costs more to take apart than all the rest.
    pairs = np.array(left.split() if left else [], dtype=np.int64).reshape(-1, 2)
    return Position(voted, pairs, *refresh)


# Parts of the one query after every vote; `operations.taking_part` writes the vote down in the same one. The last vote
# of a participant on each statement:
MINE = """
mine AS (
    SELECT DISTINCT ON (v.statement_id) v.statement_id, v.value FROM consultations_vote v
    WHERE v.participant_id = (SELECT id FROM consultations_participant
        WHERE consultation_id = %(consultation)s AND pseudonym = %(voter)s)
    ORDER BY v.statement_id, v.id DESC)"""
_VOTED = "voted AS (SELECT statement_id FROM mine WHERE value IS NOT NULL)"
# What follows from the statements voted on ("voted"):
POSITION = """
    (SELECT count(*) FROM voted),
    (SELECT string_agg(s.number || ' ' || s.id, ' ') FROM consultations_statement s
        WHERE s.consultation_id = %(consultation)s AND s.standing = 'published'
            AND (s.author_mark = '' OR s.author_mark <> %(author)s) AND s.id NOT IN (SELECT statement_id FROM voted)),
    map.refreshed_at, map.asked_at IS NOT NULL, clock_timestamp()
FROM (SELECT) always LEFT JOIN consultations_opinionmap map ON map.consultation_id = %(consultation)s"""
_LOOK = f"WITH {MINE}, {_VOTED} SELECT {POSITION}"


def _drawn(row: Consultation, position: Position) -> Statement | None:
    left = position.left
    if not len(left):
        return None
    numbers = left[:, 0]
    known = _priorities(row, position.refreshed_at)
    # One that nobody has voted on yet is in no map.
    inside = np.minimum(numbers, len(known) - 1)
    weights = np.where(numbers < len(known) - 1, known[inside], known[-1])
    draw = secrets.randbelow(1 << 53) / (1 << 53)
    at = engine.draw_next(weights, np.ones(len(left), bool), draw=draw)
    return _statement(int(left[at or 0, 1]))


def _statement(pk: int) -> Statement:
    """One that was just found to be shown; its words never change, so they are seldom read again."""
    key = f"statement:{pk}"
    held: Statement | None = caches["local"].get(key)
    if held is None:
        held = Statement.objects.raw(
            "SELECT id, number, text, language, origin FROM consultations_statement WHERE id = %s", [pk]
        )[0]
        caches["local"].set(key, held, HOUR)
    return held


def _priorities(row: Consultation, refreshed_at: Any) -> Floats:
    """Priorities by number, and at the end that of a statement without votes; read anew once the map was refreshed."""
    key = f"priorities:{row.pk}"
    held: tuple[Any, Floats] | None = caches["local"].get(key)
    if held is not None and held[0] == refreshed_at:
        return held[1]
    stored = (
        OpinionMap.objects.filter(consultation=row).values_list("refreshed_at", "result__priorities").first()
    )
    moment, found = stored or (None, None)
    found = found or {}
    known = np.full(max(map(int, found), default=-1) + 2, _fresh())
    for number, weight in found.items():
        known[int(number)] = weight
    caches["local"].set(key, (moment, known), MINUTE)
    return known


def _fresh() -> float:
    none = np.zeros((1, 1), dtype=np.int64)
    counts = engine.Counts(none, none, none)
    return float(engine.priorities(counts, np.zeros(1), meta=np.zeros(1, bool))[0])
