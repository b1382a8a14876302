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
    "Directed",
    "DirectedInstance",
    "cosine",
    "directed_minimizers",
    "directed_univariate_minimizers",
    "directed_whitened_minimizers",
    "gain_in",
    "gain_out",
    "k",
    "lagrange_rest",
    "meeting_least",
    "pair_least",
    "pairing",
    "path_ends",
    "path_energy",
    "path_last",
    "path_quotient",
    "regressor_directions",
    "regressor_share",
    "twist",
]


class Directed(Instance):
    """An instance with a column ``output`` of outputs u and a column ``input`` of inputs y."""

    output: Any
    input: Any

    def image(self) -> tuple[Any, Any]:
        """Return Σy and |Ky|²."""
        image = self.sigma @ self.input
        return image, self.arithmetic.entry(self.input.mT @ image, 0, 0)

    def squared_length(self) -> Any:
        """Return |u|²."""
        return self.arithmetic.frobenius_sq(self.output)


@dataclass(frozen=True, eq=False)
class DirectedInstance(Directed):
    """An instance with a direction u of its outputs and y of its inputs, Σy != 0.

    Parameters
    ----------
    output, input
        u and y as columns, of shapes (d_y, 1) and (d_x, 1).
    """

    output: Any
    input: Any


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
    every_direction=True,
    extend=_straight,
)
def directed_minimizers(draw: Draw) -> DirectedInstance:
    """Any minimizer with any two directions."""
    return _directed(draw, draw.of(minimizers))


@setting(
    "directed-whitened-minimizers",
    "any minimizer of whitened data, any direction u of its outputs and y of its inputs",
    every_direction=True,
    extend=_straight,
)
def directed_whitened_minimizers(draw: Draw) -> DirectedInstance:
    """Any minimizer of whitened data with any two directions."""
    return _directed(draw, draw.of(whitened_minimizers))


def _along_regressor(instance: Instance) -> DirectedInstance:
    """The instance with one output and y = w*."""
    one = instance.arithmetic.matrix([[1]])
    return DirectedInstance.beside(instance, output=one, input=instance.target.mT)


@setting(
    "regressor-directions",
    "one output, any minimizer, the direction y = w* of its regressor",
    extend=_along_regressor,
)
def regressor_directions(draw: Draw) -> DirectedInstance:
    """Any minimizer with one output, in the direction of its regressor."""
    return _along_regressor(draw.of(univariate_minimizers))


@setting(
    "directed-univariate-minimizers",
    "any minimizer of one output, any direction y of its inputs, û = 1 or -1",
    every_direction=True,
    extend=_straight,
)
def directed_univariate_minimizers(draw: Draw) -> DirectedInstance:
    """Any minimizer of one output with any direction of its inputs."""
    return _directed(draw, draw.of(univariate_minimizers))


@family("path_out", "a")
def gain_out(instance: Directed) -> list[Any]:
    """a_k = |A_kᵀ û|², k = 1..L."""
    ar, length = instance.arithmetic, instance.squared_length()
    return [ar.frobenius_sq(A.mT @ instance.output) / length for A in instance.net.suffixes]


@family("path_in", "b")
def gain_in(instance: Directed) -> list[Any]:
    """b_k = |B_k K z|², k = 1..L, and |P K z|² after them."""
    ar, (image, energy), net = instance.arithmetic, instance.image(), instance.net
    return [ar.frobenius_sq(B @ image) / energy for B in (*net.prefixes, net.end_to_end)]


@family("path_cosine", r"\gamma")
def cosine(instance: Directed) -> list[Any]:
    """γ_k = cos² of the angle between A_kᵀ û and B_{k+1} K z, k = 1..L-1."""
    ar, (image, _), net = instance.arithmetic, instance.image(), instance.net
    cosines = []
    for A, B in zip(net.suffixes[:-1], net.prefixes[1:], strict=True):
        x, y = B @ image, A.mT @ instance.output
        product = ar.entry(y.mT @ x, 0, 0)
        cosines.append(product * product / (ar.frobenius_sq(x) * ar.frobenius_sq(y)))
    return cosines


@family("path_twist", "c")
def twist(instance: Directed) -> list[Any]:
    """c_k = Σ_{i<j} (x_i y_j - x_j y_i)², x = A_kᵀ û and y = B_{k+1} K z, k = 1..L-1."""
    ar, (image, energy) = instance.arithmetic, instance.image()
    size = 2 * energy * instance.squared_length()
    pairs = zip(instance.net.suffixes, instance.net.prefixes[1:], strict=False)
    outer = [A.mT @ instance.output @ (B @ image).mT for A, B in pairs]
    return [ar.frobenius_sq(M - M.mT) / size for M in outer]


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


path_last = expanded(
    "path_last", r"|A_L^T\hat u|^2|PKz|^2",
    "|A_Lᵀ û|² |P K z|² = |PKz|², the pair after the last layer.",
    gain_out(L) * gain_in(L + 1),
)  # fmt: skip
meeting_least = expanded(
    "meeting_least", r"\min_{k<L}(A_k^T\hat u\cdot B_{k+1}Kz)^2",
    "The least cos² |A_kᵀû|² |B_{k+1} K z|² of the angle between both, k < L; as pair_least.",
    Least(cosine(k) * gain_out(k) * gain_in(k + 1), k, 1, L - 1),
)  # fmt: skip


@quantity("pairing", r"(\hat u\cdot TKz)^2")
def pairing(instance: Directed) -> Any:
    """(û · T K z)²: what the target maps z to, seen along û."""
    ar, (image, energy) = instance.arithmetic, instance.image()
    product = ar.entry(instance.output.mT @ instance.target @ image, 0, 0)
    return product * product / (energy * instance.squared_length())


lagrange_rest = expanded(
    "lagrange_rest",
    r"\textstyle\sum_{k<L}(|A_k^T\hat u|^2|B_{k+1}Kz|^2-(\hat u\cdot TKz)^2-c_k)^2",
    "Σ_{k<L} (|A_kᵀû|² |B_{k+1}Kz|² - (û·TKz)² - c_k)², c_k = Σ_{i<j} (x_i y_j - x_j y_i)² with "
    "x = A_kᵀû and y = B_{k+1}Kz: zero by Lagrange's identity.",
    sp.Sum((gain_out(k) * gain_in(k + 1) - twist(k) - pairing.symbol) ** 2, (k, 1, L - 1)),
    positive=False,
)  # fmt: skip


@quantity("regressor_share", r"(\hat w\cdot Kz)^2")
def regressor_share(instance: DirectedInstance) -> Any:
    """(ŵ · K z)², ŵ = w*/|w*|: the share of the data along the regressor (one output)."""
    ar, (image, energy) = instance.arithmetic, instance.image()
    product = ar.entry(instance.target @ image, 0, 0)
    return product * product / (energy * ar.frobenius_sq(instance.target))


@quantity("path_quotient", r"2\langle\hat u\otimes z, G(\hat u\otimes z)\rangle")
def path_quotient(instance: Directed) -> Any:
    """2 <û ⊗ z, G (û ⊗ z)>, G = Σ_k A_kA_kᵀ ⊗ K B_kᵀB_k K: a value of the dual Gram form."""
    ar, (image, energy) = instance.arithmetic, instance.image()
    instance.expect_minimizer()
    direction = ar.kron(instance.output, image)
    value = ar.entry(direction.mT @ dual_gram(instance.net) @ direction, 0, 0)
    return 2 * value / (energy * instance.squared_length())
