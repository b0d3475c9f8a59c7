"""What a bench of the interfaces measures beside the answers: processor time by process, and what the bare database takes.

Imported by `intake.py` after Django is up; no bench of its own.
"""

import os
import threading
import time
from pathlib import Path

import psycopg
from django.db import connection


def pace() -> float:
    """Seconds that ten million additions take here and now: a rented machine is at times half as fast as an hour ago."""
    begin, total = time.perf_counter(), 0
    for number in range(10_000_000):
        total += number
    return time.perf_counter() - begin


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
