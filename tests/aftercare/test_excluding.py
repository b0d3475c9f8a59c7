"""Leaving a verdict out of the figures: two people, a reason, a count; and the verdict itself never moves."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.aftercare.operations import excluding
from huiyin.audit.models import Record
from huiyin.cases.enums import Outcome
from huiyin.cases.models import Case
from huiyin.cases.operations import acting, handling, person
from huiyin.feedback.enums import ExclusionReason, ExclusionState, Solved, Via
from huiyin.feedback.models import Exclusion, Verdict
from huiyin.feedback.operations import Given
from huiyin.kernel.errors import Conflict, Denied, Invalid, Missing
from huiyin.scorecards import operations as scorecards
from huiyin.scorecards import queries as figures
from huiyin.scorecards.enums import Period
from tests import factories

pytestmark = pytest.mark.django_db
WHY = "说的是另一个小区的路灯"


@pytest.fixture
def unit():
    return factories.unit()


def judged(unit, **given):
    case = factories.case(unit=unit)
    officer = factories.user((Role.OFFICER, unit))
    handling.answer(case.pk, text="修好了。", outcome=Outcome.SOLVED, actor=acting.staff(officer))
    person.judge(case.pk, given=Given(**{"contacted": True, "solved": Solved.NO, "satisfaction": 1} | given))
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def case(unit):
    return judged(unit)


@pytest.fixture
def head(unit):
    return factories.user((Role.UNIT_HEAD, unit), name="周敏")


@pytest.fixture
def supervisor():
    return factories.user((Role.SUPERVISOR, None))


@pytest.fixture
def asked(case, head):
    return excluding.ask(case, user=head, reason=ExclusionReason.OTHER_MATTER, text=WHY)


def total():
    scorecards.refresh()
    return figures.figures(Period.MONTH).total


def test_only_what_two_people_agreed_on_is_left_out_and_it_is_counted(case, asked, supervisor):
    assert (total().no, total().excluded) == (1, 0), "a wish changes nothing"
    excluding.approve(asked.pk, user=supervisor, text="查过了")
    found = total()
    assert (found.no, found.excluded, found.reached, found.silent) == (0, 1, 0, 0)
    verdict = Verdict.objects.get()
    assert (verdict.solved, verdict.satisfaction) == ("no", 1), "the verdict stays as it was given"
    excluding.lift(asked.pk, user=supervisor)
    assert (total().no, total().excluded) == (1, 0)
    assert list(
        Record.objects.filter(action__startswith="verdict.").order_by("id").values_list("action", flat=True)
    ) == ["verdict.exclusion_asked", "verdict.exclusion_approved", "verdict.exclusion_lifted"]


def test_whoever_asked_does_not_decide(case):
    one = factories.user((Role.SUPERVISOR, None))
    asked = excluding.ask(case, user=one, reason=ExclusionReason.TRIAL, text=WHY)
    for verb in (excluding.approve, excluding.decline):
        with pytest.raises(Denied, match="yourself"):
            verb(asked.pk, user=one)
    asked.refresh_from_db()
    assert asked.state == ExclusionState.ASKED


def test_the_database_refuses_one_person_as_both(asked, head):
    with pytest.raises(IntegrityError), transaction.atomic():
        Exclusion.objects.filter(pk=asked.pk).update(
            state="approved", decided_by=head, decided_at=asked.created_at
        )


def test_nobody_of_the_handling_unit_decides(asked, unit):
    both = factories.user((Role.SUPERVISOR, None), (Role.UNIT_HEAD, unit))
    with pytest.raises(Denied, match="unit"):
        excluding.approve(asked.pk, user=both)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DISPATCHER, Role.ADMINISTRATOR])
def test_other_roles_neither_ask_nor_decide(case, asked, role):
    user = factories.user((role, None))
    with pytest.raises((Denied, Missing)):
        excluding.approve(asked.pk, user=user)
    with pytest.raises((Denied, Missing)):
        excluding.ask(case, user=user, reason=ExclusionReason.TRIAL, text=WHY)


def test_a_head_of_another_unit_knows_nothing_of_it(case):
    with pytest.raises(Missing):
        excluding.ask(
            case,
            user=factories.user((Role.UNIT_HEAD, factories.unit())),
            reason=ExclusionReason.TRIAL,
            text=WHY,
        )


@pytest.mark.parametrize("text", ["", "  ", "不好", "字" * 501])
def test_a_reason_that_says_nothing_is_refused(case, head, text):
    with pytest.raises(Invalid):
        excluding.ask(case, user=head, reason=ExclusionReason.OTHER, text=text)


def test_one_wish_at_a_time_and_one_decision(case, asked, head, supervisor):
    with pytest.raises(Conflict):
        excluding.ask(case, user=head, reason=ExclusionReason.TWICE, text=WHY)
    excluding.decline(asked.pk, user=supervisor)
    with pytest.raises(Conflict):
        excluding.approve(asked.pk, user=supervisor)
    excluding.ask(case, user=head, reason=ExclusionReason.TWICE, text=WHY)


def test_a_case_without_a_verdict_has_nothing_to_leave_out(unit, head):
    with pytest.raises(Missing):
        excluding.ask(factories.case(unit=unit), user=head, reason=ExclusionReason.TRIAL, text=WHY)


def test_screens_from_asking_to_the_persons_page(client, case, head, supervisor):
    client.force_login(head)
    page = client.get(reverse("desk:case", args=[case.number])).content.decode()
    assert reverse("desk:exclude", args=[case.number]) in page
    sent = client.post(reverse("desk:exclude", args=[case.number]), {"reason": "other_matter", "text": WHY})
    assert sent.status_code == 302
    asked = Exclusion.objects.get()
    own = client.post(reverse("desk:exclusion", args=[asked.pk]), {"do": "approve"})
    assert own.status_code == 403
    client.force_login(supervisor)
    assert WHY in client.get(reverse("desk:exclusion", args=[asked.pk])).content.decode()
    assert client.post(reverse("desk:exclusion", args=[asked.pk]), {"do": "approve"}).status_code == 302
    asked.refresh_from_db()
    assert asked.state == ExclusionState.APPROVED


def test_the_list_costs_the_same_for_one_and_three(constant_queries, unit, supervisor):
    head = factories.user((Role.UNIT_HEAD, unit))

    def add():
        excluding.ask(judged(unit), user=head, reason=ExclusionReason.TRIAL, text=WHY)

    constant_queries("desk:exclusion_list", add=add, user=supervisor)


# --- the code of a text message ---------------------------------------------------------------------------------------


def by_code(case, code):
    return reverse("public:verdict_by_code", args=[case.number, code])


@pytest.fixture
def answered(unit):
    filed = factories.filed(unit=unit)
    officer = factories.user((Role.OFFICER, unit))
    handling.answer(
        filed.case.pk, text="答复里的秘密内容", outcome=Outcome.SOLVED, actor=acting.staff(officer)
    )
    return Case.objects.get(pk=filed.case.pk)


def test_a_code_opens_the_questions_and_nothing_else(client, answered):
    from huiyin.cases.operations import opening

    url = by_code(answered, opening.verdict_code(answered.replies.get()))
    page = client.get(url).content.decode()
    assert "秘密内容" not in page
    assert answered.text not in page
    done = client.post(url, {"contacted": "yes", "solved": "no", "satisfaction": "2", "text": "还是黑的"})
    assert done.status_code == 302
    assert Verdict.objects.get().via == Via.CODE
    assert client.get(reverse("public:mine")).status_code == 302, "the case itself stays closed"
    again = client.post(url, {"reopen": "1"})
    assert again.status_code == 200
    answered.refresh_from_db()
    assert (answered.reopened, answered.messages.get().text) == (1, "还是黑的")


def test_a_wrong_code_opens_nothing_and_is_counted(client, answered):
    for _turn in range(20):
        assert client.get(by_code(answered, "AAAAAAAA")).status_code == 404
    assert client.get(by_code(answered, "AAAAAAAA")).status_code == 429
    assert client.get(by_code(factories.case(), "AAAAAAAA")).status_code == 404


def test_the_code_of_one_answer_does_not_judge_the_next(client, answered, unit):
    from huiyin.cases.operations import opening

    old = opening.verdict_code(answered.replies.get())
    person.judge(answered.pk, given=Given(contacted=True, solved=Solved.NO, satisfaction=2))
    person.reopen(answered.pk, text="没好")
    officer = factories.user((Role.OFFICER, unit))
    handling.answer(answered.pk, text="又修了。", outcome=Outcome.SOLVED, actor=acting.staff(officer))
    assert client.get(by_code(answered, old)).status_code == 404


def test_who_judged_on_the_page_does_not_reopen_by_the_code(client, answered):
    from huiyin.cases.operations import opening

    person.judge(answered.pk, given=Given(contacted=True, solved=Solved.NO, satisfaction=2))
    client.post(by_code(answered, opening.verdict_code(answered.replies.get())), {"reopen": "1"})
    answered.refresh_from_db()
    assert answered.reopened == 0
