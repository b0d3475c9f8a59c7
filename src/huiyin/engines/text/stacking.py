"""Makes one calibrated probability of several witnesses' scores.

p = softmax(Σ a_m · z_m + b · log prior): one weight ≥ 0 per witness, drawn towards their mean, and one for
the prior, fitted by maximum likelihood on scores of cases the witnesses had not seen. Few parameters, so the
probabilities mean what they say (a form of temperature scaling, Guo et al. 2017, with several sources).
"""

import dataclasses

import numpy as np
from scipy import optimize

from huiyin.engines.text.ridge import Array, Labels

_PULL = 0.03
_TILTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
_MAY_LOSE = 0.005


@dataclasses.dataclass(frozen=True)
class Stack:
    """Scales and weights of the witnesses, the prior's weight, and the tilt of the decision."""

    scales: Array
    weights: Array
    log_prior: Array
    tilt: float

    def probabilities(self, scores: list[Array]) -> Array:
        """Probability of every class for every row."""
        return softmax(_combined(_views(scores, self.scales, self.log_prior), self.weights))

    def preferences(self, probabilities: Array) -> Array:
        """Rate the labels for proposing: tilted towards rare ones as far as accuracy allowed in training."""
        preferred: Array = np.log(np.maximum(probabilities, 1e-12)) - self.tilt * self.log_prior
        return preferred


def softmax(logits: Array) -> Array:
    """Rows of logits as probabilities."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _centred(scores: Array) -> Array:
    centred: Array = scores - scores.mean(axis=1, keepdims=True)
    return centred


def _views(scores: list[Array], scales: Array, log_prior: Array) -> Array:
    centred = [_centred(score) / scale for score, scale in zip(scores, scales, strict=True)]
    return np.stack([*centred, np.broadcast_to(log_prior, scores[0].shape)])


def _combined(views: Array, weights: Array) -> Array:
    logits: Array = np.tensordot(weights, views, axes=1)
    return logits


def fit(scores: list[Array], labels: Labels) -> Stack:
    """Learn the weights from scores of unseen cases and their labels."""
    classes = scores[0].shape[1]
    scales = np.array([max(float(np.sqrt((_centred(score) ** 2).mean())), 1e-9) for score in scores])
    log_prior = np.log(np.bincount(labels, minlength=classes) + 1.0)
    log_prior -= log_prior.mean()
    views = _views(scores, scales, log_prior)
    rows = np.arange(len(labels))

    def loss(weights: Array) -> tuple[float, Array]:
        shares = softmax(_combined(views, weights))
        away = weights[:-1] - weights[:-1].mean()
        value = -np.log(shares[rows, labels] + 1e-12).mean() + _PULL * (away**2).sum()
        shares[rows, labels] -= 1
        slope = np.tensordot(views, shares, axes=([1, 2], [0, 1])) / len(labels)
        slope[:-1] += 2 * _PULL * away
        return float(value), slope

    start = np.r_[np.ones(len(scores)), 0.0]
    limits = [(0.0, 20.0)] * len(scores) + [(-3.0, 3.0)]
    weights = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=limits).x
    untilted = Stack(scales=scales, weights=weights, log_prior=log_prior, tilt=0.0)
    return dataclasses.replace(untilted, tilt=_tilt(untilted, scores, labels))


def _tilt(stack: Stack, scores: list[Array], labels: Labels) -> float:
    """Choose the tilt with the best macro F1 among those that lose at most half a point of accuracy."""
    shares = stack.probabilities(scores)
    found = []
    for tilt in _TILTS:
        chosen = dataclasses.replace(stack, tilt=tilt).preferences(shares).argmax(axis=1)
        found.append((float((chosen == labels).mean()), macro_f1(labels, chosen), tilt))
    least = max(accuracy for accuracy, _, _ in found) - _MAY_LOSE
    return max((f1, -tilt) for accuracy, f1, tilt in found if accuracy >= least)[1] * -1


def macro_f1(labels: Labels, chosen: Labels) -> float:
    """Mean over the classes that occur of 2·tp / (2·tp + fp + fn)."""
    classes = int(max(labels.max(initial=0), chosen.max(initial=0))) + 1
    right = np.bincount(labels[labels == chosen], minlength=classes)
    total = np.bincount(labels, minlength=classes) + np.bincount(chosen, minlength=classes)
    occurs = total > 0
    return float((2 * right[occurs] / total[occurs]).mean()) if occurs.any() else 0.0
