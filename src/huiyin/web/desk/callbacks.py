"""Calling people back: whom to call, the script with the three questions, and what became of the calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiyin.accounts.enums import Permission
from huiyin.aftercare import permissions
from huiyin.aftercare.operations import calling
from huiyin.aftercare.queries import calling as queries
from huiyin.catalogue.queries import service_name
from huiyin.kernel import clock
from huiyin.kernel.errors import Refusal
from huiyin.people import queries as people
from huiyin.web.components import access
from huiyin.web.desk.callback_form import CallbackForm

if TYPE_CHECKING:
    from huiyin.aftercare.models import Callback
    from huiyin.people.operations import Revealed

ROWS = 30
NEWEST = 300


@never_cache
@require_GET
@access.requires(Permission.CALL_BACK)
def callback_list(request: HttpRequest) -> HttpResponse:
    """Whom to call, the most urgent first; those to be tried again later stand below."""
    now = clock.now()
    rows = queries.queue(request.user)
    # A queue has no pages: whoever has called the first ones finds the next ones in their place.
    ready = list(rows.filter(not_before__lte=now)[: ROWS + 1])
    later = list(rows.filter(not_before__gt=now)[:ROWS])
    context = {
        "rows": ready[:ROWS],
        "has_more": len(ready) > ROWS,
        "later": later,
        "ends": queries.ends(),
        "now": now,
    }
    return render(request, "desk/callbacks.html", context)


@never_cache
@require_GET
@access.requires(Permission.CALL_BACK)
def ended_list(request: HttpRequest) -> HttpResponse:
    """Callbacks that ended without a verdict; they are counted apart."""
    page = Paginator(queries.ended(request.user)[:NEWEST], ROWS).get_page(request.GET.get("page"))
    context = {"page_obj": page, "rows": page.object_list, "ends": queries.ends()}
    return render(request, "desk/callbacks_ended.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@access.requires(Permission.CALL_BACK)
def callback(request: HttpRequest, number: str) -> HttpResponse:
    """The script of one call, and the record of how it ended."""
    row = queries.to_call(number, user=request.user)
    permissions.check_call(request.user, row.reply.case)
    form = CallbackForm(request.POST or None)
    if request.method != "POST":
        return _page(request, row, form)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    try:
        calling.record(
            row.pk,
            user=request.user,  # type: ignore[arg-type]  # signed in
            call=form.call,
            given=form.given(),
            reopen_text=form.reopen_text(),
        )
    except Refusal as refused:
        form.add_error(None, str(refused.message))
        return _page(request, row, form, status=refused.status)
    messages.success(request, _("The call is recorded."))
    return redirect("desk:callback_list")


@never_cache
@require_POST
@access.requires(Permission.CALL_BACK)
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Show the telephone number once; the person reads on their own page that it was looked at, and why."""
    row = queries.to_call(number, user=request.user)
    revealed = calling.take(row.pk, user=request.user)  # type: ignore[arg-type]  # signed in
    return _page(request, row, CallbackForm(), revealed=revealed)


def _page(
    request: HttpRequest,
    row: Callback,
    form: CallbackForm,
    *,
    revealed: Revealed | None = None,
    status: int = 200,
) -> HttpResponse:
    case = row.reply.case
    context: dict[str, Any] = {
        "row": row,
        "case": case,
        "form": form,
        "revealed": revealed,
        "masked": people.masked(case.contact) if case.contact is not None else None,
        "service_name": service_name(case.service),
        "calls": row.calls.select_related("caller"),
        "by_filer": case.filed_by_id == request.user.pk,
    }
    return render(request, "desk/callback.html", context, status=status)
