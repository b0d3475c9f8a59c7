"""Fixtures of all tests. The environment is set here, before Django reads its settings."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
os.environ["HUIYIN_TESTING"] = "1"
os.environ["HUIYIN_DATA"] = os.environ.get("HUIYIN_TEST_DATA", str(ROOT / "var" / "test"))
os.environ["DJANGO_SETTINGS_MODULE"] = "huiyin.config.settings"
# Playwright's synchronous API runs an event loop in the test's thread; the database is still used by one thread only.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
for name in (
    "HUIYIN_DEMO",
    "HUIYIN_DEBUG",
    "HUIYIN_BASE_URL",
    "HUIYIN_HOSTS",
    "HUIYIN_LANGUAGE",
    "HUIYIN_TIME_ZONE",
):
    os.environ.pop(name, None)

# whitenoise warns of a missing folder, and a warning is an error here; the files themselves are found in their sources.
Path(os.environ["HUIYIN_DATA"], "static").mkdir(parents=True, exist_ok=True)

import django  # noqa: E402 -- after the environment
import pytest  # noqa: E402
from django.core.servers.basehttp import WSGIRequestHandler  # noqa: E402
from django.test import Client  # noqa: E402

django.setup()

# It sends head and body in two pieces, and the second would wait 40 ms for the client to acknowledge the first.
WSGIRequestHandler.disable_nagle_algorithm = True


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-browser", action="store_true", help="leave the browser tests out")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data, which is no part of the repository."""
    folder = Path(os.environ.get("HUIYIN_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"REAL DATA NOT FOUND in {folder}: set HUIYIN_SHARED_DATA to test with it")
    return folder


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests with real transactions empty all tables afterwards, which the append-only tables refuse otherwise."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("record", "leaf", "node", "treehead"):
            cursor.execute(f"ALTER TABLE audit_{table} DISABLE TRIGGER audit_{table}_truncate")


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Settings, services and calendars that a process remembers for seconds are forgotten between tests."""
    from django.core.cache import caches

    caches["local"].clear()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Every test starts in English, whatever an earlier one activated."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture
def constant_queries(client: Client) -> Callable[..., int]:
    """`constant_queries("desk:worklist", add=make_case, user=officer)`: a list of three costs as many queries as of one.

    `add()` adds one item to the list; `kwargs` and `query` complete the address. Returns the number of queries, which may
    be no more than `most` (12, as for every screen).
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    def check(
        name: str, *, add: Callable[[], object], user=None, kwargs=None, query="", most: int = 12
    ) -> int:
        url = reverse(name, kwargs=kwargs) + query
        if user is not None:
            client.force_login(user)
        counts = []
        for items in (1, 2):
            for _item in range(items):
                add()
            client.get(url)  # what is kept in memory is read once
            with CaptureQueriesContext(connection) as queries:
                response = client.get(url)
            assert response.status_code == 200, f"{url} answered {response.status_code}"
            counts.append(len(queries))
        assert counts[0] == counts[1], f"{url}: {counts[0]} queries for one item, {counts[1]} for three"
        assert counts[1] <= most, f"{url}: {counts[1]} queries"
        return counts[1]

    return check


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What did not run is said loudly, at the end."""
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for sign, words in {
        "NO CHROMIUM": "browser tests did not run. Install chromium, or set HUIYIN_CHROMIUM.",
        "REAL DATA NOT FOUND": "tests on real data did not run. Set HUIYIN_SHARED_DATA.",
    }.items():
        count = sum(sign in reason for reason in skipped)
        if count:
            terminalreporter.section("SKIPPED", red=True, bold=True)
            terminalreporter.line(f"{sign}: {count} {words}", red=True)
