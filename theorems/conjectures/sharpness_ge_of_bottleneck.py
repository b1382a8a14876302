r"""Open: does the whitened bound survive a hidden width below the rank of the target?

Statement
    Let Σ = I and let a hidden layer be narrower than rank T.  Then no W has P = T, and the global
    minima are the factorisations of a best approximation P of T.  Conjectured for width 1:

        S(W) >= 2 L σ^{2-2/L},    σ = |T|_2,

    as for wide networks (M1), and so S_min is the same.

Notation
    P = σ u vᵀ is the top part of T, and T = P + E with Eᵀu = 0, Ev = 0, |E|_2 <= σ
    (``target_norm`` = σ, ``sharpness`` = λ_max of the whole Hessian).

Assumptions
    bottleneck  P is a best rank-one approximation of T and some hidden width is 1.

What is known
    The residual E enters the Hessian only between a layer before the bottleneck and one after it:
    at a layer k before it A_kᵀE = 0, after it E B_kᵀ = 0.  At L = 2 the top block is that of a wide
    network and the others are 2(σ ± |E|): the bound holds and is attained.  In general nothing is
    claimed here.

Main results
    O1.bottleneck  attacked: the bound at minima with one hidden width equal to 1

Evidence
    Attacked by the engine; not derived.

Sharpness
    Attained at L = 2 by W_1 = √σ vᵀ, W_2 = √σ u.

Implementation notes
    Any layers around a hidden width of 1 make a P of rank one; T is P plus an E orthogonal to it
    on both sides, scaled until |E|_F <= |P|_F.

References
----------
    certimin2026 (open question)

Tags
    open, sharpness, bottleneck
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

from numeric.spectrum import sharpness_at_minimizer
from theorems.instances import Instance
from theorems.quantities import depth, sharpness, symbols, target_norm
from theorems.recipes import Draw, setting
from verify.claims import Bounds, quantity
from verify.errors import Undefined
from verify.legacy import Assumption, Claim, Formula, Theorem, Witness
from verify.theorem import Control, Source

__all__ = ["THEOREM"]

# --- minima of networks with a hidden layer of width one ------------------------------------------


@setting(
    "bottleneck-minima",
    "Σ = I, one hidden width 1, any layers, T = P + E with E orthogonal to P and |E|_F <= |P|_F",
)
def bottleneck_minima(draw: Draw) -> Instance:
    """Global minima of networks too narrow for their target."""
    ar = draw.arithmetic
    L = draw.depth()
    shape = [draw.width() for _ in range(L + 1)]
    shape[draw.integer(1, L - 1)] = 1
    layers = [draw.matrix(m, n) for n, m in itertools.pairwise(shape)]
    rest = draw.matrix(shape[-1], shape[0], -1, 1)
    map_ = Instance.of(ar, layers, ar.identity(shape[0])).net.end_to_end
    power = ar.frobenius_sq(map_)
    if ar.kind == "exact" and power == 0:
        raise Undefined("the map of the network vanishes")
    # P = p qᵀ: p pᵀ/|p|² = P Pᵀ/|P|_F², likewise for q
    left = ar.identity(shape[-1]) - ar.scale(1 / power, map_ @ map_.mT)
    right = ar.identity(shape[0]) - ar.scale(1 / power, map_.mT @ map_)
    scale = ar.minimum(ar.scalar(1), power / (1 + ar.frobenius_sq(rest) * (1 + power)))
    target = map_ + ar.scale(scale, left @ rest @ right)
    return Instance.of(ar, layers, ar.identity(shape[0]), target)


def _is_best_of_rank_one(instance: Instance) -> Any:
    """Eᵀ P = 0, E Pᵀ = 0, and |E|_F <= |P|_F: then P is a best rank-one approximation of T."""
    ar, P = instance.arithmetic, instance.net.end_to_end
    E = instance.target - P
    excess = ar.frobenius_sq(E) - ar.minimum(ar.frobenius_sq(E), ar.frobenius_sq(P))
    narrow = min(instance.net.widths[1:-1], default=2) == 1
    orthogonal = ar.is_zero(E.mT @ P) & ar.is_zero(E @ P.mT)
    return orthogonal & ar.is_zero(ar.scale(excess, ar.identity(1))) & narrow


bottleneck = Assumption(
    "bottleneck", r"\min_k d_k = 1,\; P = \sigma uv^T,\; T = P + E", _is_best_of_rank_one
)


@quantity("gram_sharpness", r"2\lambda_{\max}(G)")
def gram_sharpness(instance: Instance) -> Any:
    """Twice the top of the dual Gram matrix: the sharpness at minimizers, and only there."""
    return sharpness_at_minimizer(instance.net, instance.sigma)


# --- claim and control --------------------------------------------------------------------------

S, L, sigma, gram = symbols(sharpness, depth, target_norm, gram_sharpness)
narrow_bound = Formula("narrow_bound", r"2L\sigma^{2-2/L}", 2 * L * sigma ** (2 - 2 / L))
_SMALL = Bounds(depth=(2, 3), width=(1, 2))


def _claim(claim_id: str, title: str, relation: Any) -> Claim:
    return Claim(
        claim_id, title, bottleneck_minima, relation, (bottleneck,), (narrow_bound,), _SMALL
    )


def _balanced() -> Instance:
    half = Fraction(1, 2)
    return Instance.exact([[[2, 0]], [[2], [0]]], [[1, 0], [0, 1]], [[4, 0], [0, half]])


THEOREM = Theorem(
    id="O1",
    title="Open: the whitened bound with a hidden width of one",
    statement=(
        r"\Sigma = I,\; \min_k d_k = 1 \;\overset{?}{\Longrightarrow}\; "
        r"S(W) \ge 2L\,|T|_2^{2-2/L} \text{ at every global minimum}"
    ),
    normalisation="R = E|y - Px|², no factor 1/2",
    source=Source("certimin2026", "open question"),
    claims=(
        _claim(
            "O1.bottleneck",
            "attacked, not claimed: no minimum of a network of width one is flatter",
            S >= narrow_bound.symbol,
        ),
    ),
    controls=(
        Control(
            _claim(
                "O1.control.gram_suffices",
                "the residual leaves the Hessian alone: S is that of the dual Gram matrix",
                S <= gram,
            )
        ),
        Control(
            _claim(
                "O1.control.larger_exponent",
                "2 - 1/L for 2 - 2/L",
                S >= 2 * L * sigma ** (2 - 1 / L),
            )
        ),
    ),
    witnesses=(
        Witness(
            "O1.witness.balanced",
            "O1.bottleneck",
            "T = diag(4, 1/2) through one neuron: W_1 = (2, 0), W_2 = (2, 0)ᵀ, S = 16",
            _balanced,
        ),
    ),
    formulas=(narrow_bound,),
    uses=("M1",),
    status="open",
    module=__name__,
    tags=("open", "sharpness", "bottleneck"),
)
