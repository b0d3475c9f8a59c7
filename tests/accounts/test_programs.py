"""Programs and their keys: what opens, what does not, and how often."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from huiyin.accounts import logic, operations, queries
from huiyin.accounts.enums import Permission, Role, Scope
from huiyin.accounts.models import Program, ProgramUse, User
from huiyin.accounts.operations import programs
from huiyin.accounts.queries import programs as reads
from huiyin.audit.models import Record
from huiyin.cases import permissions
from huiyin.kernel import clock, metering
from huiyin.kernel.errors import Conflict, Denied, Invalid
from huiyin.kernel.metering import Quota
from tests import factories, staff

pytestmark = pytest.mark.django_db
FILE, READ, CASES, WORK = Scope.FILE_CASES, Scope.READ_PUBLISHED, Scope.READ_CASES, Scope.WORK_ON_CASES


def terms(**given) -> programs.Terms:
    return programs.Terms(**{"name": "App", "scopes": frozenset({FILE})} | given)


def program(**given):
    return programs.create(terms(**given), actor="system")


def another_process():
    """What a second process knows: nothing of the leases of the first."""
    programs._meter.forget()


def test_a_key_opens_what_its_scopes_name_and_is_stored_nowhere():
    row, key = program()
    caller = programs.admit(key, scope=FILE)
    assert (caller.program_id, caller.name, caller.scopes) == (row.pk, "App", {FILE})
    with pytest.raises(programs.NotInScope):
        programs.admit(key, scope=READ)
    with connection.cursor() as cursor:
        for table in ("accounts_program", "accounts_user", "audit_record", "accounts_programuse"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{key}%"])
            assert cursor.fetchone()[0] == 0, table
    assert key.startswith(row.key_hint)
    assert len(row.key_hint) < 10


@pytest.mark.parametrize("key", ["", "hy_", "hy_wrong", "\x00", "' OR 1=1 --", "x" * 100_000])
def test_a_wrong_key_opens_nothing(key):
    program()
    with pytest.raises(programs.WrongKey):
        programs.admit(key, scope=FILE)


def test_a_key_ends_when_it_is_over_taken_back_or_renewed():
    row, key = program(expires_at=clock.now() + dt.timedelta(days=1))
    programs.admit(key, scope=FILE)
    with time_machine.travel(clock.now() + dt.timedelta(days=1, seconds=1)), pytest.raises(programs.WrongKey):
        programs.admit(key, scope=FILE)
    programs.revoke(row, actor="system")
    reads.caches["local"].clear()  # what happens after the commit
    with pytest.raises(programs.WrongKey):
        programs.admit(key, scope=FILE)
    row.refresh_from_db()
    new = programs.renew_key(row, actor="system")
    assert programs.admit(new, scope=FILE).program_id == row.pk
    with pytest.raises(programs.WrongKey):
        programs.admit(key, scope=FILE)


def test_the_account_of_a_program_can_never_sign_in_and_is_no_colleague():
    unit = staff.a_unit()
    row, _key = program(scopes=frozenset({CASES}), role=Role.OFFICER, unit_id=unit.pk)
    account = User.objects.get(pk=row.user_id)
    assert not account.has_usable_password()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=account.pk).update(is_active=True)
    assert queries.user(account.pk) is None
    assert account not in queries.find_users()
    assert account not in queries.staff_of_unit(unit.pk)
    assert queries.units_with(Role.OFFICER) == set()


def test_a_program_may_what_its_role_may_in_its_unit_by_the_same_functions():
    unit, other = staff.a_unit(), staff.a_unit("roads")
    _row, key = program(scopes=frozenset({CASES}), role=Role.OFFICER, unit_id=unit.pk)
    user = programs.admit(key, scope=CASES).user
    assert permissions.can_see(user, factories.case(unit=unit))
    assert not permissions.can_see(user, factories.case(unit=other))
    assert not user.standing().may(Permission.SEE_ALL_CASES)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"scopes": frozenset()}, "scopes"),
        ({"scopes": frozenset({CASES})}, "role"),
        ({"scopes": frozenset({WORK}), "role": Role.ADMINISTRATOR}, "role"),
        ({"role": Role.OFFICER}, "unit"),
        ({"per_minute": 0}, "per_minute"),
        ({"per_minute": 10**9}, "per_minute"),
        ({"expires_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "expires"),
    ],
)
def test_bad_terms_are_refused_and_nothing_is_stored(given, field):
    with pytest.raises(Invalid) as raised:
        program(**given)
    assert field in raised.value.fields
    assert not Program.objects.exists()
    assert not User.objects.exists()


def test_names_are_taken_once():
    row, _key = program()
    with pytest.raises(Conflict):
        program()
    other, _key = program(name="Other")
    with pytest.raises(Conflict), transaction.atomic():
        programs.change(other, terms=terms(name=row.name), actor="system")


ACTS = {
    "create": lambda row, by: programs.create(terms(name="New"), actor=by),
    "change": lambda row, by: programs.change(row, terms=terms(per_minute=5), actor=by),
    "renew": lambda row, by: programs.renew_key(row, actor=by),
    "revoke": lambda row, by: programs.revoke(row, actor=by),
}


@pytest.mark.parametrize("act", ACTS)
def test_only_who_manages_users_gives_and_takes_keys_and_it_is_recorded(act):
    row, _key = program()
    before = Record.objects.count()
    for role in set(Role) - {Role.ADMINISTRATOR}:
        with pytest.raises(Denied):
            ACTS[act](row, staff.user(role, username=f"by-{role}"))
    assert Record.objects.filter(action__startswith="program").count() == 1
    by = staff.user(Role.ADMINISTRATOR)
    ACTS[act](row, by)
    assert Record.objects.count() > before
    assert Record.objects.latest("id").actor == f"user:{by.pk}"


def test_the_limit_holds_over_processes_and_a_new_minute_begins_anew():
    _row, key = program(per_minute=5)
    begin = dt.datetime(2026, 5, 4, 10, 0, 15, tzinfo=dt.UTC)
    with time_machine.travel(begin, tick=False):
        left = []
        for call in range(5):
            if call % 2:
                another_process()
            left.append(programs.admit(key, scope=FILE).quota.remaining)
        assert left == [4, 3, 2, 1, 0]
        for _again in range(3):
            another_process()
            with pytest.raises(programs.TooManyCalls) as raised:
                programs.admit(key, scope=FILE)
        assert raised.value.quota == Quota(limit=5, remaining=0, reset=46, is_over=True)
    with time_machine.travel(begin + dt.timedelta(seconds=45), tick=False):
        assert programs.admit(key, scope=FILE).quota.remaining == 4


def test_calls_with_the_wrong_scope_count_too():
    _row, key = program(per_minute=2)
    for _call in range(2):
        with pytest.raises(programs.NotInScope):
            programs.admit(key, scope=READ)
    with pytest.raises(programs.TooManyCalls):
        programs.admit(key, scope=FILE)


def test_a_large_limit_costs_few_writes_and_is_never_exceeded(django_assert_num_queries):
    row, key = program(per_minute=1000)
    with time_machine.travel(dt.datetime(2026, 5, 4, 10, tzinfo=dt.UTC), tick=False):
        programs.admit(key, scope=FILE)
        with django_assert_num_queries(0):
            for _call in range(metering.lease(1000) - 1):
                programs.admit(key, scope=FILE)
        let_in = metering.lease(1000)
        for call in range(1200):
            if call % 7 == 0:
                another_process()
            try:
                programs.admit(key, scope=FILE)
                let_in += 1
            except programs.TooManyCalls:
                pass
        assert 700 < let_in <= 1000
    assert ProgramUse.objects.get(program=row).last_used_at.year == 2026


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_no_more_than_the_limit():
    _row, key = program(per_minute=20)
    let_in, start = [], threading.Barrier(4)

    def call():
        start.wait()
        for _call in range(10):
            try:
                programs.admit(key, scope=FILE)
                let_in.append(1)
            except programs.TooManyCalls:
                pass
        connection.close()

    with time_machine.travel(dt.datetime(2026, 5, 4, 10, tzinfo=dt.UTC), tick=False):
        threads = [threading.Thread(target=call) for _thread in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    assert len(let_in) == 20


def test_unit_roles_are_the_same_in_both_tables():
    assert operations.UNIT_ROLES == logic.UNIT_ROLES
