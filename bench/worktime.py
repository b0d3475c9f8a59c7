"""Deadlines per second, next to a naive baseline that steps minute by minute.

Run: .venv/bin/python bench/worktime.py [cases]
"""

import platform
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from huiyin.engines import worktime

MINUTE = timedelta(minutes=1)
YEAR_MINUTES = 365 * 24 * 60


def starts(count: int) -> list[datetime]:
    chance = random.Random(12345)
    first = datetime(2025, 1, 1, tzinfo=UTC)
    return [first + chance.randrange(YEAR_MINUTES) * MINUTE for _ in range(count)]


def naive(calendar: worktime.Calendar, start: datetime, duration: timedelta) -> datetime:
    """Ask the calendar about every minute; whole minutes only."""
    moment, left = start.astimezone(calendar.tz), duration // MINUTE
    while left:
        now = moment.time()
        left -= any(
            a <= now and (now < b or b == worktime.MIDNIGHT) for a, b in calendar.hours_on(moment.date())
        )
        moment += MINUTE  # wall-clock arithmetic: right only where the clock never changes
    return moment.astimezone(UTC)


def rate(name: str, work: Callable[[datetime], object], sample: list[datetime]) -> float:
    begin = time.perf_counter()
    for start in sample:
        work(start)
    seconds = time.perf_counter() - begin
    print(f"{name:<44} {len(sample):>9,} cases {seconds:>8.3f} s {len(sample) / seconds:>12,.0f} per second")
    return len(sample) / seconds


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    today = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    print(f"{today} · Python {platform.python_version()} · {platform.platform()}")
    begin = time.perf_counter()
    calendar = worktime.china_calendar()
    worktime.add_working(calendar, datetime(2025, 6, 1, tzinfo=UTC), MINUTE)
    print(f"calendar built and three years worked out in {time.perf_counter() - begin:.3f} s")
    sample = starts(cases)
    forty = timedelta(hours=40)
    fast = rate("add_working, 40 h", lambda s: worktime.add_working(calendar, s, forty), sample)
    for text in ("2h clock", "24h working", "7d working"):
        limit = worktime.Limit.parse(text)
        rate(f"deadline, {text}", lambda s, limit=limit: worktime.deadline(calendar, s, limit), sample)
    month = timedelta(days=30)
    rate("working_between, 30 days", lambda s: worktime.working_between(calendar, s, s + month), sample)
    few = sample[:200]
    slow = rate("naive minutes, 40 h", lambda s: naive(calendar, s, forty), few)
    differing = sum(naive(calendar, s, forty) != worktime.add_working(calendar, s, forty) for s in few)
    print(f"{fast / slow:,.0f} times the naive rate; {differing} of {len(few)} results differ from it")


if __name__ == "__main__":
    main()
