"""GELU networks trained as the linear ones.

Where descent comes to rest the sharpness is at most 2/η, for this loss as for any smooth one (the
linearised step; off a null set of starts).  Most runs are still under way when they stop, often
swinging about 2/η, and of those nothing is predicted: what they show is observed.

Networks x -> W_L φ(W_{L-1} ... φ(W_1 x)), depth 5 (at depth 10 signals from these scales vanish),
one data set for each step size, four times the steps of the linear experiment.  The sharpness is
λ_max of the Hessian of the mean square, from differences of gradients.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from numeric.nonlinear import gelu, network_gradient, train_network
from numeric.spectrum.lanczos import top_eigenpairs
from theorems.experiments.drawing import against_scale
from theorems.experiments.outcome import Check, Options, Outcome
from theorems.experiments.runs import gaussian_starts, generator

__all__ = ["nonlinear"]

_DEPTH = 5
_PLAN = {0.02: 40000, 0.07: 16000, 0.1: 16000}
_STEP = 1e-5
_AT_REST = 1e-6
"""Norm of the gradient at a run at rest."""
_SLACK = 1e-2
"""Allowed above 2/η: the error of differences, and how slowly an unstable minimum is left."""
_HUGE = 1e3


def nonlinear(options: Options) -> Outcome:
    """Final sharpness of GELU networks against initial scale, beside 2/η."""
    rng, scales = generator(options.seed, "nonlinear"), options.grid(np.linspace(0.4, 1.0, 10))
    found: dict[str, list[Any]] = {
        name: [] for name in ("scale", "step_size", "final", "slope", "loss")
    }
    for rate, steps in _PLAN.items():
        x = rng.standard_normal((5, 50))
        signal = rng.standard_normal((1, 5))
        y = signal @ x / np.linalg.norm(signal) + rng.standard_normal((1, 50))
        scale = np.tile(scales, options.repetitions(2))
        starts = gaussian_starts(rng, scale, (*[5] * _DEPTH, 1))
        layers, loss = train_network(gelu, starts, x, y, step_size=rate, steps=steps)
        rates = np.full(len(scale), rate)
        values = (scale, rates, *_at_the_end(layers, x, y, loss < _HUGE), loss)
        for name, value in zip(found, values, strict=True):
            found[name].append(value)
    arrays = {name: np.concatenate(values) for name, values in found.items()}
    note = f"n = 50, d = 5, L = {_DEPTH}, GELU, steps {_PLAN}; at rest: |∇R| <= {_AT_REST:g}"
    figure = against_scale(
        f"GELU networks of depth {_DEPTH}",
        *(arrays[name] for name in ("scale", "step_size", "final")),
        under_way=arrays["slope"] > _AT_REST,
    )
    return Outcome("nonlinear", "GELU networks", note, _checks(arrays), arrays, figure)


def _at_the_end(layers: list[Any], x: Any, y: Any, kept: Any) -> tuple[Any, Any]:
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
