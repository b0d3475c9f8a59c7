"""Verdicts that are left out of the figures: asking for it, deciding on it, and the list for everybody who may know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.accounts.enums import Permission
from huiyin.aftercare import permissions
from huiyin.aftercare.operations import excluding
from huiyin.cases.queries import opening, recent
from huiyin.feedback import queries
from huiyin.feedback.enums import ExclusionReason, ExclusionState
from huiyin.kernel.errors import Missing, Refusal
from huiyin.web.components import access
from huiyin.web.components.forms import Words
from huiyin.web.desk import frame
from huiyin.web.desk.worklist import SEES_CASES

if TYPE_CHECKING:
    from huiyin.feedback.models import Exclusion

ROWS = 30
VERBS = {"approve": excluding.approve, "decline": excluding.decline, "lift": excluding.lift}


class AskForm(forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why should it not count?"), choices=ExclusionReason, widget=forms.RadioSelect
    )
    text = Words(
        label=gettext_lazy("What makes you sure"),
        help_text=gettext_lazy("Whoever decides reads this. Say nothing about the person."),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 500}),
        max_length=500,
    )


class DecideForm(forms.Form):
    text = Words(
        label=gettext_lazy("Your reason"),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
        max_length=500,
        required=False,
    )


@never_cache
@require_GET
@access.requires(Permission.ASK_EXCLUSION, Permission.APPROVE_EXCLUSION, Permission.SEE_FIGURES)
def exclusion_list(request: HttpRequest) -> HttpResponse:
    """All wishes: those to be decided first, then what was decided."""
    user: Any = request.user
    rows = queries.exclusions().exclude(verdict__reply__case__in=recent.closed_ids(user))
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": page.object_list,
        "may_decide": permissions.can_decide_exclusions(request.user),
    }
    return render(request, "desk/exclusions.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@access.requires(*SEES_CASES)
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Ask that the verdict of a case be left out of the figures."""
    row = opening.for_staff(number, user=request.user)
    permissions.check_ask_exclusion(request.user, row)
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason, text = ExclusionReason(form.cleaned_data["reason"]), form.cleaned_data["text"]
        try:
            excluding.ask(row, user=request.user, reason=reason, text=text)  # type: ignore[arg-type]  # signed in
        except Refusal as refused:
            form.add_error("text" if refused.fields else None, str(refused.message))
        else:
            messages.success(request, _("Asked. Somebody else decides."))
            return redirect("desk:case", row.number)
    context = frame.around(row, user=request.user) | {"form": form}
    return render(request, "desk/exclude.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@access.requires(Permission.APPROVE_EXCLUSION, Permission.ASK_EXCLUSION)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One wish with the verdict it is about, and the decision."""
    found = queries.exclusion(pk)
    if found is None:
        raise Missing
    case = opening.for_staff(found.verdict.reply.case.number, user=request.user)
    form = DecideForm(request.POST if request.method == "POST" else None)
    verb = VERBS.get(request.POST.get("do", ""))
    if request.method == "POST" and verb is not None and form.is_valid():
        verb(pk, user=request.user, text=form.cleaned_data["text"])  # type: ignore[arg-type]  # signed in
        messages.success(request, _("Decided. The figures follow with the next count."))
        return redirect("desk:exclusion_list")
    context = frame.around(case, user=request.user) | {
        "found": found,
        "form": form,
        **_choices(request.user, found),
    }
    return render(request, "desk/exclusion.html", context)


def _choices(user: Any, found: Exclusion) -> dict[str, bool]:
    may = permissions.can_decide_exclusions(user) and found.asked_by_id != user.pk
    return {
        "may_decide": may and found.state == ExclusionState.ASKED,
        "may_lift": may and found.state == ExclusionState.APPROVED,
        "is_own": found.asked_by_id == user.pk and found.state == ExclusionState.ASKED,
    }
