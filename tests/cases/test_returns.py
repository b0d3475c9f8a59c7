"""Whose case it is: returned, decided, arbitrated, remembered; always exactly one responsible unit."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Action, Outcome, ReturnEnd, ReturnReason, State
from huiyin.cases.models import Case, Event, Precedent, Return
from huiyin.cases.operations import acting, handling, person, returns
from huiyin.cases.queries import disputes, timeline
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied, Invalid, Missing
from huiyin.usecases import clockwork
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 3, 9, 2, 0, tzinfo=dt.UTC)


class Office:
    """Two units that both say "not ours", and those above them."""

    def __init__(self):
        self.roads, self.water = factories.unit(), factories.unit()
        self.officers = {
            unit.pk: acting.staff(factories.user((Role.OFFICER, unit))) for unit in (self.roads, self.water)
        }
        self.dispatcher = acting.staff(factories.user((Role.DISPATCHER, None)))
        self.arbiter = acting.staff(factories.user((Role.ARBITER, None)))
        self.case = factories.case(unit=self.roads)

    def give_back(self, unit, *, proposed=None, text="Not our pipe."):
        return returns.give_back(
            self.case.pk,
            reason=ReturnReason.OTHER_UNIT,
            text=text,
            proposed=proposed,
            actor=self.officers[unit.pk],
        )

    def send(self, unit):
        return handling.assign(self.case.pk, unit=unit, actor=self.dispatcher)

    def rule(self, unit):
        return returns.rule(
            self.case.pk,
            unit=unit,
            matter="Cover over a water pipe",
            ground="The pipe decides.",
            actor=self.arbiter,
        )

    @property
    def now(self):
        return Case.objects.get(pk=self.case.pk)


@pytest.fixture
def office():
    with clock.turned_to(MONDAY):
        yield Office()


def test_the_first_receiver_stays_responsible_until_another_unit_has_accepted(office):
    office.give_back(office.roads, proposed=office.water)
    assert (office.now.unit, office.now.responsible_unit_id) == (office.roads, office.roads.pk)
    office.send(office.water)
    assert (office.now.unit, office.now.responsible_unit_id) == (office.water, office.roads.pk)
    handling.sign_for(office.case.pk, actor=office.officers[office.water.pk])
    assert (office.now.first_unit, office.now.responsible_unit_id) == (None, office.water.pk)
    row = Return.objects.get()
    assert (row.end, row.decided_unit, row.unit) == (ReturnEnd.SENT, office.water, office.roads)


def test_the_persons_clock_keeps_running_and_they_hear_nothing_of_it(office):
    due = office.now.due_at
    office.give_back(office.roads, text="secret words among units")
    office.send(office.water)
    office.give_back(office.water)
    assert office.now.due_at == due
    told = timeline.for_person(office.now).events
    assert {event.action for event in told} == {Action.FILE, Action.ASSIGN}
    assert all("secret words" not in str(event.data) for event in told)


def test_the_first_receiver_can_still_read_the_case_but_not_answer_it(office):
    office.give_back(office.roads)
    office.send(office.water)
    roads = office.officers[office.roads.pk]
    handling.write_note(office.case.pk, text="We looked at it.", actor=roads)
    with pytest.raises(Denied):
        handling.answer(office.case.pk, text="Done.", outcome=Outcome.SOLVED, actor=roads)
    handling.sign_for(office.case.pk, actor=office.officers[office.water.pk])
    with pytest.raises(Missing):
        handling.write_note(office.case.pk, text="Still here?", actor=roads)


def test_a_return_after_acceptance_or_too_late_or_without_words_is_refused(office):
    with pytest.raises(Invalid, match="Say why"):
        office.give_back(office.roads, text="  \x00 ")
    with pytest.raises(Invalid, match="another unit than your own"):
        office.give_back(office.roads, proposed=office.roads)
    with clock.turned_to(MONDAY + dt.timedelta(days=2)), pytest.raises(Conflict, match="time for returning"):
        office.give_back(office.roads)
    handling.sign_for(office.case.pk, actor=office.officers[office.roads.pk])
    with pytest.raises(Conflict, match="not possible while"):
        office.give_back(office.roads)
    assert not Return.objects.exists()
    assert not Event.objects.filter(action=Action.RETURN).exists()


def test_the_second_return_goes_to_the_arbiter_whose_word_binds_and_is_remembered(office):
    office.give_back(office.roads)
    with pytest.raises(Conflict, match="decided first"):
        office.give_back(office.roads)
    office.send(office.water)
    assert office.give_back(office.water).with_arbiter_since is not None
    with pytest.raises(Conflict, match="arbiter"):
        office.send(office.roads)
    with pytest.raises(Denied):
        returns.rule(office.case.pk, unit=office.roads, matter="x", ground="y", actor=office.dispatcher)
    for wrong in ({"matter": " ", "ground": "y"}, {"matter": "x", "ground": ""}):
        with pytest.raises(Invalid):
            returns.rule(office.case.pk, unit=office.roads, actor=office.arbiter, **wrong)
    precedent = office.rule(office.water)
    assert office.now.unit == office.water
    with pytest.raises(Conflict, match="binds"):
        office.give_back(office.water)
    with pytest.raises(Conflict, match="binds"):
        office.send(office.roads)
    assert [row.pk for row in disputes.in_force(office.case.service_id)] == [precedent.pk]
    assert [row.pk for row in disputes.precedents("pipe")] == [precedent.pk]
    assert not disputes.precedents("airport").exists()


def test_without_a_decision_in_a_working_day_it_goes_to_the_arbiter_by_itself(office):
    office.give_back(office.roads)
    assert clockwork.put_undecided_before_arbiter() == 0
    with clock.turned_to(MONDAY + dt.timedelta(days=2)):
        assert clockwork.put_undecided_before_arbiter() == 1
        assert clockwork.put_undecided_before_arbiter() == 0
        user = office.arbiter.user
        assert [row.case_id for row in disputes.waiting_for_arbiter(user)] == [office.case.pk]
        assert not disputes.waiting_for_dispatcher(user)
        office.rule(office.roads)
    assert office.now.first_unit is None, "the unit that had it keeps it"
    assert Return.objects.get().end == ReturnEnd.RULED


def test_a_unit_may_think_better_of_it_and_the_end_of_the_case_ends_the_dispute(office):
    office.give_back(office.roads)
    handling.sign_for(office.case.pk, actor=office.officers[office.roads.pk])
    assert Return.objects.get().end == ReturnEnd.ACCEPTED
    other = factories.case(unit=office.roads)
    office.case = other
    office.give_back(office.roads)
    office.send(office.water)
    office.give_back(office.water)
    person.withdraw(other.pk)
    assert office.now.state == State.WITHDRAWN
    assert office.now.first_unit is None
    assert Return.objects.latest("pk").end == ReturnEnd.OVERTAKEN


def test_a_revoked_precedent_stays_readable_with_its_reason_and_guides_nobody(
    office, django_capture_on_commit_callbacks, django_assert_num_queries
):
    office.give_back(office.roads)
    office.send(office.water)
    office.give_back(office.water)
    assert not disputes.in_force(office.case.service_id)
    with django_capture_on_commit_callbacks(execute=True):
        row = office.rule(office.roads)
    assert disputes.in_force(office.case.service_id) == [row], "known here as soon as it holds"
    with django_assert_num_queries(0):
        assert disputes.in_force(office.case.service_id)
    with pytest.raises(Denied):
        returns.revoke_precedent(row, why="x", user=office.dispatcher.user)
    with pytest.raises(Invalid):
        returns.revoke_precedent(row, why=" ", user=office.arbiter.user)
    with django_capture_on_commit_callbacks(execute=True):
        returns.revoke_precedent(row, why="New rule.", user=office.arbiter.user)
    with pytest.raises(Conflict):
        returns.revoke_precedent(row, why="Again.", user=office.arbiter.user)
    assert not disputes.in_force(office.case.service_id)
    assert disputes.precedents("pipe").get().revoked_why == "New rule."


def test_returns_are_counted_per_unit_and_service(office):
    office.give_back(office.roads)
    office.send(office.roads)
    office.give_back(office.roads)
    found = disputes.counted(since=MONDAY - dt.timedelta(days=1))
    assert found.units == {office.roads.pk: 2}
    assert found.kept == {office.roads.pk: 1}
    assert found.services == {office.case.service_id: 2}
    assert disputes.counted(since=MONDAY + dt.timedelta(days=1)).units == {}


def test_the_database_knows_one_open_return_and_one_first_unit_at_most(office):
    office.give_back(office.roads)
    row = Return.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    handling.sign_for(office.case.pk, actor=office.officers[office.roads.pk])
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=office.case.pk).update(first_unit=office.water)
    assert Precedent.objects.count() == 0
