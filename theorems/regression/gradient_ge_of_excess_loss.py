r"""The gradient of a one-output network is at least a multiple of the excess loss.

Statement
    For any weights with d_y = 1 and any data, with λ the smallest non-zero eigenvalue of Σ,

        Σ_k |∇_{W_k} R|² >= 4 λ ( Σ_k |α_k|² σ_min(B_k)² ) (R - R_min),

    where α_kᵀ = A_k and σ_min(B) = min_{|x|=1} |Bx|, which is 0 if B has fewer rows than columns.

Notation
    Σ_k |∇_{W_k} R|² (``slope_sq``), λ (``data_min_positive``), the sum Σ_k |A_k|_F² σ_min(B_k)²
    (``path_floor``), R - R_min (``loss``: the data are realisable, R_min = 0), E = PΣ - C.

Assumptions
    one_output  d_y = 1: then ∇_{W_k} R has rank one.  Without it, an error in an output that the
                later layers ignore has gradient zero.

Proof
    ∇_{W_k} R = 2 α_k (E B_kᵀ), so |∇_{W_k} R|² = 4 |α_k|² |B_k Eᵀ|² >= 4 |α_k|² σ_min(B_k)² |E|².
    With δ = P - w*ᵀ, E = δΣ and R - R_min = δΣδᵀ, and in the eigenbasis of Σ
    |E|² = Σ_i λ_i² δ_i² >= λ Σ_i λ_i δ_i²: zero eigenvalues contribute nothing to either side.

Sharpness
    Attained at every depth (C5.attained), so the constant 4 cannot be improved.

Implementation notes
    The smallest singular value that libraries return is the least of min(m, n) of them, and not
    σ_min for a B with fewer rows than columns; the control ``library_sigma_min`` refutes it.

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
from theorems.quantities import data_max, loss, slope_sq, symbols
from theorems.regression.features import (
    FeatureInstance,
    data_min_positive,
    feature_weights,
    isotropic_weights,
)
from theorems.words import matrix, symmetric, trace, transpose
from verify.theorem import (
    Bounds,
    Condition,
    Formula,
    Identity,
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

__all__ = ["THEOREM", "path_floor"]

# --- quantities and closed form -----------------------------------------------------------------


def _weighted(instance: Instance, gram: Any) -> Any:
    """Σ_k |A_k|_F² times the smallest eigenvalue of gram(B_k)."""
    ar, net = instance.arithmetic, instance.net
    terms = [
        ar.frobenius_sq(A) * -ar.eig_max(-gram(B))
        for A, B in zip(net.suffixes, net.prefixes, strict=True)
    ]
    return sum(terms, start=ar.scalar(0))


@quantity("path_floor", r"\textstyle\sum_k|\alpha_k|^2\sigma_{\min}(B_k)^2", positive=False)
def path_floor(instance: Instance) -> Any:
    """Σ_k |A_k|_F² σ_min(B_k)², σ_min(B) = min |Bx| over unit x (zero for wide B)."""
    return _weighted(instance, lambda B: B.mT @ B)


@quantity("path_floor_svd", r"\textstyle\sum_k|\alpha_k|^2\min\mathrm{svd}(B_k)^2", positive=False)
def path_floor_svd(instance: Instance) -> Any:
    """The same with the least of the min(m, n) singular values of B_k (a control)."""
    return _weighted(instance, lambda B: B @ B.mT if B.shape[-2] < B.shape[-1] else B.mT @ B)


slope, lam, top, floor, floor_svd, R = symbols(
    slope_sq, data_min_positive, data_max, path_floor, path_floor_svd, loss
)

pl_bound = Formula(
    "pl_bound",
    r"4\lambda_+\bigl(\textstyle\sum_k|\alpha_k|^2\sigma_{\min}(B_k)^2\bigr)(R-R_{\min})",
    4 * lam * floor * R,
)

# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((2, 3), (1, 2))


@claim(feature_weights, slope >= pl_bound, one_output, bounds=_SMALL)
def inequality(pl_bound: Any) -> Iterator[Step]:
    """The gradient dominates the excess loss at any weights.

    The gradient has rank one; two Rayleigh estimates, and their product layer by layer.
    """
    alpha, e = sp.Matrix(sp.symbols("α1:4", real=True)), sp.Matrix([sp.symbols("e1:4", real=True)])
    yield Identity(
        "the gradient 2αe has rank one", sum(x**2 for x in 2 * alpha * e),
        4 * alpha.dot(alpha) * e.dot(e), why="|2αe|_F² = 4|α|²|e|²", at={"d_k": 3, "d_{k-1}": 3},
    )  # fmt: skip
    P, w, Sigma = matrix("P"), matrix("w"), symmetric("Σ")
    delta = P - w
    yield Identity(
        "excess loss",
        trace(P * Sigma * transpose(P) - 2 * P * Sigma * transpose(w) + w * Sigma * transpose(w)),
        trace(delta * Sigma * transpose(delta)),
        why="PΣPᵀ - 2Pc + R(0) = δΣδᵀ, δ = P - w*ᵀ",
    )
    yield from _rayleigh()
    a, s = sp.symbols("α σ", nonnegative=True)  # |α_k| and σ_min(B_k)
    yield Identity(
        "one layer's share", 4 * a**2 * s**2 * (lam * R), pl_bound.subs(floor, a**2 * s**2),
        why="4|α_k|²σ_min(B_k)² λ(R - R_min), whose sum over k is the bound",
    )  # fmt: skip


def _rayleigh() -> Iterator[Step]:
    """In an eigenbasis, one eigenvalue v at a time: the smallest, plus a gap >= 0; and zero."""
    v, low, gap = sp.symbols("v l g", nonnegative=True)
    x = sp.Symbol("x", real=True)
    of_gram, of_data = v * x**2 - low * x**2, v**2 * x**2 - low * v * x**2
    for name, difference, left in (
        ("smallest singular value", of_gram, gap * x**2),
        ("smallest non-zero eigenvalue", of_data, (low + gap) * gap * x**2),
    ):
        yield Identity(name, difference.subs(v, low + gap), left, why="Rayleigh")
        yield Condition(f"{name}: what is left", left, ">=", why="no gap is negative")
    yield Identity("zero eigenvalues", of_data.subs(v, 0), why="ker Σ contributes to neither side")


attained = stated(
    "attained", "equality for isotropic data and layers that are multiples of rotations",
    isotropic_weights, sp.Eq(slope, pl_bound), one_output, bounds=Bounds((2, 4), (1, 3)),
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("largest_eigenvalue", "Λ for λ",
         feature_weights, slope >= 4 * top * floor * R, bounds=_SMALL),
    twin("library_sigma_min", "the least of min(m, n) singular values for σ_min",
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
    statement=(
        r"d_y = 1 \;\Longrightarrow\; \sum_k|\nabla_{W_k}R|^2 \ge "
        r"4\lambda\Bigl(\sum_k|\alpha_k|^2\sigma_{\min}(B_k)^2\Bigr)(R-R_{\min}),\quad "
        r"\sigma_{\min}(B) = \min_{|x|=1}|Bx|"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; λ the smallest non-zero eigenvalue of Σ",
    source=Source("marion2024deep", "Polyak-Lojasiewicz inequality"),
    claims=(inequality, attained),
    controls=_twins,
    witnesses=(
        witness("underdetermined", inequality, "one sample, two features: Σ of rank one, λ = 2",
                lambda: FeatureInstance.known([[[1, 1], [0, 1]], [[1, 2]]], [[1], [1]], [[3, 0]])),
    ),
    necessity=(
        needed(one_output, inequality,
               "two outputs, the second ignored by W_2 = diag(1, 0) and W_1: gradient 0, R = 1",
               lambda: FeatureInstance.known([[[1, 0], [0, 0]]] * 2, _eye, _eye)),
    ),
    trainings=(
        Training("trained", "gradient flow, the trained weights themselves at stored times",
                 _train, (inequality,)),
    ),
    module=__name__,
)  # fmt: skip
