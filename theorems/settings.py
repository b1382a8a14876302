"""Sample spaces of instances.  A setting is one recipe; see :mod:`verify.sources` for its readers.

Any weights and any Σ make an exact minimizer with T = P, so minimizers are sampled without
training.  Targets with TΣ = 0 are rejected: there the theorems say nothing.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

from theorems.instances import Instance
from theorems.recipes import (
    Draw,
    as_drawn,
    balanced_layers,
    diagonal,
    draw_lower_block,
    flattest_layers,
    inclusion,
    near_root,
    off_minimizers,
    optimal_scale,
    rank_one_layers,
    reject_vanishing,
    setting,
    single_path,
)
from verify.errors import Undefined

__all__ = [
    "aligned_minimizers",
    "any_weights",
    "attaining_minimizers",
    "balanced_minimizers",
    "balanced_on_definite_data",
    "balanced_path",
    "eigenvector_regressors",
    "exactly_attaining_minimizers",
    "flattest_minimizers",
    "isotropic_balanced",
    "minimizers",
    "square_weights",
    "trace_attaining",
    "trace_attaining_on_singular_data",
    "univariate_minimizers",
    "univariate_top_eigenvector",
    "weights",
    "whitened_balanced_minimizers",
    "whitened_minimizers",
    "worst_balanced",
]


@setting(
    "minimizers",
    "any weights, any Σ = R Rᵀ (singular too), target T = P",
    special=(
        "univariate-minimizers",
        "whitened-minimizers",
        "balanced-minimizers",
        "attaining-minimizers",
        "exactly-attaining-minimizers",
    ),
    express=as_drawn(),
)
def minimizers(draw: Draw) -> Instance:
    """Any weights and any covariance."""
    shape = draw.shape()
    layers = draw.layers(shape)
    return draw.instance(layers, draw.covariance(shape[0]))


@setting(
    "univariate-minimizers",
    "one output, any weights, any Σ, target w* = Pᵀ",
    special=(
        "aligned-minimizers",
        "univariate-top-eigenvector",
        "eigenvector-regressors",
        "overlooked-direction",
    ),
    express=as_drawn(outputs=False),
)
def univariate_minimizers(draw: Draw) -> Instance:
    """One output, any covariance."""
    shape = draw.shape(outputs=1)
    layers = draw.layers(shape)
    return draw.instance(layers, draw.covariance(shape[0]))


@setting(
    "whitened-minimizers",
    "any weights, Σ = I, target T = P",
    special=(
        "flattest-minimizers",
        "whitened-balanced-minimizers",
    ),
    express=as_drawn(data=False),
)
def whitened_minimizers(draw: Draw) -> Instance:
    """Any weights on whitened data."""
    ar = draw.arithmetic
    shape = draw.shape()
    return draw.instance(draw.layers(shape), ar.identity(shape[0]))


@setting(
    "balanced-minimizers",
    "D_k = 0 for all k (common singular values), any Σ, target T = P",
    special=(
        "worst-balanced",
        "balanced-path",
        "aligned-minimizers",
        "eigenvector-regressors",
        "overlooked-direction",
        "isotropic-balanced",
    ),
)
def balanced_minimizers(draw: Draw) -> Instance:
    """Balanced factors by rational rotations."""
    shape = draw.shape()
    layers = balanced_layers(draw, shape)
    return draw.instance(layers, draw.covariance(shape[0]))


@setting("whitened-balanced-minimizers", "D_k = 0 for all k, Σ = I, target T = P")
def whitened_balanced_minimizers(draw: Draw) -> Instance:
    """Balanced factors on whitened data."""
    ar = draw.arithmetic
    shape = draw.shape()
    layers = balanced_layers(draw, shape)
    return draw.instance(layers, ar.identity(shape[0]))


@setting("balanced-on-definite-data", "D_k = 0 for all k, Σ = R Rᵀ + I/4, target T = P")
def balanced_on_definite_data(draw: Draw) -> Instance:
    """Balanced factors on data with a finite condition number."""
    ar = draw.arithmetic
    shape = draw.shape()
    layers = balanced_layers(draw, shape)
    eye = ar.identity(shape[0])
    shift = ar.scale(ar.scalar(Fraction(1, 4)), eye)
    return draw.instance(layers, draw.covariance(shape[0]) + shift)


@setting(
    "worst-balanced",
    "W_k = g Q_k diag(1, 1/b) Q_{k-1}ᵀ, Σ = λ Q_0 diag(1, b^{2(L-1)}) Q_0ᵀ, all widths 2",
    exists=True,
)
def worst_balanced(draw: Draw) -> Instance:
    """Balanced minimizers of two outputs where balance costs most, κ = b^{2(L-1)}."""
    if not draw.bounds.width[0] <= 2 <= draw.bounds.width[1]:
        raise Undefined("these networks have width 2")
    ar = draw.arithmetic
    depth = draw.depth()
    gain, b, smallest = draw.scale(), draw.number(1, 2), draw.scale()
    turns = [draw.rotation(2) for _ in range(depth + 1)]
    core = diagonal(ar, [gain, gain / b], 2, 2)
    spectrum = diagonal(ar, [smallest, smallest * b ** (2 * (depth - 1))], 2, 2)
    layers = [after @ core @ before.mT for before, after in itertools.pairwise(turns)]
    return draw.instance(layers, turns[0] @ spectrum @ turns[0].mT)


@setting(
    "flattest-minimizers",
    "Σ = I, W_k = Q_k diag(g, N_k) Q_{k-1}ᵀ with |N_k| <= g: flattest, mostly not balanced",
    special=(
        "all-flattest-minimizers",
        "whitened-balanced-minimizers",
    ),
    exists=True,
)
def flattest_minimizers(draw: Draw) -> Instance:
    """Flattest minimizers of whitened data with an arbitrary small block beside the top path."""
    ar = draw.arithmetic
    shape = draw.shape()
    gain = draw.scale()
    turns = draw.rotations(shape)
    layers = []
    for before, after in itertools.pairwise(turns):
        rows, columns = after.shape[-1], before.shape[-1]
        core = diagonal(ar, [gain], rows, columns)
        if rows > 1 and columns > 1:
            core = core + draw_lower_block(draw, gain, rows, columns)
        layers.append(after @ core @ before.mT)
    return draw.instance(layers, ar.identity(shape[0]))


@setting(
    "all-flattest-minimizers",
    "Σ = I, W_k = g Q_k diag(1, N_k) Q_{k-1}ᵀ with any blocks N_k, scaled until S is least",
)
def all_flattest_minimizers(draw: Draw) -> Instance:
    """Flattest minimizers of whitened data whose layers may exceed the gain of the top path."""
    ar = draw.arithmetic
    layers, turns = flattest_layers(draw)
    return draw.instance(layers, ar.identity(turns[0].shape[-1]))


@setting(
    "attaining-minimizers",
    "W_1 = τ^{1-L} E_1 T', W_k = τ E_k E_{k-1}ᵀ with isometries E_k, τ next to the optimal scale",
    exists=True,
)
def attaining_minimizers(draw: Draw) -> Instance:
    """The minimizers that attain the least sharpness, for any Σ, any rank and any outputs.

    In exact arithmetic τ is a rational within 1e-9 of the optimum (q/p)^{1/(2L)}; among symbols it
    is one more, so that what holds there holds for every τ > 0.
    """
    ar = draw.arithmetic
    shape = draw.shape()
    sigma = draw.covariance(shape[0])
    rank = draw.integer(1, min(shape[1:]))
    inner = draw.matrix(rank, shape[0])
    reject_vanishing(ar, inner @ sigma)
    turns = [draw.rotation(d) @ inclusion(ar, d, rank) for d in shape[1:]]
    L = len(turns)
    symbolic = ar.kind == "symbolic"
    tau = draw.number(1, 2) if symbolic else optimal_scale(ar, sigma, inner, L)
    first = ar.scale(ar.power(tau, Fraction(1 - L)), turns[0] @ inner)
    later = [ar.scale(tau, after @ before.mT) for before, after in itertools.pairwise(turns)]
    return draw.instance([first, *later], sigma)


@setting(
    "exactly-attaining-minimizers",
    "Σ = Q diag(p, ...) Qᵀ, W_1 = g E_1 diag(1, ...) Qᵀ, W_k = g E_k E_{k-1}ᵀ, isometries E_k",
    exists=True,
)
def exactly_attaining_minimizers(draw: Draw) -> Instance:
    """Flattest and mostly unbalanced: Σ and TᵀT have their largest eigenvector in common."""
    ar = draw.arithmetic
    shape = draw.shape()
    rank = draw.integer(1, min(shape))
    turns = draw.rotations(shape)
    gain, own = draw.scale(), draw.number(1, 3)
    own, *beside = draw.scaled([own, *draw.numbers(shape[0] - 1, 0, 1)])
    smaller = [draw.number(0, 1) for _ in range(rank - 1)]
    sigma = turns[0] @ diagonal(ar, [own, *beside], shape[0], shape[0]) @ turns[0].mT
    ends = [turns[0] @ diagonal(ar, [1, *smaller], shape[0], rank)]
    ends += [Q @ inclusion(ar, Q.shape[-1], rank) for Q in turns[1:]]
    layers = [ar.scale(gain, after @ before.mT) for before, after in itertools.pairwise(ends)]
    return draw.instance(layers, sigma)


@setting(
    "univariate-top-eigenvector",
    "one output, Σ = Q diag(Λ, smaller) Qᵀ, w* along the top eigenvector, balanced layers",
    exists=True,
)
def univariate_top_eigenvector(draw: Draw) -> Instance:
    """Where the bounds of one-output networks meet: a = Λ and aligned layers of equal gain."""
    return single_path(draw, draw.shape(outputs=1))


@setting(
    "balanced-path",
    "Σ = Q diag(Λ, smaller) Qᵀ, one path of equal gains starting at its top eigenvector",
    exists=True,
)
def balanced_path(draw: Draw) -> Instance:
    """The same with any number of outputs: layers of rank one, aligned, of equal gain."""
    return single_path(draw, draw.shape())


@setting(
    "aligned-minimizers",
    "one output, any Σ, W_k = g u_k u_{k-1}ᵀ with unit vectors u_k: rank one, aligned, balanced",
)
def aligned_minimizers(draw: Draw) -> Instance:
    """What small initialisations tend to: all layers of rank one, aligned, of equal gain."""
    ar = draw.arithmetic
    shape = draw.shape(outputs=1)
    turns = draw.rotations(shape)
    layers = rank_one_layers(ar, turns, draw.scale())
    return draw.instance(layers, draw.covariance(shape[0]))


@setting(
    "eigenvector-regressors",
    "one output, w* an eigenvector of Σ, not always the top one; rank-one aligned layers",
)
def eigenvector_regressors(draw: Draw) -> Instance:
    """The regressor an eigenvector of Σ with eigenvalue a in [1, 2], the others in [0, 6]."""
    shape = draw.shape(outputs=1)
    return single_path(draw, shape, along=(1, 2), beside=(0, 6))


@setting(
    "overlooked-direction",
    "one output, w* an eigenvector of Σ with eigenvalue a, and Λ = a(L + (L-1)q²) >= La",
)
def overlooked_direction(draw: Draw) -> Instance:
    """Most of the data lies where the regressor vanishes; S_min has a rational maximizer."""
    ar = draw.arithmetic
    shape = draw.shape(outputs=1)
    if draw.bounds.width[1] < 2:
        raise Undefined("these networks have two inputs or more")
    shape[0] = max(2, shape[0])
    L = len(shape) - 1
    turns = draw.rotations(shape)
    gain, own, q = draw.scale(), draw.number(1, 2), draw.number(0, 2)
    own, *rest = draw.scaled([own, *draw.numbers(shape[0] - 2, 0, 1)])
    top = own * (L + (L - 1) * q * q)
    sigma = turns[0] @ diagonal(ar, [own, top, *rest], shape[0], shape[0]) @ turns[0].mT
    return draw.instance(rank_one_layers(ar, turns, gain), sigma)


@setting(
    "isotropic-balanced",
    "square layers W_k = g Q_k Q_{k-1}ᵀ, multiples of rotations by one gain, Σ = f² I",
    exists=True,
)
def isotropic_balanced(draw: Draw) -> Instance:
    """Multiples of rotations on isotropic data: every sum over layers has equal terms."""
    ar = draw.arithmetic
    depth, d = draw.depth(), draw.width()
    gain, scale = draw.scale(), draw.scale()
    turns = [draw.rotation(d) for _ in range(depth + 1)]
    layers = [ar.scale(gain, after @ before.mT) for before, after in itertools.pairwise(turns)]
    unit = turns[0] @ turns[0].mT  # the identity, with the batch axes of floats
    return draw.instance(layers, ar.scale(scale * scale, unit))


@setting(
    "trace-attaining",
    "Σ = F Fᵀ, W_1 = β s^{1/2} Vᵀ F^{-1}, W_k = I, W_L = γ U s^{1/2}, β and γ next to the optimum",
    exists=True,
)
def trace_attaining(draw: Draw) -> Instance:
    """The minimizers of least Hessian trace, β² = tr Σ/Σ_i s_i, γ² = d_y/Σ_i s_i.

    In exact arithmetic β and γ are rationals within 1e-9 of these roots.
    """
    shape = draw.shape()
    rank = draw.integer(1, min(shape[0], shape[-1]))
    factor = draw.matrix(shape[0], shape[0])
    return _of_least_trace(draw, shape, rank, factor)


@setting(
    "trace-attaining-on-singular-data",
    "the same with F of fewer columns than rows, F^{-1} its left inverse (FᵀF)^{-1}Fᵀ",
    exists=True,
)
def trace_attaining_on_singular_data(draw: Draw) -> Instance:
    """The minimizers of least Hessian trace where Σ = F Fᵀ is singular."""
    shape = draw.shape()
    if shape[0] == 1:
        raise Undefined("with one input there is no singular Σ but 0")
    columns = draw.integer(1, shape[0] - 1)
    rank = draw.integer(1, min(columns, shape[-1]))
    return _of_least_trace(draw, shape, rank, draw.matrix(shape[0], columns))


def _of_least_trace(draw: Draw, shape: list[int], rank: int, factor: Any) -> Instance:
    """W_1 = β s^{1/2} Vᵀ F^{-1}, W_k = I, W_L = γ U s^{1/2} for Σ = F Fᵀ, F^{-1} a left inverse."""
    ar, outputs = draw.arithmetic, shape[-1]
    roots = draw.scaled(draw.numbers(rank, 1, 2))
    core = diagonal(ar, roots, rank, rank)
    left = draw.rotation(outputs) @ inclusion(ar, outputs, rank)
    right = draw.rotation(factor.shape[-1]) @ inclusion(ar, factor.shape[-1], rank)
    total, sigma = ar.frobenius_sq(core), factor @ factor.mT
    first = ar.scale(near_root(ar, ar.trace(sigma) / total), core @ right.mT)
    last = ar.scale(near_root(ar, ar.scalar(outputs) / total), left @ core)
    middle = [ar.identity(rank) for _ in shape[2:-1]]
    tall = factor.shape[-2] > factor.shape[-1]
    inverse = ar.inverse(factor.mT @ factor) @ factor.mT if tall else ar.inverse(factor)
    return draw.instance([first @ inverse, *middle, last], sigma)


@setting("any-weights", "arbitrary weights, any Σ, arbitrary target, any outputs: not minimizers")
def any_weights(draw: Draw) -> Instance:
    """Arbitrary weights with an arbitrary target, any number of outputs."""
    return off_minimizers(draw, draw.shape())


@setting("square-weights", "arbitrary square layers of one size, any Σ, arbitrary target")
def square_weights(draw: Draw) -> Instance:
    """Arbitrary weights where all widths agree."""
    depth, width = draw.depth(), draw.width()
    return off_minimizers(draw, [width] * (depth + 1))


@setting(
    "weights",
    "one output, arbitrary weights, any Σ, arbitrary target: not a minimizer",
    special=("univariate-minimizers",),
    express=as_drawn(outputs=False, target=True),
)
def weights(draw: Draw) -> Instance:
    """Arbitrary weights with an arbitrary target."""
    return off_minimizers(draw, draw.shape(outputs=1))
