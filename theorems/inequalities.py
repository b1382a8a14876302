"""Inequalities that several proofs share, as derivation steps with their side conditions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from theorems.quantities import depth
from verify.derivation.steps import am_gm
from verify.theorem import Condition, Identity, Step

__all__ = ["path_bound"]

_DEPTHS = range(2, 6)


def path_bound(total: Any, *, start: Any, gain: Any) -> Iterator[Step]:
    """Yield the steps of Σ_k a_k² b_k² >= total.

    Here a_k = |A_kᵀ u|, b_k = |B_k x|, with ends a_L = 1 and b_1 = ``start``; Cauchy-Schwarz
    gives a_k b_{k+1} >= uᵀ A_k B_{k+1} x = ``gain`` for 1 <= k < L.

    Parameters
    ----------
    total
        The closed form, an expression in the symbol of ``depth``.
    start, gain
        b_1 and the common lower bound, positive expressions.
    """
    L = depth.symbol
    yield from _factors_through_path()
    for size in _DEPTHS:
        yield from _regrouping(size, start)
    mean = L * (start * gain ** (L - 1)) ** (2 / L)
    yield Identity("geometric mean of the path", mean, total, why="monotonicity of t^{2/L}")


def _factors_through_path() -> Iterator[Step]:
    """A_k B_{k+1} = P, as a word in noncommuting layers, for every position k."""
    for size in _DEPTHS:
        W = sp.symbols(f"W_1:{size + 1}", commutative=False)
        for k in range(1, size):
            suffix, prefix = sp.Mul(*reversed(W[k:])), sp.Mul(*reversed(W[:k]))
            yield Identity(
                "A_k B_{k+1} = P", suffix * prefix, sp.Mul(*reversed(W)),
                why="Cauchy-Schwarz: |A_kᵀu| |B_{k+1}x| >= uᵀPx", at={"L": size},
            )  # fmt: skip


def _regrouping(size: int, start: Any) -> Iterator[Step]:
    """AM-GM on the terms a_k² b_k², whose product is that of start and the pairs a_k b_{k+1}."""
    a = [*sp.symbols(f"a_1:{size}", positive=True), sp.Integer(1)]
    b = [start, *sp.symbols(f"b_2:{size + 1}", positive=True)]
    mean, conditions = am_gm([(x * y) ** 2 for x, y in zip(a, b, strict=True)], "path", L=size)
    yield from conditions
    pairs = start * sp.Mul(*(a[k] * b[k + 1] for k in range(size - 1)))
    grouped = size * pairs ** sp.Rational(2, size)
    yield Identity("regrouping of the path", mean, grouped, why="AM-GM", at={"L": size})
    exponent = sp.Rational(2, size)
    yield Condition("increasing in the path", exponent, ">", why="t^{2/L}", at={"L": size})
