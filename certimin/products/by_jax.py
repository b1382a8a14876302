"""Products with the Hessian of a loss of JAX parameters, forward over reverse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from certimin.products.autodiff import ChunkedProduct
from verify.errors import UsageError

__all__ = ["JaxProduct"]

Floats = np.ndarray[Any, Any]


class JaxProduct(ChunkedProduct):
    """Forward over reverse through ``loss(parameters, x, y)``, compiled once for each chunk length.

    Without chunks the gradient is linearised once, and its intermediate values are kept: a product
    then goes through the linear part alone.  Float64 where JAX has it enabled and the parameters
    are float64, else as they are.
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

        def slope(w: Any, x: Any, y: Any) -> Any:
            return jax.grad(lambda u: loss(unravel(u), x, y))(w)

        def product(w: Any, v: Any, x: Any, y: Any) -> Any:
            return jax.jvp(lambda u: slope(u, x, y), (w,), (v,))[1]

        def linear(w: Any, x: Any, y: Any) -> Any:
            return jax.linearize(lambda u: slope(u, x, y), w)[1]

        ours = jax.jit(product), jax.jit(linear), jax.jit(lambda f, v: f(v))
        self.compiled = compiled or ours
        self._linear: Any = None

    @property
    def parameters(self) -> Floats:
        """Return the leaves as one vector, in the order of ``jax.flatten_util.ravel_pytree``."""
        return np.asarray(self.flat, dtype=np.float64)

    def at(self, tree: Any) -> JaxProduct:
        """Return the products at other parameters of the same shapes, without compiling again."""
        data = self.x, self.y
        return JaxProduct(tree, self.loss, data, self.batch, self.summed, self.compiled)

    def _whole(self, v: Any) -> Floats:
        _, linear, apply = self.compiled
        with _one_line():
            if self._linear is None:
                self._linear = linear(self.flat, self.x, self.y)
            return np.asarray(apply(self._linear, self._given(v)))

    def _product(self, v: Any, x: Any, y: Any) -> Any:
        with _one_line():
            return self.compiled[0](self.flat, self._given(v), x, y)

    def _given(self, v: Any) -> Any:
        import jax.numpy as jnp

        return jnp.asarray(v, dtype=self.flat.dtype)


@contextmanager
def _one_line() -> Iterator[None]:
    """What JAX says of a loss that it cannot differentiate, as one line."""
    try:
        yield
    except TypeError as error:
        raise UsageError(
            f"loss: expected loss(parameters, X, y) with one real number, got "
            f"{' '.join(str(error).split())[:120]}; take the mean over samples"
        ) from error
