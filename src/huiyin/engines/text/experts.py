"""Two simple witnesses beside the ridges: word counts (naive Bayes) and the most similar past cases.

Both also say what they would have said of each training case without it, so that their word can be weighed.
"""

import numpy as np
from scipy import sparse

from huiyin.engines.text.features import Matrix
from huiyin.engines.text.onerow import Row
from huiyin.engines.text.ridge import Array, Labels

NEIGHBOURS = 12
_PRIOR_COUNTS = 300.0


class Bayes:
    """Multinomial naive Bayes on log counts with Dirichlet smoothing towards the whole collection (μ = 300).

    A score is the mean log-likelihood ratio against the collection, per square root of the text's length.
    """

    def __init__(self, counts: Array) -> None:
        self.counts = counts
        self.background = (counts.sum(axis=0) + 1) / (counts.sum() + counts.shape[1])
        self.totals = counts.sum(axis=1)
        # In the order of its rows: SciPy would turn a table around for every single text.
        self._table = self._ratio(counts, self.totals[:, None], self.background).T.astype(
            np.float32, order="C"
        )

    @classmethod
    def of(cls, counts: Matrix, labels: Labels, classes: int) -> "Bayes":
        """Count the (dampened) tokens of every class."""
        member = sparse.csr_matrix(
            (np.ones(len(labels)), (labels, np.arange(len(labels)))), shape=(classes, len(labels))
        )
        return cls(np.asarray((member @ _dampened(counts)).todense(), dtype=np.float64))

    @staticmethod
    def _ratio(counts: Array, totals: Array, background: Array) -> Array:
        smoothed: Array = (counts + _PRIOR_COUNTS * background) / (totals + _PRIOR_COUNTS)
        return np.log(smoothed) - np.log(background)

    def scores(self, counts: Matrix) -> Array:
        """Score every class for every row."""
        return self._scores(_dampened(counts))

    def scores_of_row(self, counts: Row) -> Array:
        """Score every class for one text."""
        return self._scores(counts.mapped(np.log1p))

    def _scores(self, rows: Matrix | Row) -> Array:
        found: Array = np.asarray(rows @ self._table, dtype=np.float64)
        return found / _lengths(rows)

    def unseen_scores(self, counts: Matrix, labels: Labels) -> Array:
        """Score training rows, each without its own counts in its own class."""
        rows = _dampened(counts)
        found: Array = np.asarray(rows @ self._table, dtype=np.float64)
        for row, label in enumerate(labels):
            part = slice(rows.indptr[row], rows.indptr[row + 1])
            columns, values = rows.indices[part], rows.data[part].astype(np.float64)
            rest, total = self.counts[label, columns] - values, self.totals[label] - values.sum()
            found[row, label] = values @ self._ratio(rest, total, self.background[columns])
        return found / _lengths(rows)


def _dampened(counts: Matrix) -> Matrix:
    return sparse.csr_matrix((np.log1p(counts.data), counts.indices, counts.indptr), shape=counts.shape)


def _lengths(rows: Matrix | Row) -> Array:
    sums = rows.data.sum() if isinstance(rows, Row) else np.asarray(rows.sum(axis=1), dtype=np.float64)
    return np.asarray(np.sqrt(sums + 1))


class Neighbours:
    """Share of each class among the most similar past cases, weighed by squared similarity."""

    def __init__(self, rows: Matrix, labels: Labels, classes: int) -> None:
        self.rows = rows
        self.labels = labels
        self._turned = rows.T.tocsr()
        self._member = np.eye(classes)[labels]

    def scores(self, rows: Matrix) -> Array:
        """Score every class for every row."""
        return self._shares(np.asarray((rows @ self._turned).todense(), dtype=np.float64))

    def unseen_scores(self) -> Array:
        """Score the past cases themselves, each without itself."""
        similar = np.asarray((self.rows @ self._turned).todense(), dtype=np.float64)
        np.fill_diagonal(similar, 0)
        return self._shares(similar)

    def _shares(self, similar: Array) -> Array:
        place = max(similar.shape[1] - NEIGHBOURS - 1, 0)
        edge = np.partition(similar, place, axis=1)[:, place : place + 1]
        near = np.where(similar >= edge, similar, 0) ** 2
        found: Array = near @ self._member / np.maximum(near.sum(axis=1, keepdims=True), 1e-9)
        return found
