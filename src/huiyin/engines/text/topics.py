"""Hot topics: groups of many messages about one thing, each with a title in its own words.

Average-link clustering, but only along the edges of the neighbour graph (`similar.nearest`): the mean cosine of two
groups is the product of their summed vectors over the product of their sizes, so no pair of messages is compared
twice. Time grows with the number of edges times its logarithm.
"""

import dataclasses
import heapq
import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from huiyin.engines.text import similar
from huiyin.engines.text.features import Document, Matrix

LEAST_SHARED = 0.1
"""Mean cosine below which two groups stay apart."""

SMALLEST = 3
"""Messages that make a topic."""

_WIDE = 160
_NARROW = 64
_NEIGHBOURS = 8

Vector = dict[int, float]


@dataclasses.dataclass(frozen=True)
class Topic:
    """A group of messages: their places in the input, the most typical first, and a title."""

    members: tuple[int, ...]
    title: str


class _Groups:
    """Union-find over messages that keeps each group's summed vector and size."""

    def __init__(self, rows: Matrix) -> None:
        self.parent = list(range(rows.shape[0]))
        self.size = [1] * rows.shape[0]
        self._rows = rows
        self._sums: dict[int, Vector] = {}

    def root(self, item: int) -> int:
        while self.parent[item] != item:
            self.parent[item] = self.parent[self.parent[item]]
            item = self.parent[item]
        return item

    def sum_of(self, root: int) -> Vector:
        if root not in self._sums:
            part = slice(self._rows.indptr[root], self._rows.indptr[root + 1])
            columns, values = self._rows.indices[part].tolist(), self._rows.data[part].tolist()
            self._sums[root] = dict(zip(columns, values, strict=True))
        return self._sums[root]

    def shared(self, one: int, other: int) -> float:
        """Mean cosine between the members of two groups."""
        small, large = sorted((self.sum_of(one), self.sum_of(other)), key=len)
        total = sum(value * large[column] for column, value in small.items() if column in large)
        return total / (self.size[one] * self.size[other])

    def merge(self, one: int, other: int) -> None:
        keep, gone = (one, other) if self.size[one] >= self.size[other] else (other, one)
        target = self.sum_of(keep)
        for column, value in self.sum_of(gone).items():
            target[column] = target.get(column, 0.0) + value
        if len(target) > _WIDE:
            # What few members said does not move the mean; without a limit a large group would slow every comparison.
            self._sums[keep] = dict(heapq.nlargest(_NARROW, target.items(), key=lambda entry: entry[1]))
        self.parent[gone] = keep
        self.size[keep] += self.size[gone]
        del self._sums[gone]


def groups(rows: Matrix, graph: Matrix, *, least: float = LEAST_SHARED) -> list[int]:
    """Return for every row the number of its group's leading row."""
    found = _Groups(similar.strongest(rows, _NARROW))
    numbers = np.repeat(np.arange(graph.shape[0]), np.diff(graph.indptr))
    edges = zip(graph.data.tolist(), numbers.tolist(), graph.indices.tolist(), strict=True)
    queue = [(-value, min(a, b), max(a, b)) for value, a, b in edges]
    queue = list(set(queue))
    heapq.heapify(queue)
    while queue:
        expected, a, b = heapq.heappop(queue)
        one, other = found.root(a), found.root(b)
        if one == other:
            continue
        alone = found.size[one] == found.size[other] == 1
        shared = -expected if alone else found.shared(one, other)
        if shared >= -expected - 1e-6:
            found.merge(one, other)
        elif shared >= least:
            heapq.heappush(queue, (-shared, min(one, other), max(one, other)))
    return [found.root(item) for item in range(rows.shape[0])]


def find(documents: Sequence[Document], *, smallest: int = SMALLEST) -> list[Topic]:
    """Return the topics among messages, largest first.

    Each message is in one topic at most; order does not matter.
    """
    rows = similar.vectors(documents)
    leaders = groups(rows, similar.nearest(rows, count=_NEIGHBOURS))
    together: dict[int, list[int]] = {}
    for item, leader in enumerate(leaders):
        together.setdefault(leader, []).append(item)
    hot = [members for members in together.values() if len(members) >= smallest]
    hot.sort(key=lambda members: (-len(members), members[0]))
    return [_topic(documents, rows, members) for members in hot]


def _topic(documents: Sequence[Document], rows: Matrix, members: list[int]) -> Topic:
    part = rows[members]
    typical = np.asarray(part @ np.asarray(part.sum(axis=0)).ravel()).ravel()
    order: npt.NDArray[np.int64] = np.argsort(-typical, kind="stable")
    ranked = tuple(members[index] for index in order)
    return Topic(members=ranked, title=_title(documents[ranked[0]]))


def _title(document: Document) -> str:
    """Return the first line of the most typical message, cut where a reader would."""
    lines = itertools.chain.from_iterable(field.splitlines() for field in document)
    first = next((line.strip() for line in lines if line.strip()), "")
    return first if len(first) <= 40 else first[:39] + "…"
