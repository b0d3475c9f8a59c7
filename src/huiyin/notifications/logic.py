"""When the next attempt is made."""

import datetime as dt

# Waiting times between attempts; after the last one the notice has failed.
BACK_OFF = tuple(dt.timedelta(minutes=m) for m in (1, 5, 15, 60, 3 * 60, 6 * 60, 12 * 60, 24 * 60))


def next_attempt(attempts: int, *, now: dt.datetime) -> dt.datetime | None:
    """Moment of the attempt after the `attempts`-th failed one, or None where enough have been made."""
    return now + BACK_OFF[attempts - 1] if attempts <= len(BACK_OFF) else None
