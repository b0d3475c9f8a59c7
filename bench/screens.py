"""Server time and queries of every screen with a million cases stored.

    python bench/screens.py [--cases 1000000 | --demo] [--runs 30] [--fresh] [--only worklist]

Fills a database of its own (var/bench-screens, or the one named by DATABASE_URL) with generated cases, then asks the
WSGI application for every screen as the server does: everything but the network. The limits are those of the project: p95 at most 80 ms
and at most 12 queries. "cpu ms" is the processor time of this process alone, whatever else the machine does meanwhile;
"gc ms" is what Python's collector took of the slowest request; "cold" are the queries when nothing is remembered but what a web
process reads again by itself. --unsettled leaves the collector as Python has it.
Addresses that answer no page, because nothing of that kind is stored, are named at the end.
The filled database is kept for the next run; --fresh fills it anew.
--demo measures the demonstration city of 600 cases instead, which it builds in var/bench-demo; HUIYIN_DATA names another
one that is not running.
"""

import argparse
import gc
import itertools
import os
import re
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault(
    "HUIYIN_DATA", str(ROOT / "var" / ("bench-demo" if "--demo" in sys.argv else "bench-screens"))
)
Path(os.environ["HUIYIN_DATA"], "static").mkdir(parents=True, exist_ok=True)
os.environ["HUIYIN_DEMO"] = "1"
os.environ["HUIYIN_LOG_LEVEL"] = "ERROR"
os.environ["DJANGO_SETTINGS_MODULE"] = "huiyin.config.settings"

from django.conf import settings  # noqa: E402 -- after the environment

settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"

import django  # noqa: E402 -- after the environment

django.setup()

from django.core.cache import caches  # noqa: E402 -- after the environment
from django.core.management import call_command  # noqa: E402 -- after the environment
from django.db import connection  # noqa: E402 -- after the environment
from django.test import Client  # noqa: E402 -- after the environment
from django.test.utils import CaptureQueriesContext  # noqa: E402 -- after the environment
from django.urls import reverse  # noqa: E402 -- after the environment

import addresses  # noqa: E402 -- after the environment
import answering  # noqa: E402 -- after the environment
import asking  # noqa: E402 -- after the environment
import filling  # noqa: E402 -- after the environment
from huiyin.accounts.enums import Role  # noqa: E402 -- after the environment
from huiyin.accounts.models import Membership, User  # noqa: E402 -- after the environment
from huiyin.cases.models import Case  # noqa: E402 -- after the environment
from huiyin.config import heap, remembering  # noqa: E402 -- after the environment
from huiyin.organisations.models import Unit  # noqa: E402 -- after the environment
from huiyin.people import queries as people  # noqa: E402 -- after the environment
from huiyin.scorecards import operations as scorecards  # noqa: E402 -- after the environment

LIMIT_MS, LIMIT_QUERIES = 80, 12
PAGES = answering.Pages()


def desk_screens() -> list[tuple[str, str, str]]:
    """(name, user, address) of what officers look at all day."""
    tabs = (
        "unit",
        "mine",
        "unassigned",
        "received",
        "open",
        "today",
        "overdue",
        "waiting",
        "answered",
        "all",
    )
    found = [
        (f"worklist {tab} ({user})", user, f"/desk/?filter=1&tab={tab}")
        for user in ("officer", "dispatcher")
        for tab in tabs
    ]
    narrowed = {
        "common word": "tab=all&q=路灯", "rare word": "tab=all&q=编号590", "words not there": "tab=all&q=长颈鹿",
        "state and kind": "tab=unit&state=accepted&kind=complaint", "service": "tab=all&service=service-7",
        "dates": "tab=all&since=2025-01-01&until=2025-02-01", "channel": "tab=open&channel=counter",
        "word and unit's open": "tab=unit&q=电梯",
    }  # fmt: skip
    found += [
        (f"worklist by {name} ({user})", user, f"/desk/?filter=1&{query}")
        for name, query in narrowed.items()
        for user in ("officer", "dispatcher")
    ]
    found += [
        (f"search {name} ({user})", user, f"/desk/search/?{query}")
        for name, query in {
            "common word": "q=路灯",
            "best first": "q=路灯&order=best",
            "rare word": "q=编号590",
        }.items()
        for user in ("officer", "dispatcher")
    ]
    page = Client()
    page.force_login(User.objects.get(username="dispatcher"))
    following = re.search(r'[?]after=([^"]+)"', page.get("/desk/?filter=1&tab=all").content.decode())
    after = following[1] if following else ""
    found.append(("worklist, second page (dispatcher)", "dispatcher", f"/desk/?after={after}"))
    unit = Membership.objects.get(user__username="officer", role=Role.OFFICER).unit_id
    for state in ("assigned", "in_progress", "closed"):
        case = Case.objects.filter(unit_id=unit, state=state).order_by("pk").first()
        if case is not None:  # a demonstration city may have none that wait for an officer just now
            found.append((f"case {state} (officer)", "officer", reverse("desk:case", args=[case.number])))
    busy = Case.objects.filter(contact__phone_key=people.key(people.PHONE, "+8613812345678")).first()
    # The demonstration city has other people.
    busy = busy or Case.objects.exclude(contact=None).exclude(contact__phone_key="").latest("pk")
    found.append(
        ("case with earlier ones (dispatcher)", "dispatcher", reverse("desk:case", args=[busy.number]))
    )
    worked_on = Case.objects.filter(unit_id=unit, state__in=("in_progress", "awaiting_person"))
    open_case = worked_on.order_by("-state", "pk")[0]
    for name in ("letter", "publish"):
        found.append((f"{name} (officer)", "officer", reverse(f"desk:{name}", args=[open_case.number])))
    found.append(("proposal (officer)", "officer", reverse("desk:proposal", args=[open_case.number])))
    found.append(("dispatch (dispatcher)", "dispatcher", reverse("desk:dispatch")))
    found.append(("give (unit_head)", "unit_head", reverse("desk:act", args=[open_case.number, "take"])))
    return found


def measure(name: str, browser: Client, url: str, runs: int) -> dict | None:
    """The figures of one address, or None where it answers no page."""
    # The first look fills the browser's cookies.
    first = browser.get(url)
    if first.status_code != 200 or "html" not in first.headers.get("Content-Type", ""):
        return None
    get = PAGES.getter(browser, url)
    if get()[0] != "200":
        raise RuntimeError(f"{url} answers the test client and not the browser")
    counts = []
    for forgetting in (True, False):
        if forgetting:  # all but what a web process keeps
            caches["local"].clear()
            remembering.read_again()
        with CaptureQueriesContext(connection) as captured:
            get()
        counts.append(len(captured))  # now: the log is emptied with the next request
    times, work, collected = [], [], []
    for _ in range(runs):
        COLLECTED.clear()
        start, busy = time.perf_counter(), time.process_time()
        get()
        times.append((time.perf_counter() - start) * 1000)
        work.append((time.process_time() - busy) * 1000)
        collected.append(sum(COLLECTED) * 1000)
    slowest = max(range(runs), key=times.__getitem__)
    return {
        "name": name,
        "p50": statistics.median(times),
        "p95": sorted(times)[min(runs - 1, round(runs * 0.95))],
        "cpu": statistics.median(work),
        "gc": collected[slowest],
        "cold": counts[0],
        "queries": counts[1],
        "url": url,
    }


def first_page(screen: addresses.Screen, visitors: addresses.Visitors, runs: int) -> dict | None:
    """The figures for the first somebody and something that get a page."""
    for url in screen.ways:
        for user in screen.users:
            browser = visitors.browser(user)
            row = (
                measure(f"{screen.name} ({user})" if user else screen.name, browser, url, runs)
                if browser
                else None
            )
            if row is not None:
                return row
    return None


# Seconds that the collector took in the request that is being measured.
COLLECTED: list[float] = []


def watch_collector() -> None:
    """Note how long each collection takes."""
    began = [0.0]

    def note(phase: str, _info: dict) -> None:
        if phase == "start":
            began[0] = time.perf_counter()
        else:
            COLLECTED.append(time.perf_counter() - began[0])

    gc.callbacks.append(note)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--unsettled", dest="freeze", action="store_false")
    options = parser.parse_args()
    settings.ALLOWED_HOSTS.append("testserver")
    if options.fresh:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    if options.demo:
        call_command("demo")
    elif options.cases and not Unit.objects.exists():
        filling.fill(options.cases)
    addresses.make_missing()
    asking.make_both()
    scorecards.refresh()  # a job does it every ten minutes
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")  # autovacuum does it within minutes
    stored = Case.objects.count()
    print(
        f"{stored:,} cases stored; limits: p95 ≤ {LIMIT_MS} ms, ≤ {LIMIT_QUERIES} queries; {options.runs} runs each"
    )
    if options.freeze:
        heap.settle()  # as the web processes do after their start
    watch_collector()
    print(f"{'screen':58} {'p50 ms':>8} {'p95 ms':>8} {'cpu ms':>8} {'gc ms':>8} {'queries':>8} {'cold':>8}")
    over, seen, none, visitors = 0, 0, [], addresses.Visitors()
    named = [addresses.Screen(name, (user,), (url,)) for name, user, url in desk_screens() + asking.screens()]
    for screen in itertools.chain(named, addresses.every()):
        if options.only not in screen.name:
            continue
        row = first_page(screen, visitors, options.runs)
        if row is None:
            none.append(screen.name)
            continue
        bad = row["p95"] > LIMIT_MS or row["cold"] > LIMIT_QUERIES
        over, seen = over + bad, seen + 1
        figures = " ".join(f"{row[key]:8.1f}" for key in ("p50", "p95", "cpu", "gc"))
        print(
            f"{row['name']:58} {figures} {row['queries']:8} {row['cold']:8}{'  OVER' if bad else ''}",
            flush=True,
        )
    print(f"no page, or nothing stored that has one: {', '.join(none) or 'none'}")
    print(f"{seen} screens, {over} over a limit")
    return 0


if __name__ == "__main__":
    sys.exit(main())
