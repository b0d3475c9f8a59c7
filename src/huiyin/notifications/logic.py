"""When a notice goes out: after the quiet hours, once a day for who wants that, and again after a failure."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

# Waiting times between attempts; after the last one the notice has failed.
BACK_OFF = tuple(dt.timedelta(minutes=m) for m in (1, 5, 15, 60, 3 * 60, 6 * 60, 12 * 60, 24 * 60))
VARIABLE = re.compile(r"\{(\w+)\}")


def next_attempt(attempts: int, *, now: dt.datetime) -> dt.datetime | None:
    """Moment of the attempt after the `attempts`-th failed one, or None where enough have been made."""
    return now + BACK_OFF[attempts - 1] if attempts <= len(BACK_OFF) else None


@dataclass(frozen=True)
class Hours:
    """Hours of the day in the installation's zone: nothing goes out in [quiet_from, quiet_until).

    `daily` is the hour of those who want one message a day.

    Equal hours mean that no hour is quiet; without `daily` a notice goes out as soon as it may.
    """

    quiet_from: int
    quiet_until: int
    daily: int | None = None


def first_moment(now: dt.datetime, *, hours: Hours, zone: dt.tzinfo) -> dt.datetime:
    """The first moment from `now` on at which a notice may go out."""
    local = now.astimezone(zone)
    if hours.daily is not None:
        local = _next(local, hours.daily)
    return (_next(local, hours.quiet_until) if _is_quiet(local.hour, hours) else local).astimezone(dt.UTC)


def _is_quiet(hour: int, hours: Hours) -> bool:
    begin, end = hours.quiet_from, hours.quiet_until
    return begin <= hour < end if begin <= end else hour >= begin or hour < end


def _next(local: dt.datetime, hour: int) -> dt.datetime:
    """The next time that the clock on the wall shows `hour`."""
    found = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return found if found > local else found + dt.timedelta(days=1)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in; what is no variable stays as it is."""
    return VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def variables(text: str) -> set[str]:
    """Names of the variables that a text uses."""
    return set(VARIABLE.findall(text))
