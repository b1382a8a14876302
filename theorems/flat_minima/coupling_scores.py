"""Scores of coupled layers on trained networks, batched in floats, and what they are compared with.

The path of a network starts at the top right singular vector v of the product of its weight
matrices, x_1 = v, x_{k+1} = W_k x_k; from the output it is y_L = u, y_{k-1} = W_kᵀ y_k.  For linear
networks at a flattest minimum the two are parallel and every layer has the same gain.  For
nonlinear networks there is no theorem: the same numbers are read off the weight matrices.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any, Literal

import numpy as np

from numeric.arithmetic.floating import Floating
from numeric.datasets import bundled
from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_at_minimizer
from verify.theorem import Measurement

__all__ = [
    "Scores",
    "better_coupled",
    "diabetes",
    "over_least",
    "scores",
    "shortfall",
    "shuffled",
    "starts",
]

_RESAMPLES = 1000
_TAIL = 0.025


@dataclass(frozen=True)
class Scores:
    """One number for each network of a batch.

    ``alignment``: mean over hidden layers of cos² between the two paths (1 when coupled).
    ``gain_spread``: standard deviation over layers of the logarithm of the gain (0 when equal).
    ``best_pair``: mean over hidden layers of the largest |<left singular vector of W_k, right one
    of W_{k+1}>| over all pairs; the maximum makes it large for any matrices.
    """

    alignment: Any
    gain_spread: Any
    best_pair: Any


def scores(weights: Sequence[Any]) -> Scores:
    """Return the scores of a batch of networks, layers of shape (batch, d_{k+1}, d_k).

    >>> scores([np.eye(2)[None] * 2, np.eye(2)[None] * 2]).gain_spread
    array([0.])
    """
    product = weights[0]
    for W in weights[1:]:
        product = W @ product
    U, _, V = np.linalg.svd(product)
    forward, backward = [V[..., :1, :].mT], [U[..., :, :1]]
    for W in weights:
        forward.append(W @ forward[-1])
    for W in reversed(weights):
        backward.insert(0, W.mT @ backward[0])
    sizes = [np.linalg.norm(x, axis=(-2, -1)) for x in forward]
    cosines = [
        (x * y).sum((-2, -1)) / size / np.linalg.norm(y, axis=(-2, -1))
        for x, y, size in zip(forward[1:-1], backward[1:-1], sizes[1:-1], strict=True)
    ]
    gains = np.log([after / before for before, after in itertools.pairwise(sizes)])
    pairs = [
        np.abs(np.linalg.svd(after)[2] @ np.linalg.svd(before)[0]).max((-2, -1))
        for before, after in itertools.pairwise(weights)
    ]
    return Scores(np.mean(np.square(cosines), 0), gains.std(0), np.mean(pairs, 0))


def over_least(weights: Sequence[Any], sigma: float) -> Any:
    """Return S/S_min of minimizers of whitened data, ``sigma`` = |T|_2."""
    size, net = len(weights), LinearNetwork(Floating(), tuple(weights))
    reached = np.asarray(sharpness_at_minimizer(net, np.eye(weights[0].shape[-1])))
    return reached / (2 * size * sigma ** (2 - 2 / size))


def shuffled(weights: Sequence[Any]) -> list[Any]:
    """Return networks whose k-th layer comes from the k-th next network of the batch."""
    return [np.roll(W, k, axis=0) for k, W in enumerate(weights)]


def _interval(differences: Any, rng: np.random.Generator) -> tuple[float, float]:
    """Bootstrap 95% interval of the mean (percentiles of resamples over networks)."""
    picks = rng.integers(0, len(differences), (_RESAMPLES, len(differences)))
    low, high = np.quantile(np.asarray(differences)[picks].mean(axis=1), (_TAIL, 1 - _TAIL))
    return float(low), float(high)


def shortfall(
    name: str,
    baseline: str,
    trained: Any,
    other: Any,
    rng: np.random.Generator,
    better: Literal["higher", "lower"] = "higher",
) -> Measurement:
    """Return the upper end of the interval of how far ``trained`` falls short of ``other``.

    The observation is that it does not: the number is at most 0.  Where the interval holds 0 the
    effect is not shown, nor its opposite: the number is NaN, which makes the verdict inconclusive.
    Network by network, so that common starts are compared with each other.  The label carries both
    means and the effect, their difference with its interval.
    """
    differences = np.asarray(trained - other)
    low, high = _interval(differences, rng)
    label = (
        f"{name}: {trained.mean():.3f}, {baseline} {other.mean():.3f}, "
        f"effect {differences.mean():+.3f} in [{low:+.3f}, {high:+.3f}]"
    )
    end = nan if low <= 0 <= high else -low if better == "higher" else high
    return Measurement(label, 0.0, end, 0.0, "<=")


def better_coupled(
    baseline: str, trained: Scores, other: Scores, rng: np.random.Generator
) -> tuple[Measurement, Measurement]:
    """Return by how much trained networks are no better aligned, their gains no more even."""
    spreads = trained.gain_spread, other.gain_spread
    return (
        shortfall("cos² of the path", baseline, trained.alignment, other.alignment, rng),
        shortfall("spread of gains", baseline, *spreads, rng, "lower"),
    )


def diabetes() -> tuple[Any, Any]:
    """Return (inputs as whitened columns, standardised target as a row) of the diabetes data.

    Every second sample.  Raises DataError where scikit-learn, which has them, is not installed.
    """
    data = bundled("diabetes")
    x, y = data.features[::2], data.targets[::2]
    centred = x - x.mean(axis=0)
    whitened = np.linalg.svd(centred, full_matrices=False)[0] * np.sqrt(len(x))
    return whitened.T, ((y - y.mean()) / y.std()).T


def starts(rng: np.random.Generator, shape: Sequence[int], batch: int) -> Iterator[Any]:
    """Yield random layers with entries of variance 1/d_{k-1}."""
    for before, after in itertools.pairwise(shape):
        yield rng.standard_normal((batch, after, before)) / np.sqrt(before)
