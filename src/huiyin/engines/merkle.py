"""Merkle hash trees as in RFC 6962 section 2: roots, inclusion and consistency proofs, and growing a tree by appending.

Hashes are 32 bytes (SHA-256). A leaf is `H(0x00 ‖ data)`, a node `H(0x01 ‖ left ‖ right)`, the empty tree `H("")`.
Leaves count from 0. A *complete subtree* `(level, index)` covers the leaves `index·2^level … (index+1)·2^level − 1`;
once those leaves exist its hash never changes, so that a store which keeps some levels answers any proof with few
reads: `inclusion_ranges` and `consistency_ranges` say which leaf ranges a proof is made of, `subtrees` which complete
subtrees make up a range, and `range_root` puts their hashes together.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence

Range = tuple[int, int]
Subtree = tuple[int, int]

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_BYTES = 32


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf that holds `data` (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of the node above two hashes (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: the roots of its complete subtrees, largest first.

    Holds at most one hash per bit of the size, so a tree of any size is extended in constant memory and, on average,
    one node hash per leaf.
    """

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        """Continue a tree of `size` leaves; `hashes` are those of `subtrees(0, size)`, else ValueError."""
        if size < 0 or size.bit_count() != len(hashes):
            raise ValueError(
                f"A tree of {size} leaves has {max(size, 0).bit_count()} subtrees, not {len(hashes)}."
            )
        self.size = size
        self.hashes = list(hashes)

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add one leaf hash; returns the complete subtrees that it closed as (level ≥ 1, index, hash), lowest first."""
        closed = []
        index, level, current = self.size, 0, leaf
        while index & 1:
            current = hashlib.sha256(b"\x01" + self.hashes.pop() + current).digest()
            index >>= 1
            level += 1
            closed.append((level, index, current))
        self.hashes.append(current)
        self.size += 1
        return closed

    def root(self) -> bytes:
        """Root of the tree as it stands."""
        return range_root(self.hashes)


def root(leaves: Iterable[bytes]) -> bytes:
    """Root over leaf hashes (RFC 6962, 2.1: MTH)."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def subtrees(start: int, end: int) -> list[Subtree]:
    """The complete subtrees, largest first, that make up the leaves `start … end − 1`.

    `start` must be a multiple of the smallest power of two that is not below the width, as for every range of a proof.
    """
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def range_root(hashes: Sequence[bytes]) -> bytes:
    """Root of a range from the hashes of its `subtrees`; the empty range has the root of the empty tree."""
    if not hashes:
        return EMPTY_ROOT
    *rest, current = hashes
    for left in reversed(rest):
        current = node_hash(left, current)
    return current


def _split(width: int) -> int:
    """Largest power of two below `width` (≥ 2): how many leaves go to the left."""
    return 1 << ((width - 1).bit_length() - 1)


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Leaf ranges whose roots prove leaf `index` in the tree of `size` leaves (RFC 6962, 2.1.1: PATH).

    Raises ValueError unless 0 ≤ index < size.
    """
    if not 0 <= index < size:
        raise ValueError(f"There is no leaf {index} in a tree of {size}.")
    start, end, found = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(first: int, second: int) -> list[Range]:
    """Leaf ranges whose roots prove that the tree of `second` leaves extends that of `first` (RFC 6962, 2.1.2: PROOF).

    Raises ValueError unless 0 < first ≤ second.
    """
    if not 0 < first <= second:
        raise ValueError(f"A tree of {second} leaves cannot extend one of {first}.")
    start, end, found = 0, second, []
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    if start:
        found.append((start, end))
    return found[::-1]


def proof(ranges: Iterable[Range], read: Callable[[int, int], bytes]) -> list[bytes]:
    """The hashes of a proof; `read(level, index)` gives the hash of a complete subtree."""
    return [range_root([read(level, index) for level, index in subtrees(*part)]) for part in ranges]


def inclusion_holds(leaf: bytes, *, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves the leaf hash at `index` in the tree of `size` with `root` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _sound([leaf, root, *path]):
        return False
    fn, sn, current = index, size - 1, leaf
    for step in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            current = node_hash(step, current)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            current = node_hash(current, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and hmac.compare_digest(current, root)


def consistency_holds(
    *, first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether `path` proves that the tree of `second` leaves only appended to that of `first` (RFC 9162, 2.1.4.2).

    Every tree extends the empty one; equal sizes need equal roots and no path.
    """
    if not 0 <= first <= second or not _sound([first_root, second_root, *path]):
        return False
    if first in {0, second}:
        known = first_root == (second_root if first == second else EMPTY_ROOT)
        return known and not path
    steps = list(path) if first.bit_count() != 1 else [first_root, *path]
    return bool(steps) and _both_roots(first - 1, second - 1, steps) == (first_root, second_root)


def _both_roots(fn: int, sn: int, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Roots of the older and the newer tree as the steps make them; None if there are too many or too few steps."""
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    older = newer = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            older, newer = node_hash(step, older), node_hash(step, newer)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            newer = node_hash(newer, step)
        fn, sn = fn >> 1, sn >> 1
    return (older, newer) if sn == 0 else None


def _sound(hashes: Iterable[bytes]) -> bool:
    return all(len(part) == HASH_BYTES for part in hashes)
