"""The indexes of words left out while a first import runs, and built at its end: that takes half the time.

A word that comes in by itself is looked up and put among the others; words of all cases at once are sorted, and each is
written once. So a large import into an installation that has no cases yet drops these indexes, and builds them when all
is stored. Nobody misses them meanwhile, for there was nothing to find.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.contrib.postgres.indexes import GinIndex
from django.db import OperationalError, connection, transaction

from huiyin.cases.models import Case

SORTED_IN_PARALLEL = 180_000
"""The version of PostgreSQL from which it sorts words before it builds; earlier ones are quicker one by one."""

WAITED = "2s"
"""How long leaving out waits for whoever reads cases; whoever comes then waits as well."""

SETTINGS = "SET LOCAL maintenance_work_mem = '64MB'; SET LOCAL max_parallel_maintenance_workers = 1"
"""32 MB for each of two processes, the least with which PostgreSQL lets a second one help: the fewer words a process
compares at once, the more of them are in the processor's own memory."""

_LOCK = 0x68755F12
_INDEXES = [index for index in Case._meta.indexes if isinstance(index, GinIndex)]


@contextlib.contextmanager
def built_afterwards() -> Iterator[None]:
    """Leave the indexes of words out while this runs, if there are no cases yet, and build what is missing at the end.

    Nothing is left out where there are cases, where somebody reads them for seconds on end, or beside another import
    that does so already. After an error, or a kill, `build_missing` builds: a job calls it every minute. While indexes
    are built, cases can be read but none can come in: one or two minutes for a million.
    """
    if not _taken("pg_try_advisory_lock"):
        yield
        return
    try:
        if _version() >= SORTED_IN_PARALLEL and not Case.objects.exists():
            # Who reads cases for so long is a backup, for example; without this the import is slower, nothing else.
            with contextlib.suppress(OperationalError):
                _leave_out()
        yield
        _build()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


@transaction.atomic
def build_missing() -> None:
    """Build what a broken-off import left out; does nothing while one runs that will build it itself."""
    if missing() and _taken("pg_try_advisory_xact_lock"):
        _build()


def missing() -> list[GinIndex]:
    """The indexes of words that are not there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(quote_ident(name)) IS NULL",
            [[index.name for index in _INDEXES]],
        )
        names = {name for (name,) in cursor.fetchall()}
    return [index for index in _INDEXES if index.name in names]


def _version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        return int(cursor.fetchone()[0])


def _taken(function: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [_LOCK])
        return bool(cursor.fetchone() == (True,))


@transaction.atomic
def _leave_out() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAITED])
    with connection.schema_editor() as editor:
        for index in _INDEXES:  # also where one is gone already
            editor.remove_index(Case, index)


@transaction.atomic
def _build() -> None:
    wanted = missing()
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
    with connection.schema_editor() as editor:
        for index in wanted:
            editor.add_index(Case, index)
