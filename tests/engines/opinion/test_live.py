"""The live map: an answer at once, a refresh that equals a computation from scratch, a state that survives JSON."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from huiyin.engines.opinion import clustering, growth, live, mapping, projection, statements, votes
from tests.engines.opinion import conversations


def _matrix(rows: list[tuple]) -> votes.VoteMatrix:
    return votes.from_columns(*zip(*[row[:3] for row in rows], strict=True))


def _same(one: votes.VoteMatrix, other: votes.VoteMatrix) -> None:
    for name in ("participants", "statements", "indptr", "indices", "values"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.received == other.received


vote_rows = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 7), st.sampled_from([-1, 0, 1])), max_size=40
)


@settings(deadline=None)
@given(old=vote_rows, new=vote_rows)
def test_merging_equals_building_anew(old: list, new: list) -> None:
    start = votes.from_columns(*(zip(*old, strict=True) if old else ([], [], [])))
    merged, row_map, column_map = growth.merge(start, new)
    everything = old + new
    _same(merged, votes.from_columns(*(zip(*everything, strict=True) if everything else ([], [], []))))
    np.testing.assert_array_equal(merged.participants[row_map], start.participants)
    np.testing.assert_array_equal(merged.statements[column_map], start.statements)


def _standing(rows: list[tuple]) -> list[tuple]:
    """The votes that count once a None has taken back what came before it."""
    standing: dict[tuple[int, int], list[tuple]] = {}
    for person, statement, vote in rows:
        pair = standing.setdefault((person, statement), [])
        pair.clear() if vote is None else pair.append((person, statement, vote))
    return [row for rows_of_pair in standing.values() for row in rows_of_pair]


back_rows = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 4), st.sampled_from([-1, 0, 1, None])), max_size=40
)


@settings(deadline=None)
@given(old=vote_rows, new=back_rows)
def test_taking_votes_back_equals_building_anew_without_them(old: list, new: list) -> None:
    start = votes.from_columns(*(zip(*old, strict=True) if old else ([], [], [])))
    merged, row_map, column_map = growth.merge(start, new)
    left = _standing(old + new)
    anew = votes.from_columns(*(zip(*left, strict=True) if left else ([], [], [])))
    for name in ("participants", "statements", "indptr", "indices", "values"):
        np.testing.assert_array_equal(getattr(merged, name), getattr(anew, name))
    for former, present, where in (
        (start.participants, merged.participants, row_map),
        (start.statements, merged.statements, column_map),
    ):
        for name, place in zip(former.tolist(), where.tolist(), strict=True):
            assert present[place] == name if place >= 0 else name not in present.tolist()


@pytest.mark.parametrize("krylov", [False, True])
def test_a_map_after_votes_were_taken_back_counts_as_one_that_never_had_them(
    krylov: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if krylov:
        monkeypatch.setattr(projection, "_DENSE_WORK", -1)
    rows = [row[:3] for row in conversations.planted(11, participants=90)]
    map_ = live.LiveMap(_matrix(rows))
    map_.refresh()
    gone = [(3, statement, None) for statement in map_.votes_of(3)]  # somebody took back all they said
    for some in (rows[5::40], [], gone):
        map_.take((person, statement, None) for person, statement, _vote in some)
        found = map_.refresh()
        rows += [(person, statement, None) for person, statement, _vote in some]
        scratch = mapping.compute(_matrix(_standing(rows)))
        np.testing.assert_array_equal(found.votes.participants, scratch.votes.participants)
        turns = np.sign((found.axes.components * scratch.axes.components).sum(axis=1))
        np.testing.assert_allclose(found.positions * turns, scratch.positions, atol=1e-6)
        again = statements.count_votes(map_.votes, found.grouping.labels, found.grouping.k)
        for part in ("agrees", "disagrees", "seen"):
            np.testing.assert_array_equal(getattr(found.counts, part), getattr(again, part))
    assert map_.votes_of(3) == {}


def test_a_map_from_which_everything_was_taken_back_is_empty_and_goes_on() -> None:
    rows = [row[:3] for row in conversations.planted(12)]
    map_ = live.LiveMap(_matrix(rows))
    map_.refresh()
    map_.take((person, statement, None) for person, statement, _vote in rows)
    assert map_.refresh().votes.shape == (0, 0)
    map_.take(rows)
    assert map_.refresh().votes.shape == _matrix(rows).shape


def test_merging_works_with_text_ids() -> None:
    start = votes.from_columns(np.array(["b", "d"], object), np.array(["x", "y"], object), [1, -1])
    merged, _, _ = growth.merge(start, [("c", "x", 0), ("b", "a", 1), ("b", "x", -1)])
    assert merged.participants.tolist() == ["b", "c", "d"]
    assert merged.statements.tolist() == ["a", "x", "y"]
    assert merged.indices.tolist() == [0, 1, 1, 2]
    assert merged.values.tolist() == [1, -1, 0, -1]


def test_a_live_map_works_with_text_ids_of_any_length() -> None:
    rows = [(f"p{person}", f"s{statement}", vote) for person, statement, vote, _ in conversations.planted(9)]
    map_ = live.LiveMap(_matrix(rows[:300]))
    map_.refresh()
    for row in [*rows[300:], ("a much longer name", "an older statement", 1)]:
        map_.vote(*row)
    found = map_.refresh(zeroed=frozenset({"s3"}))
    assert "a much longer name" in found.votes.participants.tolist()
    assert map_.votes_of("a much longer name") == {"an older statement": 1}
    assert found.zeroed.sum() == 1
    state = live.LiveState.from_json(json.loads(json.dumps(map_.state.as_json())))
    assert state.place(map_.votes_of("p5")) == map_.state.place(map_.votes_of("p5"))


def test_a_subset_holds_the_rows_asked_for() -> None:
    matrix = _matrix(conversations.planted(1))
    part = growth.subset(matrix, np.array([3, 7, 50]))
    for row, original in enumerate((3, 7, 50)):
        np.testing.assert_array_equal(part.indices[part.row(row)], matrix.indices[matrix.row(original)])
        np.testing.assert_array_equal(part.values[part.row(row)], matrix.values[matrix.row(original)])


def test_the_first_refresh_is_the_computation_from_scratch() -> None:
    matrix = _matrix(conversations.planted(2))
    first, scratch = live.LiveMap(matrix).refresh(), mapping.compute(matrix)
    np.testing.assert_array_equal(first.positions, scratch.positions)
    np.testing.assert_array_equal(first.grouping.labels, scratch.grouping.labels)
    assert first.representative == scratch.representative


def test_a_map_can_begin_without_votes() -> None:
    empty = live.LiveMap(votes.from_columns([], [], []))
    assert empty.refresh().grouping.k == 0
    assert empty.vote(1, 1, 1) == (0.0, 0.0)
    assert empty.refresh().grouping.k == 1
    for person, statement, vote, _ in conversations.planted(3):
        empty.vote(person, statement, vote)
    assert empty.refresh().counts.seen[-1].sum() == len(empty.votes.indices) > 500


def _go_on(
    map_: live.LiveMap, rows: list[tuple], *, restart: bool = False
) -> tuple[live.LiveMap, mapping.OpinionMap]:
    found = map_.refresh()
    for begin in range(0, len(rows), 40):
        for person, statement, vote, _ in rows[begin : begin + 40]:
            map_.vote(person, statement, vote)
        found = map_.refresh()
        if restart:
            state = json.loads(json.dumps(map_.state.as_json()))
            map_ = live.LiveMap(map_.votes, state=live.LiveState.from_json(state))
    return map_, found


@pytest.mark.parametrize("krylov", [False, True])
def test_after_many_refreshes_places_and_counts_are_those_of_all_votes(
    krylov: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if krylov:
        monkeypatch.setattr(projection, "_DENSE_WORK", -1)
    rows = conversations.planted(4, participants=90)
    map_, found = _go_on(live.LiveMap(_matrix(rows[:700])), rows[700:])
    scratch = mapping.compute(map_.votes)
    _same(map_.votes, _matrix(rows))
    turns = np.sign((found.axes.components * scratch.axes.components).sum(axis=1))
    np.testing.assert_allclose(found.positions * turns, scratch.positions, atol=1e-6)
    # groups begin from the last centres, so one participant between two groups may stay where they were
    assert adjusted_rand_score(found.grouping.labels, scratch.grouping.labels) > 0.9
    again = statements.count_votes(map_.votes, found.grouping.labels, found.grouping.k)
    for part in ("agrees", "disagrees", "seen"):
        np.testing.assert_array_equal(getattr(found.counts, part), getattr(again, part))


@pytest.mark.parametrize("krylov", [False, True])
def test_a_restart_from_the_stored_state_changes_nothing(
    krylov: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if krylov:
        monkeypatch.setattr(projection, "_DENSE_WORK", -1)
    rows = conversations.planted(5, participants=80)
    one, found = _go_on(live.LiveMap(_matrix(rows[:200])), rows[200:])
    other, again = _go_on(live.LiveMap(_matrix(rows[:200])), rows[200:], restart=True)
    np.testing.assert_array_equal(found.positions, again.positions)
    np.testing.assert_array_equal(found.grouping.labels, again.grouping.labels)
    assert one.state.as_json() == other.state.as_json()
    assert found.representative == again.representative


def test_base_clusters_are_carried_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "DIRECT_LIMIT", 150)
    rows = conversations.planted(6, participants=400)
    map_, found = _go_on(live.LiveMap(_matrix(rows[:-60])), rows[-60:])
    assert map_.state.base is not None
    assert adjusted_rand_score(found.grouping.labels, np.arange(400) % 3) > 0.9


def test_a_vote_is_answered_with_the_last_axes() -> None:
    map_ = live.LiveMap(_matrix(conversations.planted(7)))
    found = map_.refresh(zeroed=frozenset({3, 4}))
    cast = map_.votes_of(5)
    assert map_.state.place(cast) == pytest.approx(tuple(found.positions[5]))
    statement = next(j for j in range(24) if j not in cast)
    place = map_.vote(5, statement, 1)
    assert place == pytest.approx(map_.state.place(cast | {statement: 1}))
    assert map_.votes_of(5) == cast | {statement: 1}
    group = map_.state.group_at(tuple(found.positions[5]))
    assert group == found.grouping.labels[5]


def test_the_map_does_not_turn_over_between_refreshes() -> None:
    rows = conversations.planted(8)
    map_ = live.LiveMap(_matrix(rows[:600]))
    before = map_.refresh().axes.components
    for person, statement, vote, _ in rows[600:]:
        map_.vote(person, statement, vote)
        now = map_.refresh().axes.components
        assert (now * before).sum() > 0
        before = now
        if statement > 20:
            break


@pytest.mark.parametrize(
    ("best", "expected"),
    [
        ([3, 3, 3], (2, 3, 3)),
        ([3, 3, 3, 3], (3, 0, 0)),
        ([3, 3, 2, 3, 3, 3], (2, 3, 3)),
        ([3, 3, 3, 4, 4, 4], (2, 4, 3)),
        ([3, 4, 4, 4, 4], (4, 0, 0)),
    ],
)
def test_another_number_of_groups_must_win_four_updates(
    best: list[int], expected: tuple[int, int, int]
) -> None:
    state = (2, 0, 0)
    for winner in best:
        scores = {k: 0.9 if k == winner else 0.1 for k in (2, 3, 4)}
        state = live.elect(scores, current=state[0], challenger=state[1], wins=state[2])
    assert state == expected


def test_a_number_of_groups_that_no_longer_works_goes_at_once() -> None:
    assert live.elect({2: 0.4, 3: 0.6}, current=4, challenger=0, wins=0) == (3, 0, 0)


def test_who_was_let_in_stays_in() -> None:
    """With few statements two votes are enough; they still are when there are more statements."""
    map_ = live.LiveMap(_matrix([(i, j, 1 if i % 2 else -1) for i in range(40) for j in range(2)]))
    assert map_.refresh().clusterable.all()
    for i in range(1, 40):
        for j in range(2, 12):
            map_.vote(i, j, 1 if i % 2 else -1)
    found = map_.refresh()
    assert found.clusterable.all()
    assert map_.state.admitted == {0}
    assert not mapping.compute(map_.votes).clusterable[0]
