"""How good triage would be on a city's own past: trains on one file, proposes for another, and counts."""

import dataclasses
import time
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from huiyin.engines.text import training
from huiyin.engines.text.features import Document
from huiyin.interop.analysis import tables

SEED = 0
BINS = 10
PRECISION = 0.95


@dataclasses.dataclass
class _Outcome:
    """What was proposed for each test text, and what it took."""

    wanted: list[str] = dataclasses.field(default_factory=list)
    proposed: list[list[str]] = dataclasses.field(default_factory=list)
    sure: list[float] = dataclasses.field(default_factory=list)
    train_seconds: list[float] = dataclasses.field(default_factory=list)
    seconds: float = 0.0


def run(train: Path, test: Path | None, *, text: str, label: str, folds: int = 0) -> dict[str, Any]:
    """Evaluate and return the figures. Rows without a label are left out and counted.

    With `test` the classifier is trained on `train`; otherwise `train` is cut into stratified `folds` (shuffled, seed
    0) and each is proposed for by the others. Raises `tables.BadTableError` or OSError.
    """
    columns = tables.columns_of(text)
    documents, labels, skipped = _cases(train, columns, label)
    outcome = _Outcome()
    if test is None:
        for learn, ask in _folds(labels, folds):
            _evaluate(outcome, _pick(documents, labels, learn), _pick(documents, labels, ask))
    else:
        asked, answers, more = _cases(test, columns, label)
        skipped += more
        _evaluate(outcome, (documents, labels), (asked, answers))
    return {**_figures(outcome), "labels": len(set(labels)), "without_label": skipped}


_Cases = tuple[Sequence[Document], Sequence[str]]


def _cases(file: Path, columns: Sequence[str], label: str) -> tuple[list[Document], list[str], int]:
    rows = tables.read(file, [*columns, label])
    kept = [row for row in rows if row[label].strip()]
    if not kept:
        raise tables.BadTableError(f"{file.name} holds no row with a {label}.")
    return list(tables.fields(kept, columns)), [row[label].strip() for row in kept], len(rows) - len(kept)


def _folds(
    labels: Sequence[str], folds: int
) -> Iterable[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    if not 2 <= folds <= len(labels):
        raise tables.BadTableError(
            f"--folds must be between 2 and the number of rows with a label ({len(labels)})."
        )
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 -- a second of start-up, only needed here

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", UserWarning
        )  # classes smaller than the number of folds are the field's daily bread
        try:
            return list(
                StratifiedKFold(folds, shuffle=True, random_state=SEED).split(np.zeros(len(labels)), labels)
            )
        except ValueError as error:
            raise tables.BadTableError(f"No label has {folds} rows: choose fewer --folds.") from error


def _pick(documents: Sequence[Document], labels: Sequence[str], places: npt.NDArray[np.int64]) -> _Cases:
    return [documents[place] for place in places], [labels[place] for place in places]


def _evaluate(outcome: _Outcome, learn: _Cases, ask: _Cases) -> None:
    begin = time.perf_counter()
    classifier = training.train(*learn)
    trained = time.perf_counter()
    proposals = classifier.propose(ask[0])
    outcome.seconds += time.perf_counter() - trained
    outcome.train_seconds.append(trained - begin)
    outcome.wanted.extend(ask[1])
    outcome.proposed.extend([proposal.label for proposal in best] for best in proposals)
    outcome.sure.extend(best[0].probability for best in proposals)


def _figures(outcome: _Outcome) -> dict[str, Any]:
    wanted, first = np.array(outcome.wanted), np.array([best[0] for best in outcome.proposed])
    right, sure = wanted == first, np.array(outcome.sure)
    in_three = [label in best for label, best in zip(outcome.wanted, outcome.proposed, strict=True)]
    return {
        "n": len(wanted),
        "accuracy": round(float(right.mean()), 4),
        "macro_f1": round(macro_f1(wanted, first), 4),
        "top3": round(float(np.mean(in_three)), 4),
        "ece": round(calibration_error(right, sure), 4),
        "coverage_at_95": round(coverage(right, sure), 4),
        "train_s": round(float(np.mean(outcome.train_seconds)), 3),
        "ms_per_text": round(1000 * outcome.seconds / len(wanted), 3),
    }


def macro_f1(wanted: npt.NDArray[np.str_], first: npt.NDArray[np.str_]) -> float:
    """Mean over all labels that were wanted or proposed of 2·tp / (2·tp + fp + fn)."""
    scores = []
    for label in np.unique(np.concatenate([wanted, first])):
        both = int(((wanted == label) & (first == label)).sum())
        scores.append(2 * both / int((wanted == label).sum() + (first == label).sum()))
    return float(np.mean(scores))


def calibration_error(right: npt.NDArray[np.bool_], sure: npt.NDArray[np.float64]) -> float:
    """Expected calibration error in ten equal bins (Guo et al. 2017): mean |share right − mean probability|."""
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [
        (bins == number).mean() * abs(right[bins == number].mean() - sure[bins == number].mean())
        for number in np.unique(bins)
    ]
    return float(np.sum(gaps))


def coverage(right: npt.NDArray[np.bool_], sure: npt.NDArray[np.float64]) -> float:
    """Largest share of texts, surest first, of which at least 95 % are right."""
    order = np.argsort(-sure, kind="stable")
    precise = np.cumsum(right[order]) / np.arange(1, len(order) + 1) >= PRECISION
    last = np.flatnonzero(precise)
    return float((last[-1] + 1) / len(order)) if len(last) else 0.0
