"""How long an opinion map takes, how much memory, and whether it finds groups that were planted in the votes.

    uv run --group bench bench/opinion.py               1k x 200 and 10k x 500 beside red-dwarf, 100k x 1,000, refresh
    uv run --group bench bench/opinion.py --million     also 1 M x 2,000 (45 M votes, a file of 1.2 GB)
    uv run bench/opinion.py --no-peer                   without red-dwarf

Votes: four groups at the corners of two opinion axes; each statement leans on both axes by chance; 30 to 60 votes per
participant with noise as large as the leaning, 1 % of them changed later; rows in random order. Each figure comes from
a process of its own: wall and CPU seconds from opening the votes file to groups and statements (imports left out),
peak memory of the whole process, adjusted Rand index against the planted groups.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

LIMITS = {"100k x 1000": "limit 3 s, 512 MB, ARI .83", "1M x 2000": "limit 12 s, 1536 MB, ARI .83"}


def plant(file: Path, participants: int, statements: int, *, seed: int = 7) -> None:
    """Write votes.csv and, beside it, the planted group of each participant."""
    import pyarrow as pa
    import pyarrow.csv

    rng = np.random.default_rng(seed)
    group = rng.integers(0, 4, participants)
    corners = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    profile = corners @ rng.normal(0, 0.7, (2, statements))
    count = rng.integers(30, 61, participants)
    pairs = np.repeat(np.arange(participants, dtype=np.int64), count) * statements
    pairs = np.unique(pairs + rng.integers(0, statements, len(pairs)))
    person, statement = np.divmod(pairs, statements)
    leaning = profile[group[person], statement] + rng.normal(0, 1, len(pairs))
    vote = np.where(leaning > 0.3, 1, np.where(leaning < -0.3, -1, 0))
    again = rng.integers(0, len(pairs), len(pairs) // 100)
    person, statement = np.concatenate([person, person[again]]), np.concatenate([statement, statement[again]])
    vote = np.concatenate([vote, rng.integers(-1, 2, len(again))])
    order = rng.permutation(len(vote))
    table = pa.table({
        "timestamp": 1_600_000_000_000 + rng.integers(0, 30 * 86_400_000, len(vote)),
        "comment-id": statement[order],
        "voter-id": person[order],
        "vote": vote[order],
    })  # fmt: skip
    pa.csv.write_csv(table, file)
    np.save(file.with_suffix(".npy"), group)


def ours(file: Path) -> dict[int, int]:
    """Group of each participant by Huiyin."""
    from huiyin.engines.opinion import ingest, mapping

    found = mapping.compute(ingest.read_votes(file))
    assert all(found.representative)
    return dict(zip(found.votes.participants.tolist(), found.grouping.labels.tolist(), strict=True))


def peer(file: Path) -> dict[int, int]:
    """Group of each participant by red-dwarf, from the same file."""
    from reddwarf.implementations import polis

    last: dict[
        tuple[str, str], dict[str, int]
    ] = {}  # red-dwarf refuses two votes of one person on one statement
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            pair, moment = (row["voter-id"], row["comment-id"]), int(row["timestamp"])
            if pair not in last or last[pair]["modified"] <= moment:
                last[pair] = {
                    "participant_id": int(pair[0]),
                    "statement_id": int(pair[1]),
                    "vote": int(row["vote"]),
                    "modified": moment,
                }
    found = polis.run_pipeline(votes=list(last.values()), random_state=0)
    labels = found.participants_df["cluster_id"].dropna()
    return {int(person): int(label) for person, label in labels.items()}


def refresh(file: Path) -> dict[str, Any]:
    """Seconds of twenty refreshes after 100 new votes each."""
    from huiyin.engines.opinion import ingest, live

    live_map = live.LiveMap(ingest.read_votes(file))
    live_map.refresh()
    rng = np.random.default_rng(1)
    people, statements = live_map.votes.shape
    wall, cpu = [], []
    for _ in range(20):
        for _ in range(100):
            live_map.vote(int(rng.integers(people)), int(rng.integers(statements)), int(rng.integers(-1, 2)))
        begin, used = time.perf_counter(), time.process_time()
        live_map.refresh()
        wall.append(time.perf_counter() - begin)
        cpu.append(time.process_time() - used)
    return {"median": float(np.median(wall)), "worst": max(wall), "cpu": float(np.median(cpu))}


def peak() -> int:
    """Most memory this process ever held, in MB (getrusage would count the parent's at the fork too)."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) // 1024


def measure(engine: str, file: Path) -> dict[str, Any]:
    """Run one engine in this process and say what it took."""
    if engine == "refresh":
        return refresh(file)
    run = {"huiyin": ours, "red-dwarf": peer}[engine]
    if engine == "huiyin":
        import huiyin.engines.opinion.ingest
        import huiyin.engines.opinion.mapping  # noqa: F401 -- imports are not measured
    else:
        import reddwarf.implementations.polis  # noqa: F401 -- as above
    begin, used = time.perf_counter(), time.process_time()
    labels = run(file)
    wall, cpu = time.perf_counter() - begin, time.process_time() - used
    memory = peak()
    from sklearn.metrics import adjusted_rand_score

    planted = np.load(file.with_suffix(".npy"))
    grouped = [(planted[person], label) for person, label in labels.items() if label >= 0]
    score = adjusted_rand_score(*zip(*grouped, strict=True))
    return {"wall": wall, "cpu": cpu, "MB": memory, "ari": score, "groups": len(set(labels.values()) - {-1})}


def child(engine: str, file: Path) -> dict[str, Any] | None:
    """Measure in a process of its own; None if it failed, its last words are printed."""
    done = subprocess.run([sys.executable, "-W", "ignore", __file__, "--one", engine, str(file)],
                          capture_output=True, text=True, check=False)  # fmt: skip
    if done.returncode:
        print(f"  {engine} failed: {done.stderr.strip().splitlines()[-1:]}")
        return None
    return json.loads(done.stdout.splitlines()[-1])


def compare(folder: Path, name: str, *, participants: int, statements: int, engines: list[str]) -> None:
    file = folder / "votes.csv"
    plant(file, participants, statements)
    for engine in engines:
        found = child(engine, file)
        if found and engine == "refresh":
            print(f"{name:>12} {'refresh, 100 votes':<18} median {found['median'] * 1000:.0f} ms, "
                  f"worst {found['worst'] * 1000:.0f} ms, CPU {found['cpu'] * 1000:.0f} ms  (limit 100 ms)")  # fmt: skip
        elif found:
            print(f"{name:>12} {engine:<18} wall {found['wall']:7.2f} s  CPU {found['cpu']:7.2f} s  peak {found['MB']:5d} MB"
                  f"  ARI {found['ari']:.3f}  groups {found['groups']}  {LIMITS.get(name, '')}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--million", action="store_true", help="also 1 M participants x 2,000 statements")
    parser.add_argument("--no-peer", action="store_true", help="without red-dwarf")
    parser.add_argument("--one", nargs=2, metavar=("ENGINE", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one[0], Path(options.one[1]))))
        return
    both = ["huiyin"] if options.no_peer else ["huiyin", "red-dwarf"]
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, load average at the start {os.getloadavg()[0]:.1f}"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        compare(folder, "1k x 200", participants=1_000, statements=200, engines=both)
        compare(folder, "10k x 500", participants=10_000, statements=500, engines=both)
        compare(folder, "100k x 1000", participants=100_000, statements=1_000, engines=["huiyin", "refresh"])
        if options.million:
            compare(folder, "1M x 2000", participants=1_000_000, statements=2_000, engines=["huiyin"])


if __name__ == "__main__":
    main()
