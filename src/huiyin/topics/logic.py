"""How much is usual, and how far a week is from it. Values in, values out."""

import datetime as dt
from collections.abc import Mapping, Sequence

WINDOW = dt.timedelta(days=28)
WEEK = dt.timedelta(days=7)
WEEKS_BEFORE = 8
YEAR = dt.timedelta(days=364)
"""Fifty-two weeks: the same days of the week a year ago."""

SMALLEST = 5
"""Cases within the window that make a topic."""

LEAST_USUAL = 1.0
LONGEST_NAME = 80


def usual_weeks(now: dt.datetime, *, first: dt.datetime | None) -> list[dt.datetime]:
    """The ends of the weeks whose mean is the usual level of a service.

    With a year of history: the same week a year ago and the two beside it, so that heating in winter is compared with
    winter. Else the weeks before the last one, as far as there are cases.
    """
    if first is None:
        return []
    last_year = [now - YEAR + offset * WEEK for offset in (-1, 0, 1)]
    if first <= last_year[0] - WEEK:
        return last_year
    before = [now - number * WEEK for number in range(1, WEEKS_BEFORE + 1)]
    return [end for end in before if end - WEEK >= first]


def usual_level(counts: Sequence[int]) -> float | None:
    """Mean cases a week; None when there is nothing to compare with."""
    return sum(counts) / len(counts) if counts else None


def growth(recent: int, usual: float | None) -> float | None:
    """How many times the usual level; None when that is not known. Below one case a week counts as one."""
    return None if usual is None else recent / max(usual, LEAST_USUAL)


def most_frequent(counts: Mapping[int | None, int]) -> int | None:
    """The one that at least half of the cases have, or None: a topic all over the city has no place."""
    known = {key: count for key, count in counts.items() if key is not None}
    if not known:
        return None
    best = min(known, key=lambda key: (-known[key], key))
    return best if 2 * known[best] >= sum(counts.values()) else None


def days(first: dt.date, last: dt.date) -> list[dt.date]:
    """All days from the first to the last."""
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
