"""What is measured of a network at its data: rows of numbers, each with what it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from certimin.examination.minimizer import Minimizer
from certimin.examination.options import Options
from certimin.examination.point import Point
from certimin.rows import Row
from numeric.alignment import overlap_sq
from numeric.arithmetic.ball import Ball
from numeric.arithmetic.floating import Floating
from numeric.enclosure import Enclosure
from numeric.networks import LinearNetwork
from numeric.spectrum.enclosed import gram_top
from theorems.flat_minima.coupling_scores import Scores, scores, starts
from theorems.unified.minimal_sharpness_eq_gain import minimal_sharpness

__all__ = [
    "NO_CORRECTION",
    "least_sharpness",
    "rows_at_minimizer",
    "rows_at_weights",
    "rows_of_layers",
    "rows_of_path",
    "rows_of_step",
]

_SMALL = 160
"""Beyond this width what is said of single layers is estimated in floats."""


def least_sharpness(point: Point) -> tuple[Ball | None, str]:
    """Return S_min of the data at the network's depth; or None, and why there is none."""
    rank, hidden = point.problem.target_rank, point.net.widths[1:-1]
    if point.network.has_biases:
        return None, "the theorem is about networks without biases"
    if not rank:
        return None, "features and targets do not correlate: C = E[y x^T] = 0"
    if min(hidden, default=rank) < rank:
        return None, f"no weights of a hidden width {min(hidden)} reach a map of rank {rank}"
    ar, target = point.arithmetic, point.problem.target
    return minimal_sharpness(point.sigma, target, point.net.depth, precision=ar.precision), ""


def rows_at_weights(point: Point, least: Ball | None, why: str, options: Options) -> list[Row]:
    """Return loss, gradient and curvature at the weights, in the user's convention."""
    at, factor = point.extremes, options.factor
    with point.arithmetic:
        S = at.largest.times(factor)
        rest = at.residual_norm.times(factor)
        found = [
            Row("loss", "loss", factor * point.loss),
            Row("least_loss", "least loss of any linear map", factor * point.problem.least_loss),
            Row("excess_loss", "loss above it", factor * point.excess),
            Row("gradient_norm", "norm of the gradient", factor * point.gradient_norm),
            Row("sharpness", f"S, largest Hessian eigenvalue ({at.route})", S),
            Row("hessian_min", "least Hessian eigenvalue", at.least.times(factor)),
            Row("gram_sharpness", "S of its Gram part alone", at.gram_top.times(factor)),
            Row("residual_part", "norm of its residual part, at most", rest),
            *_rows_of_least(at.largest, least, why, factor),
        ]
    if options.step_size is not None:
        found += rows_of_step(S, options)
    return found


_LEAST = "minimal_sharpness", "S_min, least sharpness of any minimizer (U1)"
_RATIO = "sharpness_ratio", "S / S_min"
_STEP = "largest_step_size", "2/S_min, largest step size that can be stable"


def _rows_of_least(S: Enclosure, least: Ball | None, why: str, factor: Fraction) -> list[Row]:
    if least is None:
        return [Row(*name, None, why) for name in (_LEAST, _RATIO, _STEP)]
    mine = factor * least
    return [Row(*_LEAST, mine), Row(*_RATIO, _ratio(S, least)), Row(*_STEP, 2 / mine)]


def rows_of_step(S: Enclosure, options: Options) -> list[Row]:
    """Return the user's step size against 2/S, S that of the loss with decay but without noise."""
    assert options.step_size is not None
    with_penalty = S.plus(2 * min(options.decays, default=0), 2 * max(options.decays, default=0))
    product = with_penalty.times(options.step_size / 2)
    if product.upper < 1:
        said = "stable here: step size < 2/S"
    elif product.lower > 1:
        said = "unstable here: step size > 2/S"
    else:
        said = "not decided: 2/S is enclosed around it"
    rows = [
        Row("step_share", "S * step / 2: above 1 descent is unstable", product),
        Row("stability", "your step size", said, product.worth),
    ]
    if options.decays:
        rows.insert(0, Row("penalised_sharpness", "S with the decay", with_penalty))
    return rows


NO_CORRECTION = "no single layer can carry the correction"
_DISTANCE = "distance", "distance to a minimizer, one layer corrected"
_THERE = "minimizer_sharpness", "S at that minimizer"
_TIMES = "minimizer_ratio", "... divided by S_min"


def rows_at_minimizer(
    point: Point, minimizer: Minimizer | None, least: Ball | None, why: str, factor: Fraction
) -> list[Row]:
    """Return how far the nearest exact minimizer is, and how sharp it is."""
    if minimizer is None or least is None:
        return [Row(*name, None, why or NO_CORRECTION) for name in (_DISTANCE, _THERE, _TIMES)]
    with point.arithmetic as ar:
        S = gram_top(ar, minimizer.net, point.sigma)
        return [
            Row(_DISTANCE[0], f"{_DISTANCE[1]}: {minimizer.layer}", minimizer.distance),
            Row(*_THERE, S.times(factor)),
            Row(*_TIMES, _ratio(S, least)),
        ]


def rows_of_layers(point: Point) -> list[Row]:
    """Return norms, imbalance and alignment of the layers, and the coupling of the path."""
    ar, weights = point.arithmetic, point.network.weights
    if max(point.network.widths) <= _SMALL:
        net = LinearNetwork(ar, [ar.dyadic(W) for W in weights])
    else:
        net = LinearNetwork(Floating(), weights)
    return [*_rows_of(net), *rows_of_path(weights)]


def rows_of_path(weights: Sequence[Any]) -> list[Row]:
    """Return how coupled the layers are along the most amplified path (M2, M5), in floats.

    Beside each score stands its mean over random layers of the same shapes.
    """
    if len(weights) == 1:
        return []
    found = _scored([W[None] for W in weights])
    shape = [weights[0].shape[1], *(W.shape[0] for W in weights)]
    batch = int(np.clip(_ENTRIES // max(W.size for W in weights), 1, _BASELINES))
    others = _scored(list(starts(np.random.default_rng(0), shape, batch)))
    rows = []
    for key, name, label in _SCORES:
        score, usual = float(getattr(found, name)[0]), np.mean(getattr(others, name))
        known = bool(np.isfinite(score))
        text = f"{label} (random layers: {usual:.3g})"
        rows.append(Row(key, text, _float(score) if known else None, "" if known else _VANISHES))
    return rows


def _scored(layers: list[Any]) -> Scores:
    """The scores; NaN where they cannot be computed."""
    try:
        with np.errstate(all="ignore"):
            return scores(layers)
    except (ValueError, np.linalg.LinAlgError):
        unknown = np.full(len(layers[0]), np.nan)
        return Scores(unknown, unknown, unknown)


_SCORES = (
    ("path_alignment", "alignment", "coupling: mean cos^2 between the amplified paths"),
    ("gain_spread", "gain_spread", "spread of log gains along the path"),
    ("best_pair", "best_pair", "best aligned pair of singular vectors, mean"),
)
_VANISHES = "the product of the layers vanishes, or leaves the range of floats"
_BASELINES, _ENTRIES = 64, 2**18
"""Random networks that a score is compared with, and entries of all their largest layers."""

_NORM_MAX = "layer_norm_max", "largest norm of a layer"
_NORM_MIN = "layer_norm_min", "smallest norm of a layer"
_IMBALANCE = "imbalance", "imbalance, max |W_{k+1}^T W_{k+1} - W_k W_k^T|"
_ALIGNMENT = "alignment", "least alignment of neighbours, <v_{k+1}, u_k>^2"


def _rows_of(net: LinearNetwork) -> list[Row]:
    """Norms, imbalance and alignment in the arithmetic of the network."""
    ar = net.arithmetic
    with ar:
        norms = [ar.singular_max(W) for W in net.weights]
        found = [(_NORM_MAX, ar.maximum(*norms)), (_NORM_MIN, ar.minimum(*norms))]
        if net.depth > 1:
            aligned = [overlap_sq(ar, V.mT @ V, W @ W.mT) for W, V in pairwise(net.weights)]
            found += [
                (_IMBALANCE, ar.maximum(*(ar.singular_max(D) for D in net.imbalances))),
                (_ALIGNMENT, ar.minimum(*aligned)),
            ]
    return [Row(*name, Enclosure.of(value)) for name, value in found]


def _float(x: Any) -> Enclosure:
    """A float estimate."""
    return Enclosure.of(float(np.squeeze(x)))


def _ratio(x: Enclosure, y: Ball) -> Enclosure:
    """The quotient of an enclosure by a positive ball."""
    ends = [bound / by for bound in (x.lower, x.upper) for by in (y.lower, y.upper)]
    return Enclosure(min(ends), max(ends), x.lower_worth, x.upper_worth)
