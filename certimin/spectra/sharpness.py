"""The sharpness of a user's network, or of anything that multiplies by a Hessian."""

from __future__ import annotations

from inspect import signature
from typing import Any

from certimin.arrays import dataset
from certimin.examination import network_of
from certimin.examination.point import enclosed_sharpness
from certimin.losses import loss_factor
from certimin.products import hvp_of
from certimin.spectra import largest_eigenvalue
from certimin.spectra.result import LargestEigenvalue
from numeric.datasets import Dataset
from numeric.enclosure import Enclosure
from verify.errors import UsageError

__all__ = ["sharpness"]


def sharpness(
    network: Any, X: Any = None, y: Any = None, *, loss: str = "R", **options: Any
) -> Enclosure | LargestEigenvalue:
    """Return the largest eigenvalue of the Hessian of the loss in all trained weights.

    ``sharpness(network, X, y)`` for a network: linear ones, with biases or without, are enclosed
    and *certified* on both sides; of others the bounds are those of Lanczos in floats.
    ``sharpness(hvp, size)`` for anything that multiplies by a symmetric matrix: a function of a
    vector, a SciPy LinearOperator, an array, what :func:`certimin.hvp_of` returns.

    Parameters
    ----------
    network
        What :func:`certimin.examine` takes, with any activation; or the operator.
    X, y
        Inputs (n, d_x) and outputs; for an operator X is its size, which may be left out if it
        knows it.
    loss
        ``R`` = mean |y - f(x)|² over the samples, ``half``, ``mse`` or ``sum``.
    options
        Those of :func:`certimin.spectra.largest_eigenvalue`, where that computes it.

    Returns
    -------
    Enclosure or LargestEigenvalue
        A number with both bounds, and what they are worth.

    Raises
    ------
    UsageError
        In one line, for what is no network, does not fit its data, or is not symmetric.

    Examples
    --------
    >>> X, y = [[1.0, 0.0], [0.0, 1.0]], [2.0, 0.0]
    >>> sharpness([[[1, 0], [0, 1]], [[2, 0]]], X, y)  # 2 (2² + 1²)/2 at a minimizer, n = 2
    [4.999999999, 5.000000001] (certified)
    >>> sharpness(lambda v: [-9, 3] * v, 2) > 2.99
    True
    """
    if y is None and not isinstance(X, Dataset):
        if loss != "R":
            raise UsageError(f"loss: expected none for an operator, got {loss!r}; leave it out")
        return largest_eigenvalue(network, X, **_known(options))
    net = network_of(network)
    data = dataset(X, y)
    if not net.linear:
        apply = hvp_of(net, loss, (data.features, data.targets))
        return largest_eigenvalue(apply, **_known(options))
    if options:
        name = next(iter(options))
        raise UsageError(f"{name}: expected no such option for a linear network; leave it out")
    factor = loss_factor(loss, *data.targets.shape)
    return enclosed_sharpness(net, data).times(factor)


def _known(options: dict[str, Any]) -> dict[str, Any]:
    """The options, all of which largest_eigenvalue has."""
    names = list(signature(largest_eigenvalue).parameters)[2:]
    for name in options:
        if name not in names:
            raise UsageError(
                f"{name}: expected one of {', '.join(names)}, got {name!r}; leave it out"
            )
    return options
