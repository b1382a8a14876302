"""A network that was read and its source must compute the same: recomputed on a few inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from certimin.sources.activations import BEND
from certimin.sources.refusal import brief, refuse

__all__ = ["Computes", "agrees", "probes"]

Floats = NDArray[np.float64]

_SCALES = (0.1, 1.0, 10.0, 100.0)
"""Sizes of the inputs: a function that is cut off at some value shows at one of them."""
_EACH = 6
"""Inputs of each size."""


class Computes(Protocol):
    """What is asked of a network here."""

    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]
    shift: Floats | None
    scale: Floats | None

    def outputs(self, X: Any) -> Floats:
        """Return the outputs (n, d_L) for inputs (n, d_0)."""


def agrees(name: str, network: Computes, evaluate: Callable[[Floats], Any]) -> bool:
    """Whether a network and its source have the same outputs, up to rounding.

    Parameters
    ----------
    name
        What messages call the source.
    network
        What was read.
    evaluate
        The source's own outputs for inputs (n, d_0), in any floating type.

    Raises
    ------
    UsageError
        The source cannot be evaluated.
    """
    X = probes(network)
    try:
        theirs = np.asarray(evaluate(X))
    except Exception as error:  # whatever the source raises
        remedy = "pass its weights as a list of (W, b) pairs"
        refuse(name, f"outputs for inputs of shape {X.shape}", brief(error), remedy)
    ours = network.outputs(X)
    if theirs.size != ours.size or len(theirs) != len(ours):
        return False
    unit = float(np.finfo(theirs.dtype).eps) if theirs.dtype.kind == "f" else 0.0
    theirs = theirs.reshape(ours.shape).astype(np.float64)
    return bool((np.abs(theirs - ours) <= _slack(network, X, unit)).all())


def probes(network: Computes) -> Floats:
    """Return float32 inputs (n, d_0) of several sizes, the same in every run."""
    rng = np.random.default_rng(0)
    width = network.weights[0].shape[1]
    X = np.concatenate([size * rng.standard_normal((_EACH, width)) for size in _SCALES])
    if network.scale is not None:
        X = X * network.scale
    if network.shift is not None:
        X = X + network.shift
    return X.astype(np.float32).astype(np.float64)


def _slack(network: Computes, X: Floats, unit: float) -> Floats:
    """How far two evaluations in floating point may be apart, for each output.

    Magnitudes go forward beside the error: a sum of d terms, added in any order, is off by at most
    d + 1 roundings of the sum of their magnitudes; a slope of the activation is at most ``BEND``,
    and its own value within a few roundings of its argument.
    """
    shift = 0.0 if network.shift is None else np.abs(network.shift)
    scale = 1.0 if network.scale is None else np.abs(network.scale)
    size = (np.abs(X) + shift) / scale
    error = 4 * unit * size
    for k, W in enumerate(network.weights):
        bias = np.abs(network.biases[k]) if network.biases else 0.0
        size = size @ np.abs(W).T + bias
        error = error @ np.abs(W).T + (W.shape[1] + 2) * unit * size
        if k + 1 < len(network.weights):
            error = BEND * error + 8 * unit * (size + 1)
            size = size + 1  # no activation is larger than its argument by more
    return np.asarray(2 * error)
