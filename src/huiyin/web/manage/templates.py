"""Reply templates."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts.enums import Permission
from huiyin.cases.enums import State
from huiyin.catalogue.queries import localised
from huiyin.knowledge import operations, queries
from huiyin.knowledge.enums import Variable
from huiyin.web.components import access, punctuation
from huiyin.web.components.context import OWN_NAMES
from huiyin.web.components.states import state_name
from huiyin.web.manage import fields, pages


class SearchForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Title or text"), required=False, max_length=100)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[("", gettext_lazy("Any")), *OWN_NAMES.items()],
        required=False,
    )


class TemplateForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=100)
    text = forms.CharField(
        label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 10}), max_length=5000, strip=False
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=list(OWN_NAMES.items()))
    service_id = fields.ServiceField(label=gettext_lazy("Only for the service"), required=False)
    unit_id = fields.UnitField(label=gettext_lazy("Only for the unit"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("Only for cases in state"),
        choices=[("", gettext_lazy("Any")), *((state.value, state_name(state)) for state in State)],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = punctuation.listing(f"{{{one.value}}} – {one.label}" for one in Variable)
        self.fields["text"].help_text = _("Filled in for the officer: %(variables)s.") % {"variables": known}


def crumb() -> pages.Crumb:
    """The list of templates."""
    return pages.Crumb(_("Reply templates"), reverse("manage:templates"))


@access.requires(Permission.MANAGE_CATALOGUE)
def templates(request: HttpRequest) -> HttpResponse:
    """All templates."""
    search = SearchForm(request.GET)
    wanted = search.cleaned_data if search.is_valid() else {"q": "", "language": ""}
    page = pages.numbered(request, queries.templates(wanted["q"], language=wanted["language"]))
    what = pages.Listing(
        title=_("Reply templates"),
        intro=_("Officers find the ones that fit their case first. Name the unit and the date."),
        headers=[_("Template"), _("Language"), _("For"), _("State")],
        rows=[_row(row) for row in page],
        empty=_("No template is found. A good one saves every officer a quarter of an hour."),
        new=pages.Crumb(_("Write a template"), reverse("manage:template_new")),
        filters=search,
        page=page,
    )
    return pages.listing(request, what)


def _row(row: Any) -> list[pages.Cell]:
    limits = [
        fields.service_name(row.service) if row.service else "",
        localised(row.unit.names) if row.unit else "",
        str(state_name(row.state)) if row.state in State.values else row.state,
    ]
    return [
        pages.Cell(row.title, reverse("manage:template_edit", args=[row.pk]), note=row.text[:60]),
        pages.Cell(OWN_NAMES.get(row.language, row.language)),
        pages.Cell(punctuation.listing(limit for limit in limits if limit) or _("all cases")),
        pages.Cell(_("offered"), tag="kept") if row.is_active else pages.Cell(_("retired"), tag="due"),
    ]


@access.requires(Permission.MANAGE_CATALOGUE)
def new(request: HttpRequest) -> HttpResponse:
    """Write a template."""
    ask = pages.Asking(
        title=_("Write a template"),
        button=_("Offer the template"),
        back=reverse("manage:templates"),
        said=_("The template is offered to officers."),
        crumbs=[crumb()],
    )
    return pages.form(
        request,
        TemplateForm(pages.posted(request)),
        ask,
        lambda values: operations.create_template(operations.Draft(**values), actor=pages.actor(request)),
    )


@access.requires(Permission.MANAGE_CATALOGUE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a template."""
    row = pages.found(queries.template(pk))
    names = ("title", "text", "language", "service_id", "unit_id", "state")
    act = ("template_retire", _("Offer this template no more"))
    if not row.is_active:
        act = ("template_offer", _("Offer this template again"))
    ask = pages.Asking(
        title=_("Change “%(template)s”") % {"template": row.title},
        intro=_("Replies already sent stay as they are."),
        button=_("Save"),
        back=reverse("manage:templates"),
        said=_("The template was changed."),
        crumbs=[crumb()],
        extra={"also": pages.Crumb(act[1], reverse(f"manage:{act[0]}", args=[pk]))},
    )
    return pages.form(
        request,
        TemplateForm(pages.posted(request), initial={name: getattr(row, name) for name in names}),
        ask,
        lambda values: operations.change_template(
            row, draft=operations.Draft(**values), actor=pages.actor(request)
        ),
    )


@access.requires(Permission.MANAGE_CATALOGUE)
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a template no more."""
    row = pages.found(queries.template(pk))
    ask = pages.Asking(
        title=_("Offer “%(template)s” no more?") % {"template": row.title},
        button=_("Retire the template"),
        back=reverse("manage:template_edit", args=[pk]),
        done=reverse("manage:templates"),
        said=_("The template is not offered any more."),
        crumbs=[crumb()],
        is_serious=True,
    )
    return pages.confirm(request, ask, lambda: operations.retire_template(row, actor=pages.actor(request)))


@access.requires(Permission.MANAGE_CATALOGUE)
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a retired template again."""
    row = pages.found(queries.template(pk))
    ask = pages.Asking(
        title=_("Offer “%(template)s” again?") % {"template": row.title},
        button=_("Offer the template"),
        back=reverse("manage:template_edit", args=[pk]),
        done=reverse("manage:templates"),
        said=_("The template is offered again."),
        crumbs=[crumb()],
    )
    return pages.confirm(request, ask, lambda: operations.offer_template(row, actor=pages.actor(request)))
