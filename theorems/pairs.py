"""Two minimizers of the same data and map: what is asked of the second begins with ``other.``.

The second network has the layers G_k W_k G_{k-1}^{-1} of the first one, its hidden bases changed by
G_k = Q_k diag(g) R_kᵀ with rotations Q_k and R_k and any g > 0: every invertible matrix is one of
these, up to a sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from theorems.instances import Instance
from theorems.recipes import Draw, diagonal, setting
from theorems.settings import (
    attaining_minimizers,
    balanced_minimizers,
    minimizers,
    univariate_minimizers,
    whitened_minimizers,
)

__all__ = [
    "PairInstance",
    "attaining_pairs",
    "balanced_pairs",
    "beside_attaining",
    "beside_balanced",
    "minimizer_pairs",
    "univariate_pairs",
    "whitened_pairs",
]


@dataclass(frozen=True, eq=False)
class PairInstance(Instance):
    """A minimizer with a second one of the same data, sizes and map.

    Parameters
    ----------
    other
        The layers of the second one, of the shapes of ``weights``.
    """

    other: tuple[Any, ...]

    @cached_property
    def partner(self) -> Instance:
        """Return the second network with the data they share."""
        return Instance(self.arithmetic, self.other, self.sigma, self.target, self.at_minimizer)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the exact pair that ``to_json`` wrote."""
        base = Instance.from_json(data)
        return cls.beside_layers(base, Instance.from_json({**data, "weights": data["other"]}))

    @classmethod
    def beside_layers(cls, base: Instance, second: Instance) -> Self:
        """Return two exact instances of the same data as a pair; both are minimizers or neither."""
        both = base.at_minimizer and second.at_minimizer
        return cls.beside(base, at_minimizer=both, other=second.weights)

    @property
    def swapped(self) -> Self:
        """Return the pair with the second network first."""
        return type(self).beside(self.partner, other=self.weights)


def _rebased(draw: Draw, plain: Instance) -> PairInstance:
    """The pair of a minimizer and what a change of its hidden bases makes of it."""
    ar, layers = draw.arithmetic, list(plain.weights)
    for k, d in enumerate(plain.net.widths[1:-1]):
        before, after = draw.rotation(d), draw.rotation(d)
        gains = draw.scaled(draw.numbers(d, 1, 6))
        change = after @ diagonal(ar, gains, d, d) @ before.mT
        back = before @ diagonal(ar, [ar.scalar(1) / g for g in gains], d, d) @ after.mT
        layers[k], layers[k + 1] = change @ layers[k], layers[k + 1] @ back
    return PairInstance.beside(plain, other=tuple(layers))


@setting(
    "minimizer-pairs",
    "two minimizers of the same data, sizes and map: any weights, and other ones",
    special=(
        *("univariate-pairs", "whitened-pairs", "balanced-pairs"),
        *("attaining-pairs", "beside-attaining", "beside-balanced"),
    ),
    load=PairInstance.from_json,
)
def minimizer_pairs(draw: Draw) -> PairInstance:
    """Any minimizer and another one."""
    return _rebased(draw, draw.of(minimizers))


@setting(
    "univariate-pairs",
    "two minimizers of the same data, sizes and map, one output",
    load=PairInstance.from_json,
)
def univariate_pairs(draw: Draw) -> PairInstance:
    """The same with one output."""
    return _rebased(draw, draw.of(univariate_minimizers))


@setting(
    "whitened-pairs",
    "two minimizers of the same sizes and map, Σ = I",
    load=PairInstance.from_json,
)
def whitened_pairs(draw: Draw) -> PairInstance:
    """The same on whitened data."""
    return _rebased(draw, draw.of(whitened_minimizers))


@setting(
    "attaining-pairs",
    "a minimizer of least sharpness and another one of the same data, sizes and map",
    load=PairInstance.from_json,
    exists=True,
)
def attaining_pairs(draw: Draw) -> PairInstance:
    """The flattest first."""
    return _rebased(draw, draw.of(attaining_minimizers))


@setting(
    "beside-attaining",
    "a minimizer, and one of least sharpness for the same data, sizes and map",
    load=PairInstance.from_json,
    exists=True,
)
def beside_attaining(draw: Draw) -> PairInstance:
    """The flattest second."""
    return _rebased(draw, draw.of(attaining_minimizers)).swapped


@setting(
    "beside-balanced",
    "a balanced minimizer and any other one of the same data, sizes and map",
    load=PairInstance.from_json,
)
def beside_balanced(draw: Draw) -> PairInstance:
    """What balance costs: the balanced one first."""
    return _rebased(draw, draw.of(balanced_minimizers))


@setting(
    "balanced-pairs",
    "two balanced minimizers of the same data, sizes and map, any Σ",
    load=PairInstance.from_json,
)
def balanced_pairs(draw: Draw) -> PairInstance:
    """Balanced layers, and the same with their hidden bases rotated."""
    plain = draw.of(balanced_minimizers)
    layers = list(plain.weights)
    for k, d in enumerate(plain.net.widths[1:-1]):
        turn = draw.rotation(d)
        layers[k], layers[k + 1] = turn @ layers[k], layers[k + 1] @ turn.mT
    return PairInstance.beside(plain, other=tuple(layers))
