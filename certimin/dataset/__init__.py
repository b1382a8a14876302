"""What the theorems say about the user's own data: bounds, training, report.

>>> data([[1, 0], [0, 1]], [1, 2], depth=3)["minimal_sharpness"]
[8.772053214, 8.772053215] (certified)
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from certimin.arrays import dataset, exact_rows
from certimin.dataset import training
from certimin.dataset.bounds import regression
from certimin.dataset.report import DepthReport, Described, Report
from certimin.numbers import whole
from numeric.datasets import Dataset
from numeric.enclosure import Enclosure
from numeric.moments import Moments, RangeMoments, moments, range_moments
from theorems.unified.minimal_sharpness_eq_gain import minimal_sharpness as enclosed
from verify.errors import UsageError

__all__ = ["Reduced", "data", "minimal_sharpness", "reduced", "report_on"]


class Reduced(NamedTuple):
    """All that is needed of data which may be large themselves."""

    described: Described
    exact: RangeMoments
    full: Moments | None


def reduced(data: Dataset, *, train: bool = False) -> Reduced:
    """Return what a report needs of the data; with ``train`` also to run gradient descent."""
    with threadpool_limits(1, "blas"):
        return Reduced(
            Described.of(data), range_moments(data), moments(data) if train else None
        )  # fmt: skip


def report_on(data: Reduced, depths: Sequence[int], *, seed: int = 0) -> Report:
    """Return certified bounds at each depth, with descents if the data were prepared for them.

    Raises
    ------
    UsageError
        If no theorem applies, or the numbers are too large or too small for float64 to propose.
    """
    try:
        # what overflows ends as an error below; small matrices only lose time on several threads
        with np.errstate(all="ignore"), threadpool_limits(1, "blas"):
            problem = regression(data.exact, data.full)
            spectrum, reports = problem.spectrum(), []
            for depth in depths:
                rows = problem.at_depth(depth)
                runs = None
                if data.full is not None:
                    runs = training.train(problem, depth, rows[0].value, seed)
                reports.append(DepthReport(depth, rows, runs))
    except (ArithmeticError, np.linalg.LinAlgError) as error:
        raise UsageError(
            f"{data.described.name}: expected numbers whose squares fit well into float64, got "
            f"{error}; rescale the features (--scale) and the targets"
        ) from error
    return Report(data.described, spectrum, reports, problem.target_rank)


def data(
    X: Any,
    y: Any = None,
    *,
    depth: int | Sequence[int] = 2,
    train: bool = False,
    seed: int = 0,
) -> Report:
    """Return certified bounds for deep linear networks trained on the user's data.

    Parameters
    ----------
    X, y
        Inputs (n, d_x) and outputs (n,) or (n, d_y): arrays, lists or frames; or one
        :class:`numeric.datasets.Dataset`.
    depth
        Number of layers, one or several.
    train, seed
        Whether gradient descent is run around the largest stable step size, and its seed.

    Returns
    -------
    Report
        Numbers by key (``found["minimal_sharpness"]``, ``found["condition"]``; with several depths
        ``found.at(3)``), ``to_json()``, ``str``.

    Raises
    ------
    UsageError
        In one line, for data that cannot be read or on which no theorem speaks.
    """
    seed = whole("seed", seed, 0)
    several: Sequence[Any] = [depth]
    if isinstance(depth, Sequence) or getattr(depth, "ndim", False):
        several = list(depth)  # type: ignore[arg-type]
    if not several:
        raise UsageError(f"depth: expected a whole number or several, got {depth!r}; give L >= 1")
    depths = [_depth(L) for L in several]
    return report_on(reduced(dataset(X, y), train=train), depths, seed=seed)


def minimal_sharpness(
    sigma: Any = None,
    target: Any = None,
    depth: Any = None,
    *,
    X: Any = None,
    y: Any = None,
    precision: int = 128,
) -> Enclosure:
    """Return the least sharpness of any minimizer, enclosed (theorem U1).

    From second moments, ``minimal_sharpness(sigma, target, depth)``, or from samples,
    ``minimal_sharpness(X=..., y=..., depth=...)``.  Hidden widths are at least the rank of TΣ.

    Parameters
    ----------
    sigma, target
        Σ = E[x xᵀ], shape (d_x, d_x), singular or not, and T with E[y xᵀ] = TΣ, shape (d_y, d_x):
        rows of ints, Fractions or floats, which are read as the dyadic rationals they are.
    depth
        L >= 1.
    X, y
        Samples, as for :func:`data`.
    precision
        Working precision in bits, for Σ and T.

    Returns
    -------
    Enclosure
        Certified; for R = E|y - Px|², no factor 1/2.

    Raises
    ------
    UsageError
        In one line, for arrays of other shapes, or if TΣ = 0.

    Examples
    --------
    >>> minimal_sharpness([[1, 0], [0, 1]], [[4, 0]], depth=2)  # whitened: 2L|T|^{2-2/L}
    16 (certified)
    >>> minimal_sharpness(X=[[2, 0], [0, 2]], y=[2, 0], depth=2) < 8.01
    True
    """
    L = _depth(depth)
    precision = whole("precision", precision, 2)
    if X is not None or y is not None:
        if sigma is not None or target is not None:
            raise UsageError("X: expected X and y, or sigma and target, got both; give one pair")
        with threadpool_limits(1, "blas"):
            found: Enclosure = regression(range_moments(dataset(X, y))).at_depth(L)[0].value
        return found
    for name, value in (("sigma", sigma), ("target", target)):
        if value is None:
            raise UsageError(f"{name}: expected sigma and target, or X and y, got none; give both")
    rows, wanted = exact_rows("sigma", sigma), exact_rows("target", target)
    _check_moments(rows, wanted)
    try:
        return Enclosure.of(enclosed(rows, wanted, L, precision=precision))
    except (ArithmeticError, ValueError) as error:
        raise UsageError(
            f"sigma: expected a covariance with TΣ != 0, got one where {error}; check both"
        ) from error


def _check_moments(sigma: list[list[Fraction]], target: list[list[Fraction]]) -> None:
    d = len(sigma)
    if len(sigma[0]) != d or any(sigma[i][j] != sigma[j][i] for i in range(d) for j in range(i)):
        shape = f"{d} rows of {len(sigma[0])}"
        got = shape if len(sigma[0]) != d else "one that is not symmetric"
        raise UsageError(f"sigma: expected a symmetric matrix, got {got}; give E[x x^T]")
    if len(target[0]) != d:
        raise UsageError(
            f"target: expected {d} columns, as sigma has, got {len(target[0])}; give T, not y"
        )


def _depth(depth: Any) -> int:
    return whole("depth", depth, 1, remedy="give L >= 1")
