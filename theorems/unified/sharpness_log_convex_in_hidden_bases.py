r"""Sharpness is log-convex in the hidden bases of a minimizer.

Statement
    Let W be a minimizer and change the bases of its hidden layers, W_k -> G_k W_k G_{k-1}^{-1} with
    G_0 = G_L = I, which keeps P.  For symmetric X_k, log S is convex along G_k = exp(tX_k).

    Consequence, proved below on paper only.  Let TΣ != 0, r = rank(TΣ), L >= 2.  If all hidden
    widths are at least r + 1, the set of flattest minimizers is path-connected.  If all are r, it
    has exactly 2^{L-1} components.

Notation
    S (``sharpness``); ``sharpness_forward``, ``sharpness_backward`` are S after changing bases by
    G_k and by G_k^{-1}; ``sharpness_contracted`` is S of (Π_1W_1, ..., Π_{L-1}W_{L-1}, W_L), Π_k
    the projector on the row space of the suffix A_k.

Assumptions
    minimizer  S is the dual Gram value.  G_k must be symmetric and positive: for other changes of
               basis S(W)² can exceed S(GW) S(G⁻¹W) (control).

Proof
    Log-convex: along t, A_k -> A_kG_k^{-1} and B_k -> G_{k-1}B_k, so each
    |A_kᵀZKB_kᵀ|_F² is a sum of terms c_i²e^{λ_it}; sums of such are log-convex, maxima too.
    Contraction: A_{k+1}W_{k+1} = A_k gives Π_{k+1}W_{k+1} = Π_{k+1}W_{k+1}Π_k.  So with
    G_k(t) = Π_k + e^{-t}(I-Π_k) the layers stay bounded, all A_k stay as they are and each B_kᵀB_k
    decreases: S does not grow, and as t -> ∞ the layers tend to networks that use only the row
    spaces of the A_k; whatever acts beside them can be scaled to 0.  The part of W_1 in ker Σ can
    be scaled away too.  The transposed argument restricts to the ranges of the B_kK.  So every
    flattest minimizer is joined, through flattest ones, to one with W_k = J_kw_kJ_{k-1}ᵀ, J_k
    isometries from R^r, w_k invertible for 1 < k < L, and P = T on the range of Σ.
    Two of these differ in w by G in GL(r)^{L-1}.  With G_k = O_kS_k (polar), S is minimal at both
    ends of exp(t log S_k), 0 <= t <= 1, hence throughout.  Last, O_k turns J_k into J_kO_k: the
    Stiefel manifold of isometries R^r -> R^d is connected for d > r; for d = r the sign of det O_k
    cannot change, since minimizers of width r are a copy of GL(r)^{L-1}.

Sharpness
    Symmetry of the X_k is needed (control).  At width r = 1, T = 1, L = 2 the flattest minimizers
    are (1, 1) and (-1, -1): two pieces.

Implementation notes
    t = 1 and -1 with G_k = RRᵀ + I/4 rational: no exponential is taken.  Contraction is decided
    where all A_k have full row rank.  The consequence on components is no claim of this module:
    its topology is not computed.

References
----------
    certimin2026
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_at_minimizer
from theorems.assumptions import minimizer, one_output
from theorems.foundations import hessian_spectrum_eq_dual_gram as F3
from theorems.instances import Instance
from theorems.quantities import minimal_sharpness, sharpness, symbols
from theorems.recipes import Draw, setting
from theorems.settings import minimizers, univariate_minimizers
from verify.errors import Undefined
from verify.theorem import (
    Bounds,
    Condition,
    Identity,
    Source,
    Step,
    Theorem,
    claim,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- changes of the hidden bases -----------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class RebasedInstance(Instance):
    """A minimizer with a change of basis G_k for each hidden layer, ``bases``."""

    bases: tuple[Any, ...]


def _rebased(instance: RebasedInstance, *, inverted: bool) -> Any:
    """Sharpness of the layers G_kW_kG_{k-1}^{-1}, of those with G_k^{-1} for G_k if inverted."""
    ar, layers = instance.arithmetic, list(instance.weights)
    for k, G in enumerate(instance.bases):
        inverse = ar.inverse(G)
        left, right = (inverse, G) if inverted else (G, inverse)
        layers[k], layers[k + 1] = left @ layers[k], layers[k + 1] @ right
    return sharpness_at_minimizer(LinearNetwork(ar, tuple(layers)), instance.sigma)


@quantity("sharpness_forward", "S(GW)")
def sharpness_forward(instance: RebasedInstance) -> Any:
    """Sharpness after the hidden bases are changed by G_k."""
    return _rebased(instance, inverted=False)


@quantity("sharpness_backward", "S(G^{-1}W)")
def sharpness_backward(instance: RebasedInstance) -> Any:
    """Sharpness after the hidden bases are changed by G_k^{-1}."""
    return _rebased(instance, inverted=True)


@quantity("sharpness_contracted", r"S(\Pi W)")
def sharpness_contracted(instance: Instance) -> Any:
    """Sharpness of (Π_1W_1, ..., Π_{L-1}W_{L-1}, W_L); the A_k must have full row rank."""
    ar, net = instance.arithmetic, instance.net
    layers = [
        A.mT @ ar.inverse(A @ A.mT) @ A @ W
        for A, W in zip(net.suffixes[:-1], net.weights[:-1], strict=True)
    ]
    contracted = LinearNetwork(ar, (*layers, net.weights[-1]))
    return sharpness_at_minimizer(contracted, instance.sigma)


@setting("positive-bases", "any minimizer, hidden bases changed by G_k = R Rᵀ + I/4")
def positive_bases(draw: Draw) -> RebasedInstance:
    """Symmetric positive changes of the hidden bases."""
    ar, plain = draw.arithmetic, draw.of(minimizers)
    bases = []
    for d in plain.net.widths[1:-1]:
        R = draw.matrix(d, d)
        bases.append(R @ R.mT + ar.scale(ar.scalar(Fraction(1, 4)), ar.identity(d)))
    return RebasedInstance.beside(plain, bases=tuple(bases))


@setting("any-bases", "any minimizer, hidden bases changed by any invertible G_k")
def any_bases(draw: Draw) -> RebasedInstance:
    """Invertible changes of the hidden bases."""
    ar, plain = draw.arithmetic, draw.of(minimizers)
    bases = tuple(draw.matrix(d, d) for d in plain.net.widths[1:-1])
    try:
        for G in bases if ar.kind == "exact" else ():
            ar.inverse(G)
    except ZeroDivisionError as error:
        raise Undefined("a change of basis has no inverse") from error
    return RebasedInstance.beside(plain, bases=bases)


@setting("turned-bases", "any minimizer, hidden bases changed by rotations G_k")
def turned_bases(draw: Draw) -> RebasedInstance:
    """Orthogonal changes of the hidden bases."""
    plain = draw.of(minimizers)
    return RebasedInstance.beside(plain, bases=tuple(draw.rotations(plain.net.widths[1:-1])))


S, S_min, S_forward, S_backward, S_contracted = symbols(
    sharpness, minimal_sharpness, sharpness_forward, sharpness_backward, sharpness_contracted
)

# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((2, 3), (1, 2))


@claim(
    positive_bases, S**2 <= S_forward * S_backward, minimizer, given=(F3.spectrum,), bounds=_SMALL
)
def convex() -> Iterator[Step]:
    """Sharpness is log-convex in the hidden bases.

    Log-convexity of sums of exponentials, f f'' - f'^2 being a sum over pairs of terms.
    """
    t, x, y = sp.symbols("t x y", real=True)
    c, d = sp.symbols("c d", nonnegative=True)
    first, second = c * sp.exp(x * t), d * sp.exp(y * t)
    total, pair = first + second, first * second * (x - y) ** 2
    curvature = total * sp.diff(total, t, 2) - sp.diff(total, t) ** 2
    yield Identity("f f'' - f'^2 for a pair of terms", curvature, pair, why="calculus")
    yield Condition("no pair is negative", pair, ">=", why="maxima of log-convex are log-convex")


@claim(minimizers, S_contracted <= S, minimizer, given=(F3.spectrum,), bounds=_SMALL)
def contract() -> Iterator[Step]:
    """Contraction to the row spaces of the suffixes does not raise it.

    What a change by Π + ε(I-Π) does, block by block: blocks are noncommuting symbols of any size;
    A_k = (u, 0), and A_{k+1}W_{k+1} = A_k makes the upper right block of each later layer vanish.
    """
    u, a, b, c, p, q = sp.symbols("u a b c p q", commutative=False)
    e = sp.Symbol(r"\varepsilon", positive=True)
    G, back = sp.diag(1, e), sp.diag(1, 1 / e)
    A, W, B = sp.Matrix([[u, 0]]), sp.Matrix([[a, 0], [b, c]]), sp.Matrix([p, q])
    why = "the B_kᵀB_k decrease in the order of forms, so the dual Gram matrix does"
    yield Identity("suffixes stay", A * back, A, why=why)
    yield Identity("layers stay bounded", G * W * back, sp.Matrix([[a, 0], [e * b, c]]), why=why)
    yield Identity("prefixes shrink", G * B, sp.Matrix([p, e * q]), why=why)


turned = stated(
    "turned", "rotations of the hidden bases keep it",
    turned_bases, sp.Eq(S_forward, S), minimizer, bounds=_SMALL,
)  # fmt: skip
turned_back = stated(
    "turned_back", "and so do their inverses",
    turned_bases, sp.Eq(S_backward, S), minimizer, bounds=_SMALL,
)  # fmt: skip
contracted = stated(
    "contracted", "one output: contraction leaves a minimizer, no flatter than the flattest",
    univariate_minimizers, S_contracted >= S_min, minimizer, one_output, bounds=_SMALL,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("any_change", "the same for changes of basis that are not symmetric and positive",
         any_bases, S**2 <= S_forward * S_backward, minimizer, bounds=_SMALL),
    twin("concave", "log-concave in the hidden bases",
         positive_bases, S**2 >= S_forward * S_backward, minimizer, bounds=_SMALL),
    twin("invariant", "changes of the hidden bases leave the sharpness as it is",
         positive_bases, S_forward <= S, minimizer, bounds=_SMALL),
)  # fmt: skip


def _example() -> RebasedInstance:
    plain = Instance.of_minimizer([[[1, 2], [0, 1]], [[1, 1], [0, 1]]], [[2, 1], [1, 1]])
    G = plain.arithmetic.matrix([[2, 1], [1, 1]])
    return RebasedInstance.beside(plain, bases=(G,))


THEOREM = Theorem(
    id="U11",
    title="Sharpness is log-convex in the hidden bases of a minimizer",
    statement=(
        r"P\Sigma = T\Sigma,\ X_k = X_k^T,\ X_0 = X_L = 0 \implies "
        r"t \mapsto \log S\bigl((e^{tX_k}W_ke^{-tX_{k-1}})_k\bigr) \text{ is convex}"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; X_k symmetric, X_0 = X_L = 0",
    source=Source("certimin2026", "log-convexity of sharpness in the hidden bases"),
    claims=(convex, contract, turned, turned_back, contracted),
    controls=_twins,
    witnesses=(
        witness("bases", convex, "one hidden layer changed by [[2, 1], [1, 1]]", _example),
        witness("one_output", contract, "one output, one of two hidden directions unused",
                lambda: Instance.of_minimizer([[[1, 0], [0, 1]], [[1, 0]]], [[1, 0], [0, 1]])),
    ),
    module=__name__,
)  # fmt: skip
