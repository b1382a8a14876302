"""The exact minimizer beside a network that was trained: one layer corrected, enclosed in balls.

Layer k carries the whole correction, ``W_k + A_k⁺ (T - P) B_k⁺`` with A_k⁺ = A_kᵀ(A_kA_kᵀ)⁻¹ and
B_k⁺ = (B_kᵀB_k)⁻¹B_kᵀ, where A_k has full row rank and B_k full column rank: the first layer needs
nothing of B, the last nothing of A.  That an inverse exists is proved by enclosing it.  The weights
so found are enclosures of a point that is a minimizer exactly, and the distance is certified.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from certimin.examination.point import Point
from numeric.arithmetic.ball import Ball
from numeric.arithmetic.matrices import FlintMatrix
from numeric.networks import LinearNetwork

__all__ = ["Minimizer", "nearest_minimizer"]

_SMALL = 160
"""Up to this width every layer is tried, beyond only the first."""


@dataclass(frozen=True, eq=False)
class Minimizer:
    """A minimizer one layer away.

    Attributes
    ----------
    net : LinearNetwork
        Its layers in balls, on the range of Σ.
    layer : int
        Which layer differs, counted from 1.
    distance : Ball
        The Frobenius norm of the difference.
    """

    net: LinearNetwork
    layer: int
    distance: Ball


def nearest_minimizer(point: Point) -> Minimizer | None:
    """Return the nearest minimizer that differs in one layer; None if no layer can be corrected."""
    found = min(_corrections(point), key=lambda it: it[1].upper, default=None)
    if found is None:
        return None
    k, distance, change = found
    layers = list(point.net.weights)
    layers[k] = layers[k] + change
    return Minimizer(LinearNetwork(point.arithmetic, layers), k + 1, distance)


def _corrections(point: Point) -> Iterator[tuple[int, Ball, FlintMatrix]]:
    """Layers with the distance they would move and by what."""
    net, ar = point.net, point.arithmetic
    gap = point.problem.target - net.end_to_end
    tried = range(net.depth) if max(net.widths) <= _SMALL else range(1)
    for k in tried:
        try:
            change = _left(ar, net.suffixes[k], k < net.depth - 1) @ gap
            if k:
                change = change @ _left(ar, net.prefixes[k].mT, True).mT
        except (ZeroDivisionError, ArithmeticError):
            continue
        yield k, ar.sqrt(ar.frobenius_sq(change)), change


def _left(ar: Any, A: FlintMatrix, needed: bool) -> FlintMatrix:
    """Aᵀ(A Aᵀ)⁻¹, the identity where A is one."""
    return A.mT @ ar.inverse(A @ A.mT) if needed else A
