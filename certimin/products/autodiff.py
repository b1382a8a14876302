"""What products by autodiff have in common: chunks of samples, averaged or added."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np

from certimin.products.operators import as_vector

__all__ = ["ChunkedProduct"]

Floats = np.ndarray[Any, Any]


def _chunks(n: int, step: int) -> Iterator[tuple[slice, int]]:
    """Yield consecutive chunks of samples with their lengths."""
    for first in range(0, n, step):
        yield slice(first, first + step), min(step, n - first)


class ChunkedProduct(ABC):
    """v -> Hv over all samples, or over chunks of them.

    Attributes
    ----------
    size : int
        Number of trained parameters.
    samples : int
        Rows of the data.
    """

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

    @abstractmethod
    def _product(self, v: Any, x: Any, y: Any) -> Any:
        """Hv of the loss on some of the samples."""

    def __repr__(self) -> str:
        return f"Hessian products by {self.kind}: {self.size} parameters, {self.samples} samples"
