"""Average-link clustering along the edges of a neighbour graph, in rounds that merge every pair of nearest groups.

The mean cosine of two groups is the product of their summed vectors over the product of their sizes, so no pair of
texts is compared twice. Two groups that are each other's nearest would be merged sooner or later whatever the order
(average linkage is reducible: Murtagh 1983, "A survey of recent advances in hierarchical clustering algorithms"), so
all such pairs are merged at once. Some forty rounds over ever fewer edges; time grows with the number of edges times
the logarithm of it.
"""

import dataclasses
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from huiyin.engines.text import similar
from huiyin.engines.text.features import Matrix

Places = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_WIDE = 160
_NARROW = 64
# Spreads the order of equally near pairs, so that many equal texts do not wait for one another.
_SPREAD = (2_654_435_761, 40_503, 1_000_003)


@dataclasses.dataclass(frozen=True)
class _Edges:
    """Pairs of places, the smaller one first, and the mean cosine between them."""

    one: Places
    other: Places
    value: Floats

    @classmethod
    def of(cls, graph: Matrix) -> Self:
        numbers = np.repeat(np.arange(graph.shape[0]), np.diff(graph.indptr))
        return cls(numbers, graph.indices.astype(np.int64), graph.data.astype(np.float64)).once(
            graph.shape[0]
        )

    def once(self, size: int) -> Self:
        """Each pair once, none with itself."""
        apart = self.one != self.other
        low, high = np.minimum(self.one, self.other)[apart], np.maximum(self.one, self.other)[apart]
        key, first = np.unique(low * size + high, return_index=True)
        return type(self)(key // size, key % size, self.value[apart][first])

    def at_least(self, value: float) -> Self:
        kept = self.value >= value
        return type(self)(self.one[kept], self.other[kept], self.value[kept])

    def moved(self, to: Places) -> Self:
        return type(self)(to[self.one], to[self.other], self.value)

    def mutual(self, size: int) -> npt.NDArray[np.bool_]:
        """Mark the pairs that are each other's nearest."""
        first, second, prime = _SPREAD
        order = np.lexsort(((self.one * first + self.other * second) % prime, -self.value))
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        best = np.full(size, len(order))
        np.minimum.at(best, self.one, rank)
        np.minimum.at(best, self.other, rank)
        nearest: npt.NDArray[np.bool_] = (best[self.one] == rank) & (best[self.other] == rank)
        return nearest


@dataclasses.dataclass(frozen=True)
class _Groups:
    """The groups that can still grow: their leading rows, sizes, and summed vectors."""

    leaders: Places
    sizes: Floats
    sums: Matrix

    def grown(self, keep: Places, gone: Places) -> Self:
        """Put each group of `gone` into the one of `keep`; the emptied ones stay in their places."""
        merged = (self.sums[keep] + self.sums[gone]).tocsr()
        # What few members said does not move the mean; without a limit large groups would slow every comparison.
        wide = np.diff(merged.indptr) > _WIDE
        if wide.any():
            merged = _rows(similar.strongest(merged, _NARROW), merged, wide)
        grows = np.zeros(len(self.leaders), dtype=bool)
        grows[keep] = True
        place = np.zeros(len(self.leaders), dtype=np.int64)
        place[keep] = np.arange(len(keep))
        sizes = self.sizes.copy()
        sizes[keep] += self.sizes[gone]
        return type(self)(self.leaders, sizes, _rows(merged[place], self.sums, grows))

    def only(self, places: Places) -> Self:
        return type(self)(self.leaders[places], self.sizes[places], self.sums[places])

    def shared(self, one: Places, other: Places) -> Floats:
        """Mean cosines between the members of two groups, pair by pair."""
        found: Floats = similar.cosines(self.sums, one, other) / (self.sizes[one] * self.sizes[other])
        return found


def _rows(yes: Matrix, no: Matrix, which: npt.NDArray[np.bool_]) -> Matrix:
    """Rows of `yes` where `which` says so, of `no` elsewhere."""
    first, second = np.flatnonzero(which), np.flatnonzero(~which)
    back = np.empty(len(which), dtype=np.int64)
    back[np.r_[first, second]] = np.arange(len(which))
    return sparse.vstack([yes[first], no[second]], format="csr")[back]


def groups(rows: Matrix, graph: Matrix, *, least: float) -> list[int]:
    """Return for every row the number of its group's leading row.

    Groups with a mean cosine below `least` stay apart.
    """
    parent = np.arange(rows.shape[0])
    standing = _Groups(np.arange(rows.shape[0]), np.ones(rows.shape[0]), similar.strongest(rows, _NARROW))
    edges = _Edges.of(graph).at_least(least)
    while len(edges.value):
        standing, edges = _round(standing, edges, parent, least)
    while not np.array_equal(parent, parent[parent]):
        parent = parent[parent]
    return [int(leader) for leader in parent]


def _round(standing: _Groups, edges: _Edges, parent: Places, least: float) -> tuple[_Groups, _Edges]:
    """Merge all mutual pairs, note who went where in `parent`, and compare again what changed."""
    size = len(standing.leaders)
    taken = edges.mutual(size)
    one, other = edges.one[taken], edges.other[taken]
    larger = standing.sizes[one] >= standing.sizes[other]
    keep, gone = np.where(larger, one, other), np.where(larger, other, one)
    parent[standing.leaders[gone]] = standing.leaders[keep]
    to = np.arange(size)
    to[gone] = keep
    edges = edges.moved(to).once(size)
    grew = np.zeros(size, dtype=bool)
    grew[keep] = True
    used = np.unique(np.r_[edges.one, edges.other])
    standing, grew = standing.grown(keep, gone).only(used), grew[used]
    edges = edges.moved(np.searchsorted(used, np.arange(size)))
    changed = grew[edges.one] | grew[edges.other]
    value = edges.value.copy()
    value[changed] = standing.shared(edges.one[changed], edges.other[changed])
    return standing, _Edges(edges.one, edges.other, value).at_least(least)
