"""Answering: what becomes of each statement, and the answer as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from huiyin.consultations import permissions
from huiyin.consultations.enums import Decision, State
from huiyin.consultations.operations import answers as verbs
from huiyin.consultations.queries import maps, statements
from huiyin.kernel.errors import Denied
from huiyin.organisations import queries as organisations
from huiyin.web.components import access
from huiyin.web.desk.consulting import frame
from huiyin.web.desk.consulting.forms import ConclusionForm, DecideForm
from huiyin.web.desk.consulting.lists import ORGANISERS
from huiyin.web.manage import pages

if TYPE_CHECKING:
    from huiyin.consultations.models import Consultation, Statement


@access.requires(*ORGANISERS)
def answers(request: HttpRequest, pk: int) -> HttpResponse:
    """All statements that need an answer, shared ones first; several can be answered together."""
    row, user = _own(request, pk)
    rows = _needed(row)
    open_ones = [(one.pk, f"{one.number}. {one.text}") for one in rows if one.answer is None]
    decided = [(one.pk, f"{one.number}. {one.text}") for one in rows if one.answer is not None]
    form = DecideForm(pages.posted(request), shown=[*open_ones, *decided], initial={"unit": row.unit_id})
    ask = pages.Asking(
        title=_("Answers"),
        intro=_(
            "Each statement that was shown needs an answer. Tick those that ask for the same and answer them together."
        ),
        button=_("Keep this answer"),
        back=reverse("desk:consultation", args=[pk]),
        done=request.path,
        said=_("The answer is kept. It is published with all others."),
        crumbs=[frame.crumb(row)],
        start=frame.start(),
        extra={"row": row, "rows": rows, "open": len(open_ones), "can_decide": row.state == State.CLOSED},
    )

    def act(values: dict[str, Any]) -> None:
        unit = pages.found(organisations.unit(values["unit"]))
        verdict = verbs.Verdict(decision=Decision(values["decision"]), reasons=values["reasons"], unit=unit)
        verbs.decide(pk, statement_ids=values["statements"], verdict=verdict, actor=user)

    return pages.form(request, form, ask, act, template="desk/consulting/answers.html")


@access.requires(*ORGANISERS)
def conclude(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer as a whole."""
    row, user = _own(request, pk)
    ask = pages.Asking(
        title=_("Answer as a whole"),
        button=_("Keep this answer"),
        back=reverse("desk:answers", args=[pk]),
        said=_("The answer is kept. It is published with all others."),
        crumbs=[frame.crumb(row)],
        start=frame.start(),
    )
    return pages.form(
        request,
        ConclusionForm(pages.posted(request), initial={"conclusions": row.conclusions}),
        ask,
        lambda values: verbs.conclude(pk, conclusions=values["conclusions"], actor=user),
    )


def _own(request: HttpRequest, pk: int) -> tuple[Consultation, Any]:
    row, user = frame.found(request, pk), pages.actor(request)
    if not permissions.can_organise(user, row.unit_id):
        raise Denied
    return row, user


def _needed(row: Consultation) -> list[Statement]:
    rows = list(statements.published(row).filter(is_meta=False).select_related("answer__unit"))
    shared = maps.consensus_numbers(row) if row.state != State.OPEN else set()
    return sorted(rows, key=lambda one: (one.number not in shared, one.number))
