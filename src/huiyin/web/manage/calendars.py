"""Working calendars: weekly hours, holidays and make-up days, and a month as it will be counted."""

import calendar as months
import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts.enums import Permission
from huiyin.engines import worktime
from huiyin.kernel import clock
from huiyin.organisations import operations, queries
from huiyin.web.components import access
from huiyin.web.components.forms import DateParts
from huiyin.web.manage import pages

WEEKDAYS = (
    gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"), gettext_lazy("Thursday"),
    gettext_lazy("Friday"), gettext_lazy("Saturday"), gettext_lazy("Sunday"),
)  # fmt: skip
HOURS_HINT = gettext_lazy("Such as 09:00-12:00, 14:00-18:00. Empty: no work.")


class CalendarForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        max_length=50,
        initial="Asia/Shanghai",
        help_text=gettext_lazy("Its name in the time zone database, such as Asia/Shanghai or Europe/Berlin."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for index, label in enumerate(WEEKDAYS):
            self.fields[f"weekly_{index}"] = forms.CharField(
                label=label,
                required=False,
                max_length=200,
                help_text="" if index else HOURS_HINT,
                initial="09:00-12:00, 14:00-18:00" if index < 5 else "",
            )

    def clean(self) -> dict[str, Any]:
        """The seven days as one list."""
        values = super().clean() or self.cleaned_data
        values["weekly"] = [values.pop(f"weekly_{index}", "") for index in range(7)]
        return values


class DayForm(forms.Form):
    date = forms.DateField(label=gettext_lazy("Date"), widget=DateParts)
    name = forms.CharField(label=gettext_lazy("Name of the day"), max_length=100, required=False)
    hours = forms.CharField(label=gettext_lazy("Hours"), help_text=HOURS_HINT, max_length=200, required=False)


class YearsForm(forms.Form):
    years = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Years"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = clock.today().year
        self.fields["years"].choices = [  # type: ignore[attr-defined]
            (year, str(year)) for year in queries.official_years() if year >= this - 2
        ]


def crumb() -> pages.Crumb:
    """The list of calendars."""
    return pages.Crumb(_("Working calendars"), reverse("manage:calendars"))


def own_crumbs(row: Any) -> list[pages.Crumb]:
    """The list and the calendar."""
    return [crumb(), pages.Crumb(row.name, reverse("manage:calendar", args=[row.pk]))]


@access.requires(Permission.MANAGE_ORGANISATION)
def calendars(request: HttpRequest) -> HttpResponse:
    """All calendars."""
    counts = queries.calendar_uses()
    rows = [
        [
            pages.Cell(row.name, reverse("manage:calendar", args=[row.pk]), note=row.time_zone),
            pages.Cell(_("default"), tag="brand") if row.is_default else pages.Cell(""),
            pages.Cell(counts.get(row.pk, 0)),
        ]
        for row in queries.calendars()
    ]
    what = pages.Listing(
        title=_("Working calendars"),
        intro=_(
            "Deadlines in working time are counted by these. A change never moves a deadline already promised."
        ),
        headers=[_("Calendar"), _("Used"), _("Units with it")],
        rows=rows,
        empty=_("There is no calendar yet: eight hours on China's official working days are counted."),
        new=pages.Crumb(_("Add a calendar"), reverse("manage:calendar_new")),
    )
    return pages.listing(request, what)


@access.requires(Permission.MANAGE_ORGANISATION)
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """One calendar: weekly hours, the days that differ, one month."""
    row = pages.found(queries.calendar(pk))
    first = _month(request.GET.get("month", ""))
    context = {
        "calendar": row,
        "facts": [
            {"key": label, "value": text or _("no work")}
            for label, text in zip(WEEKDAYS, row.weekly, strict=False)
        ],
        "first": first,
        "before": (first - dt.timedelta(days=1)).strftime("%Y-%m"),
        "after": (first + dt.timedelta(days=31)).strftime("%Y-%m"),
        "weekdays": WEEKDAYS,
        "weeks": _weeks(queries.engine_calendar(row), first),
        "days": queries.days(row, year=first.year),
        "years": sorted(queries.years_with_days(row)),
        "crumbs": [pages.home(), crumb()],
    }
    return render(request, "manage/calendar.html", context)


def _month(text: str) -> dt.date:
    try:
        found = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return clock.today().replace(day=1)
    return found if 1971 <= found.year <= 2199 else clock.today().replace(day=1)


def _weeks(engine: worktime.Calendar, first: dt.date) -> list[list[dict[str, Any]]]:
    """The weeks of a month, Monday first; days of the months beside it are empty."""
    return [
        [_cell(engine, day) if day.month == first.month else {} for day in week]
        for week in months.Calendar().monthdatescalendar(first.year, first.month)
    ]


def _cell(engine: worktime.Calendar, day: dt.date) -> dict[str, Any]:
    hours = worktime.format_hours(engine.hours_on(day))
    special = day in engine.exceptions
    kind = ("makeup" if hours else "holiday") if special else ("work" if hours else "free")
    return {"day": day, "hours": hours, "kind": kind, "name": engine.names.get(day, "")}


@access.requires(Permission.MANAGE_ORGANISATION)
def new(request: HttpRequest) -> HttpResponse:
    """Add a calendar."""
    ask = pages.Asking(
        title=_("Add a calendar"),
        button=_("Add calendar"),
        back=reverse("manage:calendars"),
        crumbs=[crumb()],
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        row = operations.create_calendar(values.pop("name"), actor=pages.actor(request), **values)
        return HttpResponseRedirect(reverse("manage:calendar", args=[row.pk]))

    return pages.form(request, CalendarForm(pages.posted(request)), ask, act)


@access.requires(Permission.MANAGE_ORGANISATION)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change name, zone and weekly hours."""
    row = pages.found(queries.calendar(pk))
    weekly = {f"weekly_{index}": text for index, text in enumerate(row.weekly)}
    given = CalendarForm(
        pages.posted(request), initial={"name": row.name, "time_zone": row.time_zone, **weekly}
    )
    ask = pages.Asking(
        title=_("Change %(calendar)s") % {"calendar": row.name},
        intro=_("Deadlines already promised stay as they are."),
        button=_("Save"),
        back=reverse("manage:calendar", args=[pk]),
        said=_("The calendar was changed."),
        crumbs=own_crumbs(row),
    )
    return pages.form(
        request,
        given,
        ask,
        lambda values: operations.change_calendar(row, actor=pages.actor(request), **values),
    )
