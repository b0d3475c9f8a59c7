"""The supervisors' board, and joint work as the units see it that help."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.accounts.queries import absences
from huiyin.cases.operations import acting, joint
from huiyin.cases.queries import boards, disputes, distributing
from huiyin.catalogue import queries as catalogue
from huiyin.kernel.errors import Missing, Refusal
from huiyin.organisations import queries as organisations
from huiyin.web.components import access
from huiyin.web.desk import joint_forms
from huiyin.web.desk.worklist import SEES_CASES


@never_cache
@require_GET
@access.requires(Permission.SUPERVISE)
def board(request: HttpRequest) -> HttpResponse:
    """Where something does not move: overdue by unit and age, disputes, silence, "no", decisions that wait."""
    user: Any = request.user
    names = organisations.unit_names()
    overdue = [
        {
            "name": catalogue.localised(names[row.unit_id][1]) if row.unit_id in names else _("No unit yet"),
            "row": row,
        }
        for row in boards.overdue()
    ]
    context = {
        "overdue": overdue,
        "extensions": boards.extensions_asked(),
        "escalated": boards.escalated(),
        "disputed": disputes.waiting_for_arbiter(user)[: boards.MOST],
        "said_no": boards.said_no(),
        "reopened": boards.reopened(),
        "silent": boards.silent(),
    }
    return render(request, "desk/boards/supervision.html", context)


@never_cache
@require_GET
@access.requires(Permission.SEE_UNIT_CASES)
def joint_work(request: HttpRequest) -> HttpResponse:
    """What other units ask of mine, and where mine is expected."""
    user: Any = request.user
    context = {"tasks": boards.tasks(user), "called": boards.summonses(user)}
    return render(request, "desk/boards/joint.html", context)


@never_cache
@require_GET
@access.requires(Permission.ASSIGN_UNIT)
def workload(request: HttpRequest) -> HttpResponse:
    """How many cases lie with each officer of the units that I head; nobody is ranked by it."""
    user: Any = request.user
    names, away, methods = organisations.unit_names(), absences.today(), distributing.methods()
    units = []
    for unit_id in sorted(user.standing().units_for(Permission.ASSIGN_UNIT)):
        counts = {officer: (count, late) for officer, count, late in boards.workload(unit_id)}
        staff = [(row.pk, row.name) for row in accounts.staff_of_unit(unit_id)]
        rows = [
            {
                "name": name,
                "open": counts.get(pk, (0, 0))[0],
                "late": counts.get(pk, (0, 0))[1],
                "away": away.get(pk),
            }
            for pk, name in staff
        ]
        rows.append(
            {
                "name": _("No officer yet"),
                "open": counts.get(None, (0, 0))[0],
                "late": counts.get(None, (0, 0))[1],
            }
        )
        method = methods[unit_id].label if unit_id in methods else ""
        units.append(
            {"pk": unit_id, "name": catalogue.localised(names[unit_id][1]), "rows": rows, "method": method}
        )
    return render(request, "desk/boards/workload.html", {"units": units})


@require_http_methods(["GET", "POST"])
@access.requires(Permission.WORK_UNIT)
def contribute(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the contribution that my unit was asked for."""
    user = accounts.staff_member(request.user)
    task = next((row for row in boards.tasks(user) if row.pk == pk), None)
    if task is None:
        raise Missing(_("There is no such task."))
    form = joint_forms.ContributeForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            joint.contribute(pk, text=form.cleaned_data["text"], actor=acting.staff(user))
        except Refusal as refused:
            form.add_error(None, str(refused.message))
            status = refused.status
        else:
            messages.success(request, _("Your contribution is with the unit that answers."))
            return redirect("desk:joint")
    return render(request, "desk/boards/contribute.html", {"form": form, "task": task}, status=status)


@require_POST
@access.requires(*SEES_CASES)
def cancel_task(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a unit no longer."""
    task = joint.cancel_task(pk, actor=acting.staff(accounts.staff_member(request.user)))
    messages.success(request, _("The unit is asked no longer."))
    return redirect("desk:case", task.case.number)


@require_POST
@access.requires(*SEES_CASES)
def arrived(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that a unit has arrived."""
    row = joint.record_arrival(pk, actor=acting.staff(accounts.staff_member(request.user)))
    messages.success(request, _("The arrival was recorded."))
    return redirect("desk:case", row.summons.case.number)
