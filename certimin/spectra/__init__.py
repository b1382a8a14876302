"""The sharpness of any network: the largest Hessian eigenvalue by products, between two bounds.

>>> import numpy as np
>>> found = largest_eigenvalue(lambda v: v * np.linspace(-5, 1, 200), 200)
>>> f"{found:.6f}", found < 1.01, 1 in found
('1.000000', True, True)
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from certimin.numbers import whole
from certimin.products.operators import Operator, as_vector
from certimin.spectra.result import LargestEigenvalue
from numeric.enclosure import Enclosure
from numeric.spectrum.largest import (
    Goals,
    Largest,
    largest_by_lanczos,
    largest_of_matrix,
    of_order_one,
)
from numeric.spectrum.random_start import mixed_start, steps_for
from verify.errors import UsageError

__all__ = ["LargestEigenvalue", "largest_eigenvalue", "steps_for"]

_DENSE, _DENSE_ARRAY = 64, 512
"""Up to these sizes all eigenvalues are computed: of an operator, of an array."""
_STEPS, _FEWEST = 400, 4
_STREAM = 0x5EED
"""Part of the seed, so that the start is not the noise of a network made from the same seed."""


def largest_eigenvalue(
    hvp: Any,
    size: int | None = None,
    *,
    tolerance: float = 1e-6,
    width: float = 1e-3,
    seed: int = 0,
    steps: int = _STEPS,
    failure: float = 1e-9,
    guess: Any = None,
    memory: float = 2.0**30,
) -> LargestEigenvalue:
    """Return the algebraically largest eigenvalue of a symmetric operator, between two bounds.

    Parameters
    ----------
    hvp
        v -> Hv on float64 vectors of shape (n,), returning NumPy, JAX or torch arrays; a SciPy
        LinearOperator; or a square symmetric array.
    size : int, optional
        n; may be left out where ``hvp`` knows it.
    tolerance, width : float
        The process ends when the residual and upper - value are at most these, relative to the
        largest modulus of an eigenvalue.
    seed : int
        Of the random start.
    steps : int
        Most Lanczos steps; :func:`steps_for` says how many are enough for any operator.
    failure : float
        Chance over the start that the upper bound does not hold.
    guess : (n,) array, optional
        A vector to start near, not chosen with knowledge of ``seed``; the bound holds still.
    memory : float
        Bytes for the basis.  Where float64 does not fit it is kept in float32, and where that does
        not either, steps are left out; ``notes`` says so.

    Raises
    ------
    UsageError
        An argument out of range; products of the wrong shape, not finite, or not symmetric.
    """
    _check(tolerance, width, failure, steps, seed)
    operator = Operator(hvp, size)
    n = operator.size
    if n <= (_DENSE if operator.matrix is None else _DENSE_ARRAY):
        return _by_matrix(operator)
    if operator.matrix is not None:
        operator.dense()
    rng = np.random.default_rng([_STREAM, seed])
    near = None if guess is None else _guess(guess, n)
    start, share = mixed_start(rng, n, near)
    image = operator(start)
    other = operator.check_symmetric(start, image, mixed_start(rng, n, None)[0])
    if not image.any() and not other.any():
        return _result(Largest(0.0, 0.0, 0.0, 0.0, 0.0, start, 2, True), 0, operator, failure, ())
    scaled, image, exponent = of_order_one(operator, image)
    steps, dtype, notes = _basis(n, steps, memory)
    goals = Goals(tolerance, width, failure, steps, dtype, operator.unit)
    found = largest_by_lanczos(scaled, start, image, share, goals, rng)
    limits = notes[:1] if found.converged else notes  # how few steps there were, if it matters
    return _result(found, exponent, operator, failure, limits)


def _by_matrix(operator: Operator) -> LargestEigenvalue:
    """The result from all eigenvalues."""
    matrix = operator.dense()
    largest = float(np.abs(matrix).max())
    exponent = math.frexp(largest)[1] if largest else 0
    unit = operator.unit if operator.matrix is None else 0.0
    found = largest_of_matrix(np.ldexp(matrix, -exponent), unit)
    return _result(found, exponent, operator, 0.0, ())


def _result(
    found: Largest, exponent: int, operator: Operator, failure: float, notes: tuple[str, ...]
) -> LargestEigenvalue:
    """What is found for the operator divided by 2 ** exponent, as users are given it."""
    unit = Fraction(2) ** exponent
    bounds = Fraction(found.value - found.rounding) * unit, Fraction(found.upper) * unit
    if operator.unit > np.finfo(np.float64).eps:
        floor = math.ldexp(found.floor, exponent)
        notes += (f"products in single precision or less leave a residual of about {floor:.1e}",)
    return LargestEigenvalue(
        Enclosure(*bounds, "sampled", "sampled"),
        math.ldexp(found.value, exponent),
        math.ldexp(found.residual, exponent),
        found.vector,
        operator.products,
        failure,
        found.converged,
        notes,
    )


def _basis(n: int, steps: int, memory: float) -> tuple[int, Any, tuple[str, ...]]:
    """Return how many vectors of the basis are kept, in which precision, and what that costs."""
    steps, dtype = min(steps, n), np.float64
    if steps * n * 8 <= memory:
        return steps, dtype, ()
    room = max(_FEWEST, int(memory // (4 * n)))
    notes: tuple[str, ...] = (f"basis kept in float32 to fit {memory:.2g} bytes",)
    if room < steps:
        notes += (f"at most {room} steps of {steps} for the same reason",)
    return min(steps, room), np.float32, notes


def _check(tolerance: float, width: float, failure: float, steps: int, seed: int) -> None:
    """Raise UsageError where a number makes no sense."""
    for name, x in (("tolerance", tolerance), ("width", width), ("failure", failure)):
        if not isinstance(x, int | float) or not 0 < x < 1:
            raise UsageError(f"{name}: expected 0 < {name} < 1, got {x!r}; leave it out")
    whole("seed", seed, 0)
    whole("steps", steps, 2)


def _guess(guess: Any, n: int) -> np.ndarray[Any, Any]:
    """Return the guess as a vector."""
    found: np.ndarray[Any, Any] = as_vector(guess).astype(np.float64).reshape(-1)
    if found.size != n or not np.isfinite(found).all():
        raise UsageError(f"guess: expected {n} finite numbers, got {found.size}; leave it out")
    return found
