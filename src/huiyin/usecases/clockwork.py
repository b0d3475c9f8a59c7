"""What the clock does by itself to cases. Every step is idempotent and small; a job repeats it."""

import contextlib
import datetime as dt
from collections.abc import Callable

from huiyin.accounts.operations import absences, repeats
from huiyin.cases.operations import drafts, handling, limits, returns
from huiyin.cases.queries import disputes, due
from huiyin.hooks.operations import telling
from huiyin.kernel.errors import Refusal
from huiyin.people.operations import proving


def resume_expired_pauses() -> int:
    """Let the clock go on where the person did not reply in the set time; returns how many."""
    return _each(due.expired_pauses(), handling.resume)


def close_silent_cases() -> int:
    """Close answered cases after the set days without a word; returns how many."""
    return _each(due.silent_answers(), handling.close_silent)


def put_undecided_before_arbiter() -> int:
    """Give returned cases that no dispatcher decided on in time to the arbiter; returns how many."""
    return _each(disputes.undecided(), returns.put_before_arbiter)


def _each(case_ids: list[int], verb: Callable[[int], object]) -> int:
    done = 0
    for case_id in case_ids:
        # Somebody may have acted in between: then there is nothing to do any more.
        with contextlib.suppress(Refusal):
            verb(case_id)
            done += 1
    return done


def remove_old_drafts() -> int:
    """Remove what people began and did not send within a day."""
    return drafts.remove_older_than(dt.timedelta(days=1))


def remove_old_counts() -> int:
    """Remove counters of past hours and days."""
    return limits.forget_older_than(dt.timedelta(days=2))


def forget_given_answers() -> int:
    """Forget after a day what programs were told; until then a request that they repeat happens once."""
    return repeats.forget_older_than(dt.timedelta(days=1))


def forget_old_codes() -> int:
    """Remove codes that were sent to contacts a day ago; they held for a quarter of an hour."""
    return proving.forget_older_than(dt.timedelta(days=1))


def forget_old_deliveries() -> int:
    """Remove messages that other systems took a month ago."""
    return telling.forget_older_than(dt.timedelta(days=30))


def forget_absences() -> int:
    """Forget a year later who was away and who stood in."""
    return absences.forget_older_than(dt.timedelta(days=365))
