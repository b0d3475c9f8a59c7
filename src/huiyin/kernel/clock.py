"""The one clock. Everything that asks for the time asks here, so that tests and simulations can turn it."""

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """The current moment, aware, in UTC."""
    return dt.datetime.now(tz=dt.UTC)  # noqa: TID251 -- this is the clock


def today() -> dt.date:
    """The current day in the installation's time zone."""
    return timezone.localdate(now())
