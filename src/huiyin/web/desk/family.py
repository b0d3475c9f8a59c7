"""Undoing a merger or a link, from the page of the case."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.accounts import queries as accounts
from huiyin.cases.operations import acting, merging, splitting
from huiyin.cases.queries import opening
from huiyin.web.components import access
from huiyin.web.desk.worklist import SEES_CASES


@require_POST
@access.requires(*SEES_CASES)
def unmerge(request: HttpRequest, number: str) -> HttpResponse:
    """Let one merged case go its own way again."""
    actor = acting.staff(accounts.staff_member(request.user))
    row = merging.unmerge(opening.for_staff(number, user=request.user).pk, actor=actor)
    messages.success(request, _("The merger was undone. The case has its own state and dates again."))
    return redirect("desk:case", row.number)


@require_POST
@access.requires(*SEES_CASES)
def unlink(request: HttpRequest, number: str) -> HttpResponse:
    """Undo a link."""
    actor = acting.staff(accounts.staff_member(request.user))
    row = opening.for_staff(number, user=request.user)
    other = opening.for_staff(request.POST.get("other", ""), user=request.user)
    splitting.unlink(row.pk, other=other.pk, actor=actor)
    messages.success(request, _("The link was undone."))
    return redirect("desk:case", row.number)
