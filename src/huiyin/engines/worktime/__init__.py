"""Working time for deadlines: calendars, working hours and days, limits, pauses, warnings.

Arguments may be positional, in the order of the sentence "in this calendar, from this moment, so much".
"""

from huiyin.engines.worktime.arithmetic import (
    add_working,
    add_working_days,
    is_working_day,
    is_working_time,
    next_working_moment,
    working_between,
)
from huiyin.engines.worktime.calendar import Calendar
from huiyin.engines.worktime.china import (
    DayKind,
    OfficialDay,
    china_calendar,
    exceptions_from_rows,
    last_year,
    official_days,
)
from huiyin.engines.worktime.errors import (
    CalendarError,
    LimitError,
    NaiveTimeError,
    NegativeDurationError,
    NoWorkingTime,
    OutOfRangeError,
    WorktimeError,
)
from huiyin.engines.worktime.hours import MIDNIGHT, Hours, Interval, format_hours, parse_hours
from huiyin.engines.worktime.ical import MOST_DAYS, Reading, read_days
from huiyin.engines.worktime.limits import Kind, Limit, Unit, deadline, moment_used, shift_for_pause

__all__ = [
    "MIDNIGHT",
    "MOST_DAYS",
    "Calendar",
    "CalendarError",
    "DayKind",
    "Hours",
    "Interval",
    "Kind",
    "Limit",
    "LimitError",
    "NaiveTimeError",
    "NegativeDurationError",
    "NoWorkingTime",
    "OfficialDay",
    "OutOfRangeError",
    "Reading",
    "Unit",
    "WorktimeError",
    "add_working",
    "add_working_days",
    "china_calendar",
    "deadline",
    "exceptions_from_rows",
    "format_hours",
    "is_working_day",
    "is_working_time",
    "last_year",
    "moment_used",
    "next_working_moment",
    "official_days",
    "parse_hours",
    "read_days",
    "shift_for_pause",
    "working_between",
]
