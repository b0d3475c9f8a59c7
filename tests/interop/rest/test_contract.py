"""Thousands of generated requests, in all of schemathesis' phases: no fault, and nothing that the description lacks.

HUIYIN_EXAMPLES says how many per operation and phase; CI keeps to a few. For the figure in docs/reference/limits.md:
`HUIYIN_EXAMPLES=60 pytest tests/interop/rest/test_contract.py -s`, which takes an hour.
"""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests import factories
from tests.interop.rest.conftest import Program

EXAMPLES = int(os.environ.get("HUIYIN_EXAMPLES", "6"))
SECONDS = 45 if EXAMPLES < 50 else 3_600
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance", "unsupported_method", "ignored_auth",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_whatever_is_sent_is_answered_as_described(live_server, tmp_path, monkeypatch):
    factories.channel("api")
    unit = factories.unit(code="roads")
    factories.service(code="lights", unit=unit)
    factories.case(unit=unit)
    program = Program(per_minute=1_000_000)
    report = tmp_path / "report.json"
    # Written for the first time it takes seconds on a busy machine; schemathesis waits ten.
    urllib.request.urlopen(f"{live_server.url}/api/openapi.json").close()
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", f"{live_server.url}/api/openapi.json",
        "--url", live_server.url, "--header", f"Authorization: Bearer {program.key}",
        "--checks", ",".join(CHECKS), "--max-examples", str(EXAMPLES), "--max-time", str(SECONDS),
        "--generation-deterministic", "--continue-on-failure", "--no-color",
        "--warnings", "off", "--report-json-path", str(report),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    sys.stdout.write(done.stdout[-20_000:])
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]
    with urllib.request.urlopen(f"{live_server.url}/api/v1/services") as answer:
        assert json.load(answer)["items"][0]["code"] == "lights", "the server is still there"
