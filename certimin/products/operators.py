"""Symmetric operators as users have them: callables, SciPy LinearOperators, arrays; and checks.

Whatever a product returns (NumPy, JAX, torch) becomes a float64 vector; the precision it came in is
kept, because it decides which residual can be reached.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from verify.errors import UsageError

__all__ = ["NotFinite", "Operator", "as_vector"]

Floats = np.ndarray[Any, Any]


class NotFinite(UsageError):
    """A product holds NaN or infinity: the weights may have diverged."""


def as_vector(values: Any) -> Any:
    """Return an array of NumPy, JAX or torch as one of NumPy, if possible of its precision."""
    if hasattr(values, "detach"):  # torch
        values = values.detach().cpu()
        if str(values.dtype) == "torch.bfloat16":
            values = values.float()
        values = values.numpy()
    return np.asarray(values)


class Operator:
    """A symmetric operator on R^n that counts its products.

    Parameters
    ----------
    source
        A callable from float64 vectors of shape (n,) to vectors of that shape, an object with
        ``matvec`` and ``shape`` such as a SciPy LinearOperator, or a square array, sparse or not.
    size : int, optional
        n; may be left out where ``source`` has a ``shape`` or a ``size``.

    Attributes
    ----------
    unit : float
        Unit roundoff of the coarsest products so far.
    matrix : array or None
        The array, if that is what was given.

    Raises
    ------
    UsageError
        The source is none of these, or ``size`` is missing or contradicts it.
    """

    def __init__(self, source: Any, size: int | None = None) -> None:
        self.products, self.unit = 0, float(np.finfo(np.float64).eps) / 2
        self.matrix: Floats | None = None
        shape = getattr(source, "shape", None)
        self._apply: Callable[[Floats], Any]
        if hasattr(source, "matvec"):
            self._apply = source.matvec
        elif callable(source):
            self._apply, shape = source, None
        elif hasattr(source, "tocsr"):  # a sparse array
            self._apply = source.__matmul__
        else:
            self.matrix = _square(source)
            self._apply, shape = self.matrix.__matmul__, self.matrix.shape
        own = int(shape[0]) if shape else getattr(source, "size", None)
        if shape and (len(shape) != 2 or shape[0] != shape[1]):
            raise UsageError(f"hvp: expected a square operator, got shape {shape}; pass H, not J")
        self.size = _size(size, own if isinstance(own, int) else None)

    def __call__(self, v: Floats) -> Floats:
        """Return Hv in float64; UsageError where it is no finite real vector of shape (n,)."""
        self.products += 1
        found = as_vector(self._apply(v.copy()))  # theirs to write to
        if found.shape not in ((self.size,), (self.size, 1)):
            raise UsageError(
                f"hvp: expected products of shape ({self.size},), got {found.shape}; "
                "return H v as one flat vector, and check size="
            )
        if found.dtype.kind not in "fiu":
            raise UsageError(f"hvp: expected real products, got {found.dtype}; take the real part")
        if found.dtype.kind == "f":
            self.unit = max(self.unit, float(np.finfo(found.dtype).eps) / 2)
        image: Floats = found.reshape(-1).astype(np.float64)
        if not np.isfinite(image).all():
            bad = int(self.size - np.isfinite(image).sum())
            raise NotFinite(
                f"hvp: expected finite products, got {bad} of {self.size} entries NaN or infinite; "
                "check that loss and weights are finite"
            )
        return image

    def check_symmetric(self, u: Floats, image: Floats, v: Floats) -> Floats:
        """Return Hv; UsageError unless <v, Hu> = <u, Hv> up to half of the digits of the products.

        For random unit vectors the difference is about the Frobenius norm of H - Hᵀ over n, and the
        norm of Hu about that of H over √n.
        """
        other = self(v)
        unit = math.frexp(max(float(np.abs(image).max()), float(np.abs(other).max())))[1]
        image, scaled = np.ldexp(image, -unit), np.ldexp(other, -unit)  # squares keep in range
        left, right = float(v @ image), float(u @ scaled)
        scale = max(float(np.linalg.norm(image)), float(np.linalg.norm(scaled)))
        if abs(left - right) * math.sqrt(self.size) > math.sqrt(self.unit) * scale:
            left, right = math.ldexp(left, unit), math.ldexp(right, unit)
            raise UsageError(
                f"hvp: expected a symmetric operator, got <v, Hu> = {left:.9g} and <u, Hv> = "
                f"{right:.9g}; is it deterministic (dropout off), linear in v, and a Hessian?"
            )
        return other

    def dense(self) -> Floats:
        """Return the matrix; UsageError where it is not symmetric up to half of its digits."""
        given = self.matrix is not None
        matrix = self.matrix if given else np.column_stack([self(e) for e in np.eye(self.size)])
        assert matrix is not None
        gaps = np.abs(matrix - matrix.T)
        if float(np.linalg.norm(gaps)) > math.sqrt(self.unit) * float(np.linalg.norm(matrix)):
            i, j = map(int, np.unravel_index(int(gaps.argmax()), gaps.shape))
            raise UsageError(
                f"hvp: expected a symmetric operator, got H[{i}, {j}] = {matrix[i, j]:.9g} and "
                f"H[{j}, {i}] = {matrix[j, i]:.9g}; pass (H + H.T)/2 if rounding did this"
            )
        return matrix


def _square(source: Any) -> Floats:
    """Return an array as a finite square matrix of float64."""
    try:
        found = as_vector(source)
    except (TypeError, ValueError, RuntimeError):
        found = np.asarray(None)
    if found.dtype.kind not in "fiu":
        raise UsageError(
            f"hvp: expected a function v -> Hv, a LinearOperator or a square array, got "
            f"{type(source).__name__}; for a network use certimin.products.hvp_of"
        )
    if found.ndim != 2 or found.shape[0] != found.shape[1] or not found.size:
        raise UsageError(f"hvp: expected a square array, got shape {found.shape}; pass H itself")
    if not np.isfinite(found).all():
        raise UsageError("hvp: expected finite entries, got NaN or infinity; check the array")
    square: Floats = found.astype(np.float64)
    return square


def _size(given: Any, own: int | None) -> int:
    """Return the one size that is known."""
    if given is not None and (isinstance(given, bool) or not isinstance(given, int | np.integer)):
        got = type(given).__name__
        raise UsageError(f"size: expected an integer, got a {got}; pass the number of parameters")
    if given is not None and own is not None and given != own:
        raise UsageError(f"size: expected {own}, the operator's, got {given}; leave it out")
    known = own if given is None else int(given)
    if known is None or known < 1:
        raise UsageError(f"size: expected a positive integer, got {known}; pass the length of v")
    return known
