"""Steps of a proof: facts, each reduced to a decision that cannot be argued with.

Two rules decide them here; those that draw conclusions are in :mod:`verify.derivation.rules`.  An
*identity* ("ring") says that two expressions are one: they are read into quotients of sparse
polynomials and compared there (:mod:`verify.derivation.rings`).  Where
that does not settle it, their difference is brought over a common denominator, powers are
collected, and it is tested in a ring again; what still stands is evaluated at random rationals,
which may refute it.  A *condition* ("sign") is a side condition of a named rule (AM-GM needs terms
>= 0, a minimum needs a positive second derivative), decided by SymPy's assumptions on the symbols
at hand.
Every step runs under a time limit; a step that does not finish is inconclusive, never passed.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from operator import is_
from random import Random
from threading import current_thread, main_thread
from time import monotonic
from typing import Any, ClassVar, Literal

import sympy as sp
from sympy.core.evalf import PrecisionExhausted
from sympy.external.gmpy import GROUND_TYPES
from sympy.logic.boolalg import BooleanAtom
from sympy.polys.polyerrors import BasePolynomialError

from verify.claims import QUANTITIES
from verify.derivation.rings import agree
from verify.errors import UsageError
from verify.evidence import Verdict
from verify.expression import TURNED, ClosedForm, Relation, operator, related

__all__ = [
    "AnySize",
    "Condition",
    "Identity",
    "Limit",
    "Step",
    "StepResult",
    "allowed_value",
    "am_gm",
    "check",
    "concludes",
    "ground_types",
    "is_zero",
]


class AnySize(sp.Symbol):  # type: ignore[misc]
    """A number made of matrices of any shapes, such as the trace of their product."""

    __slots__ = ()


@dataclass(frozen=True)
class Step:
    """A fact of a proof; what decides it is its rule.

    Parameters
    ----------
    name
        Unique within a proof, but for the sizes: facts that differ in those only are one family.
    why
        What the author needs it for ("Cauchy-Schwarz").
    at
        The sizes it is stated at, ``{"L": 3}`` or ``{"widths": "2-1-2"}``; a size given by an
        expression in one whole-number symbol, ``{"D": m + 1}``, stands for all its values.
    """

    name: str
    why: str = field(default="", kw_only=True)
    at: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    rule: ClassVar[str] = ""

    @property
    def parts(self) -> tuple[Any, ...]:
        """Return the expressions and matrices it is about."""
        return ()

    @property
    def symbols(self) -> set[Any]:
        """Return the symbols it is stated in."""
        return {s for part in self.parts for s in symbols_of(part)}

    @property
    def relation(self) -> Relation:
        """Return what it says as a relation.

        Raises
        ------
        UsageError
            If it says something else: no rule draws conclusions from it.
        """
        raise UsageError(f"step {self.name!r} is no relation between numbers")

    def decide(self) -> tuple[Verdict, str | None]:
        """Return the verdict, and what is left over when it does not hold."""
        raise TypeError(f"a step is an Identity, a Condition or a fact, not {type(self).__name__}")

    def with_zeros(self, but: Collection[str] = ()) -> Step:
        """Return the step with quantities that may be zero where they were said to be positive.

        ``but`` names those that an assumption says to be positive.
        """
        return _WithZeros(but).of(self)

    def __post_init__(self) -> None:
        self._check_sizes()
        for part in self.parts:
            forms = part.atoms(ClosedForm) if isinstance(part, _SYMBOLIC) else ()
            if forms:
                raise UsageError(
                    f"step {self.name!r} mentions the closed form {min(f.name for f in forms)} of "
                    "the module; ask for it by a parameter of the proof: both change together then"
                )

    def _check_sizes(self) -> None:
        """A size is a whole number, a shape, or a symbol that the fact is stated in.

        Nothing is left of the symbols of a condition that is given as a truth value.
        """
        if not isinstance(self.at, Mapping):
            raise UsageError(f"step {self.name!r}: expected at={{name: size}}, got {self.at!r}")
        told = any(isinstance(part, bool | BooleanAtom) for part in self.parts)
        for name, size in self.at.items():
            free = symbols_of(size)
            whole = isinstance(size, int | str | sp.Integer) or _shape(size)
            if not (whole or len(free) == 1):
                raise UsageError(
                    f"step {self.name!r}: expected for {name} a whole number, a tuple of them or "
                    f"an expression in one symbol, got {size!r}"
                )
            unstated = free - self.symbols if free and not told else ()
            if unstated:
                raise UsageError(
                    f"step {self.name!r}: it is said to hold at {name} = {size}, but "
                    f"{min(map(str, unstated))} does not occur in it"
                )


_SYMBOLIC = sp.Basic | sp.MatrixBase


class _WithZeros:
    """Puts symbols that may be zero for those of positive quantities, into each step once."""

    def __init__(self, but: Collection[str]) -> None:
        self._but = but
        self._done: dict[int, tuple[Step, Step]] = {}  # the step too: no other may get its id

    def of(self, step: Step) -> Step:
        """Return the step so altered, itself where it says nothing of such quantities."""
        if id(step) not in self._done:
            old = {f.name: getattr(step, f.name) for f in fields(step)}
            new = {name: self._put(value) for name, value in old.items()}
            same = all(new[name] is old[name] for name in old)
            self._done[id(step)] = step, step if same else replace(step, **new)
        return self._done[id(step)][1]

    def _put(self, value: Any) -> Any:
        if isinstance(value, sp.Rel):  # as it is written: SymPy may know it to be true now
            lhs, rhs = map(self._put, value.args)
            same = lhs is value.lhs and rhs is value.rhs
            return value if same else related(lhs, operator(value), rhs)
        if isinstance(value, _SYMBOLIC):
            known = {s: zero for s in value.free_symbols if (zero := self._zero(s)) is not None}
            return value.xreplace(known) if known else value
        if isinstance(value, Step):
            return self.of(value)
        if isinstance(value, tuple):
            parts = tuple(map(self._put, value))
            return value if all(map(is_, parts, value)) else parts
        return value

    def _zero(self, s: Any) -> Any:
        """What stands for the symbol of a positive quantity."""
        q = QUANTITIES.get(s.name)
        if q is None or q.symbol != s or not q.positive or q.nonzero or q.name in self._but:
            return None
        return sp.Symbol(q.name, real=True, nonnegative=True, integer=q.integer or None)


def symbols_of(part: Any) -> set[Any]:
    """Return the free symbols of an expression or matrix; plain data have none."""
    return part.free_symbols if isinstance(part, _SYMBOLIC) else set()


def _shape(size: Any) -> bool:
    return isinstance(size, tuple) and all(isinstance(n, int) for n in size)


@dataclass(frozen=True)
class Identity(Step):
    """``lhs = rhs``, reduced to zero at ring level; matrices entry by entry."""

    lhs: Any
    rhs: Any = 0
    rule = "ring"

    @property
    def parts(self) -> tuple[Any, ...]:
        """Return both sides."""
        return self.lhs, self.rhs

    @property
    def relation(self) -> Relation:
        """Return the equation."""
        return sp.Eq(self.lhs, self.rhs, evaluate=False)

    def decide(self) -> tuple[Verdict, str | None]:
        """Return whether both sides are one."""
        return _check_identity(self)


@dataclass(frozen=True)
class Condition(Step):
    """A side condition, decided by SymPy from the assumptions on the symbols at hand.

    ``Condition("convex", curvature, ">")`` is about the sign of an expression; a condition that is
    no sign, ``Condition("free of c", not quotient.has(c))``, is given as a truth value.
    """

    value: Any
    sign: Literal["", ">", ">=", "<", "<=", "==", "!="] = ""
    rule = "sign"

    @property
    def parts(self) -> tuple[Any, ...]:
        """Return the value."""
        return (self.value,)

    @property
    def relation(self) -> Relation:
        """Return that the value has the sign."""
        return related(self.value, self.sign, sp.S.Zero) if self.sign else super().relation

    def decide(self) -> tuple[Verdict, str | None]:
        """Return whether SymPy knows it."""
        return _check_condition(self)


@dataclass(frozen=True)
class Limit(Step):
    """``expression`` tends to ``value`` as ``x`` goes ``to`` a number or infinity, from above.

    SymPy's limits are no proofs: with parameters they are wrong at times.  This one is taken again
    at parameters drawn at random, and no rule draws conclusions from it.
    """

    expression: Any
    x: Any
    to: Any
    value: Any
    rule = "limit"

    @property
    def parts(self) -> tuple[Any, ...]:
        """Return the expression and its limit."""
        return self.expression, self.value

    def decide(self) -> tuple[Verdict, str | None]:
        """Return whether SymPy finds that limit, in general and at random parameters."""
        random = Random(20201)
        parameters = sorted(sp.sympify(self.expression).free_symbols - {self.x}, key=str)
        points: list[dict[Any, Any]] = [{}]
        points += [{s: allowed_value(s, random) for s in parameters} for _ in range(3)]
        for point in points if parameters else points[:1]:
            found = sp.limit(self.expression.subs(point), self.x, self.to)
            expected = sp.sympify(self.value).subs(point)
            if found != expected and not is_zero(found - expected):
                at = f" at {point}" if point else ""
                return "inconclusive", f"SymPy finds {found}{at}, expected {expected}"
        return "holds", None


@dataclass(frozen=True)
class StepResult:
    """The verdict on one step, with what was left over when it did not reduce.

    A cached one was reached in an earlier run (:mod:`verify.derivation.kept`), in so many seconds.
    """

    step: Step
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
            verdict, residual = step.decide()
    except TimeoutError:
        verdict, residual = "inconclusive", f"not decided within {seconds:g} s"
    return StepResult(step, verdict, residual, monotonic() - start)


def concludes(step: Step, relation: Relation) -> bool:
    """Return whether the step says the relation itself, at every size."""
    if step.at or any(isinstance(part, sp.MatrixBase | bool | BooleanAtom) for part in step.parts):
        return False
    try:
        found = step.relation
        op = operator(found)
    except UsageError:
        return False
    lhs, rhs = relation.args
    if TURNED[op] == operator(relation) and agree(zip(found.args, (rhs, lhs), strict=True)):
        return True
    if op != operator(relation):
        return False
    if isinstance(step, Condition):
        return agree([(step.value, lhs - rhs)])
    return agree(zip(found.args, (lhs, rhs), strict=True))


def _check_identity(step: Identity) -> tuple[Verdict, str | None]:
    lhs, rhs = (_summed(_as_matrix(side)) for side in (step.lhs, step.rhs))
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


def _as_matrix(side: Any) -> sp.MatrixBase:
    return side if isinstance(side, sp.MatrixBase) else sp.Matrix([sp.sympify(side, strict=True)])


def _summed(side: sp.MatrixBase) -> sp.MatrixBase:
    """Carry out the sums: powers of one base are collected first, so that equal terms show."""
    if not side.has(sp.Sum):
        return side
    return side.applyfunc(
        lambda entry: entry.replace(sp.Sum, lambda f, *over: sp.Sum(_collected(f), *over).doit())
    )


def _check_condition(step: Condition) -> tuple[Verdict, str | None]:
    if isinstance(step.value, float) or (step.sign and sp.sympify(step.value).atoms(sp.Float)):
        return "error", "a float stands in the condition: symbolic evidence is exact"
    value = _sign(step.value, step.sign) if step.sign else step.value
    if value is True or value is sp.true:  # not ==: the number 1 is no condition
        return "holds", None
    if value is False or value is sp.false:
        shown = f"{step.value} {step.sign} 0" if step.sign else "the condition"
        return "refuted", f"{shown} is false"[-400:]
    return "inconclusive", f"undecided: {step.value} {step.sign}"[:400]


_SIGNS = {
    ">": "is_positive",
    ">=": "is_nonnegative",
    "<": "is_negative",
    "<=": "is_nonpositive",
    "==": "is_zero",
    "!=": "is_nonzero",
}


def _sign(value: Any, sign: str) -> bool | None:
    """Whether ``value`` has the sign, asked of one form of it after another."""
    value = sp.sympify(value, strict=True)
    for form in (_as_is, sp.expand, sp.factor, _collected, _from_one_on, sp.simplify):
        answer: bool | None = getattr(form(value), _SIGNS[sign])
        if answer is not None:
            return answer
    return None


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


def _from_one_on(expression: sp.Expr) -> sp.Expr:
    """Write each positive whole number as 1 + n with n >= 0: 2 - 2/L becomes 2n/(1 + n)."""
    sizes = [s for s in expression.free_symbols if s.is_integer and s.is_positive]
    moved = {s: 1 + sp.Dummy(s.name, integer=True, nonnegative=True) for s in sizes}
    return sp.factor(sp.together(expression.xreplace(moved)))


def _nonzero_somewhere(expression: sp.Expr, tries: int = 5) -> bool:
    """Evaluate at random rationals, to 30 digits that are certain: a zero never has them."""
    random = Random(20201)
    symbols = sorted(expression.free_symbols, key=str)
    for _ in range(tries):
        point = {s: allowed_value(s, random) for s in symbols}
        if None in point.values():
            continue
        try:
            value = expression.subs(point).evalf(30, strict=True)
        except PrecisionExhausted:
            continue
        if value.is_Number and value.is_finite and value != 0:  # a Sum "is_number" unevaluated
            return True
    return False


def allowed_value(symbol: sp.Symbol, random: Random, tries: int = 40) -> sp.Rational | None:
    """A random rational that the assumptions on the symbol allow, None if none was met."""
    for _ in range(tries):
        p, q = random.choice((1, 1, -1)) * random.randint(2, 40), random.randint(3, 17)
        value = sp.Integer(p % 8) if symbol.is_integer else sp.Rational(p, q)
        if all(getattr(value, f"is_{k}") in (v, None) for k, v in symbol.assumptions0.items()):
            return value
    return None


def am_gm(terms: Sequence[sp.Expr], name: str, **at: Any) -> tuple[sp.Expr, list[Step]]:
    """Return the AM-GM bound n (Π terms)^(1/n) of a sum, with its side conditions as steps."""
    bound = len(terms) * sp.Mul(*terms) ** sp.Rational(1, len(terms))
    conditions: list[Step] = [
        Condition(f"{name}: no term is negative", sp.sympify(term), ">=", why="AM-GM", at=at)
        for term in terms
    ]
    return bound, conditions


class _Expired(BaseException):
    """Not an Exception: SymPy catches those in places, and the limit would be lost."""


_AGAIN = 0.5
"""Seconds until the limit is raised again: where the interpreter calls back, it swallows one."""


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

    def told(unraisable: Any) -> None:
        if unraisable.exc_type is not _Expired:  # swallowed: it is raised again
            hook(unraisable)

    previous, hook = signal.signal(signal.SIGALRM, expired), sys.unraisablehook
    sys.unraisablehook = told
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    except _Expired:
        raise TimeoutError from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
        sys.unraisablehook = hook


def ground_types() -> str:
    """Return the library SymPy's polynomial rings compute in: flint, gmpy or python."""
    return str(GROUND_TYPES)
