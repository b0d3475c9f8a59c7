"""A whole file: opened, mapped, imported batch by batch, with what was refused in a file beside it."""

import contextlib
import csv
import os
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.audit import operations as audit
from huiyin.cases.operations import indexing, word_indexes
from huiyin.engines import tables
from huiyin.kernel.errors import Invalid
from huiyin.usecases.bulk import mapping as mappings
from huiyin.usecases.bulk.fields import Field
from huiyin.usecases.bulk.guard import guarded
from huiyin.usecases.bulk.plan import Batch, Fault, Outcome, Plan
from huiyin.usecases.bulk.workers import Workers

BATCH = 1_000
# Below this size starting processes takes longer than they save.
WORTH_WORKERS_BYTES = 4_000_000
WORTH_SETTLING = 5_000
WORTH_BUILDING_BYTES = 20_000_000
_HEADER = ("row", "column", "value", "reason")
_LOCK = 0x68755F11


@dataclass(frozen=True, kw_only=True)
class Options:
    """What somebody said about one import; empty where Huiyin finds it out."""

    map: str = ""
    source: str = ""
    chosen: tuple[tuple[int, Field], ...] = ()
    time_zone: str = ""
    date_order: str = ""
    creates_units: bool = False
    creates_services: bool = False
    is_rehearsal: bool = False
    workers: int | None = None
    batch: int = BATCH


@dataclass(frozen=True)
class Figures:
    """How many rows were read, and what became of them."""

    read: int = 0
    accepted: int = 0
    refused: int = 0
    unchanged: int = 0


Progress = Callable[[Figures, float], None]


def open_file(path: Path) -> tables.Table:
    """Open a file; refuses (Invalid) what is no table, in words."""
    try:
        return tables.open_table(path)
    except tables.TableError as error:
        raise Invalid(words_of(error)) from error


def words_of(error: tables.TableError) -> str:
    """Why a file is no table, for people."""
    problem = tables.Problem
    return {
        problem.EMPTY: _("The file is empty."),
        problem.BINARY: _("This is not a table: the file holds something else than text."),
        problem.ENCODING: _("The file is neither in UTF-8 nor in GB18030 (byte %(where)s)."),
        problem.NO_HEADERS: _("The first row has no headers."),
        problem.BROKEN: _("The file is damaged: %(where)s"),
    }[error.problem] % {"where": error.where}


def mapping_for(table: tables.Table, path: Path, options: Options) -> mappings.Mapping:
    """How the file will be read: by the preset that was named or that fits, else by its headers."""
    preset = mappings.preset(options.map) if options.map else mappings.fitting(table.headers)
    source = options.source or (preset.source if preset else "") or mappings.source_of(path)
    return mappings.build(
        table.headers,
        source=source,
        preset=preset,
        chosen=dict(options.chosen),
        time_zone=options.time_zone,
        date_order=options.date_order,
    )


def run(
    path: Path,
    *,
    options: Options,
    actor: accounts.Actor,
    progress: Progress = lambda *_: None,
    errors: Path | None = None,
) -> Figures:
    """Import a file; returns the figures. What was refused stands in `errors` (default: FILE.errors.csv).

    Every batch is a transaction: after a kill the same command goes on where it stopped, for rows that are cases
    already change nothing. When it returns, all is on the disk. Refuses (Denied) whoever may not import, and (Invalid)
    what is no table. Two imports of one source wait for each other.
    """
    accounts.check(actor, Permission.IMPORT_CASES)
    table = open_file(path)
    found = mapping_for(table, path, options)
    user = accounts.actor_user(actor)
    plan = Plan(
        mapping=found,
        run=uuid.uuid4().hex[:12],
        user_id=user.pk if user else None,
        creates_units=options.creates_units,
        creates_services=options.creates_services,
        is_rehearsal=options.is_rehearsal,
    )
    beside = errors or path.with_name(f"{path.name}.errors.csv")
    figures = Figures()
    with (
        _one_at_a_time(found.source),
        _refused(beside) as refuse,
        _indexed(path, options),
        _engine(plan, path, options) as engine,
    ):
        try:
            for outcome in engine(_batches(table, options.batch)):
                refuse(outcome.faults)
                figures = _added(figures, outcome)
                progress(figures, table.progress())
        except tables.TableError as error:
            raise Invalid(words_of(error)) from error
    if figures.accepted and not options.is_rehearsal:
        _conclude(plan, figures)
    return figures


def _conclude(plan: Plan, figures: Figures) -> None:
    """Put on record what came of it. This commit waits for the disk, and so for every batch before it."""
    if figures.accepted >= WORTH_SETTLING:
        indexing.settle()
    with transaction.atomic():
        audit.record(
            "cases.import_ended",
            actor=accounts.actor_name(plan.actor) if plan.user_id else "system",
            subject=f"import:{plan.run}",
            data={"source": plan.mapping.source, **as_dict(figures)},
        )


def as_dict(figures: Figures) -> dict[str, int]:
    """The figures as they are printed."""
    return asdict(figures)


def _added(figures: Figures, outcome: Outcome) -> Figures:
    return replace(
        figures,
        read=figures.read + outcome.read,
        accepted=figures.accepted + outcome.accepted,
        refused=figures.refused + len(outcome.faults),
        unchanged=figures.unchanged + outcome.unchanged,
    )


def _batches(table: tables.Table, size: int) -> Iterator[Batch]:
    batch: Batch = []
    for row in table.rows:
        batch.append(row)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


Engine = Callable[[Iterable[Batch]], Iterator[Outcome]]


def _indexed(path: Path, options: Options) -> contextlib.AbstractContextManager[None]:
    """Let a large first import build the indexes of words at its end."""
    if options.is_rehearsal or path.stat().st_size < WORTH_BUILDING_BYTES:
        return contextlib.nullcontext()
    return word_indexes.built_afterwards()


@contextlib.contextmanager
def _engine(plan: Plan, path: Path, options: Options) -> Iterator[Engine]:
    count = options.workers
    if count is None:
        count = min(2, os.cpu_count() or 1) if path.stat().st_size >= WORTH_WORKERS_BYTES else 0
    if count == 0:
        # Only here, for the words of Chinese cost memory: with workers this process does without them.
        from huiyin.usecases.bulk.batches import Importer  # noqa: PLC0415

        importer = Importer(plan)
        yield lambda batches: (importer.run(batch) for batch in batches)
        return
    with Workers(plan, count=count) as workers:
        yield workers.map


@contextlib.contextmanager
def _one_at_a_time(source: str) -> Iterator[None]:
    """Hold the right to import this source; another import of it waits until this one is over, or dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [_LOCK, source])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [_LOCK, source])


@contextlib.contextmanager
def _refused(path: Path) -> Iterator[Callable[[Iterable[Fault]], None]]:
    """A writer for the file of refused rows, which is there only if there are any."""
    path.unlink(missing_ok=True)
    with contextlib.ExitStack() as stack:
        writers: list[Any] = []

        def write(faults: Iterable[Fault]) -> None:
            for fault in faults:
                if not writers:
                    handle = stack.enter_context(path.open("w", encoding="utf-8-sig", newline=""))
                    writers.append(csv.writer(handle))
                    writers[0].writerow(_HEADER)
                writers[0].writerow([fault.row, fault.column, guarded(fault.value), fault.reason])

        yield write
