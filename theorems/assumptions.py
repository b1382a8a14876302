"""Assumptions shared by several theorems, and how predicates of exact and float instances are said.

A hypothesis that is a relation between quantities needs none of these: ``Assumption("stable",
eta * S <= 2)`` is decided like a claim.  A predicate returns a bool where it is decided, on exact
instances, and a mask on float batches, where it only selects: :func:`at_most`, :func:`equal` and
:func:`vanishes` do both.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import and_
from typing import Any

from sympy import Gt, S

from numeric.arithmetic.ball import Balls
from theorems.instances import Instance
from verify.claims import Assumption
from verify.derivation.rings import agree
from verify.expression import symbol

__all__ = ["at_most", "equal", "minimizer", "one_output", "seen", "vanishes", "whitened"]

_ROUNDING = 1e-9
"""Float numbers that agree to this, relatively, may be equal."""


def at_most(instance: Any, sides: Callable[[Any], tuple[Any, Any]]) -> Any:
    """Return whether lhs <= rhs for (lhs, rhs) = ``sides(instance)``, floats up to rounding.

    Balls decide unless it is a tie, then exact numbers: large rationals stay cheap.
    """
    ar = instance.arithmetic
    if ar.kind == "sampled":
        return ar.margin(*sides(instance)) <= _ROUNDING
    return _sign(instance, sides) <= 0


def equal(instance: Any, sides: Callable[[Any], tuple[Any, Any]]) -> Any:
    """Return whether lhs = rhs for (lhs, rhs) = ``sides(instance)``, floats up to rounding."""
    ar = instance.arithmetic
    if ar.kind == "sampled":
        return abs(ar.margin(*sides(instance))) <= _ROUNDING
    return _sign(instance, sides) == 0


def _sign(instance: Any, sides: Callable[[Any], tuple[Any, Any]]) -> int:
    """The sign of lhs - rhs; ArithmeticError where neither balls nor exact numbers tell."""
    for route in (instance.lifted(Balls()), instance):
        try:
            with route.arithmetic as ar:
                sign: int | None = ar.compare(*sides(route)).sign
        except ArithmeticError:  # a ball around zero is no zero: exact numbers may know
            if route is instance:
                raise
            continue
        if sign is not None:
            return sign
    raise ArithmeticError("both sides of an assumption overlap")


def vanishes(instance: Any, *matrices: Any) -> Any:
    """Return whether all the matrices are zero, floats up to rounding, formulas in a ring."""
    ar = instance.arithmetic
    if ar.kind == "symbolic":
        return agree((entry, S.Zero) for A in matrices for entry in A)
    flags = [ar.is_zero(A) for A in matrices]
    return reduce(and_, flags) if ar.kind == "sampled" and flags else all(flags)


def _is_whitened(instance: Instance) -> Any:
    eye = instance.arithmetic.identity(instance.sigma.shape[-1])
    return vanishes(instance, instance.sigma - eye)


def _is_minimizer(instance: Instance) -> Any:
    return instance.at_minimizer


def _has_one_output(instance: Instance) -> bool:
    return instance.net.widths[-1] == 1


# functions of the module, not lambdas: claims travel to other processes
minimizer = Assumption("minimizer", _is_minimizer, r"P\Sigma = T\Sigma")
whitened = Assumption("whitened", _is_whitened, r"\Sigma = I")
one_output = Assumption("one_output", _has_one_output, "d_y = 1")
seen = Assumption("seen", Gt(symbol("a"), 0, evaluate=False), r"\Sigma w^* \ne 0")
