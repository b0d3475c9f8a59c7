"""Defaults of the settings, and how stored values become what the engines understand."""

import datetime as dt
from typing import Any

from huiyin.organisations.enums import SettingKey as K

# Limits are written as the engine reads them: amount, unit, clock or working time.
DEFAULTS: dict[K, Any] = {
    K.SIGN_FOR_LIMIT: "1d working",
    K.FIRST_CONTACT_LIMIT: "2d working",
    K.EMERGENCY_LIMIT: "2h clock",
    K.UTILITIES_LIMIT: "24h clock",
    K.ORDINARY_LIMIT: "7d working",
    K.COMPLEX_LIMIT: "15d working",
    K.CLOSE_AFTER_SILENCE_DAYS: 14,
    K.REOPEN_DAYS: 90,
    K.PAUSE_WORKING_DAYS: 5,
    K.WARNING_PERCENT: 75,
    K.ANONYMISE_AFTER_DAYS: 365,
    K.DELETE_WITHDRAWN_AFTER_DAYS: 365,
    K.DELETE_AFTER_DAYS: 5 * 365,
    K.CASES_PER_ADDRESS_HOUR: 30,
    K.MESSAGES_PER_CASE_DAY: 30,
    K.TEXT_MAX_CHARACTERS: 10_000,
    K.MIN_COUNT_SHOWN: 5,
}


def hours(pairs: list[Any]) -> tuple[tuple[dt.time, dt.time], ...]:
    """`[["09:00", "12:00"]]` as times; 24:00 is written as 00:00 of the end."""
    return tuple((_time(start), _time(end)) for start, end in pairs)


def _time(text: str) -> dt.time:
    return dt.time(0) if text == "24:00" else dt.time.fromisoformat(text)
