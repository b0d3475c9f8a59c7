"""Defaults of the settings."""

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

