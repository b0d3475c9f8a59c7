import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from scipy import sparse
from scipy.cluster import hierarchy

from huiyin.engines.text import features, linkage, similar

LEAST = 0.3


def _partition(numbers):
    together = {}
    for place, number in enumerate(numbers):
        together.setdefault(int(number), set()).add(place)
    return {frozenset(places) for places in together.values()}


def _rows(seed, count):
    rows = np.random.default_rng(seed).random((count, 12)) ** 3
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@hypothesis.given(st.integers(0, 10**6), st.integers(2, 40))
def test_with_all_pairs_known_it_is_average_linkage(seed, count):
    rows = _rows(seed, count)
    near = rows @ rows.T
    graph = np.triu(near, 1)
    ours = linkage.groups(sparse.csr_matrix(rows), sparse.csr_matrix(graph), least=LEAST)
    apart = 1 - near[np.triu_indices(count, 1)].astype(np.float64)
    steps = hierarchy.linkage(apart, method="average")
    hypothesis.assume(np.abs(steps[:, 2] - (1 - LEAST)).min() > 1e-4)
    theirs = hierarchy.fcluster(steps, 1 - LEAST, criterion="distance")
    assert _partition(ours) == _partition(theirs)


def test_many_equal_rows_do_not_wait_for_one_another(monkeypatch):
    rounds = []
    real = linkage._round
    monkeypatch.setattr(linkage, "_round", lambda *given: rounds.append(1) or real(*given))
    rows = sparse.csr_matrix(np.ones((400, 1), dtype=np.float32))
    graph = sparse.csr_matrix(np.triu(np.ones((400, 400), dtype=np.float32), 1))
    assert set(linkage.groups(rows, graph, least=LEAST)) != set(range(400))
    assert len(set(linkage.groups(rows, graph, least=LEAST))) == 1
    assert len(rounds) < 100


@pytest.mark.parametrize("count", [0, 1, 3])
def test_without_edges_everybody_stays_alone(count):
    rows = sparse.csr_matrix((count, 5), dtype=np.float32)
    assert linkage.groups(rows, sparse.csr_matrix((count, count)), least=LEAST) == list(range(count))


@hypothesis.given(st.integers(0, 10**6), st.integers(0, 300), st.integers(1, 9))
def test_the_strongest_entries_are_those_of_a_stable_sort(seed, rows, count):
    random = np.random.default_rng(seed)
    dense = random.integers(0, 4, (rows, 20)).astype(np.float32)
    kept = similar.strongest(sparse.csr_matrix(dense), count).toarray()
    for given, found in zip(dense, kept, strict=True):
        places = [place for place in np.argsort(-given, kind="stable")[:count] if given[place]]
        assert {place: given[place] for place in places} == {
            place: found[place] for place in np.flatnonzero(found)
        }


def test_two_processes_read_what_one_reads(monkeypatch):
    documents = [(f"第{i}号桂花小区", f"noise {i} 噪声扰民") for i in range(2_500)]
    alone = features.extract(documents, ("plain", "two"))
    monkeypatch.setattr(features, "_MANY", 1_000)
    together = features.extract(documents, ("plain", "two"))
    assert all((alone[name] != together[name]).nnz == 0 for name in alone)
