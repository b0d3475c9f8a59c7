"""Hot topics: what many people write about, for supervisors and whoever sees all cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.kernel.errors import Invalid, Missing
from huiyin.topics import permissions
from huiyin.topics.operations import deciding
from huiyin.topics.queries import showing
from huiyin.web.components import access

PAGE = 20
CASES = 25
MOST_TARGETS = 50


@require_GET
@access.requires(Permission.SEE_ALL_CASES)
def topic_list(request: HttpRequest) -> HttpResponse:
    """Open topics, the hottest first, and above them those that the user watches."""
    user = accounts.staff_member(request.user)
    page = Paginator(showing.hottest(), PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [(row, showing.growth(row)) for row in page],
        "watched": [(row, showing.growth(row)) for row in showing.watched(user)[:PAGE]],
    }
    return render(request, "desk/topics/list.html", context)


@require_GET
@access.requires(Permission.SEE_ALL_CASES)
def earlier(request: HttpRequest) -> HttpResponse:
    """Topics that are closed or have become quiet."""
    page = Paginator(showing.earlier(), PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/topics/earlier.html", {"page_obj": page})


@require_GET
@access.requires(Permission.SEE_ALL_CASES)
def topic(request: HttpRequest, pk: int) -> HttpResponse:
    """One topic: figures, time line, cases, and what can be done with it."""
    row = showing.topic(pk)
    if row is None:
        raise Missing(_("There is no such topic."))
    user = accounts.staff_member(request.user)
    decides = permissions.can_decide(user) and row.state == "open"
    context: dict[str, Any] = {
        "topic": row,
        "growth": showing.growth(row),
        "days": showing.timeline(row),
        "page_obj": Paginator(showing.members(row, user=user), CASES).get_page(request.GET.get("page")),
        "decides": decides,
        "watches": showing.is_watched(row, user=user),
        "others": showing.hottest().exclude(pk=pk)[:MOST_TARGETS] if decides else [],
    }
    return render(request, "desk/topics/topic.html", context)


@require_POST
@access.requires(Permission.SUPERVISE)
def decide(request: HttpRequest, pk: int, do: str) -> HttpResponse:
    """Name, merge, split, watch or close a topic."""
    act = ACTS.get(do)
    if act is None:
        raise Missing(_("There is no such page."))
    target, told = act(pk, request.POST, accounts.staff_member(request.user))
    messages.success(request, told)
    return redirect("desk:topic", target)


def _name(pk: int, given: QueryDict, user: Any) -> tuple[int, str]:
    deciding.name(pk, words=given.get("name", ""), actor=user)
    return pk, _("The name was kept.")


def _merge(pk: int, given: QueryDict, user: Any) -> tuple[int, str]:
    into = given.get("into", "")
    if not into.isdecimal() or len(into) > 18:
        raise Invalid(_("Choose another topic."))
    return deciding.merge(pk, into=int(into), actor=user).pk, _("Merged. This topic has the cases of both.")


def _split(pk: int, given: QueryDict, user: Any) -> tuple[int, str]:
    chosen = [int(value) for value in given.getlist("case") if value.isdecimal() and len(value) < 19]
    part = deciding.split(pk, case_ids=chosen, title=given.get("name", ""), actor=user)
    return part.pk, _("Split off. This is the new topic.")


def _close(pk: int, _given: QueryDict, user: Any) -> tuple[int, str]:
    deciding.close(pk, actor=user)
    return pk, _("Closed. New cases like these make a new topic.")


def _watch(pk: int, _given: QueryDict, user: Any) -> tuple[int, str]:
    deciding.watch(pk, user=user)
    return pk, _("It stands at the top of your list now.")


def _unwatch(pk: int, _given: QueryDict, user: Any) -> tuple[int, str]:
    deciding.unwatch(pk, user=user)
    return pk, _("It no longer stands at the top of your list.")


ACTS: dict[str, Callable[[int, QueryDict, Any], tuple[int, str]]] = {
    "name": _name,
    "merge": _merge,
    "split": _split,
    "close": _close,
    "watch": _watch,
    "unwatch": _unwatch,
}
