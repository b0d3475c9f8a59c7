"""What was found wrong, and the walk along a chain of hashes that finds it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from huiyin.audit import logic

KEPT = 100
# So many rows that do not fit are compared with each other to find out whether they changed places.
COMPARED = 40


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong: where (trail, log, heads, tree), what, and with which numbers."""

    part: str
    kind: str
    first: int
    last: int
    text: str


@dataclass
class Findings:
    """What was read and what was wrong with it; of many troubles the first hundred are kept."""

    records: int = 0
    leaves: int = 0
    heads: int = 0
    nodes: int = 0
    found: int = 0
    troubles: list[Trouble] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, part: str, kind: str, first: int, text: str, *, last: int | None = None) -> None:
        """Note one trouble."""
        self.found += 1
        if len(self.troubles) < KEPT:
            self.troubles.append(Trouble(part, kind, first, first if last is None else last, text))


def part_name(name: str) -> str:
    """What the trail or the log is called in sentences."""
    return _("audit trail") if name == "trail" else _("public log")


@dataclass(frozen=True)
class Stranger:
    """A row whose chain hash does not follow from the row before it."""

    number: int
    row: Any
    chain: bytes
    previous: bytes


class Chain:
    """Walks a chain and remembers what does not fit."""

    def __init__(
        self, part: str, first: int, payload: Callable[[int, Any], bytes], findings: Findings
    ) -> None:
        self.part, self.expected, self.payload, self.findings = part, first, payload, findings
        self.previous = logic.GENESIS
        self.strangers: list[Stranger] = []
        self.whole = True

    def step(self, number: int, row: Any, chain: bytes) -> None:
        """Take the next row; a gap is noted at once, a misfit is judged at the end."""
        if number != self.expected:
            self.missing(number - 1)
        elif logic.link(self.previous, self.payload(number, row)) != chain:
            if len(self.strangers) < COMPARED:
                self.strangers.append(Stranger(number, row, chain, self.previous))
            else:
                self._changed(number)
        self.previous, self.expected = chain, number + 1

    def missing(self, last: int) -> None:
        """Note that the numbers from the expected one to `last` are not there."""
        self.whole = False
        text = _(
            "Numbers %(first)s to %(last)s of the %(part)s are missing; the next one cannot be compared."
        )
        values = {"first": self.expected, "last": last, "part": part_name(self.part)}
        self.findings.add(self.part, "missing", self.expected, text % values, last=last)

    def _changed(self, number: int) -> None:
        text = _(
            "Number %(number)s of the %(part)s was changed, or the one before it together with its hash."
        )
        self.findings.add(
            self.part, "changed", number, text % {"number": number, "part": part_name(self.part)}
        )

    def judge(self) -> None:
        """Tell rows that changed places from rows that were changed and rows that only follow a misplaced one."""
        for one in self.strangers:
            home = self._home(one)
            if home is None:
                self._changed(one.number)
            elif home != one.number:
                text = _(
                    "Number %(number)s of the %(part)s was moved: what stands there belongs to %(home)s."
                )
                values = {"number": one.number, "part": part_name(self.part), "home": home}
                self.findings.add(self.part, "reordered", one.number, text % values)

    def _home(self, one: Stranger) -> int | None:
        """The number under which this row's content gives a chain hash that is stored; its own number comes first."""
        chains = {other.chain for other in self.strangers}
        befores = {other.previous for other in self.strangers} | chains
        others = (other.number for other in self.strangers if other is not one)
        for number in (one.number, *others):
            payload = self.payload(number, one.row)
            wanted = {one.chain} if number == one.number else chains
            if any(logic.link(before, payload) in wanted for before in befores):
                return number
        return None
