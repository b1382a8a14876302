"""Claims of M4 on residual networks with symmetric targets: one eigenvalue τ of T at a time.

W is the common eigenvalue of the layers: w' = -2 w^{L-1}(w^L - τ), w(0) = 1, L >= 2.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from theorems.flat_minima.residual_networks import (
    layer_spread,
    negative_part,
    residual_descents,
    residual_limits,
    small_step,
)
from theorems.foundations import gradient_eq_layer_products as F1
from theorems.foundations import imbalance_conserved_of_gradient_flow as F4
from theorems.quantities import depth, loss, slope_sq, symbols
from verify.theorem import Bounds, Condition, Identity, Step, claim, stated

__all__ = ["equal_layers", "limit", "limit_rests", "trapped"]

L, R, spread, lost, slope = symbols(depth, loss, layer_spread, negative_part, slope_sq)
_SMALL = Bounds((2, 4), (1, 2))

w, tau, t, s, eta = sp.symbols(r"w \tau t s \eta", positive=True)
m = sp.Symbol("m", integer=True, nonnegative=True)  # L - 2
_field = -2 * w ** (L - 1) * (w**L - tau)


@claim(residual_descents, sp.Eq(spread, 0), given=(F1.first_variation,), bounds=_SMALL)
def equal_layers() -> Iterator[Step]:
    """Gradient descent keeps the layers equal, T symmetric."""
    yield from _equal_gradients()


def _equal_gradients() -> Iterator[Step]:
    """The gradient of each of L equal layers W that commute with T, in a common eigenbasis."""
    k = sp.Symbol("k", integer=True, positive=True)
    kth = 2 * w ** (L - k) * (w**L - tau) * w ** (k - 1)
    yield Identity("equal gradients", kth, -_field, why="F1; W and T commute")


limit_rests = stated(
    "limit_rests", "The limit of the flow is stationary",
    residual_limits, sp.Eq(slope, 0), bounds=_SMALL,
)  # fmt: skip


@claim(residual_limits, sp.Eq(R, lost), given=(F1.first_variation, F4.flow), bounds=_SMALL)
def limit() -> Iterator[Step]:
    """The loss of that limit is the sum of the squared negative eigenvalues.

    (w^L - τ)² decreases along the flow, and w never crosses 0: it tends to τ^{1/L} or to 0.
    """
    yield from _equal_gradients()
    descent = 4 * L * w ** (2 * L - 2) * (w**L - tau) ** 2
    along = sp.diff((w**L - tau) ** 2, w) * _field
    yield Identity("Lyapunov function", along, -descent, why="chain rule")
    away = sp.Symbol("r", real=True, nonzero=True)  # w^L - τ
    yield Condition(
        "the flow rests only at w^L = τ and w = 0", 4 * L * w ** (2 * L - 2) * away**2, ">",
        why="w is monotone and bounded, its limit is a rest point",
    )  # fmt: skip
    x, any_tau = sp.symbols(r"x \tau", real=True)
    at_zero = (x ** (m + 1) * (x ** (m + 2) - any_tau)).subs(x, 0)
    yield Identity(
        "w = 0 is a rest point", at_zero,
        why="w^{L-1}(w^L - τ) at w = 0; uniqueness of solutions: never crossed",
    )  # fmt: skip
    yield from _closed_form()


def _closed_form() -> Iterator[Step]:
    """The flow at L = 2: u = w² solves a logistic equation, u' = -4u(u - τ), u(0) = 1."""
    u = tau / (1 + (tau - 1) * sp.exp(-4 * tau * t))
    yield Identity(
        "logistic flow",
        sp.Matrix([sp.diff(u, t), u.subs(t, 0)]), sp.Matrix([-4 * u * (u - tau), 1]),
        why="u = w²: u' = -4u(u - τ), u(0) = 1", at={"L": 2},
    )  # fmt: skip
    decay = sp.exp(-4 * s * t)
    below = s * decay / (1 + s - decay)
    yield Identity(
        "logistic flow for τ = -s < 0",
        sp.Matrix([sp.diff(below, t), below.subs(t, 0), sp.limit(below, t, sp.oo)]),
        sp.Matrix([-4 * below * (below + s), 1, 0]),
        why="u' = -4u(u + s), u(0) = 1, u → 0", at={"L": 2},
    )  # fmt: skip


@claim(residual_descents, R >= lost, small_step, given=(F1.first_variation,), bounds=_SMALL)
def trapped() -> Iterator[Step]:
    """No small step of gradient descent gets below the squared negative eigenvalues.

    For τ = -s <= 0 a step is w(1 - 2ηw^{L-2}(w^L + s)), which stays in [0, 1]; for τ > 0 it is an
    increasing map that fixes τ^{1/L} and converges to it monotonically.
    """
    q, r = sp.symbols("q r", nonnegative=True)
    most = 1 + q  # M = max(1, |T|_F), at least s = M - r
    room = 2 * (3 * (m + 2) - 2) * most**2 - 2 * (1 + most - r)
    why = "2(3L-2)M² >= 2(1 + s), s = M - r <= M = max(1, |T|_F), w <= 1"
    yield Condition("w stays at least 0", room, ">", why=why, at={"L": m + 2})
    p, below = sp.symbols("p s", nonnegative=True)  # w^L and s
    rest = p**2 + 2 * below * p
    yield Identity("the loss beyond τ²", (p + below) ** 2 - below**2, rest, why="p = w^L, τ = -s")
    yield Condition("the loss is at least τ²", rest, ">=", why="terms that are not negative")
    slope_of_step = 1 - 2 * eta * ((2 * L - 1) * w ** (2 * L - 2) - (L - 1) * tau * w ** (L - 2))
    yield Identity("slope of a step, τ > 0", sp.diff(w + eta * _field, w), slope_of_step)
    yield Condition(
        "slope not negative", (3 * L - 2) - (2 * L - 1), ">=",
        why="2η(2L-1) max(1, τ)² <= 1: increasing, monotone convergence",
    )  # fmt: skip
