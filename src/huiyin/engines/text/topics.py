"""Hot topics: groups of many messages about one thing, each with a title in its own words.

Average-link clustering (`linkage`) along the edges of the neighbour graph (`similar.nearest`), so not all pairs are
compared.
"""

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from huiyin.engines.text import linkage, similar
from huiyin.engines.text.features import Document, Matrix

LEAST_SHARED = 0.1
"""Mean cosine below which two groups stay apart."""

SMALLEST = 3
"""Messages that make a topic."""

NONE = -1
"""Number of no topic."""

_NEIGHBOURS = 8


@dataclasses.dataclass(frozen=True)
class Topic:
    """A group of messages: their places in the input, the most typical first, and a title."""

    members: tuple[int, ...]
    title: str


@dataclasses.dataclass(frozen=True)
class Continued:
    """Which messages joined a topic that was there (place → its number), and the topics that are new."""

    joined: dict[int, int]
    found: list[Topic]


def find(documents: Sequence[Document], *, smallest: int = SMALLEST) -> list[Topic]:
    """Return the topics among messages, largest first.

    Each message is in one topic at most; order does not matter.
    """
    return continued(documents, [NONE] * len(documents), smallest=smallest).found


def continued(
    documents: Sequence[Document], standing: Sequence[int], *, smallest: int = SMALLEST
) -> Continued:
    """Keep the topics that stand, let new messages join the nearest of them, and find new topics among the rest.

    `standing` has the number of each message's topic, or `NONE`. A message joins where it has a near neighbour and is
    as similar to the members on average as clustering wants.
    """
    rows = similar.vectors(documents)
    graph = similar.nearest(rows, count=_NEIGHBOURS)
    topics = np.array(standing, dtype=np.int64).reshape(-1)
    joined = _joined(rows, graph, topics) if (topics >= 0).any() else {}
    rest = np.array(
        [place for place in np.flatnonzero(topics < 0) if int(place) not in joined], dtype=np.int64
    )
    leaders = linkage.groups(rows[rest], graph[rest][:, rest].tocsr(), least=LEAST_SHARED)
    together: dict[int, list[int]] = {}
    for item, leader in zip(rest.tolist(), leaders, strict=True):
        together.setdefault(leader, []).append(item)
    hot = [members for members in together.values() if len(members) >= smallest]
    hot.sort(key=lambda members: (-len(members), members[0]))
    return Continued(joined, [_topic(documents, rows, members) for members in hot])


def _joined(rows: Matrix, graph: Matrix, topics: npt.NDArray[np.int64]) -> dict[int, int]:
    member = np.flatnonzero(topics >= 0)
    sizes = np.bincount(topics[member])
    shape = (len(sizes), rows.shape[0])
    belongs = sparse.csr_matrix(
        (np.ones(len(member), dtype=np.float32), (topics[member], member)), shape=shape
    )
    means = sparse.diags((1 / np.maximum(sizes, 1)).astype(np.float32)) @ belongs @ rows
    free = np.flatnonzero(topics < 0)
    near = ((graph + graph.T)[free] @ belongs.T).tocsr()
    shared = (rows[free] @ means.T).tocsr().multiply(near > 0).tocsr()
    joined: dict[int, int] = {}
    for index, place in enumerate(free.tolist()):
        part = slice(shared.indptr[index], shared.indptr[index + 1])
        if part.start < part.stop and shared.data[part].max() >= LEAST_SHARED:
            joined[place] = int(shared.indices[part][shared.data[part].argmax()])
    return joined


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
