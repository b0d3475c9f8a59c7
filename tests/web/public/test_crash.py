"""A short run of the crash check; `python bench/crash.py` runs fifty rounds."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.slow
def test_three_crashes_lose_nothing():
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
    done = subprocess.run(
        [sys.executable, ROOT / "bench" / "crash.py", "3", "--seed", "7"],
        env=kept,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=600,
    )
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert told["wrong"] == []
    assert (done.returncode, told["rounds"]) == (0, 3)
    assert told["receipts"] == told["tried"] > 3
