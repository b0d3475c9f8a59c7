"""What passes between the process that reads a file and those that import its batches. Light to load, and picklable."""

from __future__ import annotations

from dataclasses import dataclass, field

from huiyin.accounts import queries as accounts
from huiyin.usecases.bulk.mapping import Mapping

RawRow = tuple[int, list[str]]
Batch = list[RawRow]


@dataclass(frozen=True)
class Fault:
    """Why a row stays out: which column, what stands there, and what is wrong with it."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Plan:
    """What is to be done with every batch of one file."""

    mapping: Mapping
    run: str
    user_id: int | None = None
    creates_units: bool = False
    creates_services: bool = False
    is_rehearsal: bool = False

    @property
    def actor(self) -> accounts.Actor:
        """Who imports: a member of staff, or somebody at the machine."""
        return (accounts.user(self.user_id) if self.user_id else None) or "system"


@dataclass
class Outcome:
    """What became of some rows."""

    read: int = 0
    accepted: int = 0
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)
