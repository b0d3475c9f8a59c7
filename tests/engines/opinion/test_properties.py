"""What must not matter does not matter: names, order, repeated votes, and which way round one votes."""

import dataclasses

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from huiyin.engines.opinion import clustering, mapping, projection, votes
from tests.engines.opinion import conversations

seeds = st.integers(0, 10_000)


def _compute(rows: list[tuple]) -> mapping.OpinionMap:
    return mapping.compute(
        votes.from_columns(
            *[list(c) for c in list(zip(*rows, strict=True))[:3]], time=[row[3] for row in rows]
        )
    )


def _invented(seed: int) -> tuple[list[tuple[int, int, int, int]], mapping.OpinionMap]:
    rows = conversations.planted(seed)
    found = _compute(rows)
    assume(_clear(found))
    return rows, found


def _clear(found: mapping.OpinionMap) -> bool:
    """Whether the axes are well apart: with equal eigenvalues every rotation of the map is as good as another."""
    exact = np.zeros((len(found.axes.means), len(found.axes.means)))
    matrix = projection.centred(found.votes, found.axes.means, zeroed=found.zeroed).toarray()
    exact = np.linalg.eigvalsh(matrix.T @ matrix)[::-1]
    return bool(exact[0] - exact[1] > 0.01 * exact[0] and exact[1] - exact[2] > 0.01 * exact[0])


def _partition(found: mapping.OpinionMap, names: dict | None = None) -> set[frozenset]:
    people = found.votes.participants.tolist()
    return {
        frozenset(
            names[people[i]] if names else people[i] for i in np.flatnonzero(found.grouping.labels == g)
        )
        for g in range(found.grouping.k)
    }


def _weights(found: mapping.OpinionMap) -> list:
    """The lists by what they are sorted by; which of two statements with equal numbers comes first is by name."""
    return sorted(
        sorted((e.ratio_z, e.share_z, e.ratio, e.share, e.seen) for e in entries)
        for entries in found.representative
    )


@settings(deadline=None, max_examples=25)
@given(seed=seeds, shuffle=seeds)
def test_names_of_participants_do_not_matter(seed: int, shuffle: int) -> None:
    rows, found = _invented(seed)
    names = np.random.default_rng(shuffle).permutation(60)
    other = _compute([(int(names[person]), statement, vote, time) for person, statement, vote, time in rows])
    np.testing.assert_array_equal(other.axes.components, found.axes.components)  # to the last digit
    np.testing.assert_array_equal(other.positions[names], found.positions)
    np.testing.assert_array_equal(other.grouping.labels[names], found.grouping.labels)
    assert other.representative == found.representative
    assert other.consensus == found.consensus
    np.testing.assert_array_equal(other.priorities, found.priorities)
    assert other.grouping.silhouettes == found.grouping.silhouettes


@settings(deadline=None, max_examples=25)
@given(seed=seeds, shuffle=seeds)
def test_names_of_statements_do_not_matter(seed: int, shuffle: int) -> None:
    rows, found = _invented(seed)
    names = np.random.default_rng(shuffle).permutation(24)
    other = _compute([(person, int(names[statement]), vote, time) for person, statement, vote, time in rows])
    np.testing.assert_allclose(other.axes.components[:, names], found.axes.components, atol=1e-9)
    np.testing.assert_allclose(other.positions, found.positions, atol=1e-9)
    np.testing.assert_array_equal(other.grouping.labels, found.grouping.labels)
    np.testing.assert_allclose(other.priorities[names], found.priorities, rtol=1e-9)
    np.testing.assert_allclose(other.group_aware_consensus[names], found.group_aware_consensus, rtol=1e-12)
    assert _weights(other) == _weights(found) or _ties(found)
    assert [[e.share for e in other.consensus[a]] for a in other.consensus] == [
        [e.share for e in found.consensus[a]] for a in found.consensus
    ] or _ties(found)


def _ties(found: mapping.OpinionMap) -> bool:
    """Whether two statements have equal counts in every group: then the name decides which is listed."""
    table = np.vstack([found.counts.agrees, found.counts.disagrees, found.counts.seen]).T
    return len(np.unique(table, axis=0)) < len(table)


@settings(deadline=None, max_examples=25)
@given(seed=seeds, shuffle=seeds)
def test_order_of_votes_does_not_matter(seed: int, shuffle: int) -> None:
    rows = conversations.planted(seed)
    rows += [(person, statement, -vote, time + 1) for person, statement, vote, time in rows[::9]]
    found = _compute(rows)
    other = _compute([rows[i] for i in np.random.default_rng(shuffle).permutation(len(rows))])
    _equal(other, found)


@settings(deadline=None, max_examples=25)
@given(seed=seeds, shuffle=seeds)
def test_a_vote_given_twice_counts_once(seed: int, shuffle: int) -> None:
    rows = conversations.planted(seed)
    found = _compute(rows)
    twice = np.random.default_rng(shuffle).choice(len(rows), size=50)
    _equal(_compute(rows + [rows[i] for i in twice]), found)


def _equal(one: mapping.OpinionMap, other: mapping.OpinionMap) -> None:
    np.testing.assert_array_equal(one.positions, other.positions)
    np.testing.assert_array_equal(one.grouping.labels, other.grouping.labels)
    np.testing.assert_array_equal(one.priorities, other.priorities)
    assert one.representative == other.representative
    assert one.consensus == other.consensus


@settings(deadline=None, max_examples=25)
@given(seed=seeds)
def test_flipping_all_votes_mirrors_the_map(seed: int) -> None:
    rows, found = _invented(seed)
    other = _compute([(person, statement, -vote, time) for person, statement, vote, time in rows])
    np.testing.assert_array_equal(other.positions, -found.positions)
    np.testing.assert_array_equal(other.grouping.labels, found.grouping.labels)
    np.testing.assert_array_equal(other.counts.agrees, found.counts.disagrees)
    np.testing.assert_array_equal(other.counts.seen, found.counts.seen)
    turned = {"agree": "disagree", "disagree": "agree"}
    for answer, entries in found.consensus.items():
        assert other.consensus[turned[answer]] == entries


@settings(deadline=None, max_examples=60)
@given(
    cells=arrays.arrays(
        np.int8, st.tuples(st.integers(1, 30), st.integers(1, 12)), elements=st.integers(-1, 2)
    ),
    zeroed=st.integers(0, 2**12 - 1),
)
def test_any_votes_give_a_map(cells: np.ndarray, zeroed: int) -> None:
    """2 stands for not voted."""
    i, j = np.nonzero(cells < 2)
    matrix = votes.from_columns(i, j, cells[i, j])
    out = np.array([bool(zeroed >> column & 1) for column in range(matrix.shape[1])], dtype=bool)
    found = mapping.compute(matrix, zeroed=out)
    assert np.isfinite(found.positions).all()
    assert np.isfinite(found.priorities).all()
    np.testing.assert_array_equal(found.grouping.labels >= 0, found.clusterable)
    sizes = np.bincount(found.grouping.labels[found.clusterable], minlength=found.grouping.k)
    assert found.grouping.k <= 5
    assert found.grouping.k <= 1 or sizes.min() >= 2
    assert (np.diff(sizes) <= 0).all()
    for entries in [*found.representative, *found.consensus.values()]:
        assert len(entries) <= 5
        assert not any(out[entry.column] for entry in entries)
    for field in dataclasses.fields(found.counts):
        assert getattr(found.counts, field.name)[-1].sum() <= len(i)


def test_the_seed_is_the_only_chance() -> None:
    rows = conversations.planted(11)
    matrix = votes.from_columns(*[list(c) for c in list(zip(*rows, strict=True))[:3]])
    one, same = (mapping.compute(matrix, seed=5).grouping for _ in range(2))
    np.testing.assert_array_equal(one.centres, same.centres)


def test_many_participants_are_grouped_by_way_of_base_clusters(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = conversations.planted(12, participants=900)
    matrix = votes.from_columns(*[list(c) for c in list(zip(*rows, strict=True))[:3]])
    direct = mapping.compute(matrix).grouping
    monkeypatch.setattr(clustering, "DIRECT_LIMIT", 200)
    based = mapping.compute(matrix).grouping
    assert based.k == direct.k == 3
    assert np.mean(based.labels == direct.labels) > 0.98
