"""Holidays and make-up days from an iCalendar file: send it, look through what was found, take it over."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from huiyin.accounts.enums import Permission
from huiyin.engines import worktime
from huiyin.kernel import clock
from huiyin.kernel.errors import Invalid
from huiyin.organisations import operations, queries
from huiyin.web.components import access
from huiyin.web.manage import calendars, pages

YEARS_BACK, YEARS_AHEAD = 2, 5
LEAVE_OUT = ""
KINDS = (
    (worktime.DayKind.HOLIDAY.value, gettext_lazy("holiday")),
    (worktime.DayKind.MAKEUP.value, gettext_lazy("worked")),
    (LEAVE_OUT, gettext_lazy("leave out")),
)


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("iCalendar file"),
        help_text=gettext_lazy(
            "A file ending in .ics, of at most a megabyte. Entries of whole days are read."
        ),
    )

    def clean_file(self) -> worktime.Reading:
        """What the file holds for the years around this one."""
        year, sent = clock.today().year, self.cleaned_data["file"]
        since, until = dt.date(year - YEARS_BACK, 1, 1), dt.date(year + YEARS_AHEAD, 12, 31)
        try:
            # One byte more than is allowed shows that it is too large, without reading all of it.
            found = worktime.read_days(sent.read(1_000_001), since=since, until=until)
        except worktime.CalendarError as error:
            raise forms.ValidationError(
                _("This is no iCalendar file, or it has more than %(most)s days. Choose another one.")
                % {"most": worktime.MOST_DAYS}
            ) from error
        if not found.days:
            raise forms.ValidationError(
                _("No entry of a whole day between %(since)s and %(until)s was found.")
                % {"since": since.year, "until": until.year}
            )
        return found


@access.requires(Permission.MANAGE_ORGANISATION)
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a file; what it holds is shown and nothing is kept yet."""
    row = pages.found(queries.calendar(pk))
    ask = pages.Asking(
        title=_("Days from an iCalendar file"),
        intro=_("You see every day before anything is kept. Days that you set yourself stay."),
        button=_("Look through it"),
        back=reverse("manage:calendar", args=[pk]),
        crumbs=calendars.own_crumbs(row),
    )
    given = FileForm(pages.posted(request), request.FILES or None)
    return pages.form(request, given, ask, lambda values: _preview(request, row, values["file"]))


@require_POST
@access.requires(Permission.MANAGE_ORGANISATION)
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the days as they were chosen."""
    row = pages.found(queries.calendar(pk))
    days = chosen(request.POST)
    try:
        kept = [day for day, kind in days if kind]
        added = operations.import_days(
            row, days=[day._replace(kind=kind) for day, kind in days if kind], actor=pages.actor(request)
        )
    except Invalid as refused:
        reading = worktime.Reading([day for day, _kind in days])
        return _preview(request, row, reading, error=str(refused.message), status=refused.status)
    said = ngettext("%(count)d day was added.", "%(count)d days were added.", added)
    messages.success(request, said % {"count": added})
    month = f"?month={min(day.day for day in kept):%Y-%m}"
    return HttpResponseRedirect(reverse("manage:calendar", args=[pk]) + month)


def chosen(data: QueryDict) -> list[tuple[worktime.OfficialDay, worktime.DayKind | None]]:
    """The days of the sent preview with what was chosen for each; what makes no sense is left away."""
    found = []
    for field in sorted(name for name in data if name.startswith("kind_")):
        text = field.removeprefix("kind_")
        try:
            day = dt.date.fromisoformat(text)
            kind = worktime.DayKind(str(data[field])) if data[field] else None
        except ValueError:
            continue
        name = data.get(f"name_{text}", "").replace("\x00", "")[:100]
        found.append((worktime.OfficialDay(day, kind or worktime.DayKind.HOLIDAY, name), kind))
    return found[: worktime.MOST_DAYS]


def _preview(
    request: HttpRequest, row: Any, reading: worktime.Reading, *, error: str = "", status: int = 200
) -> HttpResponse:
    known = queries.days_on(row, [day.day for day in reading.days])
    context = {
        "calendar": row,
        "reading": reading,
        "rows": [(day, known.get(day.day)) for day in reading.days],
        "kinds": KINDS,
        "counts": counts(reading.days),
        "error": error,
        "crumbs": [pages.home(), *calendars.own_crumbs(row)],
    }
    return render(request, "manage/calendar_file.html", context, status=status)


def counts(days: Sequence[worktime.OfficialDay]) -> dict[str, int]:
    """How many holidays and make-up days there are."""
    worked = sum(day.kind is worktime.DayKind.MAKEUP for day in days)
    return {"holidays": len(days) - worked, "worked": worked}
