"""Named arrays put together as layers: which is a weight, which its bias, which comes first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certimin.sources.layers import Layers, Layout
from certimin.sources.reasons import reason
from certimin.sources.refusal import brief, refuse

__all__ = ["layers_of"]

Arrays = dict[str, NDArray[Any]]
Key = tuple[str, ...]
"""The words and numbers of a name, without the one that says weight or bias."""

_WEIGHTS: dict[str, Layout | None] = {
    "weight": "rows", "weights": None, "w": None, "matrix": None, "kernel": "columns",
    "kernels": "columns", "coef": "columns", "coefs": "columns",
}  # fmt: skip
_BIASES = frozenset({"bias", "biases", "b", "intercept", "intercepts"})
_FIRST = frozenset({"in", "input", "first", "encoder"})
_LAST = frozenset({"out", "output", "last", "final", "head", "classifier", "readout", "decoder"})
_REMEDY = "pass a list of (W, b) pairs in the order in which they are applied"


def layers_of(name: str, arrays: Mapping[str, NDArray[Any]], *, ordered: bool = True) -> Layers:
    """Return the layers that arrays of real numbers with names are.

    Parameters
    ----------
    name
        What messages call the source.
    arrays
        Each by its name, such as ``0.weight``, ``W1``, ``params.Dense_0.kernel`` or ``arr_0``.
        Without a name that says so, what has one dimension after a matrix is its bias.
    ordered
        Whether the arrays come in the order in which they were stored.

    Raises
    ------
    UsageError
        There is no matrix; an array is none of a dense layer; the order is not known.
    """
    for label in arrays:
        if what := reason(label):
            remedy = "only dense layers with one activation between them can be read"
            refuse(name, "dense layers", f"{what} ({brief(label)})", remedy)
    roles = {label: _split(label)[0] for label in arrays}
    named = any(roles.values())
    keep = {label: a for label, a in arrays.items() if a.ndim or roles[label] or not named}
    notes = _left_out([label for label in arrays if label not in keep])
    if not named:
        groups, layout = _by_shape(name, keep, ordered), None
    else:
        groups = _by_name(name, keep)
        groups, more = _in_order(name, groups, ordered)
        notes, layout = notes + more, _layout(keep)
    weights, biases = zip(*groups.values(), strict=True)
    return Layers(name, weights, biases, layout=layout, notes=notes)


def _split(label: str) -> tuple[str | None, Key]:
    """The word that says weight or bias, None if there is none, and the others."""
    tokens = [token.lower() for token in re.findall(r"[A-Za-z]+|\d+", label)]
    for i in reversed(range(len(tokens))):
        if tokens[i] in _WEIGHTS or tokens[i] in _BIASES:
            return tokens[i], (*tokens[:i], *tokens[i + 1 :])
    return None, tuple(tokens)


def _by_name(name: str, arrays: Arrays) -> dict[Key, tuple[Any, Any]]:
    """Weight and bias of each layer, by names that say which is which."""
    found: dict[Key, list[Any]] = {}
    for label, array in arrays.items():
        role, key = _split(label)
        if role is None:
            got = f"{brief(label)} of shape {array.shape} beside them"
            refuse(name, "weights and biases", got, f"leave it out, or {_REMEDY}")
        pair, bias = found.setdefault(key, [None, None]), role in _BIASES
        if pair[bias] is not None:
            refuse(name, "one weight and one bias a layer", f"another one, {brief(label)}", _REMEDY)
        pair[bias] = _vector(name, label, array) if bias else _matrix(name, label, array)
    for key, (weight, _) in found.items():
        if weight is None:
            refuse(name, "a weight with each bias", f"none with {' '.join(key)!r}", _REMEDY)
    return {key: (weight, bias) for key, (weight, bias) in found.items()}


def _by_shape(name: str, arrays: Arrays, ordered: bool) -> dict[Key, tuple[Any, Any]]:
    """Weight and bias of each layer, by their dimensions."""
    keys: dict[Key, Any] = {_split(label)[1]: (label, array) for label, array in arrays.items()}
    if len(keys) < len(arrays):
        refuse(name, "names that differ", ", ".join(map(brief, arrays)), _REMEDY)
    groups: dict[Key, tuple[Any, Any]] = {}
    last: Key | None = None
    for key, (label, array) in _in_order(name, keys, ordered)[0].items():
        if array.ndim > 1:
            groups[key], last = (_matrix(name, label, array), None), key
        elif last is None:
            got = f"shape {array.shape} in {brief(label)}"
            refuse(name, "a matrix before its bias", got, "reshape a weight to (outputs, inputs)")
        else:
            groups[last], last = (groups[last][0], array.ravel()), None
    return groups


def _in_order(
    name: str, groups: dict[Key, Any], ordered: bool
) -> tuple[dict[Key, Any], tuple[str, ...]]:
    """The groups by the numbers in their names, else as they were stored; and what to note."""
    templates = {tuple("#" if t.isdigit() else t for t in key) for key in groups}
    ranks = {key: _rank(key) for key in groups}
    if len(templates) == 1 or len(set(ranks.values())) == len(groups):
        return {key: groups[key] for key in sorted(groups, key=ranks.__getitem__)}, ()
    listed = ", ".join(" ".join(key) for key in groups)
    if not ordered:
        got = f"{brief(listed)}, stored in no order"
        refuse(name, "names that tell the order of the layers", got, _REMEDY)
    return groups, (f"layers in the order stored: {listed}",)


def _rank(key: Key) -> tuple[int, tuple[int, ...]]:
    """What sorts layers: words for first and last, then numbers."""
    words = sum((token in _LAST) - (token in _FIRST) for token in key)
    return words, tuple(int(token) for token in key if token.isdigit())


def _layout(arrays: Arrays) -> Layout | None:
    """Which way round the matrices are, if all their names say so alike."""
    said = set()
    for label in arrays:
        role, _ = _split(label)
        if role in _WEIGHTS:
            last = label.lower().rstrip("_").endswith(role)
            said.add(_WEIGHTS[role] if last or role != "weight" else None)
    return said.pop() if len(said) == 1 else None


def _matrix(name: str, label: str, array: NDArray[Any]) -> NDArray[Any]:
    """A weight, if it is a matrix."""
    if array.ndim == 2:
        return array
    got = f"shape {array.shape} in {brief(label)}"
    what = "as convolutions and attention have" if array.ndim > 2 else "as normalisations have"
    remedy = "only dense layers can be read; reshape it to (outputs, inputs) if it is one"
    refuse(name, "matrices of weights", f"{got}, {what}", remedy)


def _vector(name: str, label: str, array: NDArray[Any]) -> NDArray[Any]:
    """A bias as one dimension; a single row or column is one too."""
    if array.ndim <= 2 and array.size == max(array.shape, default=1):
        return np.asarray(array).ravel()
    got = f"shape {array.shape} in {brief(label)}"
    refuse(name, "a bias of one dimension", got, "pass one entry for each output")


def _left_out(labels: list[str]) -> tuple[str, ...]:
    return (f"left out: {', '.join(labels)}",) if labels else ()
