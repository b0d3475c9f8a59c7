"""The queue of cases that came in and have no proposal yet: any number of workers take from it, each other cases."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass

import structlog
from django.db import connection, transaction
from django.db.models import Count, F, Min

from huiyin.kernel import clock, statements
from huiyin.triage.models import Waiting
from huiyin.triage.operations import proposing

log = structlog.get_logger(__name__)
# In one transaction: few enough that nobody waits long for a case that is filed by itself.
AT_ONCE = 20
# A case that nothing can be proposed for must not be asked about for ever.
MOST_TRIES = 3
PAUSE = 0.2


def ask(case_id: int) -> None:
    """Want a proposal for this case, in the caller's transaction; a worker gives it within a second after commit."""
    statements.send(
        "INSERT INTO triage_waiting (created_at, case_id, tries) VALUES (%s, %s, 0) ON CONFLICT DO NOTHING",
        [clock.now(), case_id],
    )


@dataclass(frozen=True)
class Backlog:
    """How many cases wait, and since when the oldest does."""

    waiting: int
    since: dt.datetime | None


def backlog() -> Backlog:
    """How it stands with the queue."""
    found = Waiting.objects.aggregate(waiting=Count("pk"), since=Min("created_at"))
    return Backlog(found["waiting"], found["since"])


def watch(*, seconds: float) -> int:
    """Propose for whatever waits or comes in during this time, oldest first; returns for how many cases."""
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        now = propose_next()
        done += now
        if not now:
            time.sleep(PAUSE)
    return done


@transaction.atomic
def propose_next(*, most: int = AT_ONCE) -> int:
    """Propose for the oldest cases that no other worker has; returns how many were taken.

    What is proposed and that nothing waits any more are stored together. A case that fails is tried three times.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT case_id, tries FROM triage_waiting ORDER BY case_id LIMIT %s FOR UPDATE SKIP LOCKED",
            [most],
        )
        taken = cursor.fetchall()
    over = [case_id for case_id, tries in taken if _proposed(case_id) or tries + 1 >= MOST_TRIES]
    failed = {case_id for case_id, _tries in taken} - set(over)
    if over:
        Waiting.objects.filter(pk__in=over).delete()
    if failed:
        Waiting.objects.filter(pk__in=failed).update(tries=F("tries") + 1)
    return len(taken)


def _proposed(case_id: int) -> bool:
    try:
        with transaction.atomic():
            proposing.propose(case_id)
    except Exception:  # one strange case must not keep all others waiting
        log.exception("proposal_failed", case=case_id)
        return False
    return True
