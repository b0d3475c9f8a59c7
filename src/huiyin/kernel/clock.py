"""The one clock. Everything that asks for the time asks here, so that tests and simulations can turn it."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from contextvars import ContextVar

from django.utils import timezone

_turned: ContextVar[dt.datetime | None] = ContextVar("turned_clock", default=None)


def now() -> dt.datetime:
    """The current moment, aware, in UTC."""
    return _turned.get() or dt.datetime.now(tz=dt.UTC)  # noqa: TID251 -- this is the clock


def today() -> dt.date:
    """The current day in the installation's time zone."""
    return timezone.localdate(now())


@contextlib.contextmanager
def turned_to(moment: dt.datetime) -> Iterator[None]:
    """Let the block happen at `moment`: for the demonstration city and simulations, never for real cases."""
    before = _turned.set(moment)
    try:
        yield
    finally:
        _turned.reset(before)
