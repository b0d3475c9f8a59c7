"""Reads about statements: those that are shown, one's own, and those that wait to be looked at."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from huiyin.consultations import pseudonyms
from huiyin.consultations.enums import Standing
from huiyin.consultations.models import Consultation, Statement
from huiyin.consultations.pseudonyms import Proof
from huiyin.consultations.queries import secret
from huiyin.kernel.errors import Missing
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey


def longest() -> int:
    """The most characters of a statement."""
    return int(organisations.setting(SettingKey.STATEMENT_CHARACTERS))


def of_any(pk: int) -> Statement:
    """One statement in whatever standing; refuses Missing. For verbs, which check who may."""
    row = Statement.objects.select_related("consultation").filter(pk=pk).first()
    if row is None:
        raise Missing
    return row


def published(row: Consultation) -> QuerySet[Statement]:
    """Statements that are shown, in the order in which they came."""
    return row.statements.filter(standing=Standing.PUBLISHED).order_by("number")


def queue(row: Consultation, standing: str = Standing.WAITING) -> QuerySet[Statement]:
    """Statements in a standing, oldest first: what moderators go through."""
    return row.statements.filter(standing=standing).order_by("number")


def votes_of(row: Consultation, proof: Proof) -> dict[int, int]:
    """A participant's votes that stand, by statement number; nothing once the consultation has closed."""
    known = secret.of(row.pk)
    return votes_under(row, pseudonyms.voter(known, proof)) if known else {}


def votes_under(row: Consultation, pseudonym: str) -> dict[int, int]:
    """The votes that stand under a pseudonym, by statement number, in the order in which they were first cast."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.number, l.value FROM ("
            "  SELECT DISTINCT ON (v.statement_id) v.statement_id, v.value, v.id FROM consultations_vote v"
            "  JOIN consultations_participant p ON p.id = v.participant_id"
            "  WHERE p.consultation_id = %s AND p.pseudonym = %s ORDER BY v.statement_id, v.id DESC) l"
            " JOIN consultations_statement s ON s.id = l.statement_id WHERE l.value IS NOT NULL ORDER BY l.id",
            [row.pk, pseudonym],
        )
        return dict(cursor.fetchall())


def my_votes(row: Consultation, proof: Proof) -> list[tuple[Statement, int]]:
    """A participant's statements with the vote that stands, newest last; nothing once it has closed."""
    votes = votes_of(row, proof)
    found = {one.number: one for one in row.statements.filter(number__in=votes)}
    return [(found[number], value) for number, value in votes.items()]


def my_statements(row: Consultation, proof: Proof) -> list[Statement]:
    """What a participant wrote, with its standing and answer; nothing once it has closed (the link in a mail says)."""
    known = secret.of(row.pk)
    if not known:
        return []
    mark = pseudonyms.author(known, proof)
    return list(row.statements.filter(author_mark=mark).select_related("answer__unit").order_by("number"))


def own_numbers(row: Consultation, proof: Proof) -> set[int]:
    """Numbers of the statements that a participant wrote."""
    known = secret.of(row.pk)
    mark = pseudonyms.author(known, proof) if known else ""
    return set(row.statements.filter(author_mark=mark).values_list("number", flat=True)) if mark else set()
