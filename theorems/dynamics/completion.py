"""Matrix completion with one entry missing: a 2 x 2 matrix, three of its entries observed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from numeric.arithmetic.rational import Rational
from theorems.instances import ExactInstance, Rows
from theorems.recipes import Draw, setting
from verify.claims import expanded, quantity

__all__ = [
    "CompletionInstance",
    "attaining_completions",
    "completion_level",
    "completion_loss",
    "completions",
    "determinant",
    "entry_11",
    "entry_12",
    "entry_21",
    "entry_22",
    "late_completions",
    "remainder",
]


@dataclass(frozen=True, eq=False)
class CompletionInstance(ExactInstance):
    """A 2 x 2 matrix, observed as w_12 = w_21 = 1 and w_22 = 0, and a level e > 0."""

    matrix: Any
    level: Any

    @classmethod
    def exact(cls, rows: Rows, level: Any) -> CompletionInstance:
        """Return the exact instance with these rational numbers."""
        ar = Rational()
        return cls(ar, ar.matrix(rows), ar.scalar(level))


@quantity("entry_11", "w_{11}", positive=False)
def entry_11(instance: CompletionInstance) -> Any:
    """w_11, the entry that is not observed."""
    return instance.arithmetic.entry(instance.matrix, 0, 0)


@quantity("entry_12", "w_{12}", positive=False)
def entry_12(instance: CompletionInstance) -> Any:
    """w_12, observed to be 1."""
    return instance.arithmetic.entry(instance.matrix, 0, 1)


@quantity("entry_21", "w_{21}", positive=False)
def entry_21(instance: CompletionInstance) -> Any:
    """w_21, observed to be 1."""
    return instance.arithmetic.entry(instance.matrix, 1, 0)


@quantity("entry_22", "w_{22}", positive=False)
def entry_22(instance: CompletionInstance) -> Any:
    """w_22, observed to be 0."""
    return instance.arithmetic.entry(instance.matrix, 1, 1)


_w, _x, _y, _z = (q.symbol for q in (entry_11, entry_12, entry_21, entry_22))

completion_loss = expanded(
    "completion_loss", r"\ell", "ℓ = ½((w_12 - 1)² + (w_21 - 1)² + w_22²).",
    ((_x - 1) ** 2 + (_y - 1) ** 2 + _z**2) / 2,
)  # fmt: skip
determinant = expanded(
    "determinant", r"\det W", "det W = w_11 w_22 - w_12 w_21.",
    sp.Add(_w * _z, -_x * _y), positive=False,
)  # fmt: skip


@quantity("remainder", r"\det W/w_{22}", positive=False)
def remainder(instance: CompletionInstance) -> Any:
    """Det W/w_22, from the matrix itself."""
    ar, W = instance.arithmetic, instance.matrix
    w, x, y, z = (ar.entry(W, i, j) for i in (0, 1) for j in (0, 1))
    return (w * z - x * y) / z


@quantity("completion_level", "e", nonzero=True)
def completion_level(instance: CompletionInstance) -> Any:
    """A number e > 0 that comes with the matrix."""
    return instance.level


@setting(
    "completions", "any 2 x 2 matrix with |w_ij - observed| <= 1, any level 0 < e <= 1",
    special=("attaining-completions", "late-completions"), checker=None, load=None,
)  # fmt: skip
def completions(draw: Draw) -> CompletionInstance:
    """A matrix whose observed entries are off by at most 1."""
    ar = draw.arithmetic
    share = draw.number(0, 1)
    off = [share * draw.number(-1, 1) for _ in range(3)]
    w, one = draw.number(-3, 3) * draw.number(1, 3), ar.scalar(1)
    return _of(draw, w, one - off[0], one - off[1], off[2], one / draw.number(1, 3))


def _of(draw: Draw, w: Any, x: Any, y: Any, z: Any, level: Any) -> CompletionInstance:
    ar = draw.arithmetic
    unit = ar.identity(1)
    cells = [[ar.scale(c, unit) for c in row] for row in ((w, x), (y, z))]
    return CompletionInstance(ar, ar.stack(cells), level)


@setting(
    "attaining-completions",
    "w_12 = w_21 = 1 - e, w_22² = e - e², e = 1/(1 + q²), 1/10 <= e <= 1/2, det > 0",
    exists=True, checker=None, load=None,
)  # fmt: skip
def attaining_completions(draw: Draw) -> CompletionInstance:
    """Where |w_11| is as small as a loss up to 3/8 allows, but for det W/|w_22|."""
    one, q = draw.arithmetic.scalar(1), draw.number(1, 3)
    e = one / (one + q * q)
    rest = draw.number(1, 2) / 8
    x, z = one - e, q * e
    return _of(draw, (x * x + rest) / z, x, x, z, e)


@setting(
    "late-completions", "w_12 + w_21 = 1, w_22² = w_12 w_21, det > 0, level e = 11/20",
    exists=True, checker=None, load=None,
)  # fmt: skip
def late_completions(draw: Draw) -> CompletionInstance:
    """The same for a loss from 3/8 up to 1/2."""
    ar, q = draw.arithmetic, draw.number(1, 3)
    one = ar.scalar(1)
    x = one / (one + q * q)
    rest, z = draw.number(1, 2) / 8, q * x
    return _of(draw, (x * (one - x) + rest) / z, x, one - x, z, ar.scalar(11) / 20)
