r"""Open: does the whitened bound survive a hidden width below the rank of the target?

Statement
    Let $Σ = I$, let a hidden layer be narrower than $rank T$, and let $W$ be a global minimum: its
    map $P$ is a best approximation of $T$ of that rank.

    Conjectured, and attacked here for width 1 and $|T - P|_F ≤ |P|_F$: as for wide networks (M1),

        S(W) ≥ 2L σ^{2-2/L}, \quad σ = |T|_2.                              [bottleneck]

Notation
    $P = σ u vᵀ$ is the top part of $T$, and $T = P + E$ with $Eᵀu = 0$, $Ev = 0$, $|E|_2 ≤ σ$;
    ``target_norm`` is $σ$, ``sharpness`` is $S$, the largest eigenvalue of the whole Hessian.
    $A_k = W_L ⋯ W_{k+1}$ and $B_k = W_{k-1} ⋯ W_1$ are what stands after and before layer $k$.

Assumptions
    bottleneck  $P$ is a best rank-one approximation of $T$ and some hidden width is 1.  Decided by
                $|E|_F ≤ |P|_F$, which implies $|E|_2 ≤ σ$ and is the same for $d_x ≤ 2$ or
                $d_y ≤ 2$.

Proof
    None is known.  What is known are remarks that no claim checks.

    No $W$ has $P = T$; the minima are as in Notation by the theorem of Eckart and Young.  The
    residual $E$ enters the Hessian only between a layer before the bottleneck and one after it: at
    a layer $k$ before it $A_kᵀE = 0$, after it $E B_kᵀ = 0$.

    At $L = 2$ the top block is that of a wide network: the bound holds.  It is attained by balanced
    layers, where the other eigenvalues are $2σ$ and $2(σ ± s)$, $s ≤ σ$ the singular values of $E$.
    In general nothing is claimed here.

Sharpness
    Attained at $L = 2$ by $W_1 = √σ vᵀ$, $W_2 = √σ u$.

Implementation notes
    The bound is attacked by the engine, not derived.  Any layers around a hidden width of 1 make a
    $P$ of rank one; $T$ is $P$ plus an $E$ orthogonal to it on both sides, scaled until
    $|E|_F ≤ |P|_F$.

References
----------
    certimin2026 (open question)
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from numeric.spectrum import sharpness_at_minimizer
from theorems.assumptions import at_most, vanishes
from theorems.flat_minima import sharpness_ge_of_minimizer as M1
from theorems.instances import Instance
from theorems.quantities import depth, sharpness, symbols, target_norm
from theorems.recipes import Draw, setting
from verify.errors import Undefined
from verify.theorem import (
    Assumption,
    Bounds,
    Formula,
    Source,
    Theorem,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- minima of networks with a hidden layer of width one ----------------------------------------


@setting(
    "bottleneck-minima",
    "Σ = I, one hidden width 1, any layers, T = P + E with E orthogonal to P and |E|_F <= |P|_F",
)
def bottleneck_minima(draw: Draw) -> Instance:
    """Global minima of networks too narrow for their target."""
    ar, L = draw.arithmetic, draw.depth()
    shape = draw.widths(L + 1)
    shape[draw.integer(1, L - 1)] = 1
    d_x, d_y, layers = shape[0], shape[-1], draw.layers(shape)
    rest = draw.matrix(d_y, d_x, -1, 1)
    P = Instance.of(ar, layers, ar.identity(d_x)).net.end_to_end
    power = ar.frobenius_sq(P)
    if ar.kind == "exact" and power == 0:
        raise Undefined("the map of the network vanishes")
    # P = p qᵀ: p pᵀ/|p|² = P Pᵀ/|P|_F², likewise for q
    left = ar.identity(d_y) - ar.scale(1 / power, P @ P.mT)
    right = ar.identity(d_x) - ar.scale(1 / power, P.mT @ P)
    scale = ar.minimum(ar.scalar(1), power / (1 + ar.frobenius_sq(rest) * (1 + power)))
    return Instance.of(ar, layers, ar.identity(d_x), P + ar.scale(scale, left @ rest @ right))


def _is_best_of_rank_one(instance: Instance) -> Any:
    """Eᵀ P = 0, E Pᵀ = 0, and |E|_F <= |P|_F: then P is a best rank-one approximation of T."""
    P = instance.net.end_to_end
    E = instance.target - P
    narrow = min(instance.net.widths[1:-1], default=2) == 1
    return vanishes(instance, E.mT @ P, E @ P.mT) & at_most(instance, _powers) & narrow


def _powers(instance: Instance) -> tuple[Any, Any]:
    """|E|_F² and |P|_F²."""
    ar, P = instance.arithmetic, instance.net.end_to_end
    return ar.frobenius_sq(instance.target - P), ar.frobenius_sq(P)


bottleneck = Assumption(
    "bottleneck", _is_best_of_rank_one, r"\min_k d_k = 1,\; P = \sigma uv^T,\; T = P + E"
)


@quantity("gram_sharpness", r"2\lambda_{\max}(G)")
def gram_sharpness(instance: Instance) -> Any:
    """Twice the top of the dual Gram matrix: the sharpness at minimizers, and only there."""
    return sharpness_at_minimizer(instance.net, instance.sigma)


# --- claim and false twins ----------------------------------------------------------------------

S, L, sigma, gram = symbols(sharpness, depth, target_norm, gram_sharpness)
narrow_bound = Formula("narrow_bound", r"2L\sigma^{2-2/L}", 2 * L * sigma ** (2 - 2 / L))
_SMALL = Bounds((2, 3), (1, 2))

bound = stated(
    "bottleneck", "attacked, not claimed: no minimum of a network of width one is flatter",
    bottleneck_minima, S >= narrow_bound, bottleneck, given=(M1.lower,), bounds=_SMALL,
)  # fmt: skip

_twins = (
    twin("gram_suffices",
         "the residual leaves the Hessian alone: $S$ is that of the dual Gram matrix",
         bottleneck_minima, S <= gram, bottleneck, bounds=_SMALL),
    twin("larger_exponent", "$2 - 1/L$ for $2 - 2/L$",
         bottleneck_minima, S >= 2 * L * sigma ** (2 - 1 / L), bottleneck, bounds=_SMALL),
)  # fmt: skip

THEOREM = Theorem(
    id="O1",
    title="Open: the whitened bound with a hidden width of one",
    normalisation="$R = E|y - Px|²$, no factor 1/2",
    source=Source("certimin2026", "open question"),
    claims=(bound,),
    controls=_twins,
    witnesses=(
        witness("balanced", bound,
                "$T = diag(4, 1/2)$ through one neuron: $W_1 = (2, 0)$, $W_2 = (2, 0)ᵀ$, $S = 16$",
                lambda: Instance.exact([[[2, 0]], [[2], [0]]], [[1, 0], [0, 1]],
                                       [[4, 0], [0, Fraction(1, 2)]])),
    ),
    status="open",
    module=__name__,
)  # fmt: skip
