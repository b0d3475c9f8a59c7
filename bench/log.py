"""The public log and the audit trail under load: `python bench/log.py [LEAVES]`.

Prints figures for recording, ordering and signing, proofs and the whole check, on an embedded PostgreSQL of its own.
Limits: intake only inserts (≥ 5,000 rows/s with room to spare), a proof is quick on any size of tree, 10 million leaves
are checked in minutes. Peer: `pymerkle` with SQLite in memory, which neither waits for a disk nor keeps a trail.
"""

import hashlib
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

PROOFS = 300
PEER_LEAVES = 20_000


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory(
        prefix="huiyin-bench-", dir=os.environ.get("HUIYIN_BENCH_FOLDER")
    ) as folder:
        Path(folder).chmod(0o755)
        os.environ["HUIYIN_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "huiyin.config.settings"
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", "audit", verbosity=0)
        figures = run(count)
        figures["peak_megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    figures |= peer()
    for name, value in figures.items():
        print(f"{name:<36} {value:>14,}")
    print(json.dumps(figures))


def run(count: int) -> dict[str, float]:
    from huiyin.audit import operations, queries

    figures: dict[str, float] = {"leaves": count}
    chunk = 10_000

    def add() -> None:
        for start in range(0, count, chunk):
            places = range(start, min(start + chunk, count))
            operations.add_leaves([hashlib.sha256(b"%d" % n).digest() for n in places])

    def record() -> None:
        operations.record_many(
            operations.Entry("case.import", "user:1", f"case:{n}", data={"unit": n % 12})
            for n in range(count // 2)
        )

    figures["leaves_added_per_s"] = rate(count, add)
    figures["records_added_per_s"] = rate(count // 2, record)
    figures["leaves_ordered_and_signed_per_s"] = rate(count, operations.sign_tree_head)
    figures["records_sealed_per_s"] = rate(count // 2, operations.seal_records)
    operations.sign_tree_head()
    figures |= proofs(count)
    begun = time.perf_counter()
    findings = queries.verify()
    assert findings.found == 0, findings.troubles
    figures["audit_verify_s"] = round(time.perf_counter() - begun, 1)
    return figures


def rate(count: int, act) -> int:
    begun = time.perf_counter()
    act()
    return round(count / (time.perf_counter() - begun))


def proofs(count: int) -> dict[str, float]:
    from huiyin.audit import queries
    from huiyin.engines import merkle

    sizes = [head.size for head in queries.tree_heads(limit=1000) if head.size]
    times: dict[str, list[float]] = {"receipt": [], "consistency": []}
    for turn in range(PROOFS):
        leaf = merkle.leaf_hash(hashlib.sha256(b"%d" % (turn * 7919 % count)).digest()).hex()
        times["receipt"].append(timed(lambda leaf=leaf: queries.receipt(leaf)))
        first = sizes[turn % len(sizes)]
        times["consistency"].append(
            timed(lambda first=first: queries.consistency(first=first, second=max(sizes)))
        )
    return {
        f"{name}_ms_{label}": round(sorted(values)[int(len(values) * part)] * 1000, 2)
        for name, values in times.items()
        for label, part in (("median", 0.5), ("p95", 0.95))
    }


def timed(act) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def peer() -> dict[str, float]:
    import pymerkle

    tree = pymerkle.SqliteTree(":memory:")
    entries = [b"%d" % n for n in range(PEER_LEAVES)]
    figures: dict[str, float] = {
        "pymerkle_leaves_per_s": rate(PEER_LEAVES, lambda: tree.append_entries(entries))
    }
    times = sorted(timed(lambda n=n: tree.prove_inclusion(n * 97 % PEER_LEAVES + 1)) for n in range(50))
    figures["pymerkle_proof_ms_median"] = round(times[25] * 1000, 2)
    return figures


if __name__ == "__main__":
    main()
