"""A trained network examined: rigorous numbers, and theory against it.

Data flows one way: network and data make a :class:`~certimin.examination.point.Point`, rows are
measured on it, the claims of theorems are decided beside it, and a report tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from certimin.arrays import dataset
from certimin.dataset.report import Described
from certimin.examination.instances import Certain, EnclosedInstance
from certimin.examination.measures import (
    NO_CORRECTION,
    least_sharpness,
    rows_at_minimizer,
    rows_at_weights,
    rows_of_layers,
)
from certimin.examination.minimizer import Minimizer, nearest_minimizer
from certimin.examination.nonlinear import rows_of_nonlinear
from certimin.examination.options import Options
from certimin.examination.penalised import penalised
from certimin.examination.penalised import rows as rows_of_penalty
from certimin.examination.point import Point, within_floats
from certimin.examination.report import Examination
from certimin.examination.theory import AT_MINIMIZER, AT_WEIGHTS, PENALISED, findings
from certimin.networks import Network
from certimin.rows import Row
from numeric.datasets import Dataset
from verify.errors import UsageError

__all__ = ["Examination", "examine", "network_of"]

_DUAL, _WIDE = 256, 128
"""Up to so many numbers d_x d_y, and such widths, claims about minimizers are decided."""
_WEIGHTS = 300
"""Up to so many weights claims about all weights are: they enclose the Hessian."""


def examine(
    network: Any,
    X: Any,
    y: Any = None,
    *,
    loss: Literal["R", "half", "mse", "sum"] = "R",
    step_size: Any = None,
    decay: Any = None,
    noise: Any = None,
    theory: bool = True,
) -> Examination:
    """Return what can be said with rigour of a linear network at its data.

    Of a network with an activation: what floats measure, with bounds, and no theorem.

    Parameters
    ----------
    network
        A :class:`~certimin.networks.Network`, or anything that ``Network.of`` reads: layers
        W_1, ..., W_L of shapes (d_k, d_{k-1}), a file, a torch, scikit-learn, JAX or Keras model.
    X, y
        Inputs (n, d_x) and outputs (n,) or (n, d_y): arrays or frames; or one
        :class:`numeric.datasets.Dataset`.
    loss
        The user's loss, one of :data:`certimin.losses.LOSSES`: all values of loss, gradient,
        Hessian and step size are in this convention.  Theorems are stated, and decided, for R.
    step_size
        Of gradient descent on that loss, to be compared with 2/S.
    decay
        γ, or one for each layer: the penalty Σ γ_k |W_k|_F² added to that loss (torch's
        ``weight_decay`` is 2γ).  One output, no biases, a hidden layer.
    noise
        Variance σ² of multiplicative noise on hidden neurons (dropout of rate p: p/(1-p)).
    theory
        Whether theorems are decided beside the network.

    Returns
    -------
    Examination
        Numbers by key (``found["sharpness"]``), :class:`~certimin.examination.theory.Finding`
        objects, ``to_json()``, ``str``.

    Raises
    ------
    UsageError
        In one line, if network and data do not fit, or options make no sense.
    """
    net = network_of(network)
    data = dataset(X, y)
    n, d_y = data.targets.shape
    options = Options.of(
        (n, d_y), loss=loss, step_size=step_size, decay=decay, noise=noise, theory=theory
    )
    with within_floats():
        return _examined(net, data, options) if net.linear else _measured(net, data, options)


def network_of(source: Any) -> Network:
    """Return a network, or whatever can be read as one; plain layers are linear."""
    if isinstance(source, Network):
        return source
    if isinstance(source, list | tuple):  # plain layers, of which nothing else can be meant
        return Network.of(source, activation="identity")
    return Network.of(source)


def _measured(net: Network, data: Dataset, options: Options) -> Examination:
    """What floats measure of a network with an activation."""
    if options.decays:
        raise UsageError(
            f"decay: expected a linear network, got {net.activation}; leave decay= and noise= out"
        )
    rows = rows_of_nonlinear(net, data, options)
    why = [f"for {net.activation}: the theorems are about linear networks"]
    return Examination(net, Described.of(data), options, rows, [], why, [])


def _examined(net: Network, data: Dataset, options: Options) -> Examination:
    """What is enclosed of a linear network, and the claims that speak of it."""
    point = Point.of(net, data)
    penalty = penalised(point, options) if options.decays else None
    with point.arithmetic:
        least, why = least_sharpness(point)
        minimizer = None if why else nearest_minimizer(point)
    groups: dict[str, Sequence[Row]] = {
        "at the weights": rows_at_weights(point, least, why, options),
        "the nearest minimizer": rows_at_minimizer(point, minimizer, least, why, options.factor),
        "the layers": rows_of_layers(point),
    }
    places, skipped = _places(point, minimizer, why) if options.theory else ({}, [])
    if penalty is not None:
        groups["weight decay and noise"] = rows_of_penalty(penalty, options.factor)
        if options.theory:
            places |= dict.fromkeys(PENALISED, ("the penalised weights", penalty.instance))
    told = findings(places)
    described = Described.of(point.data)
    return Examination(net, described, options, groups, told, skipped, point.direction)


def _places(
    point: Point, minimizer: Minimizer | None, why: str
) -> tuple[dict[str, tuple[str, Any]], list[str]]:
    """Return an instance for each setting that claims are decided over, and what is left out."""
    if point.network.has_biases:
        return {}, ["for biases: the theorems are about networks without them"]
    skipped = []
    if point.problem.basis is not None:
        skipped.append(
            f"off the data: claims are decided for W_1 on their range, of dimension "
            f"{point.problem.rank} of {point.problem.features}"
        )
    ar = Certain(point.arithmetic.precision)
    places: dict[str, tuple[str, Any]] = {}
    if point.net.parameters <= _WEIGHTS:
        at = EnclosedInstance(
            ar, tuple(point.net.weights), point.sigma, point.problem.target, False
        )
        places |= dict.fromkeys(AT_WEIGHTS, ("the weights", at))
    else:
        skipped.append(f"at the weights: claims about more than {_WEIGHTS} of them take too long")
    if minimizer is None:
        skipped.append(f"at a minimizer: {why or NO_CORRECTION}")
    elif point.sigma.shape[0] * point.cross.shape[0] > _DUAL or max(point.net.widths) > _WIDE:
        skipped.append(f"at a minimizer: more than {_DUAL} numbers d_x d_y, or widths over {_WIDE}")
    else:
        beside = EnclosedInstance(
            ar, tuple(minimizer.net.weights), point.sigma, point.problem.target, True
        )
        places |= dict.fromkeys(AT_MINIMIZER, ("the minimizer", beside))
    return places, skipped
