"""Rational functions of one parameter t over Q, and matrices of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Self

from flint import fmpq, fmpq_poly

from numeric.arithmetic.algebraic import to_fmpq

__all__ = ["Function", "FunctionMatrix", "blocks", "dot", "has_rank_one"]


class Function:
    """A rational function of t, in lowest terms with a monic denominator."""

    __slots__ = ("below", "over")

    def __init__(self, over: fmpq_poly, below: fmpq_poly | None = None) -> None:
        below = fmpq_poly([1]) if below is None else below
        common = over.gcd(below)
        over, below = over // common, below // common
        lead = below.leading_coefficient()
        self.over, self.below = over / lead, below / lead

    @classmethod
    def of(cls, value: Any) -> Function:
        """Return a number, or a function, as a function."""
        return value if isinstance(value, cls) else cls(fmpq_poly([to_fmpq(value)]))

    @property
    def is_zero(self) -> bool:
        """Return whether it vanishes identically."""
        return bool(self.over.is_zero())

    def __add__(self, other: Function) -> Function:
        return Function(self.over * other.below + other.over * self.below, self.below * other.below)

    def __sub__(self, other: Function) -> Function:
        return self + -other

    def __neg__(self) -> Function:
        return Function(-self.over, self.below)

    def __mul__(self, other: Function) -> Function:
        return Function(self.over * other.over, self.below * other.below)

    def __truediv__(self, other: Function) -> Function:
        if other.is_zero:
            raise ZeroDivisionError("division by a function that vanishes")
        return Function(self.over * other.below, self.below * other.over)

    def __pow__(self, n: int) -> Function:
        if n < 0:
            return Function.of(1) / self**-n
        return Function(self.over**n, self.below**n)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Function):
            return NotImplemented
        return bool(self.over == other.over and self.below == other.below)

    __hash__ = None  # type: ignore[assignment]

    def at(self, t: Fraction) -> fmpq:
        """Return its value at t, where it has one."""
        return self.over(to_fmpq(t)) / self.below(to_fmpq(t))

    def root(self, p: int) -> Function | None:
        """Return the p-th root, up to its sign, if it is a rational function."""
        over, below = _root(self.over, p), _root(self.below, p)
        return None if over is None or below is None else Function(over, below)


def _root(f: fmpq_poly, p: int) -> fmpq_poly | None:
    """The p-th root of a polynomial if it is one (of f or -f)."""
    content, factors = f.factor()
    if any(power % p for _, power in factors):
        return None
    parts = [_whole_root(abs(int(part)), p) for part in (content.p, content.q)]
    if None in parts:
        return None
    root = fmpq_poly([fmpq(*parts)])
    for factor, power in factors:
        root = root * factor ** (power // p)
    return root


def _whole_root(n: int, p: int) -> int | None:
    guess = round(n ** (1 / p)) if n < 10**15 else 0
    return guess if guess**p == n else None


class FunctionMatrix:
    """A matrix of rational functions that reads like the matrices of other arithmetics."""

    __slots__ = ("entries",)

    def __init__(self, entries: Sequence[Sequence[Function]]) -> None:
        self.entries = tuple(map(tuple, entries))

    @property
    def shape(self) -> tuple[int, int]:
        """Return (rows, columns)."""
        return len(self.entries), len(self.entries[0]) if self.entries else 0

    @property
    def mT(self) -> Self:
        """Return the transpose."""
        return type(self)(list(zip(*self.entries, strict=True)))

    def __matmul__(self, other: Self) -> Self:
        columns = other.mT.entries
        return type(self)([[dot(row, column) for column in columns] for row in self.entries])

    def __add__(self, other: Self) -> Self:
        return self._with(other, Function.__add__)

    def __sub__(self, other: Self) -> Self:
        return self._with(other, Function.__sub__)

    def __neg__(self) -> Self:
        return type(self)([[-x for x in row] for row in self.entries])

    def _with(self, other: Self, of: Callable[[Function, Function], Function]) -> Self:
        pairs = zip(self.entries, other.entries, strict=True)
        return type(self)([[of(x, y) for x, y in zip(*rows, strict=True)] for rows in pairs])

    def picked(self, indices: Sequence[int]) -> Self:
        """Return the principal submatrix of these rows and columns."""
        return type(self)([[self.entries[i][j] for j in indices] for i in indices])

    def determinant(self) -> Function:
        """Return the determinant, by elimination."""
        rows, total = [list(row) for row in self.entries], Function.of(1)
        for k in range(len(rows)):
            pivot = next((i for i in range(k, len(rows)) if not rows[i][k].is_zero), None)
            if pivot is None:
                return Function.of(0)
            if pivot != k:
                rows[k], rows[pivot], total = rows[pivot], rows[k], -total
            total = total * rows[k][k]
            for below in rows[k + 1 :]:
                if not below[k].is_zero:
                    factor = below[k] / rows[k][k]
                    below[k:] = [
                        x - factor * y for x, y in zip(below[k:], rows[k][k:], strict=True)
                    ]
        return total


def dot(x: Sequence[Function], y: Sequence[Function]) -> Function:
    """Return the scalar product of two vectors."""
    total = Function.of(0)
    for a, b in zip(x, y, strict=True):
        if not (a.is_zero or b.is_zero):
            total = total + a * b
    return total


def blocks(M: FunctionMatrix) -> list[list[int]]:
    """Return the indices of the blocks that a matrix falls into."""
    left, found = set(range(M.shape[0])), []
    while left:
        block, waiting = set(), [min(left)]
        while waiting:
            i = waiting.pop()
            if i in block:
                continue
            block.add(i)
            waiting += [
                j for j in left if not (M.entries[i][j].is_zero and M.entries[j][i].is_zero)
            ]
        left -= block
        found.append(sorted(block))
    return found


def has_rank_one(M: FunctionMatrix) -> bool:
    """Return whether all rows are multiples of one, which is not zero."""
    rows = M.entries
    i = next((i for i, row in enumerate(rows) if any(not x.is_zero for x in row)), None)
    if i is None:
        return False
    j = next(j for j, x in enumerate(rows[i]) if not x.is_zero)
    return all(
        rows[k][c] * rows[i][j] == rows[k][j] * rows[i][c]
        for k in range(len(rows))
        for c in range(len(rows))
    )
