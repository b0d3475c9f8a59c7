"""Notices: a city's own words for each event, and the log of what went out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts.enums import Permission
from huiyin.cases.queries import notice_texts
from huiyin.kernel import clock, public_ids
from huiyin.kernel.errors import Missing
from huiyin.notifications import operations, queries
from huiyin.notifications.enums import State, Via
from huiyin.usecases import wording
from huiyin.web.components import access, dates, punctuation
from huiyin.web.components.context import OWN_NAMES
from huiyin.web.manage import pages

NEWEST = 2_000
# What is not told in a city's own words, but stands in the log all the same.
OTHERS = {
    "urged": gettext_lazy("The unit is urged"),
    "escalated": gettext_lazy("A case was put before the supervisors"),
    "topics": gettext_lazy("New hot topics"),
    "holds": gettext_lazy("Legal holds have ended"),
    "code": gettext_lazy("One-time code"),
    "consultation_answered": gettext_lazy("What became of a consultation"),
}
STATE_TAGS = {State.WAITING: "info", State.SENT: "kept", State.FAILED: "danger"}


class SearchForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("Case number"), required=False, max_length=20)
    address = forms.CharField(
        label=gettext_lazy("Address or telephone number"),
        help_text=gettext_lazy("Is compared, and neither shown nor kept."),
        required=False,
        max_length=254,
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[("", gettext_lazy("Any")), *State.choices], required=False
    )
    via = forms.ChoiceField(
        label=gettext_lazy("Way"), choices=[("", gettext_lazy("Any")), *Via.choices], required=False
    )


class WordingForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200, required=False)
    body = forms.CharField(
        label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 10}), max_length=3000, strip=False
    )

    def __init__(self, *args: Any, via: Via, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if via is Via.SMS:
            del self.fields["subject"]
        known = punctuation.listing(f"{{{name}}} – {label}" for name, label in notice_texts.VARIABLES.items())
        self.fields["body"].help_text = _("Filled in: %(variables)s.") % {"variables": known}


def crumb() -> pages.Crumb:
    """The list of notice texts."""
    return pages.Crumb(_("Notices"), reverse("manage:notices"))


@access.requires(Permission.MANAGE_SETTINGS)
def notices(request: HttpRequest) -> HttpResponse:
    """All events with the ways and languages; those in a city's own words say so."""
    own = queries.wordings()
    rows = [
        [
            pages.Cell(label),
            pages.Cell(via.label),
            *(_cell(event, via, code, own) for code, _name in settings.LANGUAGES),
        ]
        for event, label in notice_texts.EVENTS.items()
        for via in notice_texts.ways(event)
    ]
    what = pages.Listing(
        title=_("Notices"),
        intro=_(
            "What people and colleagues are told, without any of a case's content. Words of your own replace those "
            "that come with Huiyin."
        ),
        headers=[_("Event"), _("Way"), *(OWN_NAMES.get(code, name) for code, name in settings.LANGUAGES)],
        rows=rows,
        empty="",
        others=[pages.Crumb(_("What went out"), reverse("manage:notice_log"))],
    )  # fmt: skip
    return pages.listing(request, what)


def _cell(event: str, via: Via, language: str, own: dict[tuple[str, str, str], Any]) -> pages.Cell:
    is_own = (event, via.value, language) in own
    href = reverse("manage:notice", args=[event, via.value, language])
    return pages.Cell(_("your own words") if is_own else _("as shipped"), href)


@access.requires(Permission.MANAGE_SETTINGS)
def notice(request: HttpRequest, event: str, via: str, language: str) -> HttpResponse:
    """Change the words of one notice."""
    way = _known(event, via, language)
    now = notice_texts.words(event, via=way, language=language)
    is_own = queries.wording(event, via=way, language=language) is not None
    reset = reverse("manage:notice_reset", args=[event, via, language])
    ask = pages.Asking(
        title=f"{notice_texts.EVENTS[event]} · {way.label} · {OWN_NAMES.get(language, language)}",
        intro=_("Say that something happened and where to read it; never what was written."),
        button=_("Save"),
        back=reverse("manage:notices"),
        said=_("The words were changed."),
        crumbs=[crumb()],
        extra={"also": pages.Crumb(_("Go back to the shipped words"), reset) if is_own else None},
    )
    form = WordingForm(pages.posted(request), via=way, initial={"subject": now.subject, "body": now.body})
    return pages.form(
        request,
        form,
        ask,
        lambda values: wording.change(
            event, via=way, language=language, subject=values.get("subject", ""), body=values["body"],
            actor=pages.actor(request),
        ),
    )  # fmt: skip


@access.requires(Permission.MANAGE_SETTINGS)
def reset(request: HttpRequest, event: str, via: str, language: str) -> HttpResponse:
    """Go back to the shipped words."""
    way = _known(event, via, language)
    ask = pages.Asking(
        title=_("Go back to the shipped words?"),
        intro=notice_texts.shipped(event, via=way, language=language).body,
        button=_("Go back to the shipped words"),
        back=reverse("manage:notice", args=[event, via, language]),
        done=reverse("manage:notices"),
        said=_("The shipped words hold again."),
        crumbs=[crumb()],
    )
    return pages.confirm(
        request, ask, lambda: wording.reset(event, via=way, language=language, actor=pages.actor(request))
    )


@access.requires(Permission.MANAGE_SETTINGS)
def log(request: HttpRequest) -> HttpResponse:
    """What went out, what waits and what failed: never to whom, and never what it said."""
    search = SearchForm(request.GET)
    wanted = (
        search.cleaned_data if search.is_valid() else {"number": "", "address": "", "state": "", "via": ""}
    )
    rows = queries.search(
        number=public_ids.plain(wanted["number"]),
        key=operations.address_key(wanted["address"]),
        state=wanted["state"],
        via=wanted["via"],
    )
    page = pages.numbered(request, rows[:NEWEST])
    what = pages.Listing(
        title=_("What went out"),
        intro=_("The newest %(count)d that fit. Addresses and words are encrypted and shown to nobody.")
        % {"count": NEWEST},
        headers=[_("Written"), _("Event"), _("Way"), _("Case"), _("State"), _("Times tried")],
        rows=[_logged(row) for row in page],
        empty=_("No notice fits this."),
        filters=search,
        page=page,
        crumbs=[crumb()],
    )  # fmt: skip
    return pages.listing(request, what)


def _logged(row: Any) -> list[pages.Cell]:
    label = notice_texts.EVENTS.get(row.event) or OTHERS.get(row.event, row.event)
    return [
        pages.Cell(dates.moment_words(row.created_at, this_year=clock.today().year)),
        pages.Cell(label),
        pages.Cell(row.get_channel_display()),
        pages.Cell(row.reference),
        pages.Cell(State(row.state).label, tag=STATE_TAGS[State(row.state)]),
        pages.Cell(row.attempts, note=row.error),
    ]


def _known(event: str, via: str, language: str) -> Via:
    if event not in notice_texts.EVENTS or via not in Via.values or language not in dict(settings.LANGUAGES):
        raise Missing
    if Via(via) not in notice_texts.ways(event):
        raise Missing
    return Via(via)
