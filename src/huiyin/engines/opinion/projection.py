"""Two axes that explain most of how votes differ, and where everybody stands on them.

Method: principal components of the centred votes, missing votes counting as the statement's mean; participants who
voted on few statements are stretched by sqrt(statements / votes) (C. Small et al., "Polis: Scaling Deliberation by
Mapping High Dimensional Opinion Spaces", 2021).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.linalg
import scipy.sparse

from huiyin.engines.opinion.votes import Bools, Floats, Ints, VoteMatrix

_DENSE_WORK = 4e9  # participants * statements^2 up to which the exact dense way is the faster one
_DENSE_STATEMENTS = 1000
_CHUNK = 4096
_TOLERANCE = 1e-9  # residual of an axis, as a share of the largest eigenvalue
_WARM_TOLERANCE = 1e-7  # when former axes are carried on
_MAX_BASIS = 40
_MAX_STEPS = 400


@dataclass(frozen=True, slots=True)
class Axes:
    """Means (C) of the cast votes and two orthonormal components (2, C); an axis without variance is all zero.

    `strength` is the two largest eigenvalues of X'X; divided by `total` (its trace) the share of variance explained.
    """

    means: Floats
    components: Floats
    strength: Floats
    total: float


def means(votes: VoteMatrix, *, zeroed: Bools) -> Floats:
    """Return the mean cast vote of each statement; 0 where nobody voted and for zeroed statements."""
    columns = votes.shape[1]
    where = votes.indices.astype(np.intp)
    seen = np.bincount(where, minlength=columns)
    return means_of(np.bincount(where, weights=votes.values, minlength=columns), seen, zeroed=zeroed)


def means_of(total: Floats | Ints, seen: Ints, *, zeroed: Bools) -> Floats:
    """Return the means from agreements less disagreements, and all votes seen, of each statement."""
    return np.where(zeroed, 0.0, total / np.maximum(seen, 1))


def centred(votes: VoteMatrix, centre: Floats, *, zeroed: Bools) -> scipy.sparse.csr_array:
    """Return X (participants, statements): vote minus mean where voted, nothing elsewhere or where zeroed."""
    data = centre.take(votes.indices)
    np.subtract(votes.values, data, out=data)
    if zeroed.any():
        data[zeroed[votes.indices]] = 0.0
    return scipy.sparse.csr_array((data, votes.indices, votes.indptr.astype(np.int32)), shape=votes.shape)


def principal_axes(
    votes: VoteMatrix,
    matrix: scipy.sparse.csr_array,
    *,
    centre: Floats,
    zeroed: Bools,
    start: Floats | None = None,
) -> Axes:
    """Return the two leading eigenvectors of X'X over all participants, the largest loading of each positive.

    `centre` and `matrix` (X) as `means` and `centred` give them.

    Exact integer sums and a dense eigensolver while that is cheap, block Krylov iteration otherwise or when
    `start` (2, C) gives axes to begin from. The same votes always give the same axes.
    """
    rows, columns = votes.shape
    dense = columns <= _DENSE_STATEMENTS and rows * columns**2 <= _DENSE_WORK
    if dense and start is None:
        values, vectors, total = _dense_axes(votes, centre, zeroed=zeroed)
    else:
        values, vectors, total = _sparse_axes(matrix, start=start)
    return Axes(centre, _settle(values, vectors, total, columns), values, total)


def _settle(values: Floats, vectors: Floats, total: float, columns: int) -> Floats:
    """Return the two axes as rows, signs fixed, and zero where there is no variance left to explain."""
    components = np.zeros((2, columns))
    for axis in range(min(2, len(values))):
        if values[axis] <= 1e-10 * max(total, 1e-3):
            continue
        vector = vectors[:, axis]
        size = np.abs(vector)
        first_largest = int(np.argmax(size >= size.max() * (1 - 1e-9)))
        components[axis] = vector * np.sign(vector[first_largest])
    return components


def _dense_axes(votes: VoteMatrix, centre: Floats, *, zeroed: Bools) -> tuple[Floats, Floats, float]:
    gram = _gram(votes, centre, zeroed=zeroed)
    columns = len(centre)
    if columns == 0:
        return np.zeros(0), np.zeros((0, 0)), 0.0
    values, vectors = scipy.linalg.eigh(gram, subset_by_index=[max(columns - 2, 0), columns - 1])
    return values[::-1].copy(), np.ascontiguousarray(vectors[:, ::-1]), float(np.trace(gram))


def _gram(votes: VoteMatrix, centre: Floats, *, zeroed: Bools) -> Floats:
    """Return X'X from sums of whole numbers, which are exact, so the order of participants cannot matter."""
    rows, columns = votes.shape
    sums = np.zeros((3, columns, columns))
    for begin in range(0, rows, _CHUNK):
        cast, seen = _dense_rows(votes, begin, min(begin + _CHUNK, rows))
        sums[0] += cast.T @ cast
        sums[1] += seen.T @ cast
        sums[2] += seen.T @ seen
    votes_votes, seen_votes, seen_seen = sums
    half = centre[:, None] * seen_votes
    gram: Floats = votes_votes - half - half.T + centre[:, None] * seen_seen * centre[None, :]
    gram[zeroed, :] = 0.0
    gram[:, zeroed] = 0.0
    return gram


def _dense_rows(
    votes: VoteMatrix, begin: int, end: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    where = slice(votes.indptr[begin], votes.indptr[end])
    row = np.repeat(np.arange(end - begin), np.diff(votes.indptr[begin : end + 1]))
    cast = np.zeros((end - begin, votes.shape[1]), np.float32)
    seen = np.zeros_like(cast)
    cast[row, votes.indices[where]] = votes.values[where]
    seen[row, votes.indices[where]] = 1
    return cast, seen


def _sparse_axes(matrix: scipy.sparse.csr_array, *, start: Floats | None) -> tuple[Floats, Floats, float]:
    transposed = matrix.T

    def apply_one(vector: Floats) -> Floats:
        product: Floats = transposed @ (matrix @ np.ascontiguousarray(vector))
        return product

    begin = np.random.default_rng(0).standard_normal((matrix.shape[1], 2)) if start is None else start.T
    tolerance = _TOLERANCE if start is None else _WARM_TOLERANCE
    # One vector to a thread: scipy's single-vector product is several times faster than its block product.
    with ThreadPoolExecutor(2) as threads:
        values, vectors = leading_pairs(
            lambda block: np.column_stack(list(threads.map(apply_one, block.T))), begin, tolerance=tolerance
        )
    return values, vectors, float(matrix.data @ matrix.data)


def leading_pairs(
    apply: Callable[[Floats], Floats], start: Floats, *, tolerance: float = _TOLERANCE
) -> tuple[Floats, Floats]:
    """Return the two largest eigenvalues and eigenvectors of a symmetric operator by block Krylov with restarts.

    `apply` maps (C, b) to (C, b); `start` is (C, 2) and may be a former answer. (Y. Saad, "Numerical Methods for
    Large Eigenvalue Problems", ch. 6: Rayleigh-Ritz on the span of all residuals so far.)
    """
    basis = _orthonormal(start, np.zeros((len(start), 0)))
    image = apply(basis)
    for _ in range(_MAX_STEPS):
        values, small = np.linalg.eigh(_symmetric(basis.T @ image))
        lead = small[:, ::-1][:, :2]
        values = values[::-1][:2]
        vectors = basis @ lead
        residual = image @ lead - vectors * values
        if np.linalg.norm(residual, axis=0).max(initial=0.0) <= tolerance * max(
            values.max(initial=0.0), 1e-12
        ):
            break
        if basis.shape[1] + 2 > _MAX_BASIS:
            keep = small[:, ::-1][:, :8]
            basis, image = basis @ keep, image @ keep
        fresh = _orthonormal(residual, basis)
        if fresh.shape[1] == 0:
            break
        basis, image = np.hstack([basis, fresh]), np.hstack([image, apply(fresh)])
    return values, vectors


def _symmetric(square: Floats) -> Floats:
    return (square + square.T) / 2


def _orthonormal(block: Floats, basis: Floats) -> Floats:
    """Return an orthonormal basis of `block` outside the span of `basis`, dropping directions that vanish."""
    kept: list[Floats] = []
    for vector in block.T:
        rest = vector
        for _ in range(2):  # twice is enough against rounding
            rest = rest - basis @ (basis.T @ rest)
            for other in kept:
                rest = rest - other * (other @ rest)
        size = float(np.linalg.norm(rest))
        if size > 1e-12 * max(float(np.linalg.norm(vector)), 1e-300):
            kept.append(rest / size)
    return np.column_stack(kept) if kept else np.zeros((len(block), 0))


def positions(votes: VoteMatrix, matrix: scipy.sparse.csr_array, axes: Axes, *, zeroed: Bools) -> Floats:
    """Return where each participant stands, (participants, 2): sqrt(C / n) * (x . PC1, x . PC2).

    n counts the votes on live statements plus the zeroed statements, which count as voted by everyone.
    """
    raw = np.column_stack([matrix @ axes.components[0], matrix @ axes.components[1]])
    return raw * stretch(live_votes(votes, zeroed=zeroed), zeroed=zeroed)[:, None]


def stretch(live: Ints, *, zeroed: Bools) -> Floats:
    """Return sqrt(C / n) for participants with `live` votes on statements that are not zeroed; 0 without votes."""
    counted = live + int(np.count_nonzero(zeroed))
    return np.where(live > 0, np.sqrt(len(zeroed) / np.maximum(counted, 1)), 0.0)


def live_votes(votes: VoteMatrix, *, zeroed: Bools) -> Ints:
    """Return each participant's number of votes on statements that are not zeroed."""
    if not zeroed.any():
        return votes.votes_per_participant
    running = np.concatenate([[0], np.cumsum(~zeroed[votes.indices])])
    return np.diff(running[votes.indptr])


def statement_positions(axes: Axes, *, zeroed: Bools) -> Floats:
    """Return where a participant who only agreed with statement j would stand, (statements, 2).

    The norm of a row is the statement's extremity.
    """
    reach = np.sqrt(len(axes.means)) * (1.0 - axes.means)
    reach = np.where(zeroed, 0.0, reach)
    return (axes.components * reach).T
