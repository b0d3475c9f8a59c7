"""What divides the groups, what is unclear to many, and how far the picture can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huiyin.engines.opinion import growth, mapping, statements
from huiyin.engines.opinion.votes import Floats

_LEFT_OUT = 10  # one participant in so many


@dataclass(frozen=True, slots=True)
class Trust:
    """How sure a map is: `coverage` is the share of participant-statement pairs with a vote.

    `stability` is the mean adjusted Rand index (1 the same, 0 chance) between the groups and those found again
    without a tenth of the participants; None where there are fewer than two groups or too few people.
    """

    participants: int
    votes: int
    coverage: float
    stability: float | None


def division(counts: statements.Counts) -> Floats:
    """Return for each statement how far apart the groups are: largest less smallest smoothed share that agrees."""
    if len(counts.seen) < 3:
        return np.zeros(counts.seen.shape[1])
    shares = statements.share(counts.agrees[:-1], counts.seen[:-1])
    result: Floats = shares.max(axis=0) - shares.min(axis=0)
    return result


def unclear(counts: statements.Counts) -> Floats:
    """Return for each statement the smoothed share of everyone who saw it and passed."""
    everyone = counts[-1]
    return statements.share(everyone.seen - everyone.agrees - everyone.disagrees, everyone.seen)


def trust(found: mapping.OpinionMap, *, rounds: int = 5, seed: int = 0) -> Trust:
    """Measure how sure a map is, computing it `rounds` times again, each time without another tenth of the people."""
    rows, columns = found.votes.shape
    votes = len(found.votes.indices)
    scores: list[float] = []
    if found.grouping.k > 1 and rows >= 2 * _LEFT_OUT:
        lots = np.random.default_rng(seed).permutation(rows) % _LEFT_OUT
        scores = [
            _again(found, np.flatnonzero(lots != lot), seed=seed) for lot in range(min(rounds, _LEFT_OUT))
        ]
    return Trust(rows, votes, votes / max(rows * columns, 1), float(np.mean(scores)) if scores else None)


def _again(
    found: mapping.OpinionMap, rows: np.ndarray[tuple[int], np.dtype[np.int64]], *, seed: int
) -> float:
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415 -- a second of start-up, only needed here

    fewer = mapping.compute(growth.subset(found.votes, rows), zeroed=found.zeroed, meta=found.meta, seed=seed)
    before, after = found.grouping.labels[rows], fewer.grouping.labels
    both = (before >= 0) & (after >= 0)
    return float(adjusted_rand_score(before[both], after[both]))
