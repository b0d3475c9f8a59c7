"""Which consultations there are, and how each one stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache import caches
from django.db import connection
from django.db.models import Count, Q, QuerySet

from huiyin.consultations import permissions
from huiyin.consultations.enums import PUBLIC_STATES, Origin, RemovalReason, Standing, State, Via
from huiyin.consultations.models import CodeBatch, Consultation, Participant, Statement, Vote
from huiyin.consultations.queries.secret import Sealed
from huiyin.kernel import clock, languages, memory
from huiyin.kernel.errors import Missing
from huiyin.kernel.vault import decrypt

if TYPE_CHECKING:
    from huiyin.accounts.models import User

SECOND, MINUTE = 1, 60


def open_consultations() -> QuerySet[Consultation]:
    """Those that take votes now, the one that ends first at the top."""
    return _rows().filter(state=State.OPEN).order_by("closes_at", "pk")


def public_consultations() -> QuerySet[Consultation]:
    """All that were announced: open ones by their end, then those to come, then those that are over, newest first."""
    return _rows().filter(state__in=PUBLIC_STATES).order_by("-opens_at", "-pk")


def public_consultation(code: str) -> Consultation:
    """One that was announced; refuses (Missing) drafts, as if they did not exist."""
    row = _rows().filter(state__in=PUBLIC_STATES, code=code).first()
    if row is None:
        raise Missing
    return row


def public_consultation_now(code: str) -> tuple[Consultation, Sealed]:
    """The same with its secret, by one short query as long as nobody changed it: for those who vote.

    Whoever reads from the consultation must not change it: everybody in this process has the same. The secret is read
    anew each time.
    """
    key = f"consultation:{code}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, revision, secret FROM consultations_consultation WHERE code = %s", [code])
        pk, revision, hidden = cursor.fetchone() or (None, None, "")
    held: tuple[Any, Consultation] | None = caches["local"].get(key)
    if held is None or held[0] != (pk, revision):
        row = public_consultation(code)
        held = ((row.pk, row.revision), row)
        caches["local"].set(key, held, MINUTE)
    return held[1], Sealed(decrypt(hidden))


def consultation_for_votes(code: str) -> tuple[Consultation, Sealed]:
    """The same for whoever votes by the hundred, as it stood within the last second.

    The vote itself looks whether it is still open and whether the statement is still shown.
    """
    key = f"votes:{code}"
    held: tuple[Consultation, Sealed] | None = caches["local"].get(key)
    if held is None:
        held = public_consultation_now(code)
        if held[0].state == State.OPEN:
            # Closing destroys the secret: no process may go on having it.
            memory.keep_no_longer(key, held, SECOND)
    return held


def for_staff(user: User, *, words: str = "", state: str = "") -> QuerySet[Consultation]:
    """Those that a member of staff works with, newest first."""
    rows = _rows().filter(permissions.visible(user))
    if state:
        rows = rows.filter(state=state)
    return rows.filter(languages.contain("questions", words) | Q(code__icontains=words)) if words else rows


def consultation(pk: int, *, user: User) -> Consultation:
    """One that a member of staff works with; refuses (Missing) others."""
    row = _rows().filter(pk=pk).first()
    if row is None:
        raise Missing
    permissions.check_see(user, row)
    return row


def by_code(code: str) -> Consultation | None:
    """One in whatever state, for commands on the machine."""
    return _rows().filter(code=code).first()


@dataclass(frozen=True)
class Turnout:
    """How many took part, and how; no results."""

    participants: int
    by_via: dict[Via, int]
    statements: int
    written: int
    waiting: int


def turnout(row: Consultation) -> Turnout:
    """How many took part by channel, and how many statements there are. Says nothing about results."""
    voters = Participant.objects.filter(consultation=row).values_list("via").annotate(count=Count("pk"))
    by_via = {Via(via): count for via, count in voters}
    counts = row.statements.aggregate(
        shown=Count("pk", filter=Q(standing=Standing.PUBLISHED)),
        written=Count("pk", filter=Q(origin=Origin.PARTICIPANT)),
        waiting=Count("pk", filter=Q(standing=Standing.WAITING)),
    )
    return Turnout(sum(by_via.values()), by_via, counts["shown"], counts["written"], counts["waiting"])


def removals(row: Consultation) -> dict[RemovalReason, int]:
    """How many statements are not shown, by reason; for everybody."""
    rows = Statement.objects.filter(consultation=row, standing=Standing.REMOVED)
    found = rows.order_by().values_list("removal_reason").annotate(count=Count("pk"))
    return {RemovalReason(reason): count for reason, count in found}


def due_to_open() -> list[int]:
    """Ids of announced consultations whose day has come."""
    now = clock.now()
    return list(
        Consultation.objects.filter(state=State.SCHEDULED, opens_at__lte=now).values_list("pk", flat=True)
    )


def due_to_close() -> list[int]:
    """Ids of open consultations whose end has come."""
    now = clock.now()
    return list(
        Consultation.objects.filter(state=State.OPEN, closes_at__lte=now).values_list("pk", flat=True)
    )


def with_news() -> list[int]:
    """Ids of open consultations with votes that are not in their map yet."""
    found = []
    for pk, last in Consultation.objects.filter(state=State.OPEN).values_list("pk", "map__last_vote"):
        if Vote.objects.filter(consultation_id=pk, pk__gt=last or 0).exists():
            found.append(pk)
    return found


def _rows() -> QuerySet[Consultation]:
    rows: QuerySet[Any] = Consultation.objects.select_related("unit", "member_unit").defer("secret")
    return rows


def participant_counts(ids: list[int]) -> dict[int, int]:
    """How many took part in each of these consultations."""
    rows = Participant.objects.filter(consultation__in=ids).order_by().values_list("consultation_id")
    return dict(rows.annotate(count=Count("pk")))


def batches(row: Consultation) -> QuerySet[CodeBatch]:
    """The packages of codes that were made, oldest first."""
    return row.batches.all()
