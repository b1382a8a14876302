"""A polynomial that is nowhere negative, shown by squares.

The step says p >= 0 for all real numbers, or wherever polynomials that are given vanish.  It holds
by a certificate p = Σ d_i q_i² + Σ m_j g_j that is multiplied out in fractions
(:mod:`verify.certificates.squares`): one that comes with the step, or one that is found
(:mod:`verify.derivation.gram`).  It is refuted by a point where p is negative.  Where neither is
met nothing is said: some polynomials are nowhere negative and no sum of squares, as Motzkin's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import sympy as sp
from sympy.polys.polyerrors import BasePolynomialError

from verify.certificates.squares import Monomial, Polynomial, Refused, check_certificate
from verify.derivation.steps import Step
from verify.errors import CertiminError, UsageError
from verify.evidence import Verdict
from verify.expression import Relation, related

__all__ = ["SumOfSquares", "certificate_of", "check_certificate"]

_POINTS = 300
"""Points at which a polynomial is evaluated, to see whether it is negative somewhere."""


@dataclass(frozen=True)
class SumOfSquares(Step):
    """``polynomial >= 0`` for all real numbers that its symbols stand for.

    Parameters
    ----------
    polynomial
        With rational coefficients, in symbols that are real.
    given
        Polynomials that vanish where the step is stated; a certificate may add multiples of them.
    certificate
        What shows it: a file, JSON text, or what that says.  Then nothing is searched for.

    Raises
    ------
    UsageError
        If it is no such polynomial.
    """

    polynomial: Any
    given: Sequence[Any] = field(default=(), kw_only=True)
    certificate: Path | str | Mapping[str, Any] | None = field(
        default=None, kw_only=True, compare=False, repr=False
    )
    rule = "sum of squares"

    def __post_init__(self) -> None:
        """Read it once: what cannot be read is no step."""
        if not isinstance(self.given, tuple):
            object.__setattr__(self, "given", tuple(self.given))
        for part in (self.polynomial, *self.given):
            try:
                sp.sympify(part, strict=True)
            except sp.SympifyError as error:
                raise UsageError(self._expected(part)) from error
        super().__post_init__()
        by_name: dict[str, Any] = {}
        for symbol in sorted(self.symbols, key=sp.default_sort_key):
            if symbol.is_real is not True:
                raise UsageError(f"step {self.name!r}: {symbol} is not known to be real")
            if by_name.setdefault(symbol.name, symbol) != symbol:
                raise UsageError(f"step {self.name!r}: two symbols are called {symbol}")
        for part in self.parts:
            self._read(part)

    @property
    def parts(self) -> tuple[Any, ...]:
        """Return the polynomial, and those that vanish."""
        return tuple(sp.sympify(part, strict=True) for part in (self.polynomial, *self.given))

    @property
    def relation(self) -> Relation:
        """Return that the polynomial is >= 0.

        Raises
        ------
        UsageError
            If it is so only where others vanish.
        """
        if self.given:
            raise UsageError(f"step {self.name!r} holds only where polynomials vanish: no premise")
        return related(self.parts[0], ">=", sp.S.Zero)

    def decide(self) -> tuple[Verdict, str | None]:
        """Return whether squares show it, or a point refutes it."""
        wanted, *given = map(self._read, self.parts)
        if self.certificate is not None:
            fault = _fault(self.certificate, wanted, given)
            if not fault:
                return "holds", None
        point = self._negative(wanted)
        if point is not None:
            return "refuted", f"it is {point[1]}{point[0]}"[:400]
        if self.certificate is not None:
            return "inconclusive", fault
        found = _found(wanted, given)
        return ("inconclusive", found) if isinstance(found, str) else ("holds", None)

    def afresh(self) -> SumOfSquares:
        """Return the step without its certificate: one is searched for then."""
        return replace(self, certificate=None)

    def _read(self, part: Any) -> Polynomial:
        expression = sp.sympify(part, strict=True)
        symbols = sorted(expression.free_symbols, key=str) or [sp.Dummy()]
        try:
            read = sp.Poly(expression, *symbols)
        except BasePolynomialError as error:
            raise UsageError(self._expected(expression)) from error
        if not (read.domain.is_ZZ or read.domain.is_QQ):
            raise UsageError(self._expected(expression))
        return {
            _place(symbols, powers): Fraction(int(c.p), int(c.q))
            for powers, c in read.terms()
            if c != 0
        }

    def _expected(self, expression: Any) -> str:
        shown = str(expression)
        return (
            f"step {self.name!r}: expected a polynomial with rational coefficients, got "
            f"{shown if len(shown) < 80 else shown[:77] + '...'}"
        )

    def _negative(self, wanted: Polynomial) -> tuple[str, Fraction] | None:
        """A point, allowed by the symbols and all equations, where the polynomial is negative."""
        symbols = sorted(self.symbols, key=str)
        solved = _solved(self.parts[1:])
        if solved is None:
            return None
        free = [s for s in symbols if s not in solved]
        for values in _draws(len(free)):
            point = dict(zip(free, values, strict=True))
            for symbol, rest in solved.items():
                point[symbol] = rest.xreplace(point)
            if not all(_allows(symbol, value) for symbol, value in point.items()):
                continue
            by_name = {s.name: Fraction(int(v.p), int(v.q)) for s, v in point.items()}
            value = _value(wanted, by_name)
            if value < 0:
                where = ", ".join(f"{name} = {by_name[name]}" for name in sorted(by_name))
                return (f" at {where}" if where else ""), value
        return None


def certificate_of(step: SumOfSquares) -> dict[str, Any]:
    """Return a certificate of a step, found anew.

    Raises
    ------
    CertiminError
        If none was found.
    """
    wanted, *given = map(step._read, step.parts)
    found = _found(wanted, given)
    if isinstance(found, str):
        raise CertiminError(f"{step.name}: {found}")
    return found


def _found(wanted: Polynomial, given: Sequence[Polynomial]) -> dict[str, Any] | str:
    """A certificate that was checked, or why there is none."""
    from verify.derivation.gram import NotFound, find  # what it stands on is slow to import

    try:
        found = find(wanted, given)
    except NotFound as error:
        return str(error)
    return _fault(found, wanted, given) or found


def _fault(certificate: Any, wanted: Polynomial, given: Sequence[Polynomial]) -> str:
    """Why a certificate does not show this, "" if it does."""
    try:
        if isinstance(certificate, Path):
            certificate = certificate.read_text(encoding="utf-8")
        shown = check_certificate(certificate)
    except Refused as error:
        return f"the certificate is refused: {error}"
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        return f"the certificate cannot be read: {reason}"
    if shown.polynomial != wanted:
        return "the certificate is one of another polynomial"
    if any(each not in given for each in shown.given):
        return "the certificate takes an equation that is not given"
    return ""


def _place(symbols: Sequence[Any], powers: Sequence[int]) -> Monomial:
    named = sorted((s.name, int(k)) for s, k in zip(symbols, powers, strict=True) if k)
    return tuple(named)


def _solved(equations: Sequence[Any]) -> dict[Any, Any] | None:
    """Symbols that equations give in terms of others, None where some equation gives none."""
    found: dict[Any, Any] = {}
    for equation in equations:
        left = sp.expand(equation.xreplace(found))
        for symbol in sorted(left.free_symbols, key=str):
            before = left.coeff(symbol, 1)
            if before.is_Rational and before != 0 and sp.degree(left, symbol) == 1:
                rest = sp.expand(symbol - left / before)
                found = {s: sp.expand(e.xreplace({symbol: rest})) for s, e in found.items()}
                found[symbol] = rest
                break
        else:
            if left != 0:
                return None
    return found


def _draws(count: int) -> Iterator[list[Any]]:
    """Yield zero, then small numbers at several scales."""
    random = Random(20201)
    yield [sp.S.Zero] * count
    for number in range(_POINTS):
        scale = (1, 4, 16)[number % 3]
        yield [sp.Rational(random.randint(-3, 3), scale) for _ in range(count)]


def _allows(symbol: Any, value: Any) -> bool:
    known = symbol.assumptions0
    return all(getattr(value, f"is_{name}") in (told, None) for name, told in known.items())


def _value(polynomial: Polynomial, point: Mapping[str, Fraction]) -> Fraction:
    total = Fraction(0)
    for place, value in polynomial.items():
        for name, power in place:
            value *= point[name] ** power
        total += value
    return total
