"""Assumptions shared by several theorems, each with what it means on an instance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numeric.arithmetic.ball import Balls
from theorems.instances import Instance
from verify.legacy import Assumption

__all__ = ["at_most", "minimizer", "one_output", "whitened"]


def at_most(instance: Instance, sides: Callable[[Any], tuple[Any, Any]]) -> Any:
    """Return whether lhs <= rhs for (lhs, rhs) = ``sides(instance)``; a mask on float batches.

    Balls decide unless it is a tie, then exact numbers: large rationals stay cheap.
    """
    if instance.arithmetic.kind == "sampled":
        lhs, rhs = sides(instance)
        return lhs <= rhs
    for route in (instance.lifted(Balls()), instance):
        with route.arithmetic as ar:
            sign = ar.compare(*sides(route)).sign
        if sign is not None:
            return sign <= 0
    raise ArithmeticError("both sides of an assumption overlap")


def _is_minimizer(instance: Instance) -> Any:
    return instance.at_minimizer


def _is_whitened(instance: Instance) -> Any:
    ar = instance.arithmetic
    return ar.is_zero(instance.sigma - ar.identity(instance.sigma.shape[-1]))


def _has_one_output(instance: Instance) -> bool:
    return instance.net.widths[-1] == 1


minimizer = Assumption("minimizer", r"P\Sigma = T\Sigma", _is_minimizer)
whitened = Assumption("whitened", r"\Sigma = I", _is_whitened)
one_output = Assumption("one_output", "d_y = 1", _has_one_output)
