"""The thread of one case: filed, signed for, asked, answered, judged, reopened."""

import pytest

from huiyin.accounts.enums import Role
from huiyin.audit import operations as audit
from huiyin.audit.models import Record
from huiyin.cases.enums import Outcome, State
from huiyin.cases.models import Case, Event
from huiyin.cases.operations import acting, handling, opening, person
from huiyin.feedback.enums import Solved
from huiyin.feedback.operations import Given
from huiyin.kernel.errors import Conflict, Denied, Missing
from tests import factories

pytestmark = pytest.mark.django_db


def test_whole_thread_leaves_a_row_and_keeps_the_first_promise():
    unit = factories.unit()
    officer = factories.user((Role.OFFICER, unit))
    filed = factories.filed(unit=unit)
    case, promised = filed.case, filed.case.promised_at
    assert case.state == State.ASSIGNED
    assert opening.for_person(case.number, filed.secret, address="127.0.0.1").pk == case.pk

    actor = acting.staff(officer)
    handling.sign_for(case.pk, actor=actor)
    handling.ask(case.pk, text="哪一盏？", actor=actor)
    assert Case.objects.get().state == State.AWAITING_PERSON
    person.write(case.pk, text="东门第二盏")
    handling.answer(case.pk, text="已修好。", outcome=Outcome.SOLVED, actor=actor)
    person.judge(case.pk, given=Given(contacted=True, solved=Solved.NO, satisfaction=2))
    person.reopen(case.pk, text="还是不亮")

    case = Case.objects.get()
    assert (case.state, case.outcome, case.reopened) == (State.IN_PROGRESS, "", 1)
    assert case.promised_at == promised
    assert case.officer == officer
    actions = list(Event.objects.values_list("action", flat=True))
    assert actions == ["file", "assign", "sign_for", "ask", "person_writes", "answer", "rate", "reopen"]
    assert audit.seal_records() >= 7


def test_a_second_verdict_on_one_answer_is_refused():
    unit = factories.unit()
    case = factories.case(unit=unit)
    handling.answer(
        case.pk,
        text="已修好。",
        outcome=Outcome.SOLVED,
        actor=acting.staff(factories.user((Role.OFFICER, unit))),
    )
    given = Given(contacted=True, solved=Solved.YES, satisfaction=5)
    person.judge(case.pk, given=given)
    with pytest.raises(Conflict):
        person.judge(case.pk, given=given)


def test_the_handling_unit_cannot_judge_and_other_units_cannot_see():
    unit = factories.unit()
    case = factories.case(unit=unit)
    officer = acting.staff(factories.user((Role.OFFICER, unit)))
    handling.answer(case.pk, text="已修好。", outcome=Outcome.SOLVED, actor=officer)
    with pytest.raises(Denied):
        person.judge(case.pk, given=Given(contacted=True, solved=Solved.YES, satisfaction=5), actor=officer)
    stranger = acting.staff(factories.user((Role.OFFICER, factories.unit())))
    with pytest.raises(Missing):
        handling.sign_for(case.pk, actor=stranger)


def test_an_older_revision_is_refused_and_changes_nothing():
    unit = factories.unit()
    case = factories.case(unit=unit)
    officer = acting.staff(factories.user((Role.OFFICER, unit)))
    handling.sign_for(case.pk, actor=officer, revision=case.revision)
    with pytest.raises(Conflict):
        handling.answer(case.pk, text="x", outcome=Outcome.EXPLAINED, actor=officer, revision=case.revision)
    assert Case.objects.get().state == State.ACCEPTED


def test_free_words_of_a_colleague_stay_out_of_the_audit_trail():
    unit = factories.unit()
    case = factories.case(unit=unit)
    dispatcher = acting.staff(factories.user((Role.DISPATCHER, None)))
    handling.assign(case.pk, unit=factories.unit(), reason="住在王小明家隔壁", actor=dispatcher)
    assert Event.objects.get(data__reason="住在王小明家隔壁")
    assert "王小明" not in "".join(str(record.data) for record in Record.objects.all())


def test_questions_in_a_row_do_not_stop_the_clock_for_ever():
    unit = factories.unit()
    case = factories.case(unit=unit)
    officer = acting.staff(factories.user((Role.OFFICER, unit)))
    handling.ask(case.pk, text="哪一盏？", actor=officer)
    handling.resume(case.pk, actor=officer)
    with pytest.raises(Conflict, match="has not replied"):
        handling.ask(case.pk, text="哪一盏？", actor=officer)
    handling.inform(case.pk, text="请看一下。", actor=officer)
    person.write(case.pk, text="东门第二盏")
    handling.ask(case.pk, text="哪一天开始的？", actor=officer)
    assert Case.objects.get().state == State.AWAITING_PERSON
