"""Areas: the administrative divisions, and how to bring them in."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts.enums import Permission
from huiyin.catalogue.queries import localised
from huiyin.places import queries
from huiyin.places.enums import AreaFault
from huiyin.usecases import areas as usecases
from huiyin.web.components import access
from huiyin.web.components.context import OWN_NAMES
from huiyin.web.manage import pages

FAULTS_SHOWN = 100


class SearchForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name or beginning of the code"), max_length=100, required=False)


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV with the columns code, name and parent (the code of the area it is part of), in UTF-8 or GB18030."
        ),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the names"), choices=list(OWN_NAMES.items()))


@access.requires(Permission.MANAGE_ORGANISATION)
def areas(request: HttpRequest) -> HttpResponse:
    """All areas, or those a search finds."""
    search = SearchForm(request.GET)
    words = search.data.get("q", "").strip()[:100]
    page = pages.numbered(request, queries.find(words, limit=200) if words else queries.areas(), size=200)
    rows = [[pages.Cell(row.code), pages.Cell(localised(row.names), depth=min(row.level, 6))] for row in page]
    what = pages.Listing(
        title=_("Areas"),
        intro=_("Places of cases and of units refer to these."),
        headers=[_("Code"), _("Name")],
        rows=rows,
        empty=_("No area is found.") if words else _("There is no area yet: places are typed only."),
        new=pages.Crumb(_("Bring in a list"), reverse("manage:areas_import")),
        filters=search,
        page=page,
    )
    return pages.listing(request, what)


@access.requires(Permission.MANAGE_ORGANISATION)
def bring_in(request: HttpRequest) -> HttpResponse:
    """Import areas and tell which rows could not be used."""
    crumb = pages.Crumb(_("Areas"), reverse("manage:areas"))
    ask = pages.Asking(
        title=_("Bring in a list of areas"),
        intro=_("Areas that are not in the list stay. The same list twice changes nothing."),
        button=_("Bring in"),
        back=reverse("manage:areas"),
        crumbs=[crumb],
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        content = values["file"].read()
        done = usecases.import_areas(content, actor=pages.actor(request), language=values["language"])
        faults = [(fault, AreaFault(fault.reason).label) for fault in done.faults[:FAULTS_SHOWN]]
        context = {"done": done, "faults": faults, "crumbs": [pages.home(), crumb]}
        return render(request, "manage/areas_done.html", context)

    given = ImportForm(
        pages.posted(request), request.FILES or None, initial={"language": settings.LANGUAGE_CODE}
    )
    return pages.form(request, given, ask, act)
