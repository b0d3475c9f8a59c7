"""Boards of those who decide whose case it is: the dispatcher's, the arbiter's, precedents, counts of returns."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.cases.operations import acting, handling, returns
from huiyin.cases.queries import disputes, opening
from huiyin.catalogue import queries as catalogue
from huiyin.kernel import clock
from huiyin.kernel.errors import Missing, Refusal
from huiyin.organisations import queries as organisations
from huiyin.scorecards import queries as scorecards
from huiyin.scorecards.enums import Period
from huiyin.triage.queries import figures as figures_of_filing
from huiyin.triage.queries import showing
from huiyin.web.components import access
from huiyin.web.desk import dispute_forms, proposals
from huiyin.web.desk.worklist import SEES_CASES

if TYPE_CHECKING:
    from huiyin.cases.models import Case

PAGE = 25
DAYS = 90


@never_cache
@require_GET
@access.requires(Permission.DISPATCH)
def dispatch(request: HttpRequest) -> HttpResponse:
    """What waits for the dispatcher: returned cases with the time left for deciding, and cases without a unit."""
    user: Any = request.user
    fallbacks = organisations.fallback_units()
    context = {
        "returned": [
            (row, fallbacks.for_area(row.case.area)) for row in disputes.waiting_for_dispatcher(user)
        ],
        "received": _received(disputes.to_be_sent_on(user), fallbacks),
        "reviews": figures_of_filing.reviews_waiting(),
    }
    return render(request, "desk/boards/dispatch.html", context)


def _received(rows: list[Case], fallbacks: organisations.Fallbacks) -> list[dict[str, Any]]:
    """Each case with what is proposed for it and the unit that takes what nobody fits."""
    shapes = showing.for_many(rows)
    return [
        {
            "case": row,
            "fallback": fallbacks.for_area(row.area),
            "proposed": proposals.in_a_list(shapes.get(row.pk)),
        }
        for row in rows
    ]


@require_POST
@access.requires(Permission.DISPATCH)
def send(request: HttpRequest, number: str) -> HttpResponse:
    """Send one case of the board to the unit beside it; refused where somebody was faster."""
    row = opening.for_staff(number, user=request.user)
    unit = dispute_forms.chosen_unit(request.POST.get("unit", ""))
    revision = request.POST.get("revision", "")
    handling.assign(
        row.pk, unit=unit, actor=acting.staff(accounts.staff_member(request.user)),
        revision=int(revision) if revision.isdecimal() else 0,
    )  # fmt: skip
    messages.success(request, _("Sent. The unit finds it in its list."))
    return redirect("desk:dispatch")


@never_cache
@require_GET
@access.requires(Permission.ARBITRATE)
def arbitration(request: HttpRequest) -> HttpResponse:
    """What units could not agree on."""
    user: Any = request.user
    return render(request, "desk/boards/arbitration.html", {"returned": disputes.waiting_for_arbiter(user)})


@require_GET
@access.requires(*SEES_CASES)
def precedents(request: HttpRequest) -> HttpResponse:
    """Everything arbiters decided, searched by words; what was revoked stays with its reason."""
    text = request.GET.get("q", "").strip()[:200].replace("\x00", "")
    page = Paginator(disputes.precedents(text), PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "q": text,
        "may_revoke": accounts.has_permission(request.user, Permission.ARBITRATE),
    }
    return render(request, "desk/boards/precedents.html", context)


@require_http_methods(["GET", "POST"])
@access.requires(Permission.ARBITRATE)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a precedent no longer hold, with the reason."""
    row = disputes.precedent(pk)
    if row is None:
        raise Missing
    form = dispute_forms.RevokeForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        user = accounts.staff_member(request.user)
        try:
            returns.revoke_precedent(row, why=form.cleaned_data["why"], user=user)
        except Refusal as refused:
            form.add_error(None, str(refused.message))
            status = refused.status
        else:
            messages.success(request, _("The precedent no longer holds."))
            return redirect("desk:precedents")
    return render(request, "desk/boards/revoke.html", {"form": form, "row": row}, status=status)


@require_GET
@access.requires(Permission.DISPATCH, Permission.ARBITRATE, Permission.SEE_FIGURES)
def return_counts(request: HttpRequest) -> HttpResponse:
    """How often units and services were returned in 90 days, beside what was received in the same time."""
    found = disputes.counted(since=clock.now() - dt.timedelta(days=DAYS))
    figures = scorecards.figures(Period.QUARTER)
    context = {
        "units": _lines(
            found.units, organisations.unit_names(), figures.units if figures else [], found.kept
        ),
        "services": _lines(
            found.services,
            {row.pk: (row.code, row.current.public_names) for row in catalogue.services() if row.current},
            figures.services if figures else [],
            {},
        ),
        "days": DAYS,
    }
    return render(request, "desk/boards/returns.html", context)


def _lines(
    counts: dict[int, int],
    named: dict[int, tuple[str, dict[str, str]]],
    figures: list[Any],
    kept: dict[int, int],
) -> list[dict[str, Any]]:
    received = {line.code: line.counts.received for line in figures}
    rows = []
    for pk, count in sorted(counts.items(), key=lambda item: -item[1]):
        code, names = named.get(pk, ("", {}))
        came = received.get(code, 0)
        share = round(100 * count / came) if came else None
        rows.append(
            {
                "name": catalogue.localised(names),
                "count": count,
                "kept": kept.get(pk, 0),
                "received": came,
                "share": share,
            }
        )
    return rows
