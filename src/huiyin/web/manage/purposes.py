"""Purposes: what contact data may be looked at for. Whoever looks chooses one, and the person reads it."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts.enums import Permission
from huiyin.catalogue.queries import localised
from huiyin.people import queries
from huiyin.people.operations import purposes as operations
from huiyin.web.components import access
from huiyin.web.manage import fields, pages


class PurposeForm(fields.TextsForm):
    texts = {
        "names": fields.Texts(
            gettext_lazy("Name"),
            hint=gettext_lazy("People read it on their own page, in their language."),
            is_required=True,
        )
    }


def crumb() -> pages.Crumb:
    """The list of purposes."""
    return pages.Crumb(_("Purposes"), reverse("manage:purposes"))


@access.requires(Permission.MANAGE_SETTINGS)
def purposes(request: HttpRequest) -> HttpResponse:
    """All purposes, also those that are offered no more."""
    rows = [
        [
            pages.Cell(localised(row.names), reverse("manage:purpose", args=[row.pk])),
            pages.Cell(_("in use"), tag="kept") if row.is_active else pages.Cell(_("not in use"), tag="due"),
        ]
        for row in queries.all_purposes()
    ]
    what = pages.Listing(
        title=_("Purposes"),
        intro=_(
            "What contact data may be looked at for. Every look names one, and the person reads it on their page."
        ),
        headers=[_("Purpose"), _("State")],
        rows=rows,
        empty=_("There is no purpose yet, so nobody can look at contact data."),
        new=pages.Crumb(_("Add a purpose"), reverse("manage:purpose_new")),
    )
    return pages.listing(request, what)


@access.requires(Permission.MANAGE_SETTINGS)
def new(request: HttpRequest) -> HttpResponse:
    """Add a purpose."""
    ask = pages.Asking(
        title=_("Add a purpose"),
        button=_("Add purpose"),
        back=reverse("manage:purposes"),
        said=_("The purpose was added."),
        crumbs=[crumb()],
    )
    form = PurposeForm(pages.posted(request))
    return pages.form(
        request, form, ask, lambda values: operations.create(values["names"], actor=pages.actor(request))
    )


@access.requires(Permission.MANAGE_SETTINGS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a purpose otherwise."""
    row = pages.found(queries.purpose(pk))
    other = (
        ("purpose_retire", _("Offer it no more")) if row.is_active else ("purpose_offer", _("Offer it again"))
    )
    ask = pages.Asking(
        title=_("Change the purpose “%(name)s”") % {"name": localised(row.names)},
        button=_("Save"),
        back=reverse("manage:purposes"),
        said=_("The purpose was changed."),
        crumbs=[crumb()],
        extra={"also": pages.Crumb(other[1], reverse(f"manage:{other[0]}", args=[row.pk]))},
    )
    form = PurposeForm(pages.posted(request), initial={"names": row.names})
    return pages.form(
        request,
        form,
        ask,
        lambda values: operations.change(row, names=values["names"], actor=pages.actor(request)),
    )


@access.requires(Permission.MANAGE_SETTINGS)
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a purpose no more, after asking once more."""
    row = pages.found(queries.purpose(pk))
    ask = pages.Asking(
        title=_("Offer “%(name)s” no more?") % {"name": localised(row.names)},
        intro=_("What was looked at for it keeps it, and people still read it."),
        button=_("Offer it no more"),
        back=reverse("manage:purpose", args=[row.pk]),
        done=reverse("manage:purposes"),
        said=_("It is offered no more."),
        crumbs=[crumb()],
    )
    return pages.confirm(request, ask, lambda: operations.retire(row, actor=pages.actor(request)))


@access.requires(Permission.MANAGE_SETTINGS)
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a purpose again, after asking once more."""
    row = pages.found(queries.purpose(pk))
    ask = pages.Asking(
        title=_("Offer “%(name)s” again?") % {"name": localised(row.names)},
        intro=_("It can be chosen for looking at contact data."),
        button=_("Offer it again"),
        back=reverse("manage:purpose", args=[row.pk]),
        done=reverse("manage:purposes"),
        said=_("It is offered again."),
        crumbs=[crumb()],
    )
    return pages.confirm(request, ask, lambda: operations.offer(row, actor=pages.actor(request)))
