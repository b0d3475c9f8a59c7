"""A sample of what was filed by itself: dispatchers say whether it was right."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from huiyin.accounts.enums import Permission
from huiyin.triage.operations import reviewing
from huiyin.triage.queries import figures
from huiyin.web.components import access

ROWS = 20


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
