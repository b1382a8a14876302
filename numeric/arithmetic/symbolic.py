"""SymPy matrices and expressions: the same formulas, as formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Self

import sympy as sp
from sympy.matrices.exceptions import NonInvertibleMatrixError
from sympy.polys.rings import PolyRing

from numeric.arithmetic.protocol import Comparison, Kind, NotExact, Scoped

__all__ = ["Symbolic", "SymbolicMatrix", "second_derivatives"]


class SymbolicMatrix(sp.ImmutableDenseMatrix):  # type: ignore[misc]
    """A SymPy matrix that answers to ``mT`` as arrays do."""

    @property
    def mT(self) -> Self:
        """Return the transpose."""
        return type(self)(self.T)


class Symbolic(Scoped):
    """Symbolic arithmetic on SymPy expressions (real entries are assumed)."""

    kind: Kind = "symbolic"

    def scalar(self, value: Any) -> sp.Expr:
        return sp.sympify(value)

    def matrix(self, rows: Any) -> SymbolicMatrix:
        return SymbolicMatrix([[sp.sympify(x) for x in row] for row in rows])

    def identity(self, n: int) -> SymbolicMatrix:
        return SymbolicMatrix(sp.eye(n))

    def entry(self, A: SymbolicMatrix, i: int, j: int) -> sp.Expr:
        return A[i, j]

    def stack(self, blocks: Sequence[Sequence[SymbolicMatrix]]) -> SymbolicMatrix:
        rows = [list(row) for row in blocks]
        # from lists: SymPy hands an immutable matrix through as it is
        return SymbolicMatrix(sp.BlockMatrix(rows).as_explicit().tolist())

    def scale(self, c: Any, A: SymbolicMatrix) -> SymbolicMatrix:
        return SymbolicMatrix(sp.sympify(c) * A)

    def kron(self, A: SymbolicMatrix, B: SymbolicMatrix) -> SymbolicMatrix:
        return SymbolicMatrix(sp.kronecker_product(A, B).tolist())

    def trace(self, A: SymbolicMatrix) -> sp.Expr:
        return A.trace()

    def diagonal(self, A: SymbolicMatrix) -> SymbolicMatrix:
        return SymbolicMatrix(sp.diag(*A.diagonal()))

    def frobenius_sq(self, A: SymbolicMatrix) -> sp.Expr:
        return sp.Add(*(x**2 for x in A))

    def inverse(self, A: SymbolicMatrix) -> SymbolicMatrix:
        try:
            return SymbolicMatrix(A.inv())
        except NonInvertibleMatrixError as error:
            raise ZeroDivisionError("inverse of a singular matrix") from error

    def eig_max(self, A: SymbolicMatrix, B: SymbolicMatrix | None = None) -> sp.Expr:
        """Return a formula: sizes 1 and 2, and diagonal matrices; else NotExact."""
        M = A if B is None else SymbolicMatrix(A @ B)
        if M.is_diagonal():
            return sp.Max(*M.diagonal())
        if M.shape != (2, 2):
            raise NotExact("no formula for an eigenvalue of a matrix larger than 2 x 2")
        half_trace = M.trace() / 2
        return half_trace + sp.sqrt(sp.expand(half_trace**2 - M.det()))

    def power_sum(self, A: SymbolicMatrix, exponent: Fraction) -> sp.Expr:
        """Return a formula: size 2, and diagonal matrices; else NotExact."""
        if A.is_diagonal():
            return sp.Add(*(self.power(x, exponent) for x in A.diagonal()))
        top = self.eig_max(A)
        return self.power(top, exponent) + self.power(A.trace() - top, exponent)

    def singular_max(self, A: SymbolicMatrix) -> sp.Expr:
        m, n = A.shape
        return sp.sqrt(self.eig_max(SymbolicMatrix(A @ A.T if m <= n else A.T @ A)))

    def nonnegative(self, x: Any) -> Any:
        return x

    def sqrt(self, x: Any) -> sp.Expr:
        return sp.sqrt(x)

    def power(self, x: Any, exponent: Fraction) -> sp.Expr:
        return sp.sympify(x) ** sp.Rational(exponent.numerator, exponent.denominator)

    def log(self, x: Any) -> sp.Expr:
        return sp.log(x)

    def exp(self, x: Any) -> sp.Expr:
        return sp.exp(x)

    def maximum(self, *xs: Any) -> sp.Expr:
        return sp.Max(*xs)

    def minimum(self, *xs: Any) -> sp.Expr:
        return sp.Min(*xs)

    def is_zero(self, A: SymbolicMatrix) -> bool:
        """Return whether it is identically zero; NotExact if it is so for some numbers only."""
        entries = [sp.expand(sp.numer(sp.together(x))) for x in A]
        if any(entry.is_nonzero for entry in entries):
            return False
        if all(entry == 0 for entry in entries):
            return True
        raise NotExact("a matrix that is zero for some values of its symbols and not for others")

    def compare(self, x: Any, y: Any) -> Comparison:
        """Return sign 0 when the difference expands to zero, its sign when SymPy knows it."""
        gap = sp.expand(sp.sympify(x) - sp.sympify(y))
        sign = 0 if gap.is_zero else 1 if gap.is_positive else -1 if gap.is_negative else None
        return Comparison(sign, self.kind, float(gap) if gap.is_number else 0.0)


def second_derivatives(
    polynomial: sp.Expr, variables: Sequence[sp.Symbol], at: Mapping[sp.Symbol, Any]
) -> SymbolicMatrix:
    """Return the matrix of second derivatives of a polynomial with rational coefficients.

    It is expanded and differentiated in a sparse polynomial ring, ten times as fast as on
    expression trees.

    Parameters
    ----------
    at
        Symbols or rational numbers that take the place of symbols after differentiation.

    Raises
    ------
    ValueError
        If the expression is no polynomial in its symbols.

    >>> x, y, z = sp.symbols("x y z")
    >>> second_derivatives(x**2 * (y - z), [x, y], {z: x})
    Matrix([
    [-2*x + 2*y, 2*x],
    [       2*x,   0]])
    """
    moved = {y for y in at.values() if isinstance(y, sp.Symbol)}
    symbols = sorted(polynomial.free_symbols | set(variables) | set(at) | moved, key=str)
    ring = PolyRing(symbols, sp.QQ, "lex")
    gens = dict(zip(symbols, ring.gens, strict=True))
    moves = [(gens[x], ring.from_expr(sp.sympify(y))) for x, y in at.items()]
    element = ring.from_expr(polynomial)
    slopes = [element.diff(gens[x]) for x in variables]

    def entry(i: int, j: int) -> sp.Expr:
        second = slopes[i].diff(gens[variables[j]])
        return (second.compose(moves) if moves else second).as_expr()

    n = len(variables)
    upper = {(i, j): entry(i, j) for i in range(n) for j in range(i, n)}
    return SymbolicMatrix(n, n, lambda i, j: upper[min(i, j), max(i, j)])
