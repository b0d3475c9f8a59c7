"""The database answers while this process computes: on a server with two cores both work for whoever waits."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol, TypeVar

from django.db import connection
from django.db.backends.utils import CursorWrapper

T = TypeVar("T")

# As many as a web process answers at once; one too many waits its turn.
_THREADS = ThreadPoolExecutor(8, thread_name_prefix="beside")


class Ask(Protocol):
    """What `asking` gives: begins with a question to the database, and the answer comes as a future."""

    def __call__(self, read: Callable[[CursorWrapper], T]) -> Future[T]: ...


@contextmanager
def asking() -> Iterator[Ask]:
    """Give a function that lets another thread `read` with a cursor of this thread's connection.

    Several questions are answered one after the other, and what this thread asks itself in between waits for them.
    Inside a transaction each is answered at once, before this thread goes on: there an error of one would be one of
    all, and must stay in its savepoint. At the end all are waited for, whatever happened; their errors are in the
    futures.
    """
    asked: list[Future[Any]] = []
    with ExitStack() as cursors:
        try:

            def ask(read: Callable[[CursorWrapper], T]) -> Future[T]:
                cursor = cursors.enter_context(connection.cursor())
                future = _THREADS.submit(read, cursor)
                asked.append(future)
                return future

            yield _at_once if connection.in_atomic_block else ask
        finally:
            wait(asked)


def _at_once(read: Callable[[CursorWrapper], T]) -> Future[T]:
    found: Future[T] = Future()
    with connection.cursor() as cursor:
        found.set_result(read(cursor))
    return found
