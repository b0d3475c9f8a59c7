"""Reads without a key: counted per address, over all processes, and told in headers."""

import datetime as dt

import pytest
import time_machine

from huiyin.accounts.enums import Scope
from huiyin.accounts.operations import programs
from huiyin.interop import guests

pytestmark = pytest.mark.django_db
READS = ("/open311/v2/services.json", "/open311/v2/requests.xml", "/api/v1/services", "/api/v1/published")
BEGIN = dt.datetime(2026, 5, 4, 10, 0, 15, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def few(settings):
    settings.HUIYIN_READS_PER_MINUTE = 5
    guests._meter.forget()
    with time_machine.travel(BEGIN, tick=False):
        yield
    guests._meter.forget()


@pytest.fixture
def key():
    terms = programs.Terms(name="App", scopes=frozenset({Scope.FILE_CASES}), per_minute=7)
    return programs.create(terms, actor="system")[1]


@pytest.mark.parametrize("address", READS)
def test_an_address_has_so_many_in_a_minute_and_is_told_what_is_left(client, address):
    left = []
    for call in range(5):
        if call % 2:
            guests._meter.forget()  # another process
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer["RateLimit-Limit"] == "5"
        left.append(answer["RateLimit-Remaining"])
    assert left == ["4", "3", "2", "1", "0"]
    guests._meter.forget()
    refused = client.get(address)
    assert refused.status_code == 429
    assert (refused["Retry-After"], refused["RateLimit-Remaining"]) == ("46", "0")
    assert client.get(address, REMOTE_ADDR="203.0.113.9").status_code == 200
    with time_machine.travel(BEGIN + dt.timedelta(seconds=45), tick=False):
        assert client.get(address).status_code == 200


def test_the_refusal_is_in_the_format_that_was_asked_for(client):
    for _call in range(5):
        client.get("/open311/v2/services.xml")
    assert client.get("/open311/v2/services.json").json()[0]["code"] == 429
    assert b"<errors><error><code>429</code>" in client.get("/open311/v2/services.xml").content
    problem = client.get("/api/v1/services")
    assert problem["Content-Type"] == "application/problem+json"
    assert problem.json()["status"] == 429


@pytest.mark.parametrize("way", ["open311", "rest"])
def test_a_right_key_counts_as_its_programs_call_and_a_wrong_one_as_none(client, key, way):
    def read(shown):
        if way == "open311":
            return client.get("/open311/v2/services.json", {"api_key": shown})
        return client.get("/api/v1/services", HTTP_AUTHORIZATION=f"Bearer {shown}")

    assert read(key)["RateLimit-Limit"] == "7"
    answers = [read("hy_wrong") for _call in range(6)]
    assert [answer["RateLimit-Limit"] for answer in answers] == ["5"] * 6
    assert answers[-1].status_code == 429
    assert read(key)["RateLimit-Remaining"] == "5"


def test_a_whole_network_of_ipv6_is_one_reader(client):
    for number in range(5):
        client.get(READS[0], REMOTE_ADDR=f"2001:db8:1:2::{number}")
    assert client.get(READS[0], REMOTE_ADDR="2001:db8:1:2:ffff::1").status_code == 429
    assert client.get(READS[0], REMOTE_ADDR="2001:db8:1:3::1").status_code == 200


def test_filing_with_a_key_is_not_counted_here_and_zero_means_no_limit(client, settings):
    for _call in range(6):
        assert client.post("/open311/v2/requests.json", {}).status_code == 403
    settings.HUIYIN_READS_PER_MINUTE = 0
    for _call in range(8):
        answer = client.get(READS[0])
    assert answer.status_code == 200
    assert "RateLimit-Limit" not in answer


def test_an_open_read_is_described_with_and_without_a_key(client):
    described = client.get("/api/openapi.json").json()["paths"]
    operation = described["/api/v1/services"]["get"]
    assert operation["security"][0] == {}
    assert "429" in operation["responses"]
    assert {"RateLimit-Limit", "ETag"} <= set(operation["responses"]["200"]["headers"])
    assert {} not in described["/api/v1/cases"]["get"]["security"]
