"""One text, read as `features` reads many, without the cost of a matrix.

SciPy looks through and copies what it builds; for the dozens of matrices of a single row that a proposal takes this is
more work than the arithmetic. A `Row` answers the few operations that the witnesses use with the same numbers.
"""

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from huiyin.engines.text import features
from huiyin.engines.text.features import Columns, Document, Floats, Weighting


@dataclasses.dataclass(frozen=True)
class Row:
    """The columns of one text in one block, ascending, with their values, out of `size` columns."""

    indices: npt.NDArray[np.int64]
    data: Floats
    size: int

    @property
    def shape(self) -> tuple[int, int]:
        return 1, self.size

    def __matmul__(self, dense: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return a row of the product with a dense table that has a row per column."""
        found: npt.NDArray[Any] = (self.data @ dense[self.indices])[None]
        return found

    def mapped(self, change: Callable[[Floats], Floats]) -> "Row":
        """Return the row with its values changed."""
        return dataclasses.replace(self, data=change(self.data))

    def only(self, columns: Columns) -> "Row":
        """Return some columns, given in ascending order."""
        place = np.searchsorted(columns, self.indices)
        place[place == len(columns)] = 0
        kept = columns[place] == self.indices if len(columns) else np.zeros(len(place), dtype=bool)
        return Row(place[kept], self.data[kept], len(columns))


def read(document: Document, blocks: Iterable[str]) -> dict[str, Row]:
    """Count the columns of a text in each block, as `features.extract` does. Never raises on any text."""
    return {
        block: counted(columns, features.DIMENSIONS[block])
        for block, columns in features.columns_of(document, blocks).items()
    }


def counted(columns: npt.NDArray[np.int64], size: int) -> Row:
    """Count how often each column stands there."""
    indices, counts = np.unique(columns, return_counts=True)
    return Row(indices, counts.astype(np.float32), size)


def weighted(row: Row, weighting: Weighting, columns: Columns) -> Row:
    """Return some columns of the weighted row, given in ascending order; the others count in the length."""
    data = (1 + np.log(row.data)) * weighting.idf[row.indices]
    length = np.sqrt(max(np.square(data, dtype=np.float64).sum(), 1e-12))
    return Row(row.indices, (data / length).astype(np.float32), row.size).only(columns)
