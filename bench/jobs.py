"""Speed of the background work.

    python bench/jobs.py notices [--count 10000] [--workers 2]
    python bench/jobs.py sweep [CASES] [DUE]

notices: so many waiting notices, each to an address of its own, are handed to a channel that does nothing, by so many
worker processes at once. The aim is 500 a second with two workers. Uses a database of its own (var/bench-jobs, or the
one named by DATABASE_URL).

sweep: the due-date sweep over a million open cases; see bench/sweep.py, which runs in a process of its own.
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("HUIYIN_DATA", str(ROOT / "var" / "bench-jobs"))
Path(os.environ["HUIYIN_DATA"], "static").mkdir(parents=True, exist_ok=True)
os.environ["HUIYIN_LOG_LEVEL"] = "ERROR"
os.environ["DJANGO_SETTINGS_MODULE"] = "huiyin.config.settings"

import django  # noqa: E402 -- after the environment
from django.conf import settings  # noqa: E402 -- after the environment

django.setup()

from django.core.management import call_command  # noqa: E402 -- after the environment
from django.db import connection, connections  # noqa: E402 -- after the environment

from huiyin.kernel import clock  # noqa: E402 -- after the environment
from huiyin.notifications import operations  # noqa: E402 -- after the environment
from huiyin.notifications.models import Notice  # noqa: E402 -- after the environment

AIM = 500


class Nowhere:
    """A channel that takes everything and does nothing."""

    def send(self, message) -> None:
        assert message.address


def work(start: float) -> None:
    connections.close_all()
    settings.HUIYIN_CHANNELS = {"email": f"{__name__}.Nowhere"}
    sys.modules.setdefault("bench_jobs", sys.modules[__name__])
    while time.time() < start:
        time.sleep(0.001)
    operations.deliver_waiting(limit=10**9)


def notices(count: int, workers: int) -> int:
    Notice.objects.all().delete()
    body = (
        "您的诉求已答复。请在您的页面上说明问题是否解决。\n\nhttps://huiyin.example/follow/link/" + "x" * 80
    )
    now = clock.now()
    Notice.objects.bulk_create(
        [
            Notice(
                event="answer",
                address=f"person{n}@example.cn",
                address_key=operations.address_key(f"person{n}@example.cn"),
                reference=f"{n:011d}",
                subject=f"诉求 {n} 已答复",
                body=body,
                due_at=now,
            )
            for n in range(count)
        ],
        batch_size=2_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE notifications_notice")
    connections.close_all()
    start = time.time() + 1
    crew = [multiprocessing.get_context("fork").Process(target=work, args=(start,)) for _ in range(workers)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    took = time.time() - start
    sent = Notice.objects.filter(state="sent").count()
    print(
        f"{sent:,} notices of {count:,} in {took:.1f} s by {workers} workers: {sent / took:,.0f} a second (aim {AIM})"
    )
    return 0 if sent == count and sent / took >= AIM else 1


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="what", required=True)
    one = commands.add_parser("notices")
    one.add_argument("--count", type=int, default=10_000)
    one.add_argument("--workers", type=int, default=2)
    other = commands.add_parser("sweep")
    other.add_argument("numbers", nargs="*", metavar="CASES DUE")
    given = parser.parse_args()
    if given.what == "sweep":
        return subprocess.run(
            [sys.executable, ROOT / "bench" / "sweep.py", *given.numbers], check=False
        ).returncode
    call_command("migrate", verbosity=0)
    return notices(given.count, given.workers)


if __name__ == "__main__":
    sys.exit(main())
