"""Weighted k-means in the plane: k-means++ starts, Lloyd's iteration, silhouettes. Deterministic for a given seed.

Sources: Lloyd (1982); Arthur and Vassilvitskii, "k-means++" (2007); Rousseeuw, "Silhouettes" (1987). Own code because
the threads of scikit-learn's k-means add up in changing order, so its last digits change from run to run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huiyin.engines.opinion.votes import Bools, Floats, Ints

_SILHOUETTE_ROWS = 512
_FEW_CENTRES = 8


@dataclass(frozen=True, slots=True)
class Partition:
    """A split of points into k groups: centres (k, 2), labels (n) and the weighted sum of squared distances."""

    centres: Floats
    labels: Ints
    inertia: float


def nearest(points: Floats, centres: Floats) -> Ints:
    """Return the index of the nearest centre of each point (n, 2)."""
    return _nearest(np.ascontiguousarray(points.T), centres)


def _nearest(columns: Floats, centres: Floats) -> Ints:
    scores = _scores(columns, centres)
    if len(centres) > _FEW_CENTRES:
        return np.asarray(scores.argmin(axis=0), dtype=np.int64)
    # The same, ties included, row after row: several times faster than argmin across a few long rows.
    best, labels = scores[0], np.zeros(columns.shape[1], dtype=np.int64)
    for k in range(1, len(centres)):
        labels[scores[k] < best] = k
        np.minimum(best, scores[k], out=best)
    return labels


def _scores(columns: Floats, centres: Floats) -> Floats:
    """Return squared distances (k, n) less the part that is equal for all centres."""
    scores = np.empty((len(centres), columns.shape[1]))
    for k, (cx, cy) in enumerate(centres):
        np.multiply(columns[0], -2.0 * cx, out=scores[k])
        scores[k] += columns[1] * (-2.0 * cy)
        scores[k] += cx * cx + cy * cy
    return scores


def lloyd(
    points: Floats, weights: Floats, centres: Floats, *, rounds: int = 300, settle: float = 0.0
) -> Partition:
    """Move the centres to the means of their points until nothing changes (or no centre moves more than `settle`).

    A centre that loses all its points stays where it is.
    """
    columns = np.ascontiguousarray(points.T)
    weighted = columns * weights
    labels = np.full(len(points), -1, dtype=np.int64)
    for _ in range(rounds):
        fresh = _nearest(columns, centres)
        if np.array_equal(fresh, labels):
            break
        labels = fresh
        before, centres = centres, _means(weighted, weights, labels, before=centres)
        if settle and float(np.abs(centres - before).max()) <= settle:
            labels = _nearest(columns, centres)
            break
    away = points - centres[labels]
    return Partition(centres, labels, float(weights @ (away * away).sum(axis=1)))


def _means(weighted: Floats, weights: Floats, labels: Ints, *, before: Floats) -> Floats:
    k = len(before)
    mass = np.bincount(labels, weights=weights, minlength=k)
    sums = np.column_stack([np.bincount(labels, weights=weighted[axis], minlength=k) for axis in (0, 1)])
    return np.where(mass[:, None] > 0, sums / np.maximum(mass, 1e-300)[:, None], before)


def start(points: Floats, weights: Floats, k: int, *, rng: np.random.Generator) -> Floats | None:
    """Draw k starting centres far apart (k-means++); None if there are fewer than k distinct points."""
    chosen = [int(np.searchsorted(np.cumsum(weights), rng.random() * weights.sum()))]
    gap = np.full(len(points), np.inf)
    for _ in range(k - 1):
        away = points - points[chosen[-1]]
        gap = np.minimum(gap, (away * away).sum(axis=1))
        mass = np.cumsum(gap * weights)
        if mass[-1] <= 0:
            return None
        chosen.append(int(np.searchsorted(mass, rng.random() * mass[-1], side="right")))
    centres: Floats = points[np.minimum(chosen, len(points) - 1)]
    return centres


def best_of(
    points: Floats, weights: Floats, k: int, *, rng: np.random.Generator, tries: int = 20
) -> Partition | None:
    """Return the split into k of least inertia among `tries` starts; None if there are too few distinct points."""
    best: Partition | None = None
    for _ in range(tries):
        centres = start(points, weights, k, rng=rng)
        if centres is None:
            return None
        found = lloyd(points, weights, centres)
        if best is None or found.inertia < best.inertia * (1 - 1e-12):
            best = found
    return best


def silhouettes(points: Floats, weights: Floats, labelings: list[Ints]) -> list[float]:
    """Return the weighted mean silhouette of each labelling of the same points (a point of weight w is w points).

    Distances are computed once for all labellings, some hundred rows at a time.
    """
    onehots = [_onehot(labels) * weights[:, None] for labels in labelings]
    stacked = np.hstack(onehots).astype(np.float32)
    x, y = points[:, 0].astype(np.float32), points[:, 1].astype(np.float32)
    sums = np.empty((len(points), stacked.shape[1]))
    for begin in range(0, len(points), _SILHOUETTE_ROWS):
        rows = slice(begin, begin + _SILHOUETTE_ROWS)
        dx, dy = x[rows, None] - x[None, :], y[rows, None] - y[None, :]
        dx *= dx
        dy *= dy
        dx += dy
        sums[rows] = np.sqrt(dx, out=dx) @ stacked
    scores, left = [], 0
    for labels, onehot in zip(labelings, onehots, strict=True):
        width = onehot.shape[1]
        scores.append(_mean_silhouette(sums[:, left : left + width], onehot.sum(axis=0), labels, weights))
        left += width
    return scores


def _onehot(labels: Ints) -> Floats:
    return np.eye(int(labels.max(initial=0)) + 1)[labels]


def _mean_silhouette(sums: Floats, mass: Floats, labels: Ints, weights: Floats) -> float:
    rows = np.arange(len(labels))
    own_mass = mass[labels]
    within = sums[rows, labels] / np.maximum(own_mass - 1, 1e-12)
    others = sums / np.maximum(mass, 1e-12)
    others[:, mass <= 0] = np.inf
    others[rows, labels] = np.inf
    outside = others.min(axis=1)
    widest = np.maximum(within, outside)
    usable: Bools = (own_mass > 1) & np.isfinite(outside) & (widest > 0)
    value = np.zeros(len(labels))
    value[usable] = (outside[usable] - within[usable]) / widest[usable]
    return float(weights @ value / weights.sum())
