"""Joint work, supervision, secrecy: who may what, and what nobody may."""

import datetime as dt

import pytest

from huiyin.accounts.enums import Role
from huiyin.cases import permissions
from huiyin.cases.enums import Action, Level, Outcome, ReturnReason, State
from huiyin.cases.models import Case, Event, Summoned, Summons, Task
from huiyin.cases.operations import acting, handling, joint, person, returns, secrecy, supervision
from huiyin.cases.queries import beside, boards, timeline, worklist
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied, Invalid, Missing
from huiyin.notifications.models import Notice
from huiyin.people.operations import create_contact
from huiyin.usecases import urging
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return factories.unit()


@pytest.fixture
def water():
    return factories.unit()


@pytest.fixture
def officer(unit):
    return acting.staff(factories.user((Role.OFFICER, unit)))


@pytest.fixture
def plumber(water):
    return acting.staff(factories.user((Role.OFFICER, water)))


@pytest.fixture
def supervisor():
    return acting.staff(factories.user((Role.SUPERVISOR, None)))


@pytest.fixture
def case(unit):
    return factories.case(unit=unit, contact=create_contact(name="张三丰", phone="13812345678"))


def later(hours=24):
    return clock.now() + dt.timedelta(hours=hours)


def ask(case, water, officer, **given):
    return joint.ask_unit(
        case.pk, **{"unit": water, "what": "Close the valve.", "due_at": later(), "actor": officer} | given
    )


def test_a_supporting_unit_reads_and_contributes_and_only_the_lead_answers(case, water, officer, plumber):
    with pytest.raises(Missing):
        handling.write_note(case.pk, text="What is it?", actor=plumber)
    task = ask(case, water, officer)
    assert [row.pk for row in boards.tasks(plumber.user)] == [task.pk]
    handling.write_note(case.pk, text="On our way.", actor=plumber)
    with pytest.raises(Denied):
        handling.answer(case.pk, text="Done.", outcome=Outcome.SOLVED, actor=plumber)
    with pytest.raises(Denied):
        joint.contribute(task.pk, text="I do it for them.", actor=officer)
    joint.contribute(task.pk, text="The valve is closed.", actor=plumber)
    with pytest.raises(Conflict):
        joint.contribute(task.pk, text="Again.", actor=plumber)
    with pytest.raises(Conflict):
        joint.cancel_task(task.pk, actor=officer)
    handling.answer(case.pk, text="Dry again.", outcome=Outcome.SOLVED, actor=officer)
    assert Case.objects.get().replies.count() == 1
    told = timeline.for_person(Case.objects.get()).events
    assert not [event for event in told if event.action in {Action.ADD_TASK, Action.CONTRIBUTE}]


@pytest.mark.parametrize(
    ("given", "error"),
    [({"what": " "}, Invalid), ({"due_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, Invalid)],
)
def test_a_task_without_words_or_in_the_past_is_refused(given, error, case, water, unit, officer):
    with pytest.raises(error):
        ask(case, water, officer, **given)
    with pytest.raises(Invalid, match="anyway"):
        ask(case, unit, officer)
    ask(case, water, officer)
    with pytest.raises(Conflict, match="open task"):
        ask(case, water, officer)
    assert Task.objects.count() == 1


def test_a_cancelled_task_ends_the_sight_of_the_case(case, water, officer, plumber):
    joint.cancel_task(ask(case, water, officer).pk, actor=officer)
    assert not permissions.can_see(plumber.user, Case.objects.get())
    assert not Case.objects.filter(permissions.visible(plumber.user)).exists()


def test_a_summons_needs_units_place_and_a_time_to_come_and_records_arrivals(
    case, water, unit, officer, plumber
):
    good = {"units": [water], "place": "East gate", "at": later(2), "reason": "Look at it together"}
    for wrong in ({"units": []}, {"place": ""}, {"reason": " "}, {"at": clock.now()}, {"units": [unit]}):
        with pytest.raises(Invalid):
            joint.summon(case.pk, actor=officer, **good | wrong)
    assert not Summons.objects.exists()
    other = factories.unit()
    joint.summon(case.pk, actor=officer, **good | {"units": [water, other, water]})
    mine, theirs = Summoned.objects.get(unit=water), Summoned.objects.get(unit=other)
    assert [row.pk for row in boards.summonses(plumber.user)] == [mine.pk]
    with pytest.raises(Denied, match="own arrival"):
        joint.record_arrival(theirs.pk, actor=plumber)
    joint.record_arrival(mine.pk, actor=plumber)
    with clock.turned_to(later(3)):
        joint.record_arrival(theirs.pk, actor=officer)
    with pytest.raises(Conflict):
        joint.record_arrival(mine.pk, actor=officer)
    late = [event.data["late"] for event in Event.objects.filter(action=Action.ARRIVE)]
    assert late == [False, True]


def test_urging_reaches_officer_and_head_and_escalating_the_board(case, unit, officer, supervisor):
    head = factories.user((Role.UNIT_HEAD, unit), email="head@example.org")
    factories.user((Role.SUPERVISOR, None), email="super@example.org")
    with pytest.raises(Denied):
        urging.urge(case.pk, text="Please act.", actor=officer)
    urging.urge(case.pk, text="The school opens tomorrow.", actor=supervisor)
    notice = Notice.objects.get()
    assert (notice.address, case.number in notice.body) == ("head@example.org", True)
    assert "school" not in notice.body
    assert boards.escalated() == []
    urging.escalate(case.pk, text="We cannot do this alone.", actor=acting.staff(head))
    assert Notice.objects.latest("pk").address == "super@example.org"
    assert [row.pk for row in boards.escalated()] == [case.pk]
    assert Case.objects.get().escalation == Level.SUPERVISOR


def test_taking_over_ends_every_dispute_and_makes_one_unit_responsible(
    case, water, unit, officer, supervisor
):
    returns.give_back(case.pk, reason=ReturnReason.NO_POWER, text="No.", actor=officer)
    due = case.due_at
    with pytest.raises(Invalid):
        supervision.take_over(case.pk, unit=unit, reason="x", actor=supervisor)
    supervision.take_over(case.pk, unit=water, reason="It floods.", actor=supervisor)
    row = Case.objects.get()
    assert (row.unit, row.responsible_unit_id, row.state, row.due_at) == (
        water,
        water.pk,
        State.ACCEPTED,
        due,
    )
    assert not row.returns.filter(ended_at=None).exists()
    with pytest.raises(Denied):
        supervision.take_over(
            case.pk, unit=unit, reason="x", actor=acting.staff(factories.user((Role.DISPATCHER, None)))
        )


def test_a_redo_is_a_new_promise_and_keeps_the_verdict(case, officer, supervisor):
    handling.answer(case.pk, text="Done.", outcome=Outcome.SOLVED, actor=officer)
    with pytest.raises(Invalid):
        supervision.order_redo(case.pk, reason=" ", actor=supervisor)
    with pytest.raises(Denied):
        supervision.order_redo(case.pk, reason="x", actor=officer)
    supervision.order_redo(case.pk, reason="Nobody was there.", actor=supervisor)
    row = Case.objects.get()
    assert (row.state, row.outcome, row.reopened, row.promised_at) == (
        State.IN_PROGRESS,
        "",
        1,
        case.promised_at,
    )
    assert [found.pk for found in boards.reopened()] == [case.pk]


def test_the_board_counts_by_unit_and_age_and_finds_silence(unit, water):
    for days, where in ((20, unit), (40, unit), (80, water)):
        with clock.turned_to(clock.now() - dt.timedelta(days=days)):
            factories.case(unit=where)
    fresh = factories.case(unit=water)
    lines = {line.unit_id: line for line in boards.overdue()}
    assert (lines[unit.pk].total, lines[water.pk].total) == (2, 1)
    assert lines[water.pk].ages[3] == 1
    assert fresh.pk not in [row.pk for row in boards.silent()]
    assert len(boards.silent()) == 3


def test_the_unit_complained_about_learns_nothing_whatever_the_role(case, unit, officer, supervisor):
    assert beside.may_know_contact(officer.user, case)
    secrecy.name_unit(case.pk, unit=unit, actor=supervisor)
    row = Case.objects.get()
    both = factories.user((Role.OFFICER, unit), (Role.SUPERVISOR, None))
    for user in (officer.user, both):
        assert not beside.may_know_contact(user, row)
        assert not permissions.can_reveal_contact(user, row)
        assert beside.earlier(row, user=user) == []
    assert permissions.can_reveal_contact(supervisor.user, row)
    with pytest.raises(Denied):
        secrecy.name_unit(case.pk, unit=None, actor=officer)


def test_a_confidential_case_opens_only_to_named_roles_and_stands_in_no_other_list(
    case, unit, officer, supervisor
):
    head = factories.user((Role.UNIT_HEAD, unit))
    secrecy.make_confidential(case.pk, actor=supervisor)
    row = Case.objects.get()
    operator, auditor = factories.user((Role.OPERATOR, None)), factories.user((Role.AUDITOR, None))
    for user, sees in (
        (officer.user, False),
        (operator, False),
        (auditor, False),
        (head, True),
        (supervisor.user, True),
    ):
        assert permissions.can_see(user, row) is sees
        assert Case.objects.filter(permissions.visible(user)).exists() is sees
        shown = worklist.page(user, worklist.Tab.ALL, filters=worklist.Filters()).rows
        assert bool(shown) is sees
        assert bool(worklist.selected(user, [row.number])) is sees
        assert worklist.counts(user, [worklist.Tab.TODAY, worklist.Tab.WAITING]) is not None
    handling.take(case.pk, officer=officer.user, actor=acting.staff(head))
    assert permissions.can_see(officer.user, Case.objects.get())
    secrecy.end_confidential(case.pk, actor=supervisor)
    assert permissions.can_see(operator, Case.objects.get())


def test_whoever_declares_a_conflict_loses_the_case_and_cannot_take_it_back(case, unit, officer):
    handling.sign_for(case.pk, actor=officer)
    with pytest.raises(Invalid):
        secrecy.declare_conflict(case.pk, reason="", actor=officer)
    secrecy.declare_conflict(case.pk, reason="My brother's shop.", actor=officer)
    assert Case.objects.get().officer is None
    with pytest.raises(Missing):
        handling.write_note(case.pk, text="One more thing.", actor=officer)
    assert not Case.objects.filter(permissions.visible(officer.user)).exists()
    assert not worklist.page(officer.user, worklist.Tab.UNIT, filters=worklist.Filters()).rows
    colleague = acting.staff(factories.user((Role.OFFICER, unit)))
    handling.take(case.pk, officer=colleague.user, actor=colleague)
    person.write(case.pk, text="Thanks.")
