"""Promises behind the answers: making one, and saying what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.catalogue.queries import localised
from huiyin.consultations import permissions
from huiyin.consultations.enums import Promised, State
from huiyin.consultations.operations import promises as verbs
from huiyin.consultations.queries import promises
from huiyin.kernel.errors import Denied
from huiyin.organisations import queries as organisations
from huiyin.web.components import access
from huiyin.web.components import forms as components
from huiyin.web.desk.consulting import frame
from huiyin.web.desk.consulting.lists import ORGANISERS
from huiyin.web.manage import fields, pages

if TYPE_CHECKING:
    from huiyin.consultations.models import Consultation


class PromiseForm(fields.TextsForm):
    texts = {
        "whats": fields.Texts(
            gettext_lazy("What is promised"),
            longest=1000,
            rows=3,
            is_required=True,
            hint=gettext_lazy("One thing that anybody can check."),
        ),
        "proofs": fields.Texts(
            gettext_lazy("How it is proved"),
            longest=500,
            rows=2,
            is_required=True,
            hint=gettext_lazy("What people will see when it is done: a place, a paper, a photograph."),
        ),
    }
    field_order = ("whats", "unit", "due_on", "proofs")
    unit = fields.UnitField(label=gettext_lazy("Unit that does it"))
    due_on = forms.DateField(label=gettext_lazy("By when"), widget=components.DateParts)


class SettleForm(fields.TextsForm):
    texts = {
        "outcomes": fields.Texts(
            gettext_lazy("What was done and what proves it, or why it was not done"),
            longest=2000,
            rows=4,
            is_required=True,
        )
    }
    field_order = ("state", "outcomes", "link")
    state = forms.ChoiceField(
        label=gettext_lazy("What became of it"),
        choices=[(one.value, one.label) for one in (Promised.KEPT, Promised.NOT_KEPT)],
        widget=forms.RadioSelect,
    )
    link = forms.URLField(
        label=gettext_lazy("Address of the proof"), required=False, max_length=500, assume_scheme="https"
    )


@access.requires(*ORGANISERS)
def listed(request: HttpRequest, pk: int) -> HttpResponse:
    """Every answer that adopts something, with its promise and how that stands."""
    row = _own(request, pk)
    context = {
        "row": row,
        "answers": promises.promising(row),
        "may_promise": row.state in (State.CLOSED, State.ANSWERED),
        "may_change": row.state == State.CLOSED,
        "may_settle": row.state in (State.ANSWERED, State.ARCHIVED),
        "crumbs": [frame.start(), frame.crumb(row)],
    }
    return render(request, "desk/consulting/promises.html", context)


@access.requires(*ORGANISERS)
def promise(request: HttpRequest, pk: int, answer: int) -> HttpResponse:
    """Make a promise behind an answer."""
    row = _own(request, pk)
    found = promises.answer(row, answer)
    former = getattr(found, "promise", None)
    initial: dict[str, Any] = {"unit": found.unit_id}
    if former is not None:
        initial = {name: getattr(former, name) for name in ("whats", "proofs", "due_on")} | {
            "unit": former.unit_id
        }
    form = PromiseForm(pages.posted(request), initial=initial)
    ask = _ask(
        row,
        title=_("Make a promise"),
        intro=_("It is published with the answer. Afterwards you can only say what became of it."),
        button=_("Promise it"),
        said=_("The promise is kept with the answer."),
    )

    def act(values: dict[str, Any]) -> None:
        unit = pages.found(organisations.unit(values["unit"]))
        pledge = verbs.Pledge(
            whats=values["whats"], proofs=values["proofs"], unit=unit, due_on=values["due_on"]
        )
        verbs.promise(pk, answer_id=answer, pledge=pledge, actor=pages.actor(request))

    return pages.form(request, form, ask, act)


@access.requires(*ORGANISERS)
def settle(request: HttpRequest, pk: int, answer: int) -> HttpResponse:
    """Say what became of a promise."""
    row = _own(request, pk)
    made = pages.found(getattr(promises.answer(row, answer), "promise", None))
    ask = _ask(
        row,
        title=_("What became of the promise?"),
        intro=localised(made.whats),
        button=_("Publish it"),
        said=_("It is published, and those who wanted to know are told."),
    )

    def act(values: dict[str, Any]) -> None:
        outcome = verbs.Outcome(
            state=Promised(values["state"]), words=values["outcomes"], link=values["link"]
        )
        verbs.settle(pk, answer_id=answer, outcome=outcome, actor=pages.actor(request))

    return pages.form(request, SettleForm(pages.posted(request)), ask, act)


def _own(request: HttpRequest, pk: int) -> Consultation:
    row = frame.found(request, pk)
    if not permissions.can_organise(pages.actor(request), row.unit_id):
        raise Denied
    return row


def _ask(row: Consultation, *, title: str, intro: str, button: str, said: str) -> pages.Asking:
    back = reverse("desk:promises", args=[row.pk])
    return pages.Asking(
        title=title,
        intro=intro,
        button=button,
        said=said,
        back=back,
        crumbs=[frame.crumb(row), pages.Crumb(_("Promises"), back)],
        start=frame.start(),
    )
