"""The stored tree: reading complete subtrees for proofs, and the right edge to go on from."""

from collections.abc import Callable, Iterable

from django.db.models import Q

from huiyin.audit.models import Leaf, Node
from huiyin.engines import merkle

# Every eighth level is stored; what lies between is computed from at most 256 hashes.
STEP = 8


def _stored(level: int) -> int:
    return level - level % STEP


def reader(wanted: Iterable[merkle.Subtree]) -> Callable[[int, int], bytes]:
    """A function (level, index) → hash for the complete subtrees `wanted`; two queries however many there are.

    It raises LookupError for a subtree of which a part is not stored.
    """
    spans: dict[int, list[tuple[int, int]]] = {}
    for level, index in wanted:
        shift = level - _stored(level)
        spans.setdefault(_stored(level), []).append((index << shift, (index + 1) << shift))
    hashes = _load(spans)

    def read(level: int, index: int) -> bytes:
        base, shift = _stored(level), level % STEP
        places = range(index << shift, (index + 1) << shift)
        try:
            return merkle.root(hashes[base, place] for place in places)
        except KeyError as error:
            raise LookupError(f"The log lacks a part of subtree {index} on level {level}.") from error

    return read


def _load(spans: dict[int, list[tuple[int, int]]]) -> dict[tuple[int, int], bytes]:
    leaves, nodes = Q(pk__in=[]), Q(pk__in=[])
    for level, parts in spans.items():
        for start, end in parts:
            if level:
                nodes |= Q(level=level, index__gte=start, index__lt=end)
            else:
                leaves |= Q(index__gte=start, index__lt=end)
    found: dict[tuple[int, int], bytes] = {}
    for row in Leaf.objects.filter(leaves).only("index", "leaf_hash"):
        found[0, row.index or 0] = bytes(row.leaf_hash)
    for level, place, value in Node.objects.filter(nodes).values_list("level", "index", "hash"):
        found[level, place] = bytes(value)
    return found


def proof(ranges: list[merkle.Range]) -> list[bytes]:
    """The hashes of a proof over the stored tree."""
    wanted = [part for span in ranges for part in merkle.subtrees(*span)]
    return merkle.proof(ranges, reader(wanted))


def frontier(size: int) -> merkle.Frontier:
    """The right edge of the stored tree at `size` leaves."""
    parts = merkle.subtrees(0, size)
    read = reader(parts)
    return merkle.Frontier(size, [read(level, index) for level, index in parts])
