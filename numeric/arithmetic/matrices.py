"""Flint matrices that read like mathematics and remember what their entries are worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from numeric.arithmetic.protocol import Kind, weakest

__all__ = ["FlintMatrix"]


class FlintMatrix:
    """A matrix over flint rationals or balls, with the kind of its weakest entry."""

    __slots__ = ("kind", "raw")

    def __init__(self, raw: Any, kind: Kind) -> None:
        self.raw = raw
        self.kind: Kind = kind

    @property
    def shape(self) -> tuple[int, int]:
        """Return (rows, columns)."""
        return self.raw.nrows(), self.raw.ncols()

    @property
    def mT(self) -> Self:
        """Return the transpose."""
        return type(self)(self.raw.transpose(), self.kind)

    def __matmul__(self, other: Self) -> Self:
        return type(self)(self.raw * other.raw, weakest(self.kind, other.kind))

    def __add__(self, other: Self) -> Self:
        return type(self)(self.raw + other.raw, weakest(self.kind, other.kind))

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.raw - other.raw, weakest(self.kind, other.kind))

    def __neg__(self) -> Self:
        return type(self)(-self.raw, self.kind)

    def picked(self, indices: Sequence[int]) -> Self:
        """Return the principal submatrix of these rows and columns."""
        rows = self.rows()
        return type(self)(
            type(self.raw)([[rows[i][j] for j in indices] for i in indices]), self.kind
        )

    def ordered(self, indices: Sequence[int]) -> Self:
        """Return these rows, in this order."""
        rows = self.rows()
        return type(self)(type(self.raw)([rows[i] for i in indices]), self.kind)

    def rows(self) -> list[list[Any]]:
        """Return the flint entries, row by row."""
        rows: list[list[Any]] = self.raw.tolist()
        return rows

    def __repr__(self) -> str:
        return f"{self.kind} {self.raw.tolist()}"
