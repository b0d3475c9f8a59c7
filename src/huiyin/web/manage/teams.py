"""Teams of a unit."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.catalogue.queries import localised
from huiyin.organisations import operations, queries
from huiyin.web.components import access
from huiyin.web.manage import pages, units


class TeamForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    members = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Who belongs to it"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("People with a role in the unit."),
    )

    def __init__(self, *args: Any, unit_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(user.pk, str(user)) for user in accounts.staff_of_unit(unit_id)]
        self.fields["members"].choices = people  # type: ignore[attr-defined]
        if not people:
            del self.fields["members"]


def _crumbs(unit: Any) -> list[pages.Crumb]:
    own = pages.Crumb(localised(unit.names), reverse("manage:unit", args=[unit.pk]))
    return [units.crumb(), own]


@access.requires(Permission.MANAGE_ORGANISATION)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Create a team in a unit."""
    unit = pages.found(queries.unit_page(pk))
    by = pages.actor(request)
    ask = pages.Asking(
        title=_("Create a team"),
        button=_("Create team"),
        back=reverse("manage:unit", args=[pk]),
        said=_("The team was created. Cases can be given to it."),
        crumbs=_crumbs(unit),
    )

    def act(values: dict[str, Any]) -> None:
        team = operations.create_team(unit, name=values["name"], actor=by)
        operations.set_members(team, user_ids=values.get("members", []), actor=by)

    return pages.form(request, TeamForm(pages.posted(request), unit_id=pk), ask, act)


@access.requires(Permission.MANAGE_ORGANISATION)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a team and say who belongs to it."""
    team = pages.found(queries.team(pk))
    by = pages.actor(request)
    initial = {"name": team.name, "members": [user.pk for user in team.members.all()]}
    ask = pages.Asking(
        title=_("Change the team %(team)s") % {"team": team.name},
        button=_("Save"),
        back=reverse("manage:unit", args=[team.unit_id]),
        said=_("The team was changed."),
        crumbs=_crumbs(team.unit),
        extra={"also": pages.Crumb(_("Dissolve this team"), reverse("manage:team_dissolve", args=[pk]))},
    )

    def act(values: dict[str, Any]) -> None:
        operations.rename_team(team, name=values["name"], actor=by)
        operations.set_members(team, user_ids=values.get("members", []), actor=by)

    return pages.form(
        request, TeamForm(pages.posted(request), unit_id=team.unit_id, initial=initial), ask, act
    )


@access.requires(Permission.MANAGE_ORGANISATION)
def dissolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a team."""
    team = pages.found(queries.team(pk))
    ask = pages.Asking(
        title=_("Dissolve the team %(team)s?") % {"team": team.name},
        intro=_("Its cases stay with the unit and with the officers who have them."),
        button=_("Dissolve the team"),
        back=reverse("manage:unit", args=[team.unit_id]),
        said=_("The team was dissolved."),
        crumbs=_crumbs(team.unit),
        is_serious=True,
    )
    return pages.confirm(request, ask, lambda: operations.dissolve_team(team, actor=pages.actor(request)))
