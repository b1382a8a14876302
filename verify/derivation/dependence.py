"""Whether a derivation depends on the claim it is said to derive.

A derivation whose last fact is the claim does.  Of any other, each closed form that it takes is
made stronger, in the claim and in the derivation together: a derivation that still holds says
nothing about the claim, and is void.  Identities whose two sides are built alike do not count, nor
do truth values: to write a closed form down twice is no derivation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import sympy as sp

from verify.claims import Claim, Formula
from verify.derivation.chain import proved
from verify.derivation.squares import SumOfSquares
from verify.derivation.steps import Condition, Identity, Step, allowed_value, check
from verify.expression import Relation, closed_forms, exchanged, operator, with_nested, written_out

__all__ = ["fault"]

_SECONDS = 5.0
"""For one step of an altered derivation: one that is not decided by then does not hold."""

_POINTS = 12
"""Points at which an alteration is seen to make a claim stronger."""


def fault(claim: Claim, decide: Callable[..., Any] = check) -> str:
    """Return why a derivation that holds says nothing about its claim, "" if it depends on it.

    >>> from verify.claims import Setting, Proof
    >>> x = sp.Symbol("x", real=True)
    >>> square = Formula("square", "x^2", x**2)
    >>> setting = Setting("numbers", "numbers", lambda source, bounds: None)
    >>> claim = Claim("c", "", setting, x >= square, proof=Proof(lambda: []))
    >>> fault(claim)
    'it takes no closed form of the claim, and its last fact is not the claim'
    """
    weightless = _restatements(claim)
    mentioned = with_nested(closed_forms(claim.relation))
    taken = [form for form in _asked(claim) if form in mentioned]
    if not taken:
        return "it takes no closed form of the claim, and its last fact is not the claim"
    for form in taken:
        stronger = list(_stronger(claim.relation, form))
        if not stronger:
            return f"no form that says more than {form.name} does was found to try"
        for new in stronger:
            if _holds(claim.altered(form, new, {}), weightless, decide):
                return f"it holds as well with {new.expression} for {form.name}"
    return ""


def _asked(claim: Claim) -> list[Formula]:
    arguments = claim.proof.arguments.values() if claim.proof else ()
    return [wanted for wanted in arguments if isinstance(wanted, Formula)]


def _restatements(claim: Claim) -> set[int]:
    """Places of steps that say nothing of a claim, however it is altered.

    Identities whose sides SymPy builds alike, and truth values that the author's code computes.
    """

    def empty(step: Step) -> bool:
        if isinstance(step, Condition):
            return not step.sign
        return isinstance(step, Identity) and bool(step.lhs == step.rhs)

    return {place for place, step in enumerate(proved(claim)) if empty(step)}


def _holds(claim: Claim, weightless: set[int], decide: Callable[..., Any]) -> bool:
    try:
        steps = proved(claim)
    except Exception:  # a construction that the altered form does not allow
        return False
    weighty = (_afresh(step) for i, step in enumerate(steps) if i not in weightless)
    return all(decide(step, seconds=_SECONDS).verdict == "holds" for step in weighty)


def _afresh(step: Step) -> Step:
    """A certificate is of one polynomial: it says nothing of an altered one, so none is taken."""
    return step.afresh() if isinstance(step, SumOfSquares) else step


def _stronger(relation: Relation, form: Formula) -> Iterator[Formula]:
    """Yield forms with which the relation says more, at every point tried.

    An equality says something else with any other form.
    """
    for expression in _alterations(form.expression):
        new = Formula(form.name, form.latex, expression)
        if new != form and _says_more(relation, exchanged(relation, form, new)):
            yield new


def _alterations(e: sp.Expr) -> Iterator[sp.Expr]:
    """Yield it doubled and halved, shifted, and with an exponent shifted."""
    yield from (2 * e, e / 2, e + 1, e - sp.Rational(1, 8))
    powers = sorted((p for p in e.atoms(sp.Pow) if p.base.free_symbols), key=sp.default_sort_key)
    for power in powers[:1]:
        for shift in (sp.Rational(1, 7), -sp.Rational(1, 7)):
            yield e.xreplace({power: power.base ** (power.exp + shift)})


def _says_more(old: Relation, new: Relation) -> bool:
    """Whether the new relation implies the old one wherever both have a value, and not conversely.

    Told from the margin lhs - rhs at random points, turned so that the relation says it is >= 0.
    """
    op = operator(written_out(old))
    if op == "==":
        return True
    sign = 1 if op in (">=", ">") else -1
    before, after = (sign * (r.lhs - r.rhs) for r in map(written_out, (old, new)))
    changes = list(_changes(after - before))
    return bool(changes) and all(change < 0 for change in changes)


def _changes(difference: sp.Expr) -> Iterator[float]:
    """Yield real values of an expression at random rationals that its symbols allow."""
    random = Random(20201)
    symbols = sorted(difference.free_symbols, key=str)
    for _ in range(_POINTS):
        point = {s: _value(s, random) for s in symbols}
        if None in point.values():
            continue
        value = sp.N(difference.subs(point).doit())
        if value.is_real and value.is_finite:
            yield float(value)


def _value(symbol: sp.Symbol, random: Random) -> Any:
    """A size of a few units, or a rational that the symbol allows."""
    return random.randint(2, 5) if symbol.is_integer else allowed_value(symbol, random)
