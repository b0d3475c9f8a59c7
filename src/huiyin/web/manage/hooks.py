"""Web hooks: other systems that are told what happens, and the log of what they were told."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from huiyin.accounts.enums import Permission
from huiyin.cases.enums import Action
from huiyin.catalogue import queries as catalogue
from huiyin.hooks import queries
from huiyin.hooks.enums import DeliveryState, HookState
from huiyin.hooks.operations import setting_up
from huiyin.kernel import clock
from huiyin.organisations import queries as organisations
from huiyin.web.components import access, dates, punctuation
from huiyin.web.components.forms import DateParts
from huiyin.web.manage import pages

# Warnings go to colleagues only, and erasing is nobody else's news.
NOT_TOLD = frozenset({"warn", "anonymise"})
PREFIX = "case."


# The same order as on the case page; what none of them names stands at the end.
GROUPS: tuple[tuple[Any, str], ...] = (
    (
        gettext_lazy("The way of a case"),
        "file classify assign take sign_for start answer not_accept withdraw close reopen",
    ),
    (gettext_lazy("With the person"), "contact inform ask person_writes merged_writes resume call_back rate add_file"),
    (gettext_lazy("For everybody"), "publish unpublish"),
    (
        gettext_lazy("Deadlines and supervision"),
        "ask_extension grant_extension refuse_extension urge escalate take_over redo",
    ),
    (gettext_lazy("Between units"), "return to_arbiter arbitrate add_task contribute cancel_task summon arrive"),
    (gettext_lazy("Several cases"), "merge gather unmerge separate split link unlink"),
)  # fmt: skip


def _events() -> list[tuple[str, Any]]:
    return [(PREFIX + action.value, action.label) for action in Action if action.value not in NOT_TOLD]


def _grouped() -> list[tuple[Any, list[tuple[str, Any]]]]:
    labels = dict(_events())
    groups = [
        (name, [(PREFIX + code, labels.pop(PREFIX + code)) for code in codes.split()])
        for name, codes in GROUPS
    ]
    return [*groups, (_("Else"), list(labels.items()))]


def _units() -> list[tuple[str, str]]:
    return [(row.code, catalogue.localised(row.names) or row.code) for row in organisations.units()]


def _named(codes: list[str], names: list[tuple[str, str]]) -> str:
    # A code whose thing is not offered any more still stands in the filter.
    known = dict(names)
    return punctuation.listing(known.get(code, code) for code in codes) or _("all")


def _services() -> list[tuple[str, list[tuple[str, str]]]]:
    """Services below the one above them; those that stand alone come first."""
    rows = list(catalogue.services())
    groups: dict[str, list[tuple[str, str]]] = {_("Services"): []}
    for row in rows:
        above = row.parent.current if row.parent is not None else None
        name = catalogue.localised(above.public_names) if above is not None else _("Services")
        own = catalogue.localised(row.current.public_names) if row.current is not None else row.code
        groups.setdefault(name, []).append((row.code, own))
    return [(name, options) for name, options in groups.items() if options]


class HookForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("of a program", "Name"),
        help_text=gettext_lazy("Which system it is and who looks after it."),
        max_length=100,
    )
    url = forms.CharField(
        label=gettext_lazy("Address that is told"),
        help_text=gettext_lazy("It begins with https://."),
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("What it is told"),
        help_text=gettext_lazy("None chosen: everything."),
        choices=_grouped,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    units = forms.MultipleChoiceField(
        label=gettext_lazy("Only cases of these units"),
        help_text=gettext_lazy("None chosen: of all."),
        choices=_units,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Only cases of these services"),
        help_text=gettext_lazy("None chosen: of all."),
        choices=_services,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def terms(self) -> setting_up.Terms:
        """What was entered, as the verb takes it."""
        return setting_up.Terms(**self.cleaned_data)


class ReplayForm(forms.Form):
    since = forms.DateField(
        label=gettext_lazy("What was delivered since this day"),
        help_text=gettext_lazy("The receiver gets each message under the number it had before."),
        widget=DateParts,
    )


def crumbs(row: Any = None) -> list[pages.Crumb]:
    """The list of hooks, and one of them."""
    found = [pages.Crumb(_("Web hooks"), reverse("manage:hooks"))]
    return [*found, pages.Crumb(row.name, reverse("manage:hook", args=[row.pk]))] if row else found


@access.requires(Permission.MANAGE_SETTINGS)
def hooks(request: HttpRequest) -> HttpResponse:
    """All hooks and how they stand."""
    page = pages.numbered(request, queries.hooks())
    what = pages.Listing(
        title=_("Web hooks"),
        intro=_(
            "Other systems that are told at once what happens to cases: numbers, states and links, no words."
        ),
        headers=[_("System"), _("What it is told"), _("State"), _("Waiting")],
        rows=[
            [
                pages.Cell(row.name, reverse("manage:hook", args=[row.pk]), note=row.url),
                pages.Cell(_told(row)),
                _state(row),
                pages.Cell(row.waiting, numeric=True),
            ]
            for row in page
        ],
        empty=_("No other system is told anything."),
        new=pages.Crumb(_("Add a web hook"), reverse("manage:hook_new")),
        page=page,
    )
    return pages.listing(request, what)


def _told(row: Any) -> str:
    known = dict(_events())
    return punctuation.listing([str(known.get(name, name)) for name in row.events]) or _("everything")


def _state(row: Any) -> pages.Cell:
    tags = {HookState.ON: "kept", HookState.OFF: "due", HookState.STOPPED: "danger"}
    note = (
        _("nothing got through since %(at)s") % {"at": _moment(row.failing_since)}
        if row.failing_since
        else ""
    )
    return pages.Cell(HookState(row.state).label, tag=tags[HookState(row.state)], note=note)


def _moment(at: dt.datetime | None) -> str:
    return dates.moment_words(at, this_year=clock.today().year) if at else ""


@access.requires(Permission.MANAGE_SETTINGS)
def hook(request: HttpRequest, pk: int) -> HttpResponse:
    """One hook: what it is told, how it stands, and what can be done."""
    row = pages.found(queries.hook(pk))
    state = _state(row)
    context = {
        "hook": row,
        "is_on": row.state == HookState.ON,
        "crumbs": [pages.home(), *crumbs()],
        "facts": [
            {"key": _("Address that is told"), "value": row.url},
            {"key": _("What it is told"), "value": _told(row)},
            {
                "key": _("Only cases of these units"),
                "value": _named(row.units, _units()),
            },
            {
                "key": _("Only cases of these services"),
                "value": _named(row.services, [one for _group, rows in _services() for one in rows]),
            },
            {"key": _("State"), "value": "\n".join(filter(None, [str(state.text), str(state.note)]))},
            {"key": _("Waiting"), "value": row.waiting},
        ],
    }
    return render(request, "manage/hook.html", context)


@access.requires(Permission.MANAGE_SETTINGS)
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """What a system was told, and what waits for it."""
    row = pages.found(queries.hook(pk))
    page = pages.numbered(request, queries.deliveries(row))
    known = dict(_events())
    what = pages.Listing(
        title=_("What %(system)s was told") % {"system": row.name},
        intro=_("Messages that were delivered are kept for a month."),
        headers=[_("When"), _("What happened"), _("Case"), _("State"), _("Times tried")],
        rows=[
            [
                pages.Cell(
                    _moment(message.created_at),
                    reverse("manage:delivery", args=[pk, message.pk]),
                    note=message.ident,
                ),
                pages.Cell(str(known.get(message.event, message.event))),
                pages.Cell(message.reference),
                _delivery_state(message),
                pages.Cell(message.attempts, numeric=True),
            ]
            for message in page
        ],
        empty=_("Nothing was told yet."),
        crumbs=crumbs(row),
        page=page,
    )
    return pages.listing(request, what)


def _delivery_state(message: Any) -> pages.Cell:
    if message.state == DeliveryState.SENT:
        return pages.Cell(DeliveryState.SENT.label, tag="kept", note=_moment(message.sent_at))
    again = _("next attempt %(at)s") % {"at": _moment(message.due_at)}
    return pages.Cell(
        DeliveryState.WAITING.label,
        tag="danger" if message.error else "due",
        note=f"{message.error} · {again}" if message.error else again,
    )


@access.requires(Permission.MANAGE_SETTINGS)
def new(request: HttpRequest) -> HttpResponse:
    """Add a hook and show the secret of its signatures, once."""
    given = HookForm(pages.posted(request))
    ask = pages.Asking(
        title=_("Add a web hook"),
        intro=_(
            "The next page shows the secret by which the receiver knows that a message is from here, once."
        ),
        button=_("Add web hook"),
        back=reverse("manage:hooks"),
        crumbs=crumbs(),
    )

    def act(_values: dict[str, Any]) -> HttpResponse:
        row, secret = setting_up.create(given.terms(), actor=pages.actor(request))
        return _show_secret(request, row, secret)

    return pages.form(request, given, ask, act)


def _show_secret(request: HttpRequest, row: Any, secret: str) -> HttpResponse:
    """The only page that ever shows a secret."""
    context = {"hook": row, "secret": secret, "crumbs": [pages.home(), *crumbs()]}
    response = render(request, "manage/hook_secret.html", context)
    response["Cache-Control"] = "no-store"
    return response


@access.requires(Permission.MANAGE_SETTINGS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change where a hook leads and what it is told."""
    row = pages.found(queries.hook(pk))
    initial = {name: getattr(row, name) for name in ("name", "url", "events", "units", "services")}
    given = HookForm(pages.posted(request), initial=initial)
    ask = pages.Asking(
        title=_("Change %(system)s") % {"system": row.name},
        button=_("Save"),
        back=reverse("manage:hook", args=[pk]),
        said=_("The web hook was changed."),
        crumbs=crumbs(row),
    )
    return pages.form(
        request,
        given,
        ask,
        lambda _values: setting_up.change(row, terms=given.terms(), actor=pages.actor(request)),
    )


def since(day: dt.date) -> dt.datetime:
    """The beginning of a day."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def show_new_secret(request: HttpRequest, row: Any) -> HttpResponse:
    """Give a hook another secret and show it, once."""
    return _show_secret(request, row, setting_up.renew_secret(row, actor=pages.actor(request)))
