"""Weights, biases and scalings that fit together, as float64 arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from certimin.arrays import Floats, floats, roundings
from certimin.sources.foreign import real
from certimin.sources.layers import chain
from certimin.sources.refusal import refuse

__all__ = ["input_vector", "matrices", "vectors"]


def matrices(name: str, given: Sequence[Any], notes: list[str]) -> tuple[Floats, ...]:
    """Return the weights as float64 matrices that follow each other.

    Parameters
    ----------
    name
        What messages call the network.
    given
        Arrays of shape (d_{k+1}, d_k), at least one.
    notes
        What is worth knowing is added here.

    Raises
    ------
    UsageError
        One is no matrix of finite numbers, or does not follow the one before it.
    """
    weights = []
    for k, W in enumerate(given):
        label = f"{name}, weights[{k}]"
        array = real(label, W)
        weights.append(_fixed(floats(label, array, ndim=2)))
        notes += roundings(f"weights[{k}]", array)
    if not weights:
        refuse(name, "at least one layer", "none", "pass a list of matrices")
    for k, (first, second) in enumerate(pairwise(weights), start=1):
        if second.shape[1] != first.shape[0]:
            _refuse_shapes(name, weights, k)
    return tuple(weights)


def _refuse_shapes(name: str, weights: list[Floats], k: int) -> None:
    """Refuse a layer that does not follow the one before it."""
    remedy = "check the order of the layers"
    if chain([W.T for W in weights]):
        remedy = "transposed they would all chain: pass each W.T, or change the option transpose"
    elif chain([*weights[:k], weights[k].T, *weights[k + 1 :]]):
        remedy = f"its transpose would chain: pass weights[{k}].T"
    elif chain([weights[0].T, *weights[1:]]):
        remedy = "the transpose of weights[0] would chain: pass weights[0].T"
    expected = f"{weights[k - 1].shape[0]} columns to follow layer {k}"
    got = f"shape {weights[k].shape}"
    refuse(f"{name}, weights[{k}] (layer {k + 1})", expected, got, remedy)


def vectors(
    name: str, given: Sequence[Any], weights: tuple[Floats, ...], notes: list[str]
) -> tuple[Floats, ...]:
    """Return a float64 bias for each layer, or none at all.

    Parameters
    ----------
    name, notes
        As in :func:`matrices`.
    given
        Vectors of shape (d_{k+1},) or None, one for each layer, or nothing.
    weights
        The matrices that they follow.

    Raises
    ------
    UsageError
        One does not fit its matrix, or they are not as many.
    """
    present = [b is not None for b in given]
    if not any(present):
        return ()
    if len(present) != len(weights):
        remedy = "pass None for a layer without"
        refuse(f"{name}, biases", f"{len(weights)}, one for each layer", f"{len(given)}", remedy)
    biases = []
    for k, (b, W) in enumerate(zip(given, weights, strict=True)):
        label = f"{name}, biases[{k}]"
        values = np.zeros(len(W)) if b is None else floats(label, b, ndim=1)
        if len(values) != len(W):
            got = f"shape {values.shape}"
            refuse(label, f"shape {(len(W),)} as weights[{k}] has rows", got, "check the layer")
        biases.append(_fixed(values))
    without = ", ".join(str(k + 1) for k, has in enumerate(present) if not has)
    if without:
        notes.append(f"no bias stored for layer {without}: taken as zero and trained")
    if not any(b.any() for b in biases):
        notes.append("biases are all zero")
    return tuple(biases)


def input_vector(key: str, value: Any, first: Floats) -> Floats | None:
    """Return one number for each input, from a vector or a single number; None stays None.

    Raises
    ------
    UsageError
        There are more or fewer, or one is not finite.
    """
    if value is None:
        return None
    array = real(key, value)
    width = first.shape[1]
    values = floats(key, array if array.ndim else np.full(width, array[()]), ndim=1)
    if len(values) != width:
        got = f"shape {values.shape}"
        refuse(key, f"{width} numbers, one for each input", got, "check the features")
    return _fixed(values)


def _fixed(array: Floats) -> Floats:
    """The array, which nobody can write to any more: a network is a value."""
    array.flags.writeable = False
    return array
