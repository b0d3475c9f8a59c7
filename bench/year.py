"""A simulated year: `python bench/year.py [--cases 200000] [--acted 4000]`.

60 units with three working calendars (China's official days, offices that work on Saturdays, round the clock), holidays
and make-up days included. ACTED of the cases live through the real verbs, step by step in the order of time, with the
jobs of the clock between them; the others come in through the import, with the past that a file tells. Then

- every count and every rate on the page of figures is counted again from the file of `export_figures`, for all, every
  unit and every service, in every period, and compared with the figures and with the page itself;
- every clock of every case in the database is computed again from its timeline alone, with the calendars.

Any difference ends the run with a message and the status 1. The clock is turned by `kernel.clock.turned_to`: it turns
the product alone, so that caches that live for seconds stay as they are in a real office.
"""

import argparse
import datetime as dt
import os
import sys
import tempfile
import time
from pathlib import Path

LIMIT_MINUTES = 12


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--acted", type=int, default=4_000, help="cases that live through the real verbs")
    parser.add_argument("--units", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(
        prefix="huiyin-bench-", dir=os.environ.get("HUIYIN_BENCH_FOLDER"), ignore_cleanup_errors=True
    ) as folder:
        Path(folder).chmod(0o755)
        os.environ |= {
            "HUIYIN_DATA": folder, "HUIYIN_LOG_LEVEL": "ERROR", "DJANGO_SETTINGS_MODULE": "huiyin.config.settings",
        }  # fmt: skip
        for name in ("DATABASE_URL", "HUIYIN_TESTING"):
            os.environ.pop(name, None)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        sys.exit(run(given, Path(folder)))


def run(given: argparse.Namespace, folder: Path) -> int:
    """Simulate, count again, compare; 1 if anything differs."""
    import year_check
    import year_life

    begun = time.perf_counter()
    plan = year_life.Plan(
        cases=given.cases, acted=min(given.acted, given.cases), units=given.units, seed=given.seed
    )
    done = year_life.live(plan, folder, tell=tell)
    faults = year_check.figures(folder, end=plan.end) + year_check.clocks()
    minutes = (time.perf_counter() - begun) / 60
    for name, value in done.items():
        sys.stdout.write(f"{name:<44} {value:>12,}\n")
    sys.stdout.write(f"{'minutes':<44} {minutes:>12.1f}\n")
    for fault in faults[:20]:
        sys.stdout.write(f"DIFFERS: {fault}\n")
    verdict = "reached" if minutes <= LIMIT_MINUTES else "MISSED"
    sys.stdout.write(f"{len(faults)} differences; limit {LIMIT_MINUTES} minutes: {verdict}\n")
    return 1 if faults else 0


def tell(text: str) -> None:
    """What happens now, for whoever waits."""
    sys.stderr.write(f"{dt.datetime.now():%H:%M:%S}  {text}\n")  # noqa: TID251 -- the wall clock of the bench


if __name__ == "__main__":
    main()
