"""Search among a million real Chinese texts recombined.

    python bench/search.py [--cases 1000000] [--fresh] [--fill-only]

Fills a database of its own (var/bench-search, or the one named by DATABASE_URL).
"""

import argparse
import multiprocessing
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("HUIYIN_DATA", str(ROOT / "var" / "bench-search"))

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

import screens  # noqa: E402 -- after the environment; sets up Django
import search_fill  # noqa: E402
from huiyin.cases.models import Case  # noqa: E402
from huiyin.catalogue.models import Channel, Service, ServiceVersion  # noqa: E402
from huiyin.kernel import clock  # noqa: E402
from huiyin.organisations.models import Unit  # noqa: E402


def mass(cursor, count):
    """Two processes write half of the cases each, into a table without its indexes."""
    masters = {
        "count": count,
        "now": clock.now().isoformat(),
        **{
            name: model.objects.order_by("pk").values_list("pk", flat=True)[0]
            for name, model in {
                "unit": Unit, "channel": Channel, "service": Service, "version": ServiceVersion
            }.items()
        },
    }  # fmt: skip
    connection.commit() if not connection.get_autocommit() else None
    context = multiprocessing.get_context("spawn")
    dsn, half = connection.connection.info.dsn, count // 2
    parts = [
        context.Process(target=search_fill.fill, args=(dsn, first, last, masters))
        for first, last in ((1, half + 1), (half + 1, count + 1))
    ]
    for part in parts:
        part.start()
    for part in parts:
        part.join()
    cursor.execute("SET maintenance_work_mem = '1GB'")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--fill-only", action="store_true")
    options = parser.parse_args()
    screens.mass = mass
    if options.fresh:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    if not Unit.objects.exists():
        screens.fill(options.cases)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('cases_case', 'id'), (SELECT max(id) FROM cases_case))"
            )
            cursor.execute("VACUUM (ANALYZE)")
    print(Case.objects.count(), "cases stored")


if __name__ == "__main__":
    main()
