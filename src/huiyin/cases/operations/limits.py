"""Limits per address and per case. Counted in the database, so that they hold over all processes and machines."""

import datetime as dt
import threading

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from huiyin.cases.models import Attempt
from huiyin.kernel import clock, public_ids
from huiyin.kernel.errors import TooMany
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
WRONG_SECRETS_PER_CASE = 20
WRONG_SECRETS_PER_ADDRESS = 50
SUPPORTS_PER_ADDRESS = 100
BEGUN_PER_CASE = 10


def count(purpose: str, key: str, *, most: int, window: dt.timedelta) -> None:
    """Count one try for `key` (kept as a keyed hash); refuse (TooMany) beyond `most` in the current window.

    The count stands even if the caller's transaction is rolled back only when called outside of one; call it first.
    """
    if tries(purpose, key, window=window) > most:
        raise TooMany(_("That was tried too often. Wait a while, then try again."))


def count_roughly(purpose: str, key: str, *, most: int, window: dt.timedelta) -> None:
    """As `count`, for what happens many times a second: each process counts a thousandth of `most` at once.

    The first try of such a step counts the whole step, so that a limit can be reached a little early and never late;
    limits under two thousand are counted exactly.
    """
    step = max(1, most // 1_000)
    begin, name = _begin(window), public_ids.keyed_hash(f"limit-{purpose}", key)
    with _LOCK:
        known, left = _steps.get(name, (begin, 0))
        if known == begin and left > 0:
            _steps[name] = (begin, left - 1)
            return
    if _counted(name, begin, step) > most + step - 1:
        raise TooMany(_("That was tried too often. Wait a while, then try again."))
    with _LOCK:
        if len(_steps) >= _MOST_STEPS:
            _steps.clear()
        _steps[name] = (begin, step - 1)


# What of the last step is left, by key, with its window.
_steps: dict[str, tuple[dt.datetime, int]] = {}
_LOCK = threading.Lock()
_MOST_STEPS = 10_000


def tries(purpose: str, key: str, *, window: dt.timedelta, more: int = 1) -> int:
    """Count one try (or `more`) and return how many there were in the current window, these included."""
    return _counted(public_ids.keyed_hash(f"limit-{purpose}", key), _begin(window), more)


def _begin(window: dt.timedelta) -> dt.datetime:
    now = clock.now()
    return (now - dt.timedelta(seconds=now.timestamp() % window.total_seconds())).replace(microsecond=0)


def _counted(name: str, begin: dt.datetime, by: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO cases_attempt AS a (created_at, key, "window", count) VALUES (%s, %s, %s, %s)
               ON CONFLICT (key, "window") DO UPDATE SET count = a.count + excluded.count RETURNING count""",
            [clock.now(), name, begin, by],
        )
        return int(cursor.fetchone()[0])


def count_case(address: str) -> None:
    """One more case from this internet address."""
    count("case", address, most=int(organisations.setting(SettingKey.CASES_PER_ADDRESS_HOUR)), window=HOUR)


def count_draft(address: str) -> None:
    """One more form begun from this internet address; far more of them than cases, because many are given up."""
    most = BEGUN_PER_CASE * int(organisations.setting(SettingKey.CASES_PER_ADDRESS_HOUR))
    count("draft", address, most=most, window=HOUR)


def count_upload(address: str) -> None:
    """One more file from this internet address, sent with a case or not: nobody fills the disk with drafts."""
    most = settings.HUIYIN_FILES_PER_CASE * int(organisations.setting(SettingKey.CASES_PER_ADDRESS_HOUR))
    count("upload", address, most=most, window=HOUR)


def count_support(address: str) -> None:
    """One more "this concerns me too" from this internet address: a new browser mark is made in no time."""
    count("support", address, most=SUPPORTS_PER_ADDRESS, window=HOUR)


def count_message(case_id: int) -> None:
    """One more message of the person in this case."""
    count(
        "message", str(case_id), most=int(organisations.setting(SettingKey.MESSAGES_PER_CASE_DAY)), window=DAY
    )


def count_wrong_secret(number: str, address: str) -> None:
    """One more wrong secret for this case number and from this address."""
    count("secret-case", number, most=WRONG_SECRETS_PER_CASE, window=HOUR)
    count("secret-address", address, most=WRONG_SECRETS_PER_ADDRESS, window=HOUR)


def forget_older_than(age: dt.timedelta) -> int:
    """Remove counters of windows that began before `age` ago; returns how many."""
    gone, _rows = Attempt.objects.filter(window__lt=clock.now() - age).delete()
    return gone
