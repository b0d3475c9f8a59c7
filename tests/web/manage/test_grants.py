"""Who may do what: the printed page says exactly what the checks decide, action by action and role by role."""

import dataclasses
import datetime as dt
import itertools

import pytest
from django.urls import reverse

from huiyin.accounts import permissions as accounts
from huiyin.accounts.enums import Permission as P
from huiyin.accounts.enums import Role
from huiyin.accounts.queries import grants as table
from huiyin.accounts.queries import has_permission, has_permission_in
from huiyin.cases import logic, permissions
from huiyin.cases.enums import Action, Anonymity, State
from huiyin.cases.queries import grants
from huiyin.catalogue import permissions as catalogue
from huiyin.kernel import clock
from huiyin.kernel.errors import Refusal
from huiyin.knowledge import permissions as knowledge
from huiyin.organisations import permissions as organisations
from huiyin.people import permissions as people
from huiyin.people.models import Contact
from huiyin.questionnaires import permissions as questionnaires
from huiyin.web.manage import roles as page
from tests import factories, staff

pytestmark = pytest.mark.django_db
CHECKS = {
    P.SEE_ALL_CASES: lambda user, own, other: permissions.check_see(user, other),
    P.SEE_UNIT_CASES: lambda user, own, other: permissions.check_see(user, own),
    P.REVEAL_CONTACT: lambda user, own, other: people.check_reveal(user),
    P.MANAGE_CATALOGUE: lambda user, own, other: [
        check(user) for check in (catalogue.check_manage, questionnaires.check_manage, knowledge.check_manage)
    ],
    P.MANAGE_ORGANISATION: lambda user, own, other: [
        check(user) for check in (organisations.check_manage, catalogue.check_manage_channels)
    ],
    P.MANAGE_USERS: lambda user, own, other: accounts.check_manage(user),
    P.MANAGE_SETTINGS: lambda user, own, other: organisations.check_change_settings(user),
}
# A permission that is contained in another one: whoever sees all cases sees those of the own unit.
CONTAINED = {P.SEE_UNIT_CASES: P.SEE_ALL_CASES}
# Asked by a screen or a command by their own name; `has_permission` is the check.
BY_NAME = set(P) - set(CHECKS)


@pytest.fixture
def own():
    return factories.case(unit=staff.a_unit(), anonymity=Anonymity.OFFICE)


@pytest.fixture
def other():
    return factories.case(unit=staff.a_unit("roads"))


def allowed(act) -> bool:
    try:
        act()
    except Refusal:
        return False
    return True


def holder(role):
    return staff.user(role, unit=staff.a_unit() if role in {Role.OFFICER, Role.UNIT_HEAD} else None)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", CHECKS)
def test_checks_decide_as_the_page_says(role, permission, own, other):
    user = holder(role)
    said = {permission, CONTAINED.get(permission, permission)} & table()[role]
    assert allowed(lambda: CHECKS[permission](user, own, other)) is bool(said)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", sorted(BY_NAME))
def test_permissions_asked_by_name_hold_as_the_page_says(role, permission):
    user = holder(role)
    assert has_permission(user, permission) is (permission in table()[role])
    assert has_permission_in(user, permission, staff.a_unit("roads").pk) is False


def possible(user, case):
    """Every action that the table of moves allows this user in some state of this case."""
    now, parties = clock.now(), permissions.parties(user, case)
    found = set()
    given = {
        "now": now,
        "answered_at": now,
        "closed_at": now,
        "has_answer": True,
        "due_at": now + dt.timedelta(days=1),
        "return_until": now,
    }
    flags = [field.name for field in dataclasses.fields(logic.Pending)]
    waiting = [
        logic.Pending(**dict(zip(flags, row, strict=True)))
        for row in itertools.product((False, True), repeat=len(flags))
    ]
    for state, pending in itertools.product(State, waiting):
        facts = logic.Facts(state=state, pending=pending, **given)
        found |= {act for act in Action if not isinstance(logic.decide(facts, act, parties), logic.Refused)}
    return found


@pytest.mark.parametrize("role", [*Role, None])
def test_the_verbs_of_a_case_decide_as_the_page_says(role, own, other):
    user = holder(role)
    everywhere = {act for act, roles in grants.everywhere().items() if role in roles}
    in_unit = {act for act, roles in grants.in_own_unit().items() if role in roles}
    assert possible(user, other) == everywhere
    assert possible(user, own) == everywhere | in_unit


@pytest.mark.parametrize(
    ("permission", "action"),
    [
        (P.DISPATCH, Action.NOT_ACCEPT), (P.NOT_ACCEPT, Action.NOT_ACCEPT), (P.WORK_UNIT, Action.SIGN_FOR),
        (P.WORK_UNIT, Action.ASK), (P.ANSWER_UNIT, Action.ASK),
    ],
)  # fmt: skip
def test_a_permission_and_its_action_belong_to_the_same_roles(permission, action):
    holders = {role for role, held in table().items() if permission in held}
    assert grants.everywhere()[action] | grants.in_own_unit()[action] == holders


@pytest.mark.parametrize("role", Role)
def test_confidential_contacts_open_to_those_whom_the_page_names(role, other):
    other.contact = Contact.objects.create()
    other.anonymity = Anonymity.DISPATCHER
    user = holder(role)
    held = table()[role]
    named = {P.SEE_ALL_CASES, P.REVEAL_CONTACT, P.SEE_CONFIDENTIAL} <= held
    assert permissions.can_reveal_contact(user, other) is named


def test_the_page_prints_every_role_permission_and_action(client):
    text = client.get(reverse("manage:roles")).content.decode()
    for role in Role:
        assert str(role.label) in text
        assert str(page.DESCRIPTIONS[role]) in text
    for permission in P:
        assert str(permission.label) in text
    for action in set(Action) - page.NOT_BY_HAND:
        assert str(action.label) in text


def test_everybody_on_the_staff_may_read_the_page():
    browser = staff.browser()
    browser.force_login(staff.user())
    assert browser.get(reverse("manage:roles")).status_code == 200
    assert reverse("manage:users") not in browser.get(reverse("manage:roles")).content.decode()
