"""Handing cases over to another system, and asking after them. Every step may run twice, and be killed in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.audit import operations as audit
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict
from huiyin.relays import logic, permissions, queries, remote
from huiyin.relays.enums import RelayState
from huiyin.relays.models import Connection, Relay

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.cases.models import Case

log = structlog.get_logger(__name__)
AT_ONCE, ASKED_AT_ONCE = 200, 50


def collect(row: Connection, *, most: int = AT_ONCE) -> int:
    """Put the unit's new cases in line; returns how many. Twice at once puts each in line once."""
    now = clock.now()
    ids = queries.unsent_cases(row, most=most)
    rows = [Relay(case_id=pk, connection=row, due_at=now) for pk in ids]
    Relay.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def send(relay_id: int) -> None:
    """Send one case, unless somebody else does at this moment.

    That an attempt begins is written down before it is made: after a crash or a lost answer the case is first looked
    for in the other system by our mark, and sent only if it did not arrive.
    """
    relay = _begun(relay_id)
    if relay is None:
        return
    try:
        receipt = _found(relay) or remote.send(_system(relay.connection), _form(relay.case, relay.connection))
    except remote.Failed as failure:
        _put_off(relay, failure)
    else:
        _arrived(relay, receipt)


@transaction.atomic
def _begun(relay_id: int) -> Relay | None:
    rows = Relay.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
        "connection", "case__service"
    )
    # A case that became confidential while it stood in line stays in the house.
    rows = rows.filter(case__is_confidential=False, due_at__lte=clock.now())
    relay = rows.filter(pk=relay_id, state=RelayState.WAITING).first()
    if relay is not None:
        relay.attempts += 1
        again = logic.next_attempt(relay.attempts, now=clock.now())
        relay.due_at = again or relay.due_at
        relay.save(update_fields=["attempts", "due_at"])
    return relay


def _found(relay: Relay) -> remote.Receipt | None:
    if relay.attempts == 1:
        return None
    mark = logic.mark(relay.case.number)
    number = remote.find(_system(relay.connection), mark, since=relay.created_at)
    return remote.Receipt(number, "") if number else None


def _form(case: Case, connection: Connection) -> dict[str, str]:
    facts = logic.Facts(
        number=case.number,
        text=case.text,
        place=case.place_text,
        point=(case.lat, case.lon) if case.lat is not None and case.lon is not None else None,
        service=case.service.code if case.service is not None else "",
    )
    return logic.form(facts, codes=connection.codes, default_code=connection.default_code)


@transaction.atomic
def _arrived(relay: Relay, receipt: remote.Receipt) -> None:
    relay.state, relay.sent_at, relay.error = RelayState.SENT, clock.now(), ""
    relay.remote_id, relay.token = receipt.number, receipt.token
    relay.save(update_fields=["state", "sent_at", "error", "remote_id", "token"])
    _record("relay.sent", relay, connection=relay.connection_id)


@transaction.atomic
def _put_off(relay: Relay, failure: remote.Failed) -> None:
    relay.error = failure.reason
    again = None if failure.is_final else logic.next_attempt(relay.attempts, now=clock.now())
    if again is None:
        relay.state = RelayState.FAILED
        _record("relay.failed", relay, error=failure.reason)
    relay.save(update_fields=["error", "state"])
    log.warning("case not handed over", relay=relay.pk, error=relay.error, state=str(relay.state))


@transaction.atomic
def send_again(case: Case, *, user: User) -> None:
    """Put a case in line again that could not be sent.

    Refuses (Denied) a user who works neither in its unit nor as a dispatcher, (Conflict) a case that did not fail.
    """
    permissions.check_send(user, case)
    relay = Relay.objects.select_for_update().filter(case_id=case.pk, state=RelayState.FAILED).first()
    if relay is None:
        raise Conflict(_("This case is not one that could not be sent. Load the page again."))
    # As after a first attempt: it is looked for there before it is sent a second time.
    relay.state, relay.attempts, relay.due_at = RelayState.WAITING, 1, clock.now()
    relay.save(update_fields=["state", "attempts", "due_at"])
    _record("relay.again", relay, actor=f"user:{user.pk}")


def ask(row: Connection) -> int:
    """Ask the other system after the cases it has; returns how many it knew. What it says is kept beside ours."""
    relays = queries.to_ask(row, most=ASKED_AT_ONCE)
    if not relays:
        return 0
    system = _system(row)
    try:
        _resolve_tokens(system, relays)
        known = [relay for relay in relays if relay.remote_id]
        reports = remote.ask(system, [relay.remote_id for relay in known]) if known else {}
    except remote.Failed as failure:
        Connection.objects.filter(pk=row.pk).update(error=failure.reason)
        return 0
    for relay in known:
        _hear(relay, reports.get(relay.remote_id))
    Connection.objects.filter(pk=row.pk).update(error="", polled_at=clock.now())
    return len(reports)


def _resolve_tokens(system: remote.System, relays: list[Relay]) -> None:
    for relay in relays:
        if not relay.remote_id and relay.token:
            relay.remote_id = remote.number_of(system, relay.token)
            Relay.objects.filter(pk=relay.pk).update(remote_id=relay.remote_id, asked_at=clock.now())


@transaction.atomic
def _hear(relay: Relay, report: remote.Report | None) -> None:
    before = relay.remote_status
    relay.asked_at = clock.now()
    if report is not None:
        relay.remote_status, relay.remote_notes = report.status or before, report.notes
        relay.remote_updated_at = report.updated_at
    elif before:
        # It answered before and does not know it any more; one that never did may not have published it yet.
        relay.remote_status = logic.GONE
    relay.save(update_fields=["asked_at", "remote_status", "remote_notes", "remote_updated_at"])
    if relay.remote_status != before:
        _record("relay.heard", relay, before=before, now=relay.remote_status)


def _system(row: Connection) -> remote.System:
    return remote.System(row.endpoint, row.jurisdiction, row.api_key)


def _record(action: str, relay: Relay, *, actor: str = "system", **data: Any) -> None:
    audit.record(action, actor=actor, subject=f"case:{relay.case_id}", data=data)


def answers(row: Connection) -> str:
    """Why the other system cannot be used now, as a code; empty where it answers and offers the code for all cases."""
    try:
        offered = remote.services(_system(row))
    except remote.Failed as failure:
        return failure.reason
    return "" if row.default_code in offered else "unknown code"
