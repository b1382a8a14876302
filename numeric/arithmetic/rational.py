"""Exact arithmetic: rational matrices, and scalars that are rational or real algebraic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat, fmpz, fmpz_mat, nmod_mat

from numeric.arithmetic.algebraic import largest_root, real_roots, to_fmpq
from numeric.arithmetic.matrices import FlintMatrix
from numeric.arithmetic.protocol import Comparison, Kind, NotExact, OutOfDomain, Scoped
from numeric.arithmetic.surds import (
    Irrational,
    Surd,
    compare_exact,
    enclose,
    exact_exp,
    exact_log,
    exact_power,
    margin,
    settled,
)

__all__ = ["Rational", "fraction", "fractions", "kernel", "pivots", "spanning"]


class Rational(Scoped):
    """Exact arithmetic.  Every comparison is a proof; every matrix entry is rational.

    Eigenvalues, roots, powers, logarithms and exponentials are kept as they are made
    (:mod:`numeric.arithmetic.surds`); where a comparison would take too long, NotExact is raised
    and balls take over.

    >>> ar = Rational()
    >>> ar.eig_max(ar.matrix([[1, 1], [1, 0]]))
    1.61803 (root of x^2 + (-1)*x + (-1))
    >>> ar.compare(ar.sqrt(2) * ar.sqrt(3), ar.sqrt(6)).sign
    0
    """

    kind: Kind = "exact"

    def scalar(self, value: int | Fraction | fmpq) -> fmpq:
        return to_fmpq(value)

    def matrix(self, rows: Any) -> FlintMatrix:
        entries = [[to_fmpq(x) for x in row] for row in rows]
        width = len(entries[0]) if entries else 0
        return _wrap(fmpq_mat(len(entries), width, [x for row in entries for x in row]))

    def identity(self, n: int) -> FlintMatrix:
        return _wrap(fmpq_mat(n, n, [int(i == j) for i in range(n) for j in range(n)]))

    def entry(self, A: FlintMatrix, i: int, j: int) -> Any:
        return A.raw[i, j]

    def stack(self, blocks: Sequence[Sequence[FlintMatrix]]) -> FlintMatrix:
        return _wrap(fmpq_mat(stacked_rows(blocks)))

    def scale(self, c: Any, A: FlintMatrix) -> FlintMatrix:
        factor = settled(c)
        if isinstance(factor, Irrational):
            raise NotExact("an irrational multiple of a rational matrix")
        return _wrap(A.raw * to_fmpq(factor))

    def kron(self, A: FlintMatrix, B: FlintMatrix) -> FlintMatrix:
        return _wrap(fmpq_mat(kron_rows(A, B)))

    def trace(self, A: FlintMatrix) -> Any:
        return sum((A.raw[i, i] for i in range(A.shape[0])), fmpq(0))

    def diagonal(self, A: FlintMatrix) -> FlintMatrix:
        return self.matrix(diagonal_rows(A))

    def frobenius_sq(self, A: FlintMatrix) -> Any:
        return sum((x * x for x in A.raw.entries()), fmpq(0))

    def inverse(self, A: FlintMatrix) -> FlintMatrix:
        return _wrap(A.raw.inv())

    def eig_max(self, A: FlintMatrix, B: FlintMatrix | None = None) -> Any:
        if any(M.raw != M.raw.transpose() for M in (A, B) if M is not None):
            raise ValueError("expected a symmetric matrix")
        return Surd.of(largest_root((A.raw if B is None else A.raw * B.raw).charpoly()))

    def power_sum(self, A: FlintMatrix, exponent: Fraction) -> Any:
        roots = real_roots(A.raw.charpoly())
        return sum((self.power(Surd.of(x), exponent) * count for x, count in roots), fmpq(0))

    def singular_max(self, A: FlintMatrix) -> Any:
        m, n = A.shape
        return self.sqrt(self.eig_max(A @ A.mT if m <= n else A.mT @ A))

    def nonnegative(self, x: Any) -> Any:
        return x

    def sqrt(self, x: Any) -> Any:
        return self.power(x, Fraction(1, 2))

    def power(self, x: Any, exponent: Fraction) -> Any:
        if exponent.denominator > 1 and compare_exact(x, fmpq(0)) < 0:
            raise OutOfDomain(f"({enclose(x, 64).mid()}) ** {exponent}: the base is negative")
        return exact_power(x, exponent)

    def log(self, x: Any) -> Any:
        sign = compare_exact(x, fmpq(0))
        if sign == 0:
            raise ZeroDivisionError("log(0)")
        if sign < 0:
            raise OutOfDomain(f"log({float(x):.6g}): the argument is negative")
        return exact_log(x)

    def exp(self, x: Any) -> Any:
        return exact_exp(x)

    def maximum(self, *xs: Any) -> Any:
        best = xs[0]
        for x in xs[1:]:
            best = x if compare_exact(x, best) > 0 else best
        return best

    def minimum(self, *xs: Any) -> Any:
        return -self.maximum(*(-x for x in xs))

    def is_zero(self, A: FlintMatrix) -> bool:
        return not A.raw

    def compare(self, x: Any, y: Any) -> Comparison:
        return Comparison(compare_exact(x, y), self.kind, margin(x, y))


def fraction(x: fmpq) -> Fraction:
    """Return a flint rational as a Fraction."""
    return Fraction(int(x.p), int(x.q))


def fractions(A: FlintMatrix) -> list[list[Fraction]]:
    """Return the entries of a rational matrix as Fractions.

    >>> fractions(Rational().matrix([[1, Fraction(2, 4)]]))
    [[Fraction(1, 1), Fraction(1, 2)]]
    """
    return [[fraction(x) for x in row] for row in A.rows()]


def pivots(A: FlintMatrix) -> list[int]:
    """Return the columns of a rational matrix that are independent of those before them.

    They are a basis of its range, and their number is its rank.

    >>> pivots(Rational().matrix([[1, 2, 0], [2, 4, 1]]))
    [0, 2]
    """
    reduced, rank = A.raw.rref()
    columns: list[int] = []
    for j in range(A.shape[1]):
        if len(columns) < rank and reduced[len(columns), j] != 0:
            columns.append(j)
    return columns


def spanning(A: FlintMatrix) -> list[int]:
    """Return columns of a rational matrix that are a basis of the span of its columns.

    They are those of :func:`pivots`, in a fraction of its time on large matrices: elimination
    modulo a large prime proposes them, and their number is the rank.  Exact: columns independent
    modulo a prime are independent, and that the rank is no larger is decided over the rationals,
    by solving for the other rows.  A prime for which it fails is replaced.

    >>> spanning(Rational().matrix([[1, 2, 0], [2, 4, 1]]))
    [0, 2]
    """
    numerators = A.raw.numer_denom()[0]
    m, n = A.shape
    for prime in _primes():
        columns = _heads(nmod_mat(numerators, prime))
        if len(columns) in (m, n):
            return columns
        entries = numerators.tolist()
        some = fmpz_mat([[row[j] for j in columns] for row in entries]) if columns else None
        rows = _heads(nmod_mat(some.transpose(), prime)) if some else []
        others = [i for i in range(m) if i not in set(rows) and any(entries[i])]
        if not others:
            return columns
        if columns and _spanned(entries, rows, columns, others):
            return columns
    raise AssertionError("there are infinitely many primes")


def _primes() -> Iterator[int]:
    """Large primes, decreasing from the Mersenne prime below 2^62."""
    candidate = 2**61 - 1
    while True:
        if fmpz(candidate).is_prime():
            yield candidate
        candidate -= 2


def _heads(A: nmod_mat) -> list[int]:
    """The columns of a matrix over a prime field that are independent of those before them."""
    reduced, rank = A.rref()
    columns: list[int] = []
    for j in range(A.ncols()):
        if len(columns) < rank and int(reduced[len(columns), j]):
            columns.append(j)
    return columns


def _spanned(
    entries: list[list[fmpz]], rows: list[int], columns: list[int], others: list[int]
) -> bool:
    """Whether the other rows are combinations of the rows, whose block at the columns inverts."""
    square = fmpz_mat([[entries[i][j] for j in columns] for i in rows]).transpose()
    right = fmpz_mat([[entries[i][j] for j in columns] for i in others]).transpose()
    solution: Any = square.solve(right)
    full, expected = (fmpq_mat(fmpz_mat([entries[i] for i in part])) for part in (rows, others))
    return bool(solution.transpose() * full == expected)


def kernel(A: FlintMatrix) -> list[list[Fraction]]:
    """Return a basis of the kernel of a rational matrix, from its reduced row echelon form.

    >>> kernel(Rational().matrix([[1, 2]]))
    [[Fraction(-2, 1), Fraction(1, 1)]]
    """
    reduced, n, heads = A.raw.rref()[0], A.shape[1], pivots(A)
    basis = []
    for free in (j for j in range(n) if j not in heads):
        vector = [Fraction(int(j == free)) for j in range(n)]
        for i, head in enumerate(heads):
            vector[head] = -fraction(reduced[i, free])
        basis.append(vector)
    return basis


def stacked_rows(blocks: Sequence[Sequence[FlintMatrix]]) -> list[list[Any]]:
    """Return the rows of a block matrix."""
    rows = []
    for blockrow in blocks:
        parts = [block.rows() for block in blockrow]
        rows += [[x for part in parts for x in part[i]] for i in range(len(parts[0]))]
    return rows


def kron_rows(A: FlintMatrix, B: FlintMatrix) -> list[list[Any]]:
    """Return the rows of the Kronecker product."""
    below = B.rows()
    return [[a * b for a in row_a for b in row_b] for row_a in A.rows() for row_b in below]


def diagonal_rows(A: FlintMatrix) -> list[list[Any]]:
    """Return the rows of A with zeros off the diagonal."""
    return [[x if i == j else 0 for j, x in enumerate(row)] for i, row in enumerate(A.rows())]


def _wrap(raw: fmpq_mat) -> FlintMatrix:
    return FlintMatrix(raw, "exact")
