"""A network that was read and its source must compute the same: recomputed on a few inputs.

Where a source shows what each of its layers is given, layer is compared with layer, and what is
different in the first of many is seen as well as in the last.  Else only outputs are compared.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from certimin.sources.activations import BEND
from certimin.sources.refusal import brief, refuse
from numeric.activations import ACTIVATIONS

__all__ = ["Computes", "Run", "agrees", "observed", "probes"]

Floats = NDArray[np.float64]

_SCALES = (0.1, 1.0, 10.0, 100.0)
"""Sizes of the inputs: a function that is cut off at some value shows at one of them."""
_EACH = 6
"""Inputs of each size."""


class Run(NamedTuple):
    """What a source computed: its outputs (n, d_L), and the inputs (n, d_k) of its layers."""

    outputs: Any
    hidden: Sequence[Any] | None = None


class Computes(Protocol):
    """What is asked of a network here."""

    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]
    activation: str
    shift: Floats | None
    scale: Floats | None

    def inputs(self, X: Any) -> Floats:
        """Return the inputs of the first layer for samples (n, d_0)."""

    def outputs(self, X: Any) -> Floats:
        """Return the outputs (n, d_L) for samples (n, d_0)."""


def observed(name: str, network: Computes, evaluate: Callable[[Floats], Run]) -> Run:
    """Return what a source computes for the inputs of :func:`probes`.

    Parameters
    ----------
    name
        What messages call the source.
    network
        What was read; only its widths and the scaling of its inputs count here.
    evaluate
        What the source computes for inputs (n, d_0), in any floating type.

    Raises
    ------
    UsageError
        The source cannot be evaluated.
    """
    X = probes(network)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the inputs are none of the user's
            run = evaluate(X)
            return Run(np.asarray(run.outputs), run.hidden)
    except Exception as error:  # whatever the source raises
        remedy = "pass its weights as a list of (W, b) pairs"
        refuse(name, f"outputs for inputs of shape {X.shape}", brief(error), remedy)


def agrees(network: Computes, run: Run) -> bool:
    """Return whether a network computes what was observed, up to rounding.

    Parameters
    ----------
    network
        What was read.
    run
        What :func:`observed` returned for its source.
    """
    X, theirs = probes(network), run.outputs
    ours = network.outputs(X)
    if theirs.dtype.kind != "f" or theirs.size != ours.size or len(theirs) != len(ours):
        return False
    unit = float(np.finfo(theirs.dtype).eps)
    theirs = theirs.reshape(ours.shape).astype(np.float64)
    if run.hidden is not None:
        return _layers_agree(network, X, [*run.hidden, theirs], unit)
    largest = np.abs(ours).reshape(len(_SCALES), -1).max(axis=1)
    half = np.sqrt(unit) * np.repeat(largest, _EACH)[:, None]
    return bool((np.abs(theirs - ours) <= np.minimum(_slack(network, X, unit), half)).all())


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


def _layers_agree(network: Computes, X: Floats, seen: Sequence[NDArray[Any]], unit: float) -> bool:
    """Whether each layer is given what the network makes of what the one before it was given."""
    if len(seen) != len(network.weights) + 1:
        return False
    expected, slack = network.inputs(X), 8 * unit * _scaled(network, X)
    for k, W in enumerate(network.weights):
        if seen[k].shape != expected.shape or not (np.abs(seen[k] - expected) <= slack).all():
            return False
        bias = network.biases[k] if network.biases else np.zeros(len(W))
        size = np.abs(seen[k]) @ np.abs(W).T + np.abs(bias)
        expected, slack = seen[k] @ W.T + bias, 2 * (W.shape[1] + 2) * unit * size
        if k + 1 < len(network.weights):
            expected = ACTIVATIONS[network.activation](expected)[0]
            slack = BEND * slack + 16 * unit * (size + 1)
    return bool((np.abs(seen[-1] - expected) <= slack).all())


def _scaled(network: Computes, X: Floats) -> Floats:
    """The sizes of the inputs of the first layer, with nothing cancelled."""
    shift = 0.0 if network.shift is None else np.abs(network.shift)
    scale = 1.0 if network.scale is None else np.abs(network.scale)
    return np.asarray((np.abs(X) + shift) / scale)


def _slack(network: Computes, X: Floats, unit: float) -> Floats:
    """How far two evaluations in floating point may be apart, for each output.

    Magnitudes go forward beside the error: a sum of d terms, added in any order, is off by at most
    d + 1 roundings of the sum of their magnitudes; a slope of the activation is at most ``BEND``,
    and its own value within a few roundings of its argument.  In deep networks this allows for
    much more than happens, so that half of the digits of the largest output are asked for too.
    """
    size = _scaled(network, X)
    error = 4 * unit * size
    for k, W in enumerate(network.weights):
        bias = np.abs(network.biases[k]) if network.biases else 0.0
        size = size @ np.abs(W).T + bias
        error = error @ np.abs(W).T + (W.shape[1] + 2) * unit * size
        if k + 1 < len(network.weights):
            error = BEND * error + 8 * unit * (size + 1)
            size = size + 1  # no activation is larger than its argument by more
    return np.asarray(2 * error)
