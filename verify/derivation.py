"""Derivations: named steps, each reduced to a decision that cannot be argued with.

Two sorts of step.  An *identity* says that two expressions are one: they are read into quotients of
sparse polynomials and compared there (:mod:`verify.rings`).  Where that does not settle it, their
difference is brought over a common denominator, powers are collected, and it is tested in a ring
again; what still stands is evaluated at random rationals, which may refute it.  A *condition* is a
side condition of a named rule (AM-GM needs terms >= 0, a minimum needs a positive second
derivative), decided by SymPy's assumptions on the symbols at hand.
Every step runs under a time limit; a step that does not finish is inconclusive, never passed.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from threading import current_thread, main_thread
from time import monotonic
from typing import Any

import sympy as sp
from sympy.core.evalf import PrecisionExhausted
from sympy.external.gmpy import GROUND_TYPES
from sympy.polys.polyerrors import BasePolynomialError

from verify.evidence import Verdict
from verify.rings import agree

__all__ = [
    "Condition",
    "Identity",
    "Step",
    "StepResult",
    "am_gm",
    "check",
    "ground_types",
    "is_zero",
]


@dataclass(frozen=True)
class Step:
    """A named step.  ``scope`` says for which sizes it is proved, "all L" where L is a symbol."""

    name: str
    statement: str
    scope: str
    rule: str


@dataclass(frozen=True)
class Identity(Step):
    """``lhs = rhs``, reduced to zero at ring level; matrices entry by entry."""

    lhs: Any
    rhs: Any


@dataclass(frozen=True)
class Condition(Step):
    """A side condition: SymPy must decide it True from the assumptions on its symbols."""

    holds: Any


@dataclass(frozen=True)
class StepResult:
    """The verdict on one step, with what was left over when it did not reduce.

    A cached one was reached in an earlier run (:mod:`verify.proofs`), in so many seconds.
    """

    name: str
    statement: str
    scope: str
    rule: str
    verdict: Verdict
    residual: str | None
    seconds: float
    cached: bool = False


def check(step: Step, *, seconds: float = 20.0) -> StepResult:
    """Return the verdict on one step: holds, refuted, or inconclusive (undecided or too slow)."""
    start = monotonic()
    verdict: Verdict
    try:
        with time_limit(seconds):
            if isinstance(step, Identity):
                verdict, residual = _check_identity(step)
            elif isinstance(step, Condition):
                verdict, residual = _check_condition(step)
            else:
                raise TypeError(f"a step is an Identity or a Condition, not {type(step).__name__}")
    except TimeoutError:
        verdict, residual = "inconclusive", f"not decided within {seconds:g} s"
    return StepResult(
        step.name, step.statement, step.scope, step.rule, verdict, residual, monotonic() - start
    )


def _check_identity(step: Identity) -> tuple[Verdict, str | None]:
    lhs, rhs = (
        side if isinstance(side, sp.MatrixBase) else sp.Matrix([sp.sympify(side, strict=True)])
        for side in (step.lhs, step.rhs)
    )
    if lhs.atoms(sp.Float) or rhs.atoms(sp.Float):
        return "error", "a float stands in the identity: symbolic evidence is exact"
    if lhs.shape != rhs.shape:
        return "refuted", f"shapes {lhs.shape} and {rhs.shape}"
    if not len(lhs):
        return "vacuous", "matrices without entries"
    if agree(zip(lhs, rhs, strict=True)):
        return "holds", None
    for entry in lhs - rhs:
        zero = is_zero(entry)
        if zero is None:
            return "inconclusive", str(entry)[:400]
        if not zero:
            return "refuted", str(sp.factor(entry))[:400]
    return "holds", None


def _check_condition(step: Condition) -> tuple[Verdict, str | None]:
    value = step.holds
    if value is True or value is sp.true:  # not ==: the number 1 is no condition
        return "holds", None
    if value is False or value is sp.false:
        return "refuted", "the condition is false"
    return "inconclusive", f"undecided: {value}"


def is_zero(expression: sp.Expr) -> bool | None:
    """Decide whether ``expression`` vanishes identically; None when neither way is certain.

    True only when the numerator over a common denominator is the zero polynomial; powers with
    symbolic exponents are independent generators once products and quotients of powers of the
    same base are collected.  False only when a random rational point within the assumptions on
    the symbols gives a non-zero value.
    """
    expression = sp.sympify(expression, strict=True)
    if expression == 0 or agree([(expression, sp.S.Zero)]) or _is_zero_polynomial(expression):
        return True
    return False if _nonzero_somewhere(expression) else None


def _is_zero_polynomial(expression: sp.Expr) -> bool:
    for normal in (_as_is, _collected):
        numerator = sp.expand(sp.numer(sp.together(normal(expression))))
        if numerator == 0:
            return True
        try:
            if sp.Poly(numerator).is_zero:
                return True
        except BasePolynomialError:  # also raised for a number, which is not zero
            continue
    return False


def _as_is(expression: sp.Expr) -> sp.Expr:
    return expression


def _collected(expression: sp.Expr) -> sp.Expr:
    """Collect powers of each base, with exponents over a common denominator."""
    expression = sp.powdenest(sp.expand_power_base(expression))
    expression = sp.powsimp(sp.expand(expression), combine="exp")
    return expression.replace(lambda e: e.is_Pow, lambda e: e.base ** sp.cancel(sp.together(e.exp)))


def _nonzero_somewhere(expression: sp.Expr, tries: int = 5) -> bool:
    """Evaluate at random rationals, to 30 digits that are certain: a zero never has them."""
    random = Random(20201)
    symbols = sorted(expression.free_symbols, key=str)
    for _ in range(tries):
        point = {s: _allowed_value(s, random) for s in symbols}
        if None in point.values():
            continue
        try:
            value = expression.subs(point).evalf(30, strict=True)
        except PrecisionExhausted:
            continue
        if value.is_number and value.is_finite and value != 0:
            return True
    return False


def _allowed_value(symbol: sp.Symbol, random: Random, tries: int = 40) -> sp.Rational | None:
    """A random rational that the assumptions on the symbol allow, None if none was met."""
    for _ in range(tries):
        p, q = random.choice((1, 1, -1)) * random.randint(2, 40), random.randint(3, 17)
        value = sp.Integer(p % 8) if symbol.is_integer else sp.Rational(p, q)
        if all(getattr(value, f"is_{k}") in (v, None) for k, v in symbol.assumptions0.items()):
            return value
    return None


def am_gm(terms: list[sp.Expr], name: str, scope: str) -> tuple[sp.Expr, list[Step]]:
    """Return the AM-GM bound n (Π terms)^(1/n) of a sum, with its side conditions as steps."""
    bound = len(terms) * sp.Mul(*terms) ** sp.Rational(1, len(terms))
    conditions: list[Step] = [
        Condition(
            f"{name}: term {i + 1} >= 0",
            f"{sp.latex(term)} \\ge 0",
            scope,
            "side condition of AM-GM",
            sp.sympify(term).is_nonnegative,
        )
        for i, term in enumerate(terms)
    ]
    return bound, conditions


class _Expired(BaseException):
    """Not an Exception: SymPy catches those in places, and the limit would be lost."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError when the block runs longer than ``seconds``.

    Only the main thread can be interrupted: in another one there is no limit.
    """
    if current_thread() is not main_thread():
        yield
        return

    def expired(signum: int, frame: Any) -> None:
        raise _Expired

    previous = signal.signal(signal.SIGALRM, expired)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _Expired:
        raise TimeoutError from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def ground_types() -> str:
    """Return the library SymPy's polynomial rings compute in: flint, gmpy or python."""
    return str(GROUND_TYPES)
