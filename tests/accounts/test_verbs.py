import datetime as dt

import pytest
import time_machine

from huiyin.accounts import operations, queries
from huiyin.accounts.enums import Permission, Role
from huiyin.accounts.models import User
from huiyin.audit.models import Record
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied, Invalid
from tests import staff

pytestmark = pytest.mark.django_db

ACTS = {
    "create": lambda user, by: operations.create_user("new", name="New", password=staff.PASSWORD, actor=by),
    "invite": lambda user, by: operations.invite_user("new", name="New", actor=by),
    "change": lambda user, by: operations.change_user(
        user, name="Other", email="o@example.org", language="en", actor=by
    ),
    "reset_password": lambda user, by: operations.reset_password(user, actor=by),
    "reset_second_factor": lambda user, by: operations.reset_second_factor(user, actor=by),
    "give_role": lambda user, by: operations.give_role(user, role=Role.AUDITOR, unit_id=None, actor=by),
    "take_role": lambda user, by: operations.take_role(user, role=Role.OPERATOR, unit_id=None, actor=by),
    "deactivate": lambda user, by: operations.deactivate(user, actor=by),
    "activate": lambda user, by: operations.activate(user, actor=by),
}


@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("act", ACTS)
def test_only_holders_of_the_permission_change_users(act, role):
    subject = staff.user(Role.OPERATOR, username="subject")
    by = staff.user(role, username="actor")
    before = Record.objects.count()
    if by.standing().may(Permission.MANAGE_USERS):
        ACTS[act](subject, by)
    else:
        with pytest.raises(Denied):
            ACTS[act](subject, by)
        assert Record.objects.count() == before


@pytest.mark.parametrize("act", sorted(set(ACTS) - {"reset_second_factor"}))
def test_every_change_leaves_a_record_with_its_author(act):
    subject = staff.user(Role.OPERATOR, username="subject")
    by = staff.user(Role.ADMINISTRATOR)
    ACTS[act](subject, by)
    assert Record.objects.latest("id").actor == f"user:{by.pk}"


def test_a_one_time_code_opens_the_account_once_and_is_stored_nowhere():
    user, code = operations.invite_user("lin", name="Lin", actor="system")
    assert user.check_password(code)
    assert code not in str(list(Record.objects.values_list("data", flat=True)))
    assert queries.has_code(user)
    assert not queries.code_expired(user)
    with time_machine.travel(clock.now() + dt.timedelta(hours=25)):
        assert queries.code_expired(user)
    operations.choose_password(user, password=staff.PASSWORD)
    assert not queries.has_code(user)
    assert not user.check_password(code)


def test_reset_of_a_deactivated_user_is_refused():
    user = staff.user(Role.OPERATOR)
    operations.deactivate(user, actor="system")
    with pytest.raises(Conflict):
        operations.reset_password(User.objects.get(pk=user.pk), actor="system")


@pytest.mark.parametrize("name", ["", "a b", "x" * 151, "<script>", "a\x00b"])
def test_bad_user_names_are_refused_in_words(name):
    with pytest.raises(Invalid) as raised:
        operations.invite_user(name, name="Name", actor="system")
    assert "username" in raised.value.fields


def test_a_taken_user_name_is_a_conflict_that_leaves_no_record():
    staff.user(username="lin")
    before = Record.objects.count()
    with pytest.raises(Conflict):
        operations.invite_user("lin", name="Other", actor="system")
    assert Record.objects.count() == before


def test_weak_password_is_refused():
    with pytest.raises(Invalid):
        operations.create_user("lin", name="Lin", password="password", actor="system")


def test_unit_roles_need_a_unit():
    with pytest.raises(Invalid):
        operations.give_role(staff.user(), role=Role.OFFICER, unit_id=None, actor="system")


def test_the_last_administrator_stays():
    only = staff.user(Role.ADMINISTRATOR)
    with pytest.raises(Conflict):
        operations.take_role(only, role=Role.ADMINISTRATOR, unit_id=None, actor="system")
    with pytest.raises(Conflict):
        operations.deactivate(only, actor="system")
    other = staff.user(Role.ADMINISTRATOR, username="other")
    operations.deactivate(only, actor=other)
    assert not User.objects.get(pk=only.pk).is_active


def test_nobody_locks_themselves_out():
    one, _other = staff.user(Role.ADMINISTRATOR), staff.user(Role.ADMINISTRATOR, username="other")
    with pytest.raises(Conflict):
        operations.deactivate(one, actor=one)


def test_finding_users():
    unit = staff.a_unit()
    lin = staff.user(Role.OFFICER, unit=unit, username="lin")
    staff.user(Role.OPERATOR, username="wang")
    assert list(queries.find_users("LIN")) == [lin]
    assert list(queries.find_users(unit_id=unit.pk)) == [lin]
    assert list(queries.find_users(role=Role.OFFICER)) == [lin]
    assert [row.username for row in queries.without_role()] == []
    assert queries.units_with(Role.OFFICER) == {unit.pk}
    assert queries.staff_counts() == {unit.pk: 1}
