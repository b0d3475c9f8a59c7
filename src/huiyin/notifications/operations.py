"""The outbox: a notice is written with its cause, in one transaction, and sent by a job afterwards."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin.kernel import clock, ports, public_ids
from huiyin.kernel.errors import Invalid
from huiyin.notifications import logic
from huiyin.notifications.channels import chat
from huiyin.notifications.enums import State, Via
from huiyin.notifications.logic import Hours as Hours  # noqa: PLC0414 -- handed on to callers
from huiyin.notifications.models import Notice, Room, Wording
from huiyin.notifications.ports import Channel, Message, Undeliverable

log = structlog.get_logger(__name__)
BATCH = 100
# So long the notices that a worker took are left to it; if it dies, another one takes them up then.
LEASE = dt.timedelta(minutes=10)
RULE = "\n\n― ― ―\n\n"


@dataclass
class Delivered:
    """How many notices had which end in one run."""

    sent: int = 0
    postponed: int = 0
    failed: int = 0


def enqueue(
    event: str,
    *,
    address: str,
    reference: str,
    subject: str,
    body: str,
    via: Via = Via.EMAIL,
    hours: Hours | None = None,
) -> Notice | None:
    """Write a notice into the outbox, in the caller's transaction: it goes out if and only if its cause is committed.

    `reference` is the number of the case. `hours` say when it may go out, without them at once. Without an address
    there is nothing to send: None.
    """
    if not address:
        return None
    now = clock.now()
    zone = timezone.get_default_timezone()
    return Notice.objects.create(
        event=event,
        channel=via,
        address=address,
        address_key=address_key(address),
        reference=reference,
        subject=" ".join(subject.split()),
        body=body,
        due_at=logic.first_moment(now, hours=hours, zone=zone) if hours else now,
    )


def address_key(address: str) -> str:
    """The keyed hash under which an address is found in the log."""
    return public_ids.keyed_hash("notice-address", address.strip().lower()) if address.strip() else ""


@transaction.atomic
def forget_address(reference: str) -> None:
    """The person took their address back: what waits is not sent, what was sent no longer says where to."""
    notices = Notice.objects.filter(reference=reference)
    notices.filter(state=State.WAITING).delete()
    notices.update(address="", address_key="")


def drop_waiting(reference: str) -> int:
    """Do not send what waits about a case; returns how many."""
    return Notice.objects.filter(reference=reference, state=State.WAITING).delete()[0]


def save_wording(event: str, *, via: Via, language: str, subject: str, body: str) -> Wording:
    """Keep a city's own words for an event, in place of the shipped ones or earlier ones."""
    row, _new = Wording.objects.update_or_create(
        event=event,
        channel=via,
        language=language,
        defaults={"subject": subject.strip(), "body": body.strip()},
    )
    return row


def drop_wording(event: str, *, via: Via, language: str) -> None:
    """Go back to the shipped words."""
    Wording.objects.filter(event=event, channel=via, language=language).delete()


def name_room(unit_id: int, *, url: str) -> None:
    """Keep the address of a unit's messenger group; empty forgets it.

    Refuses (Invalid) what is no address of an allowed messenger.
    """
    url = url.strip()
    if not url:
        Room.objects.filter(unit_id=unit_id).delete()
        return
    if not chat.is_room(url):
        allowed = ", ".join(f"{scheme}://" for scheme in settings.HUIYIN_CHAT_SCHEMES)
        message = _("This is not an address of a messenger. It begins with one of: %(allowed)s") % {
            "allowed": allowed
        }
        raise Invalid(message, fields={"url": message})
    Room.objects.update_or_create(unit_id=unit_id, defaults={"url": url})


def bounced(ident: str, *, code: str) -> bool:
    """A message that had been handed over came back: its notices have failed. Returns whether there was one.

    `ident` is the Message-ID that the mail carried; `code` is kept without personal data.
    """
    notices = Notice.objects.filter(ident=ident.strip("<> "), state=State.SENT).exclude(ident="")
    return notices.update(state=State.FAILED, error=f"bounced {code}"[:300]) > 0


def deliver_waiting(*, limit: int = BATCH) -> Delivered:
    """Send up to `limit` notices that are due. Any number of workers may do so at once; each takes different ones.

    What waits for one address goes as one message. A worker that dies leaves what it had taken to the others after
    ten minutes; at most the message that it was handing over is sent twice, with the same Message-ID. A failed attempt
    is repeated after a growing while, for two days.
    """
    result, start, left = Delivered(), clock.now(), limit
    while left > 0:
        taken = _take(min(left, BATCH), start)
        if not taken:
            break
        left -= len(taken)
        for group in _grouped(taken):
            _attempt(group, result)
    return result


@transaction.atomic
def _take(most: int, start: dt.datetime) -> list[Notice]:
    waiting = Notice.objects.filter(state=State.WAITING, due_at__lte=start)
    taken = list(waiting.select_for_update(skip_locked=True).order_by("due_at", "pk")[:most])
    ids = [notice.pk for notice in taken]
    Notice.objects.filter(pk__in=ids).update(due_at=clock.now() + LEASE, attempts=F("attempts") + 1)
    for notice in taken:
        notice.attempts += 1
    return taken


def _grouped(notices: Sequence[Notice]) -> list[list[Notice]]:
    """Notices that go out together: those for one address, tried as often as each other."""
    groups: dict[object, list[Notice]] = {}
    for notice in notices:
        alone = notice.pk if not notice.address_key else 0
        groups.setdefault((notice.channel, notice.address_key, notice.attempts, alone), []).append(notice)
    return list(groups.values())


def _attempt(group: list[Notice], result: Delivered) -> None:
    message = _message(group)
    try:
        _channel(group[0].channel).send(message)
    except Undeliverable as error:
        _put_off(group, error, result)
    except Exception as error:  # noqa: BLE001 -- one notice that breaks its channel must not hold up all others
        _put_off(group, Undeliverable(type(error).__name__, permanent=False), result)
    else:
        _note(group, state=State.SENT, sent_at=clock.now(), error="", ident=message.ident)
        result.sent += len(group)


def _put_off(group: list[Notice], error: Undeliverable, result: Delivered) -> None:
    again = None if error.permanent else logic.next_attempt(group[0].attempts, now=clock.now())
    reason = error.reason[:300]
    if again is None:
        _note(group, state=State.FAILED, error=reason)
        result.failed += len(group)
    else:
        _note(group, due_at=again, error=reason)
        result.postponed += len(group)
    log.warning("notice not delivered", notice=group[0].pk, error=reason, final=again is None)


@transaction.atomic
def _note(group: list[Notice], **changes: object) -> None:
    with connection.cursor() as cursor:
        # Waiting for the disk after each message would halve the speed; after a crash of the database the last
        # messages of a moment may go out twice, with the same Message-ID.
        cursor.execute("SET LOCAL synchronous_commit = off")
    Notice.objects.filter(pk__in=[notice.pk for notice in group]).update(**changes)


def _message(group: list[Notice]) -> Message:
    first = group[0]
    ident = f"{public_ids.keyed_hash('notice', '-'.join(str(notice.pk) for notice in group))[:32]}@huiyin"
    if len(group) == 1:
        return Message(address=first.address, subject=first.subject, body=first.body, ident=ident)
    count = len(group)
    subject = ngettext("%(count)d message", "%(count)d messages", count) % {"count": count}
    parts = [f"{notice.subject}\n\n{notice.body}" if notice.subject else notice.body for notice in group]
    return Message(
        address=first.address,
        subject=f"{subject}{_(': ')}{first.subject}" if first.subject else subject,
        body=RULE.join(parts),
        ident=ident,
    )


def _channel(name: str) -> Channel:
    path = settings.HUIYIN_CHANNELS.get(name)
    if path is None:
        raise Undeliverable("no such channel", permanent=True)
    channel: Channel = ports.load(path)
    return channel
