"""The outbox: a notice is written with its cause, in one transaction, and sent by a job afterwards."""

from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import transaction

from huiyin.kernel import clock, ports, public_ids
from huiyin.notifications import logic
from huiyin.notifications.models import Notice
from huiyin.notifications.ports import Channel, Message, Undeliverable

log = structlog.get_logger(__name__)


@dataclass
class Delivered:
    """How many notices had which end in one run."""

    sent: int = 0
    postponed: int = 0
    failed: int = 0


def enqueue(event: str, *, address: str, reference: str, subject: str, body: str) -> Notice | None:
    """Write a notice into the outbox, in the caller's transaction: it goes out if and only if its cause is committed.

    `reference` is the number of the case. Without an address there is nothing to send: None.
    """
    if not address:
        return None
    return Notice.objects.create(
        event=event, address=address, reference=reference, subject=" ".join(subject.split()), body=body
    )


@transaction.atomic
def forget_address(reference: str) -> None:
    """The person took their address back: what waits is not sent, what was sent no longer says where to."""
    notices = Notice.objects.filter(reference=reference)
    notices.filter(state=Notice.State.WAITING).delete()
    notices.update(address="")


def deliver_waiting(*, limit: int = 100) -> Delivered:
    """Send up to `limit` notices that are due. Any number of workers may do so at once; each takes different ones.

    Every notice has a transaction of its own, so that a crash forgets at most that one was sent: it is then sent again
    with the same Message-ID. A failed attempt is repeated after a growing while, for two days.
    """
    result, start = Delivered(), clock.now()
    for _turn in range(limit):
        with transaction.atomic():
            waiting = Notice.objects.filter(state=Notice.State.WAITING, due_at__lte=start)
            notice = waiting.select_for_update(skip_locked=True).order_by("due_at", "pk").first()
            if notice is None:
                break
            _attempt(notice, result)
    return result


def _attempt(notice: Notice, result: Delivered) -> None:
    notice.attempts += 1
    try:
        _channel(notice.channel).send(_message(notice))
    except Undeliverable as error:
        _put_off(notice, error, result)
    except Exception as error:  # noqa: BLE001 -- one notice that breaks its channel must not hold up all others
        _put_off(notice, Undeliverable(type(error).__name__, permanent=False), result)
    else:
        notice.state, notice.sent_at, notice.error = Notice.State.SENT, clock.now(), ""
        result.sent += 1
    notice.save(update_fields=["attempts", "state", "error", "due_at", "sent_at"])


def _put_off(notice: Notice, error: Undeliverable, result: Delivered) -> None:
    notice.error = error.reason[:300]
    again = None if error.permanent else logic.next_attempt(notice.attempts, now=clock.now())
    if again is None:
        notice.state = Notice.State.FAILED
        result.failed += 1
    else:
        notice.due_at = again
        result.postponed += 1
    log.warning("notice not delivered", notice=notice.pk, error=notice.error, state=str(notice.state))


def _message(notice: Notice) -> Message:
    ident = f"{public_ids.keyed_hash('notice', str(notice.pk))[:32]}@huiyin"
    return Message(address=notice.address, subject=notice.subject, body=notice.body, ident=ident)


def _channel(name: str) -> Channel:
    path = settings.HUIYIN_CHANNELS.get(name)
    if path is None:
        raise Undeliverable("no such channel", permanent=True)
    channel: Channel = ports.load(path)
    return channel
