"""Priorities, the next statement, and lists where there is little to list."""

import numpy as np
import pytest

from huiyin.engines.opinion import kmeans, statements


def _counts(agrees: list, disagrees: list, seen: list) -> statements.Counts:
    return statements.Counts(np.array(agrees), np.array(disagrees), np.array(seen))


def test_a_new_statement_is_favoured_until_about_ten_people_saw_it() -> None:
    fresh = _counts([[0]], [[0]], [[0]])
    seen = _counts([[5]], [[5]], [[10]])
    none = np.zeros(1, bool)
    first = statements.priorities(fresh, np.zeros(1), meta=none)[0]
    later = statements.priorities(seen, np.zeros(1), meta=none)[0]
    assert first == pytest.approx((0.5 * 0.5 * 9) ** 2)
    assert later == pytest.approx(((1 - 1 / 12) * 6 / 12 * (1 + 8 / 4)) ** 2)
    assert statements.priorities(seen, np.zeros(1), meta=~none)[0] == 49


def test_the_next_statement_is_drawn_by_priority() -> None:
    priority, open_to = np.array([5.0, 1.0, 3.0, 9.0]), np.array([False, True, True, False])
    drawn = [statements.draw_next(priority, open_to, draw=draw) for draw in (0.0, 0.2, 0.26, 0.999)]
    assert drawn == [1, 1, 2, 2]
    assert statements.draw_next(priority, np.zeros(4, bool), draw=0.5) is None
    assert statements.draw_next(np.zeros(0), np.zeros(0, bool), draw=0.5) is None


def test_draws_follow_the_priorities() -> None:
    draws = (np.arange(4000) + 0.5) / 4000
    drawn = [statements.draw_next(np.array([1.0, 0.0, 3.0]), np.ones(3, bool), draw=d) for d in draws]
    assert np.bincount(drawn).tolist() == [1000, 0, 3000]


def test_a_single_group_has_nothing_to_be_told_apart_by() -> None:
    counts = _counts([[5], [5]], [[0], [0]], [[5], [5]])
    assert statements.representative(counts, 0, listed=np.ones(1, bool)) == []


def test_without_significance_and_agreement_the_strongest_test_is_listed() -> None:
    counts = _counts([[0, 0], [1, 1], [1, 1]], [[1, 2], [1, 1], [2, 3]], [[2, 3], [3, 3], [5, 6]])
    (entry,) = statements.representative(counts, 0, listed=np.ones(2, bool))
    assert (entry.column, entry.direction, entry.best_agree) == (1, "disagree", False)
    assert (entry.agrees, entry.disagrees, entry.seen) == (0, 2, 3)


def test_equal_shares_have_no_z() -> None:
    everyone = statements.two_share_z(np.array([4]), np.array([4]), np.array([9]), np.array([9]))
    assert everyone[0] == 0


def test_silhouettes_equal_those_of_scikit_learn() -> None:
    from sklearn.metrics import silhouette_score

    rng = np.random.default_rng(0)
    points = rng.normal(size=(700, 2))
    labelings = [rng.integers(0, k, 700) for k in (2, 5)]
    ours = kmeans.silhouettes(points, np.ones(700), labelings)
    assert ours == pytest.approx([silhouette_score(points, labels) for labels in labelings], abs=1e-6)


def test_a_weight_is_as_good_as_that_many_points() -> None:
    rng = np.random.default_rng(1)
    points, weights, labels = rng.normal(size=(40, 2)), rng.integers(1, 5, 40), rng.integers(0, 3, 40)
    spread = kmeans.silhouettes(
        np.repeat(points, weights, axis=0), np.ones(weights.sum()), [np.repeat(labels, weights)]
    )
    assert kmeans.silhouettes(points, weights.astype(float), [labels]) == pytest.approx(spread, abs=1e-6)


def test_k_means_finds_what_scikit_learn_finds() -> None:
    from sklearn.cluster import KMeans

    rng = np.random.default_rng(2)
    points = np.vstack([rng.normal(size=(100, 2)) + centre for centre in ((0, 0), (6, 0), (0, 7))])
    ours = kmeans.best_of(points, np.ones(300), 3, rng=np.random.default_rng(0))
    theirs = KMeans(3, n_init=20, random_state=0).fit(points)
    assert ours is not None
    assert ours.inertia == pytest.approx(theirs.inertia_)


def test_too_few_distinct_points_cannot_be_split() -> None:
    assert kmeans.best_of(np.zeros((9, 2)), np.ones(9), 2, rng=np.random.default_rng(0)) is None
