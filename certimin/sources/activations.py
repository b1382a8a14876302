"""What the functions between the layers are called."""

from __future__ import annotations

from typing import Any

from certimin.sources.refusal import kind_of, refuse
from numeric.activations import ACTIVATIONS

__all__ = ["BEND", "canonical"]

BEND = 1.13
"""No slope of any of them is larger; the largest is that of GELU, 1.129."""

_ALIASES = {
    "linear": "identity", "none": "identity", "logistic": "sigmoid", "swish": "silu",
    "gelu_new": "gelu_tanh", "gelu_approximate": "gelu_tanh",
}  # fmt: skip


def canonical(name: str, value: Any) -> str:
    """Return the name that :data:`numeric.activations.ACTIVATIONS` has for an activation.

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
