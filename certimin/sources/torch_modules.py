"""PyTorch modules made of linear layers with one activation between them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certimin.sources.check import Run
from certimin.sources.foreign import real
from certimin.sources.layers import Layers
from certimin.sources.refusal import refuse
from certimin.sources.torch_children import (
    Step,
    activation_between,
    only_activation,
    runs_in_order,
    steps,
)

__all__ = ["is_module", "module"]

_REMEDY = "only linear layers with one activation between them can be read"


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
    children, own = list(steps(name, value, "")), runs_in_order(value)
    linear = [step for step in children if step.kind == "linear"]
    if not linear:
        refuse(name, "linear layers", f"a {type(value).__name__} without one", _REMEDY)
    if len({id(step.child) for step in linear}) < len(linear):
        refuse(name, "layers of their own weights", "one that is used twice", "copy its weights")
    activation = (activation_between if own else only_activation)(name, children)
    shift, scale = _scaling(name, children)
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
        notes=_notes(value, linear, shift),
        shift=shift,
        scale=scale,
        evaluate=_evaluator(value, ["" if s.child is value else s.label for s in linear]),
        guess=activation is None,
    )


def _unwrapped(value: Any) -> Any:
    """The module inside what compiles or distributes it."""
    for wrapper, inner in (("OptimizedModule", "_orig_mod"), ("DataParallel", "module")):
        if type(value).__name__.endswith(wrapper):
            return _unwrapped(getattr(value, inner))
    return value


def _scaling(name: str, children: list[Step]) -> tuple[NDArray[Any] | None, NDArray[Any] | None]:
    """What a batch normalisation in front does to the inputs, once it is trained."""
    if any(step.kind == "scaling" for step in children[1:]):
        refuse(name, "linear layers", "a batch normalisation between them", _REMEDY)
    if children[0].kind != "scaling":
        return None, None
    norm = children[0].child
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


def _notes(value: Any, linear: list[Step], shift: NDArray[Any] | None) -> tuple[str, ...]:
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
    rates = [module.p for module in value.modules() if type(module).__name__ == "Dropout"]
    if rates:
        notes += (f"dropout (p = {max(rates):g}) switched off; as noise its variance is p/(1-p)",)
    return notes


def _evaluator(value: Any, labels: list[str]) -> Callable[[NDArray[Any]], Run]:
    """What the module computes: a copy of it, so that nothing about it changes."""

    def evaluate(X: NDArray[Any]) -> Run:
        torch, seen = import_module("torch"), []
        twin = copy.deepcopy(value).double().eval()

        def watch(label: str) -> None:
            def note(layer: Any, given: tuple[Any, ...]) -> None:
                seen.append((label, given[0].numpy()))

            twin.get_submodule(label).register_forward_pre_hook(note)

        for label in labels:
            watch(label)
        with torch.no_grad():
            outputs = twin(torch.tensor(X)).numpy()
        in_order = [label for label, _ in seen] == labels
        return Run(outputs, [given for _, given in seen] if in_order else [])

    return evaluate
