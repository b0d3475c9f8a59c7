"""The seam of notice channels: something that brings one message to one address."""

from dataclasses import dataclass
from typing import Protocol

from huiyin.kernel.ports import Health


@dataclass(frozen=True)
class Message:
    """One message. `ident` stays the same over repeated attempts, so that a receiver can drop a second copy."""

    address: str
    subject: str
    body: str
    ident: str


class Undeliverable(Exception):  # noqa: N818 -- an answer that the outbox reads, not a fault
    """It was not handed over. `reason` is a code without personal data; if `permanent`, trying again is useless."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class Channel(Protocol):
    """Brings messages. Every implementation passes tests/contracts/test_channels.py."""

    def send(self, message: Message) -> None:
        """Hand the message over. Raises Undeliverable, nothing else."""

    def check(self) -> Health:
        """Whether it can work now, for the health page. Sends nothing, never raises."""
