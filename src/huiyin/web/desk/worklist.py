"""The worklist: what is to be done, deadline first."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.accounts.queries import absences, has_permission
from huiyin.cases.operations import acting, filters, handling, merging
from huiyin.cases.queries import worklist
from huiyin.cases.queries.worklist import Tab
from huiyin.kernel.errors import Invalid, Missing
from huiyin.organisations import queries as organisations
from huiyin.web.components import access, punctuation
from huiyin.web.desk import choices, filtering

SEES_CASES = (Permission.SEE_ALL_CASES, Permission.SEE_UNIT_CASES)
NAMES = {
    Tab.UNIT: gettext_lazy("My unit"),
    Tab.OPEN: gettext_lazy("All open"),
    Tab.MINE: gettext_lazy("Mine"),
    Tab.UNASSIGNED: gettext_lazy("No officer yet"),
    Tab.RECEIVED: gettext_lazy("To be sent on"),
    Tab.TODAY: gettext_lazy("Due today"),
    Tab.OVERDUE: gettext_lazy("Overdue"),
    Tab.WAITING: gettext_lazy("Waiting for the person"),
    Tab.ANSWERED: gettext_lazy("Waiting for the verdict"),
    Tab.ALL: gettext_lazy("All cases"),
}


@require_GET
@access.signed_in(
    reason="The first screen of everybody on the staff; who sees no cases is sent on from here."
)
def worklist_list(request: HttpRequest) -> HttpResponse:
    """One page of one tab, with filters, counts and what can be done with chosen rows."""
    if not any(has_permission(request.user, permission) for permission in SEES_CASES):
        return _elsewhere()
    user: Any = request.user
    chosen = filtering.remembered(request)
    tabs = worklist.tabs(user)
    tab = next((tab for tab in tabs if tab == chosen.get("tab")), tabs[0])
    form = filtering.FilterForm(chosen)
    page = worklist.page(user, tab, filters=form.filters(), after=request.GET.get("after", ""))
    context = {
        "tab": tab,
        "tabs": _counted(worklist.counts(user, tabs), tabs, current=tab),
        "form": form,
        "chosen": _removable(chosen, form),
        "page": page,
        "is_first": not request.GET.get("after"),
        "saved": worklist.saved(user),
        "away": absences.today().get(user.pk),
        "absent": punctuation.listing(absences.absent_behind(user)),
        "query": chosen.urlencode(),
        "shareable": user.standing().units_for(Permission.SHARE_FILTERS),
        **_bulk(user),
    }
    return render(request, "desk/worklist.html", context)


@require_POST
@access.requires(Permission.WORK_UNIT, Permission.DISPATCH)
def bulk(request: HttpRequest) -> HttpResponse:
    """Give the chosen cases to an officer, or send them to a unit: all of them or none."""
    user: Any = request.user
    ids = worklist.selected(user, request.POST.getlist("selected"))
    if not ids:
        raise Invalid(_("Choose at least one case."))
    if request.POST.get("do") == "merge":
        return _merge(request, ids)
    if request.POST.get("do") == "assign":
        count = _assign(user, ids, request.POST)
    else:
        wanted = request.POST.get("officer", "") if request.POST.get("do") == "give" else str(user.pk)
        officer = accounts.users().filter(pk=wanted).first() if wanted.isdecimal() else None
        if officer is None:
            raise Invalid(_("Choose an officer."))
        count = handling.take_many(ids, officer=officer, actor=acting.staff(user))
    messages.success(request, ngettext("%(count)d case was passed on.", "%(count)d cases were passed on.", count) % {
        "count": count
    })  # fmt: skip
    return redirect("desk:worklist")


@require_POST
@access.requires(*SEES_CASES)
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the filters in force under a name, and show them to the unit where asked to."""
    user: Any = request.user
    row = filters.keep(request.POST.get("name", ""), query=request.POST.get("query", ""), owner=user)
    unit = request.POST.get("unit", "")
    if unit.isdecimal():
        filters.share(row, unit_id=int(unit), actor=user)
    messages.success(request, _("The filter “%(name)s” was kept.") % {"name": row.name})
    return redirect("desk:worklist")


@require_POST
@access.requires(*SEES_CASES)
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one's own filter."""
    filters.remove(pk, actor=request.user)  # type: ignore[arg-type]  # `requires` lets nobody else in
    messages.success(request, _("The filter was deleted."))
    return redirect("desk:worklist")


def _assign(user: Any, ids: list[int], data: QueryDict) -> int:
    wanted = data.get("unit", "")
    unit = organisations.unit(int(wanted)) if wanted.isdecimal() else None
    if unit is None:
        raise Invalid(_("Choose a unit."))
    return handling.assign_many(
        ids, unit=unit, actor=acting.staff(user), reason=data.get("reason", "").strip()[:300]
    )


def _merge(request: HttpRequest, ids: list[int]) -> HttpResponse:
    """The chosen cases follow the one that came first."""
    first, *others = sorted(ids)
    actor = acting.staff(accounts.staff_member(request.user))
    survivor = merging.merge(first, others=others, actor=actor)
    messages.success(request, _("Merged. Everybody gets the answer of this case; each merger can be undone."))
    return redirect("desk:case", survivor.number)


def _counted(counts: dict[Tab, int], tabs: list[Tab], *, current: Tab) -> list[dict[str, Any]]:
    most = worklist.MOST_COUNTED
    return [
        {
            "tab": tab.value,
            "name": NAMES[tab],
            "current": tab is current,
            "count": f"{most:,}+" if counts.get(tab, 0) > most else counts.get(tab),
            "urgent": tab is Tab.OVERDUE and bool(counts.get(tab)),
        }
        for tab in tabs
    ]


def _removable(chosen: QueryDict, form: filtering.FilterForm) -> list[dict[str, str]]:
    """Each filter in force with the address of the list without it."""
    found = []
    for name, label, words in form.chosen():
        rest = chosen.copy()
        rest.pop(name, None)
        rest[filtering.EXACTLY] = "1"
        found.append({"label": label, "words": words, "without": rest.urlencode()})
    return found


def _bulk(user: Any) -> dict[str, Any]:
    """What may be done with several cases at once."""
    dispatches = has_permission(user, Permission.DISPATCH)
    works = has_permission(user, Permission.WORK_UNIT)
    return {
        "may_choose": dispatches or works,
        "may_take": works,
        "officers": choices.officers(user),
        "units": choices.units() if dispatches else [],
        "shows_unit": has_permission(user, Permission.SEE_ALL_CASES),
    }


def _elsewhere() -> HttpResponse:
    try:
        return redirect("manage:home")
    except NoReverseMatch:
        raise Missing(_("Your role sees no cases.")) from None
