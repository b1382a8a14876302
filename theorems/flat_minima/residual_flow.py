"""Claims of M4 on residual networks with symmetric targets; their proof is on the page of M4."""

from __future__ import annotations

import sympy as sp

from theorems.flat_minima.residual_networks import (
    layer_spread,
    negative_part,
    residual_descents,
    residual_limits,
    small_step,
)
from theorems.quantities import loss, slope_sq, symbols
from verify.theorem import Bounds, stated

__all__ = ["equal_layers", "limit", "limit_rests", "trapped"]

R, spread, lost, slope = symbols(loss, layer_spread, negative_part, slope_sq)
_SMALL = Bounds((2, 4), (1, 2))

equal_layers = stated(
    "equal_layers", "gradient descent keeps the layers equal, $T$ symmetric",
    residual_descents, sp.Eq(spread, 0), bounds=_SMALL,
    sizes=((2, 2, 1), (2, 1, 2), (2, 2, 2), (3, 2, 1), (3, 1, 2), (4, 2, 1)),
)  # fmt: skip
limit_rests = stated(
    "limit_rests", "the limit of the flow is stationary",
    residual_limits, sp.Eq(slope, 0), bounds=_SMALL,
)  # fmt: skip
limit = stated(
    "limit", "the loss of that limit is the sum of the squared negative eigenvalues",
    residual_limits, sp.Eq(R, lost), bounds=_SMALL,
)  # fmt: skip
trapped = stated(
    "trapped", "no small step of gradient descent gets below the squared negative eigenvalues",
    residual_descents, R >= lost, small_step, bounds=_SMALL,
)  # fmt: skip
