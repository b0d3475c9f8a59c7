"""Which vote of a pair counts, and refusals."""

import numpy as np
import pytest

from huiyin.engines.opinion import votes


def test_the_last_vote_by_time_counts_whatever_the_order() -> None:
    matrix = votes.from_columns([1, 1, 1, 2], [5, 5, 5, 5], [1, -1, 0, 1], time=[30, 90, 60, 10])
    assert matrix.values.tolist() == [-1, 1]
    assert matrix.received == 4


def test_without_times_the_last_in_the_list_counts() -> None:
    assert votes.from_columns([1, 2, 1], [5, 5, 5], [1, 1, -1]).values.tolist() == [-1, 1]


def test_times_as_far_apart_as_can_be() -> None:
    wide = [-(2**62), 2**62, 0]
    assert votes.from_columns([1, 1, 1], [5, 5, 5], [1, -1, 0], time=wide).values.tolist() == [-1]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_opposite_votes_at_the_same_moment_are_a_pass(order: tuple[int, int]) -> None:
    cast = [[1, -1][k] for k in order]
    matrix = votes.from_columns([7, 7, 8, 8], [1, 1, 1, 1], [*cast, 1, 1], time=[5, 5, 5, 5])
    assert matrix.values.tolist() == [0, 1]


def test_an_older_contradiction_does_not_matter() -> None:
    matrix = votes.from_columns([7, 7, 7], [1, 1, 1], [1, -1, -1], time=[5, 5, 6])
    assert matrix.values.tolist() == [-1]


def test_a_pass_is_stored_and_a_missing_vote_is_not() -> None:
    matrix = votes.from_columns(["b", "a"], ["y", "x"], [0, 1])
    assert matrix.participants.tolist() == ["a", "b"]
    assert matrix.statements.tolist() == ["x", "y"]
    assert (matrix.indices.tolist(), matrix.values.tolist()) == ([0, 1], [1, 0])
    assert matrix.votes_per_participant.tolist() == [1, 1]


def test_another_number_is_no_vote() -> None:
    with pytest.raises(votes.BadVotesError, match="Vote 2 is 2"):
        votes.from_columns([1, 2], [1, 1], [1, 2])


def test_columns_must_be_equally_long() -> None:
    with pytest.raises(votes.BadVotesError, match="differ in length"):
        votes.from_columns([1, 2], [1], [1, 0])


def test_many_repeated_votes_across_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last vote of each pair, found slowly, for runs that cross the borders of the batches."""
    monkeypatch.setattr(votes, "_BATCH", 7)
    rng = np.random.default_rng(3)
    person, statement = rng.integers(0, 9, 400), rng.integers(0, 5, 400)
    value, time = rng.integers(-1, 2, 400), rng.permutation(400)
    matrix = votes.from_columns(person, statement, value, time=time)
    latest = {}
    for at in np.argsort(time):
        latest[int(person[at]), int(statement[at])] = int(value[at])
    rows = np.repeat(np.arange(matrix.shape[0]), matrix.votes_per_participant)
    assert (
        dict(
            zip(zip(rows.tolist(), matrix.indices.tolist(), strict=True), matrix.values.tolist(), strict=True)
        )
        == latest
    )
