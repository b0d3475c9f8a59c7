"""The due-date sweep over a million open cases: `python bench/sweep.py [CASES] [DUE]`.

Fills an embedded PostgreSQL of its own with CASES open cases (1,000,000) of 60 units, gives each its plan of warnings once,
lets DUE of them (10,000) reach the next level, and measures one run of the job: planning what is new, warning, timeline
rows, audit records. The limit of the project: a sweep in at most 5 s. Processor time is that of this process; the
database's own work is in the wall time only.
"""

import datetime as dt
import os
import sys
import tempfile
import time
from pathlib import Path

UNITS = 60
LIMIT_SECONDS = 5.0


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    due = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    with tempfile.TemporaryDirectory(
        prefix="huiyin-bench-", dir=os.environ.get("HUIYIN_BENCH_FOLDER"), ignore_cleanup_errors=True
    ) as folder:
        Path(folder).chmod(0o755)
        os.environ["HUIYIN_DATA"] = folder
        os.environ["HUIYIN_LOG_LEVEL"] = "ERROR"
        os.environ["DJANGO_SETTINGS_MODULE"] = "huiyin.config.settings"
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        for name, value in run(cases, due).items():
            print(f"{name:<44} {value:>14,}")


def run(cases: int, due: int) -> dict[str, float]:
    """Fill, plan, let some become due, sweep."""
    from huiyin.cases.models import Case, Event
    from huiyin.cases.operations import escalation
    from huiyin.kernel import clock

    now = dt.datetime(2026, 3, 11, 2, 0, tzinfo=dt.UTC)
    figures: dict[str, float] = {"open cases": cases}
    figures["filled, s"] = timed(lambda: fill(cases, now))[0]
    with clock.turned_to(now):
        figures["first plan for all of them, s"], figures["  of that processor time, s"] = timed(
            escalation.plan
        )
    ids = list(Case.objects.order_by("pk").values_list("pk", flat=True)[:due])
    # Their promise was made a week ago and ends tomorrow: three quarters of the time are used.
    Case.objects.filter(pk__in=ids).update(
        received_at=now - dt.timedelta(days=7), due_at=now + dt.timedelta(days=1), escalate_at=now
    )
    with clock.turned_to(now):
        figures["idle plan, s"], _cpu = timed(escalation.plan)
        before = Event.objects.count()
        wall, cpu = timed(escalation.warn)
        figures |= {
            "warned": Event.objects.count() - before,
            "sweep, s": wall,
            "  of that processor time, s ": cpu,
        }
        figures["a second sweep with nothing due, s"], _cpu = timed(escalation.warn)
    verdict = "reached" if wall <= LIMIT_SECONDS else "MISSED"
    print(f"limit {LIMIT_SECONDS:.0f} s for a sweep: {verdict}")
    return figures


def fill(cases: int, now: dt.datetime) -> None:
    """Open cases of many units, received over a month, due in the next two."""
    from django.db import connection

    from huiyin.catalogue.models import Channel
    from huiyin.organisations.models import Unit

    channel = Channel.objects.get_or_create(code="bench", defaults={"names": {"en": "Bench"}})[0]
    units = [Unit.objects.create(code=f"unit-{n}", names={"en": f"Unit {n}"}).pk for n in range(UNITS)]
    values = {
        "created_at": "at", "number": "lpad(g::text, 11, '0')", "secret_hash": "''", "text": "'Bench'",
        "language": "'en'", "kind": "'help'", "channel_id": str(channel.pk), "urgency": "'ordinary'", "intake": "'[]'",
        "extra": "'{}'", "place_text": "''", "anonymity": "'office'", "outcome": "''", "not_accepted_reason": "''",
        "state": "(ARRAY['assigned','accepted','in_progress'])[1 + g % 3]", "revision": "2", "reopened": "0",
        "unit_id": f"{units[0]} + g % {UNITS}", "received_at": "at", "assigned_at": "at", "promised_at": "due",
        "due_at": "due", "answer_limit": "'7d working'", "source": "''", "external_id": "''", "receipt_salt": "''",
        "leaf_hash": "''",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            f"""INSERT INTO cases_case ({", ".join(values)})
                SELECT {", ".join(value.replace("%", "%%") for value in values.values())}
                FROM (SELECT g, %s::timestamptz - (g %% 2592000) * interval '1 second' AS at,
                             %s::timestamptz + interval '20 days' + (g %% 2592000) * interval '1 second' AS due
                      FROM generate_series(1::bigint, %s) g) rows""",
            [now, now, cases],
        )
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE cases_case")


def timed(act) -> tuple[float, float]:
    """Seconds on the clock and of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return round(time.perf_counter() - wall, 2), round(time.process_time() - cpu, 2)


if __name__ == "__main__":
    main()
