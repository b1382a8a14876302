"""Paths of the most amplified signal: instances, settings and quantities shared by M2, M3, M5.

A *path* starts at a top right singular vector v of T, x_1 = v, and goes x_{k+1} = W_k x_k; seen
from the output it is y_k = A_kᵀ T v.  At a flattest minimizer of whitened data the two agree up to
scale.  Nothing here depends on the length of v, so exact instances need no roots.  The families
a_k and b_k of :mod:`theorems.directions` are those of u along Tv and z along v.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from numeric.arithmetic.rational import Rational
from numeric.networks import LinearNetwork
from numeric.spectrum import dual_gram
from theorems.directions import Directed, cosine, gain_in, k
from theorems.flat_minima.sharpness_ge_of_minimizer import whitened_bound
from theorems.instances import Instance, Rows
from theorems.quantities import depth, sharpness, symbols, target_norm
from theorems.recipes import Draw, diagonal, flattest_layers, setting
from theorems.stepped import SteppedInstance
from verify.expression import Least
from verify.theorem import Assumption, expanded, quantity

__all__ = [
    "PairedInstance",
    "SteppedPair",
    "bent_paths",
    "edge_paths",
    "flattest",
    "nonzero",
    "paired",
    "paired_flattest_minimizers",
    "paired_whitened_minimizers",
    "path_alignment_sq",
    "path_gain_sq_max",
    "path_gain_sq_min",
    "path_return_sq_max",
    "stepped",
    "stepped_minimizers",
    "stretch_sq",
    "top_vector",
]


@dataclass(frozen=True, eq=False)
class PairedInstance(Directed):
    """An instance together with a vector v of its inputs, meant to be a top singular one of T.

    Parameters
    ----------
    vector
        v as a column, of shape (d_x, 1) and any length > 0.
    """

    vector: Any

    @property
    def output(self) -> Any:
        """Return T v."""
        return self.target @ self.vector

    @property
    def input(self) -> Any:
        """Return v."""
        return self.vector


def paired(instance: Instance, vector: Rows) -> PairedInstance:
    """Return an exact instance with the column ``vector``."""
    return PairedInstance.beside(instance, vector=Rational().matrix(vector))


@dataclass(frozen=True, eq=False)
class SteppedPair(PairedInstance, SteppedInstance):
    """A network with a vector of its inputs and the step size η of gradient descent."""


def stepped(instance: Instance, vector: Rows, step: Fraction) -> SteppedPair:
    """Return an exact instance with the column ``vector`` and a step size."""
    return SteppedPair.beside(paired(instance, vector), step_size=Rational().scalar(step))


# --- assumptions --------------------------------------------------------------------------------


@quantity("stretch_sq", r"|Tv|^2/|v|^2")
def stretch_sq(instance: PairedInstance) -> Any:
    """Squared gain |Tv|²/|v|² of the target on the vector v."""
    ar = instance.arithmetic
    return ar.frobenius_sq(instance.output) / ar.frobenius_sq(instance.vector)


S, L, sigma, stretch = symbols(sharpness, depth, target_norm, stretch_sq)
nonzero = Assumption("nonzero", sp.Gt(sigma, 0, evaluate=False), r"T \ne 0")
flattest = Assumption("flattest", sp.Eq(S, whitened_bound.expression))
top_vector = Assumption("top_vector", sp.Eq(stretch, sigma**2), r"|Tv| = \sigma|v|")

# --- settings -----------------------------------------------------------------------------------


def _from_first(draw: Draw, layers: list[Any], turn: Any) -> PairedInstance:
    """Layers on whitened data, with v the image of the first coordinate."""
    first = turn @ draw.arithmetic.matrix([[int(i == 0)] for i in range(turn.shape[-1])])
    return PairedInstance.beside(draw.instance(layers), vector=first)


@setting(
    "paired-flattest-minimizers",
    "all-flattest-minimizers with v the image of the first coordinate: T v = σ u",
)
def paired_flattest_minimizers(draw: Draw) -> PairedInstance:
    """Flattest minimizers with a top singular vector of their target."""
    layers, turns = flattest_layers(draw)
    return _from_first(draw, layers, turns[0])


@setting(
    "paired-whitened-minimizers",
    "Σ = I, arbitrary invertible layers but for the last, which makes a T with known top pair",
)
def paired_whitened_minimizers(draw: Draw) -> PairedInstance:
    """Minimizers of whitened data, mostly far from flattest, with a top singular vector.

    The last layer makes the product Q diag(s, smaller) Rᵀ; v is the first column of R.
    """
    ar = draw.arithmetic
    depth, d, outputs = draw.depth(), draw.width(), draw.width()
    top = draw.number(1, 2)
    rest = [top * share for share in draw.numbers(min(d, outputs) - 1, 0, 1)]
    (target,), turns = draw.rotated([diagonal(ar, [top, *rest], outputs, d)])
    layers = [draw.matrix(d, d) for _ in range(depth - 1)]
    before = LinearNetwork(ar, tuple(layers)).end_to_end
    return _from_first(draw, [*layers, target @ ar.inverse(before)], turns[0])


@setting(
    "bent-paths",
    "one input and output, W_1 = w Q(c, s)ᵀ, W_2 = w Q e e Qᵀ, then w c: one bend of cosine c",
    exists=True,
)
def bent_paths(draw: Draw) -> PairedInstance:
    """Minimizers with one misaligned layer and otherwise equal terms a_k b_k."""
    ar, depth, w = draw.arithmetic, draw.depth(), draw.number(1, 2)
    half = draw.number(0, 1) * 3 / 4  # tangent of half the angle
    cosine = (1 - half * half) / (1 + half * half)
    sine = 2 * half / (1 + half * half)
    e = ar.matrix([[1], [0]])
    bend = ar.scale(w * cosine, e) + ar.scale(w * sine, ar.matrix([[0], [1]]))
    gains = [w, *[w * cosine] * (depth - 2)]
    straight = [ar.scale(gain, e @ e.mT) for gain in gains[:-1]]
    layers, turns = draw.rotated([bend, *straight, ar.scale(gains[-1], e.mT)])
    return _from_first(draw, layers, turns[0])


def _with_share_of_trace(instance: PairedInstance, share: Any) -> SteppedPair:
    """The instance with η = share/tr G; as S <= 2 tr G, a share of at most 1 is stable."""
    ar = instance.arithmetic
    step = ar.scalar(share) / ar.trace(dual_gram(instance.net))
    return SteppedPair.beside(instance, step_size=step)


@setting("stepped-minimizers", "paired-whitened-minimizers, η = c/tr G with c in 1..2")
def stepped_minimizers(draw: Draw) -> SteppedPair:
    """Minimizers of whitened data with a step size near the edge of stability."""
    share = draw.number(1, 2)
    return _with_share_of_trace(draw.of(paired_whitened_minimizers), share)


@setting("bent-paths-at-the-edge", "bent-paths with η = 2/S", exists=True)
def edge_paths(draw: Draw) -> SteppedPair:
    """Paths with one bend, at the largest step size they are stable at."""
    return _with_share_of_trace(draw.of(bent_paths), 1)


# --- quantities ---------------------------------------------------------------------------------


_ratio = gain_in(k + 1) / gain_in(k)

path_gain_sq_max = expanded(
    "path_gain_sq_max", r"\max_k |W_kx_k|^2/|x_k|^2",
    "Largest squared gain b_{k+1}/b_k of a layer along the path x_1 = v, x_{k+1} = W_k x_k.",
    -Least(-_ratio, k, 1, L),
)  # fmt: skip
path_gain_sq_min = expanded(
    "path_gain_sq_min", r"\min_k |W_kx_k|^2/|x_k|^2",
    "Smallest squared gain b_{k+1}/b_k of a layer along the path x_1 = v, x_{k+1} = W_k x_k.",
    Least(_ratio, k, 1, L),
)  # fmt: skip
path_alignment_sq = expanded(
    "path_alignment_sq", r"\min_{k<L}\cos^2\angle(A_k^TTv, B_{k+1}v)",
    "Least squared cosine between the path from the input and the path from the output.",
    Least(cosine(k), k, 1, L - 1),
)  # fmt: skip


@quantity("path_return_sq_max", r"\max_k |W_k^TW_kx_k|^2/|W_kx_k|^2")
def path_return_sq_max(instance: PairedInstance) -> Any:
    """Largest squared gain of a transposed layer on what the layer made of the path.

    At least the gain itself, with equality exactly where x_k is a right singular vector of W_k.
    """
    ar = instance.arithmetic
    ratios = []
    for W, B in zip(instance.weights, instance.net.prefixes, strict=True):
        image = W @ B @ instance.vector
        ratios.append(ar.frobenius_sq(W.mT @ image) / ar.frobenius_sq(image))
    return ar.maximum(*ratios)
