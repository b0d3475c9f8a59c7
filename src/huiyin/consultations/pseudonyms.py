"""How a participant is recognised without being known. Values in, values out.

A pseudonym is an HMAC with a secret that only this consultation has and that is destroyed when it closes. Afterwards
nobody, the office included, can tell which votes came from a code, a browser or a resident, nor that the same person
took part in another consultation.
"""

import hmac
import secrets
from dataclasses import dataclass


@dataclass(frozen=True)
class Proof:
    """What somebody showed to take part: its kind ("browser", "code", "resident", "staff", "sheet") and its value."""

    kind: str
    value: str


@dataclass(frozen=True)
class Marks:
    """The two pseudonyms of a participant: of their votes and of their statements."""

    voter: str
    author: str


def new_secret() -> str:
    """A secret for one consultation: 256 bits."""
    return secrets.token_hex(32)


def voter(secret: str, proof: Proof) -> str:
    """The pseudonym under which votes are kept."""
    return _keyed(secret, "voter", proof)


def author(secret: str, proof: Proof) -> str:
    """The pseudonym under which statements are kept: another one, so that a statement leads to no votes."""
    return _keyed(secret, "author", proof)


def _keyed(secret: str, purpose: str, proof: Proof) -> str:
    if not secret:
        raise ValueError("The secret of a consultation that has closed is destroyed.")
    said = f"{purpose}\x1f{proof.kind}\x1f{proof.value}"
    return hmac.digest(bytes.fromhex(secret), said.encode(), "sha256").hex()
