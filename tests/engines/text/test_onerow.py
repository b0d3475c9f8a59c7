"""One text read without matrices gives the numbers that matrices give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.engines.text import classify, features, onerow, training

TEXTS = st.text(alphabet="路灯不亮噪音ab1 ，。\x00😀", max_size=60)
BLOCKS = tuple(features.DIMENSIONS)
DOCUMENTS = [(text,) for text in ("夜间施工噪音太大", "楼下噪声扰民", "路灯坏了", "小区门口路灯不亮")] * 5
LABELS = ["环保", "环保", "市政", "市政"] * 5


def dense(row):
    found = np.zeros(row.size)
    found[row.indices] = row.data
    return found


@given(TEXTS, TEXTS)
def test_counts_and_weights_are_those_of_a_matrix_of_one_row(text, field):
    known = np.unique(features.columns_of(("小区路灯噪音", "a"), ["two"])["two"])
    weighting = features.Weighting.of(features.extract(DOCUMENTS, ["two"])["two"])
    document = (text, field)
    matrices, rows = features.extract([document], BLOCKS), onerow.read(document, BLOCKS)
    assert rows.keys() == matrices.keys()
    for block, row in rows.items():
        matrix = matrices[block]
        assert (row.shape, list(row.indices)) == (matrix.shape, sorted(matrix.indices))
        assert dense(row).sum() == matrix.sum()
    weighted = onerow.weighted(rows["two"], weighting, known)
    assert dense(weighted) == pytest.approx(
        weighting.apply_to_known(matrices["two"], known).toarray()[0], rel=1e-6
    )
    table = np.arange(2 * len(known), dtype=np.float32).reshape(-1, 2)
    assert (weighted @ table)[0] == pytest.approx(dense(weighted) @ table, rel=1e-5, abs=1e-6)


@pytest.fixture(scope="module")
def large():
    """A model of a large collection, which asks no neighbours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classify, "EXACT_UP_TO", 5)
        patch.setattr(classify, "NEIGHBOURS_UP_TO", 5)
        return training.train(DOCUMENTS, LABELS)


@given(TEXTS)
def test_a_text_alone_gets_the_probabilities_that_it_gets_among_others(large, text):
    assert large.neighbours is None
    alone, among = large.probabilities([(text,)]), large.probabilities([(text,), ("别的",)])
    assert alone[0] == pytest.approx(among[0], abs=1e-6)
