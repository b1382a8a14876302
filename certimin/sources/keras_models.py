"""Keras models made of dense layers, known by what they can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certimin.sources.activations import canonical
from certimin.sources.check import Run
from certimin.sources.foreign import real
from certimin.sources.layers import Layers
from certimin.sources.reasons import reason
from certimin.sources.refusal import refuse

__all__ = ["is_keras", "keras_model"]

_NOTHING = ("InputLayer", "Dropout", "Flatten", "GaussianDropout", "GaussianNoise", "AlphaDropout")
_REMEDY = "only dense layers with one activation between them can be read"


def is_keras(value: object) -> bool:
    """Whether a value has layers that give their weights, as models of Keras have."""
    layers = getattr(value, "layers", None)
    return bool(layers) and all(hasattr(layer, "get_weights") for layer in list(layers or ()))


def keras_model(name: str, value: Any) -> Layers:
    """Return the layers of a model, with its own outputs for comparison where it can be called.

    Parameters
    ----------
    name
        What messages call it.
    value
        A Sequential, or a functional model that is one.

    Raises
    ------
    UsageError
        A layer is not dense, or activations differ.
    """
    weights: list[NDArray[Any]] = []
    biases: list[NDArray[Any] | None] = []
    words: list[str] = []  # after each dense layer
    for layer in value.layers:
        arrays, kind = list(layer.get_weights()), type(layer).__name__
        word = _word(name, layer)
        if kind == "Dense":
            if not arrays:
                remedy = "build the model first, by running it on data"
                refuse(name, "weights", f"none yet in {layer.name}", remedy)
            weights.append(real(f"{name}, {layer.name}", arrays[0]))
            biases.append(real(f"{name}, {layer.name}", arrays[1]) if len(arrays) > 1 else None)
            words.append(word)
        elif kind in ("Activation", "ReLU") and words:
            if words[-1] != "identity":
                refuse(name, "one activation between layers", f"{words[-1]}, then {word}", _REMEDY)
            words[-1] = word
        elif arrays or kind not in _NOTHING:
            what = reason(kind)
            got = f"{what} ({kind})" if what else f"a layer {kind}"
            refuse(name, "dense layers and one activation", got, _REMEDY)
    activation = _one(name, words)
    call = _evaluator(value) if callable(value) else None
    return Layers(name, weights, biases, "columns", activation, evaluate=call)


def _one(name: str, words: list[str]) -> str:
    """The one activation, none after the last layer."""
    if not words:
        refuse(name, "dense layers", "none", _REMEDY)
    *between, last = words
    if last != "identity":
        got = f"{last} after the last layer"
        refuse(name, "an activation between layers only", got, "pass the model without it")
    if len(set(between)) > 1:
        got = f"different ones: {', '.join(sorted(set(between)))}"
        refuse(name, "the same activation between all layers", got, _REMEDY)
    return between[0] if between else "identity"


def _word(name: str, layer: Any) -> str:
    """The name of the function of a layer; ``identity`` where it has none."""
    kind = type(layer).__name__
    if kind == "ReLU":
        plain = getattr(layer, "max_value", None) is None and not any(
            getattr(layer, key, 0) for key in ("negative_slope", "threshold")
        )
        return "relu" if plain else canonical(f"{name}, {layer.name}", "a bent relu")
    function = getattr(layer, "activation", None)
    if function is None:
        return "identity"
    word = function if isinstance(function, str) else getattr(function, "__name__", repr(function))
    return canonical(f"{name}, {layer.name}", word)


def _evaluator(value: Any) -> Callable[[NDArray[Any]], Run]:
    """The model's own outputs, in its own precision."""

    def evaluate(X: NDArray[Any]) -> Run:
        outputs = value(X.astype(np.float32))
        return Run(outputs.detach() if hasattr(outputs, "detach") else outputs)

    return evaluate
