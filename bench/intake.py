"""Cases accepted a second through the interfaces, with everything switched on, into a database of 100,000 cases.

    python bench/intake.py [--seconds 10] [--connections 1,4,16,64] [--interfaces open311,rest] [--cases 100000]
                           [--port 8123] [--phases unattended,attended]

Starts `huiyin serve` on a database of its own in var/bench-intake and lets `wrk` (Debian package) send cases through
Open311 and REST; each accepted one has gone through validation, case, timeline, audit record, receipt leaf and its place
in the queue for proposals, in one commit that is on the disk (synchronous_commit is on). Afterwards every accepted
answer must be a stored case with its rows, else the run fails. Beside it, in the same run, the same rows inserted by
bare psycopg over as many connections: the most that this database takes. Then the filtered list of 100.

Twice: with the queue unattended (`serve --no-worker`), as the peer of the aims was measured, and at 16 connections with
the worker and all its jobs beside it on the same cores. The second begins at a normal load of five cases a second: how long
each waits for its proposal. It ends with the time that the worker takes to empty the queue.
Each interface is used for two seconds first: what is measured is a server that runs, not one that starts.
Aims, unattended: at least 300 accepted a second, p99 at most 120 ms at 16 connections, none failed; the list at least 150
a second. Attended: proposals within a second (p95) at the normal load.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("HUIYIN_DATA", str(ROOT / "var" / "bench-intake"))
Path(os.environ["HUIYIN_DATA"], "static").mkdir(parents=True, exist_ok=True)
os.environ["HUIYIN_LOG_LEVEL"] = "ERROR"
sys.path.insert(0, str(ROOT))

import measuring  # noqa: E402 -- after the environment
from screens import filling  # noqa: E402 -- screens brings Django up

os.environ.pop("HUIYIN_DEMO", None)

from django.core.management import call_command  # noqa: E402 -- after the environment
from django.db import connection  # noqa: E402 -- after the environment

from huiyin.accounts.enums import Scope  # noqa: E402 -- after the environment
from huiyin.accounts.models import Program  # noqa: E402 -- after the environment
from huiyin.accounts.operations import programs  # noqa: E402 -- after the environment
from huiyin.cases.operations import indexing  # noqa: E402 -- after the environment

AIM_ACCEPTED, AIM_P99, AIM_LIST, AIM_PROPOSAL = 300, 120, 150, 1.0
NORMAL_LOAD, NORMAL_SECONDS = 5, 12
PATIENCE = 300
# A server that started a second ago opens its connections to the database with its first requests.
WARMING_SECONDS = 2
# Everything that a case leaves behind.
COUNTS = {
    "cases": "SELECT count(*) FROM cases_case WHERE channel_id = (SELECT id FROM catalogue_channel WHERE code = 'api')",
    "timeline rows": "SELECT count(*) FROM cases_event e JOIN cases_case c ON c.id = e.case_id WHERE c.channel_id = (SELECT id FROM catalogue_channel WHERE code = 'api') AND e.action = 'file'",
    "audit records": "SELECT count(*) FROM audit_record WHERE action = 'case.file'",
    "leaves": "SELECT count(*) FROM audit_leaf",
    # A case is in the queue, or was taken from it together with its proposal.
    "queued or proposed for": "SELECT count(*) FROM cases_case c WHERE channel_id = (SELECT id FROM catalogue_channel WHERE code = 'api') AND (EXISTS (SELECT FROM triage_waiting w WHERE w.case_id = c.id) OR EXISTS (SELECT FROM triage_proposal p WHERE p.case_id = c.id))",
}
# The scripts of wrk: number n is another case each time, of another service, at another place.
OPEN311 = """
local n = 0
function request()
  n = n + 1
  local body = string.format(
    "api_key=KEY&service_code=service-%d&lat=26.0%03d&long=119.2%03d&address_string=%%E8%%8E%%B2%%E8%%8A%%B1%%E8%%B7%%AF%d&description=WORDS%d",
    n % 60, n % 1000, (n * 7) % 1000, n % 500, n)
  return wrk.format("POST", "/open311/v2/requests.json", {["Content-Type"] = "application/x-www-form-urlencoded"}, body)
end
"""
REST = """
local n = 0
local headers = {["Content-Type"] = "application/json", ["Authorization"] = "Bearer KEY"}
function request()
  n = n + 1
  local body = string.format(
    '{"text": "WORDS%d", "service": "service-%d", "place": {"text": "莲花路%d", "lat": 26.0%03d, "lon": 119.2%03d}}',
    n, n % 60, n % 500, n % 1000, (n * 7) % 1000)
  return wrk.format("POST", "/api/v1/cases", headers, body)
end
"""
INTERFACES = ("open311", "rest")
TEXT = "路灯坏了三天，晚上看不见路，老人和孩子都不敢出门，希望尽早派人看看，谢谢。编号"


def main() -> int:
    options = arguments()
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed: apt-get install wrk")
    prepare(options.cases)
    key = a_key()
    missed = []
    for phase in options.phases:
        print(f"--- the queue {phase}", flush=True)
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE triage_waiting")
        server = start(options.port, attended=phase == "attended")
        try:
            missed += [f"{phase}: {found}" for found in PHASES[phase](key, server.pid, options)]
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)
    print("missed: " + "; ".join(missed) if missed else "all aims are reached")
    return int(bool(missed))


def unattended(key: str, server: int, options: argparse.Namespace) -> list[str]:
    """The aims: what the web processes and the database take in by themselves, once both have answered for a moment."""
    missed = []
    for name in options.interfaces:
        load(options.port, post_script(name, key), 16, WARMING_SECONDS)
    for name in options.interfaces:
        missed += creation(name, key, server, options, options.connections)
    return missed + lists(options)


def attended(key: str, server: int, options: argparse.Namespace) -> list[str]:
    """The same with the worker beside it: no aim but that of the proposals, and that nothing fails."""
    missed = proposals(key, options)
    for name in options.interfaces:
        found = creation(name, key, server, options, [16])
        missed += [each for each in found if "failed" in each or "stored" in each]
    lists(options)
    emptied()
    return missed


PHASES = {"unattended": unattended, "attended": attended}


def proposals(key: str, options: argparse.Namespace) -> list[str]:
    """Send cases at a normal load; how long did each wait for its proposal?"""
    newest = "SELECT coalesce(max(id), 0) FROM cases_case"
    waits = """SELECT count(*), count(p.case_id), coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY p.created_at - c.received_at), '0'),
                 coalesce(percentile_disc(0.95) WITHIN GROUP (ORDER BY p.created_at - c.received_at), '0')
               FROM cases_case c LEFT JOIN triage_proposal p ON p.case_id = c.id WHERE c.id > %s"""
    with connection.cursor() as cursor:
        # The worker reads the catalogue and counts words before its first proposal.
        send_one(key, options.port, 0)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            cursor.execute("SELECT EXISTS (SELECT FROM triage_waiting)")
            if not cursor.fetchone()[0]:
                break
            time.sleep(0.2)
        cursor.execute(newest)
        before = cursor.fetchone()[0]
        for number in range(NORMAL_LOAD * NORMAL_SECONDS):
            send_one(key, options.port, number)
            time.sleep(1 / NORMAL_LOAD)
        time.sleep(3)
        cursor.execute(waits, [before])
        sent, proposed, median, most = cursor.fetchone()
    median, most = median.total_seconds(), most.total_seconds()
    print(
        f"{NORMAL_LOAD} cases a second: {proposed} of {sent} have their proposal, after {median:.2f} s (p95 {most:.2f} s)",
        flush=True,
    )
    late = proposed < sent or most > AIM_PROPOSAL
    return [f"proposals: {proposed} of {sent}, p95 {most:.2f} s"] if late else []


def send_one(key: str, port: int, number: int) -> None:
    body = {
        "text": f"{TEXT}{number}",
        "service": f"service-{number % 60}",
        "place": {"text": f"莲花路{number}"},
    }
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/cases",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {key}"},
    )
    urllib.request.urlopen(request, timeout=10).read()


def emptied() -> None:
    """How fast the worker catches up when nothing more comes in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM triage_waiting")
        begin, waiting = time.monotonic(), cursor.fetchone()[0]
        left = waiting
        while left and time.monotonic() - begin < 20:
            time.sleep(0.5)
            cursor.execute("SELECT count(*) FROM triage_waiting")
            left = cursor.fetchone()[0]
    spent = time.monotonic() - begin
    print(
        f"the queue: {waiting:,} waited, {waiting - left:,} proposed for in {spent:.0f} s: {(waiting - left) / spent:.0f} a second"
    )


def creation(
    interface: str, key: str, server: int, options: argparse.Namespace, numbers: list[int]
) -> list[str]:
    """Measure one interface at every number of connections; returns what was missed."""
    before, accepted, missed = counts(), 0, []
    spent = dict.fromkeys(("web", "worker", "database"), 0.0)
    print(f"{interface:<9} connections  accepted/s   p50 ms   p99 ms  failed   bare psycopg/s", flush=True)
    for connections in numbers:
        begin = measuring.processor(server)
        result = load(options.port, post_script(interface, key), connections, options.seconds)
        spent = {
            name: spent[name] + seconds - begin[name] for name, seconds in measuring.processor(server).items()
        }
        bare = measuring.bare_inserts(connections, max(2, options.seconds // 4))
        accepted += result["requests"] - result["failed"]
        print(
            f"{connections:>21} {result['rate']:>11.0f} {result['p50']:>8.1f} {result['p99']:>8.1f}"
            f" {result['failed']:>7} {bare:>16.0f}",
            flush=True,
        )
        where = f"{interface} at {connections}"
        if result["failed"]:
            missed.append(f"{where}: {result['failed']} failed")
        if connections == 16 and result["rate"] < AIM_ACCEPTED:
            missed.append(f"{where}: {result['rate']:.0f} accepted/s")
        if connections == 16 and result["p99"] > AIM_P99:
            missed.append(f"{where}: p99 {result['p99']:.0f} ms")
    each = ", ".join(f"{name} {seconds / max(1, accepted) * 1000:.1f} ms" for name, seconds in spent.items())
    print(f"processor time for each accepted case: {each}", flush=True)
    return missed if nothing_lost(before, accepted) else [*missed, f"{interface}: not everything is stored"]


def lists(options: argparse.Namespace) -> list[str]:
    """Measure the filtered lists; returns what was missed."""
    missed = []
    for name, query in LISTS.items():
        result = load(options.port, get_script(query), 16, options.seconds)
        print(
            f"list of 100, {name}: {result['rate']:.0f}/s, p50 {result['p50']:.1f} ms, p99 {result['p99']:.1f} ms,"
            f" {result['failed']} failed",
            flush=True,
        )
        if result["rate"] < AIM_LIST or result["failed"]:
            missed.append(f"list ({name}): {result['rate']:.0f}/s")
    return missed


LISTS = {
    "JSON, service and status": "requests.json?page=1&page_size=100&service_code=service-7&status=closed&start_date={start}&end_date={end}",
    "XML, service and status": "requests.xml?page=1&page_size=100&service_code=service-7&status=closed&start_date={start}&end_date={end}",
    "JSON, page 5 of everything": "requests.json?page=5&page_size=100&start_date={start}&end_date={end}",
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument(
        "--connections", type=lambda text: [int(n) for n in text.split(",")], default=[1, 4, 16, 64]
    )
    parser.add_argument("--interfaces", type=lambda text: text.split(","), default=INTERFACES)
    parser.add_argument("--phases", type=lambda text: text.split(","), default=list(PHASES))
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--port", type=int, default=8123)
    return parser.parse_args()


def prepare(count: int) -> None:
    """100,000 cases, all published; the filled database is kept for the next run."""
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM cases_case)")
        if cursor.fetchone()[0]:
            return
    filling.fill(count)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('case_serial', %s)", [count + 1])
        cursor.execute(
            """INSERT INTO cases_publication (created_at, case_id, title, text, reason, answer, show_place, place_text,
                 published_at, requested_at, updated_at, supports, lat, lon, service_id)
               SELECT received_at, id, left(text, 60), text, '', 'Mended.', true, place_text, received_at + interval '1 day',
                 received_at, coalesce(closed_at, received_at), id % 7, 26 + (id % 1000) / 5000.0, 119 + (id % 997) / 5000.0,
                 service_id
               FROM cases_case"""
        )
    # Entries of older rules would be written anew by a job while the bench measures.
    indexing.catch_up(seconds=3_600)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    call_command("prepare", verbosity=0)


def a_key() -> str:
    row = Program.objects.filter(name="wrk").first()
    if row is not None:
        return programs.renew_key(row, actor="system")
    terms = programs.Terms(
        name="wrk", scopes=frozenset({Scope.FILE_CASES}), per_minute=programs.MOST_PER_MINUTE
    )
    return programs.create(terms, actor="system")[1]


def start(port: int, *, attended: bool) -> subprocess.Popen:
    command = [sys.executable, "-m", "huiyin.config.main", "serve", "--port", str(port)]
    command += [] if attended else ["--no-worker"]
    environment = {
        **os.environ,
        "HUIYIN_BASE_URL": f"http://127.0.0.1:{port}",
        "HUIYIN_READS_PER_MINUTE": "1000000",
    }
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    for _try in range(120):
        time.sleep(0.5)
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/open311/v2/services.json", timeout=2).read()
        except OSError:
            continue
        return server
    sys.exit("The server does not answer.")


def post_script(interface: str, key: str) -> str:
    if interface == "rest":
        return REST.replace("KEY", key).replace("WORDS", TEXT)
    # In a format string of Lua a percent sign is written twice.
    words = "".join(f"%%{byte:02X}" for byte in TEXT.encode())
    return OPEN311.replace("KEY", key).replace("WORDS", words)


def get_script(query: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() - interval '200 days', now() - interval '111 days'")
        begin, end = (at.strftime("%Y-%m-%dT%H:%M:%SZ") for at in cursor.fetchone())
    address = "/open311/v2/" + query.format(start=begin, end=end)
    return f'function request() return wrk.format("GET", "{address}") end\n'


DONE = """
done = function(summary, latency, requests)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('RESULT {"requests": %d, "duration": %d, "failed": %d, "p50": %f, "p99": %f}\\n',
    summary.requests, summary.duration, failed, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
"""


def load(port: int, script: str, connections: int, seconds: int) -> dict:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script + DONE)
        file.flush()
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds}s",
            "--timeout",
            "10s",
            "-s",
            file.name,
            f"http://127.0.0.1:{port}/",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"RESULT (.*)", done.stdout)
    if found is None:
        sys.exit(done.stdout + done.stderr)
    result = json.loads(found[1])
    return result | {"rate": (result["requests"] - result["failed"]) * 1e6 / result["duration"]}


def counts() -> dict[str, int]:
    """All of them in one statement, so that they are of one moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"({query})" for query in COUNTS.values()))
        return dict(zip(COUNTS, cursor.fetchone(), strict=True))


def nothing_lost(before: dict[str, int], accepted: int) -> bool:
    """wrk drops the answers that are on the way when its time is over, so a few more may be stored than were counted."""
    now, earlier = counts(), {}
    while now != earlier:
        time.sleep(2)
        now, earlier = counts(), now
    grown = {name: count - before[name] for name, count in now.items()}
    print(f"accepted {accepted:,}; stored {grown}", flush=True)
    return len(set(grown.values())) == 1 and all(count >= accepted for count in grown.values())


if __name__ == "__main__":
    sys.exit(main())
