"""Raising a case through the form, without JavaScript, to the receipt and the person's own page."""

import io
import re
import zipfile

import pytest
from django.test import Client

from huiyin.cases.models import Case
from huiyin.catalogue.models import ServiceVersion
from huiyin.notifications.models import Notice
from huiyin.questionnaires.models import Form
from tests import factories

pytestmark = pytest.mark.django_db

QUESTIONS = [
    {"code": "since", "type": "date", "labels": {"en": "Since when?"}, "required": True},
    {"code": "danger", "type": "yes_no", "labels": {"en": "Is somebody in danger?"}, "required": True},
    {
        "code": "who",
        "type": "text",
        "labels": {"en": "Who?"},
        "required": True,
        "shown_if": {"code": "danger", "equals": "yes"},
    },
]


@pytest.fixture
def client() -> Client:
    factories.channel("web")
    return Client(headers={"accept-language": "en"})


def begin(client: Client, text: str = "路灯坏了，street light dark") -> None:
    response = client.post("/tell/matter/", {"text": text})
    assert response.status_code == 302, response.content.decode()


def walk(client: Client, **contact: str) -> None:
    assert client.post("/tell/place/", {"place_text": "学院路 5 号"}).headers["location"] == "/tell/files/"
    assert client.post("/tell/files/", {}).headers["location"] == "/tell/contact/"
    given = {"anonymity": "nobody", "language": "zh-hans"} | contact
    assert client.post("/tell/contact/", given).headers["location"] == "/tell/check/"


def test_whole_way_without_an_account(client: Client) -> None:
    service = factories.service(unit=factories.unit())
    begin(client)
    page = client.get("/tell/service/").content.decode()
    assert "Street light" in page
    assert client.post("/tell/service/", {"service": service.code}).headers["location"] == "/tell/place/"
    walk(client)
    assert "学院路 5 号" in client.get("/tell/check/").content.decode()
    assert client.post("/tell/send/").headers["location"] == "/tell/sent/"
    case = Case.objects.get()
    assert (case.service, case.place_text, case.anonymity) == (service, "学院路 5 号", "nobody")
    page = client.get("/tell/sent/").content.decode()
    secret = re.search(r"([A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4})", page)
    assert secret
    assert client.get("/tell/sent/receipt.json").json()
    # Pressing "send" again files nothing more.
    assert client.post("/tell/send/").status_code == 302
    assert Case.objects.count() == 1
    client.post("/tell/sent/noted/")
    assert client.get("/tell/sent/").status_code == 302

    other = Client()
    gone = other.post("/follow/", {"number": case.number, "secret": "AAAABBBBCCCC"})
    assert gone.status_code == 404
    opened = other.post("/follow/", {"number": case.number, "secret": secret[1].lower()})
    assert opened.headers["location"] == "/follow/case/"
    assert "street light dark" in other.get("/follow/case/").content.decode()


def test_questions_appear_when_their_condition_holds(client: Client) -> None:
    service = factories.service(unit=factories.unit(), form=Form.objects.create(questions=QUESTIONS))
    begin(client)
    assert client.post("/tell/service/", {"service": service.code}).headers["location"] == "/tell/questions/"
    date = {"since_year": "2026", "since_month": "2", "since_day": "30"}
    bad = client.post("/tell/questions/", {**date, "danger": "no", "seen": ["since", "danger"]})
    assert bad.status_code == 422
    assert "There is no such date" in bad.content.decode()
    date["since_day"] = "3"
    more = client.post("/tell/questions/", {**date, "danger": "yes", "seen": ["since", "danger"]})
    assert more.status_code == 422
    assert "Who?" in more.content.decode()
    last = {**date, "danger": "yes", "who": "一个孩子", "seen": ["since", "danger", "who"]}
    assert client.post("/tell/questions/", last).headers["location"] == "/tell/place/"
    walk(client)
    client.post("/tell/send/")
    assert [answer["shown"] for answer in Case.objects.get().intake] == ["2026-02-03", "Yes", "一个孩子"]


def test_an_emergency_stops_the_form(client: Client) -> None:
    service = factories.service(
        unit=factories.unit(), emergency_notice={"en": "Call 119 now", "zh-hans": "请立即拨打119"}
    )
    begin(client)
    assert client.post("/tell/service/", {"service": service.code}).headers["location"] == "/tell/emergency/"
    assert "Call 119 now" in client.get("/tell/emergency/").content.decode()
    client.post("/tell/contact/", {"anonymity": "nobody", "language": "en"})
    assert client.post("/tell/send/").status_code == 422
    assert Case.objects.count() == 0


def test_a_service_that_needs_contact_and_place_says_so(client: Client) -> None:
    service = factories.service(
        unit=factories.unit(), contact_required=True, anonymous_allowed=False, place_required=True
    )
    begin(client)
    client.post("/tell/service/", {"service": service.code})
    assert client.post("/tell/place/", {"place_text": ""}).status_code == 422
    client.post("/tell/place/", {"place_text": "东门"})
    refused = client.post("/tell/contact/", {"anonymity": "office", "language": "en", "phone": "12"})
    assert refused.status_code == 422
    good = {"anonymity": "office", "language": "en", "name": "王小明", "phone": "13800138000"}
    assert client.post("/tell/contact/", good).status_code == 302
    client.post("/tell/send/")
    case = Case.objects.select_related("contact").get()
    assert case.contact.name == "王小明"
    assert ServiceVersion.objects.get() == case.service_version


@pytest.mark.parametrize("text", ["", "   \n", "x" * 10_001])
def test_text_that_cannot_be_sent_comes_back_with_a_reason(client: Client, text: str) -> None:
    answer = client.post("/tell/matter/", {"text": text})
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.content.decode()


def test_nasty_characters_arrive(client: Client) -> None:
    factories.service(unit=factories.unit())
    begin(
        client,
        "a\x00b \u202eevil\u202c 😀 \ud83d 𠮷 <script>alert(1)</script>".encode("utf-8", "replace").decode(),
    )
    client.post("/tell/service/", {"service": "unsure"})
    walk(client)
    assert "<script>alert" not in client.get("/tell/check/").content.decode()
    assert client.post("/tell/send/").status_code == 302
    assert "\x00" not in Case.objects.get().text
    assert Case.objects.get().state == "received"


def test_a_thousand_wrong_secrets_are_cut_off(client: Client) -> None:
    case = factories.case()
    answers = {
        client.post("/follow/", {"number": case.number, "secret": f"AAAABBBB{i:04d}"}).status_code
        for i in range(60)
    }
    assert answers == {404, 429}


def test_own_data_can_be_taken_along_and_erased(client: Client) -> None:
    filed = factories.filed()
    client.post("/follow/", {"number": filed.case.number, "secret": filed.secret})
    changed = {"name": "王小明", "phone": "13800138000", "email": "a@b.example", "wants_mail": "on"}
    assert client.post("/follow/contact/", changed).status_code == 302
    assert Case.objects.get().contact.phone == "13800138000"
    assert client.post("/follow/contact/", {"phone": "12"}).status_code == 422
    taken = client.get("/follow/data.zip")
    assert taken["content-type"] == "application/zip"
    data = b"".join(taken) if taken.streaming else taken.content
    assert "路灯坏了三天" in "".join(
        zipfile.ZipFile(io.BytesIO(data)).read(name).decode() for name in ["case.json"]
    )
    assert "Tick the box" in client.post("/follow/erase/").content.decode()
    assert client.post("/follow/erase/", {"sure": "yes"}).status_code == 200
    case = Case.objects.get()
    assert (case.text, case.contact, case.secret_hash) == ("", None, "")
    assert client.get("/follow/case/").status_code == 302
    assert client.post("/follow/", {"number": case.number, "secret": filed.secret}).status_code == 404


def test_the_form_asks_how_the_person_wants_to_hear(client: Client) -> None:
    factories.service(unit=factories.unit())
    begin(client)
    client.post("/tell/service/", {"service": "unsure"})
    page = client.get("/tell/contact/").content.decode()
    for name in ("wants_mail", "wants_sms", "daily"):
        assert f'name="{name}"' in page
    given = {"anonymity": "office", "language": "en", "wants_sms": "on", "wants_mail": "on"}
    refused = client.post("/tell/contact/", given)
    assert refused.status_code == 422
    assert "Give the telephone number for text messages." in refused.content.decode()
    assert "Give the e-mail address to write to." in refused.content.decode()
    walk(client, anonymity="office", phone="13812345678", wants_sms="on", daily="on")
    check = client.get("/tell/check/").content.decode()
    assert "By text message" in check
    assert "By e-mail" not in check
    assert client.post("/tell/send/").status_code == 302
    contact = Case.objects.get().contact
    assert (contact.wants_mail, contact.wants_sms, contact.daily) == (False, True, True)
    assert Notice.objects.get(event="filed").channel == "sms"


def test_whoever_stays_anonymous_leaves_no_wish_behind(client: Client) -> None:
    factories.service(unit=factories.unit())
    begin(client)
    client.post("/tell/service/", {"service": "unsure"})
    walk(client, anonymity="nobody", phone="12", email="x", wants_sms="on", wants_mail="on", daily="on")
    assert "How you hear from us" not in client.get("/tell/check/").content.decode()
    assert client.post("/tell/send/").status_code == 302
    assert Case.objects.get().contact is None
    assert not Notice.objects.exists()


def test_required_questions_cannot_be_walked_around(client: Client) -> None:
    form = Form.objects.create(questions=QUESTIONS)
    service = factories.service(unit=factories.unit(), form=form)
    begin(client)
    client.post("/tell/service/", {"service": service.code})
    walk(client)
    assert client.get("/tell/check/").headers["location"] == "/tell/questions/"
    assert client.post("/tell/send/").headers["location"] == "/tell/questions/"
    assert not Case.objects.exists()


def test_a_complaint_about_an_office_names_it_and_the_office_does_not_get_it(client: Client) -> None:
    office = factories.unit(names={"en": "Registry", "zh-hans": "登记处"})
    begin(client, "窗口态度很差")
    assert "I complain about an office" in client.get("/tell/service/").content.decode()
    assert client.post("/tell/service/", {"service": "staff"}).headers["location"] == "/tell/place/"
    page = client.get("/tell/contact/").content.decode()
    assert "Which office do you complain about?" in page
    wrong = {"anonymity": "office", "language": "en", "about_unit": "999999"}
    assert client.post("/tell/contact/", wrong).status_code == 422
    walk(client, anonymity="office", name="王小明", about_unit=str(office.pk))
    check = client.get("/tell/check/").content.decode()
    assert "Registry" in check
    assert client.post("/tell/send/").status_code == 302
    case = Case.objects.get()
    assert (case.kind, case.about_unit, case.unit, case.state) == ("complaint", office, None, "received")
    secret = re.search(r"([A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4})", client.get("/tell/sent/").content.decode())
    other = Client(headers={"accept-language": "en"})
    other.post("/follow/", {"number": case.number, "secret": secret[1]})
    mine = other.get("/follow/case/").content.decode()
    assert "Registry" in mine
    assert "Nobody who works there learns from us who you are" in mine


def test_a_service_that_is_usually_a_complaint_asks_and_others_do_not(client: Client) -> None:
    office = factories.unit(names={"en": "Registry", "zh-hans": "登记处"})
    noise = factories.service(unit=office, kind="complaint")
    light = factories.service(unit=office)
    begin(client)
    client.post("/tell/service/all/", {"service": light.code})
    assert "Which office do you complain about?" not in client.get("/tell/contact/").content.decode()
    client.post("/tell/service/all/", {"service": noise.code})
    walk(client, about_unit=str(office.pk))
    # The page says what will happen: the office of the service is the one complained about.
    assert "The office sends it to the right unit" in client.get("/tell/check/").content.decode()
    # Another choice afterwards: what was said of the office is not kept with a case of another kind.
    client.post("/tell/service/all/", {"service": light.code})
    client.post("/tell/send/")
    assert (Case.objects.get().about_unit, Case.objects.get().unit) == (None, office)
