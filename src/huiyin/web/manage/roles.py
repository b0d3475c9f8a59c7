"""Who may do what: one table, made from the grants themselves, to be printed and hung up."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from huiyin.accounts import queries
from huiyin.accounts.enums import Permission, Role
from huiyin.cases.enums import Action
from huiyin.cases.queries import grants
from huiyin.web.components import access
from huiyin.web.manage import pages

DESCRIPTIONS = {
    Role.OPERATOR: _(
        "Takes calls and letters at the desk, files cases for people and answers simple questions at once."
    ),
    Role.DISPATCHER: _(
        "Reads what comes in, sends each case to the unit that is responsible, or declines it with a reason."
    ),
    Role.OFFICER: _("Works on the cases of one unit: signs for them, asks, notes and gives the answer."),
    Role.UNIT_HEAD: _("Answers for one unit: gives its cases to its officers and can do all that they can."),
    Role.SUPERVISOR: _("Sees every case and figure, and steps in where something does not move."),
    Role.ARBITER: _("Decides which unit is responsible when units disagree, and states the ground."),
    Role.ADMINISTRATOR: _(
        "Sets up units, users, services and settings, and brings cases in and out as files. Does not work on cases."
    ),
    Role.AUDITOR: _("Looks at everything that was done, by whom and why, and changes nothing."),
}

# What the machine does by itself, and what is the beginning of a case (a permission of its own).
NOT_BY_HAND = {
    Action.FILE,
    Action.CLOSE,
    Action.ANONYMISE,
    Action.WARN,
    Action.TO_ARBITER,
    Action.SEPARATE,
    Action.MERGED_WRITES,
}


@access.signed_in(reason="Everybody may know who may do what.")
def roles(request: HttpRequest) -> HttpResponse:
    """The table of roles and what each may do."""
    table = queries.grants()
    context = {
        "roles": [{"role": role, "text": DESCRIPTIONS[role], "may": _held(role, table)} for role in table],
        "actions": [_action_row(action, list(table)) for action in Action if action not in NOT_BY_HAND],
        "table": [(permission, [permission in table[role] for role in table]) for permission in Permission],
        "crumbs": [pages.home()],
    }
    return render(request, "manage/roles.html", context)


def _action_row(action: Action, roles_shown: list[Role]) -> dict[str, Any]:
    """An action with the person's and each role's word: yes, in the own unit only, or no."""
    everywhere, own_unit = grants.everywhere()[action], grants.in_own_unit()[action]
    words = [
        _("yes") if role in everywhere else _("own unit") if role in own_unit else "" for role in roles_shown
    ]
    person = _("yes") if action in grants.by_the_person() else ""
    return {"action": action, "words": [person, *words]}


def _held(role: Role, table: Any) -> list[Permission]:
    return [permission for permission in Permission if permission in table[role]]
