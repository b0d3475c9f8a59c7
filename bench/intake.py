"""Cases accepted a second through the interfaces, with everything switched on, into a database of 100,000 cases.

    python bench/intake.py [--seconds 10] [--connections 1,4,16,64] [--interfaces open311,rest] [--cases 100000]
                           [--port 8123]

Starts `huiyin serve` (web processes and the worker with all its jobs) on a database of its own in var/bench-intake and
lets `wrk` (Debian package) send cases through Open311 and REST; each accepted one has gone through validation, case, timeline,
audit record and receipt leaf, in one commit that is on the disk (synchronous_commit is on). Afterwards every accepted
answer must be a stored case with its rows, else the run fails. Beside it, in the same run, the same rows inserted by
bare psycopg over as many connections: the most that this database takes. Then the filtered list of 100.
Aims: at least 300 accepted a second, p99 at most 120 ms at 16 connections, none failed; the list at least 150 a second.
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
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("HUIYIN_DATA", str(ROOT / "var" / "bench-intake"))
Path(os.environ["HUIYIN_DATA"], "static").mkdir(parents=True, exist_ok=True)
os.environ["HUIYIN_LOG_LEVEL"] = "ERROR"
sys.path.insert(0, str(ROOT))

from screens import filling  # noqa: E402 -- screens brings Django up

os.environ.pop("HUIYIN_DEMO", None)

import psycopg  # noqa: E402 -- after the environment
from django.core.management import call_command  # noqa: E402 -- after the environment
from django.db import connection  # noqa: E402 -- after the environment

from huiyin.accounts.enums import Scope  # noqa: E402 -- after the environment
from huiyin.accounts.models import Program  # noqa: E402 -- after the environment
from huiyin.accounts.operations import programs  # noqa: E402 -- after the environment

AIM_ACCEPTED, AIM_P99, AIM_LIST = 300, 120, 150
# Everything that a case leaves behind.
COUNTS = {
    "cases": "SELECT count(*) FROM cases_case WHERE channel_id = (SELECT id FROM catalogue_channel WHERE code = 'api')",
    "timeline rows": "SELECT count(*) FROM cases_event e JOIN cases_case c ON c.id = e.case_id WHERE c.channel_id = (SELECT id FROM catalogue_channel WHERE code = 'api') AND e.action = 'file'",
    "audit records": "SELECT count(*) FROM audit_record WHERE action = 'case.file'",
    "leaves": "SELECT count(*) FROM audit_leaf",
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
    server = start(options.port)
    try:
        missed = [
            *(found for name in options.interfaces for found in creation(name, key, server.pid, options)),
            *lists(options),
        ]
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
    print("missed: " + "; ".join(missed) if missed else "all aims are reached")
    return int(bool(missed))


def creation(interface: str, key: str, server: int, options: argparse.Namespace) -> list[str]:
    """Measure one interface at every number of connections; returns what was missed."""
    before, accepted, missed = counts(), 0, []
    spent = dict.fromkeys(("web", "worker", "database"), 0.0)
    print(f"{interface:<9} connections  accepted/s   p50 ms   p99 ms  failed   bare psycopg/s", flush=True)
    for connections in options.connections:
        begin = processor(server)
        result = load(options.port, post_script(interface, key), connections, options.seconds)
        spent = {name: spent[name] + seconds - begin[name] for name, seconds in processor(server).items()}
        bare = bare_inserts(connections, max(2, options.seconds // 4))
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


def start(port: int) -> subprocess.Popen:
    command = [sys.executable, "-m", "huiyin.config.main", "serve", "--port", str(port)]
    environment = {**os.environ, "HUIYIN_BASE_URL": f"http://127.0.0.1:{port}"}
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


def processor(server: int) -> dict[str, float]:
    """Seconds of processor time so far: of the web processes, the worker and the database (Linux)."""
    parents, spent, names = {}, {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest = path.read_text().rpartition(") ")[2].split()
            words = (path.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        pid = int(path.parent.name)
        parents[pid], names[pid] = int(rest[1]), words
        # With those of children that ended already.
        spent[pid] = sum(map(int, rest[11:15])) / os.sysconf("SC_CLK_TCK")
    postmaster = int(
        (Path(os.environ["HUIYIN_DATA"]) / "postgresql" / "data" / "postmaster.pid").read_text().split()[0]
    )
    found = {"web": 0.0, "worker": 0.0, "database": 0.0}
    for pid, seconds in spent.items():
        line = {pid}
        while pid in parents and pid not in {server, postmaster} and parents[pid] > 1:
            pid = parents[pid]
            line.add(pid)
        if postmaster in line:
            found["database"] += seconds
        elif server in line:
            found["worker" if any("main worker" in names[one] for one in line) else "web"] += seconds
    return found


def bare_inserts(connections: int, seconds: int) -> float:
    """The rows of a case by bare psycopg into copies of the same tables with their indexes: four inserts, one commit."""
    arguments = connection.get_connection_params()
    arguments = {name: arguments[name] for name in ("dbname", "user", "host", "port") if arguments.get(name)}
    with psycopg.connect(**arguments, autocommit=True) as setup:
        for table in ("cases_case", "cases_event", "audit_record", "audit_leaf"):
            setup.execute(f"CREATE TABLE IF NOT EXISTS bare_{table} (LIKE {table} INCLUDING ALL)")
    total = [0] * connections
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_insert, args=(arguments, total, n, until)) for n in range(connections)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    with psycopg.connect(**arguments, autocommit=True) as setup:
        for table in ("cases_case", "cases_event", "audit_record", "audit_leaf"):
            setup.execute(f"DROP TABLE bare_{table}")
    return sum(total) / seconds


def _insert(arguments: dict, total: list[int], number: int, until: float) -> None:
    with psycopg.connect(**arguments) as one:
        source = one.execute("SELECT * FROM cases_case ORDER BY id LIMIT 1")
        names = [column.name for column in source.description]
        row = dict(zip(names, source.fetchone(), strict=True))
        names.remove("id")
        columns, places = ", ".join(names), ", ".join(f"%({name})s" for name in names)
        row |= {"intake": "[]", "extra": "{}"}
        serial = number * 10**7
        while time.monotonic() < until:
            serial += 1
            row |= {"number": f"b{serial}", "external_id": str(serial), "contact_id": None}
            key = one.execute(
                f"INSERT INTO bare_cases_case ({columns}) VALUES ({places}) RETURNING id", row
            ).fetchone()[0]
            for action in ("file", "assign"):
                one.execute(
                    "INSERT INTO bare_cases_event (created_at, case_id, at, action, party, from_state, to_state, data) VALUES (now(), %s, now(), %s, 'person', '', '', '{}')",
                    [key, action],
                )
            one.execute(
                "INSERT INTO bare_audit_record (at, action, actor, subject, why, data) VALUES (now(), 'case.file', 'person', %s, '', '{}')",
                [f"case:{key}"],
            )
            one.execute(
                "INSERT INTO bare_audit_leaf (recorded_at, leaf_hash) VALUES (now(), %s)", [os.urandom(32)]
            )
            one.commit()
            total[number] += 1


if __name__ == "__main__":
    sys.exit(main())
