"""GELU networks of depth 10 trained as the linear ones, on labels without noise.

Where descent comes to rest the sharpness is at most 2/η, for this loss as for any smooth one (the
linearised step; off a null set of starts).  Of runs that are still under way when they stop, often
swinging about 2/η, nothing is predicted: what they show is observed.  No theorem about linear
networks speaks of these, so that none is drawn.

Networks x -> W_L φ(W_{L-1} ... φ(W_1 x)).  The sharpness is λ_max of the Hessian of the mean
square, from differences of gradients.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from numeric.nonlinear import gelu, network_gradient, train_network
from numeric.spectrum.lanczos import top_eigenpairs
from theorems.experiments.drawing import sharpnesses
from theorems.experiments.outcome import Check, Options, Outcome
from theorems.experiments.regressions import generator, labelled, regress
from theorems.experiments.runs import gaussian_starts
from verify.report.figures import blank, finish, styled

__all__ = ["nonlinear"]

_SAMPLES, _WIDTH, _DEPTH = 50, 5, 10
_SCALES = np.linspace(0.428, 0.7, 8)
_PLAN = {0.005: (160_000, 20), 0.02: (40_000, 20), 0.07: (16_000, 20)}
"""Steps and repetitions at each step size."""
_STEP = 1e-5
_AT_REST = 1e-6
"""Norm of the gradient at a run at rest."""
_SLACK = 1e-2
"""Allowed above 2/η: the error of differences, and how slowly an unstable minimum is left."""
_HUGE = 1e3
"""A loss beyond which a run has diverged."""


def nonlinear(options: Options) -> Outcome:
    """Sharpness of GELU networks against initial scale, before and after, beside 2/η."""
    rng, scales = generator(options.seed, "nonlinear"), options.grid(_SCALES)
    (x, y), _ = labelled(rng, 1, _SAMPLES, _WIDTH, noise=0.0)
    parts = []
    for rate, (steps, repetitions) in _PLAN.items():
        scale = np.tile(scales, options.repetitions(repetitions))
        starts = gaussian_starts(rng, scale, (*[_WIDTH] * _DEPTH, 1))
        parts.append(_descents(starts, scale, x[0].T, y[0].T, rate, steps))
    arrays = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    linear = regress(x, y)
    note = (
        f"n = {_SAMPLES}, d = {_WIDTH}, L = {_DEPTH}, GELU, no label noise, labels over the norm "
        f"of the least-squares solution; {options.span(_SCALES)}; {options.plan(_PLAN)}; at rest: "
        f"|∇R| <= {_AT_REST:g}.  For linear networks on these data, whose lines are not drawn: "
        f"2La = {2 * _DEPTH * linear.rayleigh[0]:.4f}, 8LΛ = {8 * _DEPTH * linear.top[0]:.4f}"
    )
    return Outcome("nonlinear", "GELU networks", note, _checks(arrays), arrays, _drawn(arrays))


def _descents(
    starts: list[Any], scale: Any, x: Any, y: Any, rate: float, steps: int
) -> dict[str, Any]:
    """Train at one step size and measure, before and after."""
    initial, _ = _measured(starts, x, y, np.ones(len(scale), dtype=bool))
    layers, loss = train_network(gelu, starts, x, y, step_size=rate, steps=steps)
    final, slope = _measured(layers, x, y, loss < _HUGE)
    return {
        "scale": scale, "step_size": np.full(len(scale), rate), "initial": initial,
        "final": final, "slope": slope, "loss": loss,
    }  # fmt: skip


@styled()
def _drawn(arrays: dict[str, Any]) -> Any:
    figure, axes = blank(size=(6.8, 5.0))
    under_way = ~(arrays["slope"] <= _AT_REST)
    sharpnesses(axes, arrays, under_way=under_way, levels={}, small={})
    axes.set_title(f"GELU networks of depth {_DEPTH}")
    finish(figure, columns=4)
    return figure


def _measured(layers: list[Any], x: Any, y: Any, kept: Any) -> tuple[Any, Any]:
    """Return λ_max, to about four digits, and |∇R| for the networks kept, NaN for the others."""
    sharpness, slope = np.full((2, len(kept)), np.nan)
    if not kept.any():
        return sharpness, slope
    here = [W[kept] for W in layers]
    splits = np.cumsum([W[0].size for W in here])[:-1]
    flat = np.concatenate([W.reshape(len(W), -1) for W in here], axis=1)

    def gradient(rows: Any) -> Any:
        parts = np.split(rows, splits, axis=1)
        net = [p.reshape(W.shape) for p, W in zip(parts, here, strict=True)]
        slopes = network_gradient(gelu, net, x, y)[1]
        return np.concatenate([G.reshape(len(G), -1) for G in slopes], axis=1)

    def apply(v: Any) -> Any:
        return (gradient(flat + _STEP * v) - gradient(flat - _STEP * v)) / (2 * _STEP)

    start = np.random.default_rng(0).standard_normal(flat.shape)
    sharpness[kept] = top_eigenpairs(np, apply, start, tolerance=1e-4)[0]
    slope[kept] = np.linalg.norm(gradient(flat), axis=1)
    return sharpness, slope


def _checks(arrays: dict[str, Any]) -> tuple[Check, ...]:
    edge = arrays["final"] * arrays["step_size"] / 2
    at_rest = arrays["slope"] <= _AT_REST
    moving = np.isfinite(edge) & ~at_rest

    def share(which: Any) -> float:
        return float(np.mean(edge[which] <= 1 + _SLACK)) if which.any() else float("nan")

    rest, under_way = share(at_rest), share(moving)
    return (
        Check("runs at rest with S <= 2/η", "1", rest, rest == 1.0, int(at_rest.sum())),
        Check("runs under way with S <= 2/η", "", under_way, None, int(moving.sum())),
        Check("largest ηS/2", "", float(np.nanmax(edge, initial=0)), None, len(edge)),
    )
