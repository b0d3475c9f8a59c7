"""Where the real data is, for benchmarks: HUIYIN_SHARED_DATA, or ../shared/data beside the repository."""

import csv
import os
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
