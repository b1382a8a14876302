"""Along gradient flow: what it conserves (F4), and how its layers align (C2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from numeric.arithmetic.floating import Floating
from numeric.training import Flow, gradient_flow
from theorems.experiments.outcome import Check, Options
from theorems.experiments.regressions import generator
from theorems.figures.gallery import Drawing
from theorems.regression.features import gaussian_regression
from theorems.regression.layer_pairs import (
    LayerPair,
    alignment,
    imbalance_top,
    layer_fro_sq,
    next_rank_defect,
    next_top_sq,
)
from verify.report.figures import blank, finish, logarithmic, look, styled

__all__ = ["draw"]

_DEPTH, _WIDTH, _SCALE = 3, 3, 0.1
_SHOWN = 60


def draw(options: Options) -> Drawing:
    """Draw one flow from small weights: sizes and imbalances, misalignment and its bound."""
    rng = generator(options.seed, "alignment")
    sigma, target = gaussian_regression(rng, 20, _WIDTH)
    shape = (*[_WIDTH] * (_DEPTH - 1), 1)
    start = [_SCALE * rng.standard_normal((rows, _WIDTH)) for rows in shape]
    flow = gradient_flow(start, sigma, target @ sigma, rtol=1e-10, tolerance=1e-6)
    rows = [row for k in range(1, _DEPTH) for row in _along(flow, sigma, target, k)]
    worst = max(row["missed"] / row["bound"] for row in rows)
    drift = max(abs(row["imbalance"] / row["imbalance_0"] - 1) for row in rows)
    moved = _allowed(flow, rows)
    count = len(rows)
    checks = (
        Check("largest misalignment over its bound", "<= 1", worst, worst <= 1 + moved, count),
        Check("largest relative change of |D_k|", "0", drift, drift <= moved, count),
    )
    caption = (
        f"One gradient flow, depth {_DEPTH}, width {_WIDTH}, one output, Gaussian data (20 "
        f"samples) and start of scale {_SCALE}, to |∇R| = {flow.gradient_norm:.1g} at time "
        f"{flow.time:.4g}. Above: layers grow, the imbalances |D_k|₂ stand still (F4). Below: "
        "(1 - <u_k, v_{k+1}>²)|W_{k+1}|₂² of each pair, and its bound ε_{k+1} + 2|D_k|₂ at the "
        "start (C2), which the flow conserves."
    )
    title = "Imbalance and alignment along gradient flow"
    return Drawing("alignment", title, _figure(rows), rows, caption, checks)


def _along(flow: Flow, sigma: Any, target: Any, k: int) -> list[dict[str, Any]]:
    """Everything about the k-th pair at some of the stored times, evenly chosen."""
    picked = np.unique(np.linspace(0, len(flow.times) - 1, _SHOWN).astype(int))
    layers = tuple(W[picked] for W in flow.path)
    pair = LayerPair(Floating(), layers, sigma, target, False, position=k)
    first = replace(pair, weights=tuple(W[:1] for W in layers))
    bound = float((next_rank_defect.measure(first) + 2 * imbalance_top.measure(first))[0])
    after, imbalance = next_top_sq.measure(pair), imbalance_top.measure(pair)
    missed = (1 - alignment.measure(pair)) * after
    columns = flow.times[picked], layer_fro_sq.measure(pair), after, imbalance, missed
    names = "time", "layer_fro_sq", "next_top_sq", "imbalance", "missed"
    start = {"pair": k, "bound": bound, "imbalance_0": float(imbalance[0])}
    return [start | dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _allowed(flow: Flow, rows: list[dict[str, Any]]) -> float:
    """What the integrator's drift may change, relatively: λ_max and |D_k| by it, tr by √d of it."""
    least = min(min(row["bound"], row["imbalance_0"]) for row in rows)
    return float((_DEPTH * (1 + np.sqrt(_WIDTH)) + 2) * flow.drift + 1e-13) / least


@styled()
def _figure(rows: list[dict[str, Any]]) -> Any:
    figure, (above, below) = blank(2, size=(6.4, 6.0), sharex=True)
    for k in range(1, _DEPTH):
        mine = [row for row in rows if row["pair"] == k]
        times = [row["time"] for row in mine]
        own, flat = look(k - 1, marker=False), look(k - 1, line="--", marker=False)
        above.plot(
            times, [r["layer_fro_sq"] for r in mine], **own, label=f"|W{'₁₂₃'[k - 1]}|² grows"
        )
        above.plot(times, [r["imbalance"] for r in mine], **flat, label=f"|D{'₁₂₃'[k - 1]}| stays")
        pair = f"pair {k}, {k + 1}"
        below.plot(times, [r["missed"] for r in mine], **own | {"marker": look(k - 1)["marker"]},
                   markersize=3, label=f"misalignment, {pair}")  # fmt: skip
        below.plot(times, [r["bound"] for r in mine], **flat, label=f"its bound, {pair}")
    above.set(title="Layers grow, imbalances stand still", ylabel="squared norms")
    below.set(title="Layers align", xlabel="time of the flow", ylabel="not aligned")
    logarithmic(above, "y")
    logarithmic(below, "y")
    finish(figure, columns=4)
    return figure
