"""Real algebraic numbers by their minimal polynomials, so that equal ones are seen to be equal.

A number is a pair: an irreducible integer polynomial and the index of one of its real roots in
increasing order.  Equal numbers have equal pairs, and different numbers separate at some
precision.  :mod:`numeric.arithmetic.surds` computes with them, and asks for the polynomial of a
sum or product only where it must.

Arithmetic goes through companion matrices: if a and b are eigenvalues of M and N, then a + b,
a b and a**n are eigenvalues of M (+) N, M (x) N and M**n; the right irreducible factor of the
characteristic polynomial is the one whose root the enclosure of the result singles out.  Degrees
multiply, so a cap keeps this to the small numbers it is meant for (:data:`MAX_DEGREE`).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from flint import arb, ctx, fmpq, fmpq_mat, fmpq_poly, fmpz, fmpz_poly

from numeric.arithmetic.protocol import NotExact

__all__ = [
    "MAX_DEGREE",
    "PRECISIONS",
    "Algebraic",
    "AlgebraicReal",
    "integer_root",
    "largest_root",
    "real_roots",
    "root_of",
    "to_fmpq",
]

MAX_DEGREE = 36
"""Largest degree of an intermediate polynomial; beyond it results are enclosed, not decided."""

PRECISIONS = (64, 192, 512, 1536, 6144, 24576)
"""Bits of the enclosures that tell numbers apart."""

Algebraic = Any  # fmpq | AlgebraicReal; flint ships no precise types for the former's operators


def to_fmpq(value: int | Fraction | fmpq) -> fmpq:
    """Return an integer or Fraction as a flint rational; floats are refused with TypeError."""
    if isinstance(value, Fraction):
        return fmpq(value.numerator, value.denominator)
    return value if isinstance(value, fmpq) else fmpq(value)


def _real_roots(poly: fmpz_poly, bits: int) -> tuple[arb, ...]:
    """Enclosures of the real roots of a squarefree polynomial, increasing."""
    return _isolated(tuple(poly.coeffs()), bits)


@lru_cache(maxsize=4096)
def _isolated(coefficients: tuple[fmpz, ...], bits: int) -> tuple[arb, ...]:
    # remembered: one number is compared many times, and shrinking meets the same ones again
    with ctx.workprec(bits):
        roots: Any = fmpz_poly(list(coefficients)).complex_roots()  # the stubs call it one number
        return tuple(root.real for root, _ in roots if root.imag.is_zero())


def _factors(poly: fmpq_poly) -> tuple[tuple[fmpz_poly, int], ...]:
    """The irreducible factors of a rational polynomial with their multiplicities."""
    return _factored(tuple(poly.numer().coeffs()))


@lru_cache(maxsize=1024)
def _factored(coefficients: tuple[fmpz, ...]) -> tuple[tuple[fmpz_poly, int], ...]:
    return tuple(fmpz_poly(list(coefficients)).factor()[1])


class AlgebraicReal:
    """An irrational real algebraic number: root number ``index`` of the irreducible ``poly``."""

    __slots__ = ("__dict__", "index", "poly")

    def __init__(self, poly: fmpz_poly, index: int) -> None:
        self.poly = poly
        self.index = index

    def enclose(self, bits: int) -> arb:
        """Return a ball around the number, computed at ``bits`` of working precision."""
        return _real_roots(self.poly, bits)[self.index]

    @cached_property
    def _companion(self) -> fmpq_mat:
        n = self.poly.degree()
        lead = self.poly[n]
        rows = [[fmpq(int(i == j + 1)) for j in range(n - 1)] for i in range(n)]
        for i in range(n):
            rows[i].append(fmpq(-self.poly[i], lead))
        return fmpq_mat(rows)

    def __repr__(self) -> str:
        return f"root of {self.poly}"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, AlgebraicReal)
            and self.index == other.index
            and self.poly == other.poly
        )

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((str(self.poly), self.index))

    def _affine(self, slope: fmpq, shift: fmpq) -> Algebraic:
        """Return slope * self + shift, slope != 0, by substitution in the polynomial."""
        inner = fmpq_poly([-shift / slope, 1 / slope])
        poly = _primitive(fmpq_poly(self.poly)(inner))
        index = self.index
        if slope < 0:
            index = len(_real_roots(poly, 64)) - 1 - index
        return AlgebraicReal(poly, index)

    def __add__(self, other: Algebraic) -> Algebraic:
        if isinstance(other, AlgebraicReal):
            return _combine(
                self, other, lambda M, N: _kron(M, _eye(N)) + _kron(_eye(M), N), lambda x, y: x + y
            )
        return self._affine(fmpq(1), to_fmpq(other))

    def __mul__(self, other: Algebraic) -> Algebraic:
        if isinstance(other, AlgebraicReal):
            return _combine(self, other, _kron, lambda x, y: x * y)
        factor = to_fmpq(other)
        return fmpq(0) if factor == 0 else self._affine(factor, fmpq(0))

    __radd__ = __add__
    __rmul__ = __mul__

    def is_positive(self) -> bool:
        """Return whether it is positive (an irrational number is never zero)."""
        for bits in PRECISIONS:
            ball = self.enclose(bits)
            if not ball.contains(0):
                return bool(ball > 0)
        raise NotExact(f"a number that agrees with zero to {PRECISIONS[-1]} bits")

    def inverse(self) -> Algebraic:
        """Return 1 / self (an irrational number is never zero)."""
        return _select(self._companion.inv().charpoly(), lambda bits: 1 / self.enclose(bits))

    def integer_power(self, n: int) -> Algebraic:
        """Return self ** n."""
        return _select((self._companion**n).charpoly(), lambda bits: self.enclose(bits) ** n)


def root_of(base: Algebraic, q: int) -> Algebraic:
    """Return the q-th root of base > 0."""
    if q == 1:
        return base
    poly = base.poly if isinstance(base, AlgebraicReal) else fmpz_poly([-base.p, base.q])
    if poly.degree() * q > MAX_DEGREE:
        raise NotExact(f"degree {poly.degree() * q} exceeds {MAX_DEGREE}")

    def root(bits: int) -> arb:
        ball = base.enclose(bits) if isinstance(base, AlgebraicReal) else arb(base)
        return ball.root(q)

    return _select(fmpq_poly(poly.inflate(q)), root)


def integer_root(m: fmpz, q: int) -> fmpz | None:
    """Return the q-th root of m > 0 if it is an integer.

    >>> integer_root(fmpz(27), 3), integer_root(fmpz(28), 3)
    (3, None)
    """
    root = m.root(q)
    return root if root**q == m else None


def real_roots(poly: fmpq_poly) -> list[tuple[Algebraic, int]]:
    """Return the real roots of a rational polynomial, exactly, each with its multiplicity."""
    return [
        (_number(factor, index), multiplicity)
        for factor, multiplicity in _factors(poly)
        for index in range(len(_real_roots(factor, 64)))
    ]


def largest_root(poly: fmpq_poly) -> Algebraic:
    """Return the largest real root of a rational polynomial, exactly."""
    counts = [(factor, len(_real_roots(factor, 64))) for factor, _ in _factors(poly)]
    tops = [_number(factor, count - 1) for factor, count in counts if count]
    for bits in PRECISIONS:
        with ctx.workprec(bits):
            balls = [x.enclose(bits) if isinstance(x, AlgebraicReal) else arb(x) for x in tops]
        for top, ball in zip(tops, balls, strict=True):
            if all(ball > other for other in balls if other is not ball):
                return top
    raise NotExact(f"distinct numbers agree to {PRECISIONS[-1]} bits")


def _number(factor: fmpz_poly, index: int) -> Algebraic:
    if factor.degree() == 1:
        return fmpq(-factor[0], factor[1])
    return AlgebraicReal(_primitive(fmpq_poly(factor)), index)


def _primitive(poly: fmpq_poly) -> fmpz_poly:
    """The same polynomial with coprime integer coefficients and positive leading one."""
    numer = poly.numer()
    content = numer.content()
    numer = fmpz_poly([c // content for c in numer.coeffs()])
    return -numer if numer[numer.degree()] < 0 else numer


def _select(poly: fmpq_poly, ball: Callable[[int], arb]) -> Algebraic:
    """Return the root of ``poly`` that lies in ``ball(bits)`` for every ``bits``."""
    if poly.degree() > MAX_DEGREE:
        raise NotExact(f"degree {poly.degree()} exceeds {MAX_DEGREE}")
    factors = [f for f, _ in _factors(poly)]
    for bits in PRECISIONS:
        with ctx.workprec(bits):
            target = ball(bits)
            hits = [
                (factor, i)
                for factor in factors
                for i, root in enumerate(_real_roots(factor, bits))
                if root.overlaps(target)
            ]
        if len(hits) == 1:
            return _number(*hits[0])
    raise NotExact("no precision separates the conjugates")


def _combine(
    x: AlgebraicReal, y: AlgebraicReal, matrices: Callable[..., fmpq_mat], balls: Callable[..., arb]
) -> Algebraic:
    if x.poly.degree() * y.poly.degree() > MAX_DEGREE:
        raise NotExact(f"degree {x.poly.degree() * y.poly.degree()} exceeds {MAX_DEGREE}")
    poly = matrices(x._companion, y._companion).charpoly()
    return _select(poly, lambda bits: balls(x.enclose(bits), y.enclose(bits)))


def _eye(M: fmpq_mat) -> fmpq_mat:
    n = M.nrows()
    return fmpq_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])


def _kron(M: fmpq_mat, N: fmpq_mat) -> fmpq_mat:
    m, n = M.nrows(), N.nrows()
    size = m * n
    return fmpq_mat(
        size,
        size,
        [M[i // n, j // n] * N[i % n, j % n] for i in range(size) for j in range(size)],
    )
