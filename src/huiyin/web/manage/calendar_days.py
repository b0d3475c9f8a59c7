"""Days that differ: set one, remove one, take over the official ones; and which calendar is the default."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin.accounts.enums import Permission
from huiyin.organisations import operations, queries
from huiyin.web.components import access
from huiyin.web.components.dates import day_words
from huiyin.web.manage import calendars, pages


@access.requires(Permission.MANAGE_ORGANISATION)
def set_day(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a date a holiday or a make-up day; `?date=` fills it in."""
    row = pages.found(queries.calendar(pk))
    date = _date(request.GET.get("date", ""))
    old = queries.day(row, date) if date else None
    initial = {"date": date, "name": old.name if old else "", "hours": old.hours if old else ""}
    ask = pages.Asking(
        title=_("A holiday or a make-up day"),
        intro=_("Without hours it is a holiday; with hours it is worked, even on a Saturday or Sunday."),
        button=_("Save"),
        back=reverse("manage:calendar", args=[pk]),
        said=_("The day was saved."),
        crumbs=calendars.own_crumbs(row),
    )
    return pages.form(
        request,
        calendars.DayForm(pages.posted(request), initial=initial),
        ask,
        lambda values: operations.set_day(row, actor=pages.actor(request), **values),
    )


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@access.requires(Permission.MANAGE_ORGANISATION)
def remove_day(request: HttpRequest, pk: int, date: str) -> HttpResponse:
    """Make a date an ordinary one again."""
    row = pages.found(queries.calendar(pk))
    wanted = pages.found(_date(date))
    day = pages.found(queries.day(row, wanted))
    ask = pages.Asking(
        title=_("Make %(day)s an ordinary day again?") % {"day": day_words(wanted, this_year=0)},
        intro=day.name,
        button=_("Make it ordinary"),
        back=reverse("manage:calendar", args=[pk]),
        said=_("The day is an ordinary one again."),
        crumbs=calendars.own_crumbs(row),
        is_serious=True,
    )
    return pages.confirm(request, ask, lambda: operations.remove_day(day, actor=pages.actor(request)))


@access.requires(Permission.MANAGE_ORGANISATION)
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over China's official holidays and make-up days of the chosen years."""
    row = pages.found(queries.calendar(pk))
    missing = sorted(set(queries.official_years()) - queries.years_with_days(row), reverse=True)
    ask = pages.Asking(
        title=_("Take over China's official days"),
        intro=_(
            "Holidays and make-up days as the State Council announced them. Days that you set yourself stay."
        ),
        button=_("Take over"),
        back=reverse("manage:calendar", args=[pk]),
        crumbs=calendars.own_crumbs(row),
    )

    def act(values: dict[str, list[int]]) -> None:
        added = operations.import_official_days(row, years=values["years"], actor=pages.actor(request))
        said = ngettext("%(count)d day was added.", "%(count)d days were added.", added)
        messages.success(request, said % {"count": added})

    return pages.form(
        request, calendars.YearsForm(pages.posted(request), initial={"years": missing[:2]}), ask, act
    )


@access.requires(Permission.MANAGE_ORGANISATION)
def make_default(request: HttpRequest, pk: int) -> HttpResponse:
    """Count by this calendar wherever a unit names none."""
    row = pages.found(queries.calendar(pk))
    ask = pages.Asking(
        title=_("Make %(calendar)s the default?") % {"calendar": row.name},
        intro=_(
            "Units without a calendar of their own are counted by it from now on. Deadlines already promised stay."
        ),
        button=_("Make it the default"),
        back=reverse("manage:calendar", args=[pk]),
        said=_("This is the default calendar now."),
        crumbs=calendars.own_crumbs(row),
    )
    return pages.confirm(request, ask, lambda: operations.make_default(row, actor=pages.actor(request)))
