"""The children of a PyTorch module: linear layers, activations, and what is no part of either."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple

from certimin.sources.reasons import reason
from certimin.sources.refusal import refuse

__all__ = ["Step", "activation_between", "only_activation", "runs_in_order", "steps"]

_ACTIVATIONS = {"ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "SiLU": "silu"}
_NOTHING = ("Identity", "Dropout", "AlphaDropout", "Flatten")
_REMEDY = "only linear layers with one activation between them can be read"


class Step(NamedTuple):
    """A child: ``linear``, ``scaling``, or the name of an activation."""

    kind: str
    label: str
    child: Any


def runs_in_order(value: Any) -> bool:
    """Return whether a module runs its children one after the other, all the way down."""
    sequential = import_module("torch").nn.Sequential
    if not isinstance(value, sequential):
        return not list(value.children())
    return type(value).forward is sequential.forward and all(map(runs_in_order, value))


def steps(name: str, value: Any, prefix: str) -> Iterator[Step]:
    """Yield the children in the order in which they were put there, theirs included.

    Parameters
    ----------
    name
        What messages call the module.
    value
        A module of PyTorch.
    prefix
        The names that lead to it, empty for the whole module.

    Raises
    ------
    UsageError
        One is none of a dense network.
    """
    nn = import_module("torch").nn
    kind, label = type(value).__name__, prefix or type(value).__name__
    if isinstance(value, nn.Linear):
        _check_linear(name, value, label)
        yield Step("linear", label, value)
    elif kind in _ACTIVATIONS and type(value).__module__.startswith("torch.nn"):
        yield Step(_ACTIVATIONS[kind], label, value)
    elif isinstance(value, nn.GELU):
        yield Step("gelu_tanh" if value.approximate == "tanh" else "gelu", label, value)
    elif isinstance(value, nn.BatchNorm1d) and value.running_mean is not None:
        yield Step("scaling", label, value)
    elif type(value).__module__.startswith("torch.nn") and kind in _NOTHING:
        return
    else:
        _check_container(name, value, label)
        for key, child in value._modules.items():  # children() leaves out what comes twice
            if child is not None:
                yield from steps(name, child, f"{prefix}.{key}" if prefix else key)


def _check_container(name: str, value: Any, label: str) -> None:
    """Raise unless a module that is no known layer is made of others only."""
    kind = type(value).__name__
    own = [
        key for key, _ in (*value.named_parameters(recurse=False), *value.named_buffers("", False))
    ]
    what = reason(kind) if own or not value._modules else None
    if what or not value._modules:
        known = f"{what} ({kind})" if what else f"a layer {kind}"
        refuse(name, "linear layers and one activation", f"{known} at {label!r}", _REMEDY)
    if own:
        refuse(name, "linear layers only", f"{own[0]!r} of {kind} beside them", _REMEDY)


def _check_linear(name: str, layer: Any, label: str) -> None:
    """Raise unless weight and bias are what is trained in a layer."""
    trained = {key for key, _ in layer.named_parameters(recurse=False)}
    if "weight" not in trained or trained - {"weight", "bias"} or list(layer.children()):
        got = f"one made of other parameters at {label!r}"
        refuse(name, "weights that are trained themselves", got, "merge them into the weight")
    if type(layer.weight).__name__.startswith("Uninitialized"):
        refuse(name, "weights", f"none yet at {label!r}", "run the module once on data")


def activation_between(name: str, children: list[Step]) -> str | None:
    """Return the activation of a sequence, which stands between every two layers or nowhere.

    Raises
    ------
    UsageError
        It stands elsewhere, or there are several.
    """
    kinds = [step.kind for step in children if step.kind != "scaling"]
    if kinds[0] != "linear" or kinds[-1] != "linear":
        where = "before the first" if kinds[0] != "linear" else "after the last"
        got = f"one {where} layer"
        refuse(name, "an activation between layers", got, "pass the module without it")
    between = " ".join(kinds).split("linear")[1:-1]
    words = {part.strip() or "identity" for part in between}
    if len(words) > 1 or any(" " in word for word in words):
        got = f"different ones: {', '.join(sorted(words))}"
        refuse(name, "the same activation between all layers", got, _REMEDY)
    return words.pop() if words else "identity"


def only_activation(name: str, children: list[Step]) -> str | None:
    """Return the activation of a module that runs its children as it likes, None without one.

    Raises
    ------
    UsageError
        There are several.
    """
    words = {step.kind for step in children} - {"linear", "scaling"}
    if len(words) > 1:
        got = f"different ones: {', '.join(sorted(words))}"
        refuse(name, "the same activation between all layers", got, _REMEDY)
    return words.pop() if words else None
