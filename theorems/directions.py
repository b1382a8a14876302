"""Minimizers with one direction at the output and one at the input, and the path between them.

For u of outputs and y of inputs let û = u/|u| and z = Ky/|Ky|, unit vectors; Kz = Σy/|Ky|.
Along the layers the squared gains

    a_k = |A_kᵀû|²,        b_k = |B_k K z|²,        k = 1..L,

are rational where u, y and the network are: no root is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from numeric.spectrum import dual_gram
from theorems.instances import Instance
from theorems.quantities import depth
from theorems.recipes import Draw, setting
from theorems.settings import minimizers, univariate_minimizers, whitened_minimizers
from verify.expression import Least
from verify.theorem import expanded, family, quantity

__all__ = [
    "DirectedInstance",
    "directed_minimizers",
    "directed_univariate_minimizers",
    "directed_whitened_minimizers",
    "gain_in",
    "gain_out",
    "k",
    "pair_least",
    "pairing",
    "path_ends",
    "path_energy",
    "path_quotient",
    "regressor_share",
]


@dataclass(frozen=True, eq=False)
class DirectedInstance(Instance):
    """An instance with a direction u of its outputs and y of its inputs, Σy != 0.

    Parameters
    ----------
    output, input
        u and y as columns, of shapes (d_y, 1) and (d_x, 1).
    """

    output: Any
    input: Any

    def image(self) -> tuple[Any, Any]:
        """Return Σy and |Ky|²."""
        image = self.sigma @ self.input
        return image, self.arithmetic.entry(self.input.mT @ image, 0, 0)

    def squared_length(self) -> Any:
        """Return |u|²."""
        return self.arithmetic.frobenius_sq(self.output)


def _directed(draw: Draw, instance: Instance) -> DirectedInstance:
    d_x, d_y = instance.net.widths[0], instance.net.widths[-1]
    return DirectedInstance.beside(instance, output=draw.matrix(d_y, 1), input=draw.matrix(d_x, 1))


def _straight(instance: Instance) -> DirectedInstance:
    """The instance with u and y of ones, y the first unit vector that does where Σ maps it to 0."""
    ar, widths = instance.arithmetic, instance.net.widths
    ones, d = [ar.matrix([[1]] * n) for n in widths], widths[0]
    units = [ar.matrix([[int(i == j)] for i in range(d)]) for j in range(d)]
    seen = (y for y in (ones[0], *units) if not ar.is_zero(instance.sigma @ y))
    return DirectedInstance.beside(instance, output=ones[-1], input=next(seen, ones[0]))


@setting(
    "directed-minimizers",
    "any minimizer, any direction u of its outputs and y of its inputs",
    extend=_straight,
)
def directed_minimizers(draw: Draw) -> DirectedInstance:
    """Any minimizer with any two directions."""
    return _directed(draw, draw.of(minimizers))


@setting(
    "directed-whitened-minimizers",
    "any minimizer of whitened data, any direction u of its outputs and y of its inputs",
    extend=_straight,
)
def directed_whitened_minimizers(draw: Draw) -> DirectedInstance:
    """Any minimizer of whitened data with any two directions."""
    return _directed(draw, draw.of(whitened_minimizers))


@setting(
    "directed-univariate-minimizers",
    "any minimizer of one output, any direction y of its inputs, û = 1 or -1",
    extend=_straight,
)
def directed_univariate_minimizers(draw: Draw) -> DirectedInstance:
    """Any minimizer of one output with any direction of its inputs."""
    return _directed(draw, draw.of(univariate_minimizers))


@family("path_out", "a")
def gain_out(instance: DirectedInstance) -> list[Any]:
    """a_k = |A_kᵀ û|², k = 1..L."""
    ar, length = instance.arithmetic, instance.squared_length()
    return [ar.frobenius_sq(A.mT @ instance.output) / length for A in instance.net.suffixes]


@family("path_in", "b")
def gain_in(instance: DirectedInstance) -> list[Any]:
    """b_k = |B_k K z|², k = 1..L."""
    ar, (image, energy) = instance.arithmetic, instance.image()
    return [ar.frobenius_sq(B @ image) / energy for B in instance.net.prefixes]


L = depth.symbol
k = sp.Symbol("k", integer=True, positive=True)

path_energy = expanded(
    "path_energy", r"\textstyle\sum_k|A_k^T\hat u|^2|B_kKz|^2",
    "Σ_k |A_kᵀû|² |B_k K z|², the energy along a path from the input z to the output û.",
    sp.Sum(gain_out(k) * gain_in(k), (k, 1, L)),
)  # fmt: skip
path_ends = expanded(
    "path_ends", r"|B_1Kz|^2|A_L^T\hat u|^2",
    "|B_1 K z|² |A_Lᵀ û|² = |Kz|², what is left of a path where all pairs are taken out.",
    gain_in(1) * gain_out(L),
)  # fmt: skip
pair_least = expanded(
    "pair_least", r"\min_{k<L}|A_k^T\hat u|^2|B_{k+1}Kz|^2",
    "The least |A_kᵀû|² |B_{k+1} K z|² over neighbours, k < L; undefined at depth 1.",
    Least(gain_out(k) * gain_in(k + 1), k, 1, L - 1),
)  # fmt: skip


@quantity("pairing", r"(\hat u\cdot TKz)^2")
def pairing(instance: DirectedInstance) -> Any:
    """(û · T K z)²: what the target maps z to, seen along û."""
    ar, (image, energy) = instance.arithmetic, instance.image()
    product = ar.entry(instance.output.mT @ instance.target @ image, 0, 0)
    return product * product / (energy * instance.squared_length())


@quantity("regressor_share", r"(\hat w\cdot Kz)^2")
def regressor_share(instance: DirectedInstance) -> Any:
    """(ŵ · K z)², ŵ = w*/|w*|: the share of the data along the regressor (one output)."""
    ar, (image, energy) = instance.arithmetic, instance.image()
    product = ar.entry(instance.target @ image, 0, 0)
    return product * product / (energy * ar.frobenius_sq(instance.target))


@quantity("path_quotient", r"2\langle\hat u\otimes z, G(\hat u\otimes z)\rangle")
def path_quotient(instance: DirectedInstance) -> Any:
    """2 <û ⊗ z, G (û ⊗ z)>, G = Σ_k A_kA_kᵀ ⊗ K B_kᵀB_k K: a value of the dual Gram form."""
    ar, (image, energy) = instance.arithmetic, instance.image()
    direction = ar.kron(instance.output, image)
    value = ar.entry(direction.mT @ dual_gram(instance.net) @ direction, 0, 0)
    return 2 * value / (energy * instance.squared_length())
