"""Numbering ids 0, 1, 2 … in sorted order, although they arrive a block at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from huiyin.engines.opinion.votes import Bools, Ids, Ints

_TABLE = 1 << 27  # numbers below this are renumbered through a table of flags
_PENDING = 1 << 22


def numbers_of(column: pa.Array) -> npt.NDArray[Any]:
    """Return a column of whole numbers without gaps as an array, sharing its memory.

    pyarrow's own way imports pandas where that is installed, which takes longer than reading most files.
    """
    whole = np.frombuffer(column.buffers()[1], dtype=f"i{column.type.bit_width // 8}")
    return whole[column.offset : column.offset + len(column)]


class Numbering:
    """Feed every id through `add`, call `finish` once, then turn what `add` returned into numbers with `number`."""

    def __init__(self) -> None:
        self._texts: dict[str, int] = {}
        self._flags: Bools = np.zeros(0, bool)
        self._sparse: Ints = np.empty(0, np.int64)
        self._pending: list[Ints] = []
        self._ids: Ids = np.empty(0)
        self._ranks: npt.NDArray[np.int32] | None = None

    def add(self, column: pa.Array) -> npt.NDArray[np.int32] | Ints:
        """Take note of a block of ids (whole numbers or text); return what to give to `number` later."""
        if pa.types.is_integer(column.type):
            return self._add_numbers(numbers_of(column))
        encoded = column.dictionary_encode()
        codes = [
            self._texts.setdefault(text.strip(), len(self._texts)) for text in encoded.dictionary.to_pylist()
        ]
        provisional: npt.NDArray[np.int32] = np.array(codes, np.int32)[numbers_of(encoded.indices)]
        return provisional

    def _add_numbers(self, values: Ints) -> npt.NDArray[np.int32] | Ints:
        if not len(values):
            return values
        top = int(values.max())
        if int(values.min()) >= 0 and top < _TABLE:
            if top >= len(self._flags):
                self._flags = np.concatenate(
                    [self._flags, np.zeros(top + 1 + top // 4 - len(self._flags), bool)]
                )
            self._flags[values] = True
            return values.astype(np.int32)
        self._pending.append(np.unique(values))
        if sum(map(len, self._pending)) > _PENDING:
            self._merge()
        return values.copy()

    def _merge(self) -> None:
        self._sparse = np.unique(np.concatenate([self._sparse, *self._pending]))
        self._pending = []

    def finish(self) -> Ids:
        """Return all ids, sorted; position in this array is the number."""
        self._merge()
        if self._texts:
            texts = np.array(list(self._texts), dtype=object)
            order = np.argsort(texts, kind="stable")
            self._ids = texts[order]
            self._ranks = np.empty(len(order), np.int32)
            self._ranks[order] = np.arange(len(order))
            return self._ids
        dense = np.flatnonzero(self._flags)
        if len(self._sparse):
            self._ids = np.union1d(self._sparse, dense)
        else:
            self._ids = dense
            self._ranks = np.cumsum(self._flags, dtype=np.int32) - np.int32(1)
        return self._ids

    def number(self, noted: npt.NDArray[np.int32] | Ints) -> npt.NDArray[np.int32]:
        """Return the numbers of ids as `add` returned them."""
        if self._ranks is not None and len(self._ranks):
            return self._ranks[noted]
        return np.searchsorted(self._ids, noted).astype(np.int32)
