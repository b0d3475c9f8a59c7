"""Learning from this installation's own cases: what units signed for or answered. Nothing else, nobody else's."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction

from huiyin.audit import operations as audit
from huiyin.cases.queries import learning, similar
from huiyin.catalogue import queries as catalogue
from huiyin.engines.text import storage, training
from huiyin.kernel import memory
from huiyin.triage import logic
from huiyin.triage.enums import DECIDED, Question
from huiyin.triage.models import ModelFile, WordShares
from huiyin.triage.queries import trained

if TYPE_CHECKING:
    from huiyin.cases.queries.learning import Decided
    from huiyin.engines.text.classify import Classifier

MOST_CASES = 10_000
LEAST_CASES = 60
FEWEST_PER_SERVICE = 60
SAMPLE = 20_000
FILES_KEPT = 3
BINS = 10
Document = tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """What came of training for one question."""

    question: Question
    cases: int
    held_out: int = 0
    accuracy: float | None = None
    accuracy_before: float | None = None
    replaced: bool = False
    seconds: float = 0.0

    def figures(self) -> dict[str, Any]:
        """As the command prints it."""
        return {**vars(self), "question": self.question.value}


def train_all() -> list[Result]:
    """Train a model for every question, put each that is not worse into use, and count which words are rare.

    The newest cases judge the new model and the one in use and teach neither. Where there are too few cases, or all are
    of one kind, nothing is trained and what is in use stays.
    """
    count_words()
    services = max(len(catalogue.leaf_words()), 1)
    rows = learning.decided(per_service=max(MOST_CASES // services, FEWEST_PER_SERVICE), most=MOST_CASES)
    return [_train(question, rows) for question in DECIDED]


def count_words() -> int:
    """Count in what share of the newest cases each word stands; returns how many words are kept."""
    shares = similar.shares(sample=SAMPLE)
    with transaction.atomic():
        row = WordShares.objects.create(shares=shares, cases=similar.stored())
        WordShares.objects.exclude(pk=row.pk).delete()
    memory.forget("triage-rarity")
    return len(shares)


_LABELS: dict[Question, Callable[[Decided], str]] = {
    Question.SERVICE: lambda row: str(row.service_id),
    Question.UNIT: lambda row: str(row.unit_id or ""),
    Question.KIND: lambda row: row.kind,
}


def _document(question: Question, row: Decided) -> Document:
    return (row.text, str(row.service_id)) if question is Question.UNIT else (row.text,)


def _train(question: Question, decided: Sequence[Decided]) -> Result:
    label = _LABELS[question]
    rows = [row for row in decided if label(row) and row.text.strip()]
    if len(rows) < LEAST_CASES or len({label(row) for row in rows}) < 2:
        return Result(question, len(rows))
    begin = time.perf_counter()
    count = logic.held_out([row.received_at for row in rows])
    learn, judge = rows[:-count], rows[-count:]
    documents = [_document(question, row) for row in learn]
    labels = [label(row) for row in learn]
    if question is Question.SERVICE:
        # A service without a past is known by its own words.
        words = catalogue.leaf_words()
        documents += [(text,) for text in words.values()]
        labels += [str(pk) for pk in words]
    classifier = training.train(documents, labels)
    asked = [_document(question, row) for row in judge]
    wanted = [label(row) for row in judge]
    accuracy, error = _judged(classifier, asked, wanted)
    before = trained.classifier(question)
    accuracy_before = _judged(before, asked, wanted)[0] if before is not None else None
    file = ModelFile(
        question=question, learnt_until=learn[-1].received_at, cases=len(rows), held_out=len(judge),
        accuracy=accuracy, accuracy_before=accuracy_before, calibration_error=error,
        seconds=round(time.perf_counter() - begin, 2),
    )  # fmt: skip
    replaced = logic.is_not_worse(accuracy, accuracy_before)
    _keep(file, storage.dumps(classifier) if replaced else b"")
    return Result(question, len(rows), len(judge), accuracy, accuracy_before, replaced, file.seconds)


def _judged(
    classifier: Classifier, documents: Sequence[Document], wanted: Sequence[str]
) -> tuple[float, float]:
    """The share that is right, and the expected calibration error."""
    best = [row[0] for row in classifier.propose(documents, count=1)]
    right = np.array([proposal.label == label for proposal, label in zip(best, wanted, strict=True)])
    sure = np.array([proposal.probability for proposal in best])
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [
        (bins == n).mean() * abs(right[bins == n].mean() - sure[bins == n].mean()) for n in np.unique(bins)
    ]
    return round(float(right.mean()), 4), round(float(np.sum(gaps)), 4)


@transaction.atomic
def _keep(file: ModelFile, data: bytes) -> None:
    """Store the file, in use if it holds anything; of older ones keep the figures and the last few files."""
    file.data, file.sha256 = data, hashlib.sha256(data).hexdigest()
    if data:
        ModelFile.objects.filter(question=file.question, is_in_use=True).update(is_in_use=False)
        file.is_in_use = True
    file.save()
    older = ModelFile.objects.filter(question=file.question, is_in_use=False).values_list("pk", flat=True)
    ModelFile.objects.filter(pk__in=list(older[FILES_KEPT:])).update(data=b"")
    audit.record(
        "triage.trained", actor="system", subject=f"model:{file.pk}",
        data={"question": file.question, "cases": file.cases, "in_use": bool(data)},
    )  # fmt: skip
    memory.forget("triage-models")
