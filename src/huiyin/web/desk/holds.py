"""Legal holds: what is kept from erasing, until when and why, and day by day which holds ended."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from huiyin.accounts.enums import Permission
from huiyin.cases.queries import holds
from huiyin.web.components import access

ROWS = 30
RUNNING, ENDED = "running", "ended"


@never_cache
@require_GET
@access.requires(Permission.SUPERVISE, Permission.SEE_AUDIT)
def hold_list(request: HttpRequest) -> HttpResponse:
    """The holds that run, the first to end first; or those that ended, by day."""
    user: Any = request.user
    shown = ENDED if request.GET.get("tab") == ENDED else RUNNING
    rows = holds.ended(user) if shown == ENDED else holds.running(user)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {"page_obj": page, "rows": page.object_list, "tab": shown}
    return render(request, "desk/boards/holds.html", context)
