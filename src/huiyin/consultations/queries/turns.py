"""The next statement to show to a participant: asked for after every vote, so it takes few and short queries."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.cache import caches
from django.db import connection

from huiyin.consultations import logic, pseudonyms
from huiyin.consultations.models import Consultation, OpinionMap, Statement
from huiyin.consultations.pseudonyms import Proof
from huiyin.consultations.queries import secret
from huiyin.engines.opinion import statements as engine
from huiyin.engines.opinion.votes import Floats, Ints

MINUTE = 60


@dataclass(frozen=True)
class Progress:
    """How far a participant is: votes that stand, statements left, and whether they may write one."""

    voted: int
    left: int
    may_write: bool


@dataclass(frozen=True)
class Turn:
    """The statement to show next (None: all are voted on), and how far the participant is."""

    statement: Statement | None
    progress: Progress


def next_statement(row: Consultation, proof: Proof | None) -> Turn:
    """The statement that a participant sees next, drawn at random by priority, and how far they are.

    Never one that they wrote or voted on. Without `proof`: the turn of somebody who only looks.
    """
    known = secret.of(row) if proof else ""
    marks = (pseudonyms.voter(known, proof), pseudonyms.author(known, proof)) if known and proof else ("", "")
    voted, refreshed_at, left = _open_to(row, *marks)
    progress = Progress(
        voted=voted,
        left=len(left),
        may_write=row.accepts_statements
        and logic.may_write(own_votes=voted, needed=row.votes_before_writing, open_to_vote=len(left)),
    )
    return Turn(_drawn(row, left, refreshed_at), progress)


def _open_to(row: Consultation, voter: str, author: str) -> tuple[int, Any, Ints]:
    """How many votes of a participant stand, when the map was refreshed, and (number, id) of each statement left."""
    values: dict[str, int | str] = {"consultation": row.pk, "voter": voter, "author": author}
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_TO, values)
        voted, refreshed_at, left = cursor.fetchone()
    # As one text: a list of pairs costs more to take apart than all the rest.
    return voted, refreshed_at, np.array(left.split() if left else [], dtype=np.int64).reshape(-1, 2)


_OPEN_TO = """
WITH mine AS (
    SELECT DISTINCT ON (v.statement_id) v.statement_id, v.value FROM consultations_vote v
    WHERE v.participant_id = (SELECT id FROM consultations_participant
        WHERE consultation_id = %(consultation)s AND pseudonym = %(voter)s)
    ORDER BY v.statement_id, v.id DESC),
voted AS (SELECT statement_id FROM mine WHERE value IS NOT NULL)
SELECT (SELECT count(*) FROM voted),
    (SELECT refreshed_at FROM consultations_opinionmap WHERE consultation_id = %(consultation)s),
    (SELECT string_agg(s.number || ' ' || s.id, ' ') FROM consultations_statement s
        WHERE s.consultation_id = %(consultation)s AND s.standing = 'published'
            AND (s.author_mark = '' OR s.author_mark <> %(author)s) AND s.id NOT IN (SELECT statement_id FROM voted))
"""


def _drawn(row: Consultation, left: Ints, refreshed_at: Any) -> Statement | None:
    if not len(left):
        return None
    numbers = left[:, 0]
    known = _priorities(row, refreshed_at)
    # One that nobody has voted on yet is in no map.
    inside = np.minimum(numbers, len(known) - 1)
    weights = np.where(numbers < len(known) - 1, known[inside], known[-1])
    draw = secrets.randbelow(1 << 53) / (1 << 53)
    at = engine.draw_next(weights, np.ones(len(left), bool), draw=draw)
    found = Statement.objects.raw(
        "SELECT id, number, text, language, origin FROM consultations_statement WHERE id = %s",
        [int(left[at or 0, 1])],
    )
    return found[0]


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
