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

Main results
    C5.inequality  the inequality at any weights, on any data
    C5.attained    equality for Σ = sI and W_k, k < L, multiples of rotations

Evidence
    Symbolic: each estimate with its side condition, the sum over k for all L.  Exact and certified
    on arbitrary weights, and along integrated gradient flows.

Sharpness
    Attained at every depth (C5.attained), so the constant 4 cannot be improved.

Implementation notes
    The smallest singular value that libraries return is the least of min(m, n) of them, and not
    σ_min for a B with fewer rows than columns; the control ``library_sigma_min`` refutes it.

References
----------
    marion2024deep

Tags
    gradient, convergence, Polyak-Lojasiewicz
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational
from numeric.training import dyadic, gradient_flow
from theorems.assumptions import one_output
from theorems.instances import Instance
from theorems.quantities import data_max, loss, slope_sq, symbols
from theorems.recipes import Draw, setting
from theorems.regression.features import FeatureInstance, data_min_positive
from verify.claims import Bounds, Setting, quantity
from verify.legacy import (
    Claim,
    Condition,
    Formula,
    Identity,
    Necessity,
    Step,
    Theorem,
    Training,
    Witness,
)
from verify.theorem import Control, Measurement, Source, TrainedSolution

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

# --- settings -----------------------------------------------------------------------------------


@setting("feature-weights", "one output, any weights, Σ = F Fᵀ of any rank, any target")
def feature_weights(draw: Draw) -> FeatureInstance:
    """Arbitrary weights and target; under-determined data included."""
    ar = draw.arithmetic
    shape = draw.shape(outputs=1)
    layers, d = draw.layers(shape), shape[0]
    factor = draw.matrix(d, draw.integer(1, d))
    ar.inverse(factor.mT @ factor)  # rejects a factor that is not of full column rank
    return FeatureInstance.of_factor(ar, layers, factor, draw.matrix(1, d))


@setting("isotropic-weights", "Σ = s²I, W_k = g_k Q_k for k < L, any last row, any target")
def isotropic_weights(draw: Draw) -> FeatureInstance:
    """Where every estimate of the proof is an equality."""
    ar = draw.arithmetic
    depth, d = draw.depth(), draw.width()
    layers = [ar.scale(draw.number(-2, 2), draw.rotation(d)) for _ in range(depth - 1)]
    last, target = draw.matrix(1, d), draw.matrix(1, d)
    factor = ar.scale(draw.number(1, 2), ar.identity(d))
    return FeatureInstance.of_factor(ar, [*layers, last], factor, target)


# --- derivation ---------------------------------------------------------------------------------


def derive(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the rank-one gradient, two Rayleigh estimates and their product, layer by layer."""
    yield from _rank_one()
    yield from _rayleigh()
    a, s, E, delta = sp.symbols("alpha sigma E delta", nonnegative=True)
    yield Identity(
        "one layer's share",
        r"4|\alpha_k|^2\sigma_{\min}(B_k)^2\cdot\lambda(R-R_{\min}),"
        r"\text{ whose sum over } k \text{ is the bound}",
        "all L",
        "linearity in the sum over k",
        4 * a**2 * s**2 * E.subs(E, lam * delta),
        formulas["pl_bound"].subs({floor: a**2 * s**2, R: delta}),
    )


def _rank_one() -> Iterator[Step]:
    """|α (EBᵀ)|_F² = |α|²|BEᵀ|² and R - R_min = δΣδᵀ, with symbolic entries."""
    alpha = sp.Matrix(sp.symbols("a1:4", real=True))
    row = sp.Matrix([sp.symbols("e1:4", real=True)])
    yield Identity(
        "the gradient has rank one",
        r"|2\alpha\,e|_F^2 = 4|\alpha|^2|e|^2",
        "d_k = d_{k-1} = 3",
        "expansion",
        sum(x**2 for x in 2 * alpha * row),
        4 * alpha.dot(alpha) * row.dot(row),
    )
    sigma = sp.Matrix([[sp.Symbol(f"s{min(i, j)}{max(i, j)}", real=True) for j in range(2)]
                       for i in range(2)])  # fmt: skip
    P, w = (sp.Matrix([sp.symbols(f"{name}1:3", real=True)]) for name in ("p", "w"))
    excess = (P * sigma * P.T - 2 * P * sigma * w.T + w * sigma * w.T)[0]
    yield Identity(
        "excess loss",
        r"P\Sigma P^T - 2Pc + R(0) = \delta\Sigma\delta^T,\; \delta = P - w^{*T}",
        "d_x = 2",
        "expansion",
        excess,
        ((P - w) * sigma * (P - w).T)[0],
    )


def _rayleigh() -> Iterator[Step]:
    """In an eigenbasis, one eigenvalue at a time: the smallest, plus a gap >= 0; and zero."""
    low, gap = sp.symbols("l g", nonnegative=True)
    x = sp.Symbol("x", real=True)
    rules = (
        ("smallest singular value", r"(\sigma^2-\sigma_{\min}^2)x^2 \ge 0", gap * x**2,
         (low + gap) * x**2 - low * x**2),
        ("smallest non-zero eigenvalue", r"\lambda_i(\lambda_i-\lambda)x^2 \ge 0",
         (low + gap) * gap * x**2, (low + gap) ** 2 * x**2 - low * (low + gap) * x**2),
    )  # fmt: skip
    for name, statement, remainder, difference in rules:
        yield Identity(name, statement, "all d_x", "Rayleigh", difference, remainder)
        yield Condition(
            f"{name}: remainder",
            statement,
            "all d_x",
            "side condition: a gap to the smallest is not negative",
            remainder.is_nonnegative,
        )
    zero = sp.Integer(0)
    yield Identity(
        "zero eigenvalues",
        r"0^2x^2 = \lambda\cdot 0\cdot x^2",
        "all d_x",
        "the kernel of Σ contributes to neither side",
        zero**2 * x**2,
        low * zero * x**2,
    )


# --- claims and controls ------------------------------------------------------------------------

_BOUNDS = Bounds(depth=(2, 3), width=(1, 2))
_formulas = (pl_bound,)

_claims = (
    Claim(
        "C5.inequality",
        "the gradient dominates the excess loss at any weights",
        feature_weights,
        slope >= pl_bound.symbol,
        (one_output,),
        _formulas,
        _BOUNDS,
    ),
    Claim(
        "C5.attained",
        "equality for isotropic data and layers that are multiples of rotations",
        isotropic_weights,
        sp.Eq(slope, pl_bound.symbol),
        (one_output,),
        _formulas,
        Bounds(depth=(2, 4), width=(1, 3)),
    ),
)


def _twin(name: str, title: str, relation: Any, where: Setting = feature_weights) -> Control:
    return Control(Claim(f"C5.control.{name}", title, where, relation, bounds=_BOUNDS))


_controls = (
    _twin("largest_eigenvalue", "Λ for λ", slope >= 4 * top * floor * R),
    _twin(
        "library_sigma_min",
        "the least of min(m, n) singular values for σ_min",
        slope >= 4 * lam * floor_svd * R,
    ),
    _twin("larger_constant", "5 for 4", slope >= 5 * lam * floor * R),
)

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient flows, three stored times each; under-determined data in every second one."""
    rng = np.random.default_rng(seed)
    for run in range(min(runs, 6)):
        depth, d = 2 + run % 2, 3
        F = rng.standard_normal((d, 2 if run % 2 else 3)) / np.sqrt(2)
        sigma, target = F @ F.T, rng.standard_normal((1, d))
        start = [
            0.6 * np.eye(m, d) + 0.4 * rng.standard_normal((m, d)) for m in (*[d] * (depth - 1), 1)
        ]
        flow = gradient_flow(start, sigma, target @ sigma, time=5.0, rtol=1e-9)
        label = f"run {run}, depth {depth}, rank {F.shape[1]}"
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


def _ignored_output() -> FeatureInstance:
    """W_1 = W_2 = diag(1, 0), T = I: the second output is wrong and no layer can tell."""
    ar, blind = Rational(), [[1, 0], [0, 0]]
    layers = [ar.matrix(blind)] * 2
    return FeatureInstance.of_factor(ar, layers, ar.identity(2), ar.identity(2))


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
    claims=_claims,
    controls=_controls,
    formulas=_formulas,
    derivations={"C5.inequality": derive},
    witnesses=(
        Witness(
            "C5.witness.underdetermined",
            "C5.inequality",
            "one sample, two features: Σ of rank one, λ = 2",
            lambda: FeatureInstance.known([[[1, 1], [0, 1]], [[1, 2]]], [[1], [1]], [[3, 0]]),
        ),
    ),
    necessity=(
        Necessity(
            one_output,
            "C5.inequality",
            "two outputs, the second ignored by W_2 = diag(1, 0) and W_1: gradient 0, R = 1",
            _ignored_output,
        ),
    ),
    trainings=(
        Training(
            "C5.trained",
            "gradient flow, the trained weights themselves at stored times",
            _train,
            ("C5.inequality",),
        ),
    ),
    module=__name__,
    tags=("gradient", "convergence", "Polyak-Lojasiewicz"),
)
