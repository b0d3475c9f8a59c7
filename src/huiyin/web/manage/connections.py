"""Units that work in another system, and how it is reached."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts.enums import Permission
from huiyin.catalogue.queries import localised
from huiyin.relays import operations, queries
from huiyin.web.components import access
from huiyin.web.manage import fields, pages


class ConnectionForm(forms.Form):
    unit = fields.UnitField(
        label=gettext_lazy("Unit"), help_text=gettext_lazy("Whose new cases are sent to the other system.")
    )
    name = forms.CharField(label=gettext_lazy("Name of the other system"), max_length=100)
    url = forms.CharField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("Of its Open311 GeoReport v2, such as https://roads.example/open311/v2/."),
        max_length=300,
        widget=forms.URLInput(attrs={"spellcheck": "false"}),
    )
    jurisdiction = forms.CharField(label=gettext_lazy("Jurisdiction there"), max_length=100, required=False)
    api_key = forms.CharField(
        label=gettext_lazy("Our key there"),
        help_text=gettext_lazy(
            "Kept encrypted and never shown. Leave it empty to keep the one that is stored."
        ),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    default_code = forms.CharField(
        label=gettext_lazy("Service code there"),
        help_text=gettext_lazy("For every case whose service is not named below."),
        max_length=100,
    )
    codes = forms.CharField(
        label=gettext_lazy("Codes of single services"),
        help_text=gettext_lazy("One pair a line: our code, an equals sign, their code."),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def setup(self) -> operations.Setup:
        """What was entered, as the verbs take it."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in {"unit", "url"}}
        return operations.Setup(endpoint=self.cleaned_data["url"], **given)


def crumb() -> pages.Crumb:
    """The list of connections."""
    return pages.Crumb(_("Other systems"), reverse("manage:connections"))


@access.requires(Permission.MANAGE_ORGANISATION)
def connections(request: HttpRequest) -> HttpResponse:
    """All connections, and how the cases in them stand."""
    what = pages.Listing(
        title=_("Other systems"),
        intro=_(
            "A unit can work in another system that speaks Open311. Its new cases are sent there without contact "
            "data, and the case page shows what the other system says."
        ),
        headers=[
            _("Unit"),
            _("Other system"),
            _("State"),
            _("Waiting"),
            _("Not sent"),
            _("Different there"),
            _("Change"),
        ],
        rows=[_row(row) for row in queries.connections()],
        empty=_("No unit works in another system."),
        new=pages.Crumb(_("Connect a unit"), reverse("manage:connection_new")),
    )
    return pages.listing(request, what)


def _row(row: Any) -> list[pages.Cell]:
    state = pages.Cell(_("works"), tag="kept")
    if row.error:
        state = pages.Cell(_("look at it"), tag="danger", note=row.error)
    if not row.is_active:
        state = pages.Cell(_("stopped"), tag="due")
    name = "connection_stop" if row.is_active else "connection_resume"
    return [
        pages.Cell(
            localised(row.unit.names) or row.unit.code,
            reverse("manage:connection", args=[row.pk]),
            note=row.name,
        ),
        pages.Cell(row.endpoint),
        state,
        pages.Cell(row.waiting, numeric=True),
        pages.Cell(row.failed, numeric=True),
        pages.Cell(row.differing, numeric=True),
        pages.Cell(_("Stop") if row.is_active else _("Go on"), reverse(f"manage:{name}", args=[row.pk])),
    ]


@access.requires(Permission.MANAGE_ORGANISATION)
def new(request: HttpRequest) -> HttpResponse:
    """Connect a unit."""
    given = ConnectionForm(pages.posted(request))
    ask = pages.Asking(
        title=_("Connect a unit"),
        intro=_(
            "From then on the words and the place of every new case of this unit leave the installation."
        ),
        button=_("Connect"),
        back=reverse("manage:connections"),
        said=_("The unit is connected. Health shows whether the other system answers."),
        crumbs=[crumb()],
    )
    return pages.form(
        request,
        given,
        ask,
        lambda values: operations.connect(values["unit"], setup=given.setup(), actor=pages.actor(request)),
    )


@access.requires(Permission.MANAGE_ORGANISATION)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change how the other system is reached."""
    row = pages.found(queries.connection(pk))
    initial = {
        "name": row.name,
        "url": row.endpoint,
        "jurisdiction": row.jurisdiction,
        "default_code": row.default_code,
        "codes": "\n".join(f"{ours} = {theirs}" for ours, theirs in row.codes.items()),
    }
    given = ConnectionForm(pages.posted(request), initial=initial)
    del given.fields["unit"]
    ask = pages.Asking(
        title=_("Change the connection of %(unit)s") % {"unit": localised(row.unit.names) or row.unit.code},
        button=_("Save"),
        back=reverse("manage:connections"),
        said=_("The connection was changed."),
        crumbs=[crumb()],
    )
    return pages.form(
        request,
        given,
        ask,
        lambda _values: operations.change(row, setup=given.setup(), actor=pages.actor(request)),
    )


@access.requires(Permission.MANAGE_ORGANISATION)
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Send nothing any more."""
    row = pages.found(queries.connection(pk))
    ask = pages.Asking(
        title=_("Send no more cases to %(system)s?") % {"system": row.name},
        intro=_("It is asked after no case any more either. What was sent stays known."),
        button=_("Stop"),
        back=reverse("manage:connections"),
        said=_("The connection was stopped."),
        crumbs=[crumb()],
        is_serious=True,
    )
    return pages.confirm(request, ask, lambda: operations.stop(row, actor=pages.actor(request)))


@access.requires(Permission.MANAGE_ORGANISATION)
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Send and ask again."""
    row = pages.found(queries.connection(pk))
    ask = pages.Asking(
        title=_("Send cases to %(system)s again?") % {"system": row.name},
        intro=_("Open cases that came in meanwhile are sent too."),
        button=_("Go on"),
        back=reverse("manage:connections"),
        said=_("The connection works again."),
        crumbs=[crumb()],
    )
    return pages.confirm(request, ask, lambda: operations.resume(row, actor=pages.actor(request)))
