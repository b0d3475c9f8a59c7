"""Names under which programs ask for a part of the city."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts.enums import Permission
from huiyin.catalogue.queries import localised
from huiyin.organisations import operations, queries
from huiyin.web.components import access
from huiyin.web.manage import fields, pages


class JurisdictionForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Name for programs"),
        help_text=gettext_lazy("Like a domain name, such as south.city.example. It never changes."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    unit = fields.UnitField(
        label=gettext_lazy("Unit"),
        help_text=gettext_lazy("The unit with everything below it: its services, and the cases it has."),
    )


def crumb() -> pages.Crumb:
    """The list of jurisdictions."""
    return pages.Crumb(_("Jurisdictions"), reverse("manage:jurisdictions"))


@access.requires(Permission.MANAGE_ORGANISATION)
def jurisdictions(request: HttpRequest) -> HttpResponse:
    """All names with their units."""
    rows = [
        [
            pages.Cell(row.code),
            pages.Cell(
                localised(row.unit.names) or row.unit.code, reverse("manage:unit", args=[row.unit_id])
            ),
            pages.Cell(_("Take away"), reverse("manage:jurisdiction_remove", args=[row.pk])),
        ]
        for row in queries.jurisdictions()
    ]
    what = pages.Listing(
        title=_("Jurisdictions"),
        intro=_(
            "Names under which programs ask for a part of the city (jurisdiction_id of Open311). While there is none, "
            "programs see the whole city; as soon as there is one, they must say which they mean."
        ),
        headers=[_("Name for programs"), _("Unit"), _("Change")],
        rows=rows,
        empty=_("There is none: programs see the whole city."),
        new=pages.Crumb(_("Add a jurisdiction"), reverse("manage:jurisdiction_new")),
    )
    return pages.listing(request, what)


@access.requires(Permission.MANAGE_ORGANISATION)
def new(request: HttpRequest) -> HttpResponse:
    """Add a name."""
    ask = pages.Asking(
        title=_("Add a jurisdiction"),
        button=_("Add"),
        back=reverse("manage:jurisdictions"),
        said=_("The jurisdiction was added."),
        crumbs=[crumb()],
    )

    def act(values: dict[str, Any]) -> None:
        unit = pages.found(queries.unit(values["unit"]))
        operations.create_jurisdiction(values["code"], unit=unit, actor=pages.actor(request))

    return pages.form(request, JurisdictionForm(pages.posted(request)), ask, act)


@access.requires(Permission.MANAGE_ORGANISATION)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a name away."""
    row = pages.found(queries.jurisdiction(pk))
    ask = pages.Asking(
        title=_("Take the name %(name)s away?") % {"name": row.code},
        intro=_("Programs that use it get an error from then on. Units and cases stay as they are."),
        button=_("Take away"),
        back=reverse("manage:jurisdictions"),
        said=_("The name was taken away."),
        crumbs=[crumb()],
        is_serious=True,
    )
    return pages.confirm(
        request, ask, lambda: operations.remove_jurisdiction(row, actor=pages.actor(request))
    )
