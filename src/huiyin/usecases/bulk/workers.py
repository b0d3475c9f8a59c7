"""Batches in processes of their own: reading words out of texts costs more than everything else together.

Pipes rather than a shared queue: when the process that reads the file is killed, its end of the pipe closes and the
workers end by themselves, with their last batch whole or not there.
"""

import multiprocessing
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

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
        """Import the batches, a few under way at any moment. Raises WorkerFailedError."""
        waiting: list[int] = []
        turn = 0
        for batch in batches:
            if len(waiting) == _IN_FLIGHT * len(self._ends):
                yield self._result(waiting.pop(0))
            self._ends[turn].send(batch)
            waiting.append(turn)
            turn = (turn + 1) % len(self._ends)
        for own in waiting:
            yield self._result(own)

    def _result(self, own: int) -> Outcome:
        try:
            found = self._ends[own].recv()
        except (EOFError, ConnectionResetError) as error:
            raise WorkerFailedError("A worker process ended before its batch was done.") from error
        if isinstance(found, Outcome):
            return found
        raise WorkerFailedError(str(found))
