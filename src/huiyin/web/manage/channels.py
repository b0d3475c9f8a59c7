"""Channels: the ways in which cases come in."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts.enums import Permission
from huiyin.catalogue import operations, queries
from huiyin.catalogue.queries import history, localised
from huiyin.web.components import access
from huiyin.web.manage import fields, pages


class NewChannelForm(fields.TextsForm):
    texts = {"names": fields.Texts(gettext_lazy("Name"), is_required=True)}
    field_order = ["code", "names"]
    code = forms.SlugField(label=gettext_lazy("Code"), max_length=30, help_text=fields.CODE_HINT)


class ChannelForm(fields.TextsForm):
    texts = {"names": fields.Texts(gettext_lazy("Name"), is_required=True)}
    field_order = ["names", "uses"]
    uses = forms.MultipleChoiceField(
        label=gettext_lazy("Use"),
        choices=[("active", gettext_lazy("In use")), ("desk", gettext_lazy("Offered at the desk"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def crumb() -> pages.Crumb:
    """The list of channels."""
    return pages.Crumb(_("Channels"), reverse("manage:channels"))


@access.requires(Permission.MANAGE_ORGANISATION)
def channels(request: HttpRequest) -> HttpResponse:
    """All channels."""
    rows = [
        [
            pages.Cell(
                localised(row.names) or row.code, reverse("manage:channel", args=[row.code]), note=row.code
            ),
            pages.Cell(_("yes") if row.at_desk else _("no")),
            pages.Cell(_("in use"), tag="kept") if row.is_active else pages.Cell(_("not in use"), tag="due"),
        ]
        for row in history.channels()
    ]
    what = pages.Listing(
        title=_("Channels"),
        intro=_("The ways in which cases come in. Each case keeps the one it came by."),
        headers=[_("Channel"), _("Offered at the desk"), _("State")],
        rows=rows,
        empty=_("There is no channel yet."),
        new=pages.Crumb(_("Add a channel"), reverse("manage:channel_new")),
    )
    return pages.listing(request, what)


@access.requires(Permission.MANAGE_ORGANISATION)
def new(request: HttpRequest) -> HttpResponse:
    """Add a channel."""
    ask = pages.Asking(
        title=_("Add a channel"),
        button=_("Add channel"),
        back=reverse("manage:channels"),
        said=_("The channel was added."),
        crumbs=[crumb()],
    )
    return pages.form(
        request,
        NewChannelForm(pages.posted(request)),
        ask,
        lambda values: operations.create_channel(
            values["code"], names=values["names"], actor=pages.actor(request)
        ),
    )


@access.requires(Permission.MANAGE_ORGANISATION)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Rename a channel and say where it is used."""
    row = pages.found(queries.channel(code))
    uses = [name for name, on in (("active", row.is_active), ("desk", row.at_desk)) if on]
    ask = pages.Asking(
        title=_("Change the channel %(channel)s") % {"channel": localised(row.names) or row.code},
        button=_("Save"),
        back=reverse("manage:channels"),
        said=_("The channel was changed."),
        crumbs=[crumb()],
    )

    def act(values: dict[str, Any]) -> None:
        operations.change_channel(
            row, names=values["names"], uses=set(values["uses"]), actor=pages.actor(request)
        )

    given = ChannelForm(pages.posted(request), initial={"names": row.names, "uses": uses})
    return pages.form(request, given, ask, act)
