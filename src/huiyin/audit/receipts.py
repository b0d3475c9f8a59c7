"""Checking a receipt without trusting the server that gave it: signature, opening, inclusion, consistency.

Nothing here reads the database; whoever holds a receipt file and the public key (or a way to the public log) can do it.
The format is described in `docs/reference/receipts.md`.
"""

import datetime as dt
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from huiyin.audit import keys, logic
from huiyin.engines import merkle

FORMAT = "huiyin-receipt-1"

# Gives the JSON of one of the log's public addresses, such as "heads.json"; None where the log says "not found".
Fetch = Callable[[str], Any]


class Doubt(Exception):  # noqa: N818 -- one sentence that says what does not match
    """Something in the receipt or the log does not match."""


@dataclass
class Verdict:
    """What was checked and what did not match; `problems` is empty if everything held."""

    leaf: str = ""
    index: int | None = None
    tree_size: int | None = None
    newest_size: int | None = None
    status: str = "failed"
    checked: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def verify(
    receipt: Any, *, now: dt.datetime, public_key: bytes | None = None, fetch: Fetch | None = None
) -> Verdict:
    """Check a receipt offline with `public_key`, against the live log with `fetch`, or both.

    The status is "proved" (in a signed tree, and that tree is part of the newest one), "promised" (younger than its
    first tree head and still within the 60 seconds) or "failed". Never raises for a bad receipt: the verdict says why.
    """
    verdict = Verdict()
    try:
        _check(receipt, verdict, now=now, public_key=public_key, fetch=fetch)
    except Doubt as doubt:
        verdict.status = "failed"
        verdict.problems.append(str(doubt))
    except (KeyError, TypeError, ValueError, AttributeError):
        verdict.status = "failed"
        verdict.problems.append(
            _("A part of the receipt, or of the log's answer, is missing or cannot be read.")
        )
    return verdict


def _check(
    receipt: Mapping[str, Any],
    verdict: Verdict,
    *,
    now: dt.datetime,
    public_key: bytes | None,
    fetch: Fetch | None,
) -> None:
    if not isinstance(receipt, Mapping) or receipt.get("format") != FORMAT:
        raise Doubt(_("This file is not a receipt of Huiyin, or of a version that is not known here."))
    public = _trusted_key(receipt, public_key, fetch)
    leaf = bytes.fromhex(receipt["leaf"])
    verdict.leaf = leaf.hex()
    _check_promise(receipt, public, leaf)
    verdict.checked.append("promise")
    if "opening" in receipt:
        _check_opening(receipt["opening"], leaf)
        verdict.checked.append("content")
    proof = receipt if "tree_head" in receipt else _fetched_proof(receipt, verdict, now=now, fetch=fetch)
    if proof is None:
        verdict.status = "promised"
        return
    head = _signed_head(
        proof["tree_head"], public, _("The signature of the tree head in the receipt does not fit.")
    )
    _check_inclusion(proof, head, leaf, verdict)
    if fetch is not None:
        _check_newest(head, public, verdict, fetch)
    verdict.status = "proved"


def _trusted_key(receipt: Mapping[str, Any], given: bytes | None, fetch: Fetch | None) -> bytes:
    claimed = bytes.fromhex(receipt["log"]["public_key"])
    served = bytes.fromhex(_answer(fetch, "key.json")["public_key"]) if fetch else None
    if given is None and served is None:
        raise Doubt(
            _("A key to check the signatures with is needed: name the log's address or its public key.")
        )
    if given is not None and given != claimed:
        raise Doubt(
            _("The receipt names another key than the one given: it comes from another log, or is forged.")
        )
    if served is not None and served != claimed:
        raise Doubt(_("The log at this address signs with another key than the one that the receipt names."))
    return claimed


def _check_promise(receipt: Mapping[str, Any], public: bytes, leaf: bytes) -> None:
    promise = receipt["promise"]
    text = logic.promise_text(
        origin=receipt["log"]["origin"],
        leaf_hash=leaf,
        recorded_at=dt.datetime.fromisoformat(promise["recorded_at"]),
        due=dt.datetime.fromisoformat(promise["due"]),
    )
    if not keys.holds(public_key=public, signature=bytes.fromhex(promise["signature"]), message=text):
        raise Doubt(_("The signature of the promise does not fit: leaf, times or signature were changed."))


def _check_opening(opening: Mapping[str, Any], leaf: bytes) -> None:
    commitment = logic.commitment(salt=bytes.fromhex(opening["salt"]), content=opening["content"])
    if not hmac.compare_digest(merkle.leaf_hash(commitment), leaf):
        raise Doubt(
            _(
                "The content in the receipt is not what the leaf stands for: content, salt or leaf were changed."
            )
        )


def _fetched_proof(
    receipt: Mapping[str, Any], verdict: Verdict, *, now: dt.datetime, fetch: Fetch | None
) -> Mapping[str, Any] | None:
    """The proof of a receipt that was given before its leaf had a place; None while the promise still runs."""
    answer: Any = fetch("inclusion.json?" + urlencode({"leaf": verdict.leaf})) if fetch else None
    if answer is not None:
        return answer if isinstance(answer, Mapping) else {}
    due = dt.datetime.fromisoformat(receipt["promise"]["due"])
    if fetch is not None and now > due:
        text = _(
            "The log promised to show this leaf in a signed tree head by %(due)s, and does not: it broke its word."
        )
        raise Doubt(text % {"due": receipt["promise"]["due"]})
    return None


def _signed_head(said: Mapping[str, Any], public: bytes, doubt: str) -> logic.Head:
    head = logic.Head(
        origin=said["origin"],
        number=int(said["number"]),
        size=int(said["size"]),
        root=bytes.fromhex(said["root"]),
        at=dt.datetime.fromisoformat(said["at"]),
        trail_size=int(said["trail_size"]),
        trail_hash=bytes.fromhex(said["trail_hash"]),
    )
    if not keys.holds(public_key=public, signature=bytes.fromhex(said["signature"]), message=head.note()):
        raise Doubt(doubt)
    return head


def _check_inclusion(proof: Mapping[str, Any], head: logic.Head, leaf: bytes, verdict: Verdict) -> None:
    verdict.index, verdict.tree_size = int(proof["index"]), head.size
    path = [bytes.fromhex(step) for step in proof["path"]]
    if not merkle.inclusion_holds(leaf, index=verdict.index, size=head.size, path=path, root=head.root):
        text = _(
            "The proof does not lead from leaf %(index)s to the root of the tree head of %(size)s leaves."
        )
        raise Doubt(text % {"index": verdict.index, "size": head.size})
    verdict.checked += ["tree_head", "inclusion"]


def _check_newest(head: logic.Head, public: bytes, verdict: Verdict, fetch: Fetch) -> None:
    newest = _signed_head(
        _answer(fetch, "heads.json")["heads"][0],
        public,
        _("The signature of the log's newest tree head does not fit."),
    )
    verdict.newest_size = newest.size
    if newest.number < head.number or newest.size < head.size or newest.trail_size < head.trail_size:
        raise Doubt(
            _("The log's newest tree head is older than the one in the receipt: the log was put back.")
        )
    path: list[bytes] = []
    if newest.size > head.size:
        query = urlencode({"first": head.size, "second": newest.size})
        answer = _answer(fetch, f"consistency.json?{query}")
        path = [bytes.fromhex(step) for step in answer["path"]]
    if not merkle.consistency_holds(
        first=head.size, second=newest.size, first_root=head.root, second_root=newest.root, path=path
    ):
        text = _(
            "The tree of %(second)s leaves does not continue the tree of %(first)s: the history was rewritten."
        )
        raise Doubt(text % {"first": head.size, "second": newest.size})
    verdict.checked.append("consistency")


def _answer(fetch: Fetch, address: str) -> Any:
    answer = fetch(address)
    if answer is None:
        raise Doubt(_("The log has no %(address)s.") % {"address": address})
    return answer
