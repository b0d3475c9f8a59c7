"""Merging, splitting, linking: everybody gets the outcome, undoing restores, nobody loses their person."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Action, Level, NotAcceptedReason, Outcome, State
from huiyin.cases.models import Case, Event, Merge, Reply
from huiyin.cases.operations import acting, handling, merging, opening, person, splitting
from huiyin.cases.queries import family, timeline
from huiyin.feedback.enums import Solved
from huiyin.feedback.operations import Given
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied, Invalid, Missing
from huiyin.people.operations import create_contact
from huiyin.usecases import own_data, revealing
from tests import factories

pytestmark = pytest.mark.django_db
KEPT = (
    "state",
    "unit_id",
    "officer_id",
    "due_at",
    "promised_at",
    "first_unit_id",
    "accepted_at",
    "sign_due_at",
)


@pytest.fixture
def unit():
    return factories.unit()


@pytest.fixture
def officer(unit):
    return acting.staff(factories.user((Role.OFFICER, unit)))


def filed_on(day, unit, **given):
    with clock.turned_to(clock.now() - dt.timedelta(days=day)):
        return factories.filed(unit=unit, **given)


@pytest.fixture
def cases(unit):
    """Three cases of three days; the second is the oldest."""
    return [filed_on(day, unit).case for day in (2, 4, 1)]


def kept(case):
    row = Case.objects.get(pk=case.pk)
    return {name: getattr(row, name) for name in KEPT}


def merge(cases, officer):
    return merging.merge(cases[0].pk, others=[case.pk for case in cases[1:]], actor=officer)


def test_everybody_gets_the_outcome_and_judges_it_by_themselves(cases, officer, unit):
    merge(cases, officer)
    handling.answer(cases[0].pk, text="The lamp works again.", outcome=Outcome.SOLVED, actor=officer)
    for case in cases:
        row = Case.objects.get(pk=case.pk)
        assert (row.state, row.outcome, row.merged_into, row.unit) == (
            State.ANSWERED,
            Outcome.SOLVED,
            None,
            unit,
        )
        assert row.replies.get().text == "The lamp works again."
        assert row.replies.get().author == officer.user
    person.judge(cases[1].pk, given=Given(contacted=True, solved=Solved.NO, satisfaction=1))
    person.reopen(cases[1].pk, text="Mine is still dark.")
    states = [Case.objects.get(pk=case.pk).state for case in cases]
    assert states == [State.ANSWERED, State.IN_PROGRESS, State.ANSWERED]
    assert Reply.objects.filter(verdict__isnull=False).count() == 1


def test_the_clock_of_the_group_is_the_earliest_and_every_move_is_on_record(cases, officer):
    dues = [Case.objects.get(pk=case.pk).due_at for case in cases]
    Case.objects.filter(pk=cases[0].pk).update(escalation=Level.OVERDUE)
    row = merge(cases, officer)
    assert row.due_at == min(dues) == dues[1] != dues[0]
    assert row.escalation == Level.NONE
    event = Event.objects.get(action=Action.GATHER)
    assert (event.data["due_before"], event.data["due_after"]) == (dues[0].isoformat(), dues[1].isoformat())
    assert row.promised_at == cases[0].promised_at


def test_undoing_restores_each_case_and_the_deadline_in_whatever_order(cases, officer):
    handling.sign_for(cases[1].pk, actor=officer)
    before = [kept(case) for case in cases]
    merge(cases, officer)
    merging.unmerge(cases[2].pk, actor=officer)
    assert kept(cases[0])["due_at"] == before[1]["due_at"]
    merging.unmerge(cases[1].pk, actor=officer)
    assert [kept(case) for case in cases] == before
    merging.merge(cases[0].pk, others=[cases[2].pk], actor=officer)
    merging.merge(cases[0].pk, others=[cases[1].pk], actor=officer)
    merging.unmerge(cases[1].pk, actor=officer)
    merging.unmerge(cases[2].pk, actor=officer)
    assert [kept(case) for case in cases] == before
    with pytest.raises(Conflict, match="not merged"):
        merging.unmerge(cases[1].pk, actor=officer)


def test_a_chain_of_mergers_ends_together_and_comes_apart_again(cases, officer):
    merging.merge(cases[1].pk, others=[cases[2].pk], actor=officer)
    merging.merge(cases[0].pk, others=[cases[1].pk], actor=officer)
    assert family.above(cases[2].pk) == [cases[0].pk, cases[1].pk]
    assert family.group_size(Case.objects.get(pk=cases[0].pk)) == 2
    handling.not_accept(
        cases[0].pk, reason=NotAcceptedReason.COURT, text="A court decides.",
        actor=acting.staff(factories.user((Role.DISPATCHER, None))),
    )  # fmt: skip
    assert {Case.objects.get(pk=case.pk).state for case in cases} == {State.NOT_ACCEPTED}
    assert Reply.objects.filter(text="A court decides.").count() == 3


def test_what_merged_people_write_lands_where_it_is_worked_on_and_stays_theirs(cases, officer):
    merge(cases, officer)
    person.write(cases[1].pk, text="It also hums at night.")
    staff = timeline.for_staff(Case.objects.get(pk=cases[0].pk)).events
    assert staff[-1].message.text == "It also hums at night."
    own = timeline.for_person(Case.objects.get(pk=cases[0].pk)).events
    assert all(event.message is None for event in own), "the other person reads nothing of it"
    theirs = timeline.for_person(Case.objects.get(pk=cases[1].pk)).events
    assert theirs[-1].message.text == "It also hums at night."


def test_a_person_may_leave_the_group_and_a_group_survives_its_first_person(cases, officer):
    before = [kept(case) for case in cases]
    merge(cases, officer)
    person.withdraw(cases[1].pk)
    assert Case.objects.get(pk=cases[1].pk).state == State.WITHDRAWN
    assert kept(cases[0])["due_at"] == before[0]["due_at"], (
        "without the earliest case the date is its own again"
    )
    person.withdraw(cases[0].pk)
    assert kept(cases[2]) == before[2]
    assert not Merge.objects.filter(ended_at__isnull=True).exists()


@pytest.mark.parametrize("with_whom", ["itself", "nobody", "part", "whole", "closed", "foreign", "unknown"])
def test_what_cannot_be_merged_is_refused_and_changes_nothing(with_whom, cases, officer, unit):
    part = splitting.split(cases[0].pk, part=splitting.Part(text="The pole.", version=None), actor=officer)
    Case.objects.filter(pk=part.pk).update(unit=unit, state=State.ASSIGNED)
    person.withdraw(cases[2].pk)
    into, others, error = {
        "itself": (cases[0], [cases[1].pk, cases[0].pk], Invalid),
        "nobody": (cases[0], [], Invalid),
        "part": (cases[0], [cases[1].pk, part.pk], Invalid),
        "whole": (part, [cases[1].pk, cases[0].pk], Invalid),
        "closed": (cases[0], [cases[1].pk, cases[2].pk], Conflict),
        "foreign": (cases[0], [cases[1].pk, factories.case().pk], Missing),
        "unknown": (cases[0], [cases[1].pk, 10**9], Missing),
    }[with_whom]
    count, before = Event.objects.count(), kept(cases[1])
    with pytest.raises(error):
        merging.merge(into.pk, others=others, actor=officer)
    assert (Event.objects.count(), kept(cases[1])) == (count, before)
    assert not Merge.objects.exists()


def test_an_officer_of_another_unit_cannot_undo_a_merger(cases, officer):
    merge(cases, officer)
    with pytest.raises(Missing):
        merging.unmerge(cases[1].pk, actor=acting.staff(factories.user((Role.OFFICER, factories.unit()))))
    with pytest.raises(Denied):
        merging.unmerge(cases[1].pk, actor=acting.staff(factories.user((Role.AUDITOR, None))))


def test_the_database_refuses_a_merged_case_without_the_other_one(cases, officer):
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=cases[0].pk).update(state=State.MERGED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=cases[0].pk).update(merged_into=cases[1])


def test_parts_keep_the_person_at_any_depth(unit, officer):
    contact = create_contact(name="张三丰", phone="13812345678")
    filed = factories.filed(unit=unit, contact=contact)
    water = factories.unit()
    version = factories.service(unit=water).current
    part = splitting.split(
        filed.case.pk, part=splitting.Part(text="The pipe.", version=version), actor=officer
    )
    plumber = acting.staff(factories.user((Role.OFFICER, water)))
    deeper = splitting.split(part.pk, part=splitting.Part(text="The cover.", version=version), actor=plumber)
    assert (deeper.parent, deeper.root) == (part, filed.case)
    assert part.due_at == part.promised_at == filed.case.due_at, "splitting gives nobody more time"
    assert opening.for_person(deeper.number, filed.secret, address="127.0.0.1") == deeper
    revealed = revealing.reveal_contact(
        Case.objects.get(pk=deeper.pk), user=plumber.user, purpose="Calling back about this case"
    )
    assert revealed.phone == "13812345678"
    assert [row.pk for row in family.parts_of_person(deeper)] == [filed.case.pk, part.pk, deeper.pk]
    assert family.part(filed.case, deeper.number) == deeper
    assert family.part(filed.case, factories.case().number) is None
    handling.answer(deeper.pk, text="A new cover.", outcome=Outcome.SOLVED, actor=plumber)
    person.judge(deeper.pk, given=Given(contacted=True, solved=Solved.YES, satisfaction=5))
    own_data.erase(filed.case.pk)
    mine = Case.objects.filter(pk__in=[filed.case.pk, part.pk, deeper.pk])
    assert not mine.exclude(text="").exists(), "parts are the person's words too"
    assert not mine.exclude(secret_hash="").exists()


def test_links_are_mutual_once_and_can_be_undone(cases, officer):
    splitting.link(cases[1].pk, other=cases[0].pk, actor=officer)
    with pytest.raises(Conflict):
        splitting.link(cases[0].pk, other=cases[1].pk, actor=officer)
    with pytest.raises(Invalid):
        splitting.link(cases[0].pk, other=cases[0].pk, actor=officer)
    row = Case.objects.get(pk=cases[1].pk)
    assert [case.pk for case in family.around(row, user=officer.user).links] == [cases[0].pk]
    splitting.unlink(cases[1].pk, other=cases[0].pk, actor=officer)
    with pytest.raises(Conflict):
        splitting.unlink(cases[1].pk, other=cases[0].pk, actor=officer)
