"""Reading a sample of answers again, and what was found per unit."""

from __future__ import annotations

from typing import Any

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
from huiyin.aftercare.enums import Finding
from huiyin.aftercare.operations import sampling
from huiyin.aftercare.queries import sampling as queries
from huiyin.feedback.queries import open_exclusions
from huiyin.kernel.errors import Missing, Refusal
from huiyin.web.components import access
from huiyin.web.components.forms import Words

ROWS = 30


class ReviewForm(forms.Form):
    answers_question = forms.ChoiceField(
        label=gettext_lazy("Does it answer the question?"),
        choices=[(one.value, one.label) for one in (Finding.YES, Finding.NO)],
        widget=forms.RadioSelect,
    )
    says_done = forms.ChoiceField(
        label=gettext_lazy("Does it say what was done?"), choices=Finding, widget=forms.RadioSelect
    )
    names_date = forms.ChoiceField(
        label=gettext_lazy("Does it name a date for what is still to be done?"),
        choices=Finding,
        widget=forms.RadioSelect,
    )
    remark = Words(
        label=gettext_lazy("Remark for the unit"),
        help_text=gettext_lazy(
            "What would have made the answer better. Nothing about the person who wrote it."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
        max_length=500,
        required=False,
    )


@never_cache
@require_GET
@access.requires(Permission.REVIEW_ANSWERS)
def sample_list(request: HttpRequest) -> HttpResponse:
    """Answers that wait to be read again."""
    page = Paginator(queries.waiting(request.user), ROWS).get_page(request.GET.get("page"))
    return render(request, "desk/samples.html", {"page_obj": page, "rows": page.object_list})


@never_cache
@require_GET
@access.requires(Permission.REVIEW_ANSWERS, Permission.ASK_EXCLUSION, Permission.APPROVE_EXCLUSION)
def found(request: HttpRequest) -> HttpResponse:
    """What second readers found, by unit, and the ways to what waits."""
    context = {
        "found": queries.found(),
        "may_review": permissions.can_review(request.user),
        "may_see_exclusions": permissions.can_see_exclusions(request.user),
        "open_exclusions": open_exclusions(),
    }
    return render(request, "desk/quality.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@access.requires(Permission.REVIEW_ANSWERS)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One answer beside what the person said, and the three points."""
    row = queries.sample(pk)
    if row is None:
        raise Missing
    permissions.check_review(request.user, row.reply.case)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            sampling.review(pk, user=request.user, found=_found(form.cleaned_data))  # type: ignore[arg-type]  # signed in
        except Refusal as refused:
            form.add_error(None, str(refused.message))
        else:
            messages.success(request, _("Kept. Thank you for reading it again."))
            return redirect("desk:sample_list")
    context = {"row": row, "case": row.reply.case, "form": form}
    return render(request, "desk/sample.html", context, status=422 if form.errors else 200)


def _found(data: dict[str, Any]) -> sampling.Review:
    points = {name: Finding(data[name]) for name in queries.POINTS}
    return sampling.Review(remark=data["remark"], **points)
