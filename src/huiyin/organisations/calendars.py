"""Writes about working calendars; other packages call them through `operations`. No deadline already promised moves."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.cache import caches
from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.audit import operations as audit
from huiyin.engines import worktime
from huiyin.kernel import checks
from huiyin.kernel.errors import Invalid
from huiyin.organisations import logic, permissions
from huiyin.organisations.models import Calendar, CalendarDay


@transaction.atomic
def create_calendar(name: str, *, time_zone: str, weekly: Sequence[str], actor: accounts.Actor) -> Calendar:
    """Create a calendar; the first one becomes the default.

    Refuses a taken name (Conflict) and wrong hours (Invalid).
    """
    permissions.check_manage(actor)
    first = not Calendar.objects.filter(is_default=True).exists()
    calendar = Calendar(name=name, time_zone=time_zone, is_default=first)
    _save(calendar, time_zone, weekly)
    _record("calendar.created", calendar, actor, weekly=calendar.weekly)
    return calendar


@transaction.atomic
def change_calendar(
    calendar: Calendar, *, name: str, time_zone: str, weekly: Sequence[str], actor: accounts.Actor
) -> None:
    """Change name, zone and weekly hours; refusals as for creating.

    Only deadlines promised from now on are counted by it.
    """
    permissions.check_manage(actor)
    before = {"time_zone": calendar.time_zone, "weekly": calendar.weekly}
    calendar.name, calendar.time_zone = name, time_zone
    _save(calendar, time_zone, weekly)
    after = {"time_zone": calendar.time_zone, "weekly": calendar.weekly}
    _record("calendar.changed", calendar, actor, before=before, after=after)


@transaction.atomic
def make_default(calendar: Calendar, *, actor: accounts.Actor) -> None:
    """Count by this calendar wherever a unit names none of its own."""
    permissions.check_manage(actor)
    Calendar.objects.filter(is_default=True).exclude(pk=calendar.pk).update(is_default=False)
    Calendar.objects.filter(pk=calendar.pk).update(is_default=True)
    _record("calendar.made_default", calendar, actor)


@transaction.atomic
def set_day(
    calendar: Calendar, *, date: dt.date, name: str, hours: str, actor: accounts.Actor
) -> CalendarDay:
    """Make a date a holiday (no hours) or a make-up day (hours); a day set before is replaced. Refuses wrong hours."""
    permissions.check_manage(actor)
    try:
        written = worktime.format_hours(worktime.parse_hours(hours))
    except worktime.WorktimeError as error:
        raise Invalid(_hours_text(), fields={"hours": _hours_text()}) from error
    day, _created = CalendarDay.objects.update_or_create(
        calendar=calendar, date=date, defaults={"name": name, "hours": written}
    )
    _record("calendar.day_set", calendar, actor, date=date.isoformat(), hours=written)
    return day


@transaction.atomic
def remove_day(day: CalendarDay, *, actor: accounts.Actor) -> None:
    """Make a date an ordinary one again."""
    permissions.check_manage(actor)
    _record("calendar.day_removed", day.calendar, actor, date=day.date.isoformat(), hours=day.hours)
    day.delete()


@transaction.atomic
def import_official_days(calendar: Calendar, *, years: Sequence[int], actor: accounts.Actor) -> int:
    """Add China's official holidays and make-up days of `years`; days set by hand stay. Returns how many were added.

    Refuses (Invalid) years that are not known and a calendar without hours for the make-up days.
    """
    permissions.check_manage(actor)
    known = {day.day.year for day in worktime.official_days()}
    hours = logic.makeup_hours(calendar.weekly)
    if not years or not set(years) <= known:
        text = _("The official days of these years are not known yet.")
        raise Invalid(text, fields={"years": text})
    if not hours:
        raise Invalid(_("Give the calendar weekly hours first: make-up days need hours."))
    added = _add(calendar, [day for day in worktime.official_days() if day.day.year in years], hours)
    _record("calendar.official_days_imported", calendar, actor, years=sorted(years), added=added)
    return added


@transaction.atomic
def import_days(calendar: Calendar, *, days: Sequence[worktime.OfficialDay], actor: accounts.Actor) -> int:
    """Add days that somebody looked through, from a file; days set before stay. Returns how many were added.

    Make-up days get the hours of an ordinary day. Refuses (Invalid) no days, make-up days in a calendar without weekly
    hours, and days after which nobody would work for more than two months: no deadline could be counted.
    """
    permissions.check_manage(actor)
    # Two people who add days at once would each see a calendar that still works.
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    hours = logic.makeup_hours(calendar.weekly)
    if not days:
        raise Invalid(_("Choose at least one day."))
    if not hours:
        raise Invalid(_("Give the calendar weekly hours first: make-up days need hours."))
    added = _add(calendar, days, hours)
    rest = logic.too_long_a_rest(calendar.weekly, dict(calendar.days.values_list("date", "hours")))
    if rest is not None:
        names = {"begin": rest[0].isoformat(), "end": rest[1].isoformat()}
        raise Invalid(
            _(
                "From %(begin)s to %(end)s nobody would work, so no deadline could be counted. Leave some days out."
            )
            % names
        )
    _record("calendar.days_imported", calendar, actor, added=added)
    return added


def _add(calendar: Calendar, days: Sequence[worktime.OfficialDay], hours: str) -> int:
    """Store the days that are not set yet; returns how many."""
    rows = [
        CalendarDay(
            calendar=calendar,
            date=day.day,
            name=day.name,
            hours=hours if day.kind is worktime.DayKind.MAKEUP else "",
        )
        for day in days
    ]
    before = calendar.days.count()
    CalendarDay.objects.bulk_create(rows, ignore_conflicts=True)
    return calendar.days.count() - before


def _save(calendar: Calendar, time_zone: str, weekly: Sequence[str]) -> None:
    try:
        calendar.weekly = logic.check_calendar(time_zone, weekly)
    except worktime.NoWorkingTime as error:
        text = _("Give at least one day hours; a calendar without work has no deadlines.")
        raise Invalid(text, fields={"weekly": text}) from error
    except worktime.WorktimeError as error:
        raise Invalid(_hours_text(), fields={"weekly": _hours_text()}) from error
    checks.save_once(calendar, _("Another calendar has this name."), field="name")


def _hours_text() -> str:
    return _("Write hours such as 09:00-12:00, 14:00-18:00; nothing for a day without work.")


def _record(action: str, calendar: Calendar, actor: accounts.Actor, **data: Any) -> None:
    transaction.on_commit(caches["local"].clear)
    audit.record(action, actor=accounts.actor_name(actor), subject=f"calendar:{calendar.pk}", data=data)
