"""Reading the trail and the log: receipts, proofs, tree heads and the look-up for administrators."""

import base64
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from huiyin.audit import keys, logic, receipts, tree, verification
from huiyin.audit.models import Leaf, Record, TreeHead
from huiyin.engines import merkle
from huiyin.kernel import clock
from huiyin.kernel.errors import Invalid, Missing

PROMISE = dt.timedelta(seconds=60)
content = logic.content
commitment = logic.commitment
plain_commitment = logic.plain_commitment
leaf_hash = merkle.leaf_hash
verify = verification.verify
verify_receipt = receipts.verify


def key() -> dict[str, str]:
    """The log's name, identifier and public key, as published."""
    return {
        "origin": keys.origin(),
        "log_id": keys.log_id(),
        "algorithm": "Ed25519",
        "public_key": keys.public().hex(),
    }


def head_dict(head: TreeHead) -> dict[str, Any]:
    """A tree head as it appears in receipts and in the public JSON."""
    said = _said(head)
    return {
        "number": head.number,
        "origin": head.origin,
        "size": head.size,
        "root": bytes(head.root).hex(),
        "at": logic.moment(head.at),
        "trail_size": head.trail_size,
        "trail_hash": bytes(head.trail_hash).hex(),
        "log_id": head.key_id,
        "signature": bytes(head.signature).hex(),
        "note": said.note().decode(),
    }


def _said(head: TreeHead) -> logic.Head:
    return logic.Head(
        origin=head.origin,
        number=head.number,
        size=head.size,
        root=bytes(head.root),
        at=head.at,
        trail_size=head.trail_size,
        trail_hash=bytes(head.trail_hash),
    )


def newest_head() -> TreeHead | None:
    """The newest tree head; None before the first."""
    return TreeHead.objects.order_by("-number").first()


def tree_heads(*, before: int | None = None, limit: int = 50) -> list[TreeHead]:
    """Tree heads, newest first; `before` is the number of the last one already seen."""
    heads = TreeHead.objects.order_by("-number")
    return list((heads.filter(number__lt=before) if before else heads)[:limit])


def checkpoint(head: TreeHead) -> str:
    """The tree head as a signed note, which tools for transparency logs read."""
    signed = logic.note_signature(name=head.origin, public=keys.public(), signature=bytes(head.signature))
    return f"{_said(head).note().decode()}\n{signed}"


def inclusion(leaf: str, *, size: int | None = None) -> dict[str, Any]:
    """Where a leaf (its hash in hexadecimal) stands, with the proof against the tree of `size`, or the newest head's.

    Raises Missing if the log does not have it, or has not given it a place yet; Invalid if it came after `size`.
    """
    row = _leaf(leaf)
    head = _head_for(size)
    if row.index is None or head is None:
        raise Missing(_("This leaf is recorded and will be in a signed tree head within 60 seconds."))
    if row.index >= head.size:
        text = _("Leaf %(index)s is not yet in the tree of %(size)s leaves.")
        raise Invalid(text % {"index": row.index, "size": head.size})
    path = tree.proof(merkle.inclusion_ranges(row.index, head.size))
    return {
        "leaf": bytes(row.leaf_hash).hex(),
        "index": row.index,
        "tree_head": head_dict(head),
        "path": [step.hex() for step in path],
    }


def consistency(*, first: int, second: int) -> dict[str, Any]:
    """Proof that the tree of `second` leaves extends that of `first`, with both signed heads; 0 < first ≤ second.

    Raises Missing for a size without a tree head, Invalid if the order is wrong.
    """
    if not 0 < first <= second:
        raise Invalid(_("The first tree must have at least one leaf and not more than the second."))
    heads = [_head_for(first), _head_for(second)]
    path = tree.proof(merkle.consistency_ranges(first, second))
    return {
        "first": head_dict(heads[0]) if heads[0] else None,
        "second": head_dict(heads[1]) if heads[1] else None,
        "path": [step.hex() for step in path],
    }


def _leaf(leaf: str) -> Leaf:
    try:
        row = Leaf.objects.filter(leaf_hash=bytes.fromhex(leaf)).first()
    except ValueError:
        row = None
    if row is None:
        raise Missing(_("The log has no such leaf."))
    return row


def _head_for(size: int | None) -> TreeHead | None:
    if size is None:
        return newest_head()
    head = TreeHead.objects.filter(size=size).order_by("-number").first()
    if head is None:
        raise Missing(_("There is no tree head of size %(size)s.") % {"size": size})
    return head


def receipt(leaf: str, *, opening: Mapping[str, Any] | None = None, url: str = "") -> dict[str, Any]:
    """The receipt of a leaf (its hash in hexadecimal); the file format is in `docs/reference/receipts.md`.

    With a place in the log it holds proof and tree head; before that it holds the signed promise that it will be in a
    tree head within 60 seconds. `opening` is what `opening()` made, for the person alone; `url` is where the
    installation stands, if not at its own address. Raises Missing for an unknown leaf. Five queries at most.
    """
    row = _leaf(leaf)
    whole: dict[str, Any] = {
        "format": receipts.FORMAT,
        "log": {**key(), "url": url or settings.HUIYIN_BASE_URL},
        "leaf": bytes(row.leaf_hash).hex(),
        "promise": _promise(row),
    }
    if row.index is not None:
        proof = inclusion(leaf)
        whole |= {"index": proof["index"], "tree_head": proof["tree_head"], "path": proof["path"]}
    if opening is not None:
        whole["opening"] = dict(opening)
    return whole


def opening(*, salt: bytes, content: Mapping[str, Any]) -> dict[str, Any]:
    """What lets its holder prove what a leaf stands for: the salt and the content that was committed to."""
    return {"salt": salt.hex(), "content": dict(content)}


def _promise(row: Leaf) -> dict[str, str]:
    due = row.recorded_at + PROMISE
    text = logic.promise_text(
        origin=keys.origin(), leaf_hash=bytes(row.leaf_hash), recorded_at=row.recorded_at, due=due
    )
    return {
        "recorded_at": logic.moment(row.recorded_at),
        "due": logic.moment(due),
        "signature": keys.sign(text).hex(),
    }


@dataclass(frozen=True)
class Page:
    """One page of audit records, newest first; `after` is the cursor of the next one, None on the last."""

    records: list[Record]
    after: str | None


def search(
    *,
    subject: str = "",
    actor: str = "",
    action: str = "",
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    after: str = "",
    limit: int = 50,
) -> Page:
    """Audit records that fit every given condition, newest first; `since` counts in, `until` does not.

    One query, as quick on the last page as on the first. A cursor that cannot be read starts from the beginning.
    """
    wanted = {"subject": subject, "actor": actor, "action": action, "at__gte": since, "at__lt": until}
    rows = Record.objects.filter(**{name: value for name, value in wanted.items() if value})
    place = _cursor(after)
    if place is not None:
        rows = rows.filter(Q(at__lt=place[0]) | Q(at=place[0], id__lt=place[1]))
    found = list(rows.order_by("-at", "-id")[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return Page(found, _written(found[-1]) if more else None)


def _written(row: Record) -> str:
    return base64.urlsafe_b64encode(f"{logic.moment(row.at)}|{row.pk}".encode()).decode()


def _cursor(text: str) -> tuple[dt.datetime, int] | None:
    try:
        at, pk = base64.urlsafe_b64decode(text).decode().split("|")
        return dt.datetime.fromisoformat(at), int(pk)
    except ValueError:
        return None


def pending() -> dict[str, Any]:
    """How much waits for the jobs, and since when: for the health page. Over 60 seconds means that no worker runs."""
    (leaves, first_leaf), (records, first_record) = _waiting()
    oldest = _age(first_leaf, first_record)
    return {"leaves": leaves, "records": records, "oldest_seconds": oldest.total_seconds()}


def waiting_since() -> dt.timedelta:
    """How long the oldest leaf or record has waited for the jobs; nothing if none waits."""
    return _age(*(first for _count, first in _waiting()))


def _waiting() -> list[tuple[int, dt.datetime | None]]:
    """How many leaves and records wait, and since when the first of each."""
    leaves = Leaf.objects.filter(index=None).aggregate(count=Count("id"), first=Min("recorded_at"))
    records = Record.objects.filter(sequence=None).aggregate(count=Count("id"), first=Min("at"))
    return [(row["count"], row["first"]) for row in (leaves, records)]


def _age(*firsts: dt.datetime | None) -> dt.timedelta:
    now = clock.now()
    return max((now - at for at in firsts if at), default=dt.timedelta())
