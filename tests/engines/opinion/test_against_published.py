"""Published conversations: the cells of the matrix, the axes, and the groups people were shown."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from huiyin.engines.opinion import ingest, mapping, projection
from tests.engines.opinion import conversations

pytestmark = pytest.mark.realdata

NEAREST = {
    "scoop-hivemind.biodiversity": 0.96,
    "canadian-electoral-reform": 0.99,
    "vtaiwan.uberx": 0.89,
    "brexit-consensus": 0.86,
    "15-per-hour-seattle": 0.96,
}
GROUPED = {
    "scoop-hivemind.biodiversity": 0.89,
    "canadian-electoral-reform": 0.87,
    "vtaiwan.uberx": 0.79,
    "brexit-consensus": 0.84,
    "15-per-hour-seattle": 0.85,
}
ANY = (
    "london.youth.policing",
    "scoop-hivemind.ubi",
    "scoop-hivemind.affordable-housing",
    "american-assembly.bowling-green",
)


@pytest.mark.parametrize(
    "name", [n for n in conversations.PUBLISHED if n != "american-assembly.bowling-green"]
)
def test_every_cell_equals_the_published_matrix(name: str, shared_data: Path) -> None:
    theirs = conversations.published(shared_data, name)
    ours = ingest.read_votes(shared_data / "polis" / "dev" / name / "votes.csv")
    dense = np.full(ours.shape, np.nan)
    dense[np.repeat(np.arange(ours.shape[0]), ours.votes_per_participant), ours.indices] = ours.values
    row = {int(p): i for i, p in enumerate(ours.participants)}
    column = {int(s): j for j, s in enumerate(ours.statements)}
    assert set(column) == {int(s) for s in theirs.statements}
    aligned = dense[[row[int(p)] for p in theirs.participants]][
        :, [column[int(s)] for s in theirs.statements]
    ]
    assert ours.shape[0] == len(theirs.participants)
    np.testing.assert_array_equal(aligned, theirs.matrix)


@pytest.mark.parametrize("name", conversations.PUBLISHED)
@pytest.mark.parametrize("way", ["dense", "krylov"])
def test_axes_equal_a_dense_eigensolver(
    name: str, way: str, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = conversations.published(shared_data, name)
    if way == "krylov":
        monkeypatch.setattr(projection, "_DENSE_WORK", -1)
    zeroed = conversation.zeroed
    votes = conversation.votes()
    centre = projection.means(votes, zeroed=zeroed)
    matrix = projection.centred(votes, centre, zeroed=zeroed)
    axes = projection.principal_axes(votes, matrix, centre=centre, zeroed=zeroed)
    live = np.where(zeroed, 0.0, conversation.matrix)
    dense = np.where(np.isnan(live), 0.0, live - np.nanmean(live, axis=0))
    exact = np.linalg.eigh(dense.T @ dense)[1][:, [-1, -2]]
    cosines = np.abs((axes.components.T * exact).sum(axis=0))
    assert cosines.min() >= 0.99999
    counted = np.isfinite(live).sum(axis=1)
    places = np.sqrt(len(zeroed) / counted)[:, None] * (
        dense @ (exact * np.sign((axes.components.T * exact).sum(axis=0)))
    )
    error = np.abs(projection.positions(votes, matrix, axes, zeroed=zeroed) - places).max()
    assert error <= 1e-5 * np.ptp(places)


@pytest.mark.parametrize("name", NEAREST)
def test_published_groups_are_nearest_to_their_centres(name: str, shared_data: Path) -> None:
    conversation = conversations.published(shared_data, name)
    found = mapping.compute(conversation.votes(), zeroed=conversation.zeroed)
    group, known = conversation.group, conversation.group >= 0
    centres = np.array([found.positions[group == g].mean(axis=0) for g in range(group.max() + 1)])
    nearest = ((found.positions[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    assert adjusted_rand_score(group[known], nearest[known]) >= NEAREST[name]


def _runs(conversation: conversations.Published) -> list[np.ndarray]:
    """Group of each participant for 5 seeds times 3 orders of participants, back in the published order."""
    labels = []
    for seed in range(5):
        for shuffle in range(3):
            order = np.random.default_rng(shuffle).permutation(len(conversation.participants))
            found = mapping.compute(conversation.votes(order), zeroed=conversation.zeroed, seed=seed)
            labels.append(found.grouping.labels[order])
    return labels


@pytest.mark.parametrize("name", GROUPED)
def test_groups_agree_with_the_published_ones_and_with_themselves(name: str, shared_data: Path) -> None:
    conversation = conversations.published(shared_data, name)
    runs = _runs(conversation)
    both = (conversation.group >= 0) & (runs[0] >= 0)
    assert (
        min(adjusted_rand_score(conversation.group[both], labels[both]) for labels in runs) >= GROUPED[name]
    )
    assert min(adjusted_rand_score(runs[0][both], labels[both]) for labels in runs) >= 0.90


@pytest.mark.parametrize("name", ANY)
def test_other_conversations_give_a_map(name: str, shared_data: Path) -> None:
    conversation = conversations.published(shared_data, name)
    found = mapping.compute(conversation.votes(), zeroed=conversation.zeroed)
    assert np.isfinite(found.positions).all()
    assert 2 <= found.grouping.k <= 5
    assert all(found.representative)
    assert ((found.grouping.labels >= 0) == found.clusterable).all()
