"""The numbers of the production engine, reproduced from its votes and groups."""

from pathlib import Path

import numpy as np
import pytest

from huiyin.engines.opinion import clustering, projection, statements
from tests.engines.opinion import conversations

pytestmark = pytest.mark.realdata


@pytest.fixture(params=conversations.REFERENCES)
def reference(request: pytest.FixtureRequest, shared_data: Path) -> conversations.Reference:
    return conversations.reference(shared_data, request.param)


def _axes(reference: conversations.Reference) -> tuple[projection.Axes, np.ndarray]:
    zeroed = reference.zeroed | reference.meta
    centre = projection.means(reference.votes, zeroed=zeroed)
    matrix = projection.centred(reference.votes, centre, zeroed=zeroed)
    axes = projection.principal_axes(reference.votes, matrix, centre=centre, zeroed=zeroed)
    return axes, projection.positions(reference.votes, matrix, axes, zeroed=zeroed)


def _turns(axes: projection.Axes, published: np.ndarray) -> np.ndarray:
    return np.sign((axes.components * published).sum(axis=1))


def test_means_and_axes(reference: conversations.Reference) -> None:
    axes, _ = _axes(reference)
    published = np.array(reference.maths["pca"]["comps"])
    # the reference stores an agreement as -1
    np.testing.assert_allclose(axes.means, -np.array(reference.maths["pca"]["center"]), atol=1e-9)
    np.testing.assert_allclose(axes.components * _turns(axes, published)[:, None], published, atol=1e-6)


def test_places_of_participants_statements_and_groups(reference: conversations.Reference) -> None:
    axes, places = _axes(reference)
    turns = -_turns(axes, np.array(reference.maths["pca"]["comps"]))
    base = reference.maths["base-clusters"]
    rows = [int(np.flatnonzero(reference.votes.participants == p)[0]) for (p,) in base["members"]]
    np.testing.assert_allclose(places[rows] * turns, np.column_stack([base["x"], base["y"]]), atol=1e-6)
    where = projection.statement_positions(axes, zeroed=reference.zeroed | reference.meta) * turns
    np.testing.assert_allclose(where.T, reference.maths["pca"]["comment-projection"], atol=1e-6)
    np.testing.assert_allclose(np.hypot(*where.T), reference.maths["pca"]["comment-extremity"], atol=1e-6)
    for cluster in reference.maths["group-clusters"]:
        centre = places[reference.labels == cluster["id"]].mean(axis=0) * turns
        np.testing.assert_allclose(centre, cluster["center"], atol=1e-6)


def test_representative_statements(reference: conversations.Reference) -> None:
    groups = len(reference.maths["group-clusters"])
    counts = statements.count_votes(reference.votes, reference.labels, groups)
    listed = ~(reference.zeroed | reference.meta)
    for group in range(groups):
        found = statements.representative(counts, group, listed=listed)
        published = reference.maths["repness"][str(group)]
        names = reference.votes.statements
        assert [(names[e.column], e.direction) for e in found] == [
            (e["tid"], e["repful-for"]) for e in published
        ]
        for entry, theirs in zip(found, published, strict=True):
            assert entry.best_agree == theirs.get("best-agree", False)
            assert entry.seen == theirs["n-trials"]
            numbers = [entry.share, entry.share_z, entry.ratio, entry.ratio_z]
            np.testing.assert_allclose(
                numbers,
                [theirs[key] for key in ("p-success", "p-test", "repness", "repness-test")],
                atol=1e-6,
            )


def test_consensus(reference: conversations.Reference) -> None:
    counts = statements.count_votes(reference.votes, reference.labels, len(reference.maths["group-clusters"]))
    found = statements.consensus(counts, listed=~(reference.zeroed | reference.meta))
    for answer, published in reference.maths["consensus"].items():
        assert [reference.votes.statements[e.column] for e in found[answer]] == [e["tid"] for e in published]
        for entry, theirs in zip(found[answer], published, strict=True):
            assert (entry.count, entry.seen) == (theirs["n-success"], theirs["n-trials"])
            np.testing.assert_allclose(
                [entry.share, entry.share_z], [theirs["p-success"], theirs["p-test"]], atol=1e-6
            )


def test_group_aware_consensus(reference: conversations.Reference) -> None:
    counts = statements.count_votes(reference.votes, reference.labels, len(reference.maths["group-clusters"]))
    published = reference.maths["group-aware-consensus"]
    theirs = [published[str(tid)] for tid in reference.votes.statements]
    np.testing.assert_allclose(statements.group_aware_consensus(counts), theirs, atol=1e-9)


def test_priorities(shared_data: Path) -> None:
    """Only this reference was published with priorities of its last votes; the others hold older or constant ones."""
    reference = conversations.reference(shared_data, "25ptpt-3gp-no-strict-with-meta")
    counts = statements.count_votes(reference.votes, reference.labels, 3)
    extremity = np.array(reference.maths["pca"]["comment-extremity"])
    theirs = [reference.maths["comment-priorities"][str(tid)] for tid in reference.votes.statements]
    np.testing.assert_allclose(
        statements.priorities(counts, extremity, meta=reference.meta), theirs, atol=1e-9
    )


def test_everyone_who_qualifies_is_clusterable(reference: conversations.Reference) -> None:
    """Those who were let in while few took part stay in: the reference's extra members are handed over as `before`."""
    theirs = np.isin(reference.votes.participants, reference.maths["in-conv"])
    ours = clustering.clusterable(reference.votes)
    assert not (ours & ~theirs).any()
    np.testing.assert_array_equal(clustering.clusterable(reference.votes, before=theirs & ~ours), theirs)
