"""The indexes of words left out while a first import runs, and built at its end: that takes half the time.

A word that comes in by itself is looked up and put among the others; words of all cases at once are sorted, and each is
written once. So a large import into an installation that has no cases yet drops these indexes, and builds them when all
is stored. Until then a search reads the cases themselves and may be broken off; proposals for imported cases wait.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import structlog
from django.db import DatabaseError, OperationalError, connection, transaction

from huiyin.cases.models import Case, WordIndex
from huiyin.cases.queries import indexing

SORTED_IN_PARALLEL = 180_000
"""The version of PostgreSQL from which it sorts words before it builds; earlier ones are quicker one by one."""

WAITED = "2s"
"""How long leaving out waits for whoever reads cases, and building for whoever writes one: all others wait behind."""

SETTINGS = (
    "SET LOCAL maintenance_work_mem = '64MB'; SET LOCAL max_parallel_maintenance_workers = 1;"
    " SET LOCAL client_connection_check_interval = '2s'"
)
"""32 MB for each of two processes, the least with which PostgreSQL lets a second one help: the fewer words a process
compares at once, the more of them are in the processor's own memory. A build ends with the process that wanted it."""

log = structlog.get_logger(__name__)

_LOCK = 0x68755F12
_INDEXES = [index for index in Case._meta.indexes if index.name in indexing.WORDS_OF_CASES]


@contextlib.contextmanager
def built_afterwards() -> Iterator[None]:
    """Leave the indexes of words out while this runs, if there are no cases yet, and build what is missing at the end.

    Nothing is left out where there are cases, where somebody reads them for seconds on end, or beside another import
    that does so already. If building fails, what was stored stays: after that, an error or a kill, `build_missing`
    builds, which a job calls. While indexes are built, cases can be read but none can come in: one or two minutes for
    a million.
    """
    with _right() as mine:
        if mine and _version() >= SORTED_IN_PARALLEL and not Case.objects.exists():
            # Who reads cases for so long is a backup, for example; without this the import is slower, nothing else.
            with contextlib.suppress(OperationalError):
                _leave_out()
        yield
        if mine:
            _build_or_say()


def build_missing() -> None:
    """Build what a broken-off import left out; does nothing while one runs that will build it itself."""
    if not indexing.left_out():
        return
    with _right() as mine:
        if mine:
            _build_or_say()


@contextlib.contextmanager
def _right() -> Iterator[bool]:
    """Whether this session alone may leave out and build, until the end of the block or of the session."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        mine = cursor.fetchone() == (True,)
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        return int(cursor.fetchone()[0])


def _wait_little() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAITED])


@transaction.atomic
def _leave_out() -> None:
    _wait_little()
    with connection.schema_editor() as editor:
        for index in _INDEXES:
            editor.remove_index(Case, index)
            # On record: what is merely not there yet is the business of a migration.
            WordIndex.objects.get_or_create(kind=index.name)


def _build_or_say() -> None:
    try:
        _build()
    except DatabaseError as error:
        log.warning("word_indexes.not_built", error=type(error).__name__)


@transaction.atomic
def _build() -> None:
    names = indexing.left_out()
    if not names:
        return
    _wait_little()
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NOT NULL", [names]
        )
        there = {name for (name,) in cursor.fetchall()}
    with connection.schema_editor() as editor:
        for index in _INDEXES:
            if index.name in names and index.name not in there:
                editor.add_index(Case, index)
    WordIndex.objects.filter(kind__in=names).delete()
