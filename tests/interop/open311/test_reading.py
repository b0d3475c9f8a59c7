"""Everything that is read without a key: discovery, services, requests, updates, in both formats."""

import datetime as dt
import json
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from huiyin.cases.enums import Anonymity, Outcome
from huiyin.cases.models import Case, Publication
from huiyin.cases.operations import acting, handling, person, publishing
from huiyin.files import operations as files
from huiyin.kernel import clock
from huiyin.organisations import operations as organisations
from huiyin.usecases import filing
from tests import factories, staff
from tests.factories import uploads
from tests.interop.open311 import shapes
from tests.interop.open311.conftest import publish, published

pytestmark = pytest.mark.django_db
FORMS = ("json", "xml")


def get(browser, path, form="json", root="service_requests", entry="request", **given):
    response = browser.get(f"/open311/v2/{path}.{form}", given)
    assert response.status_code == 200, response.content.decode()
    return shapes.read(response, form, root, entry)


def numbers(browser, **given):
    return [row["service_request_id"] for row in get(browser, "requests", **given)]


@pytest.mark.parametrize("path", ["/open311/discovery", "/open311/v2/discovery", "/open311//v2//discovery"])
def test_discovery(browser, path):
    found = browser.get(f"{path}.json").json()
    assert len(found["endpoints"]) >= 2
    assert found["key_service"]
    assert found["contact"]
    assert parse_datetime(found["changeset"]) < clock.now()
    for endpoint in found["endpoints"]:
        assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
        assert endpoint["formats"] == ["text/xml", "application/json"]
        path = endpoint["url"].removeprefix("http://127.0.0.1:8000")
        assert browser.get(f"{path}services.json").status_code == 200
    tree = ET.fromstring(browser.get("/open311/discovery.xml").content)
    assert [node.text for node in tree.iter("url")] == [endpoint["url"] for endpoint in found["endpoints"]]
    assert [node.text for node in tree.iter("format")][:2] == ["text/xml", "application/json"]


def test_services_in_both_formats(browser, city):
    rows = get(browser, "services", root="services", entry="service")
    [shapes.service(row) for row in rows]
    codes = {row["service_code"]: row for row in rows}
    assert set(codes) == {"lights", "potholes", "secrets", "callback"}, (
        "no group, and nothing for the fire brigade"
    )
    assert codes["lights"]["metadata"] is True
    assert codes["lights"]["group"] == "Lighting"
    assert codes["lights"]["keywords"] == "路灯,lamp"
    assert (codes["potholes"]["type"], codes["secrets"]["type"]) == ("realtime", "batch")
    for row, xml in zip(rows, get(browser, "services", "xml", "services", "service"), strict=True):
        shapes.same(row, xml)


def test_the_definition_of_a_service(browser, city):
    found = browser.get("/open311/v2/services/lights.json").json()
    shapes.definition(found)
    by_code = {row["code"]: row for row in found["attributes"]}
    assert [row["code"] for row in found["attributes"]] == [
        "pole",
        "lamps",
        "since",
        "dark",
        "colours",
        "why",
    ]
    assert by_code["pole"]["required"]
    assert not by_code["why"]["required"], "it is asked only after another answer"
    assert by_code["dark"]["values"] == [{"key": "yes", "name": "Yes"}, {"key": "no", "name": "No"}]
    assert [by_code[code]["datatype"] for code in ("pole", "lamps", "since", "why", "colours")] == [
        "text", "number", "datetime", "singlevaluelist", "multivaluelist",
    ]  # fmt: skip
    tree = ET.fromstring(browser.get("/open311/v2/services/lights.xml").content)
    assert tree.tag == "service_definition"
    assert [node.findtext("code") for node in tree.find("attributes")] == list(by_code)
    assert [node.text for node in tree.iter("key")] == ["yes", "no", "red", "blue", "moon", "car"]
    assert browser.get("/open311/v2/services/potholes.json").json()["attributes"] == []


@pytest.mark.parametrize("code", ["nothing", "light", "fire", "' OR 1=1", "x" * 300])
@pytest.mark.parametrize("form", FORMS)
def test_unknown_services(browser, city, code, form):
    shapes.errors(browser.get(f"/open311/v2/services/{code}.{form}"), 404, form)


def test_a_request_says_what_is_public_and_no_more(browser, city):
    case = factories.case(
        unit=city.unit, text="秘密的原话", place_text="幸福路1号302室", point=(26.07451234, 119.29651234),
        version=factories.service(unit=city.unit, code="lamp").current,
        contact=filing.people.create_contact(name="林悦", phone="13800138000", email="lin@example.org"),
    )  # fmt: skip
    publish(case, answer="It will be mended.", public_place="Happiness Road")
    (row,) = get(browser, f"requests/{case.number}")
    shapes.request(row)
    assert row == {
        "service_request_id": case.number, "status": "open", "status_notes": "It will be mended.",
        "service_name": "Street light", "service_code": "lamp",
        "description": "The street light at the school is out.", "agency_responsible": "Water",
        "service_notice": None, "requested_datetime": row["requested_datetime"],
        "updated_datetime": row["updated_datetime"], "expected_datetime": row["expected_datetime"],
        "address": "Happiness Road", "address_id": None, "zipcode": None, "lat": 26.075, "long": 119.297,
        "media_url": None,
    }  # fmt: skip
    moment = {name: parse_datetime(row[f"{name}_datetime"]) for name in ("requested", "expected")}
    assert moment["requested"] == case.received_at.replace(microsecond=0)
    assert moment["expected"] == case.promised_at.replace(microsecond=0)
    (xml,) = get(browser, f"requests/{case.number}", "xml")
    shapes.same(row, xml)
    both = json.dumps(row, ensure_ascii=False) + str(xml)
    for private in ("秘密", "302室", "林悦", "13800138000", "example.org", "26.0745"):
        assert private not in both


@pytest.mark.parametrize("anonymity", [Anonymity.NOBODY, Anonymity.DISPATCHER])
@pytest.mark.parametrize("form", FORMS)
def test_anonymous_and_confidential_cases_are_unknown(browser, city, anonymity, form):
    case = published(city, anonymity=anonymity)
    shapes.errors(browser.get(f"/open311/v2/requests/{case.number}.{form}"), 404, form)
    assert numbers(browser) == []
    assert get(browser, "servicerequestupdates", root="service_request_updates", entry="request_update") == []


def test_what_is_not_published_is_unknown_like_what_does_not_exist(browser, city):
    case = factories.case(unit=city.unit)
    first = browser.get(f"/open311/v2/requests/{case.number}.json")
    second = browser.get("/open311/v2/requests/12345678901.json")
    assert (first.status_code, first.content) == (second.status_code, second.content) == (404, first.content)
    publish(case)
    assert numbers(browser) == [case.number]
    publishing.unpublish(case.pk, actor=acting.SYSTEM)
    assert numbers(browser) == []


def test_status_follows_the_case_and_a_note_is_no_update(browser, city):
    case = published(city)
    officer = staff.user(staff.Role.OFFICER, unit=city.unit)
    Publication.objects.update(updated_at=case.received_at)
    before = get(browser, "requests")[0]["updated_datetime"]
    handling.write_note(case.pk, text="internal", actor=acting.staff(officer))
    assert get(browser, "requests")[0]["updated_datetime"] == before
    with time_machine.travel(clock.now() + dt.timedelta(hours=1)):
        handling.answer(case.pk, text="Done", outcome=Outcome.SOLVED, actor=acting.staff(officer))
        assert numbers(browser, status="open") == []
        (row,) = get(browser, "requests", status="closed")
        assert row["updated_datetime"] > before
        person.reopen(case.pk, text="No")
        assert numbers(browser, status="open") == [case.number]
        assert len(numbers(browser, status="open,closed")) == 1


def test_filters(browser, city):
    now = clock.now()
    made = {}
    for days in (1, 30, 80, 100, 200):
        with clock.turned_to(now - dt.timedelta(days=days)):
            service = factories.service(unit=city.unit, code=f"s{days}")
            made[days] = published(city, version=service.current).number

    def ago(days):
        return (now - dt.timedelta(days=days)).isoformat()

    assert numbers(browser) == [made[1], made[30], made[80]], "the last 90 days, newest first"
    assert numbers(browser, start_date=ago(205), end_date=ago(120)) == [made[200]]
    assert numbers(browser, start_date=ago(120)) == [made[30], made[80], made[100]], "90 days from then"
    assert numbers(browser, end_date=ago(90)) == [made[100]], "90 days up to then"
    assert numbers(browser, service_code="s1,s80") == [made[1], made[80]]
    assert numbers(browser, updated_after=ago(110)) == [made[1], made[30], made[80], made[100]]
    assert numbers(browser, updated_before=ago(90), updated_after=ago(101)) == [made[100]]
    ids = f"{made[200]},{made[1]},99999999999"
    assert numbers(browser, service_request_id=ids, service_code="s30", start_date="nonsense") == [
        made[1],
        made[200],
    ]
    assert numbers(browser, page_size=2) == [made[1], made[30]]
    assert numbers(browser, page_size=2, page=2) == [made[80]]
    assert numbers(browser, page_size=2, page=3) == []
    assert numbers(browser, page=1) == [made[1], made[30], made[80]]


def test_a_plus_sign_that_nobody_escaped(browser, city):
    case = published(city)
    start = (clock.now() - dt.timedelta(days=1)).astimezone(dt.timezone(dt.timedelta(hours=8))).isoformat()
    response = browser.get(f"/open311/v2/requests.json?start_date={start}")
    assert "+" in start
    assert [row["service_request_id"] for row in response.json()] == [case.number]


WRONG = [
    ("start_date", "2026-01-31T08:00:00"), ("start_date", "2026-01-31"), ("end_date", "yesterday"),
    ("updated_after", "2026-13-45T00:00:00Z"), ("updated_before", "0"), ("page", "-1"), ("page", "0"), ("page", "x"),
    ("page", "99999999999999999999"), ("page_size", "1000000"), ("page_size", "0"), ("page_size", "１０"),
    ("page_size", "-5"), ("status", "fixed"), ("start_date", "0001-01-01T00:00:00+23:59"),
    ("start_date", "9999-12-31T23:59:59-23:59"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG)
@pytest.mark.parametrize("form", FORMS)
def test_wrong_filters(browser, city, name, value, form):
    shapes.errors(browser.get(f"/open311/v2/requests.{form}", {name: value}), 400, form)


@pytest.mark.parametrize("form", FORMS)
def test_other_refusals_of_lists(browser, city, form):
    path = f"/open311/v2/requests.{form}"
    long = {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-30T00:00:00Z"}
    assert "90 days" in shapes.errors(browser.get(path, long), 400, form)[0]
    back = {"start_date": "2026-01-02T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}
    shapes.errors(browser.get(path, back), 400, form)
    shapes.errors(browser.get(path, {"service_code": "lights,nothing"}), 404, form)
    shapes.errors(browser.get(path, {"service_request_id": "1,2"}), 404, form)
    shapes.errors(browser.get(path, {"jurisdiction_id": "elsewhere.example"}), 404, form)


def test_extensions(browser, city):
    case = published(city)
    handling.sign_for(case.pk, actor=acting.staff(staff.user(staff.Role.OFFICER, unit=city.unit)))
    (row,) = get(browser, "requests", extensions="true")
    shapes.request(row, extended=True)
    assert row["attributes"] == []
    assert row["extended_attributes"]["title"] == "Street light"
    assert row["extended_attributes"]["url"].endswith(f"/cases/{case.number}/")
    assert [note["type"] for note in row["notes"]] == ["assign", "sign_for"]
    assert len(get(browser, "requests", "xml", extensions="true")) == 1


def test_a_public_photo_has_an_address_that_works(browser, city):
    stored = files.store(SimpleUploadedFile("mine.jpg", uploads.picture()), name="mine.jpg")
    case = factories.case(unit=city.unit, files=[stored])
    publish(case)
    assert get(browser, "requests")[0]["media_url"] is None, "a file is public only if somebody chose it"
    publish(case, file_ids=tuple(case.files.values_list("pk", flat=True)))
    url = get(browser, "requests")[0]["media_url"]
    assert "mine" not in url
    path = url.removeprefix("http://127.0.0.1:8000")
    answer = browser.get(path)
    assert answer["Content-Type"] == "image/jpeg"
    answer.close()


def test_updates(browser, city):
    case = published(city)
    officer = acting.staff(staff.user(staff.Role.OFFICER, unit=city.unit))
    handling.write_note(case.pk, text="internal", actor=officer)
    handling.answer(case.pk, text="To the person", outcome=Outcome.SOLVED, actor=officer)
    publish(case, answer="For everybody")
    factories.case(unit=city.unit)
    rows = get(browser, "servicerequestupdates", root="service_request_updates", entry="request_update")
    [shapes.update(row) for row in rows]
    assert [(row["service_request_id"], row["status"]) for row in rows] == [
        (case.number, "open"),
        (case.number, "closed"),
    ]
    assert rows[-1]["description"] == "For everybody"
    xml = get(browser, "servicerequestupdates", "xml", "service_request_updates", "request_update")
    [shapes.same(row, one) for row, one in zip(rows, xml, strict=True)]
    later = {"start_date": (clock.now() + dt.timedelta(days=1)).isoformat()}
    assert (
        get(browser, "servicerequestupdates", root="service_request_updates", entry="request_update", **later)
        == []
    )
    for form in FORMS:
        wrong = browser.get(f"/open311/v2/servicerequestupdates.{form}", {"start_date": "2026-01-01"})
        shapes.errors(wrong, 400, form)


def test_jurisdictions(browser, city):
    mine, others = published(city), published(city, unit=city.other)
    assert len(numbers(browser)) == 2
    assert len(numbers(browser, jurisdiction_id="127.0.0.1")) == 2
    organisations.create_jurisdiction("water.city.example", unit=city.unit, actor="system")
    part = staff.a_unit("pumps")
    part.parent = city.unit
    part.save()
    deep = published(city, unit=part)
    browser.get("/open311/v2/services.json")
    caches["local"].clear()
    assert set(numbers(browser, jurisdiction_id="water.city.example")) == {mine.number, deep.number}
    assert len(numbers(browser, jurisdiction_id="127.0.0.1")) == 3
    rows = get(browser, "services", root="services", entry="service", jurisdiction_id="water.city.example")
    assert {row["service_code"] for row in rows} >= {"lights"}
    assert "potholes" not in {row["service_code"] for row in rows}
    for form in FORMS:
        assert "not provided" in shapes.errors(browser.get(f"/open311/v2/requests.{form}"), 400, form)[0]
        other = browser.get(
            f"/open311/v2/requests/{others.number}.{form}", {"jurisdiction_id": "water.city.example"}
        )
        shapes.errors(other, 404, form)


def test_head_options_and_other_sites(browser, city):
    case = published(city)
    head = browser.head(f"/open311/v2/requests/{case.number}.json")
    assert (head.status_code, head.content) == (200, b"")
    options = browser.options("/open311/v2/requests.json", headers={"origin": "https://elsewhere.example"})
    assert options.status_code == 204
    assert options["Access-Control-Allow-Methods"] == "GET, HEAD, POST, OPTIONS"
    assert browser.get("/open311/v2/requests.json")["Access-Control-Allow-Origin"] == "*"
    for form in FORMS:
        refused = browser.delete(f"/open311/v2/requests.{form}")
        shapes.errors(refused, 405, form)
        assert "DELETE" not in refused["Allow"]


@pytest.mark.parametrize(
    "path", ["", "v2/", "v2/nothing.json", "v3/services.json", "v2/requests.csv", "v2/services", "x.xml"]
)
def test_nothing_here_is_said_in_the_format(browser, path):
    shapes.errors(browser.get(f"/open311/{path}"), 404, "json" if path.endswith("json") else "xml")


def test_lists_cost_the_same_for_three_as_for_one(constant_queries, city, settings):
    # Every third read writes down how many there were.
    settings.HUIYIN_READS_PER_MINUTE = 0
    add = lambda: published(city, version=None, channel=factories.channel("api"))  # noqa: E731
    constant_queries("open311:requests", kwargs={"form": "json"}, query="?extensions=true", add=add, most=4)
    constant_queries("open311:updates", kwargs={"form": "xml"}, add=add, most=4)
    constant_queries(
        "open311:services", kwargs={"form": "xml"}, add=lambda: factories.service(unit=city.unit), most=1
    )
    assert reverse("open311:request", kwargs={"number": "1", "form": "xml"}) == "/open311/v2/requests/1.xml"


def test_unwritable_characters_never_break_the_xml(city):
    case = factories.case(unit=city.unit)
    publish(case, title="a", text="a\x0bb<&>\ufffe]]>\r\n🦊")
    found = Client().get(f"/open311/v2/requests/{case.number}.xml").content
    assert ET.fromstring(found).findtext("request/description").startswith("ab<&>]]>")
    assert Case.objects.count() == 1
