r"""Open: least sharpness and least trace where the network is narrower than the rank of the target.

Statement
    Let a hidden width be 1, less than $rank(TK)$, $K = Σ^{1/2}$.  At a global minimum $PK$ is a
    best approximation of $TK$ of rank one.

    The trace is settled.  At any weights at all

        tr H ≥ 2L (d_y tr Σ)^{1/L} |PK|_*^{2-2/L},                          [trace]

    and the factors of U5.attained for $P$ in the place of $T$ attain it.

    For the sharpness it is conjectured, and attacked here for $|(T - P)K|_F ≤ |PK|_F$, that no such
    minimum is flatter than the minimizers of the task whose target is $P$:

        S(W) ≥ 2L \max_{|z|=1} |Kz|^{2/L} |PKz|^{2-2/L}.                    [bottleneck]

Notation
    $S$ (``sharpness``) is the largest eigenvalue of the whole Hessian, the right side of the second
    bound is ``map_minimal_sharpness`` (U1 with $T := P$), $|PK|_*$ is ``map_nuclear_on_data``.

Assumptions
    narrow  $PᵀE = 0$ and $EΣPᵀ = 0$ for $E = T - P$, some hidden width is 1, and
            $|EK|_F ≤ |PK|_F$: then $PK$ is a best approximation of rank one.

Proof
    Trace.  The blocks of the Hessian on its diagonal do not see the residual (F3p.trace), so $tr H$
    is that of the same weights on the target $P$, where they are a minimizer: U5.lower.  By Eckart
    and Young $|PK|_*$ is the sum of the largest singular values of $TK$, for any width.

    Sharpness, a remark that no claim checks: at $L = 2$ the bound holds, for any hidden width.  The
    top eigenvector of the Gram part is $y zᵀ$ with $y$ in the range of $W_2$; the residual is
    orthogonal to that, so the Hessian's quotient there is that of the Gram part, at least $S_min$
    for $P$.  For $L ≥ 3$ the residual enters between layers on both sides of the bottleneck, with a
    sign that is not known: open.  $Σ = I$ is O1.

Sharpness
    Attained at $L = 2$, $Σ = I$ by $W_1 = √σ vᵀ$, $W_2 = √σ u$ (O1).

Implementation notes
    Layers of any size around a width of 1; $T$ is $P$ plus an $E$ that is projected, and scaled
    until $|EK|_F ≤ |PK|_F$.

References
----------
    certimin2026 (open question)
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from numeric.gain import weighted_gain
from numeric.spectrum import sharpness_at_minimizer
from theorems.assumptions import at_most, minimizer, vanishes
from theorems.conjectures.sharpness_ge_of_bottleneck import bottleneck_minima
from theorems.foundations import hessian_trace_eq_layer_norms as F3p
from theorems.instances import Instance
from theorems.quantities import (
    d_y,
    data_trace,
    depth,
    hessian_trace,
    sharpness,
    symbols,
)
from theorems.recipes import Draw, setting
from theorems.settings import any_weights, isotropic_balanced, minimizers
from theorems.unified import hessian_trace_ge_nuclear_norm as U5
from theorems.unified import minimal_sharpness_eq_gain as U1
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

# --- minima through one neuron on correlated data -----------------------------------------------


@setting(
    "narrow-minima",
    "one hidden width 1, any layers, Σ = R Rᵀ, T = P + E with PᵀE = 0, EΣPᵀ = 0, |EK|_F <= |PK|_F",
    special=(bottleneck_minima.name,),
    checker=None,
)
def narrow_minima(draw: Draw) -> Instance:
    """Global minima of networks too narrow for their target, on any data."""
    ar, L = draw.arithmetic, draw.depth()
    shape = draw.widths(L + 1)
    shape[draw.integer(1, L - 1)] = 1
    d_x, outputs, layers = shape[0], shape[-1], draw.layers(shape)
    sigma, rest = draw.covariance(d_x), draw.matrix(outputs, d_x, -1, 1)
    P = Instance.of(ar, layers, sigma).net.end_to_end
    power, size = ar.trace(P @ sigma @ P.mT), ar.frobenius_sq(P)
    if ar.kind == "exact" and power == 0:
        raise Undefined("the map of the network vanishes on the data")
    left = ar.identity(outputs) - ar.scale(1 / size, P @ P.mT)
    right = ar.identity(d_x) - ar.scale(1 / power, sigma @ P.mT @ P)
    E = left @ rest @ right
    excess = ar.trace(E @ sigma @ E.mT)
    scale = ar.minimum(ar.scalar(1), power / (1 + excess * (1 + power)))
    return Instance.of(ar, layers, sigma, P + ar.scale(scale, E))


def _is_narrow(instance: Instance) -> Any:
    """PᵀE = 0, EΣPᵀ = 0, |EK|_F <= |PK|_F and a hidden width of one."""
    P = instance.net.end_to_end
    E = instance.target - P
    thin = min(instance.net.widths[1:-1], default=2) == 1
    return (
        vanishes(instance, P.mT @ E, E @ instance.sigma @ P.mT) & at_most(instance, _powers) & thin
    )


def _powers(instance: Instance) -> tuple[Any, Any]:
    """|EK|_F² and |PK|_F²."""
    ar, P = instance.arithmetic, instance.net.end_to_end
    E = instance.target - P
    return ar.trace(E @ instance.sigma @ E.mT), ar.trace(P @ instance.sigma @ P.mT)


narrow = Assumption(
    "narrow",
    _is_narrow,
    r"P^TE = 0,\; E\Sigma P^T = 0,\; |EK|_F \le |PK|_F,\; \min_{0<k<L} d_k = 1",
)

# --- quantities ---------------------------------------------------------------------------------


@quantity("map_minimal_sharpness", r"S_{\min}(P)")
def map_minimal_sharpness(instance: Instance) -> Any:
    """Least sharpness of the minimizers of the task whose target is the network's own map P."""
    net = instance.net
    if net.depth == 1:
        return 2 * instance.arithmetic.eig_max(instance.sigma)
    share = Fraction(1, net.depth)
    return 2 * net.depth * weighted_gain(instance.arithmetic, instance.sigma, net.end_to_end, share)


@quantity("map_nuclear_on_data", r"|PK|_*")
def map_nuclear_on_data(instance: Instance) -> Any:
    """Nuclear norm |PK|_* of the network's map on data, K = Σ^{1/2}."""
    ar, P = instance.arithmetic, instance.net.end_to_end
    return ar.power_sum(P @ instance.sigma @ P.mT, Fraction(1, 2))


@quantity("map_gram_sharpness", r"2\lambda_{\max}(G)")
def map_gram_sharpness(instance: Instance) -> Any:
    """Twice the top of the dual Gram matrix: what the sharpness would be without residual."""
    return sharpness_at_minimizer(instance.net, instance.sigma)


S, L, trace_hessian, outputs, spread, least, nuclear, gram, target = symbols(
    sharpness, depth, hessian_trace, d_y, data_trace, map_minimal_sharpness,
    map_nuclear_on_data, map_gram_sharpness, U5.target_nuclear,
)  # fmt: skip


def _trace_bound(norm: Any) -> Any:
    return 2 * L * (outputs * spread) ** (1 / L) * norm ** (2 - 2 / L)


map_trace_bound = Formula(
    "map_trace_bound", r"2L(d_y\operatorname{tr}\Sigma)^{1/L}|PK|_*^{2-2/L}", _trace_bound(nuclear)
)

# --- claims and false twins ---------------------------------------------------------------------

_SMALL = Bounds((2, 3), (1, 2))

trace = stated(
    "trace", "settled: no weights with this map have less trace, minimum or not",
    any_weights, trace_hessian >= map_trace_bound, given=(F3p.trace, U5.lower), bounds=_SMALL,
)  # fmt: skip
bound = stated(
    "bottleneck", "attacked, not claimed: no minimum through one neuron is flatter",
    narrow_minima, S >= least, narrow, given=(U1.lower,), bounds=_SMALL,
)  # fmt: skip

own_least = stated(
    "own_least", "multiples of rotations have the least sharpness of their own map",
    isotropic_balanced, sp.Eq(S, least), minimizer, bounds=_SMALL, check=True,
)  # fmt: skip
own_nuclear = stated(
    "own_nuclear", "a minimizer's map has on data the nuclear norm of the target",
    minimizers, sp.Eq(nuclear, target), minimizer, bounds=_SMALL, check=True,
)  # fmt: skip

_twins = (
    twin("gram_suffices",
         "the residual leaves the Hessian alone: $S$ is that of the dual Gram matrix",
         narrow_minima, S <= gram, narrow, bounds=_SMALL),
    twin("target_trace", "the nuclear norm of $TK$ for that of $PK$",
         narrow_minima, trace_hessian >= _trace_bound(target), narrow, bounds=_SMALL),
)  # fmt: skip

THEOREM = Theorem(
    id="O5",
    title="Open: least sharpness below the rank of the target, on correlated data",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $K = Σ^{1/2}$, $|X|_*$ the nuclear norm",
    source=Source("certimin2026", "open question"),
    claims=(trace, bound, own_least, own_nuclear),
    controls=_twins,
    witnesses=(
        witness("two", bound, "$T = diag(4, 1/2)$, $Σ = diag(1, 2)$ through one neuron: $S ≥ 16$",
                lambda: Instance.exact([[[2, 0]], [[2], [0]]], [[1, 0], [0, 2]],
                                       [[4, 0], [0, Fraction(1, 2)]])),
    ),
    status="open",
    module=__name__,
)  # fmt: skip
