"""The three questions by a code from a text message: they open the verdict on one answer, and nothing of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.cases.enums import Action
from huiyin.cases.operations import opening, person
from huiyin.cases.queries import own, receipts
from huiyin.catalogue import queries as catalogue
from huiyin.feedback.enums import Solved, Via
from huiyin.kernel import addresses
from huiyin.web.components import access
from huiyin.web.public.follow import forms

if TYPE_CHECKING:
    from huiyin.cases.models import Reply


@access.public(reason="Opened by a code that was sent to the person; it opens the verdict and nothing else.")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verdict(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Give the verdict; where it says that it is not solved, open the case again with one click."""
    reply = opening.for_verdict(number, code, address=addresses.of(request))
    context = {
        "number": receipts.shown_number(reply.case.number),
        "reply": reply,
        "service": catalogue.service_name(reply.case.service),
    }
    form = forms.VerdictForm(request.POST if request.method == "POST" else None)
    if reply.verdict is not None:
        return _given(request, reply, context)
    if request.method == "POST" and form.is_valid():
        given = form.given()
        person.judge(reply.case_id, given=given, via=Via.CODE)
        return redirect("public:verdict_by_code", number=number, code=code)
    return render(
        request,
        "public/follow/verdict_by_code.html",
        context | {"form": form},
        status=422 if form.is_bound else 200,
    )


def _given(request: HttpRequest, reply: Reply, context: dict[str, Any]) -> HttpResponse:
    verdict = reply.verdict
    # Only who gave the verdict by this code opens the case by it.
    by_this_code = verdict is not None and verdict.via == Via.CODE
    unsolved = verdict is not None and verdict.solved in {Solved.NO, Solved.PARTLY}
    may_reopen = by_this_code and unsolved and Action.REOPEN in own.actions(reply.case)
    if request.method == "POST" and may_reopen and verdict is not None:
        person.reopen(reply.case_id, text=verdict.text or _("It is not solved."))
        context["is_reopened"], may_reopen = True, False
    return render(request, "public/follow/verdict_given.html", context | {"may_reopen": may_reopen})
