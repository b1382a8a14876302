"""Hessian-vector products of a user's network: torch, JAX, or plain weights.

What is returned goes to :func:`certimin.spectra.largest_eigenvalue`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from certimin.losses import LOSSES, loss_factor
from certimin.numbers import whole
from certimin.products.by_jax import JaxProduct
from certimin.products.by_torch import TorchProduct
from certimin.products.operators import as_vector
from numeric.activations import ACTIVATIONS
from numeric.spectrum.network_products import NetworkProducts, flat
from verify.errors import UsageError

__all__ = ["NetworkProduct", "hvp_of"]

Floats = np.ndarray[Any, Any]


def hvp_of(
    model: Any,
    loss: Any,
    data: tuple[Any, Any],
    *,
    batch: int | None = None,
    reduction: Literal["mean", "sum"] | None = None,
) -> Any:
    """Return v -> Hv, H the Hessian of the loss on the data in the trained parameters.

    Parameters
    ----------
    model
        A torch module (double backward); a pytree of JAX parameters (forward over reverse); or an
        object with ``weights``, ``biases`` and ``activation`` such as
        :class:`certimin.networks.Network` (NumPy alone; the order is W_1, b_1, W_2, b_2, ...).
    loss
        A name in :data:`certimin.losses.LOSSES` for torch modules and networks; or
        ``loss(outputs, targets)`` for torch, ``loss(parameters, X, y)`` for JAX, one number each.
    data : (X, y)
        All samples, as rows.
    batch : int, optional
        Samples at a time; chunks are averaged by their lengths, or added.
    reduction : "mean" or "sum", optional
        Whether a loss of your own is a mean over samples or a sum: ``batch`` needs to know.  By
        default what the loss itself says (``loss.reduction``), else "mean".

    Returns
    -------
    object
        Callable on flat float64 vectors, with ``size`` and ``parameters`` (flat, float64).  A torch
        module is read afresh in each product; for the others ``at(model)`` moves to other weights.

    Raises
    ------
    UsageError
        Unknown models or losses, data that do not fit, layers that make the loss random.
    """
    x, y = _data(data)
    batch = None if batch is None else whole("batch", batch, 1)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.nn.Module):
        summed = _summed(loss, reduction)
        return TorchProduct(model, _torch_loss(loss), (x, y), batch, summed)
    if all(hasattr(model, name) for name in ("weights", "biases", "activation")):
        return NetworkProduct.of(model, loss, x, y, batch)
    if not callable(loss):
        raise UsageError(
            f"loss: expected loss(parameters, X, y) for a pytree, got {loss!r}; write it as a "
            "function, or pass a torch module or certimin.networks.Network"
        )
    if "jax" not in sys.modules:
        raise UsageError(
            f"model: expected a torch module, a pytree of JAX arrays or a Network, got "
            f"{type(model).__name__}; import jax first if these are its parameters"
        )
    return JaxProduct(model, loss, (x, y), batch, _summed(loss, reduction))


@dataclass(frozen=True, eq=False)
class NetworkProduct:
    """Products for plain weights, biases included, exact up to rounding of float64."""

    apply: NetworkProducts
    loss: str
    data: tuple[Floats, Floats]
    batch: int | None = None

    @classmethod
    def of(cls, network: Any, loss: Any, x: Any, y: Any, batch: int | None) -> NetworkProduct:
        """Return the products of an object with weights, biases and activation."""
        if not isinstance(loss, str) or loss not in LOSSES:
            raise UsageError(
                f"loss: expected one of {', '.join(LOSSES)}, got {loss!r}; for another loss pass a "
                "torch module or a JAX pytree"
            )
        if network.activation not in ACTIVATIONS:
            raise UsageError(
                f"activation: expected one of {', '.join(ACTIVATIONS)}, got "
                f"{network.activation!r}; for another one pass a torch module or a JAX pytree"
            )
        weights = [np.asarray(W, dtype=np.float64) for W in network.weights]
        biases = [np.asarray(b, dtype=np.float64) for b in network.biases]
        inputs, targets = _rows("X", x, weights[0].shape[1]), _rows("y", y, weights[-1].shape[0])
        if (shift := getattr(network, "shift", None)) is not None:
            inputs = inputs - np.asarray(shift)
        if (scale := getattr(network, "scale", None)) is not None:
            inputs = inputs / np.asarray(scale)
        factor = float(loss_factor(loss, *targets.shape))
        products = NetworkProducts(
            weights,
            biases,
            network.activation,
            inputs,
            targets,
            factor=factor,
            chunk=batch or 4096,
        )
        return cls(products, loss, (x, y), batch)

    @property
    def size(self) -> int:
        """Return the number of parameters."""
        return self.apply.size

    @property
    def parameters(self) -> Floats:
        """Return W_1, b_1, W_2, b_2, ... as one vector."""
        return flat(self.apply.weights, self.apply.biases)

    def gradient(self) -> Floats:
        """Return the gradient of the loss, as a vector."""
        return self.apply.gradient()

    def at(self, network: Any) -> NetworkProduct:
        """Return the products at another network."""
        return type(self).of(network, self.loss, *self.data, self.batch)

    def __call__(self, v: Any) -> Floats:
        """Return Hv."""
        found = np.asarray(v, dtype=np.float64)
        if found.shape != (self.size,):
            raise UsageError(f"v: expected shape ({self.size},), got {found.shape}; flatten it")
        return self.apply(found)

    def __repr__(self) -> str:
        samples = len(self.apply.x)
        return f"Hessian products by NumPy: {self.size} parameters, {samples} samples"


def _data(data: Any) -> tuple[Any, Any]:
    """Return inputs and targets; UsageError unless they are two arrays of as many rows."""
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise UsageError(f"data: expected (X, y), got {type(data).__name__}; pass both in a tuple")
    x, y = (v if hasattr(v, "shape") and hasattr(v, "dtype") else np.asarray(v) for v in data)
    if not x.ndim or not y.ndim or len(x) != len(y) or not len(x):
        raise UsageError(
            f"data: expected as many rows in X as in y, got shapes {tuple(x.shape)} and "
            f"{tuple(y.shape)}; pass a row for each sample"
        )
    return x, y


def _rows(name: str, values: Any, width: int) -> Floats:
    """Return data as finite float64 rows of the width that the network has."""
    found: Floats = as_vector(values).astype(np.float64)
    found = found[:, None] if found.ndim == 1 else found
    if found.ndim != 2 or found.shape[1] != width:
        raise UsageError(
            f"{name}: expected {width} columns, as the network has, got shape {found.shape}; pass "
            "a row for each sample"
        )
    if not np.isfinite(found).all():
        raise UsageError(f"{name}: expected finite numbers, got NaN or infinity; clean the data")
    return found


def _summed(loss: Any, reduction: str | None) -> bool:
    """Return whether chunks are added, not averaged."""
    if reduction not in (None, "mean", "sum"):
        raise UsageError(f'reduction: expected "mean" or "sum", got {reduction!r}; leave it out')
    own = "sum" if loss == "sum" else getattr(loss, "reduction", "mean")
    return (reduction or own) == "sum"


def _torch_loss(loss: Any) -> Callable[[Any, Any], Any]:
    """Return a loss of outputs and targets for a name, or what was given."""
    if callable(loss):
        given: Callable[[Any, Any], Any] = loss
        return given
    if not isinstance(loss, str) or loss not in LOSSES:
        raise UsageError(f"loss: expected a function or one of {', '.join(LOSSES)}, got {loss!r}")

    def squares(outputs: Any, targets: Any) -> Any:
        if outputs.numel() != targets.numel():
            raise UsageError(
                f"y: expected the shape of the outputs, {tuple(outputs.shape)}, got "
                f"{tuple(targets.shape)}; reshape y"
            )
        rows = len(outputs)
        factor = float(loss_factor(loss, rows, outputs.numel() // rows))
        return factor * (outputs - targets.reshape(outputs.shape)).square().sum() / rows

    return squares
