"""The purposes for looking at contact data: managed, chosen, kept, and read by the person in their own language."""

import pytest
from django.test import Client
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.kernel.errors import Denied, Invalid
from huiyin.people import operations as people
from huiyin.people import queries
from huiyin.people.models import Purpose, Reveal
from huiyin.people.operations import create_contact, purposes
from huiyin.usecases import basics
from tests import factories

pytestmark = pytest.mark.django_db
NAMES = {"en": "Visit", "zh-hans": "上门", "zh-hant": "到場"}


def test_an_installation_begins_with_three_and_keeps_what_was_changed():
    basics.ensure()
    assert len(queries.purposes()) == 3
    first = Purpose.objects.get(pk=queries.purposes()[0].pk)
    purposes.change(first, names=NAMES, actor="system")
    basics.ensure()
    assert Purpose.objects.order_by("pk")[0].names["en"] == queries.purposes()[0].names["en"] == "Visit"
    fourth = purposes.create(NAMES, actor="system")
    assert fourth in queries.purposes()
    purposes.retire(fourth, actor="system")
    assert fourth not in queries.purposes()
    assert Purpose.objects.count() == 4


def test_only_who_changes_settings_manages_them():
    for role in (Role.SUPERVISOR, Role.DISPATCHER, Role.AUDITOR):
        with pytest.raises(Denied):
            purposes.create(NAMES, actor=factories.user((role, None)))
    with pytest.raises(Invalid):
        purposes.create({}, actor="system")


def test_the_person_reads_it_in_their_language_also_after_it_is_offered_no_more():
    row = purposes.create(NAMES, actor="system")
    unit = factories.unit(names={"en": "Lighting", "zh-hans": "照明科"})
    filed = factories.filed(unit=unit, contact=create_contact(name="张三", phone="13812345678"))
    officer = factories.user((Role.OFFICER, unit))
    client = Client(headers={"accept-language": "en"})
    client.force_login(officer)
    page = client.get(reverse("desk:case", args=[filed.case.number])).text
    assert f'<option value="{row.pk}">Visit</option>' in page
    sent = {"purpose": str(row.pk), "more": "on Tuesday"}
    assert "13812345678" in client.post(reverse("desk:reveal", args=[filed.case.number]), sent).text
    purposes.retire(row, actor="system")
    assert (
        "Visit" not in client.get(reverse("desk:case", args=[filed.case.number])).text.split("What for?")[-1]
    )
    refused = client.post(reverse("desk:reveal", args=[filed.case.number]), sent)
    assert refused.status_code == 422
    assert Reveal.objects.count() == 1
    for language, said in (("en", "Visit – on Tuesday"), ("zh-hans", "上门 – on Tuesday")):
        browser = Client(headers={"accept-language": language})
        browser.post("/follow/", {"number": filed.case.number, "secret": filed.secret})
        assert said in browser.get("/follow/case/").text


def test_without_a_choice_nothing_is_shown():
    with pytest.raises(Invalid):
        people.why(0)


def test_the_screens(constant_queries):
    administrator = factories.user((Role.ADMINISTRATOR, None))
    client = Client(headers={"accept-language": "en"})
    client.force_login(administrator)
    assert "There is no purpose yet" in client.get(reverse("manage:purposes")).text
    given = {f"names_{code}": text for code, text in NAMES.items()}
    assert client.post(reverse("manage:purpose_new"), {}).status_code == 422
    assert client.post(reverse("manage:purpose_new"), given).status_code == 302
    row = Purpose.objects.get()
    assert row.names == NAMES
    changed = given | {"names_en": "House call"}
    assert client.post(reverse("manage:purpose", args=[row.pk]), changed).status_code == 302
    assert "House call" in client.get(reverse("manage:purposes")).text
    assert client.post(reverse("manage:purpose_retire", args=[row.pk])).status_code == 302
    assert queries.purposes() == []
    assert client.post(reverse("manage:purpose_offer", args=[row.pk])).status_code == 302
    assert queries.purposes() == [row]
    constant_queries(
        "manage:purposes", add=lambda: purposes.create(NAMES, actor="system"), user=administrator
    )
