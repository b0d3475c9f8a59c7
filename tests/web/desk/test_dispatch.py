"""The dispatcher's screens and the proposal on the case page: what is offered to whom, and taking it by a form."""

import re

import pytest
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.cases.enums import State
from huiyin.cases.models import Case
from huiyin.triage.enums import Mode
from huiyin.triage.models import Decision, Review
from huiyin.triage.operations import proposing, ruling
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def lights(unit):
    return factories.service(unit=unit, code="lights", keywords=["路灯", "不亮"])


@pytest.fixture
def waiting(lights):
    case = factories.case(version=None, text="门口的路灯不亮了")
    proposing.propose(case.pk)
    return case


@pytest.fixture
def dispatcher():
    return factories.user((Role.DISPATCHER, None))


def test_a_dispatcher_takes_what_is_proposed_from_the_list(waiting, lights, dispatcher, client):
    client.force_login(dispatcher)
    page = client.get(reverse("desk:dispatch"))
    assert "Street light" in page.text
    assert "data-huiyin-take" in page.text
    response = client.post(
        reverse("desk:take_proposed", args=[waiting.number]),
        {"revision": waiting.revision, "question": "all", "then": "dispatch"},
    )
    assert response["Location"] == reverse("desk:dispatch")
    row = Case.objects.get(pk=waiting.pk)
    assert (row.service, row.state) == (lights, State.ASSIGNED)
    assert "Every case has its unit" in client.get(reverse("desk:dispatch")).text
    again = client.post(
        reverse("desk:take_proposed", args=[waiting.number]),
        {"revision": waiting.revision, "question": "all"},
    )
    assert again.status_code == 409


def test_the_case_page_brings_the_proposal_with_numbered_keys(waiting, dispatcher, client):
    client.force_login(dispatcher)
    page = client.get(reverse("desk:case", args=[waiting.number])).text
    assert reverse("desk:proposal", args=[waiting.number]) in page
    piece = client.get(reverse("desk:proposal", args=[waiting.number])).text
    assert re.findall(r'data-huiyin-key="(\w)"', piece) == ["1", "2", "t"]
    assert "Words of the service" in piece
    auditor = factories.user((Role.AUDITOR, None))
    client.force_login(auditor)
    assert "data-huiyin-key" not in client.get(reverse("desk:proposal", args=[waiting.number])).text


def test_who_may_not_see_the_case_sees_no_proposal(waiting, client):
    client.force_login(factories.user((Role.OFFICER, factories.unit())))
    assert client.get(reverse("desk:proposal", args=[waiting.number])).status_code == 404
    assert client.post(reverse("desk:take_proposed", args=[waiting.number])).status_code == 404
    assert client.post(reverse("desk:duplicate", args=[waiting.number])).status_code == 404


@pytest.mark.parametrize(
    ("sent", "status"),
    [({}, 409), ({"revision": "1", "question": "nonsense"}, 422), ({"revision": "1", "question": "duplicate"}, 422),
     ({"revision": "1", "question": "unit", "value": "x"}, 404)],
)  # fmt: skip
def test_senseless_forms_are_refused(sent, status, waiting, dispatcher, client):
    client.force_login(dispatcher)
    assert client.post(reverse("desk:take_proposed", args=[waiting.number]), sent).status_code == status
    assert client.post(reverse("desk:duplicate", args=[waiting.number]), {"other": "x"}).status_code == 422


def test_the_dispatchers_list_needs_the_same_queries_for_one_case_and_three(
    lights, dispatcher, constant_queries
):
    def add():
        proposing.propose(factories.case(version=None, text="路灯不亮").pk)

    constant_queries("desk:dispatch", add=add, user=dispatcher)


@pytest.fixture
def automatic(lights):
    rule = ruling.create_rule(
        ruling.Draft(name="Lights", words=("路灯",), then_service=lights, sample_percent=100), actor="system"
    )
    return ruling.switch_rule(rule.pk, mode=Mode.AUTOMATIC, actor="system")


def test_reviews_are_judged_on_a_screen(automatic, dispatcher, client):
    case = factories.case(version=None, text="路灯不亮")
    proposing.propose(case.pk)
    client.force_login(dispatcher)
    assert "to look at" in client.get(reverse("desk:dispatch")).text
    assert "Lights" in client.get(reverse("desk:reviews")).text
    row = Review.objects.get()
    response = client.post(reverse("desk:review", args=[row.pk]), {"verdict": "disagree"})
    assert response["Location"] == reverse("desk:case", args=[case.number])
    row.refresh_from_db()
    assert (row.agrees, row.reviewer) == (False, dispatcher)
    assert "Nothing to look at" in client.get(reverse("desk:reviews")).text
    assert "by the rule “Lights”" in client.get(reverse("desk:case", args=[case.number])).text


def test_the_list_of_reviews_needs_the_same_queries_for_one_and_three(
    automatic, dispatcher, constant_queries
):
    def add():
        proposing.propose(factories.case(version=None, text="路灯不亮").pk)

    constant_queries("desk:reviews", add=add, user=dispatcher)


def test_the_call_screen_shows_services_and_what_is_known_while_typing(lights, unit, client):
    known = factories.case(version=lights.current, text="莲花路北口的路灯不亮，已经一周。")
    client.force_login(factories.user((Role.OPERATOR, None)))
    page = client.post(reverse("desk:intake"), {"step": "look", "text": "莲花路北口路灯不亮"}).text
    assert 'name="pick" value="lights"' in page
    assert reverse("desk:case", args=[known.number]) in page
    assert "Others may have said the same" in page


def test_a_duplicate_is_judged_by_a_form(lights, dispatcher, client):
    other = factories.case(version=lights.current, text="莲花路北口的路灯不亮，已经一周。")
    case = factories.case(version=None, text="莲花路北口的路灯不亮，一周了。")
    proposing.propose(case.pk)
    client.force_login(dispatcher)
    client.post(reverse("desk:duplicate", args=[case.number]), {"other": other.pk, "is": "same"})
    assert Decision.objects.get(case=case, question="duplicate").decided == str(other.pk)
    assert "the same" in client.get(reverse("desk:proposal", args=[case.number])).text
