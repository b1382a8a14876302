"""Products with the Hessian of a loss of a torch module, by double backward."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from certimin.products.autodiff import ChunkedProduct
from certimin.products.operators import as_vector
from verify.errors import UsageError

__all__ = ["TorchProduct"]

Floats = np.ndarray[Any, Any]


class TorchProduct(ChunkedProduct):
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
