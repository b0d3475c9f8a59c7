"""Clients that nobody here wrote, against the live server: they work on the first try."""

import datetime as dt
import io
import itertools
import warnings

import civicbot
import georeport
import pytest

from huiyin.cases.models import Case
from huiyin.kernel import clock
from tests.factories import uploads
from tests.interop.open311.conftest import a_city, publish, published

# `three` was written for Python 2, and its warnings say so.
itertools.ifilter = filter
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import chicagorequests
    import three

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = {"pole": "B-7", "dark": "yes"}


@pytest.fixture
def base(live_server, settings):
    settings.HUIYIN_BASE_URL = live_server.url
    return f"{live_server.url}/open311/v2"


@pytest.fixture
def city(base):
    return a_city()


@pytest.fixture
def cases(city):
    return [published(city) for _case in range(3)]


def number_of(rows):
    return {row["service_request_id"] for row in rows}


@pytest.mark.parametrize("slash", ["", "/"])
def test_civicbot(city, cases, base, slash):
    endpoint = civicbot.Endpoint("city", "City", base + slash, write=True)
    limiter = civicbot.http.RateLimiter(min_interval=0)
    client = civicbot.Open311Client(endpoint, civicbot.HttpTransport(rate_limiter=limiter))
    assert "lights" in {row["service_code"] for row in client.list_services()}
    assert len(client.get_service_definition("lights")["attributes"]) == 6
    assert len(client.list_requests(status="open", page_size=2)) == 2
    assert number_of(client.list_requests(service_request_ids=[cases[0].number])) == {cases[0].number}
    sent = {
        "lat": 26.0745, "lng": 119.2965, "description": "灯不亮", "api_key": city.key, "validate_remote": True,
        "email": "lin@example.org",
    }  # fmt: skip
    with pytest.raises(civicbot.ValidationError):
        client.create_request("lights", dry_run=False, confirm="SEND", **sent)
    assert not Case.objects.filter(channel__code="api").exists()
    attributes = ANSWERS | {"colours": ["red", "blue"]}
    done = client.create_request("lights", dry_run=False, confirm="SEND", attributes=attributes, **sent)
    case = Case.objects.get(number=done.response[0]["service_request_id"])
    assert case.text == "灯不亮"
    assert {row["code"]: row["value"] for row in case.intake} == attributes
    with pytest.raises(civicbot.HttpError) as refused:
        client.create_request(
            "lights", dry_run=False, confirm="SEND", attributes=attributes, **sent | {"api_key": "x"}
        )
    assert refused.value.status == 403


@pytest.mark.parametrize("form", ["json", "xml"])
def test_georeport(city, cases, base, form):
    client = georeport.GeoReport(base, output_format=form)
    assert "potholes" in {row["service_code"] for row in client.get_service_list()}
    assert client.get_service_definition("lights")["service_code"] == "lights"
    assert number_of(client.get_service_requests()) == {case.number for case in cases}
    start = (clock.now() - dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert len(client.get_service_requests(start_date=start, status="open")) == 3
    assert client.get_service_request(cases[0].number)["service_request_id"] == cases[0].number
    named = georeport.GeoReport(base + "/", jurisdiction="nowhere.example", output_format=form)
    with pytest.raises(Exception, match="404"):
        named.get_service_list()


def test_three(city, cases, base):
    client = three.Three(base, api_key=city.key)
    assert len(client.discovery()["endpoints"]) >= 2
    assert "lights" in {row["service_code"] for row in client.services()}
    assert client.services("lights")["service_code"] == "lights"
    assert number_of(client.requests(count=2, page=1)) < {case.number for case in cases}
    today = clock.now().strftime("%m-%d-%Y")
    tomorrow = (clock.now() + dt.timedelta(days=1)).strftime("%m-%d-%Y")
    assert len(client.requests(between=[today, tomorrow])) == 3
    assert client.request(cases[0].number)[0]["service_request_id"] == cases[0].number
    fields = {"attribute[pole]": "B-7", "attribute[dark]": "no", "attribute[why]": "moon"}
    photo = ("a.jpg", io.BytesIO(uploads.picture()), "image/jpeg")
    row = client.post("lights", address="1 Main Street", name="Zoe Lin", media=photo, **fields)[0]
    case = Case.objects.get(number=row["service_request_id"])
    assert (case.place_text, case.contact.name, case.files.count()) == ("1 Main Street", "Zoe Lin", 1)
    token = client.post("secrets", address="1 Main Street", description="quiet")[0]["token"]
    assert Case.objects.get(number=client.token(token)[0]["service_request_id"]).text == "quiet"
    publish(case)
    assert len(client.requests("lights")) == 1
    refused = client.post("nothing", address="1 Main Street")
    assert refused[0]["code"] == 404


def test_chicagorequests_pages_through_a_day(city, base, monkeypatch):
    made = [published(city).number for _case in range(7)]
    with clock.turned_to(clock.now() - dt.timedelta(days=3)):
        old = published(city)
    monkeypatch.setattr(chicagorequests.Downloader, "BASE_URL", f"{base}/requests.json")
    now = clock.now()
    day = (now - dt.timedelta(hours=20), now + dt.timedelta(hours=1))
    rows = chicagorequests.Downloader()(day)
    assert number_of(rows) == set(made)
    assert all(row["extended_attributes"]["title"] for row in rows)
    since, until = (now - dt.timedelta(days=4)).isoformat(), (now - dt.timedelta(days=2)).isoformat()
    changed = chicagorequests.Downloader(updated_start_date=since, updated_end_date=until)
    week = (now - dt.timedelta(days=7), now)
    assert number_of(changed(week)) == {old.number}
    potholes = chicagorequests.Downloader(request_type=["potholes"])
    assert potholes(day) == []


def test_chicagorequests_reads_every_page(city, base, monkeypatch):
    """The client asks for pages of 200 until one is not full: 205 cases are two pages."""
    made = {published(city, version=None).number for _case in range(205)}
    monkeypatch.setattr(chicagorequests.Downloader, "BASE_URL", f"{base}/requests.json")
    rows = chicagorequests.Downloader()(
        (clock.now() - dt.timedelta(hours=20), clock.now() + dt.timedelta(hours=1))
    )
    assert len(rows) == 205
    assert number_of(rows) == made
