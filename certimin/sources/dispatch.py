"""Which reader a source goes to, and the network made of what it finds."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from certimin.sources.activations import canonical
from certimin.sources.check import agrees, observed
from certimin.sources.containers import container, is_leaf, matrix
from certimin.sources.files import file
from certimin.sources.keras_models import is_keras, keras_model
from certimin.sources.layers import Layers, oriented
from certimin.sources.refusal import kind_of, refuse
from certimin.sources.scikit import estimator, is_estimator
from certimin.sources.torch_modules import is_module, module
from numeric.activations import ACTIVATIONS

__all__ = ["built", "read"]

N = TypeVar("N")

_ARRAYS = ("shape", "__array__", "__dlpack__", "to_numpy")


def built(
    make: Callable[..., N],
    source: Any,
    *,
    name: str | None,
    activation: str | None,
    transpose: bool | None,
    features: int | None,
    outputs: int | None,
) -> N:
    """Return ``make(weights, biases, activation, ...)`` of what a source is.

    Parameters
    ----------
    make
        The class of networks; :class:`certimin.networks.Network` says what the others mean.

    Raises
    ------
    UsageError
        The source is no dense network with one activation.
    """
    found = read(source, name)
    found = oriented(found, transpose=transpose, features=features, outputs=outputs)
    tried, run = _activations(found, activation), None
    for word, notes in tried:
        network: Any = make(
            tuple(found.weights),
            tuple(found.biases),
            word,
            shift=found.shift,
            scale=found.scale,
            name=found.name,
            notes=found.notes + notes,
        )
        if found.evaluate and run is None:
            run = observed(found.name, network, found.evaluate)
        if run is None or agrees(network, run):
            made: N = network
            return made
    what = f"dense layers with {tried[0][0]} between them"
    if len(tried) > 1:
        what = "dense layers with one known activation between them"
    remedy = "pass its weights as a list of (W, b) pairs if they are what is meant"
    got = "other outputs: the model does something else between its layers"
    refuse(found.name, what, got, remedy)


def read(source: Any, name: str | None = None) -> Layers:
    """Return the layers of any source, as they are stored there.

    Raises
    ------
    UsageError
        No reader knows it, or its reader refuses it.
    """
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        return replace(file(path), name=name or path.name)
    label = name or "network"
    if is_module(source):
        return module(label, source)
    if is_estimator(source):
        return estimator(label, source)
    if is_keras(source):
        return keras_model(label, source)
    if isinstance(source, Mapping):
        return container(label, source)
    if isinstance(source, list | tuple):
        return matrix(label, source) if is_leaf(source) else container(label, source)
    if any(hasattr(source, mark) for mark in _ARRAYS):
        return matrix(label, source)
    expected = "a model, a list or dictionary of arrays, a matrix, or a path"
    remedy = "pass its weights as a list of (W, b) pairs"
    refuse(label, expected, kind_of(source), remedy)


def _activations(found: Layers, wanted: str | None) -> list[tuple[str, tuple[str, ...]]]:
    """The activations that may be it, each with what to note."""
    if wanted is not None:
        wanted = canonical("activation", wanted)
        if found.activation not in (None, wanted):
            got = f"a model with {found.activation}"
            refuse(f"{found.name}, activation", wanted, got, "leave the option out")
        return [(wanted, ())]
    if found.activation is not None:
        return [(found.activation, ())]
    if len(found.weights) == 1:
        return [("identity", ())]
    if found.guess:
        found_out = "activation {} found by comparing outputs"
        return [(word, (found_out.format(word),)) for word in ACTIVATIONS]
    return [("identity", ("activation not stored: taken as linear; pass activation=",))]
