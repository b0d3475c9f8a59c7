"""Who thinks alike: groups of participants on the map, and how many groups the votes support."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from huiyin.engines.opinion import kmeans
from huiyin.engines.opinion.votes import Bools, Floats, Ints, VoteMatrix

MIN_VOTES = 7
MIN_CLUSTERABLE = 15
DIRECT_LIMIT = 5000
BASE_CLUSTERS = 100
MAX_GROUPS = 5
TOLERATED_LOSS = 0.02  # of silhouette, for fewer groups
_GRID = 64
_BASE_ROUNDS = 3  # of Lloyd's iteration, when base clusters are carried on


class TooFewOpinionsError(ValueError):
    """So many groups as asked for cannot be formed."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups of the clusterable participants.

    `labels` (participants) is the group or -1; `centres` (k, 2); `silhouettes` maps each workable k to its mean
    silhouette; `starts` keeps the centres found for each workable k, to begin from at the next update.
    """

    labels: Ints
    centres: Floats
    silhouettes: dict[int, float] = field(default_factory=dict)
    starts: dict[int, Floats] = field(default_factory=dict)

    @property
    def k(self) -> int:
        return len(self.centres)


def clusterable(votes: VoteMatrix, *, before: Bools | None = None) -> Bools:
    """Tell who voted enough to be placed in a group: min(7, statements) raw votes, or was in `before`.

    With fewer than 15 such people the most active are added (all who tie with the last one added).
    """
    count = votes.votes_per_participant
    enough = count >= max(1, min(MIN_VOTES, votes.shape[1]))
    if before is not None:
        enough |= before
    if np.count_nonzero(enough) < MIN_CLUSTERABLE and len(count):
        rank = min(MIN_CLUSTERABLE, len(count))
        enough |= count >= np.partition(count, len(count) - rank)[len(count) - rank]
    return enough & (count > 0)


def largest_k(points: int) -> int:
    """Return the most groups that so many points (participants or base clusters) can support."""
    return min(MAX_GROUPS, 2 + points // 12)


@dataclass(frozen=True, slots=True)
class Options:
    """The ways to split some points (n, 2): a partition and a mean silhouette for each workable k.

    They were found on `spots` with `weights`: the points themselves or, above 5,000, the base clusters `base`.
    """

    spots: Floats
    weights: Floats
    base: Floats | None
    splits: dict[int, kmeans.Partition]
    scores: dict[int, float]


def options(
    points: Floats,
    *,
    seed: int,
    k: int | None = None,
    starts: Mapping[int, Floats] | None = None,
    base: Floats | None = None,
) -> Options:
    """Split the points into k or into each of 2 to 5 groups, from the centres in `starts` where it has them.

    A k with a group of fewer than two participants is left out. `base` are former base clusters to begin from.
    """
    rng = np.random.default_rng(seed)
    spots, weights, base = _spots(points, rng=rng, base=base)
    splits = {}
    for number in range(2, largest_k(len(spots)) + 1) if k is None else [k]:
        split = kmeans.lloyd(spots, weights, starts[number]) if starts and number in starts else None
        if (split is None or not _workable(split, weights)) and number <= len(spots):
            split = kmeans.best_of(spots, weights, number, rng=rng, tries=_tries(len(spots)))
        if split is not None and _workable(split, weights):
            splits[number] = split
    labelings = [split.labels for split in splits.values()]
    scores = dict(zip(splits, kmeans.silhouettes(spots, weights, labelings), strict=True)) if splits else {}
    return Options(spots, weights, base, splits, scores)


def _tries(spots: int) -> int:
    """Return how many starts to try: 20, and up to 100 with few points, where they cost little.

    With 20 the answer for a few hundred people still depends on the seed now and then.
    """
    return min(100, max(20, 50_000 // max(spots, 1)))


def group(positions: Floats, members: Bools, *, seed: int, k: int | None = None) -> Grouping:
    """Group the members by position; without `k` the silhouette decides between 2 and 5, fewer if nearly as good.

    The result depends on the set of positions only, not on their order, and mirrored positions give mirrored groups.
    Groups are numbered by size. Raises TooFewOpinionsError if k is given and cannot be formed.
    """
    points, order, mirror = _canonical(positions[members])
    found = options(points, seed=seed, k=k)
    if k is not None and k > 1 and not found.splits:
        raise TooFewOpinionsError(
            f"{len(points)} clusterable participants cannot be split into {k} groups of two or more."
        )
    if not found.splits:
        return single(positions, members)
    split = refine(points, found.splits[smallest_good(found.scores)].centres)
    labels = np.empty(len(points), dtype=np.int64)
    labels[order] = split.labels
    split = kmeans.Partition(split.centres * mirror, labels, split.inertia)
    return grouping(
        numbered(split),
        members,
        scores=found.scores,
        starts={number: other.centres * mirror for number, other in found.splits.items()},
    )


def grouping(
    split: kmeans.Partition, members: Bools, *, scores: dict[int, float], starts: dict[int, Floats]
) -> Grouping:
    """Return the split of the members as the grouping of all participants."""
    labels = np.full(len(members), -1, dtype=np.int64)
    labels[members] = split.labels
    return Grouping(labels, split.centres, scores, starts | {len(split.centres): split.centres})


def _canonical(points: Floats) -> tuple[Floats, Ints, Floats]:
    """Sort points by place and turn both axes so that the heavier tail is positive; return points, order, turn."""
    mirror = np.where((points**3).sum(axis=0) < 0, -1.0, 1.0)
    turned = points * mirror
    span = max(float(np.abs(turned).max(initial=0.0)), 1e-300)
    rounded = np.round(turned / span, 9)
    order = np.lexsort((rounded[:, 1], rounded[:, 0]))
    return turned[order], order, mirror


def _workable(split: kmeans.Partition, weights: Floats) -> bool:
    return float(np.bincount(split.labels, weights=weights, minlength=len(split.centres)).min()) >= 2


def smallest_good(scores: dict[int, float]) -> int:
    """Return the smallest k whose silhouette is within 0.02 of the best."""
    return min(k for k, score in scores.items() if score >= max(scores.values()) - TOLERATED_LOSS)


def refine(points: Floats, centres: Floats) -> kmeans.Partition:
    """Run Lloyd's iteration on all points from these centres."""
    settle = 0.0 if len(points) <= DIRECT_LIMIT else 1e-5 * float(np.ptp(points))
    return kmeans.lloyd(points, np.ones(len(points)), centres, settle=settle)


def single(positions: Floats, members: Bools) -> Grouping:
    """Return the grouping with all members in one group, or none if there are no members."""
    if not members.any():
        return Grouping(np.full(len(positions), -1, dtype=np.int64), np.zeros((0, 2)))
    return Grouping(np.where(members, 0, -1).astype(np.int64), positions[members].mean(axis=0)[None, :])


def numbered(split: kmeans.Partition) -> kmeans.Partition:
    """Number groups by size, the larger first; equal sizes by distance from the middle."""
    sizes = np.bincount(split.labels, minlength=len(split.centres))
    order = np.lexsort((-np.round((split.centres**2).sum(axis=1), 9), -sizes))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return kmeans.Partition(split.centres[order], place[split.labels], split.inertia)


def _spots(
    points: Floats, *, rng: np.random.Generator, base: Floats | None
) -> tuple[Floats, Floats, Floats | None]:
    """Return what k is chosen on: the points, or above 5,000 of them 100 weighted base clusters."""
    if len(points) <= DIRECT_LIMIT:
        return points, np.ones(len(points)), None
    cells, weights = grid(points)
    if len(cells) <= BASE_CLUSTERS:
        return cells, weights, None
    if base is None:
        split = kmeans.best_of(cells, weights, BASE_CLUSTERS, rng=rng, tries=1)
    else:
        split = kmeans.lloyd(cells, weights, base, rounds=_BASE_ROUNDS)
    if split is None:  # fewer distinct cells than base clusters
        return cells, weights, None
    mass: Floats = np.bincount(split.labels, weights=weights, minlength=len(split.centres)).astype(np.float64)
    return split.centres[mass > 0], mass[mass > 0], split.centres


def grid(points: Floats) -> tuple[Floats, Floats]:
    """Gather points in the cells of a 64 by 64 grid; return the mean place and the number of points of each cell."""
    axes = np.ascontiguousarray(points.T)  # one axis after the other is several times faster than in pairs
    x, y = (_cells(axis) for axis in axes)
    flat = x * _GRID + y
    count = np.bincount(flat, minlength=_GRID**2)
    used = np.flatnonzero(count)
    sums = np.column_stack([np.bincount(flat, weights=axis, minlength=_GRID**2) for axis in axes])
    return sums[used] / count[used, None], count[used].astype(np.float64)


def _cells(axis: Floats) -> Ints:
    low = axis.min()
    step = max((axis.max() - low) / _GRID, 1e-300)
    cells: Ints = np.minimum(((axis - low) / step).astype(np.int64), _GRID - 1)
    return cells
