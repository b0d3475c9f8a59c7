"""Bringing cases in from a file: send it, look at how its columns are read, import it, see what was refused."""

from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts.enums import Permission
from huiyin.kernel.errors import Missing
from huiyin.usecases import jobs
from huiyin.usecases.bulk import mapping as mappings
from huiyin.usecases.bulk import waiting
from huiyin.usecases.bulk.fields import Field
from huiyin.web.components import access
from huiyin.web.manage import pages

NOT_OFFERED = {Field.EXTRAS, Field.NUMBER}


def preset_choices() -> list[tuple[str, str | Promise]]:
    """The known layouts."""
    found = [(row.name, row.title) for row in mappings.presets()]
    return [("", gettext_lazy("Find out by the headers")), *found]


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File with cases"),
        help_text=gettext_lazy("CSV, XLSX or ODS. Larger files: huiyin import_cases on the server."),
    )
    map = forms.ChoiceField(label=gettext_lazy("Layout"), choices=preset_choices, required=False)
    source = forms.CharField(
        label=gettext_lazy("Name of the system that the cases come from"),
        help_text=gettext_lazy("With the number of a case there, it tells what was imported before."),
        max_length=mappings.LONGEST_SOURCE,
        required=False,
    )


class ColumnsForm(forms.Form):
    """One choice for each column, and what may be created."""

    creates = forms.MultipleChoiceField(
        label=gettext_lazy("May be created where the file names new ones"),
        choices=[("units", gettext_lazy("Units")), ("services", gettext_lazy("Services"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    date_order = forms.ChoiceField(
        label=gettext_lazy("Dates like 1/4/2019"),
        choices=[
            ("", gettext_lazy("There are none")),
            ("day", gettext_lazy("The day comes first")),
            ("month", gettext_lazy("The month comes first")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, shown: waiting.Preview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(own.value, own.label) for own in Field if own not in NOT_OFFERED]
        for index, header in enumerate(shown.mapping.headers):
            meanings = shown.mapping.meanings(index)
            values = [
                cells[index][:60] for cells in shown.samples if index < len(cells) and cells[index].strip()
            ]
            unknown = [_("Not recognised.")] if index in shown.mapping.unknown else []
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=header,
                choices=choices,
                initial=(meanings[0] if meanings else Field.EXTRA).value,
                help_text=" · ".join([*unknown, *values]),
                required=False,
            )

    def options(self, shown: waiting.Preview) -> dict[str, Any]:
        """What was chosen, where it differs from what was found out."""
        values = self.cleaned_data
        fields = self.fields
        chosen = [
            [index, values[f"column_{index}"]]
            for index in range(len(shown.mapping.headers))
            if values.get(f"column_{index}")
            and values[f"column_{index}"] != fields[f"column_{index}"].initial
        ]
        return {
            "chosen": chosen,
            "creates_units": "units" in values["creates"],
            "creates_services": "services" in values["creates"],
            "date_order": values["date_order"],
        }


def crumb() -> pages.Crumb:
    """The start of an import."""
    return pages.Crumb(_("Bring in cases"), reverse("manage:imports"))


@access.requires(Permission.IMPORT_CASES)
def begin(request: HttpRequest) -> HttpResponse:
    """Send a file."""
    ask = pages.Asking(
        title=_("Bring in cases from a file"),
        intro=_("Nothing is stored yet: the next page shows how each column will be read."),
        button=_("Look at the columns"),
        back=reverse("manage:home"),
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        sent = values["file"]
        row = waiting.keep(sent, name=sent.name, user=pages.actor(request))
        waiting.remember(row, {"map": values["map"], "source": values["source"]})
        return HttpResponseRedirect(reverse("manage:import", args=[row.token]))

    return pages.form(request, FileForm(pages.posted(request), request.FILES or None), ask, act)


@access.requires(Permission.IMPORT_CASES)
def columns(request: HttpRequest, token: str) -> HttpResponse:
    """How each column will be read, with a trial of the first rows; then the import, or what became of it."""
    user = pages.actor(request)
    row = waiting.find(token, user=user)
    if row.state in {"queued", "done", "failed"}:
        context = {
            "row": row,
            "crumbs": [pages.home(), crumb()],
            "has_errors": bool(row.figures.get("refused")),
        }
        return render(request, "manage/import_done.html", context)
    shown = waiting.preview(row, user=user)
    given = ColumnsForm(pages.posted(request), shown=shown)
    ask = pages.Asking(
        title=_("How %(file)s will be read") % {"file": row.name},
        button=_("Bring in"),
        back=reverse("manage:imports"),
        crumbs=[crumb()],
        extra={"shown": shown, "faults": shown.faults[:10]},
    )

    def act(_values: dict[str, Any]) -> HttpResponse:
        waiting.choose(row, row.options | given.options(shown))
        jobs.import_file.defer(token=row.token, user_id=user.pk)
        return HttpResponseRedirect(reverse("manage:import", args=[row.token]))

    return pages.form(request, given, ask, act, template="manage/import.html")


@access.requires(Permission.IMPORT_CASES)
def errors(request: HttpRequest, token: str) -> FileResponse:
    """The refused rows as a file."""
    found = waiting.errors_of(waiting.find(token, user=pages.actor(request)))
    if found is None:
        raise Missing
    return FileResponse(
        found, as_attachment=True, filename="errors.csv", content_type="text/csv; charset=utf-8"
    )
