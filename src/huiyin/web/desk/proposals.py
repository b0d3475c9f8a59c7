"""What is proposed for a case, on its page: taken with one key, as an officer or dispatcher would do it by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from huiyin.cases.enums import OPEN_STATES, Action
from huiyin.cases.queries import opening
from huiyin.kernel.errors import Conflict, Invalid
from huiyin.triage.enums import Question, Source
from huiyin.triage.operations import taking
from huiyin.triage.queries import showing
from huiyin.web.components import access, punctuation
from huiyin.web.desk import frame
from huiyin.web.desk.publishing import KINDS
from huiyin.web.desk.worklist import SEES_CASES

if TYPE_CHECKING:
    from huiyin.cases.models import Case

MOST_KEYS = 9
NEEDS = {
    Question.SERVICE: Action.CLASSIFY,
    Question.KIND: Action.CLASSIFY,
    Question.UNIT: Action.ASSIGN,
}
NAMES = {
    Question.SERVICE: gettext_lazy("Service"),
    Question.UNIT: gettext_lazy("Unit"),
    Question.KIND: gettext_lazy("Kind"),
    Question.URGENCY: gettext_lazy("Urgency class"),
}


@never_cache
@require_GET
@access.requires(*SEES_CASES)
def proposal(request: HttpRequest, number: str) -> HttpResponse:
    """The piece of the case page about where it belongs; a page of its own without JavaScript."""
    row = opening.for_staff(number, user=request.user)
    around = frame.around(row, user=request.user)
    return render(request, "desk/proposal.html", around | context(row, around["allowed"], user=request.user))


def context(row: Case, allowed: set[str], *, user: Any) -> dict[str, Any]:
    """The proposal in the shape of the template: rows with numbered keys for what this user may take."""
    shape = showing.for_case(row, user=user)
    keys = iter(range(1, MOST_KEYS + 1))
    rows: list[dict[str, Any]] = [
        {
            "question": question.value,
            "name": NAMES[question],
            "choices": _choices(shape, question, allowed, row, keys),
        }
        for question in NAMES
        if shape.answers.get(question.value)
    ]
    takes = sum(bool(row["choices"][0]["key"]) for row in rows)
    marks = [_mark(kind, count) for kind, count in shape.personal_data.items()]
    return {"shape": shape, "rows": rows, "takes_all": takes > 1, "marks": punctuation.listing(marks)}


def _choices(
    shape: showing.Shape, question: Question, allowed: set[str], row: Case, keys: Any
) -> list[dict[str, Any]]:
    needed = NEEDS.get(question)
    may = needed is not None and needed.value in allowed and row.state in OPEN_STATES
    if question is Question.KIND and row.service_id is None:
        may = False
    return [
        {"shown": shown, "why": why(shown), "key": next(keys, 0) if may and not shown.stands else 0}
        for shown in shape.answers[question.value]
    ]


def why(shown: showing.Shown) -> str:
    """What spoke for an answer, in one sentence."""
    choice = shown.choice
    words = punctuation.listing([_("“%(word)s”") % {"word": word} for word in choice.words])
    if choice.source == Source.RULE:
        said = _("Rule “%(name)s”") % {"name": choice.rule_name}
        return said + (_(", because it says %(words)s") % {"words": words} if words else "")
    if choice.source == Source.PRECEDENT:
        return _("Decided by an arbiter before: %(matter)s") % {"matter": choice.rule_name}
    if choice.source == Source.FOLLOWS:
        return _("Goes with the service")
    if choice.source == Source.WORDS:
        return _("Words of the service: %(words)s") % {"words": words} if words else ""
    return (
        _("Earlier decisions; what spoke for it: %(words)s") % {"words": words}
        if words
        else _("Earlier decisions")
    )


def _mark(kind: str, count: int) -> str:
    name = next((str(name) for own, name in KINDS.items() if own.value == kind), kind)
    return _("%(kind)s (%(count)s)") % {"kind": name, "count": count}


def in_a_list(shape: showing.Shape | None) -> dict[str, Any] | None:
    """The first answers of a proposal for one line of a list; None where there are none."""
    service = shape.best(Question.SERVICE) if shape else None
    unit = shape.best(Question.UNIT) if shape else None
    first = service or unit
    return {"service": service, "unit": unit, "percent": first.percent, "why": why(first)} if first else None


@require_POST
@access.requires(*SEES_CASES)
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Take one answer, or all first answers, by the same verbs as by hand."""
    row = opening.for_staff(number, user=request.user)
    user: Any = request.user
    revision = request.POST.get("revision", "")
    if not revision.isdecimal():
        raise Conflict(_("This has changed in between. Load the page again and look at the new state."))
    question = request.POST.get("question", "")
    if question == "all":
        taking.take_all(row.pk, user=user, revision=int(revision))
    elif question in Question.values and question != Question.DUPLICATE:
        value = request.POST.get("value", "")
        taking.take(row.pk, question=Question(question), value=value, user=user, revision=int(revision))
    else:
        raise Invalid(_("This was not proposed for this case."))
    messages.success(request, _("Taken as proposed."))
    if request.POST.get("then") == "dispatch":
        return redirect("desk:dispatch")
    return redirect("desk:case", row.number)


@require_POST
@access.requires(*SEES_CASES)
def duplicate(request: HttpRequest, number: str) -> HttpResponse:
    """Say whether a case that was found is about the same matter."""
    row = opening.for_staff(number, user=request.user)
    user: Any = request.user
    other = request.POST.get("other", "")
    if not other.isdecimal():
        raise Invalid(_("This was not proposed for this case."))
    judge = taking.confirm_duplicate if request.POST.get("is") == "same" else taking.deny_duplicate
    judge(row.pk, other=int(other), user=user)
    messages.success(request, _("Kept. It helps to tell repeats apart."))
    return redirect("desk:case", row.number)
