"""What is hashed, and how: canonical JSON, chains, the commitment of a case, the text of a tree head."""

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = bytes(32)
SALT_BYTES = 16
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Any) -> bytes:
    """JSON in UTF-8 with sorted keys and no blanks, so that equal values have equal bytes; refuses NaN and infinity."""
    return _CANONICAL.encode(value).encode()


def moment(at: dt.datetime) -> str:
    """UTC with microseconds: `2026-01-31T08:00:00.000000Z`."""
    return f"{at.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def clean(value: Any) -> Any:
    """The value without what PostgreSQL cannot store (NUL, half of a surrogate pair): recording never fails on it."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {clean(str(key)): clean(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [clean(part) for part in value]
    return value


def link(previous: bytes, payload: bytes) -> bytes:
    """Next hash of a chain: SHA-256(previous ‖ payload)."""
    return hashlib.sha256(previous + payload).digest()


def record_payload(number: int, row: Mapping[str, Any]) -> bytes:
    """What the chain of the trail covers: the sequence number and everything that the record says."""
    said = {name: row[name] for name in ("action", "actor", "subject", "why", "data")}
    return canonical({"v": 1, "sequence": number, "at": moment(row["at"]), **said})


def leaf_payload(index: int, leaf_hash: bytes) -> bytes:
    """What the chain of the leaves covers: the place and the leaf hash."""
    return index.to_bytes(8, "big") + leaf_hash


def content(
    *,
    number: str,
    received_at: dt.datetime,
    text: str,
    files: Iterable[str] = (),
    deadlines: Mapping[str, dt.datetime] | None = None,
) -> dict[str, Any]:
    """What a receipt commits to; `files` are the SHA-256 of the stored files in hexadecimal, in their order.

    The text itself goes in as a hash, so that the opening can be shown without the words.
    """
    return {
        "v": 1,
        "number": number,
        "received_at": moment(received_at),
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "files_sha256": list(files),
        "deadlines": {name: moment(at) for name, at in (deadlines or {}).items()},
    }


def commitment(*, salt: bytes, content: Mapping[str, Any]) -> bytes:
    """SHA-256(salt ‖ canonical JSON of the content).

    The salt hides the content from anyone who guesses it; once salt and text are erased the commitment says nothing
    more, and the log still holds.
    """
    return hashlib.sha256(salt + canonical(dict(content))).digest()


def plain_commitment(*, salt: bytes, number: str, received_at: dt.datetime, text: str) -> bytes:
    """The commitment of a case without files and deadlines, as `commitment` gives it in three times the time.

    A large import has a million of them.
    """
    said = (
        f'{{"deadlines":{{}},"files_sha256":[],"number":"{number}","received_at":"{moment(received_at)}",'
        f'"text_sha256":"{hashlib.sha256(text.encode()).hexdigest()}","v":1}}'
    )
    return hashlib.sha256(salt + said.encode()).digest()


@dataclass(frozen=True)
class Head:
    """What a tree head says: the log as it stood, and how far the audit trail went."""

    origin: str
    number: int
    size: int
    root: bytes
    at: dt.datetime
    trail_size: int
    trail_hash: bytes

    def note(self) -> bytes:
        """The signed text: a checkpoint (origin, size, root) with three further lines, each ending with a newline."""
        lines = (
            self.origin,
            str(self.size),
            base64.b64encode(self.root).decode(),
            f"number {self.number}",
            f"at {moment(self.at)}",
            f"trail {self.trail_size} {base64.b64encode(self.trail_hash).decode()}",
        )
        return "".join(f"{line}\n" for line in lines).encode()


def promise_text(*, origin: str, leaf_hash: bytes, recorded_at: dt.datetime, due: dt.datetime) -> bytes:
    """The signed promise of a receipt that is younger than the newest tree head."""
    lines = (origin, "promise", leaf_hash.hex(), f"recorded {moment(recorded_at)}", f"due {moment(due)}")
    return "".join(f"{line}\n" for line in lines).encode()


def key_id(public: bytes) -> str:
    """Identifier of a log key: SHA-256 of the public key, hexadecimal."""
    return hashlib.sha256(public).hexdigest()


def note_signature(*, name: str, public: bytes, signature: bytes) -> str:
    """The signature line of a signed note, so that other people's tools can check a tree head too."""
    short = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    return f"— {name} {base64.b64encode(short + signature).decode()}\n"
