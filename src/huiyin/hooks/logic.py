"""When the next attempt is made, what a receiver's answer means, and how a message is signed.

The signature is that of Standard Webhooks (standardwebhooks.com): HMAC-SHA-256 over `id.timestamp.body`.
"""

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"
# Waiting times between attempts; after the last one the hook is stopped and everything waits for a person.
BACK_OFF = (
    dt.timedelta(seconds=5),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=5),
    dt.timedelta(hours=10),
    dt.timedelta(hours=14),
    dt.timedelta(hours=20),
    dt.timedelta(hours=24),
)
# The receiver says that it will never be there again.
GONE = 410


def next_attempt(attempts: int, *, now: dt.datetime) -> dt.datetime | None:
    """Moment of the attempt after the `attempts`-th failed one; None where enough have been made."""
    return now + BACK_OFF[attempts - 1] if attempts <= len(BACK_OFF) else None


def is_taken(status: int) -> bool:
    """Whether an HTTP status says that the receiver has it."""
    return 200 <= status < 300


def signature(secret: str, *, ident: str, timestamp: int, body: bytes) -> str:
    """`v1,<base64>` for the header webhook-signature."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.digest(key, f"{ident}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed).decode()


def wants(
    *,
    events: Sequence[str],
    units: Sequence[str],
    services: Sequence[str],
    event: str,
    unit: str,
    service: str,
) -> bool:
    """Whether a hook with these filters is told; an empty filter lets everything through."""
    pairs = ((events, event), (units, unit), (services, service))
    return all(not wanted or given in wanted for wanted, given in pairs)
