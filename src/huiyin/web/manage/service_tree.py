"""Services: the tree, one service, its history, and changes, each of which is a new version."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts.enums import Permission
from huiyin.catalogue import operations
from huiyin.catalogue.enums import ServiceField
from huiyin.catalogue.queries import history
from huiyin.questionnaires import queries as questionnaires
from huiyin.web.components import access, limits
from huiyin.web.manage import differences, fields, pages, users
from huiyin.web.manage.service_form import NewServiceForm, ServiceForm


class SearchForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name, keyword or code"), required=False, max_length=100)


def crumb() -> pages.Crumb:
    """The tree of services."""
    return pages.Crumb(_("Services"), reverse("manage:services"))


def own_crumbs(row: Any) -> list[pages.Crumb]:
    """The tree and the service."""
    return [crumb(), pages.Crumb(fields.service_name(row), reverse("manage:service", args=[row.code]))]


@access.requires(Permission.MANAGE_CATALOGUE)
def services(request: HttpRequest) -> HttpResponse:
    """The whole tree, or what a search finds with what is above it."""
    search = SearchForm(request.GET)
    rows = history.all_services(search.data.get("q", "").strip()[:100])
    page = pages.numbered(request, rows, size=200)
    units = users.unit_names()
    what = pages.Listing(
        title=_("Services"),
        intro=_(
            "What people can raise, with what is promised. A change makes a new version; cases keep the old one."
        ),
        headers=[_("Service"), _("Unit"), _("Answer within"), _("State")],
        rows=[_tree_row(row, depth, units) for row, depth in page],
        empty=_("No service is called like this.") if search.data.get("q") else _("There is no service yet."),
        new=pages.Crumb(_("Add a service"), reverse("manage:service_new")),
        filters=search,
        page=page,
    )
    return pages.listing(request, what)


def _tree_row(row: Any, depth: int, units: dict[int, str]) -> list[pages.Cell]:
    current = row.current
    own = limits.words(current.limits["answer"]) if current and current.limits.get("answer") else ""
    return [
        pages.Cell(
            fields.service_name(row),
            reverse("manage:service", args=[row.code]),
            note=row.code,
            depth=min(depth, 6),
        ),
        pages.Cell(units.get(current.unit_id, "") if current else ""),
        pages.Cell(own or (current.get_urgency_display() if current else "")),
        pages.Cell(_("offered"), tag="kept") if row.is_active else pages.Cell(_("retired"), tag="due"),
    ]


@access.requires(Permission.MANAGE_CATALOGUE)
def service(request: HttpRequest, code: str) -> HttpResponse:
    """One service as it is now, its questions and its history."""
    row = pages.found(history.any_service(code))
    versions = history.history(row)
    units, named = users.unit_names(), form_texts(versions)
    draft = history.draft_of(row.current) if row.current else history.Draft()
    context = {
        "service": row,
        "name": fields.service_name(row),
        "parent": fields.service_name(row.parent) if row.parent else "",
        "facts": [
            {"key": which.label, "value": differences.say(which, value, units, named) or "—"}
            for which, value in ((ServiceField(name), value) for name, value in draft.values().items())
            if which is not ServiceField.FORM_ID
        ],
        "questions": questionnaires.questions_of(row.current.form) if row.current else (),
        "versions": [(version, differences.tell(found, units, named)) for version, found in versions],
        "crumbs": [pages.home(), crumb()],
    }
    return render(request, "manage/service.html", context)


def form_texts(versions: list[tuple[Any, Any]]) -> dict[int, str]:
    """The questions of every form in the history, as one text each."""
    return {
        version.form_id: "\n".join(
            f"{number}. {question.label(fields.language())}"
            for number, question in enumerate(questionnaires.questions_of(version.form), start=1)
        )
        for version, _found in versions
        if version.form_id
    }


@access.requires(Permission.MANAGE_CATALOGUE)
def new(request: HttpRequest) -> HttpResponse:
    """Add a service with its first version."""
    ask = pages.Asking(
        title=_("Add a service"),
        button=_("Add service"),
        back=reverse("manage:services"),
        said=_("The service was added and is offered from now on."),
        crumbs=[crumb()],
    )
    given = NewServiceForm(pages.posted(request))
    return pages.form(
        request,
        given,
        ask,
        lambda values: operations.create_service(
            values["code"], draft=given.draft(), parent=given.parent(), actor=pages.actor(request)
        ),
    )


@access.requires(Permission.MANAGE_CATALOGUE)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a service: what comes out is its next version."""
    row = pages.found(history.any_service(code))
    given = ServiceForm(pages.posted(request), service=row)
    ask = pages.Asking(
        title=_("Change %(service)s") % {"service": fields.service_name(row)},
        intro=_("Cases already filed keep what was promised to them."),
        button=_("Put into force"),
        back=reverse("manage:service", args=[code]),
        said=_("The new version is in force for cases filed from now on."),
        crumbs=own_crumbs(row),
    )
    return pages.form(
        request,
        given,
        ask,
        lambda values: operations.new_version(
            row,
            draft=given.draft(),
            base=values["base"],
            change_note=values["change_note"],
            actor=pages.actor(request),
        ),
    )
