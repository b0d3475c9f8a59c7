"""What is done to a service besides new versions: its place in the tree, and whether it is offered."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts.enums import Permission
from huiyin.catalogue import operations
from huiyin.catalogue.queries import history
from huiyin.web.components import access
from huiyin.web.manage import fields, pages, service_tree


class PlaceForm(forms.Form):
    parent = fields.ServiceField(label=gettext_lazy("Stands below"), required=False)


@access.requires(Permission.MANAGE_CATALOGUE)
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Put a service elsewhere in the tree."""
    row = pages.found(history.any_service(code))
    ask = pages.Asking(
        title=_("Move %(service)s") % {"service": fields.service_name(row)},
        button=_("Move"),
        back=reverse("manage:service", args=[code]),
        said=_("The service was moved."),
        crumbs=service_tree.own_crumbs(row),
    )
    return pages.form(
        request,
        PlaceForm(pages.posted(request), initial={"parent": row.parent_id}),
        ask,
        lambda values: operations.move_service(
            row, parent=history.service_by_id(values["parent"]), actor=pages.actor(request)
        ),
    )


@access.requires(Permission.MANAGE_CATALOGUE)
def retire(request: HttpRequest, code: str) -> HttpResponse:
    """Offer a service no more."""
    row = pages.found(history.any_service(code))
    ask = pages.Asking(
        title=_("Offer %(service)s no more?") % {"service": fields.service_name(row)},
        intro=_("Cases already filed go on as promised. You can offer it again at any time."),
        button=_("Retire the service"),
        back=reverse("manage:service", args=[code]),
        said=_("The service is not offered any more."),
        crumbs=service_tree.own_crumbs(row),
        is_serious=True,
    )
    return pages.confirm(request, ask, lambda: operations.retire_service(row, actor=pages.actor(request)))


@access.requires(Permission.MANAGE_CATALOGUE)
def offer(request: HttpRequest, code: str) -> HttpResponse:
    """Offer a retired service again."""
    row = pages.found(history.any_service(code))
    ask = pages.Asking(
        title=_("Offer %(service)s again?") % {"service": fields.service_name(row)},
        button=_("Offer the service"),
        back=reverse("manage:service", args=[code]),
        said=_("The service is offered again."),
        crumbs=service_tree.own_crumbs(row),
    )
    return pages.confirm(request, ask, lambda: operations.offer_service(row, actor=pages.actor(request)))
