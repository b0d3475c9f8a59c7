"""New cases find their officer by themselves: off at first, by load or in turn, never to somebody who may not have them."""

import datetime as dt
import threading

import pytest
from django.core.cache import caches
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from huiyin.accounts.enums import Role
from huiyin.accounts.models import User
from huiyin.accounts.operations import absences
from huiyin.audit.models import Record
from huiyin.cases.enums import Action, Method, Outcome, Party, ReturnReason
from huiyin.cases.logic import distributing as rules
from huiyin.cases.models import Case, Distribution
from huiyin.cases.operations import acting, distributing, handling, returns, secrecy, splitting
from huiyin.cases.queries import distributing as queries
from huiyin.cases.queries import timeline
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied, Refusal
from huiyin.notifications.models import Notice
from huiyin.usecases import jobs
from huiyin.web.components import sentences
from tests import factories

db = pytest.mark.django_db


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 5)), st.none() | st.integers(0, 10))
def test_only_load_and_turn_count(loads, last):
    in_turn = rules.choose(Method.ROTATION, loads, last=last)
    fewest = rules.choose(Method.LOAD, loads, last=last)
    if not loads:
        assert in_turn is fewest is None
        return
    later = [pk for pk in sorted(loads) if last is not None and pk > last]
    assert in_turn == (later[0] if later else min(loads))
    assert loads[fewest] == min(loads.values())
    least = {pk: count for pk, count in loads.items() if count == min(loads.values())}
    assert fewest == rules.choose(Method.ROTATION, least, last=last)


@given(st.sets(st.integers(1, 50), min_size=1, max_size=7), st.integers(1, 5))
def test_in_turn_everybody_gets_as_many(officers, rounds):
    last, got = None, dict.fromkeys(officers, 0)
    for _case in range(rounds * len(officers)):
        last = rules.choose(Method.ROTATION, dict.fromkeys(officers, 0), last=last)
        got[last] += 1
    assert set(got.values()) == {rounds}


@pytest.fixture
def unit():
    return factories.unit()


@pytest.fixture
def officers(unit):
    return [
        factories.user((Role.OFFICER, unit), name=name, email=f"{name}@example.org")
        for name in ("ada", "bo", "cy")
    ]


@pytest.fixture
def head(unit):
    return factories.user((Role.UNIT_HEAD, unit), name="head")


def on(unit, head, method=Method.ROTATION):
    distributing.switch_on(unit, method=method, actor=head)
    # The test's transaction never commits, so nothing that is remembered is forgotten by itself.
    caches["local"].clear()


def waiting():
    return list(ProcrastinateJob.objects.filter(task_name="distribute").values_list("args", flat=True))


def run():
    """What the worker would do with everything that waits."""
    for args in waiting():
        jobs.distribute(**args)


@db
def test_off_at_first_and_nothing_is_queued(unit, officers, head):
    case = factories.case(unit=unit)
    assert waiting() == []
    with pytest.raises(Conflict):
        distributing.distribute(case.pk)
    case.refresh_from_db()
    assert case.officer is None


@db
def test_switched_by_the_head_or_an_administrator_only(unit, officers, head):
    stranger = factories.user((Role.UNIT_HEAD, factories.unit()))
    supervisor = factories.user((Role.SUPERVISOR, None))
    for user in (officers[0], stranger, supervisor):
        with pytest.raises(Denied):
            on(unit, user)
        with pytest.raises(Denied):
            distributing.switch_off(unit, actor=user)
    assert not Distribution.objects.exists()
    on(unit, head)
    on(unit, factories.user((Role.ADMINISTRATOR, None)), Method.LOAD)
    assert Distribution.objects.get().method == Method.LOAD
    distributing.switch_off(unit, actor=head)
    found = (
        Record.objects.filter(action="unit.distribution")
        .order_by("pk")
        .values_list("data__method", flat=True)
    )
    assert list(found) == ["rotation", "load", ""]


@db
def test_in_turn_with_a_row_in_timeline_and_record_and_a_notice(unit, officers, head):
    on(unit, head)
    cases = [factories.case(unit=unit) for _ in range(4)]
    run()
    names = [Case.objects.get(pk=case.pk).officer.name for case in cases]
    assert names == ["ada", "bo", "cy", "ada"]
    event = cases[0].events.get(action=Action.TAKE)
    assert (event.party, event.actor, event.data) == (
        Party.SYSTEM,
        None,
        {"officer": officers[0].pk, "ground": {"distribution": "rotation"}},
    )
    assert Record.objects.filter(action="case.take", actor="system").count() == 4
    assert Notice.objects.filter(event="staff_assigned").count() == 4
    story = [row.title for row in sentences.story_for_staff(timeline.for_staff(cases[0]))]
    assert any("Given to ada" in title and "in turn" in title for title in story)
    assert not any("ada" in row.title for row in sentences.story_for_person(timeline.for_person(cases[0])))
    run()
    assert Record.objects.filter(action="case.take").count() == 4, "twice is once"


@db
def test_by_load_whoever_has_fewest_open_cases_anywhere(unit, officers, head):
    ada, bo, cy = officers
    mine = [factories.case(unit=unit) for _ in range(4)]
    for case, officer in zip(mine, (ada, ada, bo, cy), strict=True):
        handling.take(case.pk, officer=officer, actor=acting.staff(officer))
    on(unit, head, Method.LOAD)
    new = [factories.case(unit=unit) for _ in range(3)]
    run()
    assert [Case.objects.get(pk=case.pk).officer for case in new] == [bo, cy, ada]


@db
def test_never_to_who_is_away_partial_of_another_unit_or_gone(unit, officers, head):
    ada, bo, cy = officers
    factories.user((Role.OFFICER, factories.unit()))
    on(unit, head)
    day = clock.today()
    absences.name_substitute(ada, substitute=bo, begins=day, ends=day, actor="system")
    User.objects.filter(pk=cy.pk).update(is_active=False)
    caches["local"].clear()
    case = factories.case(unit=unit)
    run()
    case.refresh_from_db()
    assert case.officer == bo
    # Whoever has it finds a conflict: it goes on to somebody else, here to nobody.
    secrecy.declare_conflict(case.pk, reason="Cousin", actor=acting.staff(bo))
    run()
    case.refresh_from_db()
    assert case.officer is None
    with clock.turned_to(clock.now() + dt.timedelta(days=2)):
        jobs.distribute(case.pk)
    case.refresh_from_db()
    assert case.officer == ada


@db
def test_neither_confidential_nor_returned_nor_taken_cases(unit, officers, head):
    secret, back, taken, gone = (factories.case(unit=unit) for _ in range(4))
    on(unit, head)
    secrecy.make_confidential(secret.pk, actor=acting.staff(factories.user((Role.SUPERVISOR, None))))
    returns.give_back(back.pk, reason=ReturnReason.OTHER_AREA, text="No.", actor=acting.staff(officers[0]))
    handling.take(taken.pk, officer=officers[2], actor=acting.staff(officers[2]))
    other = factories.unit()
    handling.assign(gone.pk, unit=other, actor=acting.staff(factories.user((Role.DISPATCHER, None))))
    for case in (secret, back, taken, gone):
        before = case.events.count()
        with pytest.raises(Refusal):
            distributing.distribute(case.pk)
        assert case.events.count() == before
    assert Case.objects.filter(officer__isnull=False).get() == taken
    assert Distribution.objects.get().last_officer is None, "a turn that came to nothing was none"


@db
def test_what_brings_a_case_before_a_unit_asks_for_an_officer(unit, officers, head):
    on(unit, head)
    dispatcher = acting.staff(factories.user((Role.DISPATCHER, None)))
    elsewhere = factories.case(unit=factories.unit())
    assert waiting() == []
    handling.assign(elsewhere.pk, unit=unit, actor=dispatcher)
    assert waiting() == [{"case_id": elsewhere.pk}]
    whole = factories.case(unit=unit)
    part = splitting.split(
        whole.pk,
        part=splitting.Part(text="And the lamp.", version=factories.service(unit=unit).current),
        actor=acting.staff(officers[0]),
    )
    assert waiting() == [{"case_id": pk} for pk in (elsewhere.pk, whole.pk, part.pk)]


@db
def test_what_waits_is_given_out_too_with_one_notice_each(unit, officers, head):
    """What an import brings, what lay there before, and what came while nobody was there."""
    old, secret, back, answered = (factories.case(unit=unit) for _ in range(4))
    other = factories.case(unit=factories.unit())
    secrecy.make_confidential(secret.pk, actor=acting.staff(factories.user((Role.SUPERVISOR, None))))
    returns.give_back(back.pk, reason=ReturnReason.OTHER_AREA, text="No.", actor=acting.staff(officers[0]))
    handling.answer(answered.pk, text="Done.", outcome=Outcome.SOLVED, actor=acting.staff(officers[0]))
    day = clock.today()
    away = [
        absences.name_substitute(one, substitute=head, begins=day, ends=day, actor="system")
        for one in officers
    ]
    on(unit, head)
    new = [factories.case(unit=unit) for _ in range(4)]
    run()
    jobs.distribute_waiting(0)
    assert not Case.objects.filter(unit=unit, officer__isnull=False).exclude(pk=answered.pk).exists()
    for absence in away:
        absences.end_absence(absence, actor="system")
    Notice.objects.all().delete()
    caches["local"].clear()
    assert distributing.distribute_waiting(unit.pk, most=2) == 2
    assert distributing.distribute_waiting(unit.pk, most=9) == 3
    assert distributing.distribute_waiting(unit.pk, most=9) == 0
    assert distributing.distribute_waiting(other.unit_id, most=9) == 0
    names = Case.objects.filter(pk__in=[old.pk, *(case.pk for case in new)]).order_by("due_at", "pk")
    assert list(names.values_list("officer__name", flat=True)) == ["ada", "bo", "cy", "ada", "bo"]
    assert not Case.objects.filter(pk__in=[secret.pk, back.pk, other.pk], officer__isnull=False).exists()
    assert Notice.objects.filter(event="staff_assigned").count() == 2 + 3
    assert Record.objects.filter(action="case.take", actor="system").count() == 5


@db
def test_the_search_for_what_waits_costs_the_same_for_many(unit, officers, head, django_assert_num_queries):
    on(unit, head)
    for _ in range(5):
        factories.case(unit=unit)
    with django_assert_num_queries(1):
        assert len(queries.waiting(unit.pk, most=3)) == 3
    with django_assert_num_queries(1):
        assert len(queries.waiting(unit.pk, most=9)) == 5


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_give_everybody_as_many(unit, officers, head):
    on(unit, head, Method.LOAD)
    cases = [factories.case(unit=unit).pk for _ in range(12)]
    barrier = threading.Barrier(4)

    def work(mine):
        try:
            barrier.wait()
            for pk in mine:
                jobs.distribute(pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(cases[n::4] + cases[:3],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [Case.objects.filter(officer=officer).count() for officer in officers] == [4, 4, 4]
    assert Record.objects.filter(action="case.take").count() == 12
