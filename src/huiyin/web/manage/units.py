"""Units: list, page, change, and whether they receive cases."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission, Role
from huiyin.catalogue.queries import localised
from huiyin.organisations import operations, queries
from huiyin.places import queries as places
from huiyin.web.components import access, punctuation
from huiyin.web.manage import fields, pages


class SearchForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name or code"), required=False, max_length=100)


class UnitForm(fields.TextsForm):
    texts = {
        "names": fields.Texts(gettext_lazy("Name"), is_required=True),
        "contact_note": fields.Texts(
            gettext_lazy("How people reach the unit"),
            longest=1000,
            rows=3,
            hint=gettext_lazy("Shown to the public with the answer: address, hours, telephone."),
        ),
    }
    field_order = ["code", "names", "parent", "calendar", "area_code", "contact_note"]
    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=50, help_text=fields.CODE_HINT, error_messages={}
    )
    parent = fields.UnitField(label=pgettext_lazy("a unit", "Part of"), required=False)
    calendar = fields.CalendarField(label=gettext_lazy("Working calendar"), required=False)
    area_code = forms.CharField(
        label=gettext_lazy("Division code of its area"),
        help_text=gettext_lazy("For a unit that is responsible for one area only."),
        max_length=20,
        required=False,
    )

    def clean_area_code(self) -> int | None:
        """The id of the area with this code."""
        code = self.cleaned_data["area_code"]
        area = places.area(code) if code else None
        if code and area is None:
            raise forms.ValidationError(_("There is no area with this code."))
        return area.pk if area else None

    def clean(self) -> dict[str, Any]:
        """Fetch what the ids stand for."""
        values = super().clean()
        values["parent"] = queries.unit(values.get("parent"))
        values["calendar"] = queries.calendar(values["calendar"]) if values.get("calendar") else None
        values["area_id"] = values.pop("area_code", None)
        return values


def crumb() -> pages.Crumb:
    """The list of units."""
    return pages.Crumb(_("Units"), reverse("manage:units"))


@access.requires(Permission.MANAGE_ORGANISATION)
def units(request: HttpRequest) -> HttpResponse:
    """All units, with their staff."""
    search = SearchForm(request.GET)
    page = pages.numbered(request, queries.find_units(search.data.get("q", "").strip()[:100]))
    counts, heads = accounts.staff_counts(), accounts.units_with(Role.UNIT_HEAD)
    rows = [
        [
            pages.Cell(localised(row.names), reverse("manage:unit", args=[row.pk]), note=row.code),
            pages.Cell(localised(row.parent.names) if row.parent else ""),
            pages.Cell(
                counts.get(row.pk, 0), note="" if row.pk in heads or not row.is_active else _("no unit head")
            ),
            pages.Cell(_("receives cases"), tag="kept")
            if row.is_active
            else pages.Cell(_("closed"), tag="due"),
        ]
        for row in page
    ]
    what = pages.Listing(
        title=_("Units"),
        headers=[_("Unit"), pgettext("a unit", "Part of"), _("People"), _("State")],
        rows=rows,
        empty=_("No unit is called like this.") if search.data.get("q") else _("There is no unit yet."),
        new=pages.Crumb(_("Add a unit"), reverse("manage:unit_new")),
        filters=search,
        page=page,
    )
    return pages.listing(request, what)


@access.requires(Permission.MANAGE_ORGANISATION)
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit: facts, people, teams."""
    row = pages.found(queries.unit_page(pk))
    people = list(accounts.find_users(unit_id=pk))
    context = {
        "unit": row,
        "name": localised(row.names),
        "people": [(user, roles_in(user, pk)) for user in people],
        "teams": row.teams.all(),
        "crumbs": [pages.home(), crumb()],
        "facts": [
            {"key": _("Code"), "value": row.code},
            *({"key": own, "value": text} for own, text in fields.by_language(row.names)),
            {
                "key": pgettext("a unit", "Part of"),
                "value": localised(row.parent.names) if row.parent else _("No other unit"),
            },
            {"key": _("Working calendar"), "value": row.calendar or _("The default calendar")},
            {"key": _("Area"), "value": localised(row.area.names) if row.area else _("Everywhere")},
            {
                "key": _("Takes what nobody fits in its area"),
                "value": _("Yes") if row.is_fallback else pgettext("takes what nobody fits", "No"),
            },
            {"key": _("How people reach it"), "value": localised(row.contact_note) or _("Not said yet")},
        ],
    }
    return render(request, "manage/unit.html", context)


def roles_in(user: Any, unit_id: int) -> str:
    """The roles of a user in one unit, in words."""
    return punctuation.listing(
        str(Role(m.role).label) for m in user.memberships.all() if m.unit_id == unit_id
    )


@access.requires(Permission.MANAGE_ORGANISATION)
def new(request: HttpRequest) -> HttpResponse:
    """Add a unit."""
    ask = pages.Asking(
        title=_("Add a unit"),
        button=_("Add unit"),
        back=reverse("manage:units"),
        said=_("The unit was added. It receives cases from now on."),
        crumbs=[crumb()],
    )
    return pages.form(
        request,
        UnitForm(pages.posted(request)),
        ask,
        lambda values: operations.create_unit(values.pop("code"), actor=pages.actor(request), **values),
    )


@access.requires(Permission.MANAGE_ORGANISATION)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a unit."""
    row = pages.found(queries.unit_page(pk))
    initial = {
        "names": row.names,
        "contact_note": row.contact_note,
        "parent": row.parent_id,
        "calendar": row.calendar_id,
        "area_code": row.area.code if row.area else "",
    }
    given = UnitForm(pages.posted(request), initial=initial)
    del given.fields["code"]
    ask = pages.Asking(
        title=_("Change %(unit)s") % {"unit": localised(row.names)},
        intro=_("Deadlines already promised stay as they are."),
        button=_("Save"),
        back=reverse("manage:unit", args=[pk]),
        said=_("The unit was changed."),
        crumbs=[crumb()],
    )
    return pages.form(
        request,
        given,
        ask,
        lambda values: operations.change_unit(row, actor=pages.actor(request), **values),
    )


@access.requires(Permission.MANAGE_ORGANISATION)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Send no more cases to a unit."""
    row = pages.found(queries.unit_page(pk))
    ask = pages.Asking(
        title=_("Send no new cases to %(unit)s?") % {"unit": localised(row.names)},
        intro=_("The cases it has stay with it, and so do its people. You can open it again at any time."),
        button=_("Close the unit"),
        back=reverse("manage:unit", args=[pk]),
        said=_("The unit gets no new cases."),
        crumbs=[crumb()],
        is_serious=True,
    )
    return pages.confirm(request, ask, lambda: operations.close_unit(row, actor=pages.actor(request)))


@access.requires(Permission.MANAGE_ORGANISATION)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a unit receive cases again."""
    row = pages.found(queries.unit_page(pk))
    ask = pages.Asking(
        title=_("Send cases to %(unit)s again?") % {"unit": localised(row.names)},
        button=_("Open the unit"),
        back=reverse("manage:unit", args=[pk]),
        said=_("The unit receives cases again."),
        crumbs=[crumb()],
    )
    return pages.confirm(request, ask, lambda: operations.open_unit(row, actor=pages.actor(request)))


@access.requires(Permission.MANAGE_ORGANISATION)
def fallback(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a unit take what nobody fits in its area, or no longer."""
    row = pages.found(queries.unit_page(pk))
    names = {"unit": localised(row.names)}
    title = (
        _("Let %(unit)s no longer take what nobody fits?")
        if row.is_fallback
        else _("Let %(unit)s take what nobody fits in its area?")
    )
    ask = pages.Asking(
        title=title % names,
        intro=_("Dispatchers are offered this unit for cases of its area that no other unit fits."),
        button=_("Yes"),
        back=reverse("manage:unit", args=[pk]),
        said=_("The unit was changed."),
        crumbs=[crumb()],
    )
    verb = operations.end_fallback if row.is_fallback else operations.make_fallback
    return pages.confirm(request, ask, lambda: verb(row, actor=pages.actor(request)))
