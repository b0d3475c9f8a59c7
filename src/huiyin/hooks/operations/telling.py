"""Telling other systems: messages are written with their cause and sent afterwards, each case's in its order."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.audit import operations as audit
from huiyin.hooks import logic, permissions, queries
from huiyin.hooks.enums import DeliveryState, HookState
from huiyin.hooks.models import Delivery, Hook
from huiyin.kernel import clock, memory, outward, public_ids
from huiyin.kernel.errors import Conflict

log = structlog.get_logger(__name__)
IDENT_LENGTH = 24
# A receiver that is down keeps nobody else waiting for longer than some seconds.
MOST_IN_A_ROW = 2
PING = "ping"


@dataclass
class Delivered:
    """How many messages had which end in one run."""

    sent: int = 0
    failed: int = 0


def note(event: str, *, reference: str, unit: str, service: str, data: dict[str, Any]) -> int:
    """Write down for every hook that wants it that something happened, in the caller's transaction.

    `data` holds numbers, codes, states and links, never a word of a person. Returns how many hooks are told. Each case
    must be locked by its caller: so its messages are numbered in the order in which they happen.
    """
    told = queries.told(event, unit=unit, service=service)
    if not told:
        return 0
    ident, now = f"evt_{public_ids.code(IDENT_LENGTH)}", clock.now()
    payload = {"type": event, "timestamp": now.isoformat().replace("+00:00", "Z"), "data": data}
    Delivery.objects.bulk_create(
        [
            Delivery(hook_id=pk, ident=ident, event=event, reference=reference, payload=payload, due_at=now)
            for pk in told
        ]
    )
    return len(told)


def deliver(hook_id: int, *, limit: int = 500) -> Delivered:
    """Send what is due to one hook. Any number of workers may do so at once: each takes other cases.

    A message is sent when all earlier ones of its case were taken; each has a transaction of its own, so that a crash
    forgets at most that one was sent: it is sent again under the same id. A receiver that fails is asked again after a
    growing while; after three days, or when it says that it is gone, the hook is stopped and everything stays.
    """
    result, start, in_a_row = Delivered(), clock.now(), 0
    while result.sent + result.failed < limit and in_a_row < MOST_IN_A_ROW:
        with transaction.atomic():
            row = _next(hook_id, start)
            if row is None:
                break
            if _attempt(row):
                result.sent, in_a_row = result.sent + 1, 0
            else:
                result.failed, in_a_row = result.failed + 1, in_a_row + 1
    return result


@transaction.atomic
def replay(row: Hook, *, since: dt.datetime, actor: accounts.Actor) -> int:
    """Send again, under the same ids and in the same order, what was delivered since a moment; returns how many.

    For a receiver that lost something. One that has it all sees ids that it knows.
    """
    permissions.check_manage(actor)
    count = row.deliveries.filter(state=DeliveryState.SENT, created_at__gte=since).update(
        state=DeliveryState.WAITING, attempts=0, due_at=clock.now(), sent_at=None
    )
    _record("hook.replayed", row, actor, since=since.isoformat(), count=count)
    return count


@transaction.atomic
def replay_one(row: Delivery, *, actor: accounts.Actor) -> None:
    """Send one message again, under the same id. Refuses (Conflict) one that waits to be sent anyway."""
    permissions.check_manage(actor)
    if row.state == DeliveryState.WAITING:
        raise Conflict(_("This message waits to be sent anyway."))
    row.state, row.attempts, row.due_at, row.sent_at = DeliveryState.WAITING, 0, clock.now(), None
    row.save(update_fields=["state", "attempts", "due_at", "sent_at"])
    _record("hook.replayed", row.hook, actor, delivery=row.pk)


@transaction.atomic
def ping(row: Hook, *, actor: accounts.Actor) -> Delivery:
    """Write a message that says nothing, to try the receiver out."""
    permissions.check_manage(actor)
    now = clock.now()
    payload = {"type": PING, "timestamp": now.isoformat().replace("+00:00", "Z"), "data": {}}
    ident = f"evt_{public_ids.code(IDENT_LENGTH)}"
    return Delivery.objects.create(hook=row, ident=ident, event=PING, payload=payload, due_at=now)


def forget_older_than(age: dt.timedelta, *, limit: int = 10_000) -> int:
    """Remove delivered messages older than `age`; returns how many."""
    old = Delivery.objects.filter(state=DeliveryState.SENT, created_at__lt=clock.now() - age)
    gone, _rows = Delivery.objects.filter(pk__in=old.values_list("pk", flat=True)[:limit]).delete()
    return gone


def _next(hook_id: int, start: dt.datetime) -> Delivery | None:
    waiting = Delivery.objects.filter(hook_id=hook_id, state=DeliveryState.WAITING)
    earlier = waiting.filter(reference=OuterRef("reference"), pk__lt=OuterRef("pk"))
    rows = waiting.filter(~Exists(earlier), due_at__lte=start, hook__state=HookState.ON)
    return (
        rows.select_related("hook").select_for_update(skip_locked=True, of=("self",)).order_by("pk").first()
    )


def _attempt(row: Delivery) -> bool:
    now = clock.now()
    body = json.dumps(row.payload, ensure_ascii=False, separators=(",", ":")).encode()
    timestamp = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Huiyin",
        "webhook-id": row.ident,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": logic.signature(
            row.hook.secret, ident=row.ident, timestamp=timestamp, body=body
        ),
    }
    row.attempts += 1
    try:
        row.status, row.error = outward.post(row.hook.url, body=body, headers=headers), ""
    except outward.Unreachable as failure:
        row.status, row.error = 0, failure.reason
    taken = logic.is_taken(row.status)
    if taken:
        row.state, row.sent_at = DeliveryState.SENT, now
        Hook.objects.filter(pk=row.hook_id, failing_since__isnull=False).update(failing_since=None)
    else:
        _put_off(row, now)
    row.save(update_fields=["attempts", "status", "error", "state", "sent_at", "due_at"])
    return taken


def _put_off(row: Delivery, now: dt.datetime) -> None:
    row.error = row.error or f"http {row.status}"
    again = None if row.status == logic.GONE else logic.next_attempt(row.attempts, now=now)
    row.due_at = again or now
    hook = Hook.objects.filter(pk=row.hook_id)
    if again is None:
        hook.filter(state=HookState.ON).update(state=HookState.STOPPED)
        memory.forget(queries.CACHED)
        audit.record("hook.stopped", actor="system", subject=f"hook:{row.hook_id}", data={"error": row.error})
    hook.filter(failing_since__isnull=True).update(failing_since=now)
    log.warning("hook not delivered", hook=row.hook_id, delivery=row.pk, error=row.error)


def _record(action: str, row: Hook, actor: accounts.Actor, **data: Any) -> None:
    audit.record(action, actor=accounts.actor_name(actor), subject=f"hook:{row.pk}", data=data)
