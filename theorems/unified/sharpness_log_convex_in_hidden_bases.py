r"""Sharpness is log-convex in the hidden bases of a minimizer.

Statement
    Let $W$ be a minimizer and change the bases of its hidden layers, $W_k → G_k W_k G_{k-1}^{-1}$
    with $G_0 = G_L = I$, which keeps $P$.  For symmetric positive $G_k$, and $S(GW)$, $S(G^{-1}W)$
    the sharpness after the change by $G_k$ and by its inverse,

        S(W)² ≤ S(GW) S(G^{-1}W),                                          [convex]
        $q(W)² ≤ q(GW) q(G^{-1}W)$ for the form $q$ of $2JJᵀ$ in each direction.    [cauchy]

    Rotations $G_k$ keep the sharpness, $S(GW) = S(G^{-1}W) = S(W)$.   [turned, turned_back]
    With $\Pi_k$ the projector on the row space of $A_k$,
    $S(\Pi_1W_1, ..., \Pi_{L-1}W_{L-1}, W_L) ≤ S(W)$, and $q$ does not grow in any direction.
    [contract, shrinks]

Notation
    $S$ (``sharpness``); ``sharpness_forward``, ``sharpness_backward`` are $S$ after changing bases
    by $G_k$ and by $G_k^{-1}$; ``sharpness_contracted`` is $S$ of
    $(\Pi_1W_1, ..., \Pi_{L-1}W_{L-1}, W_L)$, $\Pi_k$ the projector on the row space of the suffix
    $A_k = W_L ⋯ W_{k+1}$; $B_k = W_{k-1} ⋯ W_1$ is a prefix.  $q$ (``gram_quotient``) is the value
    $2Σ_k|A_kᵀZKB_kᵀ|_F²$ of the dual Gram form at $Z = YK/|YK|_F$, where $Y$ comes with the
    instance.

Assumptions
    minimizer  $S$ is the dual Gram value.  $G_k$ must be symmetric: for other changes of basis
               $S(W)²$ can exceed $S(GW) S(G^{-1}W)$ (control).  The formal proof needs no positive
               ones.

Proof
    Let $F_k = A_kᵀZKB_kᵀ$, so that $q(W) = 2Σ_k |F_k|_F²$, and $S(W)$ is the largest $q(W)$ over
    $Z$, $|Z|_F = 1$ (F3).  The change of the bases takes

        A_k → A_kG_k^{-1}, \quad B_k → G_{k-1}B_k, \quad F_k → G_k^{-1}F_kG_{k-1},

    for symmetric $G_k$, and the inverse change takes $F_k$ to $G_kF_kG_{k-1}^{-1}$.  These two have
    the inner product $|F_k|_F²$.  Cauchy-Schwarz, for all $k$ together, gives in each direction $Z$

        q(W)² ≤ q(GW) q(G^{-1}W) ≤ S(GW) S(G^{-1}W),                       [cauchy]

    and the largest $q(W)$ is $S(W)$.   [convex]
    With $G_k = exp(tX_k)$, $X_k$ symmetric, which any positive $G_k$ is, this is midpoint convexity
    of $log S$ along $t$, so $log S$ is convex.
    For rotations $F_k → G_kF_kG_{k-1}ᵀ$, which keeps each norm.   [turned, turned_back]

    Contraction: $A_{k+1}W_{k+1} = A_k$ gives $\Pi_{k+1}W_{k+1} = \Pi_{k+1}W_{k+1}\Pi_k$.  So with
    $G_k(t) = \Pi_k + e^{-t}(I-\Pi_k)$ the layers stay bounded, all $A_k$ stay as they are and each
    $B_kᵀB_k$ decreases: no $q$ grows, nor does $S$, and as $t → ∞$ the layers tend to networks that
    use only the row spaces of the $A_k$; whatever acts beside them can be scaled to 0.
    [shrinks, contract]

    A consequence, on paper only.  Let $TΣ ≠ 0$, $r = rank(TΣ)$, $L ≥ 2$.  If all hidden widths are
    at least $r + 1$, the set of flattest minimizers is path-connected.  If all are $r$, it has
    exactly $2^{L-1}$ components.
    The part of $W_1$ in $\ker Σ$ can be scaled away too.  The transposed argument restricts to the
    ranges of the $B_kK$.  So every flattest minimizer is joined, through flattest ones, to one with
    $W_k = J_kw_kJ_{k-1}ᵀ$, $J_k$ isometries from $\mathbb{R}^r$, $w_k$ invertible for $1 < k < L$,
    and $P = T$ on the range of $Σ$.
    Two of these differ in $w$ by $G$ in $\operatorname{GL}(r)^{L-1}$.  With $G_k = O_kM_k$ (polar),
    $S$ is minimal at both ends of $exp(t log M_k)$, $0 ≤ t ≤ 1$, hence throughout.  Last, $O_k$
    turns $J_k$ into $J_kO_k$: the Stiefel manifold of isometries $\mathbb{R}^r → \mathbb{R}^d$ is
    connected for $d > r$; for $d = r$ the sign of $det O_k$ cannot change, since minimizers of
    width $r$ are a copy of $\operatorname{GL}(r)^{L-1}$.

Sharpness
    Symmetry of the $X_k$ is needed (control).  At width $r = 1$, $T = 1$, $L = 2$ the flattest
    minimizers are $(1, 1)$ and $(-1, -1)$: two pieces.

Implementation notes
    $t = 1$ and $-1$ with $G_k = RRᵀ + I/4$ rational: no exponential is taken.  Contraction is
    decided where all $A_k$ have full row rank.  The consequence on components is no claim of this
    module: its topology is not computed.

References
----------
    certimin2026.  That a squared norm is log-convex along $exp(tX)$, $X$ symmetric, is the
    mechanism of kempf1979length; lindsey2025regularization applies it to weight decay of linear
    networks (abstract read only), here it is applied to the dual Gram form, whose maximum is the
    sharpness
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
from verify.derivation import rules
from verify.errors import Undefined
from verify.expression import symbol
from verify.theorem import (
    Bounds,
    Claim,
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


@dataclass(frozen=True, eq=False)
class SteeredInstance(Instance):
    """A minimizer with a direction Y of its map, YΣ != 0, of shape (d_y, d_x)."""

    direction: Any


@dataclass(frozen=True, eq=False)
class SteeredBases(RebasedInstance):
    """A minimizer with a change of its hidden bases and a direction of its map."""

    direction: Any


def _rebased(instance: RebasedInstance, *, inverted: bool) -> LinearNetwork:
    """The layers G_kW_kG_{k-1}^{-1}, those with G_k^{-1} for G_k if inverted."""
    ar, layers = instance.arithmetic, list(instance.weights)
    for k, G in enumerate(instance.bases):
        inverse = ar.inverse(G)
        left, right = (inverse, G) if inverted else (G, inverse)
        layers[k], layers[k + 1] = left @ layers[k], layers[k + 1] @ right
    return LinearNetwork(ar, tuple(layers))


@quantity("sharpness_forward", "S(GW)", above=("gram_quotient_forward",))
def sharpness_forward(instance: RebasedInstance) -> Any:
    """Sharpness after the hidden bases are changed by G_k."""
    return sharpness_at_minimizer(_rebased(instance, inverted=False), instance.sigma)


@quantity("sharpness_backward", "S(G^{-1}W)", above=("gram_quotient_backward",))
def sharpness_backward(instance: RebasedInstance) -> Any:
    """Sharpness after the hidden bases are changed by G_k^{-1}."""
    return sharpness_at_minimizer(_rebased(instance, inverted=True), instance.sigma)


@quantity(
    "sharpness_contracted",
    r"S(\Pi W)",
    supremum=(symbol("gram_quotient_contracted"), ("gram_quotient_contracted",)),
)
def sharpness_contracted(instance: Instance) -> Any:
    """Sharpness of (Π_1W_1, ..., W_L), Π_k the projector on the rows of A_k, of full row rank."""
    return sharpness_at_minimizer(_contracted(instance), instance.sigma)


def _contracted(instance: Instance) -> LinearNetwork:
    ar, net = instance.arithmetic, instance.net
    layers = [
        A.mT @ ar.inverse(A @ A.mT) @ A @ W
        for A, W in zip(net.suffixes[:-1], net.weights[:-1], strict=True)
    ]
    return LinearNetwork(ar, (*layers, net.weights[-1]))


def _quotient(instance: SteeredInstance | SteeredBases, net: LinearNetwork) -> Any:
    """2 Σ_k |A_kᵀ YΣ B_kᵀ|_F² / |YK|_F²."""
    ar, Y = instance.arithmetic, instance.direction
    instance.expect_minimizer()
    image = Y @ instance.sigma
    terms = [
        ar.frobenius_sq(A.mT @ image @ B.mT)
        for A, B in zip(net.suffixes, net.prefixes, strict=True)
    ]
    return 2 * sum(terms[1:], start=terms[0]) / ar.trace(image @ Y.mT)


@quantity("gram_quotient", "q(W)")
def gram_quotient(instance: SteeredInstance | SteeredBases) -> Any:
    """2 Σ_k |A_kᵀ Z K B_kᵀ|_F², Z = YK/|YK|_F: a value of the dual Gram form."""
    return _quotient(instance, instance.net)


@quantity("gram_quotient_forward", "q(GW)")
def gram_quotient_forward(instance: SteeredBases) -> Any:
    """The same after the hidden bases are changed by G_k."""
    return _quotient(instance, _rebased(instance, inverted=False))


@quantity("gram_quotient_backward", "q(G^{-1}W)")
def gram_quotient_backward(instance: SteeredBases) -> Any:
    """The same after the hidden bases are changed by G_k^{-1}."""
    return _quotient(instance, _rebased(instance, inverted=True))


@quantity("gram_quotient_contracted", r"q(\Pi W)")
def gram_quotient_contracted(instance: SteeredInstance) -> Any:
    """The same for (Π_1W_1, ..., Π_{L-1}W_{L-1}, W_L)."""
    return _quotient(instance, _contracted(instance))


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


def _straight(instance: Instance) -> Any:
    """Y of ones, of one column of ones where Σ maps that to 0: what had no direction, with one."""
    ar, widths = instance.arithmetic, instance.net.widths
    rows = [[1] * widths[0], *([int(i == j) for i in range(widths[0])] for j in range(widths[0]))]
    tried = [ar.matrix([row] * widths[-1]) for row in rows]
    seen = next((Y for Y in tried if not ar.is_zero(Y @ instance.sigma)), tried[0])
    return (SteeredBases if hasattr(instance, "bases") else SteeredInstance).beside(
        instance, direction=seen
    )


@setting(
    "steered-bases",
    "any minimizer, hidden bases changed by G_k = R Rᵀ + I/4, any direction Y of its map",
    every_direction=True,
    extend=_straight,
)
def steered_bases(draw: Draw) -> SteeredBases:
    """Symmetric positive changes of the hidden bases, with a direction."""
    plain = draw.of(positive_bases)
    return SteeredBases.beside(plain, direction=draw.matrix(*plain.target.shape[-2:]))


@setting(
    "steered-turned-bases",
    "any minimizer, hidden bases changed by rotations G_k, any direction Y of its map",
    every_direction=True,
    extend=_straight,
)
def steered_turned_bases(draw: Draw) -> SteeredBases:
    """Orthogonal changes of the hidden bases, with a direction."""
    plain = draw.of(turned_bases)
    return SteeredBases.beside(plain, direction=draw.matrix(*plain.target.shape[-2:]))


@setting(
    "steered-minimizers",
    "any minimizer, any direction Y of its map",
    every_direction=True,
    extend=_straight,
)
def steered_minimizers(draw: Draw) -> SteeredInstance:
    """Any minimizer with a direction."""
    plain = draw.of(minimizers)
    return SteeredInstance.beside(plain, direction=draw.matrix(*plain.target.shape[-2:]))


@setting("turned-bases", "any minimizer, hidden bases changed by rotations G_k")
def turned_bases(draw: Draw) -> RebasedInstance:
    """Orthogonal changes of the hidden bases."""
    plain = draw.of(minimizers)
    return RebasedInstance.beside(plain, bases=tuple(draw.rotations(plain.net.widths[1:-1])))


S, S_min, S_forward, S_backward, S_contracted = symbols(
    sharpness, minimal_sharpness, sharpness_forward, sharpness_backward, sharpness_contracted
)

q, q_forward, q_backward, q_contracted = symbols(
    gram_quotient, gram_quotient_forward, gram_quotient_backward, gram_quotient_contracted
)

# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((2, 3), (1, 2))

cauchy = stated(
    "cauchy", "Cauchy-Schwarz in each direction for both changes of the bases",
    steered_bases, q**2 <= q_forward * q_backward, minimizer, bounds=_SMALL, formal=True,
)  # fmt: skip


@claim(
    positive_bases, S**2 <= S_forward * S_backward, minimizer, given=(F3.spectrum, cauchy),
    bounds=_SMALL, formal=True,
)  # fmt: skip
def convex(cauchy: Claim) -> Iterator[Step]:
    """Sharpness is log-convex in the hidden bases."""
    both = rules.multiplied(
        rules.largest(sharpness_forward, gram_quotient_forward),
        rules.largest(sharpness_backward, gram_quotient_backward),
    )
    in_each = rules.transitive(both, rules.given(cauchy))
    yield rules.turned(rules.at_the_supremum(in_each, sharpness, lambda value: value**2))


shrinks = stated(
    "shrinks", "contraction to the row spaces of the suffixes raises no value of the form",
    steered_minimizers, q_contracted <= q, minimizer, bounds=_SMALL,
    sizes=((2, 2, 1, 1), (2, 1, 2, 2, 1), (3, 1, 1, 1, 1), (3, 2, 1, 1, 1)), formal=True,
)  # fmt: skip


@claim(
    minimizers,
    S_contracted <= S,
    minimizer,
    given=(F3.spectrum, shrinks),
    bounds=_SMALL,
    formal=True,
)
def contract(shrinks: Claim) -> Iterator[Step]:
    """Contraction to the row spaces of the suffixes does not raise it."""
    in_each = rules.transitive(rules.largest(sharpness, gram_quotient), rules.given(shrinks))
    yield rules.turned(rules.at_the_supremum(in_each, sharpness_contracted, lambda value: value))


steered = stated(
    "steered", "rotations of the hidden bases keep each value of the form",
    steered_turned_bases, sp.Eq(q_forward, q), minimizer, bounds=_SMALL, check=True,
    sizes=((2, 1, 2, 2, 1), (3, 1, 1, 1, 1)), formal=True,
)  # fmt: skip
steered_back = stated(
    "steered_back", "and so do their inverses",
    steered_turned_bases, sp.Eq(q_backward, q), minimizer, bounds=_SMALL, check=True,
    sizes=((2, 1, 2, 2, 1), (3, 1, 1, 1, 1)), formal=True,
)  # fmt: skip
turned = stated(
    "turned", "rotations of the hidden bases keep it",
    turned_bases, sp.Eq(S_forward, S), minimizer, bounds=_SMALL, formal=True,
)  # fmt: skip
turned_back = stated(
    "turned_back", "and so do their inverses",
    turned_bases, sp.Eq(S_backward, S), minimizer, bounds=_SMALL, formal=True,
)  # fmt: skip
kept = stated(
    "kept", "with one neuron a layer contraction changes nothing",
    steered_minimizers, sp.Eq(q_contracted, q), minimizer, bounds=Bounds((2, 3), (1, 1)),
    check=True, formal=True,
)  # fmt: skip
contracted = stated(
    "contracted", "one output: contraction leaves a minimizer, no flatter than the flattest",
    univariate_minimizers, S_contracted >= S_min, minimizer, one_output, bounds=_SMALL,
    check=True, formal=True,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("any_change", "the same for changes of basis that are not symmetric",
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
    normalisation="$R = E|y - Px|²$, no factor 1/2; $X_k$ symmetric, $X_0 = X_L = 0$",
    source=Source("certimin2026", "log-convexity of sharpness; the mechanism of kempf1979length"),
    claims=(
        cauchy, convex, shrinks, contract, steered, steered_back, turned, turned_back, contracted,
        kept,
    ),
    controls=_twins,
    witnesses=(
        witness("bases", convex,
                "one hidden layer changed by the matrix with rows $(2, 1)$, $(1, 1)$", _example),
        witness("one_output", contract, "one output, one of two hidden directions unused",
                lambda: Instance.of_minimizer([[[1, 0], [0, 1]], [[1, 0]]], [[1, 0], [0, 1]])),
    ),
    module=__name__,
)  # fmt: skip
