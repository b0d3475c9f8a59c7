"""Writing the trail and the log. Intake only inserts; two jobs put rows in order, seal them and sign."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from psycopg.types.json import Jsonb

from huiyin.audit import keys, logic, tree
from huiyin.audit.models import Leaf, Node, Record, TreeHead
from huiyin.engines import merkle
from huiyin.kernel import clock, copying, statements

# Rows per transaction of a job: bounded memory, and short locks on rows nobody else touches.
BATCH = 20_000
INSERTS = 2_000
# Keys of the PostgreSQL advisory locks; any two numbers that nobody else uses.
SEALING, ORDERING = 0x68755F01, 0x68755F02


@dataclass(frozen=True)
class Entry:
    """One record to be written by `record_many`."""

    action: str
    actor: str
    subject: str
    why: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    at: dt.datetime | None = None


def record(
    action: str, *, actor: str, subject: str, why: str = "", data: Mapping[str, Any] | None = None
) -> None:
    """Add one line to the trail, in the caller's transaction: it stays if and only if the act itself does.

    `actor` is "user:<id>", "person" or "system", `subject` "<kind>:<id>"; neither these nor `data` may hold personal
    data. Takes no lock. A job seals it within a minute after commit.
    """
    given = (clock.now(), action, actor, subject, logic.clean(why), Jsonb(logic.clean(data or {})))
    statements.send(_INSERT_RECORD, given)


# By hand: every act of everybody comes through here, and the statement never changes.
_INSERT_RECORD = (
    "INSERT INTO audit_record (at, action, actor, subject, why, data) VALUES (%s, %s, %s, %s, %s, %s)"
)


def record_many(entries: Iterable[Entry]) -> int:
    """Add many lines to the trail in their order, in the caller's transaction; returns how many."""
    now = clock.now()
    rows = [_row(entry, now) for entry in entries]
    copying.insert(
        "audit_record",
        {
            "at": copying.moments(row.at for row in rows),
            "action": copying.texts(row.action for row in rows),
            "actor": copying.texts(row.actor for row in rows),
            "subject": copying.texts(row.subject for row in rows),
            "why": copying.texts(row.why for row in rows),
            "data": copying.texts(json.dumps(row.data) for row in rows),
        },
    )
    return len(rows)


def _row(entry: Entry, now: dt.datetime) -> Record:
    return Record(
        at=entry.at or now,
        action=entry.action,
        actor=entry.actor,
        subject=entry.subject,
        why=logic.clean(entry.why),
        data=logic.clean(dict(entry.data)),
    )


def add_leaf(commitment: bytes) -> str:
    """Add a case's commitment (32 bytes) to the log, in the caller's transaction; returns the leaf hash in hexadecimal.

    Takes no lock. A job gives the leaf its place and signs a tree head over it within 60 seconds after commit.
    """
    return add_leaves([commitment])[0]


def add_leaves(commitments: Sequence[bytes]) -> list[str]:
    """Add many commitments in their order, as `add_leaf` does; returns their leaf hashes in hexadecimal."""
    if any(len(commitment) != merkle.HASH_BYTES for commitment in commitments):
        raise ValueError("A commitment is a SHA-256 hash: 32 bytes.")
    hashes = [merkle.leaf_hash(commitment) for commitment in commitments]
    add_leaf_hashes(hashes)
    return [value.hex() for value in hashes]


def add_leaf_hashes(hashes: Sequence[bytes]) -> None:
    """Add leaves whose hashes (`merkle.leaf_hash` of the commitment) the caller worked out already."""
    now = clock.now()
    if len(hashes) == 1:
        statements.send("INSERT INTO audit_leaf (recorded_at, leaf_hash) VALUES (%s, %s)", [now, hashes[0]])
        return
    copying.insert(
        "audit_leaf",
        {"recorded_at": copying.same(now.isoformat()), "leaf_hash": copying.binary(hashes)},
    )


def seal_records(*, batch: int = BATCH) -> int:
    """Number and chain every record that is visible and not yet sealed; returns how many.

    Safe to run at any time and anywhere: an advisory lock lets one run through, the others return 0. A record whose
    transaction commits later than one with a higher id simply gets a later number.
    """
    total = 0
    while True:
        done = _seal_batch(batch)
        total += done
        if done < batch:
            return total


@transaction.atomic
def _seal_batch(limit: int) -> int:
    if not _lock(SEALING):
        return 0
    rows = list(
        Record.objects.filter(sequence=None)
        .order_by("id")
        .values("id", "at", "action", "actor", "subject", "why", "data")[:limit]
    )
    if not rows:
        return 0
    number, chain = trail_end()
    seals = []
    for row in rows:
        number += 1
        chain = logic.link(chain, logic.record_payload(number, row))
        seals.append((row["id"], number, chain))
    _fill("audit_record", "sequence", seals)
    return len(seals)


def trail_end() -> tuple[int, bytes]:
    """Number and chain hash of the last sealed record; (0, 32 zero bytes) before the first."""
    last = Record.objects.exclude(sequence=None).order_by("-sequence").first()
    return (last.sequence or 0, bytes(last.chain or b"")) if last else (0, logic.GENESIS)


def sign_tree_head(*, batch: int = BATCH) -> int:
    """Give every visible new leaf its place and sign a tree head over them; returns how many leaves were added.

    Each batch gets its own head in the same transaction, so that a leaf with a place is always covered by a signature.
    Without new leaves a head is signed only if the trail grew since the last one. Safe to run at any time, as
    `seal_records`.
    """
    total = 0
    while True:
        done = _order_batch(batch)
        total += done
        if done < batch:
            return total


@transaction.atomic
def _order_batch(limit: int) -> int:
    if not _lock(ORDERING):
        return 0
    last = TreeHead.objects.order_by("-number").first()
    top = Leaf.objects.aggregate(top=Max("index"))["top"]
    size = 0 if top is None else top + 1
    rows = list(Leaf.objects.filter(index=None).order_by("id").values_list("id", "leaf_hash")[:limit])
    frontier = tree.frontier(size)
    if rows:
        _append(frontier, [(pk, bytes(value)) for pk, value in rows])
    trail_size, trail_hash = trail_end()
    if rows or last is None or last.trail_size < trail_size:
        _sign(frontier, last.number + 1 if last else 1, trail_size, trail_hash)
    return len(rows)


def _append(frontier: merkle.Frontier, rows: list[tuple[int, bytes]]) -> None:
    chain = logic.GENESIS
    if frontier.size:
        chain = bytes(Leaf.objects.get(index=frontier.size - 1).chain or b"")
    places, nodes = [], []
    for pk, value in rows:
        index = frontier.size
        chain = logic.link(chain, logic.leaf_payload(index, value))
        places.append((pk, index, chain))
        nodes += [
            Node(level=level, index=place, hash=digest)
            for level, place, digest in frontier.append(value)
            if level % tree.STEP == 0
        ]
    _fill("audit_leaf", "index", places)
    Node.objects.bulk_create(nodes, batch_size=INSERTS)


def _sign(frontier: merkle.Frontier, number: int, trail_size: int, trail_hash: bytes) -> None:
    head = logic.Head(
        origin=keys.origin(),
        number=number,
        size=frontier.size,
        root=frontier.root(),
        at=clock.now(),
        trail_size=trail_size,
        trail_hash=trail_hash,
    )
    TreeHead.objects.create(**vars(head), key_id=keys.log_id(), signature=keys.sign(head.note()))


def _lock(name: int) -> bool:
    """Whether this transaction got the advisory lock; it is let go at its end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [name])
        return bool(cursor.fetchone()[0])


def _fill(table: str, place: str, rows: list[tuple[int, int, bytes]]) -> None:
    """Fill the place and chain columns of many rows in one statement."""
    ids, places, chains = ([row[column] for row in rows] for column in range(3))
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE {table} AS t SET "{place}" = v.place, chain = v.chain '  # noqa: S608 -- two fixed names
            "FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[]) AS v(id, place, chain) WHERE t.id = v.id",
            [ids, places, chains],
        )
