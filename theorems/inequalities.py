"""Inequalities that several proofs share, as chains of facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from theorems.quantities import depth
from verify.derivation import rules
from verify.theorem import Quantity, Step

__all__ = ["path_bound"]

_L = depth.symbol
_k = sp.Symbol("k", integer=True, positive=True)

Family = Callable[[Any], Any]


def path_bound(
    a: Family,
    b: Family,
    *,
    energy: Quantity,
    ends: Quantity,
    least: Quantity,
    pairs: Step,
    length: Any = _L,
    last: Any = None,
) -> rules.Fact:
    """Return Σ_k a_k b_k >= L (b_1 a_L g^{L-1})^{1/L} from a_k b_{k+1} >= g for k < L.

    Parameters
    ----------
    a, b
        The families; a_L and b_1 stand at the ends of the path.
    energy, ends, least
        Quantities defined as Σ_k a_k b_k, as b_1 a_L, and as the least a_k b_{k+1}.
    pairs
        The fact that the least pair is at least g.
    length
        L, where it is not the depth.
    last
        The last k of the least pair: L - 1, or L where b goes on to L + 1.
    """
    n = length
    over, inner = (_k, 1, n), (_k, 1, n - 1)
    mean = rules.am_gm_sum(a(_k) * b(_k), over)
    regrouped = rules.substituted(mean, rules.telescoped(a, b, over))
    pair = rules.least(least, a(_k) * b(_k + 1), (_k, 1, n - 1 if last is None else last))
    product = rules.each(pair, inner, product=True)
    bound = rules.transitive(product, rules.raised(pairs, n - 1))
    scaled = rules.scaled(bound, b(1) * a(n))
    root = rules.scaled(rules.raised(scaled, 1 / n), n)
    total = rules.transitive(regrouped, root)
    named = rules.substituted(total, rules.turned(rules.definition(ends)))
    return rules.transitive(rules.definition(energy), named)
