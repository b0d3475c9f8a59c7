"""Proposes a label (service, unit, kind) for a text, with a calibrated probability and the words that spoke for it.

Four ridges that look at different views of the text, word counts and past neighbours are weighed into one probability
(`stacking`). The labels' own words count as one more example each, so a label is proposed for its name alone before
anyone was ever filed under it. Trained by `training.train` on nothing but the cases it is given; deterministic.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from huiyin.engines.text import experts, features, onerow, pipeline, ridge, stacking
from huiyin.engines.text.features import Blocks, Document, Weighting
from huiyin.engines.text.onerow import Row
from huiyin.engines.text.ridge import Array, Ridge, Settings

MODEL_VERSION = 1
"""Raise by one when stored models can no longer be read as they are."""

EXACT_UP_TO = 2_500
"""Training cases up to which everything is solved exactly; beyond it time must not grow with the cube."""

NEIGHBOURS_UP_TO = 6_000
"""Training cases up to which the most similar past cases are asked as well: all of them are looked at each time."""

_VALUE = {"value": 2.0}
RIDGES = (
    Settings("characters", {"one": 3, "word": 2, "two": 1, "three": 1, **_VALUE}, shrink=0.25, balance=0.5),
    Settings(
        "concepts",
        {"one": 3, "word": 2, "two": 1, "three": 1, "concept": 0.5, **_VALUE},
        shrink=0.3,
        balance=0.5,
    ),
    Settings("strings", {"word": 1, "long": 1, **_VALUE}, shrink=0.4, balance=0.3),
    Settings("words", {"word": 2, "head": 1, **_VALUE}, shrink=0.25, balance=0.5),
)
LARGE = ("concepts", "words")
BAYES = ("word", "two")


class NothingToLearnError(ValueError):
    """No training case was given."""


@dataclasses.dataclass(frozen=True)
class Proposal:
    """One proposed label; `probability` is calibrated on unseen training cases."""

    label: str
    probability: float


@dataclasses.dataclass(frozen=True)
class Reason:
    """A word of the text and how strongly it speaks for a label, compared with the other labels."""

    word: str
    weight: float


@dataclasses.dataclass(frozen=True)
class Classifier:
    """A trained classifier. Build with `training.train`."""

    labels: tuple[str, ...]
    weightings: dict[str, Weighting]
    ridges: dict[str, Ridge]
    bayes: dict[str, experts.Bayes]
    neighbours: experts.Neighbours | None
    columns: dict[str, npt.NDArray[np.int64]]
    stack: stacking.Stack

    def probabilities(self, documents: Sequence[Document]) -> Array:
        """Return a row per document and a column per label of `labels`."""
        if len(self.labels) == 1:
            return np.ones((len(documents), 1))
        if len(documents) == 1 and self.neighbours is None:
            return self.stack.probabilities(self._scores_of_one(documents[0]))
        counts = features.extract(documents, self.weightings)
        weighted = {
            name: self.weightings[name].apply_to_known(matrix, self.columns[name])
            for name, matrix in counts.items()
        }
        return self.stack.probabilities(self._scores(counts, weighted))

    def propose(self, documents: Sequence[Document], *, count: int = 3) -> list[list[Proposal]]:
        """Return the best labels for each document, best first."""
        shares = self.probabilities(documents)
        order = np.argsort(-self.stack.preferences(shares), axis=1, kind="stable")[:, :count]
        return [
            [Proposal(self.labels[column], float(row[column])) for column in best]
            for row, best in zip(shares, order, strict=True)
        ]

    def explain(self, document: Document, label: str, *, count: int = 5) -> list[Reason]:
        """Return the words that speak most for a label, strongest first; none for an unknown label."""
        if label not in self.labels or len(self.labels) == 1:
            return []
        normalised = pipeline.normalise("\n".join(document)[: features.MAX_DOCUMENT])
        said = features.word_tokens(normalised)
        spoken = {token: features.column("word", token) for token in said}
        counts = onerow.counted(features.word_columns("word", said), features.DIMENSIONS["word"])
        row = self._weighted("word", counts)
        strength = row.data * self._word_strength(self.labels.index(label), row.indices)
        value = dict(zip(self.columns["word"][row.indices], strength, strict=True))
        found = [
            Reason(token, float(value[column]))
            for token, column in spoken.items()
            if column in value and not token.startswith("@") and len(token) > 1
        ]
        return sorted((reason for reason in found if reason.weight > 0), key=lambda r: -r.weight)[:count]

    def _word_strength(self, label: int, places: npt.NDArray[np.int64]) -> Array:
        """Weight of the words at these places for a label against the mean of all labels, over all ridges."""
        total: Array = np.zeros(len(places))
        for index, (name, fitted) in enumerate(self.ridges.items()):
            mix = {block: w for block, w in settings_of(name).mix.items() if block in self.weightings}
            start = 0
            for block in mix:
                if block == "word":
                    break
                start += len(self.columns[block])
            part = fitted.weights[start + places]
            scale = (
                self.stack.weights[index]
                / self.stack.scales[index]
                * np.sqrt(mix["word"] / sum(mix.values()))
            )
            total += scale * (part[:, label] - part.mean(axis=1))
        return total

    def _weighted(self, block: str, counts: Row) -> Row:
        return onerow.weighted(counts, self.weightings[block], self.columns[block])

    def _scores(self, counts: Blocks, weighted: Blocks) -> list[Array]:
        found = [
            fitted.scores_by_block(weighted, settings_of(name).mix) for name, fitted in self.ridges.items()
        ]
        for block, bayes in self.bayes.items():
            found.append(bayes.scores(features.only(counts[block], self.columns[block])))
        if self.neighbours:
            found.append(self.neighbours.scores(ridge.stacked(weighted, settings_of("characters").mix)))
        return found

    def _scores_of_one(self, document: Document) -> list[Array]:
        """The same as `_scores` for one text, without the matrices; the neighbours are not asked."""
        counts = onerow.read(document, self.weightings)
        weighted = {name: self._weighted(name, row) for name, row in counts.items()}
        return [
            *(
                fitted.scores_by_block(weighted, settings_of(name).mix)
                for name, fitted in self.ridges.items()
            ),
            *(
                bayes.scores_of_row(counts[block].only(self.columns[block]))
                for block, bayes in self.bayes.items()
            ),
        ]


def settings_of(name: str) -> Settings:
    """Return the settings of the ridge of this name."""
    return next(settings for settings in RIDGES if settings.name == name)
