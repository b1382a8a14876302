"""Derivations of the scalar dynamics of residual networks: w' = -2 w^{L-1}(w^L - τ), w(0) = 1 (M4).

One eigenvalue τ of a symmetric target at a time; w is the common eigenvalue of the layers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp

from theorems.quantities import depth
from verify.legacy import Condition, Identity, Step

__all__ = ["derive_equal_layers", "derive_limit", "derive_trapped"]

L = depth.symbol
_tau, _w, _t = sp.Symbol("tau", positive=True), sp.Symbol("w", positive=True), sp.Symbol("t")


def derive_equal_layers(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the gradient of each of L equal layers that commute with T."""
    k = sp.Symbol("k", integer=True, positive=True)
    yield Identity(
        "equal gradients",
        r"\nabla_k R = 2W^{L-k}(W^L-T)W^{k-1} = 2W^{L-1}(W^L-T) \text{ for every } k",
        "all L",
        "F1; W and T commute, in a common eigenbasis",
        sp.powsimp(2 * _w ** (L - k) * (_w**L - _tau) * _w ** (k - 1)),
        sp.powsimp(2 * _w ** (L - 1) * (_w**L - _tau)),
    )


def derive_limit(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the scalar flow: Lyapunov function, closed form at L = 2, monotone descent."""
    yield from derive_equal_layers(formulas)
    field = -2 * _w ** (L - 1) * (_w**L - _tau)
    descent = 4 * L * _w ** (2 * L - 2) * (_w**L - _tau) ** 2
    yield Identity(
        "Lyapunov function",
        r"\tfrac{d}{dt}(w^L-\tau)^2 = -4Lw^{2L-2}(w^L-\tau)^2",
        "all L",
        "chain rule",
        sp.diff((_w**L - _tau) ** 2, _w) * field,
        -descent,
    )
    real = sp.Symbol("r", real=True)  # w^L - τ
    yield Condition(
        "the flow rests only at w^L = τ and w = 0",
        r"4Lw^{2L-2}r^2 > 0 \text{ for } w > 0,\; r \ne 0",
        "all L",
        "w is monotone and bounded, its limit is a rest point",
        (4 * L * _w ** (2 * L - 2)).is_positive and (real**2).is_nonnegative,
    )
    m = sp.Symbol("m", integer=True, nonnegative=True)  # L - 2
    at_zero = sp.Symbol("x", real=True) ** (m + 1)  # w^{L-1}
    yield Identity(
        "w = 0 is a rest point",
        r"w^{L-1}(w^L-\tau) = 0 \text{ at } w = 0,\; L \ge 2",
        "all L",
        "uniqueness of solutions: never crossed",
        at_zero.subs(sp.Symbol("x", real=True), 0),
        0,
    )
    yield from _closed_form()


def _closed_form() -> Iterator[Step]:
    """U = w² at L = 2 solves a logistic equation, u' = -4u(u - τ), u(0) = 1."""
    u = _tau / (1 + (_tau - 1) * sp.exp(-4 * _tau * _t))
    yield Identity(
        "logistic flow at L = 2",
        r"w^2 = \tau/(1+(\tau-1)e^{-4\tau t})",
        "L = 2",
        "u' = -4u(u-τ)",
        sp.Matrix([sp.diff(u, _t), u.subs(_t, 0)]),
        sp.Matrix([-4 * u * (u - _tau), 1]),
    )
    s = sp.Symbol("s", positive=True)  # -τ
    time = sp.Symbol("t", positive=True)
    decay = sp.exp(-4 * s * time)
    below = s * decay / (1 + s - decay)
    yield Identity(
        "the same for τ = -s < 0",
        r"w^2 = s e^{-4st}/(1+s-e^{-4st}) \to 0",
        "L = 2",
        "u' = -4u(u+s)",
        sp.Matrix([sp.diff(below, time), below.subs(time, 0), sp.limit(below, time, sp.oo)]),
        sp.Matrix([-4 * below * (below + s), 1, 0]),
    )


def derive_trapped(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield that a small step keeps w >= 0 for τ = -s <= 0, and is increasing for τ > 0."""
    q, r = sp.symbols("q r", nonnegative=True)
    size = 1 + q  # max(1, |T|_F), at least s
    m = sp.Symbol("m", integer=True, nonnegative=True)  # L - 2
    slack = 2 * (3 * (m + 2) - 2) * size**2 - 2 * (1 + size - r)
    yield Condition(
        "w stays at least 0",
        r"2(3L-2)M^2 - 2(1+s) \ge 0,\; s = M - r \le M = \max(1,|T|_F)",
        "all L",
        "f(w) = w(1 - 2ηw^{L-2}(w^L+s)) with w <= 1",
        sp.expand(slack).is_positive,
    )
    s, p = sp.symbols("s p", nonnegative=True)  # p = w^L
    yield Identity(
        "the loss of this eigenvalue",
        r"(w^L+s)^2 - s^2 = w^{2L}+2sw^L",
        "all L",
        "expansion",
        (p + s) ** 2 - s**2,
        p**2 + 2 * s * p,
    )
    yield Condition(
        "is at least τ²",
        r"w^{2L}+2sw^L \ge 0",
        "all L",
        "sum of non-negative terms",
        (p**2 + 2 * s * p).is_nonnegative,
    )
    eta = sp.Symbol("eta", positive=True)
    step = _w - 2 * eta * _w ** (L - 1) * (_w**L - _tau)
    yield Identity(
        "slope of a step, τ > 0",
        r"f'(w) = 1 - 2\eta((2L-1)w^{2L-2}-(L-1)\tau w^{L-2})",
        "all L",
        "calculus",
        sp.expand(sp.diff(step, _w)),
        1 - 2 * eta * ((2 * L - 1) * _w ** (2 * L - 2) - (L - 1) * _tau * _w ** (L - 2)),
    )
    yield Condition(
        "is not negative",
        r"1 - 2\eta(2L-1)\max(1,\tau)^2 \ge 0: \quad 3L-2 \ge 2L-1",
        "all L",
        "an increasing map that fixes τ^{1/L} converges to it monotonically",
        sp.expand((3 * (m + 2) - 2) - (2 * (m + 2) - 1)).is_positive,
    )
