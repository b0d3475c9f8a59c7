"""Where the real data is, for benchmarks: HUIYIN_SHARED_DATA, or ../shared/data beside the repository.

And the clock of those that start processes.
"""

import csv
import os
import resource
import sys
from pathlib import Path


def rows(name):
    """Rows of one file of the shared data; the benchmark ends, loudly, where it is absent."""
    root = Path(__file__).resolve().parent.parent
    folder = Path(os.environ.get("HUIYIN_SHARED_DATA", root.parent / "shared" / "data"))
    if not folder.exists():
        sys.exit(f"REAL DATA NOT FOUND in {folder}: set HUIYIN_SHARED_DATA to run this benchmark.")
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def processor_seconds():
    """Of this process and of those that it started and that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
