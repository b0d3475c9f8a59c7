"""Reads that need no key: counted per internet address and minute, so that no client takes everybody's share."""

import datetime as dt

from django.conf import settings
from django.http import HttpRequest

from huiyin.accounts.operations import programs
from huiyin.cases.operations import limits
from huiyin.kernel import addresses, metering


def count(request: HttpRequest, *, key: str) -> metering.Quota | None:
    """Count a read; None where there is no limit. With a key that opens something it counts as its program's call.

    Refuses (TooManyCalls). A wrong key is no key: it lets nobody past the limit of the address.
    """
    limit: int = settings.HUIYIN_READS_PER_MINUTE
    if limit < 1:
        return None
    found = programs.count_read(key)
    if found is not None:
        return found
    quota = _meter.count(addresses.of(request), limit=limit)
    if quota.is_over:
        raise programs.TooManyCalls(quota)
    return quota


def _take(address: str, _minute: dt.datetime, calls: int) -> int:
    return limits.tries("read", address, window=limits.MINUTE, more=calls)


_meter: metering.Meter[str] = metering.Meter(_take)
