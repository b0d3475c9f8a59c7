"""Votes a second that an open consultation answers while its map is refreshed, and whether each of them is stored.

    python bench/consultations.py [--rate 200] [--seconds 30] [--before 100000] [--statements 200] [--readers 10] [--port 8441]

Starts `huiyin serve` (web processes and the worker with all its jobs) on a database of its own in
var/bench-consultations, with a consultation that holds `--before` votes of four planted groups already. People come to
the page, vote on `--votes` statements by script, one after the other, and go; a vote is sent every 1/rate of a second
whether or not earlier ones were answered, and its time counts from the moment it was due, so that a server that stands
still is not spared. The answer to a vote is the next statement. Meanwhile readers look at the map every five seconds
as its page does, and the worker refreshes it. Afterwards every accepted vote must be in the database with its value,
and in the map. Aims: 200 a second, p99 at most 150 ms, none failed, a refresh at least every two seconds.
"""

import argparse
import asyncio
import collections
import itertools
import os
import re
import signal
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("HUIYIN_DATA", str(ROOT / "var" / "bench-consultations"))
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402 -- after the environment
from django.core.management import call_command  # noqa: E402 -- after the environment
from django.db import connection  # noqa: E402 -- after the environment

import intake  # noqa: E402 -- after the environment; brings Django up
import measuring  # noqa: E402 -- after the environment; brings Django up

# isort: split
import asking  # noqa: E402 -- needs Django
from huiyin.consultations.models import Consultation, OpinionMap, Vote  # noqa: E402 -- after the environment
from huiyin.web.management.commands import serve  # noqa: E402 -- after the environment

AIM_P99, AIM_REFRESH = 150, 2.0
SHOWN = re.compile(rb'name="statement" value="(\d+)"')


def main() -> int:
    options = arguments()
    call_command("migrate", verbosity=0)
    call_command("prepare", verbosity=0)
    row = asking.an_open_one(options.statements, options.before)
    print(f"pace of the machine: ten million additions in {measuring.pace():.2f} s")
    server = intake.start(options.port, attended=True)
    try:
        wait_for_workers(row)
        missed = measure(row, server.pid, options)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
    print("missed: " + "; ".join(missed) if missed else "all aims are reached")
    return int(bool(missed))


def wait_for_workers(row: Consultation) -> None:
    """Until all workers wait for jobs and the first map is there: a server that runs, not one that starts."""
    with connection.cursor() as cursor:
        for _try in range(120):
            cursor.execute(
                "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '20 seconds'"
            )
            listening = cursor.fetchone()[0] >= len(serve.QUEUES)
            if listening and OpinionMap.objects.filter(consultation=row, refreshed_at__isnull=False).exists():
                break
            time.sleep(0.5)
    time.sleep(5)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=int, default=200, help="votes a second")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--before", type=int, default=100_000, help="votes that are there already")
    parser.add_argument("--statements", type=int, default=200)
    parser.add_argument("--votes", type=int, default=25, help="votes of each person")
    parser.add_argument("--readers", type=int, default=10, help="people who watch the map")
    parser.add_argument("--port", type=int, default=8441)
    return parser.parse_args()


def measure(row: Consultation, server: int, options: argparse.Namespace) -> list[str]:
    """Let people vote; print the figures and return what was missed."""
    last = Vote.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    crowd = Crowd(row, options, lambda: measuring.processor(server) | {"this bench": time.process_time()})
    found = asyncio.run(crowd.run())
    begin = crowd.spent_before
    spent = {name: seconds - begin[name] for name, seconds in crowd.processor().items()}
    took = sorted(found.took)
    rate = len(found.accepted) / max(found.lasted, 1e-9)
    p99 = percentile(took, 0.99)
    print(
        f"{row.code}: {options.before:,} votes before, {options.statements} statements; load average {os.getloadavg()[0]:.1f}"
    )
    print(f"votes: {len(found.accepted):,} accepted, {rate:.0f}/s; p50 {percentile(took, 0.5):.1f} ms,"
          f" p95 {percentile(took, 0.95):.1f} ms, p99 {p99:.1f} ms, worst {took[-1] if took else 0:.0f} ms; {found.failed} failed")  # fmt: skip
    print(f"first pages: {len(found.pages)}, p50 {percentile(sorted(found.pages), 0.5):.1f} ms;"
          f" maps looked at: {len(found.maps)}, p50 {percentile(sorted(found.maps), 0.5):.1f} ms")  # fmt: skip
    each = ", ".join(
        f"{name} {seconds / max(1, len(found.accepted)) * 1000:.2f} ms" for name, seconds in spent.items()
    )
    print(f"processor time for each vote: {each}")
    moments = [found.began, *(at for at in found.refreshed if at > found.began)]
    gaps = [b - a for a, b in itertools.pairwise(moments)]
    longest = max(gaps, default=float("inf"))
    print(
        f"map: {len(found.refreshed)} refreshes, every {statistics.median(gaps) if gaps else 0:.2f} s, longest wait {longest:.2f} s"
    )
    missed = [] if stored(row, last, found) else ["not every accepted vote is stored"]
    missed += [] if in_map(row) else ["the map does not have all votes"]
    missed += [f"{found.failed} failed"] if found.failed else []
    missed += [f"{rate:.0f} votes/s"] if rate < 0.98 * options.rate else []
    missed += [f"p99 {p99:.0f} ms"] if p99 > AIM_P99 else []
    missed += [f"a refresh after {longest:.1f} s"] if longest > AIM_REFRESH else []
    return missed


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, round(len(ordered) * share))] if ordered else 0.0


def stored(row: Consultation, last: int, found: "Found") -> bool:
    """Whether exactly the accepted votes are stored, counted by statement and value."""
    rows = Vote.objects.filter(consultation=row, pk__gt=last).values_list("statement_id", "value")
    in_database = collections.Counter(rows)
    accepted = collections.Counter(found.accepted)
    print(f"accepted {accepted.total():,}, stored {in_database.total():,}")
    return not accepted - in_database and (found.failed > 0 or accepted == in_database)


def in_map(row: Consultation) -> bool:
    """Whether the map soon holds every vote."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT (participant_id, statement_id)) FROM consultations_vote WHERE consultation_id = %s",
            [row.pk],
        )
        want = cursor.fetchone()[0]
    for _try in range(60):
        result = OpinionMap.objects.filter(consultation=row).values_list("result", flat=True).get()
        if result.get("votes", {}).get("counted") == want:
            return True
        time.sleep(0.5)
    return False


class Found:
    """What happened; times in milliseconds."""

    def __init__(self) -> None:
        self.accepted: list[tuple[int, int]] = []
        self.took: list[float] = []
        self.pages: list[float] = []
        self.maps: list[float] = []
        self.refreshed: list[float] = []
        self.began = 0.0
        self.failed = 0
        self.lasted = 0.0


class Crowd:
    """People who vote, each when their turn has come; connections are kept and shared, as by a proxy."""

    def __init__(
        self, row: Consultation, options: argparse.Namespace, processor: Callable[[], dict[str, float]]
    ) -> None:
        self.row, self.options, self.found, self.processor = row, options, Found(), processor
        self.spent_before: dict[str, float] = {}
        self.base = f"/consultations/{row.code}/"
        self.free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self.ready: asyncio.Queue[Person] = asyncio.Queue()
        self.rng = np.random.default_rng(1)

    async def run(self) -> Found:
        people = [self.come() for _one in range(self.options.rate * 2)]
        for begin in range(0, len(people), 8):
            for person in await asyncio.gather(*people[begin : begin + 8]):
                self.ready.put_nowait(person)
        self.found.pages.clear()
        self.spent_before = self.processor()
        watch = asyncio.create_task(self.watch())
        readers = [asyncio.create_task(self.read(number)) for number in range(self.options.readers)]
        self.found.began = time.time()
        begin = time.perf_counter()
        votes = []
        for number in range(self.options.rate * self.options.seconds):
            due = begin + number / self.options.rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            votes.append(asyncio.create_task(self.turn(due)))
        await asyncio.gather(*votes)
        self.found.lasted = time.perf_counter() - begin
        for task in (watch, *readers):
            task.cancel()
        return self.found

    async def turn(self, due: float) -> None:
        """One vote of whoever waits longest; then they wait again, or somebody new comes instead."""
        person = await self.ready.get()
        value = int(self.rng.choice([1, -1, 0], p=[0.55, 0.3, 0.15]))
        body = f"csrfmiddlewaretoken={person.cookies['csrftoken']}&statement={person.statement}&vote={value}"
        status, answer = await self.ask("POST", self.base + "vote/", person, body)
        if status == 200:
            self.found.took.append((time.perf_counter() - due) * 1000)
            self.found.accepted.append((person.statement, value))
            person.left -= 1
            following = SHOWN.search(answer)
            person.statement = int(following[1]) if following else 0
        else:
            self.found.failed += 1
            person.left = 0
        self.ready.put_nowait(person if person.left > 0 and person.statement else await self.come())

    async def come(self) -> "Person":
        """Somebody opens the page; each has a few votes more or less, so that they do not leave all at once."""
        person = Person(int(self.rng.integers(1, 2 * self.options.votes)))
        begin = time.perf_counter()
        _status, answer = await self.ask("GET", self.base + "vote/", person)
        self.found.pages.append((time.perf_counter() - begin) * 1000)
        found = SHOWN.search(answer)
        if found is None:
            sys.exit(f"No statement on the page: {answer[:300]!r}")
        person.statement = int(found[1])
        return person

    async def read(self, number: int) -> None:
        """Somebody watches the map."""
        await asyncio.sleep(number * 5 / max(1, self.options.readers))
        person = Person(0)
        while True:
            begin = time.perf_counter()
            status, answer = await self.ask("GET", self.base + "map/", person)
            if status != 200 or b"hy-opinion" not in answer:
                sys.exit(f"No map: {status} {answer[:300]!r}")
            self.found.maps.append((time.perf_counter() - begin) * 1000)
            await asyncio.sleep(5)

    async def watch(self) -> None:
        """Note when the map was refreshed."""
        maps = OpinionMap.objects.filter(consultation=self.row).values_list("refreshed_at", flat=True)
        while True:
            at = await asyncio.to_thread(maps.get)
            if at is not None and (not self.found.refreshed or at.timestamp() != self.found.refreshed[-1]):
                self.found.refreshed.append(at.timestamp())
            await asyncio.sleep(0.25)

    async def ask(self, method: str, path: str, person: "Person", body: str = "") -> tuple[int, bytes]:
        """One request over a kept connection; status and body."""
        reader, writer = (
            # The one that rested longest: the server closes what is silent for 15 seconds.
            self.free.pop(0) if self.free else await asyncio.open_connection("127.0.0.1", self.options.port)
        )
        cookies = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.options.port}\r\nX-Huiyin-Part: 1\r\nAccept-Language: zh-hans\r\n"
            f"Cookie: {cookies}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        size = 0
        for line in head.split(b"\r\n"):
            name, _colon, value = line.partition(b":")
            if name.lower() == b"content-length":
                size = int(value)
            elif name.lower() == b"set-cookie":
                key, _equals, worth = value.strip().partition(b";")[0].partition(b"=")
                person.cookies[key.decode()] = worth.decode()
        answer = await reader.readexactly(size)
        self.free.append((reader, writer))
        return int(head[9:12]), answer


class Person:
    """A browser: its cookies, the statement before it, and the votes that it will still give."""

    def __init__(self, left: int) -> None:
        self.cookies: dict[str, str] = {}
        self.statement = 0
        self.left = left


if __name__ == "__main__":
    sys.exit(main())
