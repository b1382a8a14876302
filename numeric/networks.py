"""Deep linear networks ``x -> W_L ... W_1 x``: the products every formula is made of.

``weights[k]`` is the layer W_{k+1}, of shape (d_{k+1}, d_k).  Everything works in any arithmetic;
in floating point leading axes are a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from numeric.arithmetic.protocol import Arithmetic

__all__ = ["LinearNetwork", "first_columns"]


@dataclass(frozen=True, eq=False)
class LinearNetwork:
    """A deep linear network and the partial products of its layers.

    Parameters
    ----------
    arithmetic
        The number system of the entries.
    weights
        The layers W_1, ..., W_L; ``weights[k]`` has shape (..., d_{k+1}, d_k).

    Raises
    ------
    ValueError
        If there is no layer or two neighbours do not fit.

    Examples
    --------
    >>> from numeric.arithmetic.rational import Rational
    >>> ar = Rational()
    >>> net = LinearNetwork(ar, (ar.matrix([[1], [2]]), ar.matrix([[3, 4]])))
    >>> net.widths, net.end_to_end
    ((1, 2, 1), exact [[11]])
    >>> net.imbalances[0]  # [3, 4]ᵀ[3, 4] - [1, 2][1, 2]ᵀ
    exact [[8, 10], [10, 12]]
    """

    arithmetic: Arithmetic
    weights: Sequence[Any]

    def __post_init__(self) -> None:
        if not self.weights:
            raise ValueError("weights: expected at least one layer, got none")
        for k, (first, second) in enumerate(zip(self.weights, self.weights[1:], strict=False)):
            if second.shape[-1] != first.shape[-2]:
                raise ValueError(
                    f"weights[{k + 1}]: expected {first.shape[-2]} columns to follow "
                    f"weights[{k}], got shape {tuple(second.shape)}"
                )

    @property
    def depth(self) -> int:
        """Return L, the number of layers."""
        return len(self.weights)

    @property
    def widths(self) -> tuple[int, ...]:
        """Return (d_0, d_1, ..., d_L), input and output included."""
        return (self.weights[0].shape[-1], *(W.shape[-2] for W in self.weights))

    @property
    def trained_rows(self) -> tuple[int, ...]:
        """Return how many rows of each layer, the first ones, are trained: here all."""
        return tuple(W.shape[-2] for W in self.weights)

    @property
    def parameters(self) -> int:
        """Return N, the number of trained entries."""
        return sum(
            rows * W.shape[-1] for rows, W in zip(self.trained_rows, self.weights, strict=True)
        )

    @cached_property
    def prefixes(self) -> tuple[Any, ...]:
        """Return (B_1, ..., B_L), B_k = W_{k-1} ... W_1 of shape (..., d_{k-1}, d_0); B_1 = I."""
        products = [self.arithmetic.identity(self.widths[0])]
        for W in self.weights[:-1]:
            products.append(W @ products[-1])
        return tuple(products)

    @cached_property
    def suffixes(self) -> tuple[Any, ...]:
        """Return (A_1, ..., A_L), A_k = W_L ... W_{k+1} of shape (..., d_L, d_k); A_L = I."""
        products = [self.arithmetic.identity(self.widths[-1])]
        for W in self.weights[:0:-1]:
            products.append(products[-1] @ W)
        return tuple(reversed(products))

    @cached_property
    def trained_suffixes(self) -> tuple[Any, ...]:
        """Return the suffixes A_k without columns that belong to rows that are not trained."""
        ar = self.arithmetic
        return tuple(
            A if rows == A.shape[-1] else A @ first_columns(ar, A.shape[-1], rows)
            for A, rows in zip(self.suffixes, self.trained_rows, strict=True)
        )

    @cached_property
    def end_to_end(self) -> Any:
        """Return P = W_L ... W_1, of shape (..., d_L, d_0)."""
        return self.weights[-1] @ self.prefixes[-1]

    @cached_property
    def imbalances(self) -> tuple[Any, ...]:
        """Return (D_1, ..., D_{L-1}), D_k = W_{k+1}ᵀ W_{k+1} - W_k W_kᵀ (zero when balanced)."""
        return tuple(
            after.mT @ after - before @ before.mT
            for before, after in zip(self.weights, self.weights[1:], strict=False)
        )

    def shifted(self, direction: Sequence[Any]) -> LinearNetwork:
        """Return the network at ``weights + direction`` (one matrix for each layer)."""
        return LinearNetwork(
            self.arithmetic, tuple(W + D for W, D in zip(self.weights, direction, strict=True))
        )


def first_columns(ar: Arithmetic, n: int, m: int) -> Any:
    """Return the n x m matrix that embeds the first m of n coordinates."""
    return ar.matrix([[int(i == j) for j in range(m)] for i in range(n)])
