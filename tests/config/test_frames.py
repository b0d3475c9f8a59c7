"""However deep a loop stands, its calls take no memory from the kernel."""

import resource
import subprocess
import sys
from pathlib import Path

from huiyin.config import frames

CALLS = 300
# More levels than fit into one of Python's own pieces of 16 KiB.
DEPTHS = range(10, 260)


def called():
    """Something to call, with a frame of a kilobyte: at some depth it does not fit any more."""


called.__code__ = called.__code__.replace(co_stacksize=128)


def faults(depth: int) -> int:
    """Page faults of a loop of calls that stands so deep."""
    if depth:
        return faults(depth - 1)
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _turn in range(CALLS):
        called()
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def worst() -> int:
    """The most page faults that any depth costs."""
    return max(map(faults, DEPTHS))


def test_no_depth_costs_page_faults():
    done = subprocess.run(
        [sys.executable, "-c", "import test_frames as t; print(t.frames.with_room(t.worst)())"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < CALLS / 10


def test_arguments_and_results_go_through():
    assert frames.with_room(divmod)(7, 2) == (3, 1)
