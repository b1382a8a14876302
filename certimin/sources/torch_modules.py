"""PyTorch modules made of linear layers with one activation between them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from certimin.sources.foreign import real
from certimin.sources.layers import Layers
from certimin.sources.reasons import reason
from certimin.sources.refusal import refuse

__all__ = ["is_module", "module"]

_ACTIVATIONS = {"ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "SiLU": "silu"}
_NOTHING = ("Identity", "Dropout", "AlphaDropout", "Flatten")
_REMEDY = "only linear layers with one activation between them can be read"


class _Step(NamedTuple):
    """A child: ``linear``, ``scaling``, or the name of an activation."""

    kind: str
    label: str
    child: Any


def is_module(value: object) -> bool:
    """Whether a value is a module of PyTorch."""
    bases = type(value).__mro__
    return any(b.__module__ == "torch.nn.modules.module" and b.__name__ == "Module" for b in bases)


def module(name: str, value: Any) -> Layers:
    """Return the layers of a module, with its own outputs for comparison.

    The comparison runs a copy of it in float64, in evaluation mode.

    Parameters
    ----------
    name
        What messages call it.
    value
        A Sequential, or another module whose children are such layers; a batch normalisation in
        front of a Sequential is a fixed scaling.

    Raises
    ------
    UsageError
        A child is something else, or its activations differ.
    """
    value = _unwrapped(value)
    for tensor in value.parameters():
        if tensor.device.type != "cpu":
            refuse(name, "a module on the CPU", f"device {tensor.device}", "pass module.cpu()")
    steps, own = list(_steps(name, value, "")), _is_sequence(value)
    linear = [step for step in steps if step.kind == "linear"]
    if not linear:
        refuse(name, "linear layers", f"a {type(value).__name__} without one", _REMEDY)
    if len({id(step.child) for step in linear}) < len(linear):
        refuse(name, "layers of their own weights", "one that is used twice", "copy its weights")
    activation = _activation(name, steps) if own else _only(name, steps)
    shift, scale = _scaling(name, steps)
    weights = [real(f"{name}, {step.label}", step.child.weight) for step in linear]
    biases = [
        None if step.child.bias is None else real(f"{name}, {step.label}", step.child.bias)
        for step in linear
    ]
    return Layers(
        name,
        weights,
        biases,
        layout="rows",
        activation=activation,
        notes=_notes(linear, shift),
        shift=shift,
        scale=scale,
        evaluate=_evaluator(value),
        guess=activation is None,
    )


def _unwrapped(value: Any) -> Any:
    """The module inside what compiles or distributes it."""
    for wrapper, inner in (("OptimizedModule", "_orig_mod"), ("DataParallel", "module")):
        if type(value).__name__.endswith(wrapper):
            return _unwrapped(getattr(value, inner))
    return value


def _is_sequence(value: Any) -> bool:
    """Whether a module runs its children one after the other, all the way down."""
    sequential = import_module("torch").nn.Sequential
    if not isinstance(value, sequential):
        return not list(value.children())
    return type(value).forward is sequential.forward and all(map(_is_sequence, value))


def _steps(name: str, value: Any, prefix: str) -> Iterator[_Step]:
    """The children in the order in which they were put there, those of children included."""
    nn = import_module("torch").nn
    kind, label = type(value).__name__, prefix or type(value).__name__
    if isinstance(value, nn.Linear):
        _check_linear(name, value, label)
        yield _Step("linear", label, value)
    elif kind in _ACTIVATIONS and type(value).__module__.startswith("torch.nn"):
        yield _Step(_ACTIVATIONS[kind], label, value)
    elif isinstance(value, nn.GELU):
        yield _Step("gelu_tanh" if value.approximate == "tanh" else "gelu", label, value)
    elif isinstance(value, nn.BatchNorm1d) and value.running_mean is not None:
        yield _Step("scaling", label, value)
    elif type(value).__module__.startswith("torch.nn") and kind in _NOTHING:
        return
    else:
        _check_container(name, value, label)
        for key, child in value._modules.items():  # children() leaves out what comes twice
            if child is not None:
                yield from _steps(name, child, f"{prefix}.{key}" if prefix else key)


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


def _activation(name: str, steps: list[_Step]) -> str | None:
    """The one activation of a sequence, which stands between every two layers or nowhere."""
    kinds = [step.kind for step in steps if step.kind != "scaling"]
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


def _only(name: str, steps: list[_Step]) -> str | None:
    """The one activation among the children of a module that runs them as it likes."""
    words = {step.kind for step in steps} - {"linear", "scaling"}
    if len(words) > 1:
        got = f"different ones: {', '.join(sorted(words))}"
        refuse(name, "the same activation between all layers", got, _REMEDY)
    return words.pop() if words else None


def _scaling(name: str, steps: list[_Step]) -> tuple[NDArray[Any] | None, NDArray[Any] | None]:
    """What a batch normalisation in front does to the inputs, once it is trained."""
    if any(step.kind == "scaling" for step in steps[1:]):
        refuse(name, "linear layers", "a batch normalisation between them", _REMEDY)
    if steps[0].kind != "scaling":
        return None, None
    norm = steps[0].child
    mean, variance = (real(name, x).astype(float) for x in (norm.running_mean, norm.running_var))
    scale = np.sqrt(variance + norm.eps)
    if norm.affine:
        factor, offset = (real(name, x).astype(float) for x in (norm.weight, norm.bias))
        if not factor.all():
            got = "a batch normalisation that drops one"
            refuse(name, "inputs that count", got, "remove the feature")
        scale = scale / factor
        mean = mean - offset * scale
    return mean, scale


def _notes(linear: list[_Step], shift: NDArray[Any] | None) -> tuple[str, ...]:
    """What is worth knowing of the layers."""
    frozen = [
        step.label
        for step in linear
        if not all(p.requires_grad for p in step.child.parameters(recurse=False))
    ]
    notes: tuple[str, ...] = ()
    if frozen:
        notes += (f"frozen layers taken as trained: {', '.join(frozen)}",)
    if shift is not None:
        notes += ("batch normalisation in front taken as fixed scaling",)
    return notes


def _evaluator(value: Any) -> Callable[[NDArray[Any]], Any]:
    """The module's own outputs: of a copy, so that nothing about it changes."""

    def evaluate(X: NDArray[Any]) -> Any:
        torch = import_module("torch")
        with torch.no_grad():
            twin = copy.deepcopy(value).double().eval()
            return twin(torch.tensor(X)).numpy()

    return evaluate
