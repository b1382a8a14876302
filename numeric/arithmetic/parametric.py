"""Numbers that depend on one parameter: rational functions of t over Q, roots and eigenvalues.

A formula written for any arithmetic is evaluated along a line of instances at once.  Whatever is
decided on the way (a sign, which of two numbers is larger) is decided at one value of t, and the
polynomial whose roots alone can change the decision is kept in :attr:`Functions.critical`: where
none of these has a root between two values of t, every decision is the same at both.

A number is f^{1/n} E^k with a rational function f, and E the largest eigenvalue of a matrix of
rational functions whose eigenvalues are real.  E^m exceeds g as long as det(gI - M^m) has no root:
eigenvalues depend continuously on t.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from flint import fmpq_mat, fmpq_poly

from numeric.arithmetic.algebraic import largest_root, to_fmpq
from numeric.arithmetic.functions import Function, FunctionMatrix, blocks, dot, has_rank_one
from numeric.arithmetic.protocol import Comparison, Kind, NotExact, Scoped
from numeric.arithmetic.surds import Surd, compare_exact

__all__ = ["Functions"]


@dataclass(frozen=True, eq=False)
class _Number:
    """The number f^{1/root} E^power near one value of t; f > 0 unless root = 1 and power = 0.

    ``top`` is the matrix whose largest eigenvalue E is, None where power = 0; ``sign`` is the
    sign before it.  ``semidefinite`` says that the matrix has no negative eigenvalue anywhere.
    """

    ar: Functions
    f: Function
    root: int = 1
    top: FunctionMatrix | None = None
    power: Fraction = Fraction(0)
    sign: int = 1
    semidefinite: bool = False

    @property
    def is_plain(self) -> bool:
        """Return whether it is a rational function."""
        return self.root == 1 and self.top is None

    def __add__(self, other: Any) -> _Number:
        x, y = self, self.ar.number(other)
        if x.is_plain and y.is_plain:
            return _Number(self.ar, x.f + y.f)
        if x.vanishes or y.vanishes:
            return y if x.vanishes else x
        if x.root == y.root and x.top is y.top and x.power == y.power and x.f == y.f:
            return self.ar.number(x.sign + y.sign) * x.absolute()
        raise NotExact("a sum of roots of functions")

    __radd__ = __add__

    def __sub__(self, other: Any) -> _Number:
        return self + -self.ar.number(other)

    def __rsub__(self, other: Any) -> _Number:
        return self.ar.number(other) + -self

    def __neg__(self) -> _Number:
        if self.is_plain:
            return _Number(self.ar, -self.f)
        return self._like(sign=-self.sign)

    def __mul__(self, other: Any) -> _Number:
        x, y = self, self.ar.number(other)
        if x.is_plain and y.is_plain:
            return _Number(self.ar, x.f * y.f)
        if x.vanishes or y.vanishes:
            return self.ar.number(0)
        if x.top is not None and y.top is not None and x.top is not y.top:
            raise NotExact("a product of two eigenvalues")
        x, y = x.split(), y.split()
        n = lcm(x.root, y.root)
        f = x.f ** (n // x.root) * y.f ** (n // y.root)
        power, top = x.power + y.power, x.top or y.top
        certain = (x.top or y.top) is None or x.semidefinite or y.semidefinite
        found = _Number(
            self.ar, f, n, top if power else None, power, x.sign * y.sign, bool(power and certain)
        )
        return found.simplified()

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> _Number:
        return self * self.ar.number(other).inverse()

    def __rtruediv__(self, other: Any) -> _Number:
        return self.ar.number(other) * self.inverse()

    @property
    def vanishes(self) -> bool:
        """Return whether it is zero for every t."""
        return self.is_plain and self.f.is_zero

    def _like(self, **changes: Any) -> _Number:
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return _Number(**(fields | changes))

    def absolute(self) -> _Number:
        """Return it without its sign."""
        return self._like(sign=1)

    def split(self) -> _Number:
        """Return it as a sign and a positive function."""
        if not self.is_plain:
            return self
        sign = self.ar.sign(self.f)
        return self._like(f=self.f if sign > 0 else -self.f, sign=sign)

    def inverse(self) -> _Number:
        """Return the reciprocal."""
        if self.is_plain:
            return _Number(self.ar, Function.of(1) / self.f)
        if self.top is not None and self.ar.sign_of_top(self.top) <= 0:
            raise NotExact("the reciprocal of an eigenvalue that may vanish")
        return self._like(f=Function.of(1) / self.f, power=-self.power)

    def simplified(self) -> _Number:
        """Return it with a smaller root where the function is a power."""
        n, f = self.root, self.f
        for p in range(2, n + 1):
            while n % p == 0 and (root := f.root(p)) is not None:
                f, n = root if self.ar.sign(root) > 0 else -root, n // p
        if n == 1 and self.top is None:
            return _Number(self.ar, f if self.sign > 0 else -f)
        return self._like(f=f, root=n)

    def raised(self, exponent: Fraction) -> _Number:
        """Return its power; the base is positive unless the exponent is an integer."""
        if self.vanishes:
            if exponent < 0:
                raise ZeroDivisionError("a negative power of zero")
            return self.ar.number(int(exponent == 0))
        p, q = exponent.numerator, exponent.denominator
        if self.is_plain and q == 1:
            return _Number(self.ar, self.f**p)
        x = self.split()
        if x.sign < 0 and q > 1:
            raise NotExact("a root of a negative number")
        if x.top is not None and not x.semidefinite and self.ar.sign_of_top(x.top) <= 0:
            raise NotExact("a power of an eigenvalue that may be negative")
        power = x.power * exponent
        sign = 1 if x.sign > 0 or p % 2 == 0 else -1
        return x._like(f=x.f**p, root=x.root * q, power=power, sign=sign).simplified()


class Functions(Scoped):
    """Arithmetic of numbers that depend on t, decided at t = ``at``.

    >>> ar = Functions(Fraction(2))
    >>> ar.compare(ar.t, ar.scalar(1)).sign, ar.critical
    (1, [[Fraction(-1, 1), Fraction(1, 1)]])
    """

    kind: Kind = "exact"

    def __init__(self, at: Fraction) -> None:
        self.at = Fraction(at)
        self.critical: list[list[Fraction]] = []
        self.t = _Number(self, Function(fmpq_poly([0, 1])))

    def number(self, value: Any) -> _Number:
        """Return a rational number or a function as a number of this arithmetic."""
        return value if isinstance(value, _Number) else _Number(self, Function.of(value))

    def sign(self, f: Function) -> int:
        """Return the sign of a function at t = ``at``; 0 only if it vanishes identically.

        Raises
        ------
        NotExact
            If it vanishes, or has no value, there alone.
        """
        if f.is_zero:
            return 0
        here = [part(to_fmpq(self.at)) for part in (f.over, f.below)]
        if not all(here):
            raise NotExact(f"a number that vanishes, or has no value, at t = {self.at} alone")
        for part in (f.over, f.below):
            self._keep(part)
        return 1 if here[0] * here[1] > 0 else -1

    def _keep(self, f: fmpq_poly) -> None:
        """Keep a polynomial without multiple roots, if it has any and is not kept already."""
        if f.degree() < 1:
            return
        free = f // f.gcd(f.derivative())
        free = free / free.leading_coefficient()
        found = [Fraction(int(c.p), int(c.q)) for c in free.coeffs()]
        if found not in self.critical:
            self.critical.append(found)

    def scalar(self, value: Any) -> _Number:
        return self.number(value)

    def matrix(self, rows: Any) -> FunctionMatrix:
        return FunctionMatrix([[self._plain(x) for x in row] for row in rows])

    def _plain(self, x: Any) -> Function:
        found = self.number(x)
        if not found.is_plain:
            raise NotExact("a matrix with an entry that is no rational function")
        return found.f

    def identity(self, n: int) -> FunctionMatrix:
        return self.matrix([[int(i == j) for j in range(n)] for i in range(n)])

    def entry(self, A: FunctionMatrix, i: int, j: int) -> _Number:
        return _Number(self, A.entries[i][j])

    def stack(self, blocks: Sequence[Sequence[FunctionMatrix]]) -> FunctionMatrix:
        return FunctionMatrix(
            [
                [x for block in row for x in block.entries[i]]
                for row in blocks
                for i in range(row[0].shape[0])
            ]
        )

    def scale(self, c: Any, A: FunctionMatrix) -> FunctionMatrix:
        factor = self._plain(c)
        return FunctionMatrix([[factor * x for x in row] for row in A.entries])

    def kron(self, A: FunctionMatrix, B: FunctionMatrix) -> FunctionMatrix:
        return FunctionMatrix([[a * b for a in x for b in y] for x in A.entries for y in B.entries])

    def trace(self, A: FunctionMatrix) -> _Number:
        return _Number(self, dot([A.entries[i][i] for i in range(A.shape[0])], _ones(A.shape[0])))

    def diagonal(self, A: FunctionMatrix) -> FunctionMatrix:
        zero = Function.of(0)
        return FunctionMatrix(
            [[x if i == j else zero for j, x in enumerate(row)] for i, row in enumerate(A.entries)]
        )

    def frobenius_sq(self, A: FunctionMatrix) -> _Number:
        entries = [x for row in A.entries for x in row]
        return _Number(self, dot(entries, entries))

    def inverse(self, A: FunctionMatrix) -> FunctionMatrix:
        raise NotExact("the inverse of a matrix of functions")

    def eig_max(self, A: FunctionMatrix, B: FunctionMatrix | None = None) -> _Number:
        """Return the largest eigenvalue: a rational function, or that of the blocks without one."""
        M = A if B is None else A @ B
        tops, left = [], list[int]()
        for block in blocks(M):
            top = self._rational_top(M.picked(block))
            tops += [] if top is None else [top]
            left += block if top is None else []
        if left:
            rest = M.picked(left)
            one, unit = Function.of(1), Fraction(1)
            tops.append(_Number(self, one, top=rest, power=unit, semidefinite=B is not None))
        return self.maximum(*tops)

    def _rational_top(self, M: FunctionMatrix) -> _Number | None:
        """The largest eigenvalue where it is seen to be a rational function."""
        if M.shape == (1, 1):
            return self.entry(M, 0, 0)
        if has_rank_one(M):
            return self.maximum(self.trace(M), self.number(0))
        if M.shape == (2, 2):
            half, det = self.trace(M) / 2, _Number(self, M.determinant())
            root = (half * half - det).f.root(2)
            if root is not None:
                return self.maximum(half + _Number(self, root), half - _Number(self, root))
        return None

    def power_sum(self, A: FunctionMatrix, exponent: Fraction) -> _Number:
        raise NotExact("a sum of powers of eigenvalues")

    def singular_max(self, A: FunctionMatrix) -> _Number:
        m, n = A.shape
        top = self.nonnegative(self.eig_max(A @ A.mT if m <= n else A.mT @ A))
        return self.sqrt(top)

    def nonnegative(self, x: _Number) -> _Number:
        return x if x.is_plain or x.top is None else x._like(semidefinite=True)

    def sqrt(self, x: Any) -> _Number:
        return self.power(x, Fraction(1, 2))

    def power(self, x: Any, exponent: Fraction) -> _Number:
        return self.number(x).raised(Fraction(exponent))

    def log(self, x: Any) -> _Number:
        raise NotExact("the logarithm of a function")

    def exp(self, x: Any) -> _Number:
        raise NotExact("the exponential of a function")

    def maximum(self, *xs: Any) -> _Number:
        best = self.number(xs[0])
        for x in map(self.number, xs[1:]):
            best = x if self.compare(x, best).sign == 1 else best
        return best

    def minimum(self, *xs: Any) -> _Number:
        return -self.maximum(*(-self.number(x) for x in xs))

    def is_zero(self, A: FunctionMatrix) -> bool:
        return all(x.is_zero for row in A.entries for x in row)

    def compare(self, x: Any, y: Any) -> Comparison:
        """Return the sign of x - y at t = ``at``; 0 only if both are the same for every t."""
        return Comparison(self._order(self.number(x), self.number(y)), self.kind, 0.0)

    def _order(self, x: _Number, y: _Number) -> int:
        if x.is_plain and y.is_plain:
            return self.sign(x.f - y.f)
        signs = [self._sign(x), self._sign(y)]
        if signs[0] != signs[1] or not signs[0]:
            return (signs[0] > signs[1]) - (signs[0] < signs[1])
        ratio = x.absolute() / y.absolute() if not (x.is_plain and y.is_plain) else x / y
        ratio = ratio.split().absolute()
        return signs[0] * self._against_one(ratio)

    def _sign(self, x: _Number) -> int:
        if x.is_plain:
            return self.sign(x.f)
        if x.top is None:
            return x.sign
        return x.sign * self.sign_of_top(x.top)

    def sign_of_top(self, M: FunctionMatrix) -> int:
        """Return the sign of the largest eigenvalue of a matrix."""
        return self._top_against(M, 1, Function.of(0))

    def _against_one(self, ratio: _Number) -> int:
        """The sign of f^{1/n} E^k - 1, for positive numbers."""
        if ratio.top is None:
            return self.sign(ratio.f - Function.of(1))
        power = ratio.power * ratio.root  # f E^power against 1
        f = ratio.f**power.denominator
        m = power.numerator
        shared = abs(m)
        bound = Function.of(1) / f if m > 0 else f
        for p in range(shared, 1, -1):  # E^m against b^m is E against b
            if shared % p == 0 and (root := bound.root(p)) is not None:
                bound = root if self.sign(root) > 0 else -root
                shared //= p
        if shared % 2 == 0 and not ratio.semidefinite:
            raise NotExact("an even power of an eigenvalue that may be negative")
        return (1 if m > 0 else -1) * self._top_against(ratio.top, shared, bound)

    def _top_against(self, M: FunctionMatrix, m: int, bound: Function) -> int:
        """The sign of E^m - bound at ``at``, E the largest eigenvalue; what changes it is kept."""
        raised = M
        for _ in range(m - 1):
            raised = raised @ M
        n = M.shape[0]
        shifted = self.scale(bound, self.identity(n)) - raised
        if self.sign(shifted.determinant()) == 0:
            raise NotExact("an eigenvalue that equals a function for every t")
        for row in raised.entries:
            for x in row:
                self.sign(x)  # its poles are critical
        here = fmpq_mat([[x.at(self.at) for x in row] for row in raised.entries])
        return compare_exact(Surd.of(largest_root(here.charpoly())), bound.at(self.at))


def _ones(n: int) -> list[Function]:
    return [Function.of(1)] * n
