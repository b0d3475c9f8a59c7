"""What working time refuses. All are ValueErrors, so a form can show them as a fault of the input."""


class WorktimeError(ValueError):
    """Base of every refusal in this package."""


class CalendarError(WorktimeError):
    """The calendar is malformed: unknown zone, hours out of order or overlapping, not seven weekdays."""


class NoWorkingTime(WorktimeError):  # noqa: N818 - the name says what is wrong with the calendar
    """The calendar never works, or its last working day has passed."""


class LimitError(WorktimeError):
    """The limit is not a positive whole number of minutes, hours or days."""


class NaiveTimeError(WorktimeError):
    """A date-time without a time zone: it names no moment."""


class NegativeDurationError(WorktimeError):
    """A negative duration, a count of days below zero, or a period that ends before it starts."""


class OutOfRangeError(WorktimeError):
    """The calculation leaves the years for which calendars are worked out."""
