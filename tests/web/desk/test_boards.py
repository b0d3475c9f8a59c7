"""The boards of the dispatcher and the arbiter, the precedents, the counts of returns."""

import pytest
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.cases.enums import ReturnReason
from huiyin.cases.models import Case, Precedent
from huiyin.cases.operations import acting, handling, returns
from huiyin.organisations import operations as organisations
from huiyin.organisations import queries
from huiyin.places.models import Area
from tests import factories
from tests.web.desk.addresses import address, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispatcher():
    return factories.user((Role.DISPATCHER, None))


@pytest.fixture
def arbiter():
    return factories.user((Role.ARBITER, None))


def returned(unit, officer, **given):
    case = factories.case(unit=unit, **given)
    actor = acting.staff(officer)
    returns.give_back(case.pk, reason=ReturnReason.OTHER_AREA, text="Beyond the bridge.", actor=actor)
    return case


def disputed(unit, officer, dispatcher):
    case = returned(unit, officer)
    handling.assign(case.pk, unit=unit, actor=acting.staff(dispatcher))
    returns.give_back(case.pk, reason=ReturnReason.NO_POWER, text="No.", actor=acting.staff(officer))
    return case


def test_queries_do_not_grow(constant_queries, unit, officer, dispatcher, arbiter):
    constant_queries("desk:dispatch", add=lambda: returned(unit, officer), user=dispatcher)
    constant_queries("desk:arbitration", add=lambda: disputed(unit, officer, dispatcher), user=arbiter)
    actor = acting.staff(arbiter)

    def decided():
        case = disputed(unit, officer, dispatcher)
        returns.rule(case.pk, unit=unit, matter="Bridge", ground="The near bank.", actor=actor)

    constant_queries("desk:precedents", add=decided, user=officer)
    constant_queries("desk:return_counts", add=decided, user=arbiter)


def test_a_returned_case_is_sent_on_from_the_board_or_refused_after_a_change(
    unit, officer, dispatcher, client
):
    other = factories.unit(names={"en": "Bridges"})
    case = factories.case(unit=unit)
    returns.give_back(
        case.pk,
        reason=ReturnReason.OTHER_UNIT,
        text="Ask Bridges.",
        proposed=other,
        actor=acting.staff(officer),
    )
    client.force_login(dispatcher)
    page = client.get(reverse("desk:dispatch")).text
    assert "Send to Bridges" in page
    assert "Back to Lighting" in page
    url, revision = reverse("desk:dispatch_send", args=[case.number]), Case.objects.get().revision
    handling.write_note(case.pk, text="Hm.", actor=acting.staff(dispatcher))
    assert client.post(url, {"unit": other.pk, "revision": revision}).status_code == 409
    response = client.post(url, {"unit": other.pk, "revision": revision + 1})
    assert response.status_code == 302
    assert Case.objects.get().unit == other
    assert "Send to Bridges" not in client.get(reverse("desk:dispatch")).text


def test_who_takes_what_nobody_fits_is_offered_by_area(dispatcher, client):
    city = Area.objects.create(code="35", names={"en": "City"})
    district = Area.objects.create(code="3501", names={"en": "East"}, parent=city)
    street = Area.objects.create(code="350102", names={"en": "Mill Street"}, parent=district)
    east = factories.unit(names={"en": "East District"}, area=district)
    administrator = factories.user((Role.ADMINISTRATOR, None))
    client.force_login(administrator)
    client.post(reverse("manage:unit_fallback", args=[east.pk]))
    factories.case(version=None, area=street)
    client.force_login(dispatcher)
    assert "Send to East District" in client.get(reverse("desk:dispatch")).text
    rival = factories.unit(names={"en": "Rival"}, area=district)
    organisations.make_fallback(rival, actor="system")
    assert queries.fallback_units().for_area(street) == rival
    assert queries.fallback_units().for_area(city) is None
    client.force_login(administrator)
    client.post(reverse("manage:unit_fallback", args=[rival.pk]))
    assert queries.fallback_units().for_area(street) is None


def test_a_unit_returns_by_its_form_and_the_arbiter_decides_by_theirs(
    unit, officer, dispatcher, arbiter, client
):
    case = factories.case(unit=unit)
    client.force_login(officer)
    given = {"reason": "other_unit", "text": "Not our lamp.", "proposed": ""}
    assert client.post(address(case, "act", "return"), sent(case, **given)).status_code == 302
    page = client.get(address(case)).text
    assert "Not our lamp." in page
    assert "the dispatcher decides by" in page
    handling.assign(case.pk, unit=unit, actor=acting.staff(dispatcher))
    case.refresh_from_db()
    assert client.post(address(case, "act", "return"), sent(case, **given)).status_code == 302
    client.force_login(arbiter)
    assert address(case) in client.get(reverse("desk:arbitration")).text
    case.refresh_from_db()
    ruling = {"unit": unit.pk, "matter": "Lamp on a wall", "ground": "The wall is public."}
    assert client.post(address(case, "act", "arbitrate"), sent(case, **ruling)).status_code == 302
    page = client.get(reverse("desk:precedents"), {"q": "wall"}).text
    assert "Lamp on a wall" in page
    assert client.get(reverse("desk:precedents"), {"q": "airport"}).text.count("Lamp on a wall") == 0
    revoke = reverse("desk:revoke_precedent", args=[Precedent.objects.get().pk])
    assert client.post(revoke, {"why": ""}).status_code == 422
    assert client.post(revoke, {"why": "A new rule."}).status_code == 302
    assert "A new rule." in client.get(reverse("desk:precedents")).text
    assert client.post(revoke, {"why": "Twice."}).status_code == 409
    client.force_login(officer)
    assert client.get(revoke).status_code == 403
    assert client.get(reverse("desk:arbitration")).status_code == 403


def test_empty_boards_say_so(dispatcher, arbiter, client):
    client.force_login(dispatcher)
    page = client.get(reverse("desk:dispatch")).text
    assert "No returned case waits for you" in page
    assert "Every case has its unit" in page
    client.force_login(arbiter)
    assert "Units agree on every case" in client.get(reverse("desk:arbitration")).text
    assert "Nothing was decided yet" in client.get(reverse("desk:precedents")).text
    assert "None." in client.get(reverse("desk:return_counts")).text
