"""Reads about connections to other systems and the cases that were sent there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache import caches
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from huiyin.cases.enums import OPEN_STATES
from huiyin.cases.queries import due as due_cases
from huiyin.kernel import clock
from huiyin.kernel.ports import Health
from huiyin.relays import logic, permissions
from huiyin.relays.enums import RelayState, Standing
from huiyin.relays.models import Connection, Relay

if TYPE_CHECKING:
    from huiyin.cases.models import Case

SECONDS_REMEMBERED = 10
ASK_AGAIN = dt.timedelta(minutes=10)
# So many systems are asked for the health page, which should not take long.
CHECKED = 5


@dataclass(frozen=True)
class Seen:
    """What the case page shows: the relay, and how the two sides stand to each other."""

    relay: Relay
    standing: Standing
    may_send: bool

    @property
    def differs(self) -> bool:
        """Whether the two sides say different things."""
        return self.standing in {Standing.ENDED_HERE, Standing.ENDED_THERE, Standing.UNKNOWN_THERE}


def of_case(case: Case, *, user: Any) -> Seen | None:
    """What became of a case in another system; None where it was sent to none."""
    if not is_used():
        return None
    relay = Relay.objects.select_related("connection").filter(case_id=case.pk).first()
    if relay is None:
        return None
    return Seen(relay, standing(relay, case), may_send=permissions.can_send(user, case))


def is_used() -> bool:
    """Whether there is any connection: most installations have none, and save the query."""
    found: bool | None = caches["local"].get("relays-used")
    if found is None:
        found = Connection.objects.exists()
        caches["local"].set("relays-used", found, SECONDS_REMEMBERED)
    return found


def standing(relay: Relay, case: Case) -> Standing:
    """Whether both sides say the same about a case."""
    is_open = case.state in OPEN_STATES
    return logic.standing(is_open_here=is_open, state=relay.state, remote_status=relay.remote_status)


def connections() -> QuerySet[Connection]:
    """All connections with their units, and how many cases wait, failed or disagree."""
    is_open = Q(relays__case__state__in=OPEN_STATES)
    return Connection.objects.select_related("unit").annotate(
        waiting=Count("relays", filter=Q(relays__state=RelayState.WAITING)),
        failed=Count("relays", filter=Q(relays__state=RelayState.FAILED)),
        differing=Count(
            "relays",
            filter=Q(relays__state=RelayState.SENT)
            & (
                Q(relays__remote_status=logic.GONE)
                | (is_open & Q(relays__remote_status=logic.CLOSED))
                | (~is_open & Q(relays__remote_status=logic.OPEN))
            ),
        ),
    )


def connection(pk: int) -> Connection | None:
    """One connection, or None."""
    return connections().filter(pk=pk).first()


def active() -> list[Connection]:
    """Connections through which cases are sent."""
    return list(Connection.objects.select_related("unit").filter(is_active=True))


def unsent_cases(row: Connection, *, most: int) -> list[int]:
    """Ids of open cases of the unit that came since the connection was made and were not handed over yet."""
    rows = Relay.objects.values("case_id")
    return due_cases.open_of_unit(row.unit_id, since=row.since, without=rows, most=most)


def due(*, most: int) -> list[int]:
    """Ids of relays whose next attempt is due."""
    rows = Relay.objects.filter(state=RelayState.WAITING, due_at__lte=clock.now(), connection__is_active=True)
    rows = rows.filter(case__is_confidential=False)
    return list(rows.order_by("due_at", "id").values_list("pk", flat=True)[:most])


def to_ask(row: Connection, *, most: int) -> list[Relay]:
    """Sent cases that either side has not ended yet and that were not asked after in the last ten minutes."""
    unended = ~Q(remote_status=logic.CLOSED) | Q(case__state__in=OPEN_STATES)
    asked = Q(asked_at__isnull=True) | Q(asked_at__lte=clock.now() - ASK_AGAIN)
    rows = Relay.objects.filter(unended, asked, connection=row, state=RelayState.SENT)
    return list(rows.order_by("asked_at", "id")[:most])


def health(answers: Callable[[Connection], str]) -> Health:
    """Whether every active connection answers (a code why not), and how the cases of all of them stand."""
    rows: list[Any] = [row for row in connections() if row.is_active]
    if not rows:
        return Health(ok=True, detail=_("No unit works in another system."))
    broken = [f"{row.name}: {code}" for row in rows[:CHECKED] if (code := answers(row))]
    failed, differing = sum(row.failed for row in rows), sum(row.differing for row in rows)
    words = {"count": len(rows), "failed": failed, "differing": differing, "broken": "; ".join(broken)}
    if broken:
        return Health(ok=False, detail=_("Not to be used now: %(broken)s.") % words)
    told = _(
        "%(count)s systems answer; %(failed)s cases could not be sent, %(differing)s stand differently there."
    )
    return Health(ok=not failed, detail=told % words)
