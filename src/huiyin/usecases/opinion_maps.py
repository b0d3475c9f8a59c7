"""The job that keeps opinion maps up to date, and how it is set going."""

import contextlib
import time

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from huiyin.consultations.operations import maps
from huiyin.consultations.queries import lists


@app.task(name="refresh_map", retry=3)
def refresh_map(pk: int) -> None:
    """Refresh the map of one consultation, at most once a second; its lock lets no two run at once."""
    time.sleep(maps.wait_until_due(pk))
    maps.refresh(pk)


def refresh_soon(pk: int) -> None:
    """Let a job refresh the map, after commit; many votes at once set one job going."""
    transaction.on_commit(lambda: _ask(pk))


def refresh_forgotten() -> None:
    """Ask again for refreshes that a dead worker took with it."""
    maps.forget_lost_requests()
    for pk in lists.with_news():
        _ask(pk)


def _ask(pk: int) -> None:
    if maps.is_asked(pk):
        return
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        if maps.ask_refresh(pk):
            name = f"opinion_map:{pk}"
            refresh_map.configure(lock=name, queueing_lock=name).defer(pk=pk)
