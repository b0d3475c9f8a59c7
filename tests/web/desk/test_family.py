"""Merging, splitting and linking by their screens, and what the people of a group see."""

import pytest
from django.test import Client
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.aftercare.operations import calling, excluding
from huiyin.cases.enums import Outcome, State
from huiyin.cases.models import Case
from huiyin.cases.operations import acting, handling, person
from huiyin.feedback.enums import ExclusionReason, Solved
from huiyin.feedback.operations import Given
from huiyin.people.operations import create_contact
from tests import factories
from tests.web.desk.addresses import address, sent

pytestmark = pytest.mark.django_db


def test_merge_many_from_the_list_say_so_before_the_answer_and_undo_one(unit, officer, client):
    cases = [factories.case(unit=unit, text=f"Lamp {n}") for n in range(3)]
    client.force_login(officer)
    numbers = [case.number for case in reversed(cases)]
    response = client.post(reverse("desk:bulk"), {"do": "merge", "selected": numbers})
    assert response.url == address(cases[0])
    page = client.get(address(cases[0])).text
    assert "Lamp 1" in page
    assert "Lamp 2" in page
    letter = sent(
        Case.objects.get(pk=cases[0].pk), letter="answer:solved", text="All lamps work.", step="preview"
    )
    assert "merged cases" in client.post(reverse("desk:letter", args=[cases[0].number]), letter).text
    assert client.post(reverse("desk:unmerge", args=[cases[2].number])).status_code == 302
    assert Case.objects.get(pk=cases[2].pk).state == State.ASSIGNED
    assert Case.objects.filter(state=State.MERGED).count() == 1


def test_merge_by_number_names_what_is_not_found(unit, officer, client):
    one, two = factories.case(unit=unit), factories.case(unit=unit)
    foreign = factories.case()
    client.force_login(officer)
    url = address(one, "act", "gather")
    response = client.post(url, sent(one, numbers=f"{two.number} {foreign.number}"))
    assert response.status_code == 422
    assert foreign.number in response.text
    assert client.post(url, sent(one, numbers=two.number)).status_code == 302
    assert Case.objects.get(pk=two.pk).merged_into == one
    assert client.post(url, sent(one, numbers=one.number)).status_code in {409, 422}


def test_a_part_is_split_off_and_its_person_opens_it_with_the_same_code(unit, officer, client):
    filed = factories.filed(unit=unit)
    service = factories.service(unit=factories.unit(names={"en": "Waterworks"}))
    client.force_login(officer)
    given = {"text": "The pipe below the lamp.", "service": service.code}
    assert client.post(address(filed.case, "act", "split"), sent(filed.case, **given)).status_code == 302
    part = Case.objects.get(parent=filed.case)
    assert part.number in client.get(address(filed.case)).text
    resident = Client(headers={"accept-language": "en"})
    resident.post(reverse("public:track"), {"number": filed.case.number, "secret": filed.secret})
    page = resident.get(reverse("public:mine")).text
    assert part.number in page
    assert "Waterworks" in page
    assert resident.post(reverse("public:part"), {"number": factories.case().number}).status_code == 404
    assert resident.post(reverse("public:part"), {"number": part.number}).status_code == 302
    assert "The pipe below the lamp." in resident.get(reverse("public:mine")).text


def test_links_by_their_form(unit, officer, client):
    one, two = factories.case(unit=unit), factories.case(unit=unit, text="The same corner")
    client.force_login(officer)
    assert client.post(address(one, "act", "link"), sent(one, number="nonsense")).status_code == 422
    assert client.post(address(one, "act", "link"), sent(one, number=two.number)).status_code == 302
    assert "The same corner" in client.get(address(one)).text
    assert client.post(reverse("desk:unlink", args=[one.number]), {"other": two.number}).status_code == 302
    assert "The same corner" not in client.get(address(one)).text


def test_a_case_page_with_everything_around_it_stays_within_its_queries(
    unit, officer, client, django_assert_max_num_queries
):
    cases = [factories.case(unit=unit) for _n in range(4)]
    client.force_login(officer)
    client.post(address(cases[0], "act", "split"), sent(cases[0], text="A part", service=""))
    client.post(address(cases[0], "act", "link"), sent(cases[0], number=cases[3].number))
    client.post(reverse("desk:bulk"), {"do": "merge", "selected": [case.number for case in cases[:3]]})
    client.get(address(cases[0]))
    with django_assert_max_num_queries(12):
        client.get(address(cases[0]))


def test_a_judged_case_with_everything_around_it_stays_within_its_queries(
    unit, officer, client, django_assert_max_num_queries
):
    cases = [
        factories.case(unit=unit, contact=create_contact(name="张", phone="13812345678")) for _n in range(4)
    ]
    client.force_login(officer)
    client.post(address(cases[0], "act", "split"), sent(cases[0], text="A part", service=""))
    client.post(address(cases[0], "act", "link"), sent(cases[0], number=cases[3].number))
    client.post(reverse("desk:bulk"), {"do": "merge", "selected": [case.number for case in cases[:3]]})
    handling.answer(cases[0].pk, text="好了。", outcome=Outcome.SOLVED, actor=acting.staff(officer))
    calling.open_due()
    client.get(address(cases[0]))
    with django_assert_max_num_queries(12):
        client.get(address(cases[0]))
    person.judge(cases[0].pk, given=Given(contacted=True, solved=Solved.NO, satisfaction=1))
    head = factories.user((Role.UNIT_HEAD, unit))
    excluding.ask(cases[0], user=head, reason=ExclusionReason.TRIAL, text="只是试一下系统")
    with django_assert_max_num_queries(12):
        client.get(address(cases[0]))
