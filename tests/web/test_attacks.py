"""What somebody with bad intentions, or with two tabs, would try from a browser."""

import json
import re
import zipfile
from xml.etree import ElementTree as ET

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Outcome
from huiyin.cases.models import Message
from huiyin.cases.operations import acting, handling, limits, person, publishing
from huiyin.files.models import StoredFile
from huiyin.people import operations as people
from huiyin.privacy import operations as privacy
from huiyin.usecases import own_contact, revealing
from huiyin.web.desk import publishing as publish_screens
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


def follow(client: Client, filed) -> None:
    given = {"number": filed.case.number, "secret": filed.secret}
    assert client.post("/follow/", given).headers["location"] == "/follow/case/"


def published(case, **given: str) -> None:
    unit_head = acting.staff(factories.user((Role.UNIT_HEAD, case.unit)))
    public = publishing.PublicText(**{"title": "路灯", "text": "路灯坏了"} | given)
    publishing.publish(case.pk, public=public, actor=unit_head)


@pytest.mark.parametrize(
    "address", ["/cases/?service=%00", "/cases/?area=%00", "/cases/points.json?number=%00", "/cases/%00/"]
)
def test_an_address_with_a_nul_breaks_nothing(client, address):
    assert client.get(address).status_code in {200, 400}


def test_control_characters_in_a_public_text_do_not_break_the_feed(client):
    published(factories.case(), title="路灯\x08坏了", text="三天\x0b了\uffff<b>")
    response = client.get("/cases/feed.atom")
    assert response.status_code == 200
    assert "坏了" in "".join(ET.fromstring(response.content).itertext())


def test_a_form_of_the_case_opened_before_does_not_act_on_the_other_one(client):
    first, second = factories.filed(), factories.filed()
    follow(client, first)
    page = client.get("/follow/case/").content.decode()
    assert f'name="of_case" value="{first.case.number}"' in page
    follow(client, second)
    for address in ("write", "withdraw", "erase", "contact", "verdict", "reopen"):
        given = {"of_case": first.case.number, "text": "只给第一个", "sure": "yes"}
        assert client.post(f"/follow/{address}/", given).status_code == 409
    assert not Message.objects.exists()
    assert client.post("/follow/write/", {"of_case": second.case.number, "text": "给它"}).status_code == 302


@pytest.mark.parametrize("address", ["withdraw", "erase", "contact"])
def test_every_form_says_whose_it_is(client, address):
    filed = factories.filed()
    follow(client, filed)
    page = client.get(f"/follow/{address}/").content.decode()
    assert f'name="of_case" value="{filed.case.number}"' in page


def test_what_was_opened_by_signing_in_is_kept_by_no_browser(client):
    unit = factories.unit()
    client.force_login(factories.user((Role.OFFICER, unit)))
    for address in ("/desk/", f"/desk/cases/{factories.case(unit=unit).number}/"):
        assert "no-store" in client.get(address).headers["cache-control"]


def test_supporting_again_and_again_with_new_marks_has_an_end(client, monkeypatch):
    monkeypatch.setattr(limits, "SUPPORTS_PER_ADDRESS", 2)
    case = factories.case()
    published(case)
    answers = [Client().post(f"/cases/{case.number}/support/").status_code for _ in range(3)]
    assert answers == [302, 302, 429]
    case.publication.refresh_from_db()
    assert case.publication.supports == 2


def test_a_hint_of_a_question_is_text_and_no_markup(client):
    from django.forms import CharField, Form

    class Asked(Form):
        name = CharField(help_text='<img src="x" onerror="alert(1)">')

    assert "<img" not in str(Asked()["name"].as_field_group())


def test_the_reason_for_sending_a_case_on_stays_among_colleagues(client):
    case = factories.case(unit=factories.unit())
    dispatcher = acting.staff(factories.user((Role.DISPATCHER, None)))
    handling.assign(case.pk, unit=factories.unit(), actor=dispatcher, reason="内部说法")
    handling.write_note(case.pk, text="内部备注", actor=dispatcher)
    with privacy.export_case(case.pk) as file, zipfile.ZipFile(file) as archive:
        data = json.loads(archive.read("case.json"))
    assert "内部" not in json.dumps(data, ensure_ascii=False)
    assert data["event"][-1]["action"] == "assign"


def test_who_looked_is_still_shown_after_the_contact_was_taken_back(client):
    unit = factories.unit()
    filed = factories.filed(unit=unit, contact=people.create_contact(phone="13812345678"))
    officer = factories.user((Role.OFFICER, unit))
    revealing.reveal_contact(filed.case, user=officer, purpose="打电话问路灯的位置")
    own_contact.change(filed.case.pk, name="", phone="", email="", wants=people.Notices())
    follow(client, filed)
    assert "打电话问路灯的位置" in client.get("/follow/case/").content.decode()


def test_the_reason_that_the_public_reads_passes_the_finder_too():
    unit = factories.unit()
    user = factories.user((Role.OFFICER, unit))
    case = factories.case(unit=unit)
    given = {"headline": "路灯", "text": "路灯坏了", "reason": "电话 13812345678 已删", "revision": "1"}
    form = publish_screens.PublishForm(given, case=case, user=user)
    assert not form.is_valid()
    assert list(form.errors) == ["reason"]


def test_notes_reach_no_page_of_the_public_or_the_person(client):
    unit = factories.unit()
    filed = factories.filed(unit=unit)
    officer = acting.staff(factories.user((Role.OFFICER, unit)))
    handling.write_note(filed.case.pk, text="只给同事看", actor=officer)
    handling.answer(filed.case.pk, text="已修好。", outcome=Outcome.SOLVED, actor=officer)
    published(filed.case)
    follow(client, filed)
    for address in (
        "/follow/case/",
        f"/cases/{filed.case.number}/",
        "/cases/",
        "/cases/feed.atom",
        "/follow/receipt.json",
    ):
        assert "只给同事看" not in client.get(address).content.decode()


def test_a_public_answer_stands_under_the_letter_that_it_was_written_for(client):
    unit = factories.unit()
    case = factories.case(unit=unit)
    officer = acting.staff(factories.user((Role.OFFICER, unit)))
    handling.answer(case.pk, text="已修好。", outcome=Outcome.SOLVED, actor=officer)
    published(case, answer="第一次的公开答复")
    person.reopen(case.pk, text="还是不亮")
    handling.answer(case.pk, text="换不了。", outcome=Outcome.CANNOT, actor=officer)
    first, second = client.get(f"/cases/{case.number}/").content.decode().split("<h2")[1:3]
    assert "第一次的公开答复" in first
    assert "第一次的公开答复" not in second


def test_the_name_that_somebody_gave_a_file_is_not_published(client):
    stored = StoredFile.objects.create(
        name="王小明身份证.jpg", kind="image", content_type="image/jpeg", size=3, sha256="0" * 64,
        key=default_storage.save("test/attack.jpg", ContentFile(b"abc")),
    )  # fmt: skip
    unit = factories.unit()
    case = factories.case(unit=unit, files=[stored])
    head = acting.staff(factories.user((Role.UNIT_HEAD, unit)))
    ids = tuple(case.files.values_list("pk", flat=True))
    public = publishing.PublicText(title="路灯", text="路灯坏了", file_ids=ids)
    publishing.publish(case.pk, public=public, actor=head)
    address = re.search(r'href="(/files/[^"]+)"', client.get(f"/cases/{case.number}/").content.decode())[1]
    response = client.get(address)
    response.close()
    assert response.headers["content-disposition"] == 'inline; filename="image.jpg"'
