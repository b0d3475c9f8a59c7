"""What divides, what is unclear, and how sure a map is."""

import numpy as np
import pytest

from huiyin.engines.opinion import contrasts, mapping, statements, votes
from tests.engines.opinion import conversations


def _map(rows: list[tuple]) -> mapping.OpinionMap:
    return mapping.compute(
        votes.from_columns(*[list(column) for column in list(zip(*rows, strict=True))[:3]])
    )


def test_what_divides_and_what_is_unclear() -> None:
    counts = statements.Counts(
        np.array([[8, 4], [0, 4], [8, 8]]),
        np.array([[0, 4], [8, 0], [8, 4]]),
        np.array([[8, 8], [8, 8], [16, 16]]),
    )
    assert contrasts.division(counts) == pytest.approx([0.9 - 0.1, 0.0])
    assert contrasts.unclear(counts) == pytest.approx([1 / 18, 5 / 18])
    single = statements.Counts(counts.agrees[:2], counts.disagrees[:2], counts.seen[:2])
    assert contrasts.division(single).tolist() == [0.0, 0.0]


def test_clear_groups_are_stable_and_chance_is_not() -> None:
    clear = contrasts.trust(_map(conversations.planted(1, participants=120)))
    assert clear.stability is not None
    assert clear.stability > 0.9
    rng = np.random.default_rng(0)
    noise = _map([(i, j, int(rng.integers(-1, 2))) for i in range(120) for j in range(20)])
    doubtful = contrasts.trust(noise)
    assert doubtful.stability is not None
    assert doubtful.stability < 0.7
    assert (doubtful.participants, doubtful.votes, doubtful.coverage) == (120, 2400, 1.0)


def test_too_few_people_or_one_group_have_no_stability() -> None:
    few = contrasts.trust(_map([(i, j, (-1) ** i) for i in range(8) for j in range(8)]))
    assert few.stability is None
    alike = contrasts.trust(_map([(i, j, 1) for i in range(40) for j in range(8)]))
    assert alike.stability is None
