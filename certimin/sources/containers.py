"""Lists, tuples and dictionaries of arrays, however nested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from certimin.sources.foreign import real
from certimin.sources.layers import Layers
from certimin.sources.names import layers_of
from certimin.sources.refusal import brief, refuse

__all__ = ["container", "is_leaf", "matrix"]

_INNER = ("state_dict", "model_state_dict", "model_state", "params", "model", "net")
"""Where a checkpoint has the network, beside what else it keeps."""
_BESIDE = ("opt", "sched", "rng", "config", "args", "hyper")
"""How the names of what else it keeps begin; "model" and "net" could be layers."""
_DEEP = 50
"""More dictionaries or lists inside each other are a mistake."""


def container(name: str, value: Any, *, ordered: bool = True) -> Layers:
    """Return the layers of a list, tuple or dictionary.

    Parameters
    ----------
    name
        What messages call the source.
    value
        Matrices, (W, b) pairs, matrices followed by their biases, or dictionaries of these.
    ordered
        Whether its order is that in which the layers were stored.

    Raises
    ------
    UsageError
        It does not hold arrays, or they are no dense network.
    """
    value, notes = _inner(value)
    arrays = {}
    for label, leaf in _leaves(name, "", value):
        if label in arrays:
            refuse(name, "names that differ", f"{brief(label)} twice", "rename one")
        arrays[label] = real(f"{name}, {label}", leaf)
    if not arrays:
        refuse(name, "matrices of weights", "nothing", "check how it was made")
    found = layers_of(name, arrays, ordered=ordered)
    return Layers(name, found.weights, found.biases, layout=found.layout, notes=notes + found.notes)


def matrix(name: str, value: Any) -> Layers:
    """Return the one layer that a matrix is.

    Raises
    ------
    UsageError
        It is no matrix of real numbers.
    """
    array = real(name, value)
    if array.ndim != 2:
        remedy = "pass a list of matrices, or reshape it to (outputs, inputs)"
        refuse(name, "a matrix of weights", f"shape {array.shape}", remedy)
    return Layers(name, [array], [None])


def is_leaf(value: Any) -> bool:
    """Whether a value is one array: lists are if they are made of numbers alone.

    >>> is_leaf([[1, 2], [3, 4]]), is_leaf([[[1, 2]], [[3]]])
    (True, False)
    """
    if isinstance(value, Mapping):
        return False
    if not isinstance(value, list | tuple):
        return True
    if all(map(_is_number, value)):
        return bool(value)
    return all(isinstance(row, list | tuple) and all(map(_is_number, row)) for row in value)


def _is_number(value: Any) -> bool:
    """Whether a value is none that holds others."""
    return not isinstance(value, Mapping | list | tuple) and not (
        getattr(value, "ndim", 0) or hasattr(value, "__dlpack__")
    )


def _inner(value: Any) -> tuple[Any, tuple[str, ...]]:
    """The part of a checkpoint that is the network, and what is left out beside it."""
    if not isinstance(value, Mapping) or any("batch_stats" in str(key) for key in value):
        return value, ()
    for key in _INNER:
        others = [str(other) for other in value if other != key]
        if not isinstance(value.get(key), Mapping) or not others:
            continue
        nested = [other for other in others if isinstance(value.get(other), Mapping)]
        if key in ("model", "net") and not all(o.lower().startswith(_BESIDE) for o in nested):
            continue
        return _inner(value[key])[0], (f"read from {key!r}; left out: {', '.join(others)}",)
    return value, ()


def _leaves(name: str, prefix: str, value: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Each array with the names that lead to it."""
    if depth > _DEEP:
        refuse(name, "arrays", "lists too deep, or one within itself", "check how it was made")
    if value is None:  # a bias that is not there
        return
    if prefix and is_leaf(value):
        yield prefix, value
        return
    items = value.items() if isinstance(value, Mapping) else enumerate(value)
    for key, item in items:
        yield from _leaves(name, f"{prefix}.{key}" if prefix else str(key), item, depth + 1)
