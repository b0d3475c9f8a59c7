"""Deciding which statements are shown. Removing takes a reason from a short list; removals are counted in public."""

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.consultations import permissions
from huiyin.consultations.enums import Moderation, RemovalReason, Standing, State
from huiyin.consultations.models import Consultation, Statement
from huiyin.consultations.operations.acting import locked, record
from huiyin.consultations.queries import statements as reading
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Invalid

# After the answer nothing about the statements moves any more.
MODERATED_IN = (State.DRAFT, State.SCHEDULED, State.OPEN, State.CLOSED)


@transaction.atomic
def publish(pk: int, *, actor: accounts.Actor) -> Statement:
    """Show a statement that waited or was removed. Refuses (Denied) others than moderators, (Conflict) when answered.

    After closing only what still waits can be shown; it was in nobody's sight, so it has no votes.
    """
    row, statement = _locked(pk, actor)
    if row.state == State.CLOSED and statement.standing == Standing.REMOVED:
        raise Conflict(_("The result stands. A removed statement cannot be shown any more."))
    _set(statement, Standing.PUBLISHED, "", actor)
    record("statement.published", row, actor, number=statement.number)
    return statement


@transaction.atomic
def remove(pk: int, *, reason: str, actor: accounts.Actor) -> Statement:
    """Show a statement no more, for a reason of the list. Its votes stay, and move the map no more.

    Refuses (Invalid) no reason, (Conflict) once the consultation has closed and the statement was shown until then.
    """
    if reason not in RemovalReason.values:
        message = _("Choose the reason. It is counted in public.")
        raise Invalid(message, fields={"reason": message})
    row, statement = _locked(pk, actor)
    if row.state == State.CLOSED and statement.standing == Standing.PUBLISHED:
        raise Conflict(_("The result stands. A statement that was voted on needs an answer."))
    _set(statement, Standing.REMOVED, reason, actor)
    record("statement.removed", row, actor, number=statement.number, reason=reason)
    return statement


def _locked(pk: int, actor: accounts.Actor) -> tuple[Consultation, Statement]:
    row = locked(reading.of_any(pk).consultation_id)
    permissions.check_moderate(actor, row.unit_id)
    if row.state not in MODERATED_IN:
        raise Conflict(_("This consultation is answered. Its statements stay as they are."))
    return row, Statement.objects.get(pk=pk)


def _set(statement: Statement, standing: Standing, reason: str, actor: accounts.Actor) -> None:
    statement.standing, statement.removal_reason = standing, reason
    statement.moderated_at, statement.moderator = clock.now(), accounts.actor_user(actor)
    statement.save(update_fields=["standing", "removal_reason", "moderated_at", "moderator"])


def standing_when_written(row: Consultation) -> Standing:
    """Where a participant's new statement begins."""
    return Standing.WAITING if row.moderation == Moderation.BEFORE else Standing.PUBLISHED
