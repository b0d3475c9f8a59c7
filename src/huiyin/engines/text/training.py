"""Trains the classifier: exactly and with leave-one-out for some thousands of cases, by holding out a part beyond."""

from collections.abc import Sequence
from concurrent import futures

import numpy as np
import numpy.typing as npt

from huiyin.engines.text import classify, experts, features, ridge, stacking
from huiyin.engines.text.classify import Classifier
from huiyin.engines.text.features import Blocks, Document, Matrix, Weighting
from huiyin.engines.text.ridge import Array, Labels, Ridge

_HELD_OUT = 0.2
_THREADS = 2
_SEED = 0


def train(documents: Sequence[Document], labels: Sequence[str]) -> Classifier:
    """Learn from documents and their labels. Raises `classify.NothingToLearnError` when there are none.

    Time and memory grow linearly beyond `classify.EXACT_UP_TO` cases. The same input gives the same
    classifier.
    """
    if not documents:
        raise classify.NothingToLearnError("There are no cases to learn from.")
    names = tuple(sorted(set(labels)))
    numbers = _numbers(labels, names)
    exact = len(documents) <= classify.EXACT_UP_TO
    counts = features.extract([*documents, *((name,) for name in names)], _blocks(documents, exact=exact))
    weightings = {name: Weighting.of(matrix) for name, matrix in counts.items()}
    columns = {name: _columns(matrix, least=1 if exact else 2) for name, matrix in counts.items()}
    weighted = {name: weightings[name].apply(matrix)[:, columns[name]] for name, matrix in counts.items()}
    counts = {name: counts[name][:, columns[name]] for name in classify.BAYES}
    every = np.r_[numbers, np.arange(len(names))]
    fit = _fit_exact if exact else _fit_large
    ridges, bayes, neighbours, stack = fit(counts, weighted, every, len(documents))
    return Classifier(
        labels=names,
        weightings=weightings,
        ridges=ridges,
        bayes=bayes,
        neighbours=neighbours,
        columns=columns,
        stack=stack,
    )


_Fitted = tuple[dict[str, Ridge], dict[str, experts.Bayes], experts.Neighbours | None, stacking.Stack]


def _numbers(labels: Sequence[str], names: Sequence[str]) -> Labels:
    place = {name: index for index, name in enumerate(names)}
    return np.array([place[label] for label in labels])


def _blocks(documents: Sequence[Document], *, exact: bool) -> list[str]:
    """Choose the blocks that the ridges look at; whole values only where they repeat (a category, not a title)."""
    names = {
        block
        for settings in classify.RIDGES
        if exact or settings.name in classify.LARGE
        for block in settings.mix
    }
    if not _has_categories(documents):
        names.discard("value")
    return sorted(names)


def _has_categories(documents: Sequence[Document]) -> bool:
    width = min(len(document) for document in documents)
    shares = [len({document[i] for document in documents}) / len(documents) for i in range(width)]
    return width > 1 and min(shares) < 0.2


def _columns(matrix: Matrix, *, least: int) -> npt.NDArray[np.int64]:
    """Columns that occur in at least so many cases."""
    return np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]) >= least)


def _wanted(labels: Labels, cases: int, balance: float) -> tuple[Array, Array]:
    classes = len(labels) - cases
    weights = np.r_[ridge.example_weights(labels[:cases], classes, balance), np.ones(classes)]
    return ridge.targets(labels, classes), weights


def _fit_exact(counts: Blocks, weighted: Blocks, labels: Labels, cases: int) -> _Fitted:
    classes = len(labels) - cases
    ridges: dict[str, Ridge] = {}
    bayes: dict[str, experts.Bayes] = {}
    unseen: list[Array] = []
    kernels = ridge.kernels(weighted)
    for settings in classify.RIDGES:
        wanted, weights = _wanted(labels, cases, settings.balance)
        ridges[settings.name], scores = ridge.fit_exact(weighted, kernels, settings, wanted, weights)
        unseen.append(scores[:cases])
    for block in classify.BAYES:
        bayes[block] = experts.Bayes.of(counts[block], labels, classes)
        unseen.append(bayes[block].unseen_scores(counts[block], labels)[:cases])
    rows = ridge.stacked(weighted, classify.settings_of("characters").mix)
    neighbours = experts.Neighbours(rows[:cases], labels[:cases], classes)
    unseen.append(neighbours.unseen_scores())
    return ridges, bayes, neighbours, stacking.fit(unseen, labels[:cases])


def _fit_large(counts: Blocks, weighted: Blocks, labels: Labels, cases: int) -> _Fitted:
    """Weigh the witnesses on a held-out part, then fit them to everything, starting from what was found."""
    held = np.random.default_rng(_SEED).random(len(labels)) < _HELD_OUT
    held[cases:] = False
    classes = len(labels) - cases

    def learnt(name: str) -> tuple[Ridge, Array]:
        settings = classify.settings_of(name)
        rows = ridge.stacked(weighted, settings.mix)
        wanted, weights = _wanted(labels, cases, settings.balance)
        part, alpha = ridge.fit_large(rows[~held], wanted[~held], weights[~held], settings.shrink)
        start = np.zeros_like(wanted)
        start[~held] = alpha
        whole, _ = ridge.fit_large(rows, wanted, weights, settings.shrink, start)
        return whole, part.scores(rows[held])

    # Sparse products let go of the interpreter's lock: two ridges are solved at a time.
    with futures.ThreadPoolExecutor(_THREADS) as pool:
        found = dict(zip(classify.LARGE, pool.map(learnt, classify.LARGE), strict=True))
    ridges = {name: whole for name, (whole, _) in found.items()}
    unseen = [scores for _, scores in found.values()]
    bayes: dict[str, experts.Bayes] = {}
    for block in classify.BAYES:
        part_bayes = experts.Bayes.of(counts[block][~held], labels[~held], classes)
        unseen.append(part_bayes.scores(counts[block][held]))
        bayes[block] = experts.Bayes.of(counts[block], labels, classes)
    neighbours = None
    if cases <= classify.NEIGHBOURS_UP_TO:
        rows = ridge.stacked(weighted, classify.settings_of("characters").mix)
        known = np.flatnonzero(~held[:cases])
        part_neighbours = experts.Neighbours(rows[known], labels[known], classes)
        unseen.append(part_neighbours.scores(rows[held]))
        neighbours = experts.Neighbours(rows[:cases], labels[:cases], classes)
    return ridges, bayes, neighbours, stacking.fit(unseen, labels[held])
