"""What every web process remembers for some seconds is read again before it is forgotten.

Units, services, settings and the like are read by nearly every screen and remembered for ten seconds. In a quiet office
each request would come after that time and read all of it first, up to nine queries more than the screen itself needs.
"""

import atexit
import contextlib
import threading
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.signals import request_started
from django.db import DatabaseError, close_old_connections
from django.utils import translation

from huiyin.accounts.queries import absences
from huiyin.cases.queries import distributing, indexing
from huiyin.catalogue import queries as catalogue
from huiyin.config import embedded
from huiyin.hooks import queries as hooks
from huiyin.kernel import memory
from huiyin.organisations import queries as organisations
from huiyin.people import queries as people
from huiyin.relays import queries as relays
from huiyin.triage.queries import rarity, rules, trained
from huiyin.web.desk import choices

# Each is read again when half of its time is over, the shortest of which is five seconds.
SECONDS_BETWEEN = 2
READERS: tuple[Callable[[], Any], ...] = (
    organisations.settings,
    organisations.receiving_names,
    organisations.unit_names_remembered,
    organisations.units_by_jurisdiction,
    lambda: organisations.working_calendar(None),
    lambda: organisations.with_all_above(frozenset({0})),  # whatever it is asked about: the tree of units
    absences.today,
    catalogue.offered,
    catalogue.leaves_offered,
    catalogue.service_labels,
    distributing.methods,
    lambda: indexing.is_current(indexing.CASES),
    relays.is_used,
    hooks.anybody_listens,
    people.purposes,
    rules.in_force,
    rules.stopped,
    rules.words_seen,
    rarity.rarity,
    trained.in_use,
    choices.services,
    lambda: choices.service_ids(""),  # whatever it is asked about: the tree of services
    choices.unit_names,
    choices.units,
    choices.channels,
    choices.desk_channels,
)

_begun, _ending = threading.Lock(), threading.Event()


def read_again() -> None:
    """Read what is past half of its time; what is remembered stays until its successor is there."""
    with memory.ahead():
        for read in READERS:
            read()
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                choices.areas()


def begin_with_first_request() -> None:
    """From the first request on, read it now and then beside the requests, until the process ends."""
    request_started.connect(_begin, dispatch_uid="remembering")


def _begin(**_kwargs: Any) -> None:
    if _begun.acquire(blocking=False):
        request_started.disconnect(dispatch_uid="remembering")
        threading.Thread(target=_keep, name="remembering", daemon=True).start()


def _keep() -> None:
    _round()
    # Now, after the first connection: so this ends before the database that this process may hold is let go, and
    # never calls it back.
    atexit.register(_end, threading.current_thread())
    while not _ending.wait(SECONDS_BETWEEN):
        _round()


def _end(keeper: threading.Thread) -> None:
    _ending.set()
    keeper.join(SECONDS_BETWEEN)


def _round() -> None:
    close_old_connections()
    # Without a database requests say so themselves; here the next round tries again.
    with contextlib.suppress(DatabaseError, embedded.EmbeddedPostgresError):
        read_again()
