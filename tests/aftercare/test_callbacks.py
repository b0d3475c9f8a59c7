"""Callbacks: who is called, by whom, how often, and that the verdict is the person's and nobody else's."""

import datetime as dt
import threading

import pytest
import time_machine
from django.core.cache import caches
from django.db import connections
from django.urls import reverse
from hypothesis import given as examples
from hypothesis import strategies as st

from huiyin.accounts.enums import Role
from huiyin.aftercare import logic
from huiyin.aftercare.enums import Call, CallbackState
from huiyin.aftercare.models import Attempt, Callback
from huiyin.aftercare.operations import calling
from huiyin.aftercare.queries import calling as queries
from huiyin.cases.enums import Anonymity, Outcome, State
from huiyin.cases.models import Case, Event
from huiyin.cases.operations import acting, handling, person
from huiyin.engines import worktime
from huiyin.feedback.enums import Solved, Via
from huiyin.feedback.models import Verdict
from huiyin.feedback.operations import Given
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied, Invalid, Missing
from huiyin.organisations import operations as organisations
from huiyin.organisations import queries as settings
from huiyin.organisations.enums import SettingKey
from huiyin.people.models import Reveal
from huiyin.people.operations import create_contact
from tests import factories

pytestmark = pytest.mark.django_db
YES = Given(contacted=True, solved=Solved.YES, satisfaction=5)
NO = Given(contacted=True, solved=Solved.NO, satisfaction=1, text="还是不亮")


@pytest.fixture
def unit():
    return factories.unit()


@pytest.fixture
def operator():
    return factories.user((Role.OPERATOR, None), name="坐席甲")


def answered(unit, *, phone="13812345678", **given):
    contact = create_contact(name="张三丰", phone=phone) if phone else None
    case = factories.case(unit=unit, contact=contact, **given)
    officer = factories.user((Role.OFFICER, unit))
    handling.answer(case.pk, text="修好了。", outcome=Outcome.SOLVED, actor=acting.staff(officer))
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def case(unit):
    made = answered(unit)
    assert calling.open_due() == 1
    return made


@pytest.fixture
def callback(case):
    return Callback.objects.get(reply__case=case)


def test_one_callback_per_answer_due_one_working_day_later(case, callback):
    assert calling.open_due() == 0
    calendar = settings.working_calendar(None)
    assert callback.due_at == worktime.deadline(
        calendar, case.answered_at, worktime.Limit.parse("1d working")
    )


def test_only_people_who_left_a_telephone_number_are_called(unit):
    answered(unit, phone="")
    assert calling.open_due() == 0


def test_the_deadline_counts_from_the_answer_however_late_the_job_comes(unit):
    case = answered(unit)
    with time_machine.travel(clock.now() + dt.timedelta(days=3)):
        calling.open_due()
    callback = Callback.objects.get()
    expected = worktime.deadline(
        settings.working_calendar(None), case.answered_at, worktime.Limit.parse("1d working")
    )
    assert callback.due_at == expected


def test_the_number_is_shown_for_a_purpose_that_the_person_reads(case, callback, operator):
    shown = calling.take(callback.pk, user=operator)
    assert shown.phone == "13812345678"
    look = Reveal.objects.get(case_number=case.number)
    assert look.purpose == "回访：询问是否解决"
    assert look.unit_names["en"] == "The callback desk"


def test_two_operators_never_call_the_same_person_at_once(callback, operator):
    other = factories.user((Role.OPERATOR, None))
    calling.take(callback.pk, user=operator)
    calling.take(callback.pk, user=operator)
    with pytest.raises(Conflict, match="colleague"):
        calling.take(callback.pk, user=other)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=31)):
        calling.take(callback.pk, user=other)


def test_the_verdict_of_a_call_is_kept_with_who_wrote_it_down(case, callback, operator):
    calling.record(callback.pk, user=operator, call=Call.REACHED, given=YES)
    verdict = Verdict.objects.get()
    assert (verdict.via, verdict.entered_by, verdict.by_filer) == (Via.CALLBACK, operator, False)
    case.refresh_from_db()
    callback.refresh_from_db()
    assert (case.state, callback.state, callback.attempts) == (State.CLOSED, CallbackState.REACHED, 1)
    assert Attempt.objects.get().caller == operator
    assert list(Event.objects.filter(case=case).order_by("id").values_list("action", flat=True))[-2:] == [
        "call_back",
        "rate",
    ]


def test_a_caller_who_filed_the_case_is_marked(unit, operator):
    answered(unit, filed_by=operator, channel=factories.channel("phone"))
    calling.open_due()
    calling.record(Callback.objects.get().pk, user=operator, call=Call.REACHED, given=YES)
    assert Verdict.objects.get().by_filer


def test_not_solved_goes_back_to_the_unit_in_the_same_call(case, callback, operator):
    calling.record(callback.pk, user=operator, call=Call.REACHED, given=NO, reopen_text="还是不亮")
    case.refresh_from_db()
    assert (case.state, case.reopened) == (State.IN_PROGRESS, 1)
    assert case.messages.get().text == "还是不亮"


def test_after_the_set_attempts_a_person_counts_as_not_reached(callback, operator):
    now = clock.now()
    for attempt in (1, 2, 3):
        with time_machine.travel(now + dt.timedelta(hours=5 * attempt)):
            calling.record(callback.pk, user=operator, call=Call.NOT_REACHED)
    callback.refresh_from_db()
    assert (callback.state, callback.attempts) == (CallbackState.NOT_REACHED, 3)
    assert callback.ended_at is not None
    assert not Verdict.objects.exists(), "silence is no verdict"
    assert queries.ends().not_reached == 1
    assert [row.pk for row in queries.ended(operator)] == [callback.pk]
    with pytest.raises(Conflict):
        calling.record(callback.pk, user=operator, call=Call.NOT_REACHED)


def test_the_number_of_attempts_is_a_setting(callback, operator):
    organisations.change_setting(SettingKey.CALLBACK_ATTEMPTS, value="1", actor="system")
    caches["local"].clear()
    calling.record(callback.pk, user=operator, call=Call.NOT_REACHED)
    callback.refresh_from_db()
    assert callback.state == CallbackState.NOT_REACHED


@pytest.mark.parametrize("role", [Role.OFFICER, Role.UNIT_HEAD])
def test_nobody_of_the_handling_unit_calls_or_records(unit, case, callback, role):
    both = factories.user((Role.OPERATOR, None), (role, unit))
    assert not queries.queue(both).exists()
    for act in (
        lambda: calling.take(callback.pk, user=both),
        lambda: calling.record(callback.pk, user=both, call=Call.REACHED, given=YES),
        lambda: person.judge(case.pk, given=YES, actor=acting.staff(both), via=Via.DESK),
    ):
        with pytest.raises(Denied, match="unit"):
            act()
    assert not Verdict.objects.exists()
    assert not Attempt.objects.exists()


def test_a_unit_that_had_the_case_before_is_a_handling_unit_too(unit, operator):
    first = factories.unit()
    case = factories.case(unit=first, contact=create_contact(phone="13812345678"))
    former = factories.user((Role.OPERATOR, None), (Role.OFFICER, first))
    handling.sign_for(case.pk, actor=acting.staff(former))
    handling.assign(
        case.pk, unit=unit, actor=acting.staff(factories.user((Role.DISPATCHER, None))), reason="转办"
    )
    officer = factories.user((Role.OFFICER, unit))
    handling.answer(case.pk, text="好了。", outcome=Outcome.SOLVED, actor=acting.staff(officer))
    calling.open_due()
    with pytest.raises(Denied):
        calling.record(Callback.objects.get().pk, user=former, call=Call.NOT_REACHED)
    calling.record(Callback.objects.get().pk, user=operator, call=Call.NOT_REACHED)


def test_officers_have_no_part_in_it(callback):
    with pytest.raises((Denied, Missing)):
        calling.take(callback.pk, user=factories.user((Role.OFFICER, factories.unit())))


def test_who_wants_only_the_dispatcher_to_know_is_called_by_the_dispatcher(unit, operator):
    answered(unit, anonymity=Anonymity.DISPATCHER)
    calling.open_due()
    callback = Callback.objects.get()
    assert not queries.queue(operator).exists()
    with pytest.raises(Denied):
        calling.take(callback.pk, user=operator)
    dispatcher = factories.user((Role.DISPATCHER, None))
    assert queries.queue(dispatcher).get() == callback
    assert calling.take(callback.pk, user=dispatcher).phone == "13812345678"


def test_a_verdict_on_the_page_makes_the_call_needless(case, callback, operator):
    person.judge(case.pk, given=YES)
    assert not queries.queue(operator).exists()
    with pytest.raises(Conflict, match="already given"):
        calling.record(callback.pk, user=operator, call=Call.REACHED, given=NO)
    assert not Attempt.objects.exists(), "what was refused left nothing"
    assert calling.drop_needless() == 1
    callback.refresh_from_db()
    assert callback.state == CallbackState.DROPPED


def test_reached_without_answers_is_refused(callback, operator):
    with pytest.raises(Invalid):
        calling.record(callback.pk, user=operator, call=Call.REACHED)
    with pytest.raises(Invalid):
        calling.record(callback.pk, user=operator, call=Call.REFUSED, given=YES)


@examples(
    st.sampled_from(Call), st.integers(1, 50), st.integers(1, 20), st.timedeltas(min_value=dt.timedelta())
)
def test_every_attempt_has_one_meaning(call, attempts, most, wait):
    now = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
    found = logic.after(call, attempts=attempts, most=most, now=now, wait=min(wait, dt.timedelta(days=300)))
    assert (found.state is CallbackState.WAITING) == (call is Call.NOT_REACHED and attempts < most)
    assert (found.not_before is None) == (found.state is not CallbackState.WAITING)


@pytest.mark.django_db(transaction=True)
def test_two_people_record_at_once_and_one_verdict_stays(unit):
    answered(unit)
    calling.open_due()
    callback = Callback.objects.get()
    callers = [factories.user((Role.OPERATOR, None)) for _ in range(4)]
    barrier, ends = threading.Barrier(4), []

    def call(user):
        try:
            barrier.wait(10)
            calling.record(callback.pk, user=user, call=Call.REACHED, given=YES)
            ends.append("kept")
        except Conflict:
            ends.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call, args=(user,)) for user in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ends) == ["kept", "refused", "refused", "refused"]
    assert Verdict.objects.count() == Attempt.objects.count() == 1


# --- screens ---------------------------------------------------------------------------------------------------------


def test_a_call_from_the_list_to_the_verdict(client, case, callback, operator):
    client.force_login(operator)
    page = client.get(reverse("desk:callback_list"), headers={"accept-language": "en"}).content.decode()
    assert case.text[:10] in page
    script = reverse("desk:callback", args=[case.number])
    page = client.get(script, headers={"accept-language": "en"}).content.decode()
    assert "13812345678" not in page
    shown = client.post(reverse("desk:callback_take", args=[case.number])).content.decode()
    assert "13812345678" in shown
    wrong = client.post(script, {"result": "reached", "solved": "yes"})
    assert wrong.status_code == 422
    assert not Verdict.objects.exists()
    done = client.post(
        script,
        {"result": "reached", "contacted": "yes", "solved": "no", "satisfaction": "2", "reasons": ["not_done"], "text": "还是不亮", "reopen": "on"},
    )  # fmt: skip
    assert done.status_code == 302
    case.refresh_from_db()
    assert (Verdict.objects.get().reasons, case.reopened) == (["not_done"], 1)
    assert client.get(script).status_code == 404


def test_the_lists_cost_the_same_for_one_and_three(constant_queries, unit, operator):
    def add():
        answered(unit, phone="13812345678")
        calling.open_due()

    constant_queries("desk:callback_list", add=add, user=operator)

    def end():
        add()
        waiting = Callback.objects.filter(state=CallbackState.WAITING).first()
        calling.record(waiting.pk, user=operator, call=Call.REFUSED)

    constant_queries("desk:callbacks_ended_list", add=end, user=operator)


def test_an_officer_is_denied(client, unit):
    client.force_login(factories.user((Role.OFFICER, unit)))
    assert client.get(reverse("desk:callback_list")).status_code == 403
