"""Reads about units, calendars and settings."""

from typing import Any

from django.core.cache import caches
from django.db.models import QuerySet

from huiyin.engines import worktime
from huiyin.kernel import clock
from huiyin.organisations import logic
from huiyin.organisations.enums import SettingKey
from huiyin.organisations.models import Calendar, Setting, Unit

# A change reaches every process within this time.
SECONDS_REMEMBERED = 10


def setting(key: SettingKey) -> Any:
    """The value in force: what an administrator set, else the default."""
    return settings()[key]


def settings() -> dict[SettingKey, Any]:
    """All settings in force."""
    cache = caches["local"]
    found: dict[SettingKey, Any] | None = cache.get("settings")
    if found is None:
        found = dict(logic.DEFAULTS)
        known = {key.value: key for key in SettingKey}
        for key, value in Setting.objects.values_list("key", "value"):
            if key in known:
                found[known[key]] = value
        cache.set("settings", found, SECONDS_REMEMBERED)
    return found


def working_calendar(unit: Unit | None) -> worktime.Calendar:
    """The calendar that a unit's deadlines are counted by: its own, else the default one, else eight hours in China."""
    own = unit.calendar_id if unit is not None else None
    cache = caches["local"]
    name = f"calendar:{own or 'default'}"
    found: worktime.Calendar | None = cache.get(name)
    if found is None:
        row = Calendar.objects.filter(pk=own).first() if own else Calendar.objects.filter(is_default=True).first()
        found = engine_calendar(row) if row else worktime.china_calendar()
        cache.set(name, found, SECONDS_REMEMBERED)
    return found


def engine_calendar(calendar: Calendar) -> worktime.Calendar:
    """The stored calendar as the engine reads it. Raises worktime.CalendarError if it makes no sense."""
    days = list(calendar.days.all())
    return worktime.Calendar(
        zone=calendar.time_zone,
        weekly=tuple(worktime.parse_hours(text) for text in calendar.weekly),
        exceptions={day.date: worktime.parse_hours(day.hours) for day in days},
        names={day.date: day.name for day in days},
    )


def units() -> QuerySet[Unit]:
    """All units, by code."""
    return Unit.objects.select_related("parent").order_by("code")


def receiving_units() -> QuerySet[Unit]:
    """Units that cases can be sent to."""
    return units().filter(is_active=True)


def unit(pk: int | None) -> Unit | None:
    """One unit, or None."""
    return Unit.objects.filter(pk=pk).first() if pk else None


def is_working_now(unit_row: Unit | None) -> bool:
    """Whether the unit works at this moment."""
    return worktime.is_working_time(working_calendar(unit_row), clock.now())
