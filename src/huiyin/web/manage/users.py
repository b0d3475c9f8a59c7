"""Users: list, page, create, roles, one-time codes."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from huiyin.accounts import operations, queries
from huiyin.accounts.enums import Permission, Role
from huiyin.catalogue.queries import localised
from huiyin.kernel import clock
from huiyin.organisations import queries as organisations
from huiyin.web.components import access, dates, punctuation
from huiyin.web.components.context import OWN_NAMES
from huiyin.web.manage import fields, pages


class SearchForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name, user name or e-mail"), required=False, max_length=100)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=[("", gettext_lazy("Any")), *Role.choices], required=False
    )


class UserForm(forms.Form):
    username = forms.CharField(
        label=gettext_lazy("User name"),
        help_text=gettext_lazy("For signing in. Letters, digits and @ . + - _; it never changes."),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    name = forms.CharField(
        label=pgettext_lazy("of a person", "Name"),
        help_text=gettext_lazy("As it stands under letters and in the timeline."),
        max_length=150,
    )
    email = forms.EmailField(label=gettext_lazy("E-mail for notices"), required=False, max_length=254)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of notices"),
        choices=[("", gettext_lazy("That of the installation")), *OWN_NAMES.items()],
        required=False,
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, widget=forms.RadioSelect)
    unit = fields.UnitField(
        label=gettext_lazy("In which unit"),
        help_text=gettext_lazy("Case officers and unit heads need one; for the other roles leave it empty."),
        required=False,
    )


def crumb() -> pages.Crumb:
    """The list of users."""
    return pages.Crumb(_("Users"), reverse("manage:users"))


@access.requires(Permission.MANAGE_USERS)
def users(request: HttpRequest) -> HttpResponse:
    """All users with their roles."""
    search = SearchForm(request.GET)
    wanted = search.cleaned_data if search.is_valid() else {"q": "", "role": ""}
    page = pages.numbered(request, queries.find_users(wanted["q"], role=wanted["role"]))
    names, safe = unit_names(), queries.with_second_factor()
    what = pages.Listing(
        title=_("Users"),
        headers=[pgettext("of a person", "Name"), _("Roles"), _("Sign-in"), _("Last sign-in")],
        rows=[_row(user, names, safe) for user in page],
        empty=_("Nobody is called like this."),
        new=pages.Crumb(_("Create a user"), reverse("manage:user_new")),
        others=[pages.Crumb(_("Who may do what"), reverse("manage:roles"))],
        filters=search,
        page=page,
    )
    return pages.listing(request, what)


def _row(user: Any, names: dict[int, str], safe: set[int]) -> list[pages.Cell]:
    held = [role_words(member, names) for member in user.memberships.all()]
    factor = "" if user.pk in safe else _("no second factor")
    state = (
        pages.Cell(_("may sign in"), note=factor) if user.is_active else pages.Cell(_("stopped"), tag="due")
    )
    return [
        pages.Cell(str(user), reverse("manage:user", args=[user.pk]), note=user.username),
        pages.Cell(punctuation.listing(held) or _("none")),
        state,
        pages.Cell(_day(user.last_login) or _("never")),
    ]


def _day(moment: dt.datetime | None) -> str:
    return dates.day_words(timezone.localdate(moment), this_year=clock.today().year) if moment else ""


def role_words(member: Any, names: dict[int, str]) -> str:
    """“Case officer (Water)”."""
    role = Role(member.role).label if member.role in Role.values else member.role
    return f"{role} ({names.get(member.unit_id, '?')})" if member.unit_id else str(role)


def unit_names() -> dict[int, str]:
    """Names of all units, by id."""
    return {row.pk: localised(row.names) or row.code for row in organisations.units()}


@access.requires(Permission.MANAGE_USERS)
def user(request: HttpRequest, pk: int) -> HttpResponse:
    """One user: facts, roles, and what can be done."""
    row = pages.found(queries.user(pk))
    names = unit_names()
    context = {
        "person": row,
        "held": [(member, role_words(member, names)) for member in row.memberships.all()],
        "crumbs": [pages.home(), crumb()],
        "has_factor": row.pk in queries.with_second_factor(),
        "must_have_factor": settings.HUIYIN_SECOND_FACTOR,
        "facts": [
            {"key": _("User name"), "value": row.username},
            {"key": _("E-mail for notices"), "value": row.email or _("None")},
            {
                "key": _("Language of notices"),
                "value": OWN_NAMES.get(row.language, _("That of the installation")),
            },
        ],
    }
    return render(request, "manage/user.html", context)


@access.requires(Permission.MANAGE_USERS)
def new(request: HttpRequest) -> HttpResponse:
    """Create a user and show the one-time code, once."""
    ask = pages.Asking(
        title=_("Create a user"),
        intro=_("You get a one-time code for the first sign-in. Roles are given on the next page."),
        button=_("Create user"),
        back=reverse("manage:users"),
        crumbs=[crumb()],
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        row, code = operations.invite_user(actor=pages.actor(request), **values)
        return show_code(request, row, code)

    return pages.form(request, UserForm(pages.posted(request)), ask, act)


def show_code(request: HttpRequest, row: Any, code: str) -> HttpResponse:
    """The only page that ever shows the code."""
    context = {"person": row, "code": code, "crumbs": [pages.home(), crumb()]}
    response = render(request, "manage/code.html", context)
    response["Cache-Control"] = "no-store"
    return response


@access.requires(Permission.MANAGE_USERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change name, e-mail and language."""
    row = pages.found(queries.user(pk))
    initial = {"name": row.name, "email": row.email, "language": row.language}
    given = UserForm(pages.posted(request), initial=initial)
    del given.fields["username"]
    ask = pages.Asking(
        title=_("Change %(user)s") % {"user": row},
        button=_("Save"),
        back=reverse("manage:user", args=[pk]),
        said=_("The user was changed."),
        crumbs=[crumb()],
    )
    return pages.form(
        request,
        given,
        ask,
        lambda values: operations.change_user(row, actor=pages.actor(request), **values),
    )


@access.requires(Permission.MANAGE_USERS)
def give_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a role, in a unit where the role needs one."""
    row = pages.found(queries.user(pk))
    ask = pages.Asking(
        title=_("Give %(user)s a role") % {"user": row},
        button=_("Give the role"),
        back=reverse("manage:user", args=[pk]),
        said=_("The role was given. It holds from the next page that the user opens."),
        crumbs=[crumb()],
    )
    return pages.form(
        request,
        RoleForm(pages.posted(request)),
        ask,
        lambda values: operations.give_role(
            row, role=Role(values["role"]), unit_id=values["unit"], actor=pages.actor(request)
        ),
    )
