"""Hot topics: groups of many messages about one thing, each with a title in its own words.

Average-link clustering (`linkage`) along the edges of the neighbour graph (`similar.nearest`), so not all pairs are
compared.
"""

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from huiyin.engines.text import linkage, similar
from huiyin.engines.text.features import Document, Matrix

LEAST_SHARED = 0.1
"""Mean cosine below which two groups stay apart."""

SMALLEST = 3
"""Messages that make a topic."""

_NEIGHBOURS = 8


@dataclasses.dataclass(frozen=True)
class Topic:
    """A group of messages: their places in the input, the most typical first, and a title."""

    members: tuple[int, ...]
    title: str


def find(documents: Sequence[Document], *, smallest: int = SMALLEST) -> list[Topic]:
    """Return the topics among messages, largest first.

    Each message is in one topic at most; order does not matter.
    """
    rows = similar.vectors(documents)
    leaders = linkage.groups(rows, similar.nearest(rows, count=_NEIGHBOURS), least=LEAST_SHARED)
    together: dict[int, list[int]] = {}
    for item, leader in enumerate(leaders):
        together.setdefault(leader, []).append(item)
    hot = [members for members in together.values() if len(members) >= smallest]
    hot.sort(key=lambda members: (-len(members), members[0]))
    return [_topic(documents, rows, members) for members in hot]


def _topic(documents: Sequence[Document], rows: Matrix, members: list[int]) -> Topic:
    part = rows[members]
    typical = np.asarray(part @ np.asarray(part.sum(axis=0)).ravel()).ravel()
    order: npt.NDArray[np.int64] = np.argsort(-typical, kind="stable")
    ranked = tuple(members[index] for index in order)
    return Topic(members=ranked, title=_title(documents[ranked[0]]))


def _title(document: Document) -> str:
    """Return the first line of the most typical message, cut where a reader would."""
    lines = itertools.chain.from_iterable(field.splitlines() for field in document)
    first = next((line.strip() for line in lines if line.strip()), "")
    return first if len(first) <= 40 else first[:39] + "…"
