"""What each group holds, where all agree, what divides, and which statement to show next.

Formulas: C. Small et al., "Polis: Scaling Deliberation by Mapping High Dimensional Opinion Spaces" (2021); shares are
smoothed by one vote each way, significance is one-sided at 90 % (z > 1.2816).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huiyin.engines.opinion.votes import Bools, Floats, Ints, VoteMatrix

SIGNIFICANT = 1.2816
LISTED = 5
META_PRIORITY = 49.0
_BATCH = 1 << 21


@dataclass(frozen=True, slots=True)
class Counts:
    """Votes on each statement: agreements, disagreements and all seen (passes included), arrays of equal shape."""

    agrees: Ints
    disagrees: Ints
    seen: Ints

    def __getitem__(self, where: int) -> Counts:
        return Counts(self.agrees[where], self.disagrees[where], self.seen[where])


@dataclass(frozen=True, slots=True)
class Tests:
    """For one answer (agree or disagree) and each statement: share, its z; ratio to the others, its z."""

    share: Floats
    share_z: Floats
    ratio: Floats
    ratio_z: Floats

    @property
    def significant(self) -> Bools:
        return (self.share_z > SIGNIFICANT) & (self.ratio_z > SIGNIFICANT)

    @property
    def weight(self) -> Floats:
        return self.ratio * self.ratio_z * self.share * self.share_z


@dataclass(frozen=True, slots=True)
class Representative:
    """A statement (column) that tells a group from the others, by what its members answered.

    `agrees` of `seen` members agreed, `disagrees` disagreed. `best_agree` marks the statement the group is most
    ready to agree with; it may be listed although more of the others agree, then `direction` is "disagree".
    """

    column: int
    direction: str
    share: float
    share_z: float
    ratio: float
    ratio_z: float
    agrees: int
    disagrees: int
    seen: int
    best_agree: bool


@dataclass(frozen=True, slots=True)
class Shared:
    """A statement (column) that participants of all groups answer alike; `count` of `seen` answered so."""

    column: int
    share: float
    share_z: float
    count: int
    seen: int


def count_votes(votes: VoteMatrix, labels: Ints, groups: int) -> Counts:
    """Return counts of shape (groups + 1, statements); the last row holds everyone, grouped or not."""
    columns = votes.shape[1]
    tally = np.zeros((groups + 1) * columns * 3, dtype=np.int64)
    offset = np.where(labels < 0, groups, labels).astype(np.int64) * columns
    begin, rows = 0, len(labels)
    while begin < rows:
        end = max(
            begin + 1, int(np.searchsorted(votes.indptr, votes.indptr[begin] + _BATCH, side="right")) - 1
        )
        where = slice(votes.indptr[begin], votes.indptr[end])
        flat = np.repeat(offset[begin:end], np.diff(votes.indptr[begin : end + 1]))
        flat += votes.indices[where]
        flat *= 3
        flat += votes.values[where]
        flat += 1
        tally += np.bincount(flat, minlength=len(tally))
        begin = end
    table = tally.reshape(groups + 1, columns, 3)
    table[groups] = table.sum(axis=0)
    return Counts(table[:, :, 2], table[:, :, 0], table.sum(axis=2))


def share(count: Ints, seen: Ints) -> Floats:
    """Return the smoothed share (count + 1) / (seen + 2)."""
    return (count + 1) / (seen + 2)


def share_z(count: Ints, seen: Ints) -> Floats:
    """Return z of the share against one half: 2 sqrt(seen + 1) ((count + 1) / (seen + 1) - 1/2)."""
    return 2 * np.sqrt(seen + 1) * ((count + 1) / (seen + 1) - 0.5)


def two_share_z(count: Ints, seen: Ints, other_count: Ints, other_seen: Ints) -> Floats:
    """Return z of the difference of two shares, each count and total raised by one; 0 if the pooled share is 1."""
    n, m = seen + 1, other_seen + 1
    pooled = (count + 1 + other_count + 1) / (n + m)
    spread = pooled * (1 - pooled) * (1 / n + 1 / m)
    difference = (count + 1) / n - (other_count + 1) / m
    return np.where(spread > 0, difference / np.sqrt(np.where(spread > 0, spread, 1.0)), 0.0)


def compare(count: Ints, seen: Ints, other_count: Ints, other_seen: Ints) -> Tests:
    """Test one answer of a group against the same answer of the other groups."""
    own = share(count, seen)
    return Tests(
        own,
        share_z(count, seen),
        own / share(other_count, other_seen),
        two_share_z(count, seen, other_count, other_seen),
    )


def representative(counts: Counts, group: int, *, listed: Bools) -> list[Representative]:
    """Return up to five statements that tell a group from the others, the best agreement first, then agreements.

    `counts` as from `count_votes`; only `listed` statements can appear; exact ties go to the earlier statement.
    With fewer than two groups there is nothing to compare and the list is empty.
    """
    groups = len(counts.seen) - 1
    if groups < 2 or not listed.any():
        return []
    own = counts[group]
    rest = Counts(
        *(part[:groups].sum(axis=0) - part[group] for part in (counts.agrees, counts.disagrees, counts.seen))
    )
    agree = compare(own.agrees, own.seen, rest.agrees, rest.seen)
    disagree = compare(own.disagrees, own.seen, rest.disagrees, rest.seen)
    leans_agree = agree.ratio_z > disagree.ratio_z
    significant = (agree.significant | disagree.significant) & listed
    best = best_agreement(agree, listed=listed)
    columns = _ranked(np.where(leans_agree, agree.weight, disagree.weight), significant)
    if best is not None:
        columns = [best, *(column for column in columns if column != best)]
    elif not columns:
        strongest = np.where(listed, np.maximum(agree.ratio_z, disagree.ratio_z), -np.inf)
        columns = [int(np.argmax(strongest))]
    if not significant.any():
        columns = columns[:1]
    chosen = [
        _entry(
            column,
            agree if leans_agree[column] else disagree,
            own,
            direction="agree" if leans_agree[column] else "disagree",
            best_agree=column == best,
        )
        for column in columns[:LISTED]
    ]
    return sorted(chosen, key=lambda entry: not entry.best_agree and entry.direction != "agree")


def best_agreement(agree: Tests, *, listed: Bools) -> int | None:
    """Return the statement a group most readily agrees with, or None.

    Candidates: significantly more than half agree, or more than half and more than elsewhere. Those with a larger
    share than elsewhere come first, by ratio, share and both tests; failing them, by share and its test.
    """
    more = agree.ratio > 1
    candidate = listed & ((agree.share_z > SIGNIFICANT) | (more & (agree.share > 0.5)))
    if (candidate & more).any():
        return _ranked(agree.weight, candidate & more)[0]
    if candidate.any():
        return _ranked(agree.share * agree.share_z, candidate)[0]
    return None


def _ranked(weight: Floats, chosen: Bools) -> list[int]:
    """Return the chosen columns, heaviest first, ties (to nine digits) by column."""
    digits = 10.0 ** (9 - np.ceil(np.log10(np.maximum(np.abs(weight), 1e-200))))
    rounded = np.round(weight * digits) / digits
    order = np.argsort(-rounded, kind="stable")
    return [int(column) for column in order[chosen[order]]]


def _entry(column: int, tests: Tests, own: Counts, *, direction: str, best_agree: bool) -> Representative:
    return Representative(
        column,
        direction,
        float(tests.share[column]),
        float(tests.share_z[column]),
        float(tests.ratio[column]),
        float(tests.ratio_z[column]),
        int(own.agrees[column]),
        int(own.disagrees[column]),
        int(own.seen[column]),
        best_agree,
    )


def consensus(counts: Counts, *, listed: Bools) -> dict[str, list[Shared]]:
    """Return up to five statements that significantly more than half of all agree with, and five they reject."""
    everyone = counts[-1]
    answers = {"agree": everyone.agrees, "disagree": everyone.disagrees}
    return {name: _shared(answer, everyone.seen, listed) for name, answer in answers.items()}


def _shared(count: Ints, seen: Ints, listed: Bools) -> list[Shared]:
    part, z = share(count, seen), share_z(count, seen)
    columns = _ranked(part * z, listed & (part > 0.5) & (z > SIGNIFICANT))[:LISTED]
    return [Shared(c, float(part[c]), float(z[c]), int(count[c]), int(seen[c])) for c in columns]


def group_aware_consensus(counts: Counts) -> Floats:
    """Return for each statement the product over groups of the smoothed share that agrees."""
    result: Floats = share(counts.agrees[:-1], counts.seen[:-1]).prod(axis=0)
    return result


def priorities(counts: Counts, extremity: Floats, *, meta: Bools) -> Floats:
    """Return how much each statement deserves to be shown next (compare `draw_next`); meta statements 49.

    (importance (1 + 8 * 2^(-S/5)))^2 with importance = (1 - p)(E + 1) a: p and a the smoothed shares of passes and
    agreements, E extremity, S votes seen; a new statement is thus favoured until about ten people saw it.
    """
    everyone = counts[-1]
    seen = everyone.seen
    passes = share(seen - everyone.agrees - everyone.disagrees, seen)
    importance = (1 - passes) * (extremity + 1) * share(everyone.agrees, seen)
    result: Floats = (importance * (1 + 8 * 2.0 ** (-seen / 5))) ** 2
    return np.where(meta, META_PRIORITY, result)


def draw_next(priority: Floats, open_to: Bools, *, draw: float) -> int | None:
    """Return the statement to show next, or None when none is left.

    `open_to` marks the visible statements the participant neither wrote nor voted on; `draw` is a random number in
    [0, 1) that picks one with a chance proportional to its priority.
    """
    weight = np.where(open_to, priority, 0.0)
    running = np.cumsum(weight)
    if not len(running) or running[-1] <= 0:
        return None
    return min(
        int(np.searchsorted(running, draw * running[-1], side="right")), int(np.flatnonzero(weight)[-1])
    )
