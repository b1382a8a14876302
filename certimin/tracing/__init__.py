"""A trace of training: loss and sharpness every few steps, at a bounded cost."""

from __future__ import annotations

import math
import os
import time
import warnings
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from certimin.numbers import whole
from certimin.products import hvp_of
from certimin.products.operators import NotFinite, as_vector
from certimin.spectra import LargestEigenvalue, largest_eigenvalue
from certimin.tracing.figure import draw
from certimin.tracing.file import Row, TraceFile
from certimin.tracing.layers import entries, imbalance_of
from certimin.tracing.time_share import TimeShare
from verify.errors import UsageError

__all__ = ["Trace"]

_LEAST = 4
"""Products: two steps, one check, one quotient."""


class Trace:
    """A callback for training loops: ``trace(step, loss=..., weights=...)``.

    Each search starts near the last vector found; its upper bound holds still, see
    :mod:`numeric.spectrum.random_start`.

    Parameters
    ----------
    path : path, optional
        A CSV file to append to.  One that exists is read and continued: steps up to its last one
        are passed over.
    every : int
        Steps between records.
    step_size : float or function of nothing, optional
        Of gradient descent, for the column 2/step_size.
    hvp : function of the weights, optional
        Returns v -> Hv at them, such as what :func:`certimin.products.hvp_of` returns.
    minimal_sharpness : float, optional
        The least sharpness of a minimum, where it is known.
    linear : bool
        ``weights`` are the layers of a linear network: record their imbalance.
    products : int
        Products with the Hessian for one record, at most; up to 64 parameters, one for each.
    tolerance, width : float
        As for :func:`certimin.spectra.largest_eigenvalue`.
    share : float
        Most of the time since the first call that tracing may take; records beyond it are left out,
        counted in the column ``skipped``, and warned of once.
    seed : int
        Of the random part of each start.
    clock
        Seconds.

    Examples
    --------
    >>> trace = Trace(every=2, hvp=lambda w: lambda v: 6 * w**2 * v, share=1, step_size=0.1)
    >>> for step in range(4):
    ...     row = trace(step, loss=1.0, weights=np.ones(1))
    >>> [(row.step, round(row.sharpness, 6), row.two_over_step_size) for row in trace.rows]
    [(0, 6.0, 20.0), (2, 6.0, 20.0)]
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        every: int = 10,
        step_size: float | Callable[[], float] | None = None,
        hvp: Callable[[Any], Any] | None = None,
        minimal_sharpness: float | None = None,
        linear: bool = False,
        products: int = 64,
        tolerance: float = 1e-3,
        width: float = 1e-2,
        share: float = 0.5,
        seed: int = 0,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        every, products = whole("every", every, 1), whole("products", products, _LEAST)
        seed = whole("seed", seed, 0)
        if not isinstance(share, int | float) or not 0 < share <= 1:
            raise UsageError(f"share: expected 0 < share <= 1, got {share!r}; leave it out")
        self.every, self.step_size, self.hvp, self.linear = every, step_size, hvp, linear
        self.minimal_sharpness = None if minimal_sharpness is None else float(minimal_sharpness)
        self.products, self.goals = products, {"tolerance": tolerance, "width": width}
        self.seed, self._time = seed, TimeShare(share, clock)
        self._file = None if path is None else TraceFile(path)
        self.rows: list[Row] = list(self._file.rows) if self._file else []
        self.skipped = self._pending = 0
        self._read: Callable[[], Any] | None = None
        self._vector: np.ndarray[Any, Any] | None = None

    @classmethod
    def torch(cls, model: Any, loss: Any, data: tuple[Any, Any], **options: Any) -> Self:
        """Return a trace that reads a torch module: call it as ``trace(step, loss=...)``.

        ``loss`` and ``data`` as for :func:`certimin.products.hvp_of`, whose ``batch`` may be given.
        Modules of linear layers without biases alone have their imbalance recorded.
        """
        product = hvp_of(model, loss, data, batch=options.pop("batch", None))
        layers = [m for m in model.modules() if not list(m.children())]
        names = {type(layer).__name__ for layer in layers}
        linear = names == {"Linear"} and all(layer.bias is None for layer in layers)
        trace = cls(hvp=lambda weights: product, linear=linear, **options)
        if linear:
            trace._read = lambda: [layer.weight for layer in layers]
        return trace

    @classmethod
    def jax(cls, loss: Any, data: tuple[Any, Any], **options: Any) -> Self:
        """Return a trace for JAX: ``trace(step, loss=..., weights=parameters)``, compiled once."""
        batch, known = options.pop("batch", None), list[Any]()

        def product(weights: Any) -> Any:
            if not known:
                known.append(hvp_of(weights, loss, data, batch=batch))
            return known[0].at(weights)

        return cls(hvp=product, **options)

    def __call__(self, step: int, *, loss: Any, weights: Any = None, hvp: Any = None) -> Row | None:
        """Record a step if it is due; return the row, or None.

        Parameters
        ----------
        loss
            A number, an array of one, or a function of nothing that returns it.
        weights
            Handed to the ``hvp`` of the trace; an array, or a list, tuple or dict of arrays.
        hvp
            v -> Hv at this step, in the place of that.

        Raises
        ------
        UsageError
            There are no products to take, or they are refused by ``largest_eigenvalue``.
        """
        start = self._time.now()
        if step % self.every or (self.rows and step <= self.rows[-1].step):
            return None
        if not self._time.allows(start):
            self._skip()
            return None
        value = float(as_vector(loss() if callable(loss) else loss).reshape(()))
        weights = self._read() if weights is None and self._read else weights
        found = self._sharpness(step, value, weights, hvp)
        row = self._row(step, value, found, weights, self._time.now() - start)
        self.rows.append(row)
        if self._file:
            self._file.append(row)
        self._time.spend(self._time.now() - start)
        return row

    def figure(self, path: str | os.PathLike[str]) -> None:
        """Draw loss and sharpness with 2/step_size and the least sharpness (.png, .svg, .pdf)."""
        draw(self.rows, path)

    def __repr__(self) -> str:
        last = f"last step {self.rows[-1].step}" if self.rows else "nothing yet"
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"Trace: {len(self.rows)} rows, {last}{skipped}"

    def _skip(self) -> None:
        """Count a record that is left out; warn of the first."""
        if not self.skipped:
            warnings.warn(
                f"trace: records are skipped, they would take over {self._time.share:.0%} of the "
                "time; raise every= or share=",
                stacklevel=3,
            )
        self.skipped += 1
        self._pending += 1

    def _sharpness(
        self, step: int, loss: float, weights: Any, hvp: Any
    ) -> LargestEigenvalue | None:
        """The largest eigenvalue at this step; None where training has diverged."""
        if hvp is None and self.hvp is None:
            raise UsageError(
                "hvp: expected Hessian-vector products, got none; pass hvp= to Trace or to the call"
            )
        if not math.isfinite(loss):
            return None
        operator = hvp if hvp is not None else self.hvp(weights)  # type: ignore[misc]
        size = getattr(operator, "size", None) or entries(weights)
        guess = self._vector if self._vector is not None and self._vector.size == size else None
        try:
            found = largest_eigenvalue(
                operator,
                size,
                steps=self.products - 2,
                guess=guess,
                seed=self.seed + step,
                **self.goals,
            )
        except NotFinite:
            return None
        self._vector = found.vector
        return found

    def _row(
        self, step: int, loss: float, found: LargestEigenvalue | None, weights: Any, seconds: float
    ) -> Row:
        """The record of a step."""
        size = self.step_size() if callable(self.step_size) else self.step_size
        row = Row(
            step,
            loss,
            None if found is None else found.value,
            None if found is None else float(found.lower),
            None if found is None else float(found.upper),
            None if found is None else int(found.converged),
            0 if found is None else found.products,
            None if size is None else 2 / float(size),
            self.minimal_sharpness,
            imbalance_of(weights) if self.linear and found is not None else None,
            self._pending,
            seconds,
        )
        self._pending = 0
        return row
