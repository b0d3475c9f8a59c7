"""A whole proposal for one new case against a million stored ones: service, unit, kind, urgency, duplicates, personal data.

    python bench/proposals.py [--cases 1000000] [--asked 600] [--fresh]

Fills a database of its own (var/bench-proposals, or the one named by HUIYIN_DATA) by the bulk import, with real messages
taken apart and put together again, sentence by sentence within their class, each with a street and a number; then learns
as `huiyin triage_train` does, and asks for proposals for further such texts, twice over: the first ones meet a database
that has just started and holds nothing in memory, the others one that is at work. The limit is p95 of 25 ms on two cores.
"cpu" is the processor time of this process alone. The filled database is kept for the next run; --fresh fills it anew.
"""

import argparse
import csv
import datetime as dt
import os
import platform
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import shared

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("HUIYIN_DATA", ROOT / "var" / "bench-proposals"))
LIMIT_MS = 25
DAYS = 900


class Texts:
    """Real sentences by class, put together anew; the same seed gives the same texts."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.by_label: dict[str, list[str]] = {}
        self.roads: list[str] = []
        for row in shared.rows("zh_taidi_labelled/labelled.dev.csv"):
            parts = [part.strip() + "。" for part in row["text"].split("。") if part.strip()]
            self.by_label.setdefault(row["label"], []).extend(parts)
        self.labels = sorted(self.by_label)
        surnames = "东西南北中长新青石金梅兰竹松柏湖江山云龙凤福安平和"
        self.roads = [f"{a}{b}路" for a in surnames for b in surnames if a != b]

    def one(self) -> tuple[str, str, str]:
        """A text, its class and its place."""
        label = self.chance.choice(self.labels)
        sentences = self.chance.choices(self.by_label[label], k=self.chance.randrange(2, 5))
        place = f"{self.chance.choice(self.roads)}{self.chance.randrange(1, 300)}号"
        return f"{place}，" + "".join(sentences)[:800], label, place


def fill(cases: int) -> None:
    """Write the cases to a file and import it, as a city would."""
    from huiyin.kernel import clock

    texts = Texts(1)
    begin = clock.now() - dt.timedelta(days=DAYS + 3)
    path = DATA / "cases.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["编号", "内容", "来信时间", "答复时间", "答复内容", "受理事项", "办理单位", "地点"])
        for number in range(cases):
            text, label, place = texts.one()
            at = begin + dt.timedelta(seconds=number / cases * DAYS * 86_400)
            day, later = (
                at.strftime("%Y-%m-%d %H:%M:%S"),
                (at + dt.timedelta(hours=20)).strftime("%Y-%m-%d %H:%M:%S"),
            )
            is_open = number % 20 == 0
            writer.writerow(
                [
                    number,
                    text,
                    day,
                    "" if is_open else later,
                    "" if is_open else "已处理。",
                    label,
                    label,
                    place,
                ]
            )
    begun = time.perf_counter()
    command = [
        sys.executable,
        "-m",
        "huiyin.config.main",
        "import_cases",
        str(path),
        "--create-units",
        "--create-services",
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)
    print(f"imported {cases:,} cases in {time.perf_counter() - begun:.0f} s", flush=True)
    path.unlink()


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--asked", type=int, default=600)
    parser.add_argument("--fresh", action="store_true")
    given = parser.parse_args(arguments)
    if given.fresh:
        shutil.rmtree(DATA, ignore_errors=True)
    (DATA / "static").mkdir(parents=True, exist_ok=True)
    os.environ |= {"HUIYIN_DATA": str(DATA), "DJANGO_SETTINGS_MODULE": "huiyin.config.settings"}
    os.environ.setdefault("HUIYIN_LOG_LEVEL", "ERROR")
    import django

    django.setup()
    measure(given)


def measure(given) -> None:
    from django.core.management import call_command
    from django.db import connection

    from huiyin.cases.models import Case
    from huiyin.triage.operations import training

    if not (_is_prepared() and Case.objects.exists()):
        call_command("prepare", verbosity=0)
        fill(given.cases)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE cases_case")
    stored = Case.objects.count()
    begin, cpu = time.perf_counter(), time.process_time()
    results = training.train_all()
    print(
        f"{stored:,} cases stored; {time.strftime('%Y-%m-%d')}; {os.cpu_count()} × {platform.processor() or platform.machine()}; "
        f"load {os.getloadavg()[0]:.1f}\nlearning service, unit, kind and rare words: {time.perf_counter() - begin:.1f} s wall, "
        f"{time.process_time() - cpu:.1f} CPU s of this process",
        flush=True,
    )
    for row in results:
        print(
            f"  {row.question.value:<8} {row.cases:,} cases, {row.seconds:.1f} s, right {row.accuracy}",
            flush=True,
        )
    ask(given.asked)


def _is_prepared() -> bool:
    from django.db import connection

    return "cases_case" in connection.introspection.table_names()


def ask(count: int) -> None:
    """Ask for proposals twice over: of a database that has just started, and of one that has been at work for a while."""
    from huiyin.triage.queries import answers

    texts = Texts(2)
    for _number in range(20):  # models, names and rare words are read once
        answers.everything(matter(texts))
    begun = _times(texts, count, "just started")
    _times(texts, count, "at work")
    print(f"cases found that may be the same: {begun / count:.2f} on average")


def matter(texts: Texts):
    """A new text, as it is asked about when it comes in."""
    from huiyin.kernel import clock
    from huiyin.triage.queries import matters

    text, _label, place = texts.one()
    return matters.Matter(text=text, at=clock.now(), place_text=place)


def _times(texts: Texts, count: int, when: str) -> int:
    """Print the times of so many proposals; returns how many like cases they found."""
    from huiyin.triage.queries import answers

    walls, cpus, services, duplicates = [], [], [], 0
    for _number in range(count):
        one = matter(texts)
        begin, cpu = time.perf_counter(), time.process_time()
        found = answers.everything(one)
        walls.append(1000 * (time.perf_counter() - begin))
        cpus.append(1000 * (time.process_time() - cpu))
        duplicates += len(found.duplicates)
        begin = time.perf_counter()
        answers.services(one)
        services.append(1000 * (time.perf_counter() - begin))
    for name, values in (
        (f"whole proposal, {when}", walls),
        ("  cpu of it", cpus),
        ("  services alone, while typing", services),
    ):
        p50, p95, p99 = np.percentile(values, (50, 95, 99))
        limit = f"  limit p95 {LIMIT_MS} ms{', OVER' if p95 > LIMIT_MS else ''}" if values is walls else ""
        print(f"{name:<30} p50 {p50:6.1f} ms  p95 {p95:6.1f} ms  p99 {p99:6.1f} ms{limit}", flush=True)
    return duplicates


if __name__ == "__main__":
    main()
