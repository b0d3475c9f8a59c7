"""The dispatcher's screen: what waits to be sent on, each case with where it belongs; and what was filed by itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from huiyin.accounts.enums import Permission
from huiyin.cases.queries import worklist
from huiyin.cases.queries.worklist import Tab
from huiyin.triage.enums import Question
from huiyin.triage.operations import reviewing
from huiyin.triage.queries import figures, showing
from huiyin.web.components import access
from huiyin.web.desk import proposals

ROWS = 20


@never_cache
@require_GET
@access.requires(Permission.DISPATCH)
def dispatch(request: HttpRequest) -> HttpResponse:
    """Cases without a unit, most urgent first; one key takes what is proposed."""
    user: Any = request.user
    after = request.GET.get("after", "")
    page = worklist.page(user, Tab.RECEIVED, filters=worklist.Filters(), after=after, size=ROWS)
    shapes = showing.for_many(page.rows)
    context = {
        "rows": [_row(case, shapes.get(case.pk)) for case in page.rows],
        "page": page,
        "is_first": not after,
        "reviews": figures.reviews_waiting(),
    }
    return render(request, "desk/dispatch.html", context)


def _row(case: Any, shape: showing.Shape | None) -> dict[str, Any]:
    service = shape.best(Question.SERVICE) if shape else None
    unit = shape.best(Question.UNIT) if shape else None
    first = service or unit
    return {
        "case": case,
        "service": service,
        "unit": unit,
        "percent": first.percent if first else None,
        "why": proposals.why(first) if first else "",
    }


@never_cache
@require_GET
@access.requires(Permission.DISPATCH)
def reviews(request: HttpRequest) -> HttpResponse:
    """A sample of what was filed by itself, to be judged."""
    user: Any = request.user
    context = {"rows": figures.to_review(user=user, most=ROWS), "count": figures.reviews_waiting()}
    return render(request, "desk/reviews.html", context)


@require_POST
@access.requires(Permission.DISPATCH)
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree or disagree; after a disagreement the case is opened to be sent where it belongs."""
    user: Any = request.user
    if request.POST.get("verdict") == "agree":
        reviewing.agree(pk, user=user)
        messages.success(request, _("Kept: it was filed rightly."))
        return redirect("desk:reviews")
    row = reviewing.disagree(pk, user=user)
    messages.success(request, _("Kept: it belongs elsewhere. Send it on from here."))
    return redirect("desk:case", row.case.number)
