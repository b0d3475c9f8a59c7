"""Services, units, areas and channels by the names that files use; unknown ones are created only when told to."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import connection, transaction

from huiyin.accounts.queries import Actor
from huiyin.catalogue import operations as catalogue_writes
from huiyin.catalogue import queries as catalogue
from huiyin.organisations import operations as organisation_writes
from huiyin.organisations import queries as organisations
from huiyin.places import queries as places

if TYPE_CHECKING:
    from huiyin.catalogue.models import ServiceVersion

IMPORT_CHANNEL = "import"
LONGEST_NAME = 200
# One import at a time adds to the catalogue, so that two never add the same service.
_LOCK = 0x68755F10


@dataclass(frozen=True)
class ServiceEntry:
    """What a case takes over from its service."""

    pk: int
    version_id: int | None
    unit_id: int | None
    kind: str
    urgency: str


@dataclass
class Directory:
    """Everything that cells can name, by the name as it is compared."""

    services: dict[str, ServiceEntry] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    areas: dict[str, int] = field(default_factory=dict)
    channels: dict[str, int] = field(default_factory=dict)

    @property
    def import_channel(self) -> int:
        """The channel of a case whose own is not known."""
        return self.channels[IMPORT_CHANNEL]


@functools.lru_cache(maxsize=10_000)
def plain(name: str) -> str:
    """A name as it is compared; steps of a path are told apart by " > "."""
    return " > ".join(" ".join(step.split()).lower() for step in re.split(r"\s*[>＞]\s*", name.strip()))


def load() -> Directory:
    """Read the catalogue, the units, the areas and the channels as they are now."""
    found = Directory()
    _load_services(found.services)
    for unit in organisations.receiving_units():
        _enter(found.units, unit.pk, unit.code, unit.names)
    for pk, code, names in places.codes_and_names():
        _enter(found.areas, pk, code, names)
    own = catalogue.channel(IMPORT_CHANNEL)
    for channel in (*catalogue.channels(), *([own] if own else [])):
        _enter(found.channels, channel.pk, channel.code, channel.names)
    return found


def _enter(known: dict[str, int], pk: int, code: str, names: dict[str, str]) -> None:
    for name in (code, *names.values()):
        known.setdefault(plain(name), pk)


def _load_services(known: dict[str, ServiceEntry]) -> None:
    rows = {row.pk: row for row in catalogue.services()}
    for row in rows.values():
        version = row.current
        if version is None:
            continue
        unit_id = version.unit_id if version.unit and version.unit.is_active else None
        entry = ServiceEntry(row.pk, version.pk, unit_id, version.kind, version.urgency)
        parent = rows.get(row.parent_id or 0)
        known[plain(row.code)] = entry
        for name in _names(version):
            known.setdefault(plain(name), entry)
            for above in _names(parent.current if parent else None):
                known[plain(f"{above} > {name}")] = entry


def _names(version: ServiceVersion | None) -> list[str]:
    if version is None:
        return []
    return [name for name in (*version.public_names.values(), version.internal_name) if name]


def ensure_channel() -> None:
    """Make the channel that imported cases have, unless it is there."""
    with transaction.atomic():
        _lock()
        if catalogue.channel(IMPORT_CHANNEL) is None:
            names = {"zh-hans": "导入", "zh-hant": "匯入", "en": "Import"}
            catalogue_writes.create_channel(IMPORT_CHANNEL, names=names, actor="system")


def create_channels(codes: Iterable[str], *, language: str) -> None:
    """Create the channels of these codes that are not there; what cannot be a code is left out."""
    with transaction.atomic():
        _lock()
        for code in sorted(set(codes)):
            if re.fullmatch(r"[\w-]{1,30}", code, re.ASCII) and catalogue.channel(code) is None:
                catalogue_writes.create_channel(code, names={language: code}, actor="system")


def create_units(names: Iterable[str], *, language: str, actor: Actor) -> None:
    """Create the units of these names that are not there."""
    with transaction.atomic():
        _lock()
        known = load().units
        for name in _wanted(names, known):
            organisation_writes.create_unit(_code("unit", name), names={language: name}, actor=actor)


def create_services(names: Iterable[str], *, language: str, actor: Actor) -> None:
    """Create the services of these names that are not there; "A > B" puts B below A."""
    with transaction.atomic():
        _lock()
        known = load().services
        for name in _wanted(names, known):
            parent = None
            steps = [step.strip() for step in re.split(r"[>＞]", name) if step.strip()]
            for depth, step in enumerate(steps, start=1):
                path = " > ".join(steps[:depth])
                code = _code("service", path)
                # One that was retired since stays so; its cases keep the name among their further facts.
                there = catalogue.all_services().filter(code=code).first()
                parent = there or catalogue_writes.create_service(
                    code,
                    draft=catalogue_writes.Draft(public_names={language: step}),
                    parent=parent,
                    actor=actor,
                    change_note="import",
                )


def _wanted(names: Iterable[str], known: Container[str]) -> list[str]:
    by_plain = {plain(name): name.strip() for name in names}
    return [name[:LONGEST_NAME] for key, name in sorted(by_plain.items()) if key and key not in known]


def _code(kind: str, name: str) -> str:
    """A code that the same name always gets: codes have no room for Chinese."""
    ascii_part = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:24].strip("-")
    return f"{ascii_part or kind}-{hashlib.sha256(plain(name).encode()).hexdigest()[:8]}"


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
