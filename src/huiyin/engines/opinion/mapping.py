"""From votes to the finished opinion map: axes, places, groups and what the groups hold."""

from __future__ import annotations

import functools
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
import threadpoolctl

from huiyin.engines.opinion import clustering, projection, statements
from huiyin.engines.opinion.votes import Bools, Floats, VoteMatrix


@dataclass(frozen=True, slots=True)
class OpinionMap:
    """Everything one computation found; rows are the participants and columns the statements of `votes`.

    `positions` (participants, 2), `statement_positions` (statements, 2), `representative[g]` per group.
    `seconds` is the wall time of each step.
    """

    votes: VoteMatrix
    zeroed: Bools
    meta: Bools
    axes: projection.Axes
    positions: Floats
    statement_positions: Floats
    clusterable: Bools
    grouping: clustering.Grouping
    counts: statements.Counts
    representative: list[list[statements.Representative]]
    consensus: dict[str, list[statements.Shared]]
    group_aware_consensus: Floats
    priorities: Floats
    seconds: dict[str, float]


class Stopwatch:
    """Wall time of consecutive steps."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """Book the time since the last lap under `name`."""
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now


def compute(
    votes: VoteMatrix,
    *,
    zeroed: Bools | None = None,
    meta: Bools | None = None,
    groups: int | None = None,
    seed: int = 0,
) -> OpinionMap:
    """Compute the whole map from scratch; the same votes and seed always give the same map.

    `zeroed` marks statements moderated out and `meta` questions about the participants: neither moves the map nor is
    listed. Raises clustering.TooFewOpinionsError if `groups` is given and cannot be formed.
    """
    zeroed, meta = masks(votes, zeroed=zeroed, meta=meta)
    with steady():
        return _compute(votes, zeroed=zeroed, meta=meta, groups=groups, seed=seed)


def _compute(votes: VoteMatrix, *, zeroed: Bools, meta: Bools, groups: int | None, seed: int) -> OpinionMap:
    watch = Stopwatch()
    centre = projection.means(votes, zeroed=zeroed)
    matrix = projection.centred(votes, centre, zeroed=zeroed)
    axes = projection.principal_axes(votes, matrix, centre=centre, zeroed=zeroed)
    watch.lap("axes")
    places = projection.positions(votes, matrix, axes, zeroed=zeroed)
    del matrix
    watch.lap("positions")
    members = clustering.clusterable(votes)
    grouping = clustering.group(places, members, seed=seed, k=groups)
    watch.lap("groups")
    counts = statements.count_votes(votes, grouping.labels, grouping.k)
    return assemble(
        votes,
        axes,
        places,
        members=members,
        grouping=grouping,
        counts=counts,
        zeroed=zeroed,
        meta=meta,
        watch=watch,
    )


def steady() -> AbstractContextManager[object]:
    """Keep linear algebra to one thread: the same digits on every machine, and small matrices are faster so."""
    limit: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return limit


@functools.cache
def _controller() -> threadpoolctl.ThreadpoolController:
    return threadpoolctl.ThreadpoolController()


def masks(votes: VoteMatrix, *, zeroed: Bools | None, meta: Bools | None) -> tuple[Bools, Bools]:
    """Return both masks, all False by default; meta statements are zeroed too."""
    none = np.zeros(votes.shape[1], bool)
    meta = none if meta is None else meta
    return (none if zeroed is None else zeroed) | meta, meta


def assemble(  # noqa: PLR0913 -- all the parts of one result
    votes: VoteMatrix,
    axes: projection.Axes,
    places: Floats,
    *,
    members: Bools,
    grouping: clustering.Grouping,
    counts: statements.Counts,
    zeroed: Bools,
    meta: Bools,
    watch: Stopwatch,
) -> OpinionMap:
    """Derive all lists about statements from the groups and put the map together."""
    where = projection.statement_positions(axes, zeroed=zeroed)
    listed = ~zeroed
    result = OpinionMap(
        votes=votes,
        zeroed=zeroed,
        meta=meta,
        axes=axes,
        positions=places,
        statement_positions=where,
        clusterable=members,
        grouping=grouping,
        counts=counts,
        representative=[statements.representative(counts, g, listed=listed) for g in range(grouping.k)],
        consensus=statements.consensus(counts, listed=listed),
        group_aware_consensus=statements.group_aware_consensus(counts),
        priorities=statements.priorities(counts, np.hypot(where[:, 0], where[:, 1]), meta=meta),
        seconds=watch.seconds,
    )
    watch.lap("statements")
    return result
