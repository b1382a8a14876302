"""Coupling along the amplified path (M2): equal gains where flattest, and what bends cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from numeric.arithmetic.floating import Floating
from numeric.training import CONVERGED, gradient_descent
from theorems.experiments.outcome import Check, Options
from theorems.experiments.regressions import generator
from theorems.figures.gallery import Drawing
from theorems.flat_minima.layers_coupled_of_flattest import alignment_floor, path_gain
from theorems.flat_minima.paths import (
    PairedInstance,
    bent_paths,
    paired_flattest_minimizers,
    path_alignment_sq,
)
from theorems.flat_minima.sharpness_ge_of_minimizer import whitened_bound
from theorems.instances import Instance
from theorems.quantities import sharpness
from verify.claims import FAMILIES, Bounds
from verify.report.figures import INK, blank, finish, logarithmic, look, styled, whole
from verify.sources import BatchSource

__all__ = ["draw"]

_LAYERS, _WIDTH, _FLATTEST = 6, 3, 4
_DEPTH, _SIGMA = 3, 1.5
_TRAINED, _BENT = 60, 12
_AXES = ("over_least", "cos_sq")
_KINDS = {"trained": "trained minimizers", "bent": "paths with one bend"}
_ROUNDING = 1e-9


def draw(options: Options) -> Drawing:
    """Draw gains by layer at flattest minimizers, and alignment against sharpness of others."""
    rng = generator(options.seed, "coupling")
    gains, trained = _flattest(rng), _trained(rng, options.repetitions(_TRAINED))
    bent = _bent(rng, _BENT)
    off = max(abs(row["gain"] / row["predicted"] - 1) for row in gains)
    short = min((row["cos_sq"] / row["floor"] for row in trained), default=float("nan"))
    beside = max(abs(row["cos_sq"] / row["floor"] - 1) for row in bent)
    checks = (
        Check("largest |gain/σ^{1/L} - 1|", "0", off, off <= _ROUNDING, len(gains)),
        Check("least cos²/(S_min/S)^L", ">= 1", short, short >= 1 - _ROUNDING, len(trained)),
        Check(
            "bent paths: largest |cos²/(S_min/S)^L - 1|", "0", beside, beside <= _ROUNDING, _BENT
        ),
    )
    caption = (
        f"Left: {_FLATTEST} flattest minimizers of whitened data, drawn at random, depth "
        f"{_LAYERS}, width {_WIDTH}, not balanced: each layer has the gain σ^{{1/L}} along the "
        "path of the most amplified signal (filled), as M2 proves, though its largest singular "
        "value may be larger (hollow). Right: minimizers that gradient descent reached from random "
        f"layers, depth {_DEPTH}, T = diag(1.5, 0.75): the least cos² between the two paths "
        "against S/S_min; the line is M2's floor (S_min/S)^L, which all minimizers of this depth "
        "obey and paths with one bend reach."
    )
    title = "Coupling along the amplified path"
    others = [*trained, *bent]
    figure = _figure(gains, others)
    return Drawing("coupling", title, figure, [*gains, *others], caption, checks)


def _flattest(rng: np.random.Generator) -> list[dict[str, Any]]:
    """Gains along the path and largest singular values of random flattest minimizers."""
    sizes = [_LAYERS, *[_WIDTH] * (_LAYERS + 1)]
    bounds = Bounds((_LAYERS, _LAYERS), (_WIDTH, _WIDTH))
    batch = paired_flattest_minimizers.build(BatchSource(rng, _FLATTEST, sizes=sizes), bounds)
    path = FAMILIES["path_in"].measure(batch)
    predicted = path_gain.measure(batch)
    rows = []
    for k, W in enumerate(batch.weights):
        gain, top = np.sqrt(path[k + 1] / path[k]), np.linalg.norm(W, 2, axis=(-2, -1))
        for number in range(_FLATTEST):
            row = {"panel": "flattest", "network": number, "layer": k + 1, "gain": gain[number]}
            rows.append(row | {"top": top[number], "predicted": predicted[number]})
    return rows


def _trained(rng: np.random.Generator, count: int) -> list[dict[str, Any]]:
    """Alignment and sharpness of minimizers that descent reached."""
    eye, target = np.eye(2), np.diag([_SIGMA, _SIGMA / 2])
    spread = rng.uniform(0.1, 0.6, (count, 1, 1))
    start = [eye + spread * rng.standard_normal((count, 2, 2)) for _ in range(_DEPTH)]
    # as in edge.py, compiling would take longer than this takes
    end = gradient_descent(start, eye, target, 0.01, steps=8000, tolerance=1e-11, fast=False)
    layers = [W[end.status == CONVERGED] for W in end.weights]
    instance = Instance.of(Floating(), layers, eye)  # T = P: all that differs is rounding
    return _measured("trained", PairedInstance.beside(instance, vector=np.eye(2, 1)))


def _bent(rng: np.random.Generator, count: int) -> list[dict[str, Any]]:
    """Alignment and sharpness of paths with one bend, where M2's floor is reached."""
    source = BatchSource(rng, count, sizes=[_DEPTH])
    return _measured("bent", bent_paths.build(source, Bounds((_DEPTH, _DEPTH))))


def _measured(panel: str, paired: Any) -> list[dict[str, Any]]:
    """One row for each network of a batch of minimizers."""
    sharp, least = sharpness.measure(paired), whitened_bound.measure(paired)
    columns = {
        "over_least": sharp / least,
        "cos_sq": path_alignment_sq.measure(paired),
        "floor": alignment_floor.measure(paired),
    }
    return [
        {"panel": panel} | dict(zip(columns, values, strict=True))
        for values in zip(*columns.values(), strict=True)
    ]


@styled()
def _figure(gains: list[dict[str, Any]], others: list[dict[str, Any]]) -> Any:
    figure, (left, right) = blank(1, 2, size=(8.2, 4.2))
    for number in range(_FLATTEST):
        mine = [row for row in gains if row["network"] == number]
        shift = 0.16 * (number - (_FLATTEST - 1) / 2)
        layers = [row["layer"] + shift for row in mine]
        ratios = ([row[name] / row["predicted"] for row in mine] for name in ("gain", "top"))
        for values, face in zip(ratios, (None, "none"), strict=True):
            shown = look(number, line="") | ({"markerfacecolor": face} if face else {})
            left.plot(layers, values, **shown)
    for face, label in ((INK, "gain along the path"), ("none", "largest singular value")):
        left.plot([], [], "o", color=INK, markerfacecolor=face, label=label)
    left.axhline(1, color=INK, linewidth=1.2)
    left.set(title="Flattest minimizers", xlabel="layer k", ylabel="gain / σ^(1/L)")
    whole(left.xaxis)
    for number, panel in enumerate(("trained", "bent")):
        points = [[r[name] for r in others if r["panel"] == panel] for name in _AXES]
        right.plot(*points, **look(4 + number, line=""), alpha=0.7, label=_KINDS[panel])
    ends = np.geomspace(1, max((r["over_least"] for r in others), default=2.0), 50)
    right.plot(ends, ends**-_DEPTH, color=INK, label="floor of M2")
    right.set(title=f"Any minimizers, depth {_DEPTH}", xlabel="S / Sₘᵢₙ", ylabel="least cos²")
    logarithmic(right, "xy")
    finish(figure)
    return figure
