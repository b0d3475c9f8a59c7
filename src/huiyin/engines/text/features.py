"""Texts as sparse counts and weights: what the classifier and the duplicate finder compute with.

A document is a sequence of fields (title, body, …). Each *block* is one view of it, hashed into a fixed
number of columns, so nothing learnt has to be carried around to read a text. Blocks: single characters,
pairs, triples and longer strings of them; words, alone or with the fields of work they point to; the words of the
beginning; the fields of work alone; whole values of short fields.
"""

import functools
import multiprocessing
import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent import futures
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from huiyin.engines.text import concepts, pipeline

Document = Sequence[str]
Matrix: TypeAlias = Any
"""A scipy.sparse.csr_matrix (scipy carries no types)."""
Floats = npt.NDArray[np.float32]
Columns = npt.NDArray[np.int64]
Blocks = dict[str, Matrix]

HEAD_CHARACTERS = 30
MAX_DOCUMENT = 20_000
"""Characters of one document that are read: a case is not a book, and one upload must not stall the rest."""

CHARACTER_BLOCKS: dict[str, tuple[int, int]] = {"one": (1, 1), "two": (2, 2), "three": (3, 3), "long": (3, 5)}
WORD_BLOCKS = ("word", "plain", "head", "concept", "value")
DIMENSIONS = {
    "one": 1 << 17,
    "two": 1 << 18,
    "three": 1 << 18,
    "long": 1 << 20,
    **dict.fromkeys(WORD_BLOCKS, 1 << 18),
}

_GAPS = re.compile(r"[\W_]+")
_CHUNK = 1_000
_REMEMBERED = 200_000
_MANY = 8_000


def column(block: str, token: str) -> int:
    """Return the column of a token of a word block."""
    return zlib.crc32(token.encode()) % DIMENSIONS[block]


class _Columns(dict[str, int]):
    """Columns of tokens of one block, remembered: most words of a text were seen before."""

    def __init__(self, block: str) -> None:
        super().__init__()
        self._block = block

    def __missing__(self, token: str) -> int:
        if len(self) > _REMEMBERED:
            self.clear()
        found = self[token] = column(self._block, token)
        return found


_COLUMNS = {block: _Columns(block) for block in WORD_BLOCKS}


# A proposal for a text is explained right after it was made; nothing older is kept.
@functools.lru_cache(maxsize=1)
def word_tokens(normalised: str) -> tuple[str, ...]:
    """Words of a normalised text and, marked with @, the fields of work they point to (once each)."""
    return (
        *pipeline.words(normalised),
        *("@" + field for field in dict.fromkeys(concepts.fields(normalised))),
    )


def word_columns(block: str, tokens: Sequence[str]) -> npt.NDArray[np.int64]:
    """The columns of the tokens of one document in a word block."""
    return np.fromiter(map(_COLUMNS[block].__getitem__, tokens), dtype=np.int64, count=len(tokens))


def _tokens(block: str, document: Document, normalised: str) -> Sequence[str]:
    if block == "word":
        return word_tokens(normalised)
    if block == "plain":
        return pipeline.words(normalised)
    if block == "head":
        return pipeline.words(normalised[:HEAD_CHARACTERS])
    if block == "concept":
        return list(concepts.fields(normalised))
    values = enumerate(document) if len(document) > 1 else ()
    return [f"{index}={value.strip()}" for index, value in values if 0 < len(value.strip()) <= 80]


def _character_columns(text: str, low: int, high: int, size: int) -> list[npt.NDArray[np.int64]]:
    """Hash all character n-grams of a text at once: a rolling polynomial over code points, then mixed."""
    points = np.frombuffer(f" {text} ".encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    rolling = np.zeros(len(points), dtype=np.uint64)
    found = []
    for length in range(1, high + 1):
        count = len(points) - length + 1
        if count <= 0:
            break
        last = points[length - 1 : length - 1 + count] * np.uint64(2654435761)
        rolling = rolling[:count] * np.uint64(1000003) + last + np.uint64(length)
        if length >= low:
            mixed = (rolling ^ (rolling >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
            found.append(((mixed ^ (mixed >> np.uint64(32))) % np.uint64(size)).astype(np.int64))
    return found


def _counts(columns: npt.NDArray[np.int64], lengths: Sequence[int], size: int) -> Matrix:
    """Count columns per row; the rows stand one after another."""
    # SciPy looks through every wider number to see whether it fits into a narrow one.
    width = np.int32 if len(columns) < 1 << 31 else np.int64
    starts = np.zeros(len(lengths) + 1, dtype=width)
    np.cumsum(lengths, out=starts[1:])
    found = sparse.csr_matrix(
        (np.ones(len(columns), dtype=np.float32), columns.astype(width), starts),
        shape=(len(lengths), size),
    )
    found.sum_duplicates()
    return found


def columns_of(document: Document, blocks: Iterable[str]) -> dict[str, npt.NDArray[np.int64]]:
    """Return the columns of a document in each block, one for every token. Never raises on any text."""
    normalised = pipeline.normalise("\n".join(document)[:MAX_DOCUMENT])
    squeezed = _GAPS.sub(" ", normalised)
    found = {}
    for block in blocks:
        if block in CHARACTER_BLOCKS:
            low, high = CHARACTER_BLOCKS[block]
            parts = _character_columns(squeezed, low, high, DIMENSIONS[block])
            found[block] = np.concatenate([np.zeros(0, dtype=np.int64), *parts])
        else:
            found[block] = word_columns(block, _tokens(block, document, normalised))
    return found


def _extract_chunk(documents: Sequence[Document], blocks: Iterable[str]) -> Blocks:
    names = tuple(blocks)
    read = [columns_of(document, names) for document in documents]
    empty = np.zeros(0, dtype=np.int64)
    return {
        block: _counts(
            np.concatenate([empty, *(row[block] for row in read)]),
            [len(row[block]) for row in read],
            DIMENSIONS[block],
        )
        for block in names
    }


def extract(documents: Sequence[Document], blocks: Iterable[str]) -> Blocks:
    """Return counts: one matrix per block, a row per document. Never raises on any text.

    Many documents are read by this process and another one, which ends with the call.
    """
    names = tuple(blocks)
    pieces = [documents[start : start + _CHUNK] for start in range(0, max(len(documents), 1), _CHUNK)]
    read = functools.partial(_extract_chunk, blocks=names)
    chunks = [read(piece) for piece in pieces] if len(documents) < _MANY else _read_by_two(read, pieces)
    if len(chunks) == 1:
        return chunks[0]
    return {name: sparse.vstack([chunk[name] for chunk in chunks], format="csr") for name in names}


def _read_by_two(
    read: Callable[[Sequence[Document]], Blocks], pieces: Sequence[Sequence[Document]]
) -> list[Blocks]:
    """Read from the front in another process and from the back in this one, until they meet."""
    mine: list[Blocks] = []
    # A fresh interpreter, not a fork: this process may have threads and a connection to the database.
    with futures.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = [pool.submit(read, piece) for piece in pieces]
        while len(mine) < len(pieces) and waiting[-1 - len(mine)].cancel():
            mine.append(read(pieces[-1 - len(mine)]))
        return [
            *(waiting[place].result() for place in range(len(pieces) - len(mine))),
            *reversed(mine),
        ]


class Weighting:
    """Sublinear tf times smoothed idf, rows of length one.

    tf' = 1 + ln tf; idf = ln((1 + n) / (1 + df)) + 1, as in scikit-learn's `TfidfTransformer` (sublinear, smooth).
    What was never seen in training counts in the length like the rarest token, so an unfamiliar text scores as low as
    a training case scored by itself.
    """

    def __init__(self, idf: Floats) -> None:
        self.idf = idf

    @classmethod
    def of(cls, counts: Matrix) -> "Weighting":
        """Learn the weights of all columns."""
        frequency = np.bincount(counts.indices, minlength=counts.shape[1])
        return cls((np.log((1 + counts.shape[0]) / (1 + frequency)) + 1).astype(np.float32))

    def apply(self, counts: Matrix) -> Matrix:
        """Return the weighted rows."""
        return sparse.csr_matrix((self._scaled(counts), counts.indices, counts.indptr), shape=counts.shape)

    def apply_to_known(self, counts: Matrix, columns: Columns) -> Matrix:
        """Return some columns of the weighted rows, given in ascending order; the others count in the length."""
        return _only(counts, self._scaled(counts), columns)

    def _scaled(self, counts: Matrix) -> Floats:
        data = (1 + np.log(counts.data)) * self.idf[counts.indices]
        numbers = _row_numbers(counts)
        squares = np.bincount(numbers, weights=data.astype(np.float64) ** 2, minlength=counts.shape[0])
        lengths = np.sqrt(np.maximum(squares, 1e-12))
        scaled: Floats = (data / lengths[numbers]).astype(np.float32)
        return scaled


def only(matrix: Matrix, columns: Columns) -> Matrix:
    """Return some columns, given in ascending order. Unlike indexing, takes no time for columns that are empty."""
    return _only(matrix, matrix.data, columns)


def _only(matrix: Matrix, data: Floats, columns: Columns) -> Matrix:
    place = np.searchsorted(columns, matrix.indices)
    place[place == len(columns)] = 0
    kept = columns[place] == matrix.indices if len(columns) else np.zeros(len(matrix.indices), dtype=bool)
    starts = np.zeros(len(kept) + 1, dtype=matrix.indptr.dtype)
    np.cumsum(kept, out=starts[1:])
    return sparse.csr_matrix(
        (data[kept], place[kept].astype(matrix.indices.dtype), starts[matrix.indptr]),
        shape=(matrix.shape[0], len(columns)),
    )


def _row_numbers(matrix: Matrix) -> npt.NDArray[np.int64]:
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
