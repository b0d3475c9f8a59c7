"""Reads about the outbox."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet

from huiyin.kernel import ports
from huiyin.kernel.ports import Health
from huiyin.notifications import logic
from huiyin.notifications.enums import State, Via
from huiyin.notifications.models import Notice, Room, Wording


@dataclass(frozen=True)
class Backlog:
    """How the outbox stands."""

    waiting: int
    failed: int
    oldest_waiting: dt.datetime | None


def backlog() -> Backlog:
    """Counts for the health page."""
    waiting, failed = Q(state=State.WAITING), Q(state=State.FAILED)
    return Backlog(
        **Notice.objects.filter(waiting | failed).aggregate(
            waiting=Count("pk", filter=waiting),
            failed=Count("pk", filter=failed),
            oldest_waiting=Min("created_at", filter=waiting),
        )
    )


def of_case(number: str) -> QuerySet[Notice]:
    """Notices about a case, oldest first."""
    return Notice.objects.filter(reference=number).order_by("pk")


def health() -> dict[str, Health]:
    """What each configured channel says of itself."""
    return {name: ports.load(path).check() for name, path in settings.HUIYIN_CHANNELS.items()}


def failed_of(number: str) -> list[Notice]:
    """Notices about a case that could not be delivered, newest first; for its page, without address and words."""
    rows = Notice.objects.filter(reference=number, state=State.FAILED).order_by("-pk")
    return list(rows.only("event", "channel", "error", "created_at")[:5])


def search(
    *, number: str = "", event: str = "", via: str = "", state: str = "", key: str = ""
) -> QuerySet[Notice]:
    """The log, newest first, without addresses and words; `key` is the keyed hash of an address."""
    rows = Notice.objects.only(
        "event", "channel", "reference", "state", "attempts", "due_at", "error", "sent_at", "created_at"
    )
    wanted = {"reference": number, "event": event, "channel": via, "state": state, "address_key": key}
    return rows.filter(**{name: value for name, value in wanted.items() if value}).order_by("-pk")


def wording(event: str, *, via: Via, language: str) -> Wording | None:
    """A city's own words for an event, or None where the shipped ones are used."""
    return Wording.objects.filter(event=event, channel=via, language=language).first()


def wordings() -> dict[tuple[str, str, str], Wording]:
    """All of a city's own words, by event, channel and language."""
    return {(row.event, row.channel, row.language): row for row in Wording.objects.all()}


def room(unit_id: int | None) -> str:
    """The address of a unit's messenger group, with its key; for sending and for its own form only."""
    found = Room.objects.filter(unit_id=unit_id or 0).first()
    return found.url if found is not None else ""


fill = logic.fill
variables = logic.variables
