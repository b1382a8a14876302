"""scikit-learn's multilayer perceptrons and linear models, with a scaler in front of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from certimin.sources.activations import canonical
from certimin.sources.check import Run
from certimin.sources.foreign import real
from certimin.sources.layers import Layers
from certimin.sources.refusal import refuse

__all__ = ["estimator", "is_estimator"]

_SCALERS = {
    "StandardScaler": ("with_mean", "mean_"),
    "RobustScaler": ("with_centering", "center_"),
    "MaxAbsScaler": ("", ""),
}
"""Each with the option that it subtracts something, and where that is kept."""
_REMEDY = "pass an MLPRegressor, a linear model, or a pipeline of a scaler and one of them"


def is_estimator(value: object) -> bool:
    """Whether a value is a model of scikit-learn, or of a class made from one."""
    bases = type(value).__mro__
    return any(base.__module__.startswith("sklearn.") for base in bases)


def estimator(name: str, value: Any) -> Layers:
    """Return the layers of a fitted regressor, with its own predictions for comparison.

    Parameters
    ----------
    name
        What messages call it.
    value
        An MLPRegressor, a linear model such as Ridge, or a Pipeline of a scaler and one of them.

    Raises
    ------
    UsageError
        It is not fitted, or no dense network.
    """
    steps = [step for step in _steps(value) if step != "passthrough" and step is not None]
    *scalers, last = steps or [value]
    _check_kind(name, last)
    found = _perceptron(name, last) if hasattr(last, "coefs_") else _linear(name, last)
    shift, scale = _scaling(name, scalers)
    return Layers(
        name,
        found.weights,
        found.biases,
        layout=found.layout,
        activation=found.activation,
        shift=shift,
        scale=scale,
        evaluate=lambda X: Run(value.predict(X)),
    )


def _steps(value: Any) -> list[Any]:
    """The steps of a pipeline, those of pipelines inside included; else the model alone."""
    if not hasattr(value, "steps"):
        return [value]
    return [inner for _, step in value.steps for inner in _steps(step)]


def _check_kind(name: str, value: Any) -> None:
    """Raise for models that could be no dense network."""
    kind = type(value).__name__
    if hasattr(value, "regressor") and hasattr(value, "transformer"):
        got = f"{kind}, which transforms the outputs too"
        refuse(name, "a dense network", got, "transform the targets first; pass its regressor_")
    if hasattr(value, "best_estimator_"):
        refuse(name, "a regressor", f"a {kind}", "pass its best_estimator_")
    if hasattr(value, "classes_") or kind.endswith("Classifier"):
        refuse(name, "a regressor", f"the classifier {kind}", _REMEDY)
    if not hasattr(value, "coefs_") and not hasattr(value, "coef_"):
        fits = kind.startswith("MLP") or type(value).__module__.startswith("sklearn.linear_model")
        got = f"a {kind} that is not fitted" if fits else f"a {kind}"
        refuse(name, "a dense network", got, "fit it first" if fits else _REMEDY)


def _perceptron(name: str, value: Any) -> Layers:
    """The layers of an MLPRegressor, whose matrices are (inputs, outputs)."""
    last = value.out_activation_
    if last != "identity":
        refuse(name, "linear outputs", f"{last} after the last layer", _REMEDY)
    weights = [real(f"{name}, coefs_[{k}]", W) for k, W in enumerate(value.coefs_)]
    biases = [real(f"{name}, intercepts_[{k}]", b) for k, b in enumerate(value.intercepts_)]
    activation = canonical(f"{name}, activation", value.activation)
    notes: tuple[str, ...] = ()
    if value.alpha:
        notes = (f"alpha = {value.alpha:g} is no part of the loss: it stands for decay alpha/(2n)",)
    return Layers(name, weights, biases, layout="columns", activation=activation, notes=notes)


def _linear(name: str, value: Any) -> Layers:
    """The one layer of a linear model, with a bias if one was fitted."""
    coefficients = real(f"{name}, coef_", getattr(value.coef_, "toarray", lambda: value.coef_)())
    weight = np.atleast_2d(coefficients)
    bias = None
    if getattr(value, "fit_intercept", True):
        bias = np.broadcast_to(real(f"{name}, intercept_", value.intercept_).ravel(), len(weight))
    return Layers(name, [weight], [bias], layout="rows", activation="identity")


def _scaling(name: str, scalers: list[Any]) -> tuple[Any, Any]:
    """The shift and the scale of one scaler, None where it has none."""
    if not scalers:
        return None, None
    kinds = [type(scaler).__name__ for scaler in scalers]
    if len(scalers) > 1 or kinds[0] not in _SCALERS:
        expected = f"one of {', '.join(_SCALERS)} before the model"
        refuse(name, expected, ", ".join(kinds), "transform the features first")
    option, kept = _SCALERS[kinds[0]]
    shift = getattr(scalers[0], kept) if getattr(scalers[0], option, False) else None
    return shift, scalers[0].scale_
