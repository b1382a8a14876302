"""Tangents: floats that carry their derivatives along, so every formula has a gradient.

A tangent ``v + Σ_k t_k ε_k`` with ``ε_j ε_k = 0`` (a dual number; "dual" is kept for Lagrange's)
holds a value and its derivatives by n choices.  Sums, products and quotients differentiate
themselves; the few operations that are no polynomials follow from perturbation theory.  With unit
vectors, and A symmetric,

    d λ_max(A)     = xᵀ dA x                             A x = λ x,
    d λ_max(A B)   = zᵀ dA z + (Az)ᵀ dB (Az)/λ           A B x = λ x, z = B x, zᵀx = 1,
    d σ_max(A)     = uᵀ dA v                             A v = σ u,
    d tr f(A)      = tr(f'(A) dA),
    d A^{-1}       = -A^{-1} dA A^{-1}.

For a product, ``zᵀAB = λzᵀ``, so z is the left eigenvector and the general ``zᵀ d(AB) x / zᵀx``
becomes the form above by ``Bx = z`` and ``λx = Az``: it needs no division by a small zᵀx, for with
B = F Fᵀ and y the unit top eigenvector of FᵀAF the choice z = Fy gives zᵀx = yᵀy = 1.

Where the top eigenvalue is multiple, where a maximum is tied and at the zero of a root, there is
no derivative: one of the limits of derivatives nearby is taken, or zero for a root.  Values are
those of :class:`Floating`, with rounding errors: kind ``sampled``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import wraps
from typing import Any

import numpy as np

from numeric.arithmetic.floating import Floating, decomposing
from numeric.arithmetic.protocol import Comparison, Kind, Scoped

__all__ = ["Tangent", "Tangents", "tangent", "value"]

_EPSILON = float(np.finfo(np.float64).eps)


class Tangent:
    """An array of floats and its derivatives by n choices.

    Parameters
    ----------
    value
        Any shape; matrices are the last two axes.
    tangent
        Shape (n, *value.shape), or what broadcasts to it.  Constants are plain arrays and have
        none.  Tangents that meet have the same number of axes, constants no more.

    Examples
    --------
    >>> x = Tangent(np.array([2.0]), np.array([[1.0]]))
    >>> (x * x + 3).tangent
    array([[4.]])
    """

    __slots__ = ("tangent", "value")
    __array_ufunc__ = None  # array + tangent asks the tangent
    __hash__ = None  # type: ignore[assignment]  # comparisons are elementwise, as for arrays

    def __init__(self, value: Any, tangent: Any) -> None:
        self.value = value
        self.tangent = tangent

    def __repr__(self) -> str:
        return f"Tangent({self.value!r}, {self.tangent!r})"

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of the value."""
        return tuple(self.value.shape)

    @property
    def ndim(self) -> int:
        """Return the number of axes of the value."""
        return int(self.value.ndim)

    @property
    def mT(self) -> Tangent:
        """Return the matrix transpose."""
        return Tangent(self.value.mT, self.tangent.mT)

    def __getitem__(self, key: Any) -> Tangent:
        keys = key if isinstance(key, tuple) else (key,)
        return Tangent(self.value[key], self.tangent[(slice(None), *keys)])

    def __neg__(self) -> Tangent:
        return Tangent(-self.value, -self.tangent)

    def __abs__(self) -> Tangent:
        return Tangent(abs(self.value), np.sign(self.value) * self.tangent)

    def __add__(self, other: Any) -> Tangent:
        if isinstance(other, Tangent):
            return Tangent(self.value + other.value, self.tangent + other.tangent)
        return Tangent(self.value + other, self.tangent)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Tangent:
        if isinstance(other, Tangent):
            return Tangent(self.value - other.value, self.tangent - other.tangent)
        return Tangent(self.value - other, self.tangent)

    def __rsub__(self, other: Any) -> Tangent:
        return Tangent(other - self.value, -self.tangent)

    def __mul__(self, other: Any) -> Tangent:
        if isinstance(other, Tangent):
            slope = self.tangent * other.value + self.value * other.tangent
            return Tangent(self.value * other.value, slope)
        return Tangent(self.value * other, self.tangent * other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Tangent:
        if isinstance(other, Tangent):
            ratio = self.value / other.value
            return Tangent(ratio, (self.tangent - ratio * other.tangent) / other.value)
        return Tangent(self.value / other, self.tangent / other)

    def __rtruediv__(self, other: Any) -> Tangent:
        ratio = other / self.value
        return Tangent(ratio, -ratio / self.value * self.tangent)

    def __pow__(self, exponent: int) -> Tangent:
        slope = exponent * self.value ** (exponent - 1) if exponent else 0 * self.value
        return Tangent(self.value**exponent, slope * self.tangent)

    def __matmul__(self, other: Any) -> Tangent:
        if isinstance(other, Tangent):
            slope = self.tangent @ other.value + self.value @ other.tangent
            return Tangent(self.value @ other.value, slope)
        return Tangent(self.value @ other, self.tangent @ other)

    def __rmatmul__(self, other: Any) -> Tangent:
        return Tangent(other @ self.value, other @ self.tangent)

    def __lt__(self, other: Any) -> Any:
        return self.value < value(other)

    def __le__(self, other: Any) -> Any:
        return self.value <= value(other)

    def __gt__(self, other: Any) -> Any:
        return self.value > value(other)

    def __ge__(self, other: Any) -> Any:
        return self.value >= value(other)

    def __eq__(self, other: object) -> Any:
        return self.value == value(other)

    def __ne__(self, other: object) -> Any:
        return self.value != value(other)


def value(x: Any) -> Any:
    """Return x without its derivatives."""
    return x.value if isinstance(x, Tangent) else x


def tangent(x: Any) -> Any:
    """Return the derivatives of x: zero for a constant."""
    return x.tangent if isinstance(x, Tangent) else 0.0


def _select(mask: Any, x: Any, y: Any) -> Any:
    """Take x where the mask says so, y elsewhere."""
    return Tangent(np.where(mask, value(x), value(y)), np.where(mask, tangent(x), tangent(y)))


def _paired(slope: Any, left: Any, right: Any) -> Any:
    """Return leftᵀ dA right for each of the derivatives dA; left and right are vectors."""
    return (slope * (left[..., :, None] * right[..., None, :])).sum(axis=(-2, -1))


def _kron(A: Any, B: Any) -> Any:
    """The Kronecker product of a few matrices: the layout of large batches does not pay here."""
    product = A[..., :, None, :, None] * B[..., None, :, None, :]
    m, p, n, q = product.shape[-4:]
    return product.reshape(*product.shape[:-4], m * p, n * q)


def _slope(derivative: Any, *, where: Any) -> Any:
    """The derivative of a root, zero at its zero."""
    return np.where(where, derivative, 0.0)


def _constants_as_floats(method: Callable[..., Any]) -> Callable[..., Any]:
    """Leave an operation on constants alone to floats."""

    @wraps(method)
    def call(self: Tangents, *args: Any) -> Any:
        if any(isinstance(x, Tangent) for x in args):
            with np.errstate(divide="ignore", invalid="ignore"):
                return method(self, *args)
        return getattr(self.floats, method.__name__)(*args)

    return call


class Tangents(Scoped):
    """float64 arithmetic with derivatives, on NumPy; constants are plain arrays."""

    kind: Kind = "sampled"

    def __init__(self) -> None:
        self.floats = Floating()
        self.xp = self.floats.xp

    @staticmethod
    def seed(values: Any, first: int, total: int) -> Tangent:
        """Return choices as tangents: the derivative of each by itself is one.

        Parameters
        ----------
        values
            Shape (size, r, c): choices first, ..., first + rc - 1 of each of ``size`` points.
        first, total
            The place of these choices among all n = ``total``.
        """
        r, c = values.shape[-2:]
        units = np.eye(total)[:, first : first + r * c]
        return Tangent(np.asarray(values, dtype=np.float64), units.reshape(total, 1, r, c))

    def scalar(self, value: Any) -> Any:
        return value if isinstance(value, Tangent) else self.floats.scalar(value)

    def matrix(self, rows: Any) -> Any:
        return rows if isinstance(rows, Tangent) else self.floats.matrix(rows)

    def identity(self, n: int) -> Any:
        return self.floats.identity(n)

    def entry(self, A: Any, i: int, j: int) -> Any:
        return A[..., i, j]

    def stack(self, blocks: Sequence[Sequence[Any]]) -> Any:
        total = self.floats.stack([[value(A) for A in row] for row in blocks])
        slopes = [A.tangent for row in blocks for A in row if isinstance(A, Tangent)]
        if not slopes:
            return total
        batch = np.broadcast_shapes(*(slope.shape[:-2] for slope in slopes))
        rows = [
            [np.broadcast_to(tangent(A), (*batch, *A.shape[-2:])) for A in row] for row in blocks
        ]
        return Tangent(total, self.floats.stack(rows))

    @_constants_as_floats
    def scale(self, c: Any, A: Any) -> Any:
        return self.scalar(c)[..., None, None] * A

    @_constants_as_floats
    def kron(self, A: Any, B: Any) -> Any:
        slope: Any = 0.0
        if isinstance(A, Tangent):
            slope = slope + _kron(A.tangent, value(B))
        if isinstance(B, Tangent):
            slope = slope + _kron(value(A), B.tangent)
        return Tangent(_kron(value(A), value(B)), slope)

    @_constants_as_floats
    def trace(self, A: Any) -> Any:
        return Tangent(self.floats.trace(A.value), self.floats.trace(A.tangent))

    @_constants_as_floats
    def diagonal(self, A: Any) -> Any:
        return A * self.identity(A.shape[-1])

    @_constants_as_floats
    def frobenius_sq(self, A: Any) -> Any:
        slope = 2 * (A.value * A.tangent).sum(axis=(-2, -1))
        return Tangent((A.value * A.value).sum(axis=(-2, -1)), slope)

    @_constants_as_floats
    def inverse(self, A: Any) -> Any:
        X = self.floats.inverse(A.value)
        return Tangent(X, -(X @ A.tangent @ X))

    def eig_max(self, A: Any, B: Any = None) -> Any:
        if not (isinstance(A, Tangent) or isinstance(B, Tangent)):
            return self.floats.eig_max(A, B)
        if A.shape[-1] == 1:
            return (A if B is None else A @ B)[..., 0, 0]
        if B is not None:
            return self._eig_max_of_product(A, B)
        d, V = self.floats.eigh((A.value + A.value.mT) / 2)
        return Tangent(d[..., -1], _paired(A.tangent, V[..., -1], V[..., -1]))

    def _eig_max_of_product(self, A: Any, B: Any) -> Any:
        d, V = self.floats.eigh(value(B))
        factor = V * np.sqrt(np.clip(d, 0.0, None))[..., None, :]
        core = factor.mT @ value(A) @ factor
        d, V = self.floats.eigh((core + core.mT) / 2)
        z = factor @ V[..., -1:]
        image = (value(A) @ z)[..., 0]
        z, top = z[..., 0], d[..., -1]
        slope: Any = 0.0
        if isinstance(A, Tangent):
            slope = slope + _paired(A.tangent, z, z)
        if isinstance(B, Tangent):  # λ = 0 only for A z = 0, with A and B both PSD
            share = np.where(top > 0, 1 / np.where(top > 0, top, 1.0), 0.0)
            slope = slope + share * _paired(B.tangent, image, image)
        return Tangent(top, slope)

    @_constants_as_floats
    def power_sum(self, A: Any, exponent: Fraction) -> Any:
        d, V = self.floats.eigh((A.value + A.value.mT) / 2)
        d = np.clip(d, 0.0, None)
        p = float(exponent)
        known = d > _EPSILON * d.shape[-1] * d[..., -1:]  # zero to rounding: no slope
        weight = _slope(p * np.where(known, d, 1.0) ** (p - 1), where=known)
        slope = (V * weight[..., None, :]) @ V.mT
        return Tangent((d**p).sum(axis=-1), (A.tangent * slope).sum(axis=(-2, -1)))

    @decomposing()
    @_constants_as_floats
    def singular_max(self, A: Any) -> Any:
        U, s, Vt = np.linalg.svd(A.value, full_matrices=False)
        return Tangent(s[..., 0], _paired(A.tangent, U[..., 0], Vt[..., 0, :]))

    def nonnegative(self, x: Any) -> Any:
        return x

    @_constants_as_floats
    def sqrt(self, x: Any) -> Any:
        root = np.sqrt(x.value)
        return Tangent(root, _slope(0.5 / root, where=x.value != 0) * x.tangent)

    @_constants_as_floats
    def power(self, x: Any, exponent: Fraction) -> Any:
        p = float(exponent)
        return Tangent(x.value**p, _slope(p * x.value ** (p - 1), where=x.value != 0) * x.tangent)

    @_constants_as_floats
    def log(self, x: Any) -> Any:
        return Tangent(np.log(x.value), x.tangent / x.value)

    @_constants_as_floats
    def exp(self, x: Any) -> Any:
        total = np.exp(x.value)
        return Tangent(total, total * x.tangent)

    @_constants_as_floats
    def maximum(self, *xs: Any) -> Any:
        best = self.scalar(xs[0])
        for x in map(self.scalar, xs[1:]):
            larger = np.maximum(value(best), value(x))  # NaN if one is
            best = Tangent(larger, np.where(best >= x, tangent(best), tangent(x)))
        return best

    @_constants_as_floats
    def minimum(self, *xs: Any) -> Any:
        return -self.maximum(*(-self.scalar(x) for x in xs))

    def is_zero(self, A: Any) -> Any:
        return self.floats.is_zero(value(A))

    def to_numpy(self, x: Any) -> Any:
        """Return the value of x."""
        return self.floats.to_numpy(value(x))

    @_constants_as_floats
    def margin(self, x: Any, y: Any) -> Any:
        """Return (x - y) / max(|x|, |y|) elementwise; x itself where y is zero."""
        x, y = self.scalar(x), self.scalar(y)
        largest = self.maximum(x, -x, y, -y)
        return _select(value(y) != 0, (x - y) / largest, x)

    def compare(self, x: Any, y: Any) -> Comparison:
        return self.floats.compare(value(x), value(y))
