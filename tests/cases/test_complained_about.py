"""The unit complained about: it does not get the case by itself, is not proposed, and never learns who it was."""

import pytest

from huiyin.accounts.enums import Role
from huiyin.aftercare import permissions as aftercare
from huiyin.aftercare.operations import calling as opened
from huiyin.aftercare.queries import calling
from huiyin.cases import permissions
from huiyin.cases.enums import Outcome, State
from huiyin.cases.models import Case
from huiyin.cases.operations import acting, handling, secrecy, splitting
from huiyin.cases.queries import beside, similar
from huiyin.kernel.errors import Denied
from huiyin.people.operations import create_contact
from huiyin.triage.enums import Question
from huiyin.triage.models import Rule
from huiyin.triage.operations import proposing, taking
from huiyin.triage.queries import showing
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def bureau():
    return factories.unit(names={"en": "Bureau"})


@pytest.fixture
def section(bureau):
    """A part of the bureau."""
    return factories.unit(names={"en": "Section"}, parent=bureau)


@pytest.fixture
def dispatcher():
    return factories.user((Role.DISPATCHER, None))


def contact():
    return create_contact(name="李四光", phone="13812345678")


def complaint(**given):
    return factories.case(**{"contact": contact()} | given)


def test_neither_the_unit_nor_a_part_of_it_gets_the_case_by_itself(bureau, section):
    for unit in (bureau, section):
        row = complaint(version=factories.service(unit=unit).current, about_unit=bureau)
        assert (row.state, row.unit, row.about_unit) == (State.RECEIVED, None, bureau)
    # What lies above or beside is no judge of itself.
    above = complaint(version=factories.service(unit=bureau).current, about_unit=section)
    assert (above.state, above.unit) == (State.ASSIGNED, bureau)


def test_it_is_proposed_by_nothing_and_a_rule_does_not_send_it_there(bureau, section, dispatcher):
    service = factories.service(unit=section, keywords=["态度"])
    Rule.objects.create(name="r", words=["态度"], then_unit=section, mode="automatic", position=1)
    row = complaint(version=None, about_unit=bureau, text="窗口态度很差")
    proposal = proposing.propose(row.pk)
    assert Question.UNIT.value not in {name for name, found in proposal.answers.items() if found}
    row.refresh_from_db()
    assert row.unit is None
    # Named after the proposal was made: it is not shown and not taken.
    late = complaint(version=None, text="窗口态度很差，服务态度不好")
    Rule.objects.update(mode="proposes")
    assert proposing.propose(late.pk).answers["unit"][0]["value"] == str(section.pk)
    secrecy.name_unit(late.pk, unit=bureau, actor=acting.staff(dispatcher))
    late.refresh_from_db()
    assert "unit" not in showing.for_case(late, user=dispatcher).answers
    taking.take_all(late.pk, user=dispatcher, revision=late.revision)
    late.refresh_from_db()
    assert (late.service, late.unit) == (service, None)


def test_whoever_belongs_to_it_or_to_a_part_of_it_learns_nothing(bureau, section, dispatcher):
    row = complaint(about_unit=bureau)
    part = splitting.split(
        row.pk, part=splitting.Part(text="A part.", version=None), actor=acting.staff(dispatcher)
    )
    insiders = [
        factories.user((Role.OFFICER, bureau), (Role.DISPATCHER, None)),
        factories.user((Role.OFFICER, section), (Role.SUPERVISOR, None)),
    ]
    outsider = factories.user((Role.OFFICER, factories.unit()), (Role.DISPATCHER, None))
    for case in (row, Case.objects.get(pk=part.pk)):
        for user in insiders:
            assert permissions.can_see(user, case)
            assert not beside.may_know_contact(user, case)
            assert not permissions.can_reveal_contact(user, case)
            assert not similar.may_know_repeats(user, case)
        assert permissions.can_reveal_contact(outsider, case)


def test_it_does_not_learn_it_by_way_of_other_cases_of_the_same_person(bureau, dispatcher):
    complained = complaint(about_unit=bureau)
    other = complaint()
    insider = factories.user((Role.DISPATCHER, bureau))
    assert beside.earlier(other, user=insider) == []
    assert beside.of_caller(insider, phone="13812345678") == [other]
    assert {row.pk for row in beside.of_caller(dispatcher, phone="13812345678")} == {other.pk, complained.pk}


def test_it_does_not_call_the_person_back(bureau):
    other = factories.unit()
    row = complaint(about_unit=bureau, version=factories.service(unit=other).current)
    officer = acting.staff(factories.user((Role.OFFICER, other)))
    handling.answer(row.pk, text="Done.", outcome=Outcome.EXPLAINED, actor=officer)
    assert opened.open_due() == 1
    insider, outsider = factories.user((Role.OPERATOR, bureau)), factories.user((Role.OPERATOR, None))
    assert [len(calling.queue(user)) for user in (insider, outsider)] == [0, 1]
    row.refresh_from_db()
    with pytest.raises(Denied):
        aftercare.check_call(insider, row)
    aftercare.check_call(outsider, row)
