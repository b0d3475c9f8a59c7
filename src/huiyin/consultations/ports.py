"""The seam of residents' registers: something that knows whether somebody lives here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from huiyin.kernel.errors import Text
from huiyin.kernel.ports import Health


@dataclass(frozen=True)
class Question:
    """One thing that a register asks for: its key in the answers, and its label."""

    key: str
    label: Text


class Register(Protocol):
    """Knows residents. Every implementation passes tests/contracts/test_registers.py."""

    def questions(self) -> tuple[Question, ...]:
        """What somebody is asked to show that they live here; empty where nobody can show it."""

    def resident(self, answers: Mapping[str, str]) -> str:
        """A value that is always the same for this resident and no other one, or "" for nobody. Keeps nothing."""

    def check(self) -> Health:
        """Whether it can work now, for the health page. Never raises."""
