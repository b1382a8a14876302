"""How far the largest eigenvalue may lie above a Krylov space with a random start.

Let b be uniform on the unit sphere of R^n, H symmetric, and c = <b, x> for a unit eigenvector x of
the largest eigenvalue λ.  The density of c is at most √((n-1)/(2π)) for n >= 3, so

    P[|c| < δ] <= δ √(2(n-1)/π).                                                             (1)

The Lanczos process gives orthonormal vectors v_j = p_j(H) b with polynomials p_j of degree j.  As x
is an eigenvector, <v_j, x> = p_j(λ) c, and the squares of these sum to at most |x|² = 1:

    K(λ) = Σ_j p_j(λ)² <= 1/c².                                                              (2)

Above the largest Ritz value every p_j grows, so (1) and (2) bound λ with any wanted probability:
by the t where K(t) = 1/δ².  One event serves all steps, so the process may stop when it likes.  The
last term of K alone is the bound of van Dorsselaer, Hochstenbach and van der Vorst, *Computing
probabilistic bounds for extreme eigenvalues of symmetric matrices with the Lanczos method*, SIAM J.
Matrix Anal. Appl. 22 (2000) 837-852.

Before the process runs, Chebyshev polynomials in the place of the p_j give, for the largest of k
Ritz values θ,

    P[λ - θ > ε (λ - λ_min)] <= √(2(n-1)/π) / cosh((2k-1) artanh √ε),                        (3)

which implies 1.648 √n exp(-√ε (2k-1)), the bound of Kuczyński and Woźniakowski, *Estimating the
largest eigenvalue by the power and Lanczos algorithms with a random start*, SIAM J. Matrix Anal.
Appl. 13 (1992) 1094-1122.  All of this holds in exact arithmetic, over the draw of b alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["Run", "excluded", "largest_allowed", "mixed_start", "steps_for"]

Floats = np.ndarray[Any, Any]

_NOISE = 0.1
"""Share of the random part beside a guess."""
_HALVINGS = 24
"""Of the distance to the largest Ritz value; the upper end is returned."""


@dataclass
class Run:
    """Lanczos coefficients from one random start.

    Attributes
    ----------
    size : int
        Dimension of the space that the start is drawn from.
    share : float
        The start is a convex combination with this much of the random vector, 0 < share <= 1.
    alphas, betas : lists
        Diagonal of the tridiagonal matrix, and the norms below it; the last one is that of the
        vector that would come next.
    """

    size: int
    share: float = 1.0
    alphas: list[float] = field(default_factory=list)
    betas: list[float] = field(default_factory=list)

    def log_chance(self, t: float, floor: float) -> float:
        """Return the logarithm of a bound on P[(2) holds for λ = t], 0 where nothing is said.

        Norms below ``floor`` are not told from rounding, and count as ``floor``.  (1) with n = 3
        holds for n = 1 and 2 too.
        """
        log_p, square, pivot, before = 0.0, [0.0], math.inf, 0.0
        for alpha, beta in zip(self.alphas, self.betas, strict=True):
            pivot = t - alpha - before * before / pivot
            if pivot <= 0:
                return 0.0
            before = max(beta, floor)
            log_p += math.log(pivot / before)
            square.append(2 * log_p)
        scale = 0.5 * math.log(2 * max(self.size - 1, 2) / math.pi) - math.log(self.share)
        return min(0.0, scale - _log_sum(square) / 2)


def excluded(runs: Sequence[Run], t: float, failure: float, floor: float) -> bool:
    """Return whether the largest eigenvalue is below t with probability 1 - ``failure`` at least.

    The starts of the runs are independent: each in the orthogonal complement of the earlier ones,
    which ended in invariant subspaces up to ``floor``.  The chances of r runs are joined as Fisher
    joins p-values: their product is x or less with probability x Σ_{j<r} log(1/x)^j/j!.  So that
    r may be chosen on the way, r runs have the part 2^-r of ``failure``.
    """
    logs = [run.log_chance(t, floor) for run in runs]
    return _joined(-math.fsum(logs), len(runs)) <= math.log(failure) - len(runs) * math.log(2)


def largest_allowed(runs: Sequence[Run], above: float, failure: float, floor: float) -> float:
    """Return the t >= ``above`` from which on values are :func:`excluded`.

    Parameters
    ----------
    above
        The largest Ritz value of all runs.

    Examples
    --------
    >>> run = Run(1000, alphas=[0.0], betas=[1.0])
    >>> largest_allowed([run], 0.0, 1e-9, 1e-16) > 1e9  # one product says next to nothing
    True
    """
    gap = max(floor, abs(above) * math.ulp(1.0))

    def rare(distance: float) -> bool:
        return excluded(runs, above + distance, failure, floor)

    while not rare(gap):
        gap *= 4
    low, high = 0.0, gap
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if rare(middle) else (middle, high)
    return above + high


def _joined(x: float, count: int) -> float:
    """Return the logarithm of exp(-x) Σ_{j<count} x^j/j!."""
    if not x:
        return 0.0
    return _log_sum([j * math.log(x) - math.lgamma(j + 1) for j in range(count)]) - x


def _log_sum(logs: Sequence[float]) -> float:
    """Return the logarithm of the sum of exponentials."""
    top = max(logs)
    return top + math.log(math.fsum(math.exp(s - top) for s in logs))


def mixed_start(rng: np.random.Generator, size: int, guess: Floats | None) -> tuple[Floats, float]:
    """Return a unit vector to start from, and the share of it that is random.

    Beside a guess that does not depend on the random part the chances are those of the random part
    alone, with δ times its share: shifting a symmetric unimodal density only makes |c| < δ rarer.
    """
    noise = rng.standard_normal(size)
    noise /= np.linalg.norm(noise)
    length = 0.0 if guess is None else float(np.linalg.norm(guess))
    if guess is None or not 0 < length < math.inf:
        return noise, 1.0
    start = guess / length + _NOISE * noise
    return start / np.linalg.norm(start), _NOISE / (1 + _NOISE)


def steps_for(size: int, gap: float, failure: float = 1e-9) -> int:
    """Return how many Lanczos steps make λ - θ <= gap (λ - λ_min), by (3), whatever H is.

    Most operators need far fewer; the process itself says when it may stop.

    Raises
    ------
    ValueError
        Unless ``size`` >= 3, 0 < gap < 1 and 0 < failure < 1.

    Examples
    --------
    >>> steps_for(10**6, 0.01), steps_for(10**6, 0.0001)
    (141, 1406)
    """
    if size < 3 or not (0 < gap < 1 and 0 < failure < 1):
        raise ValueError(f"no number of steps for {size=}, {gap=}, {failure=}")
    far = math.acosh(max(1.0, math.sqrt(2 * (size - 1) / math.pi) / failure))
    return max(1, min(size, math.ceil((far / math.atanh(math.sqrt(gap)) + 1) / 2)))
