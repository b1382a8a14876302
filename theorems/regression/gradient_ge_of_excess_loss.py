r"""The gradient of a one-output network is at least a multiple of the excess loss.

Statement
    Let $d_y = 1$, $λ$ the smallest non-zero eigenvalue of $Σ$ and $σ_min(B) = min_{|x|=1} |Bx|$,
    which is 0 if $B$ has fewer rows than columns; $α_kᵀ = A_k$ is what follows layer $k$ and $B_k$
    what precedes it.  At any weights, on any data,

        Σ_k |∇_{W_k} R|² ≥ 4λ (Σ_k |α_k|² σ_min(B_k)²)(R - R_min),   [inequality]

    with equality for some weights on isotropic data [attained].

Notation
    $P = A_kW_kB_k$ with $A_k = W_L ⋯ W_{k+1}$, $B_k = W_{k-1} ⋯ W_1$; $E = PΣ - C$, where
    $C = w^{*T}Σ$.  $Σ_k |∇_{W_k} R|²$ (``slope_sq``), $λ$ (``data_min_positive``), the sum
    $Σ_k |A_k|_F² σ_min(B_k)²$ (``path_floor``), $R - R_min$ (``loss``: the data are realisable,
    $R_min = 0$).

Assumptions
    one_output  $d_y = 1$: then $∇_{W_k} R$ has rank one.  Without it, an error in an output that
                the later layers ignore has gradient zero.

Proof
    The gradient in layer $k$ is $∇_{W_k} R = 2 α_k(EB_kᵀ)$, of rank one (C5.gradient), so

        |∇_{W_k} R|² = 4 |α_k|² |B_kEᵀ|² ≥ 4 |α_k|² σ_min(B_k)² |E|²

    by the definition of $σ_min$ (C5.shrunk); sum over $k$.  With $δ = P - w^{*T}$ one has $E = δΣ$
    and $R - R_min = δΣδᵀ$, and in the eigenbasis of $Σ$

        |E|² = Σ_i λ_i² δ_i² ≥ λ Σ_i λ_i δ_i² = λ(R - R_min),

    as zero eigenvalues contribute nothing to either side (C5.spectral).

Sharpness
    Attained at every depth (C5.attained), so the constant 4 cannot be improved.

Implementation notes
    The smallest singular value that libraries return is the least of $min(m, n)$ of them, and not
    $σ_min$ for a $B$ with fewer rows than columns; the control ``library_sigma_min`` refutes it.

References
----------
    marion2024deep
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.training import dyadic, gradient_flow
from theorems.assumptions import one_output
from theorems.instances import Instance
from theorems.quantities import data_max, depth, loss, slope_sq, symbols
from theorems.regression.features import (
    FeatureInstance,
    data_min_positive,
    feature_weights,
    isotropic_weights,
)
from theorems.regression.quantities import (
    floor_sq,
    image_room,
    image_sq,
    image_total,
    k,
    path_floor,
    residual_sq,
    suffix_sq,
)
from verify.derivation import rules
from verify.theorem import (
    Bounds,
    Claim,
    Formula,
    Measurement,
    Source,
    Step,
    Theorem,
    TrainedSolution,
    Training,
    claim,
    needed,
    quantity,
    stated,
    twin,
    witness,
)

__all__ = ["THEOREM"]

# --- quantities and closed form -----------------------------------------------------------------


@quantity("path_floor_svd", r"\textstyle\sum_k|\alpha_k|^2\min\mathrm{svd}(B_k)^2", positive=False)
def path_floor_svd(instance: Instance) -> Any:
    """Σ_k |A_k|_F² times the least of the min(m, n) squared singular values of B_k (a control)."""
    ar, net = instance.arithmetic, instance.net
    terms = [
        ar.frobenius_sq(A) * -ar.eig_max(-(B @ B.mT if B.shape[-2] < B.shape[-1] else B.mT @ B))
        for A, B in zip(net.suffixes, net.prefixes, strict=True)
    ]
    return sum(terms, start=ar.scalar(0))


slope, lam, top, floor, floor_svd, R, L, error = symbols(
    slope_sq, data_min_positive, data_max, path_floor, path_floor_svd, loss, depth, residual_sq
)

pl_bound = Formula(
    "pl_bound",
    r"4\lambda_+\bigl(\textstyle\sum_k|\alpha_k|^2\sigma_{\min}(B_k)^2\bigr)(R-R_{\min})",
    4 * lam * floor * R,
)

# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((2, 3), (1, 2))


gradient = stated(
    "gradient", "the gradient in each layer is of rank one",
    feature_weights, sp.Eq(slope, 4 * image_total.symbol), one_output, bounds=_SMALL,
    sizes=((2, 2, 1, 1), (2, 2, 2, 1), (3, 2, 1, 2, 1)), check=True,
)  # fmt: skip

shrunk = stated(
    "shrunk", "layers before one shrink the residual by no more than their least singular value",
    feature_weights, image_room.symbol >= 0, bounds=_SMALL, check=True,
)  # fmt: skip

spectral = stated(
    "spectral", "the residual sees the excess loss through the least eigenvalue that is not zero",
    feature_weights, error >= lam * R, one_output, bounds=_SMALL, check=True,
)  # fmt: skip


@claim(
    feature_weights, slope >= pl_bound, one_output,
    given=(gradient, shrunk, spectral), bounds=_SMALL,
)  # fmt: skip
def inequality(gradient: Claim, shrunk: Claim, spectral: Claim) -> Iterator[Step]:
    """The gradient dominates the excess loss at any weights."""
    index, below = (k, 1, L), floor_sq(k) * error
    least = rules.least(image_room, image_sq(k) - below, index)
    room = rules.transitive(least, rules.given(shrunk))
    image = rules.increasing(room, lambda t: t + below, sp.Symbol("t", real=True))
    total = rules.each(rules.scaled(image, suffix_sq(k)), index)
    over = rules.transitive(rules.definition(image_total), total)
    named = rules.substituted(over, rules.turned(rules.definition(path_floor)))
    rest = rules.scaled(rules.given(spectral), 4 * floor)
    yield rules.transitive(rules.given(gradient), rules.scaled(named, 4), rest)


attained = stated(
    "attained", "equality for isotropic data and layers that are multiples of rotations",
    isotropic_weights, sp.Eq(slope, pl_bound), one_output, bounds=Bounds((2, 4), (1, 3)),
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("largest_eigenvalue", "$Λ$ for $λ$",
         feature_weights, slope >= 4 * top * floor * R, bounds=_SMALL),
    twin("library_sigma_min", "the least of $min(m, n)$ singular values for $σ_min$",
         feature_weights, slope >= 4 * lam * floor_svd * R, bounds=_SMALL),
    twin("larger_constant", "5 for 4",
         feature_weights, slope >= 5 * lam * floor * R, bounds=_SMALL),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient flows, three stored times each; under-determined data in every second one."""
    rng = np.random.default_rng(seed)
    for run in range(min(runs, 6)):
        size, d = 2 + run % 2, 3
        F = rng.standard_normal((d, 2 if run % 2 else 3)) / np.sqrt(2)
        sigma, target = F @ F.T, rng.standard_normal((1, d))
        start = [
            0.6 * np.eye(m, d) + 0.4 * rng.standard_normal((m, d)) for m in (*[d] * (size - 1), 1)
        ]
        flow = gradient_flow(start, sigma, target @ sigma, time=5.0, rtol=1e-9)
        label = f"run {run}, depth {size}, rank {F.shape[1]}"
        path = FeatureInstance.of_factor(Floating(), flow.path, F, target)
        for t in np.linspace(0, len(flow.times) // 2, 3).astype(int):
            exact = FeatureInstance.known([dyadic(W[t]) for W in flow.path], dyadic(F),
                                          dyadic(target))  # fmt: skip
            shown = () if t else (_worst_share(path),)
            where = f"{label}, time {flow.times[t]:.3g}"
            yield TrainedSolution(where, exact, Fraction(0), shown)


def _worst_share(path: FeatureInstance) -> Measurement:
    """The bound's share of the gradient, at its largest over the stored times.

    Times with R below 1e-6 R(0) are left out: there R itself is a rounding error.  Allowed:
    rounding of about 1e-16/1e-6 in what remains.
    """
    excess = loss.measure(path)
    bound = 4 * data_min_positive.measure(path) * path_floor.measure(path) * excess
    large = excess > 1e-6 * excess[0]
    share = (bound / slope_sq.measure(path))[large]
    return Measurement("largest bound / gradient along the flow", 1.0, share.max(), 1e-9, "<=")


_eye = [[1, 0], [0, 1]]

THEOREM = Theorem(
    id="C5",
    title="With one output the gradient is at least a multiple of the excess loss",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $λ$ the smallest non-zero eigenvalue of $Σ$",
    source=Source("marion2024deep", "Polyak-Lojasiewicz inequality"),
    claims=(gradient, shrunk, spectral, inequality, attained),
    controls=_twins,
    witnesses=(
        witness("underdetermined", inequality, "one sample, two features: $Σ$ of rank one, $λ = 2$",
                lambda: FeatureInstance.known([[[1, 1], [0, 1]], [[1, 2]]], [[1], [1]], [[3, 0]])),
    ),
    necessity=(
        needed(one_output, inequality,
               "two outputs, the second ignored by $W_2 = diag(1, 0)$ and $W_1$: gradient 0, "
               "$R = 1$",
               lambda: FeatureInstance.known([[[1, 0], [0, 0]]] * 2, _eye, _eye)),
    ),
    trainings=(
        Training("trained", "gradient flow, the trained weights themselves at stored times",
                 _train, (inequality,)),
    ),
    module=__name__,
)  # fmt: skip
