"""Find a polynomial as a sum of squares, exactly: a solver suggests it, fractions decide it.

A polynomial p is a sum of squares of polynomials in some basis u exactly if p = uᵀ H u with a
matrix H that has no negative eigenvalue.  The basis is what Newton's polytope leaves, in blocks by
the signs of variables that do not change p.  A solver for semidefinite programs finds H in floats,
as far from singular as it can.  Entries that the equations leave free are rounded to fractions, the
others follow, and H is factored, all exactly.

Where p has zeros every H is singular and nothing may be rounded.  Then the kernel of the H that was
found is rounded, the basis is cut down to its complement, and all is done again there: facial
reduction.  Equations that are given enter with unknown multipliers, beside the entries of H.

Nothing here needs to be right for what is found to be so:
:func:`verify.certificates.squares.check_certificate` multiplies it out.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations, pairwise
from math import gcd, lcm
from typing import Any

import numpy as np
import sympy as sp
from scipy.linalg import qr
from scipy.optimize import linprog
from scipy.sparse import csr_matrix
from sympy.polys.matrices import DomainMatrix

from verify.certificates.squares import Monomial, Polynomial, monomial, plus, times

__all__ = ["NEEDS", "NotFound", "find", "in_json"]

NEEDS = 'cvxpy is not installed: give a certificate, or run pip install "certimin[sos]"'

_NONE = "no sum of squares of this degree was found"
_LARGEST = 200
"""Elements of the largest basis that is tried."""

_TIGHT, _LOOSE = 1e-6, 1e-2
"""A matrix whose least eigenvalue is below the first is taken to be singular, one above the second
to be not."""

_SMALLEST = 1e-12
"""Of eigenvalues, relative to the largest: those below are alike."""

_TRIES, _GUESSES = 12, 4
"""Runs of the solver for one program, and kernels that are guessed from one of them."""

_SECONDS = 60
"""For one run of the solver, which hears no alarm."""

_DENOMINATORS = (1, 2, 4, 6, 12, 60, 360, 2520, 10**5, 10**8, 10**11)
_LARGEST_DENOMINATOR = 200
"""Of entries of a kernel."""

Exponents = tuple[int, ...]
Unknown = tuple[int, ...]
"""(block, row, column) of an entry of H, or the number of a multiplier's coefficient."""


class NotFound(Exception):
    """No sum of squares was found; str() says why in one line."""


def find(polynomial: Polynomial, given: Sequence[Polynomial] = ()) -> dict[str, Any]:
    """Return a certificate that a polynomial is >= 0 where the given ones vanish.

    Raises
    ------
    NotFound
        If there is none, or none was found.
    """
    constant = polynomial.get((), Fraction(0))
    if polynomial.keys() <= {()} and constant >= 0:
        return in_json(polynomial, [(constant, {(): Fraction(1)})], [], [])
    if not any(place for each in (polynomial, *given) for place in each):
        raise NotFound(_NONE)
    highest = max(0, _degree(polynomial) - min(map(_degree, given), default=_degree(polynomial)))
    reason = NotFound(_NONE)
    for degree in range(highest + 1):  # of the multipliers: as few unknowns as will do
        try:
            program, exact = _found(_program(polynomial, given, degree), iter(range(_TRIES)))
            return _written(program, exact, polynomial, given)
        except NotFound as error:
            reason = error
    raise reason


def in_json(
    polynomial: Polynomial,
    squares: Iterable[tuple[Fraction, Polynomial]],
    given: Iterable[Polynomial],
    multipliers: Iterable[Polynomial],
) -> dict[str, Any]:
    """Return a certificate as JSON has it."""
    return {
        "polynomial": _told(polynomial),
        "given": [_told(each) for each in given],
        "multipliers": [_told(each) for each in multipliers],
        "squares": [{"weight": str(weight), "of": _told(root)} for weight, root in squares],
    }


def _told(polynomial: Polynomial) -> dict[str, str]:
    ordered = sorted(polynomial.items(), key=lambda term: (-sum(k for _, k in term[0]), term[0]))
    return {monomial(place): str(value) for place, value in ordered}


def _degree(polynomial: Polynomial) -> int:
    return max((sum(k for _, k in place) for place in polynomial), default=0)


# --- the equations ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Program:
    """p = Σ_b u_bᵀ H_b u_b + Σ_k c_k f_k, the basis u_b of each block and all f_k known."""

    polynomial: Polynomial
    blocks: tuple[tuple[Polynomial, ...], ...]
    free: tuple[tuple[int, Monomial, Polynomial], ...]

    @cached_property
    def unknowns(self) -> list[Unknown]:
        """Entries on and above the diagonals, then the coefficients of multipliers."""
        entries = [
            (b, i, j)
            for b, block in enumerate(self.blocks)
            for i in range(len(block))
            for j in range(i, len(block))
        ]
        return [*entries, *((k,) for k in range(len(self.free)))]

    @cached_property
    def equations(self) -> tuple[list[Monomial], list[dict[int, Fraction]]]:
        """Places of coefficients, and in each what stands before the unknowns."""
        rows: dict[Monomial, dict[int, Fraction]] = {place: {} for place in self.polynomial}
        for number, unknown in enumerate(self.unknowns):
            for place, value in self._before(unknown).items():
                rows.setdefault(place, {})[number] = value
        return list(rows), list(rows.values())

    def _before(self, unknown: Unknown) -> Polynomial:
        if len(unknown) == 1:
            return self.free[unknown[0]][2]
        b, i, j = unknown
        product = times(self.blocks[b][i], self.blocks[b][j])
        return product if i == j else plus(product, product)


def _program(polynomial: Polynomial, given: Sequence[Polynomial], degree: int) -> _Program:
    names = sorted({name for each in (polynomial, *given) for place in each for name, _ in place})
    signs = _Signs(names, polynomial, given)
    free = []
    for j, zero in enumerate(given):
        places = _places(names, degree) if zero else ()
        for place in places:
            product = times({place: Fraction(1)}, zero)
            if all(signs.kind(each) == 0 for each in product):
                free.append((j, place, product))
    support = {place for each in (polynomial, *(f for _, _, f in free)) for place in each}
    basis = _halves(names, support)
    basis = _reachable(basis, support)
    kinds: dict[int, list[Polynomial]] = {}
    for place in basis:
        kinds.setdefault(signs.kind(place), []).append({place: Fraction(1)})
    return _Program(polynomial, tuple(tuple(kinds[kind]) for kind in sorted(kinds)), tuple(free))


def _places(names: Sequence[str], degree: int) -> Iterator[Monomial]:
    """Yield all monomials up to a degree."""
    for exponents in _up_to([degree] * len(names), degree):
        yield tuple((n, k) for n, k in zip(names, exponents, strict=True) if k)


def _up_to(most: Sequence[int], degree: int) -> Iterator[Exponents]:
    """Yield exponents, none above its bound, whose sum is at most ``degree``."""
    if not most:
        yield ()
        return
    for first in range(min(most[0], degree) + 1):
        for rest in _up_to(most[1:], degree - first):
            yield (first, *rest)


class _Signs:
    """Changes of sign of some variables that change neither p nor any equation.

    A monomial's kind says how it changes under them; only those of one kind meet in a square.
    """

    def __init__(
        self, names: Sequence[str], polynomial: Polynomial, given: Sequence[Polynomial]
    ) -> None:
        self._bit = {name: 1 << i for i, name in enumerate(names)}
        self._rows: list[int] = []
        for place in polynomial:
            self._add(self._parity(place))
        for zero in given:
            first = next(iter(zero), ())
            for place in zero:
                self._add(self._parity(place) ^ self._parity(first))

    def _parity(self, place: Monomial) -> int:
        return sum(self._bit[name] for name, k in place if k % 2)

    def _add(self, parity: int) -> None:
        parity = self._reduced(parity)
        if parity:
            self._rows.append(parity)
            self._rows.sort(reverse=True)

    def _reduced(self, parity: int) -> int:
        for row in self._rows:
            parity = min(parity, parity ^ row)
        return parity

    def kind(self, place: Monomial) -> int:
        """Return the same number for monomials that change alike, 0 where nothing changes."""
        return self._reduced(self._parity(place))


def _halves(names: Sequence[str], support: Iterable[Monomial]) -> list[Monomial]:
    """Return the monomials whose square lies in the convex hull of the support."""
    powers = [dict(place) for place in support]
    points = np.array([[p.get(name, 0) for name in names] for p in powers])
    totals = points.sum(axis=1)
    most = [int(m) // 2 for m in points.max(axis=0)]
    hull = np.vstack([points.T, np.ones(len(points))])
    vertices = {tuple(map(int, point)) for point in points}
    directions = _directions(len(names))
    most_along = (points @ directions.T).max(axis=0)
    found: list[Monomial] = []
    for e in _up_to(most, int(totals.max()) // 2):
        double = tuple(2 * k for k in e)
        if 2 * sum(e) < totals.min() or any(np.array(double) < points.min(axis=0)):
            continue
        if any(directions @ np.array(double) > most_along):
            continue
        if double in vertices or _within(hull, double):
            found.append(tuple((n, k) for n, k in zip(names, e, strict=True) if k))
        if len(found) > _LARGEST:
            raise NotFound(f"its squares may be of more than {_LARGEST} monomials: too many")
    return found


def _directions(count: int) -> Any:
    """Some directions that part most points from a polytope at once, so that few are left to LP."""
    drawn = np.random.default_rng(0).integers(-3, 4, (200, count))
    units = np.eye(count, dtype=int)
    pairs = [s * a + t * b for a, b in combinations(units, 2) for s in (1, -1) for t in (1, -1)]
    return np.vstack([drawn, units, -units, *pairs])


def _within(hull: Any, point: Exponents) -> bool:
    zeros = np.zeros(hull.shape[1])
    return bool(linprog(zeros, A_eq=hull, b_eq=[*point, 1], bounds=(0, None)).status == 0)


def _reachable(basis: list[Monomial], support: set[Monomial]) -> list[Monomial]:
    """Leave out what can occur in no square: nothing would cancel its own square."""
    one = Fraction(1)
    while True:
        meet = {next(iter(times({a: one}, {b: one}))) for a, b in combinations(basis, 2)} | support
        kept = [a for a in basis if next(iter(times({a: one}, {a: one}))) in meet]
        if len(kept) == len(basis):
            return kept
        basis = kept


# --- floats suggest, fractions decide -----------------------------------------------------------


def _found(program: _Program, tries: Iterator[int]) -> tuple[_Program, list[Fraction]]:
    """Return unknowns that make up squares, and the program that they solve: one of less basis."""
    if any(not row for row in program.equations[1]) or next(tries, None) is None:
        raise NotFound(_NONE)  # a coefficient that no square has
    least, values = _solved(program)
    if least < -_TIGHT:
        raise NotFound(_NONE)
    reason = NotFound(_NONE)
    if least > _TIGHT:
        for exact in _rounded(program, values):
            if _factored(program, exact) is not None:
                return program, exact
        reason = NotFound("a sum of squares seems to exist, but none was found in fractions")
    for smaller in _cuts(program, values) if least < _LOOSE else ():
        try:
            return _found(smaller, tries)
        except NotFound as error:
            reason = error
    raise reason


def _solved(program: _Program) -> tuple[float, list[float]]:
    """Return the unknowns in floats, and the least eigenvalue of all blocks."""
    try:
        import cvxpy as cp
    except ImportError as error:
        raise NotFound(NEEDS) from error
    places, rows = program.equations
    chosen = _independent(rows, len(program.unknowns))
    places, rows = [places[i] for i in chosen], [rows[i] for i in chosen]
    sizes = [len(block) for block in program.blocks]
    scale = float(max(map(abs, program.polynomial.values())))
    right = np.array([float(program.polynomial.get(place, 0)) / scale for place in places])
    entries: list[Any] = [[] for _ in sizes]
    others: list[Any] = []
    for at, row in enumerate(rows):
        for number, value in row.items():
            unknown = program.unknowns[number]
            if len(unknown) == 1:
                others.append((float(value), at, unknown[0]))
                continue
            b, i, j = unknown
            for x, y in {(i, j), (j, i)}:
                share = float(value) / (1 if i == j else 2)
                entries[b].append((share, at, x * sizes[b] + y))
    t, free = cp.Variable(), cp.Variable(max(1, len(program.free)))
    matrices = [cp.Variable((n, n), symmetric=True) for n in sizes]
    total = _sparse(others, (len(rows), max(1, len(program.free)))) @ free
    for part, n, matrix in zip(entries, sizes, matrices, strict=True):
        total += _sparse(part, (len(rows), n * n)) @ cp.vec(matrix, order="C")
    psd = [h - t * np.eye(n) >> 0 for h, n in zip(matrices, sizes, strict=True)]
    problem = cp.Problem(cp.Maximize(t), [total == right, *psd, t <= 1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            problem.solve(solver=cp.CLARABEL, time_limit=_SECONDS)
        except (cp.error.SolverError, ValueError) as error:
            raise NotFound(_NONE) from error
    if t.value is None:
        raise NotFound(_NONE)
    values = [
        scale * float(free.value[u[0]] if len(u) == 1 else matrices[u[0]].value[u[1], u[2]])
        for u in program.unknowns
    ]
    return float(t.value), values


def _independent(rows: list[dict[int, Fraction]], many: int) -> list[int]:
    """Return which equations say all that the others say too."""
    turned: dict[int, dict[int, Any]] = {}
    for at, row in enumerate(rows):
        for number, value in row.items():
            turned.setdefault(number, {})[at] = _to_ring(value)
    _, pivots = DomainMatrix(turned, (many, len(rows)), sp.QQ).rref()
    return list(pivots)


def _sparse(entries: list[tuple[float, int, int]], shape: tuple[int, int]) -> Any:
    if not entries:
        return csr_matrix(shape)
    values, rows, columns = zip(*entries, strict=True)
    return csr_matrix((values, (rows, columns)), shape=shape)


def _rounded(program: _Program, values: list[float]) -> Iterator[list[Fraction]]:
    """Yield unknowns in fractions that satisfy the equations, close to what was found.

    Those that are free are rounded, ever more finely, and the others follow.
    """
    places, rows = program.equations
    n = len(values)
    table: dict[int, dict[int, Any]] = {}
    for at, (place, row) in enumerate(zip(places, rows, strict=True)):
        entries = {**row, n: program.polynomial.get(place, Fraction(0))}
        table[at] = {number: _to_ring(value) for number, value in entries.items() if value}
    reduced, pivots = DomainMatrix(table, (len(rows), n + 1), sp.QQ).rref()
    if pivots and pivots[-1] == n:
        raise NotFound(_NONE)
    solved = {
        pivot: {number: _to_fraction(value) for number, value in row.items() if number != pivot}
        for pivot, (_, row) in zip(pivots, sorted(reduced.to_dod().items()), strict=True)
    }
    for denominator in _DENOMINATORS:
        found = [Fraction(round(value * denominator), denominator) for value in values]
        for pivot, row in solved.items():
            rest = sum(value * found[number] for number, value in row.items() if number != n)
            found[pivot] = row.get(n, Fraction(0)) - rest
        yield found


def _to_ring(value: Fraction) -> Any:
    return sp.QQ(value.numerator, value.denominator)


def _to_fraction(value: Any) -> Fraction:
    return Fraction(int(value.numerator), int(value.denominator))


def _cuts(program: _Program, values: list[float]) -> Iterator[_Program]:
    """Yield what is left of the bases where kernels are taken out, the likeliest first.

    Solvers come close to a singular matrix slowly, so where the kernel ends is a guess.
    """
    found = []
    for b, block in enumerate(program.blocks):
        h = np.zeros((len(block),) * 2)
        for unknown, value in zip(program.unknowns, values, strict=True):
            if len(unknown) == 3 and unknown[0] == b:
                h[unknown[1:]] = h[unknown[2], unknown[1]] = value
        found.append(np.linalg.eigh(h))
    for limit, error in _gaps([float(e) for eigenvalues, _ in found for e in eigenvalues]):
        try:
            blocks = [
                _complement(block, vectors[:, eigenvalues < limit], error)
                for block, (eigenvalues, vectors) in zip(program.blocks, found, strict=True)
            ]
        except NotFound:
            continue
        yield replace(program, blocks=tuple(filter(None, blocks)))


def _gaps(eigenvalues: list[float]) -> Iterator[tuple[float, float]]:
    """Yield what may part the eigenvalues that are zero from others, and how sure a kernel is."""
    top = max(*eigenvalues, _SMALLEST)
    ordered = sorted(max(e / top, _SMALLEST) for e in eigenvalues)
    steps = sorted(
        (below / above, below, above)
        for below, above in pairwise([*ordered, 1.0])
        if below < _LOOSE and above > 5 * below
    )
    for _, below, above in steps[:_GUESSES]:
        yield top * (below * above) ** 0.5, min(0.03, max(1e-4, 5 * below**0.5))


def _complement(block: tuple[Polynomial, ...], kernel: Any, error: float) -> tuple[Polynomial, ...]:
    """Return a basis of what is orthogonal to a kernel, once that is rounded."""
    count = kernel.shape[1]
    if not count:
        return block
    _, _, order = qr(kernel.T, pivoting=True)
    pivots, rest = list(order[:count]), sorted(order[count:])
    entries = np.linalg.solve(kernel[pivots].T, kernel[rest].T)
    kept = []
    for column, own in enumerate(rest):
        total = block[own]
        for row, pivot in enumerate(pivots):
            share = _simple(float(entries[row, column]), error)
            total = plus(total, times({(): -share}, block[pivot]))
        kept.append(total)
    return tuple(kept)


def _simple(value: float, error: float) -> Fraction:
    """Return the simplest fraction close to a number: the larger, the closer."""
    for denominator in range(1, _LARGEST_DENOMINATOR + 1):
        fraction = Fraction(round(value * denominator), denominator)
        if abs(float(fraction) - value) < error / denominator:
            return fraction
    raise NotFound(_NONE)


def _factored(
    program: _Program, exact: Sequence[Fraction]
) -> list[tuple[Fraction, Polynomial]] | None:
    """Return the squares of all blocks by LDLᵀ, None where a block has a negative eigenvalue."""
    squares: list[tuple[Fraction, Polynomial]] = []
    for b, block in enumerate(program.blocks):
        n = len(block)
        h = [[Fraction(0)] * n for _ in range(n)]
        for unknown, value in zip(program.unknowns, exact, strict=True):
            if len(unknown) == 3 and unknown[0] == b:
                h[unknown[1]][unknown[2]] = h[unknown[2]][unknown[1]] = value
        for k in range(n):
            if h[k][k] < 0 or (h[k][k] == 0 and any(h[k][k:])):
                return None
            if h[k][k] == 0:
                continue
            weight, row = h[k][k], [h[k][j] / h[k][k] for j in range(n)]
            root: Polynomial = {}
            for j in range(k, n):
                root = plus(root, times({(): row[j]}, block[j]))
            squares.append(_whole(weight, root))
            for i in range(k + 1, n):
                for j in range(k + 1, n):
                    h[i][j] -= weight * row[i] * row[j]
    return squares


def _whole(weight: Fraction, root: Polynomial) -> tuple[Fraction, Polynomial]:
    """Return the same square of a polynomial with whole coefficients that share no factor."""
    share = Fraction(
        gcd(*(value.numerator for value in root.values())),
        lcm(*(value.denominator for value in root.values())),
    )
    return weight * share**2, {place: value / share for place, value in root.items()}


def _written(
    program: _Program,
    exact: Sequence[Fraction],
    polynomial: Polynomial,
    given: Sequence[Polynomial],
) -> dict[str, Any]:
    multipliers: list[Polynomial] = [{} for _ in given]
    for unknown, value in zip(program.unknowns, exact, strict=True):
        if len(unknown) == 1:
            j, place, _ = program.free[unknown[0]]
            multipliers[j] = plus(multipliers[j], {place: value} if value else {})
    return in_json(polynomial, _factored(program, exact) or (), given, multipliers)
