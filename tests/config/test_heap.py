"""A web process leaves what it holds from its start to itself: no request waits while all of it is looked through."""

import os
import subprocess
import sys

SCRIPT = """
import gc, time
import huiyin.config.wsgi
kept = []
for _time in range(20):
    kept.append([[] for _one in range(5_000)])  # what the first requests load
    gc.collect()
    assert len(gc.get_objects()) < 5_000
later = [[] for _one in range(6_000)]
gc.collect()
assert len(gc.get_objects()) > 6_000  # not for ever
began = time.process_time()
gc.collect()
print(gc.get_freeze_count(), len(gc.get_objects()), round(1000 * (time.process_time() - began)))
"""


def test_a_full_collection_looks_at_nearly_nothing(tmp_path):
    environment = os.environ | {
        "HUIYIN_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "huiyin.config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    frozen, looked_at, milliseconds = map(int, done.stdout.split())
    assert frozen > 150_000
    assert looked_at < frozen / 20
    assert milliseconds < 50
