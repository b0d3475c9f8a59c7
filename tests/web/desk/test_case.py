"""The case page: who sees what, acting on it, two officers at once, letters with a preview, notes that stay inside."""

import pytest

from huiyin.accounts.enums import Role
from huiyin.audit.models import Record
from huiyin.cases.enums import Anonymity, Outcome, State
from huiyin.cases.models import Case, Reply
from huiyin.cases.operations import acting, handling, person
from huiyin.people.models import Reveal
from huiyin.people.operations import create_contact
from tests import factories
from tests.web.desk.addresses import address, sent

pytestmark = pytest.mark.django_db
SECRET_NOTE = "the-cable-is-old-and-nobody-may-know"


# --- who sees -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "own", "status"),
    [
        (Role.OPERATOR, True, 200), (Role.DISPATCHER, True, 200), (Role.SUPERVISOR, True, 200),
        (Role.AUDITOR, True, 200), (Role.ADMINISTRATOR, True, 403),
        (Role.OFFICER, True, 200), (Role.UNIT_HEAD, True, 200),
        (Role.OFFICER, False, 404), (Role.UNIT_HEAD, False, 404),
    ],
)  # fmt: skip
def test_each_role_sees_the_case_or_not(role, own, status, case, unit, client, purpose):
    client.force_login(factories.user((role, unit if own else factories.unit())))
    assert client.get(address(case)).status_code == status
    assert client.post(address(case, "reveal"), {"purpose": str(purpose.pk)}).status_code in {
        status,
        403,
        404,
    }


@pytest.mark.parametrize(
    ("role", "next_step", "offered", "not_offered"),
    [
        (Role.OFFICER, "Sign for", ["Write the answer", "Ask the person"], ["Decline", "Send to a unit"]),
        (Role.DISPATCHER, "", ["Send to a unit", "Decline"], ["Write the answer", "do/sign_for"]),
        (Role.OPERATOR, "", ["Person adds something", "Withdraw for the person"], ["Write the answer"]),
        (Role.AUDITOR, "", [], ["Write the answer", "do/sign_for", "Send to a unit", "Note for colleagues"]),
    ],
)
def test_a_role_is_offered_what_the_table_of_moves_allows(
    role, next_step, offered, not_offered, case, unit, client
):
    client.force_login(factories.user((role, unit)))
    page = client.get(address(case)).text
    assert page.count("hy-button--next") == (1 if next_step else 0)
    for words in [*offered, next_step]:
        assert words in page
    for words in not_offered:
        assert words not in page


def test_contact_is_masked_until_revealed_for_a_purpose_and_the_look_is_recorded(
    case, officer, client, purpose
):
    client.force_login(officer)
    page = client.get(address(case)).text
    assert "138****5678" in page
    assert "13812345678" not in page
    assert client.post(address(case, "reveal"), {"purpose": "x"}).status_code == 422
    response = client.post(address(case, "reveal"), {"purpose": str(purpose.pk)})
    assert "13812345678" in response.text
    assert "no-store" in response["Cache-Control"]
    assert Reveal.objects.get().user == officer
    assert "13812345678" not in client.get(address(case)).text


@pytest.mark.parametrize(
    ("role", "shown"), [(Role.OFFICER, False), (Role.DISPATCHER, True), (Role.OPERATOR, False)]
)
def test_a_confidential_case_shows_nothing_of_the_person_but_to_the_dispatcher(
    role, shown, case, unit, client, purpose
):
    Case.objects.filter(pk=case.pk).update(anonymity=Anonymity.DISPATCHER)
    client.force_login(factories.user((role, unit)))
    assert ("138****5678" in client.get(address(case)).text) is shown
    response = client.post(address(case, "reveal"), {"purpose": str(purpose.pk)})
    assert response.status_code == (200 if shown else 403)


def test_other_cases_of_the_contact_stand_beside_unless_one_may_not_know(case, unit, officer, client):
    def other(**given):
        return factories.case(contact=create_contact(phone="138 1234 5678"), **given)

    same = other(unit=unit, text="earlier one")
    other(unit=factories.unit(), text="of another unit")
    other(unit=unit, text="confidential one", anonymity=Anonymity.DISPATCHER)
    client.force_login(officer)
    page = client.get(address(case)).text
    assert address(same) in page
    assert "of another unit" not in page
    assert "confidential one" not in page


# --- acting ---------------------------------------------------------------------------------------------------------


def test_sign_for_take_start_and_contact_by_forms(case, officer, client):
    client.force_login(officer)
    client.post(address(case, "act", "sign_for"), sent(case))
    client.post(address(case, "act", "start"), sent(case))
    client.post(address(case, "act", "contact"), sent(case, how="phone"))
    row = Case.objects.get(pk=case.pk)
    assert (row.state, row.officer) == (State.IN_PROGRESS, officer)
    assert row.contacted_at is not None
    assert "Spoke with the person on the telephone." in client.get(address(case)).text


@pytest.mark.parametrize("action", ["take", "contact", "classify", "note", "write", "nonsense"])
def test_action_screens_open_or_are_missing(action, case, officer, client):
    client.force_login(officer)
    response = client.get(address(case, "act", action))
    assert response.status_code == (404 if action in {"write", "nonsense"} else 200)


def test_an_action_that_is_not_possible_is_refused_with_words(case, officer, client):
    client.force_login(officer)
    assert client.get(address(case, "act", "resume")).status_code == 409
    assert client.get(address(case, "act", "assign")).status_code == 409
    assert client.post(address(case, "act", "assign"), sent(case, unit=case.unit_id)).status_code == 403


def test_the_head_gives_and_the_officer_takes(case, unit, officer, client):
    head = factories.user((Role.UNIT_HEAD, unit))
    client.force_login(officer)
    response = client.post(address(case, "act", "take"), sent(case, officer=head.pk))
    assert response.status_code == 422
    client.force_login(head)
    client.post(address(case, "act", "take"), sent(case, officer=officer.pk))
    assert Case.objects.get(pk=case.pk).officer == officer


def test_a_dispatcher_sends_on_changes_the_service_and_declines(unit, client):
    case = factories.case(version=factories.service().current)
    service = factories.service(unit=unit, public_names={"en": "Roads"})
    client.force_login(factories.user((Role.DISPATCHER, None)))
    client.post(address(case, "act", "classify"), sent(case, service=service.code, kind="complaint"))
    client.post(address(case, "act", "assign"), sent(case, unit=unit.pk, reason="theirs"))
    row = Case.objects.get(pk=case.pk)
    assert (row.service, row.kind, row.unit, row.state) == (service, "complaint", unit, State.ASSIGNED)
    data = sent(case, letter="not_accept:court", text="The court decides. Go to …", step="send")
    client.post(address(case, "letter"), data)
    assert Case.objects.get(pk=case.pk).state == State.NOT_ACCEPTED


def test_the_desk_acts_for_the_person(case, officer, client):
    client.force_login(factories.user((Role.OPERATOR, None)))
    client.post(address(case, "act", "person_writes"), sent(case, text="also the second lamp"))
    handling.answer(case.pk, text="done", outcome=Outcome.SOLVED, actor=acting.staff(officer))
    client.post(
        address(case, "act", "rate"), sent(case, contacted="yes", solved="no", satisfaction="2", text="dark")
    )
    client.post(address(case, "act", "reopen"), sent(case, text="still dark"))
    row = Case.objects.get(pk=case.pk)
    assert (row.state, row.reopened, row.messages.count()) == (State.IN_PROGRESS, 1, 2)
    client.post(address(case, "act", "withdraw"), sent(case, text=""))
    assert Case.objects.get(pk=case.pk).state == State.WITHDRAWN


# --- two at once ----------------------------------------------------------------------------------------------------


def test_another_officers_change_is_told_and_nothing_typed_is_lost(case, unit, officer, client):
    before = sent(case, letter="answer:solved", text="A long letter that took an hour.", step="send")
    other = factories.user((Role.OFFICER, unit), name="陈静")
    handling.sign_for(case.pk, actor=acting.staff(other))
    client.force_login(officer)
    response = client.post(address(case, "letter"), before)
    assert response.status_code == 409
    assert "A long letter that took an hour." in response.text
    assert "Lighting signed for the case." in response.text
    assert "陈静" in response.text
    assert not Reply.objects.exists()
    again = response.context["form"].data
    sent_again = {name: again[name] for name in ("revision", "seen", "letter", "text")} | {"step": "send"}
    assert client.post(address(case, "letter"), sent_again).status_code == 302
    assert Reply.objects.get().text == "A long letter that took an hour."


def test_the_change_is_told_before_the_preview_already(case, unit, officer, client):
    before = sent(case, letter="ask:", text="Which lamp?", step="preview")
    handling.sign_for(case.pk, actor=acting.staff(officer))
    client.force_login(officer)
    response = client.post(address(case, "letter"), before)
    assert response.status_code == 409
    assert "Which lamp?" in response.text


def test_a_form_without_revision_is_older_than_any(case, officer, client):
    client.force_login(officer)
    assert client.post(address(case, "act", "sign_for"), {}).status_code == 409
    assert Case.objects.get(pk=case.pk).state == State.ASSIGNED


def test_forms_for_one_thing_tell_changes_too(case, unit, client):
    before = sent(case, unit=factories.unit().pk, reason="typed with care")
    handling.sign_for(case.pk, actor=acting.staff(factories.user((Role.OFFICER, unit))))
    client.force_login(factories.user((Role.DISPATCHER, None)))
    response = client.post(address(case, "act", "assign"), before)
    assert response.status_code == 409
    assert "typed with care" in response.text


# --- speed ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_needs_at_most_twelve_queries_whatever_happened(
    rows, case, unit, officer, client, django_assert_max_num_queries
):
    actor = acting.staff(officer)
    for _ in range(rows):
        handling.write_note(case.pk, text="n", actor=actor)
        handling.inform(case.pk, text="i", actor=actor)
        person.write(case.pk, text="p")
        factories.case(unit=unit, contact=create_contact(phone="13812345678"))
    handling.ask(case.pk, text="?", actor=actor)
    client.force_login(officer)
    client.get(address(case))
    with django_assert_max_num_queries(12):
        client.get(address(case))


def test_opening_a_case_leaves_no_record_but_acting_does(case, officer, client):
    client.force_login(officer)
    before = Record.objects.count()
    client.get(address(case))
    assert Record.objects.count() == before
    client.post(address(case, "act", "sign_for"), sent(case))
    assert Record.objects.count() == before + 1


def test_the_place_is_handed_to_the_map(case, officer, client):
    client.force_login(officer)
    assert client.get(address(case, "point")).json()["features"][0]["geometry"]["coordinates"] == [
        119.3,
        26.08,
    ]
