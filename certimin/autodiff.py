"""Products with the Hessian of a loss by the autodiff of torch or JAX, for flat float64 vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from certimin.operators import as_vector
from verify.errors import UsageError

__all__ = ["JaxProduct", "TorchProduct"]

Floats = np.ndarray[Any, Any]


def _chunks(n: int, step: int) -> Iterator[tuple[slice, int]]:
    """Yield consecutive chunks of samples with their lengths."""
    for first in range(0, n, step):
        yield slice(first, first + step), min(step, n - first)


class _Product:
    """What both have: chunks of samples, averaged or summed."""

    kind = ""

    def __init__(self, data: tuple[Any, Any], batch: int | None, summed: bool) -> None:
        self.x, self.y = data
        self.samples, self.batch, self.summed = len(self.x), batch, summed
        self.size = 0

    def __call__(self, v: Any) -> Floats:
        """Return Hv, of the precision of the parameters."""
        if not self.batch:
            return self._whole(v)
        total: Any = 0.0
        for part, length in _chunks(self.samples, self.batch):
            share = 1.0 if self.summed else length / self.samples
            total = total + share * as_vector(self._product(v, self.x[part], self.y[part]))
        found: Floats = total
        return found

    def _whole(self, v: Any) -> Floats:
        """Return Hv from all samples at once."""
        found: Floats = as_vector(self._product(v, self.x, self.y))
        return found

    def _product(self, v: Any, x: Any, y: Any) -> Any:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"Hessian products by {self.kind}: {self.size} parameters, {self.samples} samples"


class TorchProduct(_Product):
    """Double backward through a module, whose parameters are read afresh in each product.

    Buffers are copied, so running averages are not touched.
    """

    kind = "torch"

    def __init__(
        self,
        model: Any,
        loss: Callable[[Any, Any], Any],
        data: tuple[Any, Any],
        batch: int | None,
        summed: bool,
    ) -> None:
        import torch

        super().__init__(data, batch, summed)
        self.torch, self.model, self.loss = torch, model, loss
        self.trained = {k: p for k, p in model.named_parameters() if p.requires_grad}
        if not self.trained:
            raise UsageError(
                "model: expected parameters that require gradients, got none; unfreeze"
            )
        first = next(iter(self.trained.values()))
        self.x, self.y = (_like(first, values) for values in data)
        self.size = sum(p.numel() for p in self.trained.values())
        self._check_layers(batch)

    def _check_layers(self, batch: int | None) -> None:
        """Raise UsageError where the loss is random, or chunks are not what the whole is."""
        for name, layer in self.model.named_modules():
            kind = type(layer).__name__
            if layer.training and "Dropout" in kind and getattr(layer, "p", 0):
                raise UsageError(
                    f"model: expected a deterministic loss, got {kind} {name!r} in training mode; "
                    "call model.eval()"
                )
            if batch and layer.training and "BatchNorm" in kind:
                raise UsageError(
                    f"batch: expected a loss that is a mean over samples, got {kind} {name!r} in "
                    "training mode; leave batch out or call model.eval()"
                )

    @property
    def parameters(self) -> Floats:
        """Return what is trained, in the order of ``model.named_parameters()``."""
        parts = [as_vector(p).ravel() for p in self.trained.values()]
        return np.concatenate(parts).astype(np.float64)

    def _product(self, v: Any, x: Any, y: Any) -> Any:
        torch = self.torch
        leaves = {k: p.detach().requires_grad_() for k, p in self.trained.items()}
        parameters = list(leaves.values())
        given = torch.as_tensor(np.array(v), dtype=parameters[0].dtype, device=parameters[0].device)
        pieces = given.split([p.numel() for p in parameters])
        try:
            with torch.enable_grad(), _plain_attention():
                images = self._twice(self._loss(leaves, x, y), parameters, pieces)
        except (RuntimeError, NotImplementedError) as error:
            raise UsageError(
                f"model: expected a loss that torch differentiates twice, got "
                f"{' '.join(str(error).split())[:120]}; replace that layer"
            ) from error
        both = zip(images, parameters, strict=True)
        filled = [torch.zeros_like(p) if h is None else h for h, p in both]
        return torch.cat([h.reshape(-1).to(given.dtype) for h in filled])

    def _twice(self, value: Any, parameters: list[Any], pieces: Any) -> Any:
        """Differentiate, along ``pieces``, what differentiation gives; None where that is zero."""
        grad = self.torch.autograd.grad
        slopes = grad(value, parameters, create_graph=True, allow_unused=True)
        along = [
            (g * piece.view_as(g).to(g.dtype)).sum()
            for g, piece in zip(slopes, pieces, strict=True)
            if g is not None and g.requires_grad
        ]
        if not along:
            return [None] * len(parameters)
        return grad(sum(along), parameters, allow_unused=True)

    def _loss(self, leaves: dict[str, Any], x: Any, y: Any) -> Any:
        """The loss of a chunk at parameters that share the memory of the module's."""
        buffers = {k: b.clone() for k, b in self.model.named_buffers()}
        outputs = self.torch.func.functional_call(self.model, (leaves, buffers), (x,))
        value = self.loss(outputs, y)
        if not isinstance(value, self.torch.Tensor) or value.numel() != 1:
            got = f"shape {tuple(value.shape)}" if hasattr(value, "shape") else type(value).__name__
            raise UsageError(f"loss: expected one number, got {got}; take the mean over samples")
        if not value.requires_grad:
            raise UsageError("loss: expected a value with gradients, got none; do not detach it")
        return value


def _like(parameter: Any, values: Any) -> Any:
    """Return data as a tensor where the parameter is; floats in its precision, integers as such."""
    import torch

    found = torch.as_tensor(values if isinstance(values, torch.Tensor) else np.array(values))
    kind = parameter.dtype if found.is_floating_point() else found.dtype
    return found.detach().to(device=parameter.device, dtype=kind)


def _plain_attention() -> AbstractContextManager[Any]:
    """Attention by matrix products: the fused kernels have no second derivative."""
    try:
        from torch.nn.attention import SDPBackend, sdpa_kernel
    except ImportError:  # older than 2.3
        return nullcontext()
    manager: AbstractContextManager[Any] = sdpa_kernel(SDPBackend.MATH)
    return manager


class JaxProduct(_Product):
    """Forward over reverse through ``loss(parameters, x, y)``, compiled once for each chunk length.

    Float64 where JAX has it enabled and the parameters are float64, else as they are.
    """

    kind = "JAX"

    def __init__(
        self,
        tree: Any,
        loss: Callable[[Any, Any, Any], Any],
        data: tuple[Any, Any],
        batch: int | None,
        summed: bool,
        compiled: Any = None,
    ) -> None:
        import jax
        from jax.flatten_util import ravel_pytree

        super().__init__((jax.numpy.asarray(data[0]), jax.numpy.asarray(data[1])), batch, summed)
        for leaf in jax.tree_util.tree_leaves(tree):
            if not hasattr(leaf, "dtype") or np.dtype(leaf.dtype).kind not in "f":
                got = getattr(leaf, "dtype", type(leaf).__name__)
                raise UsageError(
                    f"model: expected a pytree of real arrays, got a leaf {got}; pass the trained "
                    "parameters alone"
                )
        self.loss = loss
        self.flat, unravel = ravel_pytree(tree)
        self.size = int(self.flat.size)
        if not self.size:
            raise UsageError(
                "model: expected parameters, got an empty pytree; pass the trained ones"
            )

        def product(w: Any, v: Any, x: Any, y: Any) -> Any:
            slope = jax.grad(lambda u: loss(unravel(u), x, y))
            return jax.jvp(slope, (w,), (v,))[1]

        self.compiled = compiled or jax.jit(product)

    @property
    def parameters(self) -> Floats:
        """Return the leaves as one vector, in the order of ``jax.flatten_util.ravel_pytree``."""
        return np.asarray(self.flat, dtype=np.float64)

    def at(self, tree: Any) -> JaxProduct:
        """Return the products at other parameters of the same shapes, without compiling again."""
        data = self.x, self.y
        return JaxProduct(tree, self.loss, data, self.batch, self.summed, self.compiled)

    def _product(self, v: Any, x: Any, y: Any) -> Any:
        import jax.numpy as jnp

        try:
            return self.compiled(self.flat, jnp.asarray(v, dtype=self.flat.dtype), x, y)
        except TypeError as error:
            raise UsageError(
                f"loss: expected loss(parameters, X, y) with one real number, got "
                f"{' '.join(str(error).split())[:120]}; take the mean over samples"
            ) from error
