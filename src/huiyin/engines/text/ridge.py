"""Least-squares classification on several views of a text, with what it would have said of each case unseen.

Kernel ridge regression on targets ±1 per class. The kernel is the weighted mean of the blocks' cosine similarities
plus a constant for the bias; cases of rare classes weigh more: (n / (classes · n_c)) ** balance. Small collections
are solved exactly, and the leave-one-out scores come for free: T_i − α_i / (C⁻¹)_ii with C the regularised kernel
(Rifkin & Lippert 2007, “Notes on regularized least squares”). Large ones are solved by conjugate gradients, stopped
early.
"""

import dataclasses
from collections.abc import Container
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

from huiyin.engines.text.features import Blocks, Matrix
from huiyin.engines.text.onerow import Row

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

BIAS = 0.1
_ITERATIONS = 15
_MORE_ITERATIONS = 6


@dataclasses.dataclass(frozen=True)
class Settings:
    """What one ridge looks at (weights of blocks), how much it shrinks, how much rare classes count."""

    name: str
    mix: dict[str, float]
    shrink: float
    balance: float


def stacked(blocks: Blocks, mix: dict[str, float]) -> Matrix:
    """Blocks side by side, scaled so that a row product is the weighted mean of the blocks' products."""
    return sparse.hstack(
        [blocks[name] * np.float32(scale) for name, scale in _scales(blocks, mix).items()], format="csr"
    )


def _scales(blocks: Container[str], mix: dict[str, float]) -> dict[str, float]:
    present = {name: weight for name, weight in mix.items() if weight and name in blocks}
    total = sum(present.values())
    return {name: float(np.sqrt(weight / total)) for name, weight in present.items()}


def example_weights(labels: Labels, classes: int, balance: float) -> Array:
    """Weight of each example by the rarity of its class."""
    counts = np.bincount(labels, minlength=classes)
    present = max(int((counts > 0).sum()), 1)
    by_class: Array = (len(labels) / np.maximum(counts, 1) / present) ** balance
    return by_class[labels]


def targets(labels: Labels, classes: int) -> Array:
    """Return rows of −1 with +1 at the label."""
    wanted = np.full((len(labels), classes), -1.0)
    wanted[np.arange(len(labels)), labels] = 1
    return wanted


@dataclasses.dataclass(frozen=True)
class Ridge:
    """A fitted ridge: `weights` has a row per column of the stacked blocks, `bias` one number per class."""

    weights: npt.NDArray[np.float32]
    bias: Array

    def scores(self, rows: Matrix) -> Array:
        """Score every class for every row; about −1 to 1."""
        found: Array = np.asarray(rows @ self.weights, dtype=np.float64) + self.bias
        return found

    def scores_by_block(self, blocks: Blocks | dict[str, Row], mix: dict[str, float]) -> Array:
        """Score every class for every row of the blocks that were stacked: for one text quicker than stacking."""
        found: Array = np.zeros((1, len(self.bias))) + self.bias
        start = 0
        for name, scale in _scales(blocks, mix).items():
            rows = blocks[name]
            found = found + scale * np.asarray(rows @ self.weights[start : start + rows.shape[1]])
            start += rows.shape[1]
        return found


def kernels(blocks: Blocks) -> dict[str, Array]:
    """Cosine similarities of all rows, block by block: what `fit_exact` mixes."""
    return {name: np.asarray((rows @ rows.T).todense(), dtype=np.float64) for name, rows in blocks.items()}


def fit_exact(
    blocks: Blocks, kernels_of: dict[str, Array], settings: Settings, wanted: Array, weights: Array
) -> tuple[Ridge, Array]:
    """Solve exactly; return the ridge and its leave-one-out scores. Time grows with n³: for some thousands."""
    mix = {name: weight for name, weight in settings.mix.items() if name in kernels_of}
    kernel = np.full((len(wanted), len(wanted)), BIAS)
    for name, weight in mix.items():
        kernel += kernels_of[name] * (weight / sum(mix.values()))
    kernel[np.diag_indices_from(kernel)] += settings.shrink / weights
    factor, _ = linalg.lapack.dpotrf(kernel, lower=1, overwrite_a=1)
    inverse, _ = linalg.lapack.dpotri(factor, lower=1)
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    alpha = inverse @ wanted
    unseen = wanted - alpha / np.diag(inverse)[:, None]
    return _ridge(stacked(blocks, settings.mix), alpha), unseen


def fit_large(
    rows: Matrix, wanted: Array, weights: Array, shrink: float, start: Any = None
) -> tuple[Ridge, Array]:
    """Solve by conjugate gradients with a diagonal preconditioner; return the ridge and where it stopped."""
    extra = (shrink / weights)[:, None]
    turned = rows.T.tocsr()

    def product(direction: Array) -> Array:
        narrow = direction.astype(np.float32)
        seen: Array = rows @ (turned @ narrow) + BIAS * direction.sum(axis=0) + extra * direction
        return seen

    scale = 1 / (1 + BIAS + extra)
    alpha: Array = np.zeros_like(wanted) if start is None else start.copy()
    residual = wanted - (product(alpha) if start is not None else 0)
    step = scale * residual
    energy = (residual * step).sum(axis=0)
    for _ in range(_ITERATIONS if start is None else _MORE_ITERATIONS):
        image = product(step)
        length = energy / np.maximum((step * image).sum(axis=0), 1e-12)
        alpha += length * step
        residual -= length * image
        fresh = scale * residual
        now = (residual * fresh).sum(axis=0)
        step = fresh + step * (now / np.maximum(energy, 1e-12))
        energy = now
    return _ridge(rows, alpha), alpha


def _ridge(rows: Matrix, alpha: Array) -> Ridge:
    return Ridge(
        weights=np.asarray(rows.T @ alpha.astype(np.float32), dtype=np.float32), bias=BIAS * alpha.sum(axis=0)
    )
