"""Reads about the outbox."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Min, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from huiyin.kernel import ports
from huiyin.kernel.ports import Health
from huiyin.notifications import logic
from huiyin.notifications.enums import State, Via
from huiyin.notifications.models import Notice, Room, Wording

MOST_FAILURES = 5


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


@dataclass(frozen=True)
class Undelivered:
    """A notice that failed: when it was written, by which way, and the channel's code; neither address nor words."""

    created_at: dt.datetime
    way: str
    error: str


def failures(number_field: str) -> ArraySubquery:
    """The newest notices that failed about the case whose number is in `number_field`, to ride along with a query."""
    rows = Notice.objects.filter(reference=OuterRef(number_field), state=State.FAILED).order_by("-pk")
    return ArraySubquery(
        rows.values(json=JSONObject(at="created_at", via="channel", error="error"))[:MOST_FAILURES]
    )


def undelivered(found: Sequence[Mapping[str, str]]) -> list[Undelivered]:
    """What `failures` brought along, to be shown."""
    return [
        Undelivered(dt.datetime.fromisoformat(row["at"]), str(Via(row["via"]).label), row["error"])
        for row in found
    ]


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


def reference_of(token: str) -> str:
    """The case that a sent mail was about, by its Message-ID or the part of it before the @; empty for none or several.

    One mail can tell of several cases; an answer to it names none of them.
    """
    ident = token.strip("<> ").partition("@")[0]
    if not ident:
        return ""
    rows = Notice.objects.filter(ident=f"{ident}@huiyin").values_list("reference", flat=True).distinct()
    found = list(rows.order_by("reference")[:2])
    return found[0] if len(found) == 1 else ""
