"""The largest eigenvalue of a symmetric operator between two bounds, by one Lanczos process.

Below: the Rayleigh quotient of the vector found.  Above: what the random start allows (see
:mod:`numeric.spectrum.random_start`), or for small matrices all eigenvalues and the error of the
decomposition.  The basis is kept orthogonal in full, so the coefficients are those of exact
arithmetic up to rounding, and what should vanish in the projected operator measures the rounding of
the products.

Where the space is exhausted the process goes on from a new random vector in its complement: that
finds eigenvalues which the first start did not see, or says that they are unlikely.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from numeric.spectrum.random_start import Run, excluded, largest_allowed

__all__ = ["Goals", "Largest", "largest_by_lanczos", "largest_of_matrix", "of_order_one"]

Floats = np.ndarray[Any, Any]
Operator = Callable[[Floats], Floats]

_UNIT = float(np.finfo(np.float64).eps) / 2
_ROUNDINGS = 4
"""A product may be off by this many unit roundoffs of the norm, all in one direction."""


@dataclass(frozen=True)
class Goals:
    """When a process is done: ``tolerance`` bounds the residual, ``width`` the distance of bounds.

    Both relative to the largest modulus of a Ritz value.  ``failure`` is the chance that the upper
    bound is wrong, ``steps`` the most vectors of a basis, kept in ``dtype``; ``unit`` is the unit
    roundoff of the products.
    """

    tolerance: float
    width: float
    failure: float
    steps: int
    dtype: type[np.floating[Any]] = np.float64
    unit: float = _UNIT


@dataclass(frozen=True, eq=False)
class Largest:
    """What was found: ``value`` - ``rounding`` <= largest eigenvalue <= ``upper``.

    ``residual`` is the norm of Hx - value x for the unit ``vector`` x; ``floor`` is about the
    residual that rounding of the products leaves; ``products`` are those taken.
    """

    value: float
    residual: float
    upper: float
    rounding: float
    floor: float
    vector: Floats
    products: int
    converged: bool


class _Process:
    """A growing orthonormal basis with the projected operator."""

    def __init__(
        self, apply: Operator, start: Floats, image: Floats, share: float, goals: Goals
    ) -> None:
        self.apply, self.size, self.goals = apply, start.size, goals
        self.basis = np.empty((goals.steps, self.size), goals.dtype)
        self.runs = [Run(self.size, share)]
        self.fresh, self.first = start, image
        self.worst, self.squares, self.entries = 0.0, 0.0, 0
        self.norm, self.coupling = 0.0, 0.0

    def extend(self, j: int) -> bool:
        """Take the j-th vector into the basis; return whether the space is exhausted."""
        run = self.runs[-1]
        self.basis[j] = self.fresh
        image = self.apply(self.basis[j].astype(np.float64)) if j else self.first.copy()
        length = float(np.linalg.norm(image))
        along = self._project(image, j)
        if run.alphas:
            along[-2] -= run.betas[-1]
        self._measure(along[:-1])
        beta = float(np.linalg.norm(image))
        if beta < 0.7 * length or self.goals.dtype != np.float64:  # cancelled: once more
            self._project(image, j)
            beta = float(np.linalg.norm(image))
        run.alphas.append(float(along[-1]))
        run.betas.append(beta)
        self.norm = max(self.norm, length)
        self.fresh = image / beta if beta else image
        return beta <= self.floor

    @property
    def floor(self) -> float:
        """Norms of new directions up to this are rounding."""
        return max(_ROUNDINGS * self.goals.unit * self.norm, 2 * self.least_residual)

    def _project(self, image: Floats, j: int) -> Floats:
        """Subtract from ``image`` its part in the basis; return the coordinates of the part."""
        known = self.basis[: j + 1]
        along: Floats = known @ image.astype(known.dtype)
        image -= along @ known
        return along.astype(np.float64, copy=False)

    def _measure(self, zeros: Floats) -> None:
        """Note entries of the projected operator that would vanish without rounding."""
        if zeros.size:
            self.worst = max(self.worst, float(np.abs(zeros).max()))
            self.squares += float(zeros @ zeros)
            self.entries += zeros.size

    def restart(self, j: int, rng: np.random.Generator) -> None:
        """Go on from a random vector orthogonal to the first j ones."""
        self.coupling += max(self.runs[-1].betas[-1], self.floor)
        self.fresh = rng.standard_normal(self.size)
        for _ in range(2):
            self._project(self.fresh, j - 1)
        self.fresh /= np.linalg.norm(self.fresh)
        self.runs.append(Run(self.size - j))

    def ritz(self) -> tuple[float, float, Floats]:
        """Return the largest Ritz value, its residual as the process has it, and its mixture."""
        from scipy.linalg import eigh_tridiagonal

        alphas = np.array([a for run in self.runs for a in run.alphas])
        below = np.array([b for run in self.runs for b in [*run.betas[:-1], 0.0]][:-1])
        end = (len(alphas) - 1,) * 2
        values, mixes = eigh_tridiagonal(alphas, below, select="i", select_range=end)
        least = eigh_tridiagonal(alphas, below, True, select="i", select_range=(0, 0))[0]
        theta, mix = float(values[0]), mixes[:, 0]
        self.norm = max(theta, -float(least), math.ulp(0.0))
        return theta, self.runs[-1].betas[-1] * abs(float(mix[-1])), mix

    def done(self, theta: float, residual: float) -> bool:
        """Return whether the residual is small and the upper bound near enough."""
        goals = self.goals
        near = theta + goals.width * self.norm - self.coupling
        small = residual <= max(goals.tolerance * self.norm, 2 * self.least_residual)
        return small and excluded(self.runs, near, goals.failure, self.floor)

    def upper(self, theta: float) -> float:
        """Return the bound that the random starts give, without rounding of products.

        A basis of the whole space leaves nothing to chance, only entries that should vanish.
        """
        if sum(len(run.alphas) for run in self.runs) == self.size:
            return theta + 2 * math.sqrt(self.size) * self.worst
        allowed = largest_allowed(self.runs, theta, self.goals.failure, self.floor)
        return allowed + self.coupling

    @property
    def least_residual(self) -> float:
        """Return about how long the rounding of one product is."""
        mean = math.sqrt(self.squares / self.entries) if self.entries else 0.0
        return mean * math.sqrt(self.size)


def of_order_one(apply: Operator, image: Floats) -> tuple[Operator, Floats, int]:
    """Return operator and image divided by 2 ** e, where the image has entries of order one; e."""
    exponent = math.frexp(float(np.abs(image).max()))[1]
    return lambda v: np.ldexp(apply(v), -exponent), np.ldexp(image, -exponent), exponent


def largest_by_lanczos(
    apply: Operator,
    start: Floats,
    image: Floats,
    share: float,
    goals: Goals,
    rng: np.random.Generator,
) -> Largest:
    """Return bounds of the largest eigenvalue of a symmetric operator with entries of order one.

    Parameters
    ----------
    apply
        From float64 vectors of shape (n,), n >= ``goals.steps``, to float64 ones.
    start, share
        From :func:`numeric.spectrum.random_start.mixed_start`.
    image
        The product of the start.
    rng
        For new starts, independent of the first.

    Raises
    ------
    ArithmeticError
        A product is not finite.
    """
    process, met, count, look = _Process(apply, start, image, share, goals), False, 0, 2
    while count < goals.steps and not met:
        exhausted = process.extend(count)
        count += 1
        if exhausted or count == goals.steps or count >= look:
            theta, residual, mix = process.ritz()
            met, look = process.done(theta, residual), count + max(2, count // 10)
        if exhausted and not met and count < goals.steps:
            process.restart(count, rng)
    x = (mix.astype(process.basis.dtype) @ process.basis[:count]).astype(np.float64)
    return _judged(process, x / np.linalg.norm(x), process.upper(theta), count, goals)


def _judged(process: _Process, x: Floats, upper: float, count: int, goals: Goals) -> Largest:
    """Return the result for the vector x, with the rounding that was seen."""
    image = process.apply(x)
    value = float(x @ image)
    residual = float(np.linalg.norm(image - value * x))
    rounding = process.worst + process.norm * (_ROUNDINGS * goals.unit + math.sqrt(x.size) * _UNIT)
    basis = float(np.finfo(goals.dtype).eps) / 2 * math.sqrt(count) * process.norm
    top = max(value, upper) + rounding + basis
    met = (
        residual <= max(goals.tolerance * process.norm, 4 * process.least_residual)
        and top - value <= goals.width * process.norm + 2 * rounding + basis
    )
    floor = process.least_residual
    return Largest(value, residual, top, rounding, floor, x, count, met)


def largest_of_matrix(matrix: Floats, unit: float = 0.0) -> Largest:
    """Return bounds of the largest eigenvalue of a square matrix that is symmetric up to rounding.

    The upper bound is that of the decomposition S = V D Vᵀ + R in floating point: λ_max(S) <=
    λ_max(D) + |λ_max(D)| |VᵀV - I| + |R|, with Frobenius norms; and likewise what is not symmetric.
    ``unit`` is the unit roundoff of the products that the columns are; 0 for a matrix as such.
    """
    symmetric = (matrix + matrix.T) / 2
    values, vectors = np.linalg.eigh(symmetric)
    x: Floats = vectors[:, -1] / np.linalg.norm(vectors[:, -1])
    value = float(x @ (symmetric @ x))
    residual = float(np.linalg.norm(symmetric @ x - value * x))
    top = float(values[-1])
    defect = float(np.linalg.norm(vectors.T @ vectors - np.eye(len(x))))
    error = float(np.linalg.norm((vectors * values) @ vectors.T - symmetric))
    norm = float(np.abs(values).max())
    rounding = (math.sqrt(x.size) * _UNIT + _ROUNDINGS * unit) * norm
    rounding += float(np.linalg.norm(matrix - symmetric))
    upper = max(value, top + abs(top) * defect + error) + rounding
    return Largest(value, residual, upper, rounding, residual, x, 0, True)
