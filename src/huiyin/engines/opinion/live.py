"""A map that is kept up while people vote: an answer at once, a refresh from where the last one stood.

`LiveState` is all that must be remembered between refreshes; it goes to JSON and back without loss, so any process
can go on. `LiveMap` keeps the votes in memory as well, so that a refresh after a few votes costs little.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from huiyin.engines.opinion import clustering, growth, mapping, projection, statements
from huiyin.engines.opinion.votes import Bools, Floats, Ints, VoteMatrix

UPDATES_TO_WIN = 4
_FEW = 0.1  # share of rows up to which counts are corrected instead of taken anew


@dataclass(frozen=True, slots=True)
class LiveState:
    """Axes of the last refresh, centres for each k, who once was clusterable, and which k is about to win.

    `admitted` are participants let in with fewer than the usual votes; `base` the base clusters, if there were any.
    """

    statements: tuple[Any, ...]
    zeroed: frozenset[Any]
    means: Floats
    components: Floats
    starts: dict[int, Floats]
    base: Floats | None
    k: int
    challenger: int
    wins: int
    admitted: frozenset[Any]

    def place(self, votes: Mapping[Any, int]) -> tuple[float, float]:
        """Return where a participant with these votes (statement to value) stands on the last axes.

        Takes no matrix: this answers a vote at once, before the next refresh. Unknown statements are left out.
        """
        column = {name: j for j, name in enumerate(self.statements) if name not in self.zeroed}
        voted = [(column[name], value) for name, value in votes.items() if name in column]
        if not voted:
            return 0.0, 0.0
        where = [j for j, _ in voted]
        away = np.array([value for _, value in voted]) - self.means[where]
        hidden = len(self.statements) - len(column)
        x, y = np.sqrt(len(self.statements) / (len(voted) + hidden)) * (self.components[:, where] @ away)
        return float(x), float(y)

    def group_at(self, place: tuple[float, float]) -> int:
        """Return the group whose centre is nearest to a place; -1 before the first refresh."""
        if self.k not in self.starts:
            return 0 if self.k == 1 else -1
        return int(((self.starts[self.k] - np.array(place)) ** 2).sum(axis=1).argmin())

    def as_json(self) -> dict[str, Any]:
        """Return the state as JSON values; ids must be text or whole numbers."""
        return {
            "statements": list(self.statements),
            "zeroed": sorted(self.zeroed),
            "means": self.means.tolist(),
            "components": self.components.tolist(),
            "starts": {str(k): centres.tolist() for k, centres in self.starts.items()},
            "base": None if self.base is None else self.base.tolist(),
            "k": self.k,
            "challenger": self.challenger,
            "wins": self.wins,
            "admitted": sorted(self.admitted),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_json` gave."""
        return cls(
            statements=tuple(data["statements"]),
            zeroed=frozenset(data["zeroed"]),
            means=np.array(data["means"], dtype=np.float64),
            components=np.array(data["components"], dtype=np.float64).reshape(2, -1),
            starts={int(k): np.array(centres) for k, centres in data["starts"].items()},
            base=None if data["base"] is None else np.array(data["base"]),
            k=data["k"],
            challenger=data["challenger"],
            wins=data["wins"],
            admitted=frozenset(data["admitted"]),
        )


EMPTY = LiveState((), frozenset(), np.zeros(0), np.zeros((2, 0)), {}, None, 0, 0, 0, frozenset())


class LiveMap:
    """Votes in memory and the state of the map; one instance per consultation and process, not thread-safe."""

    def __init__(self, votes: VoteMatrix, *, state: LiveState = EMPTY, seed: int = 0) -> None:
        self.votes = votes
        self.state = state
        self.seed = seed
        self._pending: list[growth.Vote] = []
        self._former: _Former | None = None

    def vote(self, participant: Any, statement: Any, value: int) -> tuple[float, float]:
        """Take a vote and return at once where the participant stands on the last axes."""
        self._pending.append((participant, statement, value))
        return self.state.place(self.votes_of(participant))

    def take(self, votes: Iterable[growth.Vote]) -> None:
        """Take votes in time order for the next refresh, telling nobody where they stand; None takes one back."""
        self._pending.extend(votes)

    def votes_of(self, participant: Any) -> dict[Any, int]:
        """Return the participant's votes so far, those not yet in the map included."""
        row = (
            int(np.searchsorted(self.votes.participants, participant)) if len(self.votes.participants) else 0
        )
        cast: dict[Any, int | None] = {}
        if row < len(self.votes.participants) and self.votes.participants[row] == participant:
            where = self.votes.row(row)
            names = self.votes.statements[self.votes.indices[where]].tolist()
            cast = dict(zip(names, self.votes.values[where].tolist(), strict=True))
        for who, name, value in self._pending:
            if who == participant:
                cast[name] = value
        return {name: value for name, value in cast.items() if value is not None}

    def refresh(
        self, *, zeroed: frozenset[Any] = frozenset(), meta: frozenset[Any] = frozenset()
    ) -> mapping.OpinionMap:
        """Bring the map up to date with all votes taken; `zeroed` and `meta` name statements.

        Axes and centres start from the last ones; another number of groups must be better four times running.
        """
        with mapping.steady():
            return self._refresh(zeroed=zeroed, meta=meta)

    def _refresh(self, *, zeroed: frozenset[Any], meta: frozenset[Any]) -> mapping.OpinionMap:
        watch = mapping.Stopwatch()
        touched = self._grow()
        watch.lap("merge")
        out, asked = mapping.masks(self.votes, zeroed=self._columns(zeroed), meta=self._columns(meta))
        axes, places = self._project(out, touched)
        watch.lap("axes and positions")
        admitted = np.isin(self.votes.participants, list(self.state.admitted))
        members = clustering.clusterable(self.votes, before=admitted)
        grouping, base, challenger, wins = self._regroup(places, members)
        watch.lap("groups")
        counts = self._count(grouping, touched)
        low = members & (self.votes.votes_per_participant < clustering.MIN_VOTES)
        self.state = LiveState(
            statements=tuple(self.votes.statements.tolist()),
            zeroed=frozenset(self.votes.statements[out].tolist()),
            means=axes.means,
            components=axes.components,
            starts=grouping.starts,
            base=base,
            k=grouping.k,
            challenger=challenger,
            wins=wins,
            admitted=frozenset(self.votes.participants[low].tolist()),
        )
        return mapping.assemble(
            self.votes,
            axes,
            places,
            members=members,
            grouping=grouping,
            counts=counts,
            zeroed=out,
            meta=asked,
            watch=watch,
        )

    def _columns(self, names: frozenset[Any]) -> Bools:
        return np.array([name in names for name in self.votes.statements.tolist()], dtype=bool)

    def _grow(self) -> Ints:
        """Put the pending votes into the matrix; return the rows that changed, in the grown matrix."""
        if not self._pending:
            return np.zeros(0, np.int64)
        before = self.votes
        self.votes, row_map, column_map = growth.merge(before, self._pending)
        who = np.array(
            sorted({participant for participant, _, _ in self._pending}), dtype=self.votes.participants.dtype
        )
        self._pending = []
        if (row_map < 0).any() or (
            column_map < 0
        ).any():  # somebody took back all they said: counts are taken anew
            self._former = None
            return np.zeros(0, np.int64)
        if self._former is not None:
            labels = np.full(self.votes.shape[0], -1, np.int64)
            labels[row_map] = self._former.labels
            self._former = replace(self._former, labels=labels, rows=row_map)
        return np.searchsorted(self.votes.participants, who)

    def _project(self, zeroed: Bools, touched: Ints) -> tuple[projection.Axes, Floats]:
        centre = self._means(zeroed, touched)
        matrix = projection.centred(self.votes, centre, zeroed=zeroed)
        before = self._carried()
        axes = projection.principal_axes(self.votes, matrix, centre=centre, zeroed=zeroed, start=before)
        if before is not None:  # keep the map from turning over between refreshes
            turns = np.where((axes.components * before).sum(axis=1) < 0, -1.0, 1.0)
            axes = replace(axes, components=axes.components * turns[:, None])
        return axes, projection.positions(self.votes, matrix, axes, zeroed=zeroed)

    def _means(self, zeroed: Bools, touched: Ints) -> Floats:
        former = self._former
        if former is None or not former.fits(self.votes):
            return projection.means(self.votes, zeroed=zeroed)
        everyone = former.corrected(self.votes, former.labels, rows=touched)[-1]
        return projection.means_of(everyone.agrees - everyone.disagrees, everyone.seen, zeroed=zeroed)

    def _carried(self) -> Floats | None:
        """Return the last components on the present columns; None before the first refresh."""
        if not self.state.components.any():
            return None
        place = {name: j for j, name in enumerate(self.state.statements)}
        at = np.array([place.get(name, -1) for name in self.votes.statements.tolist()], dtype=np.int64)
        carried = np.where(at >= 0, self.state.components[:, at], 0.0)
        return carried if carried.any() else None

    def _regroup(self, places: Floats, members: Bools) -> tuple[clustering.Grouping, Floats | None, int, int]:
        """Group from the last centres; return the grouping, base clusters, and which k has won how often running."""
        if not self.state.starts:
            first = clustering.group(places, members, seed=self.seed)
            return first, None, 0, 0
        points = places[members]
        found = clustering.options(points, seed=self.seed, starts=self.state.starts, base=self.state.base)
        if not found.splits:
            return clustering.single(places, members), found.base, 0, 0
        k, challenger, wins = elect(
            found.scores, current=self.state.k, challenger=self.state.challenger, wins=self.state.wins
        )
        split = clustering.refine(points, found.splits[k].centres)
        if k != self.state.k:
            split = clustering.numbered(split)
        starts = {number: other.centres for number, other in found.splits.items()}
        return (
            clustering.grouping(split, members, scores=found.scores, starts=starts),
            found.base,
            challenger,
            wins,
        )

    def _count(self, grouping: clustering.Grouping, touched: Ints) -> statements.Counts:
        """Count votes by group, correcting the last counts where only a few rows or labels changed."""
        labels, former = grouping.labels, self._former
        counts = None
        if former is not None and former.fits(self.votes) and former.groups == grouping.k:
            moved = np.flatnonzero(labels != former.labels)
            rows = np.union1d(moved, touched)
            if len(rows) <= _FEW * len(labels):
                counts = former.corrected(self.votes, labels, rows=rows)
        if counts is None:
            counts = statements.count_votes(self.votes, labels, grouping.k)
        self._former = _Former(self.votes, counts, labels, np.arange(len(labels)))
        return counts


def elect(scores: Mapping[int, float], *, current: int, challenger: int, wins: int) -> tuple[int, int, int]:
    """Return the number of groups to show, the challenger and its wins running.

    A k other than the shown one must be the choice of four updates running; an unworkable k goes at once.
    """
    best = clustering.smallest_good(dict(scores))
    if best == current or current not in scores:
        return best, 0, 0
    wins = wins + 1 if best == challenger else 1
    return (best, 0, 0) if wins >= UPDATES_TO_WIN else (current, best, wins)


@dataclass(frozen=True, slots=True)
class _Former:
    """Counts of the last refresh, its votes, and its labels on the rows of the grown matrix.

    `rows` says where the rows of `votes` are now.
    """

    votes: VoteMatrix
    counts: statements.Counts
    labels: Ints
    rows: Ints

    @property
    def groups(self) -> int:
        return len(self.counts.seen) - 1

    def fits(self, votes: VoteMatrix) -> bool:
        """Tell whether the counts have the columns of these votes."""
        return self.votes.shape[1] == votes.shape[1]

    def corrected(self, votes: VoteMatrix, labels: Ints, *, rows: Ints) -> statements.Counts:
        """Take the changed rows out of the counts as they were and put them in as they are."""
        old = np.searchsorted(self.rows, rows)  # rows are in order, before and after
        old = old[(old < len(self.rows)) & (self.rows[np.minimum(old, len(self.rows) - 1)] == rows)]
        gone = statements.count_votes(
            growth.subset(self.votes, old), self.labels[self.rows[old]], self.groups
        )
        come = statements.count_votes(growth.subset(votes, rows), labels[rows], self.groups)
        return statements.Counts(
            self.counts.agrees - gone.agrees + come.agrees,
            self.counts.disagrees - gone.disagrees + come.disagrees,
            self.counts.seen - gone.seen + come.seen,
        )
