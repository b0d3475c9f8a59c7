"""Batches in processes of their own: reading words out of texts costs more than everything else together.

Pipes rather than a shared queue: when the process that reads the file is killed, its end of the pipe closes and the
workers end by themselves, with their last batch whole or not there.
"""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Self, cast

from huiyin.usecases.bulk import worker_main
from huiyin.usecases.bulk.plan import Batch, Outcome, Plan

# One batch under way in each process and one waiting there, so that no process waits for this one.
_IN_FLIGHT = 2


class WorkerFailedError(RuntimeError):
    """A worker could not go on; the message holds its words."""


class Workers:
    """`count` processes that import batches; results come back in the order of the batches."""

    def __init__(self, plan: Plan, *, count: int) -> None:
        # A fresh interpreter, not a fork: this process has a database connection and perhaps threads.
        context = multiprocessing.get_context("spawn")
        self._ends: list[Connection] = []
        self._processes = []
        for _number in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=worker_main.work, args=(theirs,), daemon=True)
            process.start()
            theirs.close()
            ours.send(plan)
            self._ends.append(ours)
            self._processes.append(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for end in self._ends:
            end.close()
        for process in self._processes:
            process.join(timeout=30)

    def map(self, batches: Iterable[Batch]) -> Iterator[Outcome]:
        """Import the batches, a few under way at any moment. Raises WorkerFailedError.

        The next batch goes to whichever process has room: now and then one of them sorts a long list of new words into
        the index, and the other must not wait for it.
        """
        under_way: dict[Connection, deque[int]] = {end: deque() for end in self._ends}
        done: dict[int, Outcome] = {}
        told = 0
        for number, batch in enumerate(batches):
            while all(len(own) == _IN_FLIGHT for own in under_way.values()):
                self._collect(under_way, done)
            end = min(self._ends, key=lambda own: len(under_way[own]))
            end.send(batch)
            under_way[end].append(number)
            while told in done:
                yield done.pop(told)
                told += 1
        while any(under_way.values()):
            self._collect(under_way, done)
        yield from (done[number] for number in sorted(done))

    def _collect(self, under_way: dict[Connection, deque[int]], done: dict[int, Outcome]) -> None:
        """Wait until a process has finished a batch, and keep what came of it."""
        for ready in wait([end for end, own in under_way.items() if own]):
            end = cast("Connection", ready)
            done[under_way[end].popleft()] = self._result(end)

    def _result(self, end: Connection) -> Outcome:
        try:
            found = end.recv()
        except (EOFError, ConnectionResetError) as error:
            raise WorkerFailedError("A worker process ended before its batch was done.") from error
        if isinstance(found, Outcome):
            return found
        raise WorkerFailedError(str(found))
