"""The messenger group of a unit."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts.enums import Permission
from huiyin.catalogue.queries import localised
from huiyin.notifications import queries as notifications
from huiyin.organisations import queries
from huiyin.usecases import wording
from huiyin.web.components import access
from huiyin.web.manage import pages, units


class RoomForm(forms.Form):
    url = forms.CharField(
        label=gettext_lazy("Address of the group's bot"),
        help_text=gettext_lazy(
            "As Apprise writes it: dingtalk://token, wecombot://key, feishu://token. It is kept encrypted; "
            "empty means none."
        ),
        required=False,
        max_length=500,
    )


@access.requires(Permission.MANAGE_ORGANISATION)
def room(request: HttpRequest, pk: int) -> HttpResponse:
    """Name the group in which the unit hears of its cases."""
    unit = pages.found(queries.unit(pk))
    back = reverse("manage:unit", args=[pk])
    ask = pages.Asking(
        title=_("Messenger group of %(unit)s") % {"unit": localised(unit.names)},
        intro=_("The bot names the case and links to it; it says nothing of what was written."),
        button=_("Save"),
        back=back,
        done=back,
        said=_("Kept."),
        crumbs=[units.crumb(), pages.Crumb(localised(unit.names), back)],
    )
    form = RoomForm(pages.posted(request), initial={"url": notifications.room(pk)})
    return pages.form(
        request,
        form,
        ask,
        lambda values: wording.name_room(pk, url=values["url"], actor=pages.actor(request)),
    )
