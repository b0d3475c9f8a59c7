"""Statements whose answers nobody waits for, sent along with the next one: fewer journeys to the database.

For the few verbs that run hundreds of times a second. To everybody else the block looks like any transaction: what is
held goes before the next statement, whoever gives it.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db import connection, transaction


class _Held(threading.local):
    """What this thread has not sent yet, each with its values written in; None outside of a block."""

    parts: list[str] | None = None


_held = _Held()


@contextmanager
def one_transaction() -> Iterator[None]:
    """A transaction (inside of another one: a savepoint) in which `send` may wait for the next statement."""
    with transaction.atomic():
        is_outermost = _held.parts is None
        if is_outermost:
            _held.parts = []
        try:
            with connection.execute_wrapper(_after_what_is_held) if is_outermost else nullcontext():
                yield
                flush()
        finally:
            # After an error nothing of it may go: the savepoint was a statement too, so all that is held is younger.
            _held.parts = None if is_outermost else []


def send(statement: str, given: Sequence[Any]) -> None:
    """Carry out a statement whose answer nobody needs, in the caller's transaction."""
    with connection.cursor() as cursor:
        if _held.parts is None:
            cursor.execute(statement, given)
        else:
            _held.parts.append(cursor.mogrify(statement, given))


def ask(statement: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Carry out what is held and this statement in one journey; returns the rows of the last."""
    with connection.cursor() as cursor:
        held = _taken()
        if held:
            cursor.execute(";\n".join([*held, cursor.mogrify(statement, given)]))
            while cursor.nextset():
                pass
        else:
            cursor.execute(statement, given)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def flush() -> None:
    """Carry out what is held now."""
    held = _taken()
    if held:
        with connection.cursor() as cursor:
            cursor.execute(";\n".join(held))


def _taken() -> list[str]:
    held = _held.parts
    if not held:
        return []
    _held.parts = []
    return held


def _after_what_is_held(
    execute: Callable[..., Any], statement: str, given: Any, many: Any, context: dict[str, Any]
) -> Any:
    flush()
    return execute(statement, given, many, context)
