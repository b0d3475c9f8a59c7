"""Which texts speak of the same thing: vectors, near neighbours without comparing all pairs, scores of pairs.

A text is its words, those of its beginning counted three times, weighed by rarity. Candidates for neighbours share a
rare word; only they are compared. A pair's score looks at both texts together with their nearest neighbours: ten
people tell one event in ten ways, and what one leaves out another says.
"""

from collections.abc import Sequence
from concurrent import futures
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from huiyin.engines.text import features, pipeline
from huiyin.engines.text.features import Document, Matrix, Weighting

NEIGHBOURS = 20
LEAST_SIMILAR = 0.25
"""Cosine below which two texts are no neighbours."""

_HEAD_COUNTS = 2.0
_KEY_WORDS = 16
_COMMON = 400
_ROWS_AT_ONCE = 1_000
_KEPT_WORDS = 60
_WIDE = 200
_THREADS = 2
_LENGTHS_AT_ONCE = 128


def vectors(documents: Sequence[Document]) -> Matrix:
    """Return one unit-length row per document; a document without words has an empty row."""
    counts = features.extract(documents, ("plain", "head"))
    together = (counts["plain"] + counts["head"] * np.float32(_HEAD_COUNTS)).tocsr()
    rows = Weighting.of(together).apply(together)
    used = np.flatnonzero(np.bincount(rows.indices, minlength=rows.shape[1]))
    return rows[:, used]


def strongest(rows: Matrix, count: int) -> Matrix:
    """Keep the `count` heaviest entries of every row; of equal ones those in front."""
    data, starts, lengths = rows.data, rows.indptr, np.diff(rows.indptr)
    least = _least_kept(rows, count)
    edge = np.repeat(least, lengths)
    above, equal = data > edge, data == edge
    before = np.r_[0, np.cumsum(equal)]
    room = count - np.diff(np.r_[0, np.cumsum(above)][starts])
    kept = above | (
        equal & (before[1:] - np.repeat(before[starts[:-1]], lengths) <= np.repeat(room, lengths))
    )
    return sparse.csr_matrix(
        (data[kept], rows.indices[kept], np.r_[0, np.cumsum(kept)][starts]), shape=rows.shape
    )


def _least_kept(rows: Matrix, count: int) -> npt.NDArray[np.floating[Any]]:
    """The weight of the `count`-th heaviest entry of every row; −∞ where there are no more than these.

    Rows of about one length are looked at together: partitioning them costs a tenth of sorting, and nothing here keeps
    the interpreter's lock for long.
    """
    starts, lengths = rows.indptr[:-1], np.diff(rows.indptr)
    least = np.full(rows.shape[0], -np.inf, dtype=rows.data.dtype)
    long = np.flatnonzero(lengths > count)
    long = long[np.argsort(lengths[long], kind="stable")]
    for start in range(0, len(long), _LENGTHS_AT_ONCE):
        group = long[start : start + _LENGTHS_AT_ONCE]
        width = int(lengths[group[-1]])
        steps = np.arange(width)
        places = np.minimum(starts[group][:, None] + steps, len(rows.data) - 1)
        padded = np.where(steps < lengths[group][:, None], rows.data[places], -np.inf)
        least[group] = np.partition(padded, width - count, axis=1)[:, width - count]
    return least


def nearest(rows: Matrix, *, count: int = NEIGHBOURS, least: float = LEAST_SIMILAR) -> Matrix:
    """Return the graph of neighbours: row i holds the cosines of up to `count` texts at least so similar to text i.

    Candidates share one of each other's heaviest words that is not in more than some hundred texts, so time and
    memory grow in proportion to the number of texts. Texts that share no such word are never compared.
    """
    frequency = np.bincount(rows.indices, minlength=rows.shape[1])
    rare = np.flatnonzero((frequency > 1) & (frequency <= _COMMON))
    keys = strongest(rows[:, rare], _KEY_WORDS)
    turned = keys.T.tocsr()

    def compared(start: int) -> Matrix:
        rough = _without_self(keys[start : start + _ROWS_AT_ONCE] @ turned, start)
        return _compared(rows, strongest(rough, count * 2), start)

    # Sparse products let go of the interpreter's lock, so both processors are at work.
    with futures.ThreadPoolExecutor(_THREADS) as pool:
        found = list(pool.map(compared, range(0, rows.shape[0], _ROWS_AT_ONCE)))
    if not found:
        return sparse.csr_matrix((0, 0), dtype=np.float32)
    graph = sparse.vstack(found, format="csr")
    graph.data[graph.data < least] = 0
    graph.eliminate_zeros()
    return strongest(graph, count)


def _without_self(candidates: Matrix, start: int) -> Matrix:
    numbers = np.repeat(np.arange(candidates.shape[0]), np.diff(candidates.indptr)) + start
    candidates.data[candidates.indices == numbers] = 0
    candidates.eliminate_zeros()
    return candidates


def _compared(rows: Matrix, candidates: Matrix, start: int) -> Matrix:
    """Replace the candidates' rough scores by true cosines."""
    first = np.repeat(np.arange(candidates.shape[0]), np.diff(candidates.indptr)) + start
    exact = cosines(rows, first, candidates.indices)
    return sparse.csr_matrix((exact, candidates.indices, candidates.indptr), shape=candidates.shape)


def cosines(
    rows: Matrix, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """Cosine of every pair of rows."""
    found = np.zeros(len(first), dtype=np.float32)
    for start in range(0, len(first), 50_000):
        part = slice(start, start + 50_000)
        found[part] = np.asarray(rows[first[part]].multiply(rows[second[part]]).sum(axis=1)).ravel()
    return found


def expanded(rows: Matrix, graph: Matrix) -> Matrix:
    """Add to every row its neighbours, each as far as it is similar; rows of length one again."""
    wide = strongest((rows + graph @ strongest(rows, _KEPT_WORDS)).tocsr(), _WIDE)
    lengths = np.sqrt(np.asarray(wide.multiply(wide).sum(axis=1), dtype=np.float64).ravel())
    return (sparse.diags((1 / np.maximum(lengths, 1e-9)).astype(np.float32)) @ wide).tocsr()


def repeats(documents: Sequence[Document]) -> list[list[int]]:
    """Return groups of documents whose last field says the same, letter for letter: places in the input.

    Script, width, case, spaces and punctuation do not count; the title (any field but the last) may differ. Empty
    texts repeat nothing.
    """
    together: dict[str, list[int]] = {}
    for place, document in enumerate(documents):
        key = "".join(run.text for run in pipeline.runs(pipeline.normalise(document[-1])))
        if key:
            together.setdefault(key, []).append(place)
    return [places for places in together.values() if len(places) > 1]


def pair_scores(
    documents: Sequence[Document], first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """Score pairs of documents from 0 (nothing shared) to 1 (the same), in the light of all documents given."""
    rows = vectors(documents)
    wide = expanded(rows, nearest(rows))
    return np.clip(cosines(wide, first, second), 0, 1)
