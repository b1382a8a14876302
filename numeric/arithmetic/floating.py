"""Floating point on any array-API namespace, batched over leading axes.

Scalars are arrays of any shape, matrices arrays with two more axes at the end.  NumPy and CuPy
run the same lines; array-api-strict runs them in the tests to prove they are portable.
Results have rounding errors and are never evidence by themselves: kind ``sampled``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from importlib import import_module
from typing import Any

import numpy as np

from numeric.arithmetic import tiny
from numeric.arithmetic.protocol import Comparison, Kind, Scoped

__all__ = ["Floating", "namespace"]

ZERO_TOLERANCE = 1e-9
"""Entries below this, relative to nothing, count as zero in :meth:`Floating.is_zero`."""

_MANY = 200
"""From this many matrices on, entry by entry beats one library call for each."""


@contextmanager
def decomposing() -> Iterator[None]:
    """Raise ArithmeticError for what LAPACK cannot decompose: what is not finite, as a rule."""
    try:
        yield
    except np.linalg.LinAlgError as error:
        raise FloatingPointError(f"no eigenvalues ({error}); are the numbers finite?") from error


def namespace(backend: str) -> Any:
    """Return the array namespace of ``numpy`` or ``cupy``.

    Raises
    ------
    RuntimeError
        If CuPy or a CUDA device is missing.
    """
    if backend == "numpy":
        return import_module("array_api_compat.numpy")
    try:
        xp: Any = import_module("array_api_compat.cupy")
        if xp.cuda.runtime.getDeviceCount() > 0:
            return xp
        reason = "CuPy sees no CUDA device"
    except ImportError:
        reason = "CuPy is not installed (extras gpu-cuda12 and gpu-cuda13)"
    except Exception as error:  # CuPy raises its own driver errors without a common base
        reason = f"CuPy cannot use the GPU ({type(error).__name__})"
    raise RuntimeError(f"backend cupy: {reason}; use --backend numpy")


class Floating(Scoped):
    """float64 arithmetic on the array namespace ``xp`` (NumPy by default)."""

    kind: Kind = "sampled"

    def __init__(self, xp: Any = None) -> None:
        self.xp = namespace("numpy") if xp is None else xp

    def scalar(self, value: Any) -> Any:
        return self.xp.asarray(
            float(value) if isinstance(value, int | Fraction) else value, dtype=self.xp.float64
        )

    def matrix(self, rows: Any) -> Any:
        if not hasattr(rows, "shape"):
            rows = np.array([[float(x) for x in row] for row in rows], dtype=np.float64).tolist()
        return self.xp.asarray(rows, dtype=self.xp.float64)

    def identity(self, n: int) -> Any:
        return self.xp.eye(n, dtype=self.xp.float64)

    def entry(self, A: Any, i: int, j: int) -> Any:
        return A[..., i, j]

    def stack(self, blocks: Sequence[Sequence[Any]]) -> Any:
        rows = [self.xp.concat(self._batched(row), axis=-1) for row in blocks]
        return self.xp.concat(self._batched(rows), axis=-2)

    def _batched(self, arrays: Sequence[Any]) -> list[Any]:
        """Give all arrays the batch axes of their common broadcast shape."""
        batch = np.broadcast_shapes(*(a.shape[:-2] for a in arrays))
        return [self.xp.broadcast_to(a, batch + a.shape[-2:]) for a in arrays]

    def scale(self, c: Any, A: Any) -> Any:
        return self.scalar(c)[..., None, None] * A

    def kron(self, A: Any, B: Any) -> Any:
        (m, n), (p, q) = A.shape[-2:], B.shape[-2:]
        batch = np.broadcast_shapes(A.shape[:-2], B.shape[:-2])
        first, second = (self._entries_first(M, len(batch)) for M in (A, B))
        product = first[:, None, :, None, ...] * second[None, :, None, :, ...]
        return self._entries_last(self.xp.reshape(product, (m * p, n * q, *product.shape[4:])))

    def _entries_first(self, A: Any, axes: int) -> Any:
        """A with its two matrix axes before ``axes`` batch axes, contiguous where that is known.

        In this layout an operation on one entry runs through the memory of a whole batch.
        """
        A = self.xp.reshape(A, (*(1 for _ in range(axes + 2 - A.ndim)), *A.shape))
        A = self.xp.permute_dims(A, (axes, axes + 1, *range(axes)))
        return self.xp.ascontiguousarray(A) if hasattr(self.xp, "ascontiguousarray") else A

    def _entries_last(self, A: Any) -> Any:
        """Undo :meth:`_entries_first`, keeping the memory as it is."""
        return self.xp.permute_dims(A, (*range(2, A.ndim), 0, 1))

    def trace(self, A: Any) -> Any:
        return self.xp.linalg.trace(A)

    def diagonal(self, A: Any) -> Any:
        return A * self.identity(A.shape[-1])

    def frobenius_sq(self, A: Any) -> Any:
        return self.xp.sum(A * A, axis=(-2, -1))

    def inverse(self, A: Any) -> Any:
        try:
            return self.xp.linalg.inv(A)
        except np.linalg.LinAlgError as error:  # CuPy returns NaN instead
            raise ZeroDivisionError("inverse of a singular matrix") from error

    def eigen(self, A: Any) -> tuple[Any, Any]:
        """Return eigenvalues (..., n) and eigenvectors (..., n, n), as columns, of symmetric A.

        The largest is the last; the order of the others is not specified.
        """
        if not self._tiny(A):
            return self.eigh(A)
        values, vectors = tiny.eigenvectors(self.xp, A)
        V = self.xp.stack([self.xp.stack(v, axis=0) for v in vectors], axis=1)
        d = self.xp.stack(values, axis=0)
        return self.xp.permute_dims(d, (*range(1, d.ndim), 0)), self._entries_last(V)

    @decomposing()
    def eigh(self, A: Any) -> tuple[Any, Any]:
        """Return eigenvalues, in order, and eigenvectors by LAPACK; NaN where A has a NaN."""
        values, vectors = self.xp.linalg.eigh(A)
        return self._known(A, values), vectors

    def eigenvalues(self, A: Any) -> Any:
        """Return the eigenvalues (..., n) of (A + Aᵀ)/2, in order; NaN where A has a NaN."""
        symmetric = (A + A.mT) / 2
        return self._known(symmetric, self.xp.linalg.eigvalsh(symmetric))

    def _known(self, A: Any, values: Any) -> Any:
        """Eigenvalues of A, NaN where A is not finite: LAPACK makes numbers of a NaN diagonal."""
        finite = self.xp.all(self.xp.isfinite(A), axis=(-2, -1))
        return self.xp.where(finite[..., None], values, self.scalar(math.nan))

    def _tiny(self, A: Any) -> bool:
        """Whether the matrices are so small and so many that :mod:`tiny` is faster."""
        n = A.shape[-1]
        return bool(n == 1 or (n <= tiny.LARGEST and math.prod(A.shape[:-2]) >= _MANY))

    def factor(self, A: Any) -> Any:
        """Return F with F Fᵀ = A for positive semidefinite A: eigenvectors times roots."""
        d, V = self.eigen(A)
        # rounding may leave eigenvalues slightly negative
        return V * self.xp.sqrt(self.xp.clip(d, 0.0, None))[..., None, :]

    @decomposing()
    def eig_max(self, A: Any, B: Any = None) -> Any:
        if B is not None:
            factor = self.factor(B)
            A = factor.mT @ A @ factor
        if self._tiny(A):
            return tiny.eigenvalues(self.xp, (A + A.mT) / 2)[-1]
        return self.eigenvalues(A)[..., -1]

    @decomposing()
    def power_sum(self, A: Any, exponent: Fraction) -> Any:
        d = self.xp.clip(self.eigenvalues(A), 0.0, None)
        return self.xp.sum(self.power(d, exponent), axis=-1)

    @decomposing()
    def singular_max(self, A: Any) -> Any:
        if min(A.shape[-2:]) > tiny.LARGEST or math.prod(A.shape[:-2]) < _MANY:
            return self.xp.linalg.svdvals(A)[..., 0]
        largest = self.xp.max(self.xp.abs(A), axis=(-2, -1))
        largest = self.xp.where(largest > 0, largest, self.xp.ones_like(largest))
        A = A / largest[..., None, None]
        gram = A @ A.mT if A.shape[-2] <= A.shape[-1] else A.mT @ A
        return largest * self.xp.sqrt(self.xp.clip(self.eig_max(gram), 0.0, None))

    def nonnegative(self, x: Any) -> Any:
        return x

    def sqrt(self, x: Any) -> Any:
        return self.xp.sqrt(x)

    def power(self, x: Any, exponent: Fraction) -> Any:
        return self.xp.pow(self.scalar(x), self.scalar(exponent))

    def log(self, x: Any) -> Any:
        return self.xp.log(self.scalar(x))

    def exp(self, x: Any) -> Any:
        return self.xp.exp(self.scalar(x))

    def maximum(self, *xs: Any) -> Any:
        best = self.scalar(xs[0])
        for x in xs[1:]:
            best = self.xp.maximum(best, self.scalar(x))
        return best

    def minimum(self, *xs: Any) -> Any:
        return -self.maximum(*(-self.scalar(x) for x in xs))

    def is_zero(self, A: Any) -> Any:
        return self.xp.all(self.xp.abs(A) <= ZERO_TOLERANCE, axis=(-2, -1))

    def to_numpy(self, x: Any) -> Any:
        """Return an array of this namespace, or a number, as a NumPy array on the host.

        Arrays that are not NumPy's go by DLPack: from Python 3.12 on some refuse ``__array__``.
        """
        if hasattr(x, "get"):
            return x.get()
        foreign = hasattr(x, "__dlpack__") and not isinstance(x, np.ndarray)
        return np.from_dlpack(x) if foreign else np.asarray(x)

    def device(self) -> str:
        """Return what computes: the GPU's name and memory with CuPy's version, or the host."""
        cuda = getattr(self.xp, "cuda", None)
        if cuda is None:
            return "the host"
        name = cuda.runtime.getDeviceProperties(cuda.Device().id)["name"].decode()
        free, total = (size / 2**30 for size in cuda.runtime.memGetInfo())
        cupy = import_module("cupy").__version__
        return f"CuPy {cupy}, {name}, {total:.1f} GiB of memory, {free:.1f} GiB free"

    def margin(self, x: Any, y: Any) -> Any:
        """Return (x - y) / max(|x|, |y|) elementwise; x itself where y is zero."""
        x, y = self.scalar(x), self.scalar(y)
        largest = self.xp.maximum(self.xp.abs(x), self.xp.abs(y))
        return (x - y) / self.xp.where(y != 0, largest, self.xp.ones_like(largest))

    def compare(self, x: Any, y: Any) -> Comparison:
        margin = float(self.margin(x, y))
        sign = 1 if margin > 0 else -1 if margin < 0 else 0
        return Comparison(sign, self.kind, margin)
