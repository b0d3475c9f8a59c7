"""Who thinks alike: groups of participants on the map, and how many groups the votes support."""

from __future__ import annotations

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


def group(positions: Floats, members: Bools, *, seed: int, k: int | None = None) -> Grouping:
    """Group the members by position; without `k` the silhouette decides between 2 and 5, fewer if nearly as good.

    The result depends on the set of positions only, not on their order, and mirrored positions give mirrored groups.
    Groups are numbered by size. Raises TooFewOpinionsError if k is given and cannot be formed.
    """
    points, order, mirror = _canonical(positions[members])
    rng = np.random.default_rng(seed)
    spots, weights = _spots(points, rng=rng)
    wanted = range(2, largest_k(len(spots)) + 1) if k is None else [k]
    found = {}
    for number in wanted:
        split = kmeans.best_of(spots, weights, number, rng=rng) if number <= len(spots) else None
        if split is not None and _workable(split, weights):
            found[number] = split
    if k is not None and k > 1 and not found:
        raise TooFewOpinionsError(
            f"{len(points)} clusterable participants cannot be split into {k} groups of two or more."
        )
    if not found:
        return _single(positions, members)
    scores = dict(
        zip(found, kmeans.silhouettes(spots, weights, [s.labels for s in found.values()]), strict=True)
    )
    split = refine(points, found[smallest_good(scores)].centres)
    labels = np.full(len(positions), -1, dtype=np.int64)
    labels[np.flatnonzero(members)[order]] = split.labels
    numbered, centres = _numbered(labels, split.centres * mirror, members)
    return Grouping(numbered, centres, scores, {number: s.centres * mirror for number, s in found.items()})


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


def _single(positions: Floats, members: Bools) -> Grouping:
    if not members.any():
        return Grouping(np.full(len(positions), -1, dtype=np.int64), np.zeros((0, 2)))
    return Grouping(np.where(members, 0, -1).astype(np.int64), positions[members].mean(axis=0)[None, :])


def _numbered(labels: Ints, centres: Floats, members: Bools) -> tuple[Ints, Floats]:
    """Number groups by size, the larger first; equal sizes by distance from the middle."""
    sizes = np.bincount(labels[members], minlength=len(centres))
    order = np.lexsort((-np.round((centres**2).sum(axis=1), 9), -sizes))
    place = np.empty(len(order) + 1, dtype=np.int64)
    place[order], place[-1] = np.arange(len(order)), -1
    return place[labels], centres[order]


def _spots(points: Floats, *, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return what k is chosen on: the points, or above 5,000 of them 100 weighted base clusters."""
    if len(points) <= DIRECT_LIMIT:
        return points, np.ones(len(points))
    cells, weights = grid(points)
    if len(cells) <= BASE_CLUSTERS:
        return cells, weights
    base = kmeans.best_of(cells, weights, BASE_CLUSTERS, rng=rng, tries=1)
    if base is None:  # fewer distinct cells than base clusters
        return cells, weights
    mass: Floats = np.bincount(base.labels, weights=weights, minlength=len(base.centres)).astype(np.float64)
    return base.centres[mass > 0], mass[mass > 0]


def grid(points: Floats) -> tuple[Floats, Floats]:
    """Gather points in the cells of a 64 by 64 grid; return the mean place and the number of points of each cell."""
    low = points.min(axis=0)
    step = np.maximum(np.ptp(points, axis=0) / _GRID, 1e-300)
    cell = np.minimum(((points - low) / step).astype(np.int64), _GRID - 1)
    flat = cell[:, 0] * _GRID + cell[:, 1]
    count = np.bincount(flat, minlength=_GRID**2)
    used = np.flatnonzero(count)
    sums = np.column_stack(
        [np.bincount(flat, weights=points[:, axis], minlength=_GRID**2) for axis in (0, 1)]
    )
    return sums[used] / count[used, None], count[used].astype(np.float64)
