"""Programs of others and their keys: list, page, give, change, renew and take."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from huiyin.accounts.enums import Permission, Role, Scope
from huiyin.accounts.operations import programs as operations
from huiyin.accounts.queries import programs as queries
from huiyin.kernel import clock
from huiyin.web.components import access, dates, punctuation
from huiyin.web.components.forms import DateParts
from huiyin.web.manage import fields, pages, users


class SearchForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name, or beginning of the key"), required=False, max_length=100)


def _roles() -> list[tuple[str, Any]]:
    return [("", gettext_lazy("None")), *((role.value, role.label) for role in queries.roles())]


class ProgramForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("of a program", "Name"),
        help_text=gettext_lazy("Whose program it is and what it does. People see it in the timeline."),
        max_length=100,
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        help_text=gettext_lazy("For reading or working on cases: it may then do what this role may."),
        choices=_roles,
        required=False,
    )
    unit = fields.UnitField(
        label=gettext_lazy("In which unit"),
        help_text=gettext_lazy("Case officers and unit heads need one; for the other roles leave it empty."),
        required=False,
    )
    per_minute = forms.IntegerField(
        label=gettext_lazy("Calls in a minute"),
        initial=600,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    expires = forms.DateField(
        label=gettext_lazy("Last day of the key"),
        help_text=gettext_lazy("Leave it empty for a key without an end."),
        widget=DateParts,
        required=False,
    )

    def terms(self) -> operations.Terms:
        """What was entered, as the verb takes it."""
        values = self.cleaned_data
        last: dt.date | None = values["expires"]
        return operations.Terms(
            name=values["name"],
            scopes=frozenset(Scope(name) for name in values["scopes"]),
            role=Role(values["role"]) if values["role"] else None,
            unit_id=values["unit"],
            per_minute=values["per_minute"],
            expires_at=_end_of(last) if last else None,
        )


def _end_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))


def crumb() -> pages.Crumb:
    """The list of programs."""
    return pages.Crumb(_("Programs"), reverse("manage:programs"))


@access.requires(Permission.MANAGE_USERS)
def programs(request: HttpRequest) -> HttpResponse:
    """All programs with what they may do."""
    search = SearchForm(request.GET)
    page = pages.numbered(request, queries.programs(search.cleaned_data["q"] if search.is_valid() else ""))
    names = users.unit_names()
    what = pages.Listing(
        title=_("Programs"),
        intro=_("Software of others that files, follows or works on cases, each with a key of its own."),
        headers=[_("Program"), _("What it may do"), _("Role"), _("Key"), _("Last used")],
        rows=[_row(row, names) for row in page],
        empty=_("No program has a key yet."),
        new=pages.Crumb(_("Let a program in"), reverse("manage:program_new")),
        filters=search,
        page=page,
    )
    return pages.listing(request, what)


def _row(row: Any, names: dict[int, str]) -> list[pages.Cell]:
    held = [users.role_words(member, names) for member in row.user.memberships.all()]
    return [
        pages.Cell(row.name, reverse("manage:program", args=[row.pk]), note=f"{row.key_hint}…"),
        pages.Cell(_scopes(row)),
        pages.Cell(punctuation.listing(held) or _("none")),
        _state(row),
        pages.Cell(_moment(queries.last_used(row)) or _("never")),
    ]


def _scopes(row: Any) -> str:
    return punctuation.listing([str(Scope(name).label) for name in row.scopes if name in Scope.values])


def _state(row: Any) -> pages.Cell:
    if row.revoked_at is not None:
        return pages.Cell(_("taken back"), tag="danger")
    if not queries.is_valid(row):
        return pages.Cell(_("over"), tag="due")
    end = _("until %(day)s") % {"day": _day(row.expires_at)} if row.expires_at else ""
    return pages.Cell(_("valid"), tag="kept", note=end)


def _day(end: dt.datetime) -> str:
    last = timezone.localdate(end - dt.timedelta(seconds=1))
    return dates.day_words(last, this_year=clock.today().year)


def _moment(at: dt.datetime | None) -> str:
    return dates.moment_words(at, this_year=clock.today().year) if at else ""


@access.requires(Permission.MANAGE_USERS)
def program(request: HttpRequest, pk: int) -> HttpResponse:
    """One program: what it may do, and how its key stands."""
    row = pages.found(queries.program(pk))
    held = [users.role_words(member, users.unit_names()) for member in row.user.memberships.all()]
    state = _state(row)
    context = {
        "program": row,
        "is_valid": queries.is_valid(row),
        "crumbs": [pages.home(), crumb()],
        "facts": [
            {"key": _("What it may do"), "value": _scopes(row)},
            {"key": _("Role"), "value": punctuation.listing(held) or _("none")},
            {"key": _("Calls in a minute"), "value": row.per_minute},
            {
                "key": _("Key"),
                "value": "\n".join(filter(None, [f"{row.key_hint}… ({state.text})", str(state.note)])),
            },
            {"key": _("Last used"), "value": _moment(queries.last_used(row)) or _("never")},
        ],
    }
    return render(request, "manage/program.html", context)


@access.requires(Permission.MANAGE_USERS)
def new(request: HttpRequest) -> HttpResponse:
    """Let a program in and show its key, once."""
    given = ProgramForm(pages.posted(request))
    ask = pages.Asking(
        title=_("Let a program in"),
        intro=_("Give it no more than it needs. The next page shows its key, once."),
        button=_("Make a key"),
        back=reverse("manage:programs"),
        crumbs=[crumb()],
    )

    def act(_values: dict[str, Any]) -> HttpResponse:
        row, key = operations.create(given.terms(), actor=pages.actor(request))
        return _show_key(request, row, key)

    return pages.form(request, given, ask, act)


def _show_key(request: HttpRequest, row: Any, key: str) -> HttpResponse:
    """The only page that ever shows a key."""
    context = {
        "program": row,
        "key": key,
        "crumbs": [pages.home(), crumb()],
    }
    response = render(request, "manage/key.html", context)
    response["Cache-Control"] = "no-store"
    return response


@access.requires(Permission.MANAGE_USERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a program may do; its key stays."""
    row = pages.found(queries.program(pk))
    member = next(iter(row.user.memberships.all()), None)
    initial = {
        "name": row.name,
        "scopes": row.scopes,
        "role": member.role if member else "",
        "unit": member.unit_id if member else None,
        "per_minute": row.per_minute,
        "expires": timezone.localdate(row.expires_at - dt.timedelta(seconds=1)) if row.expires_at else None,
    }
    given = ProgramForm(pages.posted(request), initial=initial)
    ask = pages.Asking(
        title=_("Change %(program)s") % {"program": row.name},
        intro=_("The key stays the same. A change holds within ten seconds."),
        button=_("Save"),
        back=reverse("manage:program", args=[pk]),
        said=_("The program was changed."),
        crumbs=[crumb()],
    )
    return pages.form(
        request,
        given,
        ask,
        lambda _values: operations.change(row, terms=given.terms(), actor=pages.actor(request)),
    )


@access.requires(Permission.MANAGE_USERS)
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a program another key and show it, once."""
    row = pages.found(queries.program(pk))
    ask = pages.Asking(
        title=_("Give %(program)s a new key?") % {"program": row.name},
        intro=_("The key it has now stops within ten seconds; it needs the new one from then on."),
        button=_("Make a new key"),
        back=reverse("manage:program", args=[pk]),
        crumbs=[crumb()],
        is_serious=True,
    )
    return pages.confirm(
        request, ask, lambda: _show_key(request, row, operations.renew_key(row, actor=pages.actor(request)))
    )


@access.requires(Permission.MANAGE_USERS)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a program in no more."""
    row = pages.found(queries.program(pk))
    ask = pages.Asking(
        title=_("Take the key from %(program)s?") % {"program": row.name},
        intro=_("It is let in no more within ten seconds. What it did stays under its name."),
        button=_("Take the key"),
        back=reverse("manage:program", args=[pk]),
        said=_("The key was taken back."),
        crumbs=[crumb()],
        is_serious=True,
    )
    return pages.confirm(request, ask, lambda: operations.revoke(row, actor=pages.actor(request)))
