"""The functions between the layers, each applied entry by entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import erf, expit

from certimin.sources.refusal import kind_of, refuse

__all__ = ["ACTIVATIONS", "BEND", "canonical"]

BEND = 1.13
"""No slope of any of them is larger; the largest is that of GELU, 1.129."""

_ROOT = np.sqrt(2 / np.pi)
_ALIASES = {
    "linear": "identity", "none": "identity", "logistic": "sigmoid", "swish": "silu",
    "gelu_new": "gelu_tanh", "gelu_approximate": "gelu_tanh",
}  # fmt: skip


def _gelu_tanh(z: Any) -> Any:
    """The approximation z (1 + tanh(√(2/π)(z + 0.044715 z³)))/2 of GELU."""
    with np.errstate(over="ignore"):  # tanh of an infinity is right
        return z * (0.5 * (1 + np.tanh(_ROOT * (z + 0.044715 * z * z * z))))


ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z,
    "relu": lambda z: np.maximum(z, 0.0),
    "gelu": lambda z: z * (0.5 * (1 + erf(z / np.sqrt(2.0)))),
    "gelu_tanh": _gelu_tanh,
    "tanh": np.tanh,
    "sigmoid": expit,
    "silu": lambda z: z * expit(z),
}
"""Each by its name; ``gelu`` is the exact one, ``gelu_tanh`` its usual approximation."""


def canonical(name: str, value: Any) -> str:
    """Return the name that :data:`ACTIVATIONS` has for an activation.

    Raises
    ------
    UsageError
        It has none, as for functions with parameters of their own.

    Examples
    --------
    >>> canonical("activation", "ReLU"), canonical("activation", "swish")
    ('relu', 'silu')
    """
    known = ", ".join(ACTIVATIONS)
    if not isinstance(value, str):
        refuse(name, f"one of {known}", kind_of(value), "pass its name")
    key = value.lower().removeprefix("torch.").replace("-", "_")
    key = _ALIASES.get(key, key)
    if key not in ACTIVATIONS:
        refuse(name, f"one of {known}", repr(value), "only these can be evaluated")
    return key
