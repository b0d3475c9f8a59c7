"""Reads about units, calendars and settings."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache import caches
from django.db.models import Count, Q, QuerySet

from huiyin.engines import worktime
from huiyin.kernel import clock, languages
from huiyin.organisations import logic
from huiyin.organisations.enums import SettingKey
from huiyin.organisations.models import Calendar, CalendarDay, Jurisdiction, Setting, Team, Unit

if TYPE_CHECKING:
    from huiyin.places.models import Area

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
        row = (
            Calendar.objects.filter(pk=own).first()
            if own
            else Calendar.objects.filter(is_default=True).first()
        )
        found = engine_calendar(row) if row else worktime.china_calendar()
        cache.set(name, found, SECONDS_REMEMBERED)
    return found


def working_calendars() -> "Calendars":
    """The calendars of all units at once, for whoever counts for thousands of cases."""
    return Calendars()


class Calendars(dict[int | None, worktime.Calendar]):
    """Working calendars by the id of the unit; units of one calendar share it."""

    def __init__(self) -> None:
        super().__init__()
        self._units = Unit.objects.in_bulk()

    def __missing__(self, unit_id: int | None) -> worktime.Calendar:
        self[unit_id] = found = working_calendar(self._units.get(unit_id) if unit_id is not None else None)
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


def receiving_names() -> dict[int, dict[str, str]]:
    """Names by language of the units that cases can be sent to; remembered for some seconds."""
    cache = caches["local"]
    found: dict[int, dict[str, str]] | None = cache.get("receiving-names")
    if found is None:
        found = dict(Unit.objects.filter(is_active=True).values_list("pk", "names"))
        cache.set("receiving-names", found, SECONDS_REMEMBERED)
    return found


@dataclass(frozen=True)
class Fallbacks:
    """The units that take what nobody fits, read once for a whole list."""

    by_code: dict[str, Unit]

    def for_area(self, area: "Area | None") -> Unit | None:
        """The unit of this area, else of the nearest area around it: a division's code begins with theirs."""
        code = area.code if area is not None else ""
        return next(
            (self.by_code[code[:n]] for n in range(len(code), 0, -1) if code[:n] in self.by_code), None
        )


def fallback_units() -> Fallbacks:
    """Every unit that takes what nobody fits in its area."""
    rows = Unit.objects.filter(is_fallback=True, is_active=True).select_related("area")
    return Fallbacks({row.area.code: row for row in rows if row.area is not None})


def unit_names() -> dict[int, tuple[str, dict[str, str]]]:
    """(code, names) of all units, by id."""
    return {pk: (code, names) for pk, code, names in Unit.objects.values_list("pk", "code", "names")}


def unit_names_remembered() -> dict[int, tuple[str, dict[str, str]]]:
    """The same, remembered for some seconds: a unit made in between is missing."""
    cache = caches["local"]
    found: dict[int, tuple[str, dict[str, str]]] | None = cache.get("unit-names")
    if found is None:
        found = unit_names()
        cache.set("unit-names", found, SECONDS_REMEMBERED)
    return found


def unit(pk: int | None) -> Unit | None:
    """One unit, or None."""
    return Unit.objects.filter(pk=pk).first() if pk else None


def is_working_now(unit_row: Unit | None) -> bool:
    """Whether the unit works at this moment."""
    return worktime.is_working_time(working_calendar(unit_row), clock.now())


def changed_settings() -> dict[SettingKey, Any]:
    """The settings that differ from their defaults, as stored."""
    known = {key.value: key for key in SettingKey}
    rows = Setting.objects.values_list("key", "value")
    return {known[key]: value for key, value in rows if key in known}


def default_setting(key: SettingKey) -> Any:
    """The default of a setting."""
    return logic.DEFAULTS[key]


def setting_bounds(key: SettingKey) -> logic.Bounds | None:
    """The whole numbers that a setting admits; None for a limit of time."""
    return logic.BOUNDS.get(key)


def find_units(words: str = "") -> QuerySet[Unit]:
    """Units whose code or name (in any language) holds `words`."""
    rows = units().select_related("parent", "calendar")
    return rows.filter(Q(code__icontains=words) | languages.contain("names", words)) if words else rows


def unit_page(pk: int) -> Unit | None:
    """One unit with what its page shows."""
    rows = Unit.objects.select_related("parent", "calendar", "area")
    return rows.prefetch_related("teams__members").filter(pk=pk).first()


def team(pk: int) -> Team | None:
    """One team with its unit and members, or None."""
    return Team.objects.select_related("unit").prefetch_related("members").filter(pk=pk).first()


def calendars() -> QuerySet[Calendar]:
    """All calendars, the default one first."""
    return Calendar.objects.order_by("-is_default", "name")


def calendar_uses() -> dict[int, int]:
    """How many units name each calendar, by its id."""
    rows = Unit.objects.filter(calendar__isnull=False).values_list("calendar_id").annotate(count=Count("pk"))
    return {pk: count for pk, count in rows if pk is not None}


def calendar(pk: int) -> Calendar | None:
    """One calendar, or None."""
    return Calendar.objects.filter(pk=pk).first()


def days(calendar_row: Calendar, *, year: int) -> list[CalendarDay]:
    """Holidays and make-up days of a year, by date."""
    return list(calendar_row.days.filter(date__year=year))


def day(calendar_row: Calendar, date: dt.date) -> CalendarDay | None:
    """What was set for a date, or None."""
    return calendar_row.days.select_related("calendar").filter(date=date).first()


def days_on(calendar_row: Calendar, dates: Iterable[dt.date]) -> dict[dt.date, CalendarDay]:
    """What was set for these dates, by date."""
    return {row.date: row for row in calendar_row.days.filter(date__in=list(dates))}


def years_with_days(calendar_row: Calendar) -> set[int]:
    """Years for which at least one holiday or make-up day is set."""
    return {date.year for date in calendar_row.days.dates("date", "year")}


def official_years() -> list[int]:
    """Years whose official days in China are known, newest first."""
    return sorted({row.day.year for row in worktime.official_days()}, reverse=True)


def default_calendar() -> Calendar | None:
    """The calendar used where a unit names none, or None before there is one."""
    return Calendar.objects.filter(is_default=True).first()


def jurisdictions() -> QuerySet[Jurisdiction]:
    """The parts of the city that programs can ask for, by name."""
    return Jurisdiction.objects.select_related("unit").order_by("code")


def jurisdiction(pk: int) -> Jurisdiction | None:
    """One of them, or None."""
    return jurisdictions().filter(pk=pk).first()


def with_all_above(units: frozenset[int]) -> frozenset[int]:
    """These units and everything that they are a part of; the tree is remembered for some seconds."""
    if not units:
        return units
    cache = caches["local"]
    parents: dict[int, int | None] | None = cache.get("unit-parents")
    if parents is None:
        parents = dict(Unit.objects.filter(parent__isnull=False).values_list("pk", "parent_id"))
        cache.set("unit-parents", parents, SECONDS_REMEMBERED)
    return logic.above(parents, units)


def units_by_jurisdiction() -> dict[str, frozenset[int]]:
    """The units of each jurisdiction: the one it names and all below it. Remembered for some seconds."""
    cache = caches["local"]
    found: dict[str, frozenset[int]] | None = cache.get("jurisdictions")
    if found is None:
        parents = dict(Unit.objects.values_list("pk", "parent_id"))
        rows = Jurisdiction.objects.values_list("code", "unit_id")
        found = {code: logic.below(parents, top) for code, top in rows}
        cache.set("jurisdictions", found, SECONDS_REMEMBERED)
    return found
