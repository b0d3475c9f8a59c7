"""Batches over several processes: order is kept, and nobody waits for a slow one."""

import multiprocessing
import threading
import time
from contextlib import suppress

import pytest

from huiyin.usecases.bulk.plan import Outcome
from huiyin.usecases.bulk.workers import WorkerFailedError, Workers


def answering(end, *, seconds=0.0, fails=False):
    """What a process would do, as a thread: an outcome for each batch, or words that say what went wrong."""

    def work():
        with suppress(EOFError, OSError):
            while True:
                batch = end.recv()
                time.sleep(seconds)
                done.append(len(batch))  # before it is sent: whoever has the last outcome counts them
                end.send("ValueError: broken" if fails else Outcome(read=len(batch)))

    done = []
    threading.Thread(target=work, daemon=True).start()
    return done


@pytest.fixture
def pair():
    """Workers whose processes are two threads of this test."""
    workers = Workers.__new__(Workers)
    pipes = [multiprocessing.Pipe() for _number in range(2)]
    workers._ends, workers._processes = [ours for ours, _theirs in pipes], []
    with workers:
        yield workers, [theirs for _ours, theirs in pipes]


def batches(count):
    return [[(number, ["cell"])] * size for number, size in enumerate(range(1, count + 1))]


def test_outcomes_come_in_the_order_of_the_batches_and_a_slow_process_holds_up_nobody(pair):
    workers, (slow_end, quick_end) = pair
    slow, quick = answering(slow_end, seconds=0.3), answering(quick_end)
    assert [outcome.read for outcome in workers.map(batches(40))] == list(range(1, 41))
    assert len(slow) + len(quick) == 40
    assert len(quick) > 30


def test_no_batch_no_outcome(pair):
    workers, _ends = pair
    assert list(workers.map([])) == []


def test_a_failure_in_a_process_stops_the_import_with_its_words(pair):
    workers, (one, other) = pair
    answering(one, fails=True)
    answering(other)
    with pytest.raises(WorkerFailedError, match="ValueError: broken"):
        list(workers.map(batches(10)))
