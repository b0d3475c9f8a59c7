"""A call from the first word to the slip."""

import threading

import pytest
from django.db import connections
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Anonymity, Outcome, State
from huiyin.cases.models import Case
from huiyin.cases.operations import intake, opening, person
from huiyin.people.operations import create_contact
from huiyin.questionnaires.models import Form
from huiyin.usecases import calls, filing
from tests import factories

pytestmark = pytest.mark.django_db
CALL = "/desk/call/"


@pytest.fixture
def operator(client):
    user = factories.user((Role.OPERATOR, None))
    client.force_login(user)
    return user


@pytest.fixture
def service():
    questions = [
        {"code": "lamps", "type": "number", "labels": {"en": "How many lamps?"}, "required": True},
        {"code": "danger", "type": "yes_no", "labels": {"en": "Is it dangerous?"}},
        {
            "code": "why",
            "type": "text",
            "labels": {"en": "Why?"},
            "shown_if": {"code": "danger", "equals": "yes"},
        },
    ]
    unit = factories.unit(names={"en": "Lighting", "zh-hans": "照明科"})
    return factories.service(unit=unit, form=Form.objects.create(questions=questions), keywords=["路灯"])


@pytest.fixture(autouse=True)
def phone():
    return factories.channel("phone")


def entered(**given):
    return {
        "once": "A1", "text": "小区的路灯坏了", "channel": "phone", "anonymity": "office", "language": "zh-hans",
        "then": "send", "step": "file",
    } | given  # fmt: skip


def test_a_call_is_filed_and_sent_on_and_the_slip_is_shown_once(operator, service, client):
    data = entered(service=service.code, phone="13812345678", name="张三", **{"q-lamps": "3"})
    response = client.post(CALL, data)
    assert response.url == reverse("desk:slip")
    case = Case.objects.get()
    assert (case.state, case.filed_by, case.channel.code) == (State.ASSIGNED, operator, "phone")
    assert case.intake[0]["value"] == "3"
    slip = client.get(response.url)
    secret = slip.context["secret"]
    assert secret in slip.text
    assert opening.for_person(case.number, secret, address="x").pk == case.pk
    assert client.get(response.url).status_code == 302


def test_pressing_twice_files_once(operator, client):
    client.post(CALL, entered())
    client.post(CALL, entered())
    assert Case.objects.count() == 1
    client.post(CALL, entered(once="A2"))
    assert Case.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_pressing_twice_at_the_same_moment_files_once(operator):
    new = intake.NewCase(text="路灯坏了", channel=factories.channel("phone"))
    start, found = threading.Barrier(3), []

    def send() -> None:
        start.wait()
        try:
            found.append(calls.send_on(new, contact=filing.ContactGiven(), operator=operator, once="A3"))
        except calls.FiledAlready as refusal:
            found.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _turn in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Case.objects.count() == 1
    assert sum(isinstance(one, calls.FiledAlready) for one in found) == 2


def test_the_secret_of_a_slip_does_not_lie_open_in_the_session(operator, client):
    client.post(CALL, entered(once="A4"))
    kept = str(dict(client.session))
    secret = client.get(reverse("desk:slip")).context["secret"]
    assert secret.replace("-", "") not in kept
    assert Case.objects.get().number not in kept


def test_answered_on_the_line_goes_to_no_unit_and_can_be_reopened(operator, service, client):
    data = entered(
        service=service.code, then="answer", outcome="explained", answer="They are being replaced."
    )
    assert client.post(CALL, data | {"q-lamps": "1"}).status_code == 302
    case = Case.objects.get()
    assert (case.state, case.outcome, case.unit, case.service) == (
        State.ANSWERED,
        Outcome.EXPLAINED,
        None,
        service,
    )
    assert case.replies.get().text == "They are being replaced."
    person.reopen(case.pk, text="no")
    assert Case.objects.get().state == State.RECEIVED


def test_nothing_entered_is_lost_on_errors(operator, service, client):
    data = entered(
        service=service.code, phone="12", place_text="by the third gate", then="answer", answer="a long answer", address="x",
        **{"q-danger": "yes", "q-why": "wires hang down"},
    )  # fmt: skip
    response = client.post(CALL, data)
    assert response.status_code == 422
    assert not Case.objects.exists()
    for words in ("小区的路灯坏了", "by the third gate", "a long answer", "wires hang down", 'value="12"'):
        assert words in response.text
    for words in ("This is not a phone number", "Choose the outcome.", "Answer this question."):
        assert words in response.text


def test_a_refusal_of_the_service_is_told_with_everything_kept(operator, client):
    service = factories.service(contact_required=True)
    response = client.post(CALL, entered(service=service.code, place_text="gate"))
    assert response.status_code == 422
    assert "a phone number or an e-mail address is needed" in response.text
    assert "gate" in response.text


def test_looking_checks_nothing_and_shows_questions_and_earlier_cases(operator, service, client):
    earlier = factories.case(contact=create_contact(phone="13812345678"), text="an earlier matter")
    factories.case(
        contact=create_contact(phone="13812345678"), text="kept away", anonymity=Anonymity.DISPATCHER
    )
    data = entered(step="look", text="", service=service.code, phone="138 1234 5678", **{"q-danger": "yes"})
    page = client.post(CALL, data)
    assert page.status_code == 200
    assert "How many lamps?" in page.text
    assert "Why?" in page.text
    assert reverse("desk:case", args=[earlier.number]) in page.text
    assert "kept away" not in page.text
    assert "govuk-error" not in page.text


def test_a_service_is_suggested_and_picked(operator, service, client):
    page = client.post(CALL, entered(step="look"))
    assert f'value="{service.code}"' in page.text.split('id="suggested"')[1].split("</div>")[0]
    page = client.post(CALL, entered(pick=service.code))
    assert "How many lamps?" in page.text
    assert page.context["form"].chosen_service == service
    assert not Case.objects.exists()


def test_an_emergency_names_the_number_to_call_and_files_nothing(operator, client):
    service = factories.service(emergency_notice={"en": "Call 119 now", "zh-hans": "请立即拨打119"})
    assert "119" in client.post(CALL, entered(step="look", service=service.code)).text
    assert client.post(CALL, entered(service=service.code)).status_code == 422
    assert not Case.objects.exists()


def test_who_stays_anonymous_leaves_no_contact(operator, client):
    response = client.post(CALL, entered(anonymity="nobody", phone="13812345678"))
    assert response.status_code == 422
    client.post(CALL, entered(anonymity="nobody"))
    assert Case.objects.get().contact is None


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OPERATOR, 200),
        (Role.DISPATCHER, 200),
        (Role.OFFICER, 403),
        (Role.AUDITOR, 403),
        (Role.ADMINISTRATOR, 403),
    ],
)
def test_only_the_desk_takes_calls(role, status, client):
    client.force_login(factories.user((role, factories.unit())))
    assert client.get(CALL).status_code == status
    assert client.post(CALL, entered()).status_code == (302 if status == 200 else 403)


def test_words_are_never_markup(operator, client):
    evil = "<script>alert(1)</script>"
    page = client.post(CALL, entered(step="look", text=evil, name=evil, answer=evil, place_text=evil)).text
    assert evil not in page


def test_ten_thousand_characters_and_nul(operator, client):
    client.post(CALL, entered(text="灯" * 10_000))
    assert len(Case.objects.get().text) == 10_000
    response = client.post(CALL, entered(once="B", text="\x00 "))
    assert response.status_code == 422


def test_the_screen_needs_at_most_twelve_queries(operator, service, client, django_assert_max_num_queries):
    client.get(CALL)
    with django_assert_max_num_queries(12):
        client.get(CALL)
    with django_assert_max_num_queries(12):
        client.post(CALL, entered(step="look", service=service.code, phone="13812345678"))


def test_the_operator_names_the_unit_complained_about(operator, service, client):
    page = client.get(CALL).text
    assert "Unit complained about" in page
    unit = service.current.unit
    response = client.post(
        CALL, entered(about_unit=str(unit.pk), service="", name="张三", phone="13812345678")
    )
    assert response.url == reverse("desk:slip")
    case = Case.objects.get()
    assert (case.about_unit, case.unit, case.kind) == (unit, None, "complaint")
    assert client.post(CALL, entered(about_unit="999999", once="A2")).status_code == 422
    client.post(
        CALL,
        entered(about_unit=str(unit.pk), service=service.code, kind="report", once="A3", **{"q-lamps": "1"}),
    )
    second = Case.objects.latest("pk")
    assert (second.about_unit, second.unit, second.kind, second.service) == (unit, None, "report", service)
