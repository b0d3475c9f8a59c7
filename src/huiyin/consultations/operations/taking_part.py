"""Taking part without being known: votes, taking one back, and writing a statement.

What somebody showed (a browser's mark, a code, …) becomes a pseudonym at the moment of the vote and is kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.consultations import logic, pseudonyms
from huiyin.consultations.enums import Origin, Standing, State, Via
from huiyin.consultations.models import Consultation, Statement
from huiyin.consultations.operations import maps
from huiyin.consultations.operations.moderation import standing_when_written
from huiyin.consultations.operations.planning import check_length, clean, next_number
from huiyin.consultations.pseudonyms import Marks, Proof
from huiyin.consultations.queries import secret, turns
from huiyin.consultations.queries import statements as reading
from huiyin.kernel import clock, prepared
from huiyin.kernel.errors import Conflict, Invalid, Missing, TooMany

STATEMENTS_PER_PARTICIPANT = 30
_FIELDS = ("id", "state", "secret", "accepts_statements", "votes_before_writing", "moderation")
VALUES = (1, 0, -1)


@dataclass(frozen=True)
class Cast:
    """A vote that was written down, and where the participant stands after it."""

    statement_id: int
    value: int | None
    position: turns.Position


def vote(pk: int, *, statement_id: int, value: int, proof: Proof | Marks, via: Via = Via.WEB) -> Cast:
    """Write a vote down: 1 agree, 0 pass, -1 disagree. The last one counts, so this also changes a vote.

    Refuses (Invalid) another value, (Missing) a statement that is not shown in this consultation and (Conflict) a
    consultation that is not open. After commit the caller lets the map be refreshed. One statement to the database does
    it all, so it needs no transaction around it: there may be hundreds of votes a second.
    """
    if value not in VALUES:
        raise Invalid(_("A vote is agree, disagree or pass."))
    marks = proof if isinstance(proof, Marks) else secret.marks(secret.of(pk), proof)
    cast = _cast(pk, statement_id, value, marks, via) if marks else None
    if cast is not None:
        return cast
    with transaction.atomic():
        _open(pk)  # refuses where the consultation is what is not open
    raise Missing(_NOT_SHOWN)


@transaction.atomic
def undo(pk: int, *, proof: Proof, statement_id: int | None = None, via: Via = Via.WEB) -> Cast:
    """Take a vote back, the last one if no statement is named; it then counts for nothing.

    Refuses (Conflict) where there is none to take back, or when the consultation is not open.
    """
    row = _open(pk)
    standing = reading.votes_under(row, pseudonyms.voter(row.secret, proof))
    wanted = list(standing)[-1:]
    if statement_id is not None:
        numbers = row.statements.filter(pk=statement_id).values_list("number", flat=True)
        wanted = [number for number in numbers if number in standing]
    if not wanted:
        raise Conflict(_("There is no vote to take back."))
    marks = secret.marks(row.secret, proof)
    cast = _cast(pk, row.statements.get(number=wanted[0]).pk, None, marks, via) if marks else None
    if cast is None:
        raise Missing(_NOT_SHOWN)
    return cast


@transaction.atomic
def write_statement(pk: int, *, text: str, language: str, proof: Proof, via: Via = Via.WEB) -> Statement:
    """Add a statement of a participant; it is shown at once or waits, as the consultation has it.

    Refuses (Invalid) no text or too long a one, (Conflict) where statements are not taken, before enough votes, or one
    that is there already, (TooMany) more than thirty of one participant.
    """
    cleaned = clean(text)
    check_length(cleaned)
    # Numbers are given one after the other; votes need not wait for that.
    row = _open(pk)
    Consultation.objects.select_for_update(no_key=True).only("pk").get(pk=pk)
    if not row.accepts_statements:
        raise Conflict(_("In this consultation only the statements shown can be voted on."))
    _check_may_write(row, proof)
    same = row.statements.filter(text__iexact=cleaned).exclude(standing=Standing.REMOVED)
    if same.exists():
        raise Conflict(_("Somebody wrote this already. You will be asked to vote on it."))
    return Statement.objects.create(
        consultation=row,
        number=next_number(row),
        text=cleaned,
        language=language,
        origin=Origin.PARTICIPANT,
        via=via,
        standing=standing_when_written(row),
        author_mark=pseudonyms.author(row.secret, proof),
    )


def _check_may_write(row: Consultation, proof: Proof) -> None:
    mark = pseudonyms.author(row.secret, proof)
    mine = row.statements.filter(author_mark=mark)
    own = set(mine.values_list("number", flat=True))
    if len(own) >= STATEMENTS_PER_PARTICIPANT:
        raise TooMany(_("You wrote as many statements as one person may."))
    votes = reading.votes_under(row, pseudonyms.voter(row.secret, proof))
    left = set(reading.published(row).values_list("number", flat=True)) - own - votes.keys()
    if not logic.may_write(own_votes=len(votes), needed=row.votes_before_writing, open_to_vote=len(left)):
        raise Conflict(
            _("Vote on %(count)s statements first: perhaps somebody wrote yours already.")
            % {"count": row.votes_before_writing}
        )


def _open(pk: int) -> Consultation:
    """The consultation, held so that it cannot close before this transaction ends; votes do not hold up each other."""
    columns = ", ".join(_FIELDS)
    found = list(
        Consultation.objects.raw(
            f"SELECT {columns} FROM consultations_consultation WHERE id = %s FOR KEY SHARE",  # noqa: S608 -- constants only
            [pk],
        )
    )
    if not found or found[0].state == State.DRAFT:
        raise Missing(_("There is no such consultation."))
    if not logic.takes_votes(State(found[0].state)):
        raise Conflict(
            _("This consultation has not opened yet.")
            if found[0].state == State.SCHEDULED
            else _("This consultation has closed. Votes are not taken any more.")
        )
    return found[0]


def _cast(pk: int, statement_id: int, value: int | None, marks: Marks, via: Via) -> Cast | None:
    """Write it down; None where the consultation is not open or the statement not shown."""
    values: dict[str, Any] = {
        "now": clock.now(),
        "consultation": pk,
        "voter": marks.voter,
        "author": marks.author,
        "statement": statement_id,
        "value": value,
        "via": via.value,
    }
    # Once more where the same participant was made by another vote in this very moment.
    for _try in range(2):
        is_given, *position = prepared.first_row(_CAST, values) or (False,)
        if is_given:
            after = turns.position_of(tuple(position))
            maps.note(pk, is_asked=after.is_refresh_asked, refreshed_at=after.refreshed_at, at=after.at)
            return Cast(statement_id, value, after)
    return None


_NOT_SHOWN = gettext_lazy("This statement is not shown in this consultation.")
# The consultation is held as in `_open`: whoever closes it waits for this vote, or this vote finds it closed.
# A vote is taken back from a statement that is not shown any more, too.
_CAST = f"""
WITH open AS MATERIALIZED (
    SELECT id FROM consultations_consultation WHERE id = %(consultation)s AND state = 'open' FOR KEY SHARE),
shown AS (
    SELECT s.id FROM consultations_statement s, open WHERE s.id = %(statement)s AND s.consultation_id = open.id
        AND (s.standing = 'published' OR %(value)s::smallint IS NULL)),
known AS (
    SELECT id FROM consultations_participant WHERE consultation_id = %(consultation)s AND pseudonym = %(voter)s),
made AS (
    INSERT INTO consultations_participant (created_at, consultation_id, pseudonym, via)
    SELECT %(now)s, %(consultation)s, %(voter)s, %(via)s FROM shown WHERE NOT EXISTS (SELECT FROM known)
    ON CONFLICT DO NOTHING RETURNING id),
given AS (
    INSERT INTO consultations_vote (created_at, consultation_id, participant_id, statement_id, value, via)
    SELECT %(now)s, %(consultation)s, who.id, shown.id, %(value)s::smallint, %(via)s
        FROM shown, (SELECT id FROM known UNION ALL SELECT id FROM made) who RETURNING statement_id, value),
{turns.MINE},
voted AS (
    SELECT statement_id FROM mine WHERE value IS NOT NULL AND statement_id <> %(statement)s
    UNION ALL SELECT statement_id FROM given WHERE value IS NOT NULL)
SELECT EXISTS (SELECT FROM given), {turns.POSITION}
"""  # noqa: S608 -- constants only
