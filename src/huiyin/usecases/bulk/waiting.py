"""Files that were sent in by a screen and wait to be imported: kept for a week, readable by their sender only."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import datetime as dt
import itertools
import json
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.kernel import clock
from huiyin.kernel.errors import Missing, Refusal
from huiyin.usecases.bulk import importing
from huiyin.usecases.bulk.fields import Field
from huiyin.usecases.bulk.mapping import Mapping

if TYPE_CHECKING:
    from huiyin.accounts.models import User

KEPT = dt.timedelta(days=7)
FOLDER = "imports"
SAMPLES = 3
_TOKEN = re.compile(r"[\w-]{20,60}")


@dataclass
class Waiting:
    """One file: whose it is, how it will be read, and what became of it."""

    token: str
    name: str
    user_id: int
    options: dict[str, Any] = field(default_factory=dict)
    state: str = "new"  # new, queued, done, failed
    figures: dict[str, int] = field(default_factory=dict)
    words: str = ""

    def chosen(self) -> importing.Options:
        """What was said about the file."""
        given = dict(self.options)
        given["chosen"] = tuple((int(index), Field(own)) for index, own in given.get("chosen", ()))
        return importing.Options(**given)


@dataclass(frozen=True)
class Preview:
    """How the file will be read: its columns with their first values, and a trial of its first rows."""

    kind: str
    mapping: Mapping
    samples: list[list[str]]
    figures: importing.Figures
    faults: list[dict[str, str]]


def keep(content: File[bytes], *, name: str, user: User) -> Waiting:
    """Keep a file until its import. Refuses (Denied) whoever may not import, (Invalid) what is no table."""
    accounts.check(user, Permission.IMPORT_CASES)
    waiting = Waiting(token=secrets.token_urlsafe(24), name=Path(name).name[:120], user_id=user.pk)
    default_storage.save(_path(waiting.token, "file"), content)
    try:
        with _local(waiting) as path:
            importing.open_file(path).close()
    except Refusal:
        _remove(waiting.token)
        raise
    _save(waiting)
    return waiting


def find(token: str, *, user: User) -> Waiting:
    """The file of this token. Refuses (Missing) where there is none, or none of this user."""
    if _TOKEN.fullmatch(token) and default_storage.exists(_path(token, "state.json")):
        with default_storage.open(_path(token, "state.json")) as handle:
            found = Waiting(**json.load(handle))
        if found.user_id == user.pk:
            return found
    raise Missing(_("There is no such file any more. Files are kept for a week."))


def preview(waiting: Waiting, *, user: User, rows: int = 200) -> Preview:
    """Try the first rows without storing anything."""
    with _local(waiting) as path:
        options = dataclasses.replace(waiting.chosen(), is_rehearsal=True, workers=0)
        table = importing.open_file(path)
        found = importing.mapping_for(table, Path(waiting.name), options)
        first = [cells for _number, cells in itertools.islice(table.rows, rows)]
        table.close()
        head, errors = path.with_name("head.csv"), path.with_name("errors.csv")
        with head.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([table.headers, *first])
        options = dataclasses.replace(options, source=found.source)
        figures = importing.run(head, options=options, actor=user, errors=errors)
        faults = _read_faults(errors)
    kind = f"{table.format.upper()} {table.encoding}".strip()
    return Preview(kind, found, first[:SAMPLES], figures, faults)


def remember(waiting: Waiting, options: dict[str, Any]) -> None:
    """Remember what was said about the file before its columns were looked at."""
    waiting.options = options
    _save(waiting)


def choose(waiting: Waiting, options: dict[str, Any]) -> None:
    """Remember what was said about the file, and that it may be imported now."""
    waiting.options, waiting.state = options, "queued"
    _save(waiting)


def run(token: str, *, user_id: int) -> None:
    """Import the file; for the job. Repeating it changes nothing."""
    user = accounts.user(user_id)
    if user is None:
        return
    waiting = find(token, user=user)
    with _local(waiting) as path:
        errors = path.with_name("errors.csv")
        try:
            options = waiting.chosen()
            found = importing.mapping_for(importing.open_file(path), Path(waiting.name), options)
            options = dataclasses.replace(options, source=found.source)
            figures = importing.run(path, options=options, actor=user, errors=errors)
        except Refusal as refusal:
            waiting.state, waiting.words = "failed", str(refusal)
        else:
            waiting.state, waiting.figures = "done", importing.as_dict(figures)
            _replace(_path(token, "errors.csv"), errors)
    _save(waiting)


def errors_of(waiting: Waiting) -> File[bytes] | None:
    """The file of refused rows, if there is one."""
    path = _path(waiting.token, "errors.csv")
    return default_storage.open(path) if default_storage.exists(path) else None


def forget_old() -> int:
    """Remove files that are older than a week; returns how many."""
    if not default_storage.exists(FOLDER):
        return 0
    old = [
        token
        for token in default_storage.listdir(FOLDER)[0]
        if not default_storage.exists(_path(token, "state.json"))
        or default_storage.get_modified_time(_path(token, "state.json")) < clock.now() - KEPT
    ]
    for token in old:
        _remove(token)
    return len(old)


def _path(token: str, name: str) -> str:
    return f"{FOLDER}/{token}/{name}"


def _save(waiting: Waiting) -> None:
    path = _path(waiting.token, "state.json")
    default_storage.delete(path)
    default_storage.save(path, ContentFile(json.dumps(dataclasses.asdict(waiting))))


def _replace(target: str, source: Path) -> None:
    default_storage.delete(target)
    if source.exists():
        with source.open("rb") as handle:
            default_storage.save(target, File(handle))


def _remove(token: str) -> None:
    for name in ("file", "errors.csv", "state.json"):
        default_storage.delete(_path(token, name))
    default_storage.delete(f"{FOLDER}/{token}")


@contextlib.contextmanager
def _local(waiting: Waiting) -> Iterator[Path]:
    """The file as a path of this machine, wherever the storage keeps it."""
    with tempfile.TemporaryDirectory(prefix="huiyin-import-") as folder:
        path = Path(folder) / f"file{Path(waiting.name).suffix.lower()}"
        with default_storage.open(_path(waiting.token, "file")) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)
        yield path


def _read_faults(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))
