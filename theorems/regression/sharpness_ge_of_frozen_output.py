r"""Residual networks with a frozen output row: how flat a minimizer can be, and is after training.

Statement
    Let $x ↦ pᵀW_L ⋯ W_1x$ with $p ≠ 0$ fixed and $L ≥ 2$, and let $S$ be the largest eigenvalue of
    the Hessian of $R$ in $W_1, ..., W_L$.  Every minimizer has

        S ≥ 2L |p|^{2/L} max_{|z|=1} |Kz|^{2/L} |w^{*T}Kz|^{2-2/L},   [lower]
        S ≥ 2 Σ_{k=1}^{L} |α_k|² |B_kKz|²,   [direction]
        $|α_k|² |B_{k+1}Kz|² ≥ (w^{*T}Kz)²$ for $k < L$,   [pairs]

    the last two for all $z$ with $|z| = 1$.  The first bound is attained up to $10^{-7}$ by
    rational weights for any $Σ$, $w^*$ and $|p|$.   [close]
    It is attained exactly by aligned layers for $w^*$ along the top eigenvector of $Σ$.
    [attained]

Notation
    $L$ counts trained layers (``trained_depth``, one less than ``depth``): the row $pᵀ$ is the last
    matrix of the network; $|p|$ (``output_norm``); $S$ (``frozen_sharpness``), by derivatives
    (``frozen_jet_sharpness``); the maximum over $z$ (``frozen_gain``).  $K = Σ^{1/2}$; what follows
    and what precedes layer $k$ is $α_kᵀ = pᵀW_L ⋯ W_{k+1}$ and $B_k = W_{k-1} ⋯ W_1$, and
    $P = α_kᵀW_kB_k$ is the whole map.

Assumptions
    minimizer   $PΣ = w^{*T}Σ$.  Without it, $p = 1$ and zero weights have $S = 2 < 4$ for
                $w^* = 1$, $L = 2$.
    one_output  $d_y = 1$.

Proof
    Lower bound.  As for F6, with the frozen row as direction of the output, the sharpness is at
    least its value along the path through a unit vector $z$ (F3.univariate, C4.form):

        S ≥ 2 Σ_k a_kb_k, \qquad a_k = |α_k|², \quad b_k = |B_kKz|².

    At the ends $a_L = |p|²$ and $b_1 = |Kz|²$ (C4.start).  Since $α_kᵀB_{k+1} = P$ and
    $PK = w^{*T}K$ at a minimizer, Cauchy-Schwarz gives $a_kb_{k+1} ≥ (w^{*T}Kz)²$ (C4.pairs).  So,
    by AM-GM,

        S ≥ 2L (b_1a_L Π_{k<L} a_kb_{k+1})^{1/L} ≥ 2L (|p|²|Kz|²(w^{*T}Kz)^{2(L-1)})^{1/L}.

    Attained.  With unit vectors $e_k$ of the layers' outputs and a scale $τ$ take

        W_1 = τ^{1-L}|p|^{-1} e_1w^{*T}, \qquad W_k = τ e_ke_{k-1}ᵀ, \qquad p = |p| e_L.

    With $c = τ^{2(L-1)}$ these give

        Σ_k |α_k|² B_kᵀB_k = c|p|² I + (L-1)c^{-1/(L-1)} w^*w^{*T},

    and $S$ is twice the largest value at $Kz$ of this form, over $|z| = 1$.  Minimise over $c$: for
    each $z$ the least value is what the bound maximises over $z$, and the maximum over $z$ and the
    minimum over $c$ interchange as in U1.

Sharpness
    Attained, so neither constant nor exponents improve.

    The paper adds: from $W_k(0) = I + (s/√(Ld)) N_k$ with Gaussian $N_k$, $L$ and $d$ large and a
    small enough initial risk, gradient flow converges with high probability, $W_k$ moves by
    $O(1/L)$, and $S/S_min$ stays bounded in $L$.  That is observed here, not tested.

Implementation notes
    Path length: $|∇R|² ≥ μR$ (C5) gives $∫|∇R| dt ≤ 2√(R(0)/μ)$, and layer $k$ has at most the
    share $q = max_k |α_k|²|B_k|² / Σ_j |α_j|² σ_min(B_j)²$ of $|∇R|²$.  With $μ ∼ L$ and $q ∼ 1/L$
    this is $O(1/L)$; $μ$ and $q$ are taken over the stored times.
    What was observed: $d = 4$, three seeds of six flows, medians of $S/S_min$ at
    $L = 5, 10, 20, 40, 80$ were 1.6 to 1.7 ($s = 0$), 1.5 to 1.7 ($s = 1/2$) and 2.4 to 4.5
    ($s = 1$, single runs up to 14), without a trend in $L$, and $L max_k |W_k - W_k(0)|$ stayed
    between 0.4 and 1.6.  No check tests boundedness: $S_min/S ≤ 1$ only restates the lower bound,
    and the path length is a bound from the same run.  Single runs scatter so much at $s ≥ 1/2$ that
    one of them shows no trend either way.

References
----------
    marion2024deep (residual initialisation; constants not given in our sources);
    certimin2026 (S_min by the route of U1)
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.arithmetic.symbolic import Symbolic
from numeric.gain import weighted_gain
from numeric.loss import hessian, hessian_by_jets
from numeric.networks import LinearNetwork
from numeric.training import Flow, gradient_flow
from theorems.assumptions import minimizer, one_output
from theorems.directions import (
    DirectedInstance,
    directed_univariate_minimizers,
    gain_in,
    gain_out,
    k,
    pairing,
    path_ends,
)
from theorems.foundations import hessian_spectrum_eq_dual_gram as F3
from theorems.inequalities import path_bound
from theorems.instances import Instance
from theorems.lemmas import BRICKMAN, SION
from theorems.quantities import a, depth, minimal_sharpness, symbols, w_norm
from theorems.recipes import inclusion
from theorems.regression.families import frozen_attaining, frozen_paths
from theorems.regression.features import gaussian_regression
from theorems.settings import univariate_minimizers
from theorems.training import Trained
from verify.derivation import rules
from verify.errors import Undefined
from verify.expression import Least
from verify.theorem import (
    Bounds,
    Claim,
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
    expanded,
    needed,
    quantity,
    stated,
    twin,
    witness,
)

__all__ = ["THEOREM", "frozen_sharpness"]

# --- quantities and closed form -----------------------------------------------------------------


@quantity("trained_depth", "L", integer=True, nonzero=True)
def trained_depth(instance: Instance) -> int:
    """Number of trained layers when the last matrix is frozen; at least 2."""
    if instance.net.depth < 3:
        raise Undefined("a frozen output needs at least two trained layers below it")
    return instance.net.depth - 1


@quantity("output_norm", "|p|")
def output_norm(instance: Instance) -> Any:
    """Norm of the last row p."""
    ar = instance.arithmetic
    return ar.sqrt(ar.frobenius_sq(instance.weights[-1]))


def _path_gram(net: LinearNetwork) -> Any:
    """Σ_k |α_k|² B_kᵀB_k over the trained layers."""
    ar = net.arithmetic
    paths = list(zip(net.suffixes, net.prefixes, strict=True))[:-1]
    terms = [ar.scale(ar.frobenius_sq(A), B.mT @ B) for A, B in paths]
    return sum(terms[1:], start=terms[0])


def _trained_block(instance: Instance, H: Any) -> Any:
    """The block of the Hessian that belongs to all layers but the last."""
    net = instance.net
    trained = net.parameters - net.widths[-2] * net.widths[-1]
    E = inclusion(instance.arithmetic, net.parameters, trained)
    return E.mT @ H @ E


@quantity("frozen_sharpness", "S", above=("frozen_quotient",))
def frozen_sharpness(instance: Instance) -> Any:
    """Top eigenvalue of the Hessian in all layers but the last (path Gram at minimizers)."""
    ar, net = instance.arithmetic, instance.net
    if instance.at_minimizer:
        return 2 * ar.eig_max(_path_gram(net), instance.sigma)
    return ar.eig_max(_trained_block(instance, hessian(net, instance.sigma, instance.cross)))


@quantity("frozen_jet_sharpness", r"\lambda_{\max}(\nabla^2_{W_1..W_L}R)")
def frozen_jet_sharpness(instance: Instance) -> Any:
    """The same with second derivatives from hyper-dual numbers."""
    H = hessian_by_jets(instance.net, instance.sigma, instance.cross)
    return instance.arithmetic.eig_max(_trained_block(instance, H))


@quantity("frozen_quotient", r"2\langle z, K\sum_k|\alpha_k|^2B_k^TB_kKz\rangle")
def frozen_quotient(instance: DirectedInstance) -> Any:
    """2 <z, K Σ_k |α_k|²B_kᵀB_k Kz>: a value of the Gram form of the trained layers."""
    ar, (image, energy) = instance.arithmetic, instance.image()
    instance.expect_minimizer()
    return 2 * ar.entry(image.mT @ _path_gram(instance.net) @ image, 0, 0) / energy


frozen_energy = expanded(
    "frozen_energy", r"\textstyle\sum_{k\le L}|\alpha_k|^2|B_kKz|^2",
    "Σ_k |α_k|² |B_k K z|² over the trained layers.",
    sp.Sum(gain_out(k) * gain_in(k), (k, 1, trained_depth.symbol)),
)  # fmt: skip
frozen_ends = expanded(
    "frozen_ends", r"|B_1Kz|^2|\alpha_L|^2", "|B_1 K z|² |α_L|² = |p|²|Kz|².",
    gain_in(1) * gain_out(trained_depth.symbol),
)  # fmt: skip
frozen_pair = expanded(
    "frozen_pair", r"\min_{k<L}|\alpha_k|^2|B_{k+1}Kz|^2",
    "The least |α_k|² |B_{k+1} K z|² over neighbouring trained layers.",
    Least(gain_out(k) * gain_in(k + 1), k, 1, trained_depth.symbol - 1),
)  # fmt: skip
_paths = (path_ends.symbol * pairing.symbol ** (trained_depth.symbol - 1)) ** (
    1 / trained_depth.symbol
)


@quantity(
    "frozen_gain",
    r"\max_{|z|=1}|Kz|^{2/L}|w^{*T}Kz|^{2-2/L}",
    supremum=(_paths, (path_ends.name, pairing.name, "frozen_quotient")),
)
def frozen_gain(instance: Instance) -> Any:
    """Max over unit z of |Kz|^{2/L} |w*ᵀKz|^{2-2/L}, L trained layers."""
    share = Fraction(1, trained_depth.measure(instance))
    return weighted_gain(instance.arithmetic, instance.sigma, instance.target, share)


S, S_jet, g, p, m = symbols(
    frozen_sharpness, frozen_jet_sharpness, frozen_gain, output_norm, trained_depth
)
L, w, rayleigh, S_min_all = symbols(depth, w_norm, a, minimal_sharpness)
quotient, energy, ends, least = symbols(frozen_quotient, frozen_energy, frozen_ends, frozen_pair)
paired, length_in = symbols(pairing, path_ends)

frozen_bound = Formula(
    "frozen_bound", r"2L|p|^{2/L}\max_z|Kz|^{2/L}|w^{*T}Kz|^{2-2/L}", 2 * m * p ** (2 / m) * g
)
_DEEP = Bounds((3, 5), (1, 3))
_CLOSE = sp.Rational(10**7 + 1, 10**7)

# --- claims and proofs --------------------------------------------------------------------------

Kz, TKz = sp.symbols("Kz TKz", positive=True)


def _at_z(bound: Any, size: Any) -> Any:
    """The closed form before the maximum over z is taken, with ``size`` trained layers."""
    return bound.subs(g, Kz ** (2 / m) * TKz ** (2 - 2 / m)).subs(m, size)


_directed = directed_univariate_minimizers
_SIZES = ((3, 2, 1, 2), (3, 2, 2, 1), (4, 2, 1, 2, 1))

form = stated(
    "form", "the Gram form at $z$ is twice the energy along the path",
    _directed, sp.Eq(quotient, 2 * energy), one_output, bounds=_DEEP, sizes=_SIZES, check=True,
)  # fmt: skip
start = stated(
    "start", "the ends of the path are the frozen row and the data",
    _directed, sp.Eq(ends, p**2 * length_in), one_output, bounds=_DEEP, sizes=_SIZES, check=True,
    formal=True,
)  # fmt: skip
pairs = stated(
    "pairs", "neighbouring trained layers carry at least the target",
    _directed, least >= paired, minimizer, one_output, bounds=_DEEP,
    sizes=((3, 1, 1, 1), (3, 1, 2, 1), (3, 1, 2, 2), (3, 2, 1, 1), (4, 1, 1, 1, 1)),
    formal=True,
)  # fmt: skip


@claim(
    _directed,
    S >= 2 * energy,
    minimizer,
    one_output,
    given=(F3.univariate, form),
    bounds=_DEEP,
    formal=True,
)
def direction(form: Claim) -> Iterator[Step]:
    """The sharpness is at least twice the energy along any path."""
    yield rules.transitive(rules.largest(frozen_sharpness, frozen_quotient), rules.given(form))


@claim(
    univariate_minimizers, S >= frozen_bound, minimizer, one_output,
    given=(direction, start, pairs), bounds=_DEEP, formal=True,
)  # fmt: skip
def lower(direction: Claim, start: Claim, pairs: Claim) -> Iterator[Step]:
    """No minimizer is flatter."""
    mean = path_bound(
        gain_out, gain_in, energy=frozen_energy, ends=frozen_ends, least=frozen_pair,
        pairs=rules.given(pairs), length=m,
    )  # fmt: skip
    path = rules.transitive(rules.given(direction), rules.scaled(mean, 2))
    from_row = rules.substituted(path, rules.given(start))
    yield rules.at_the_supremum(from_row, frozen_gain, lambda x: 2 * m * p ** (2 / m) * x)


@claim(
    frozen_attaining,
    S <= _CLOSE * frozen_bound,
    minimizer,
    one_output,
    cites=(SION, BRICKMAN),
    bounds=_DEEP,
)
def close(frozen_bound: Any) -> Iterator[Step]:
    """Attained up to $10^{-7}$ for any $Σ$, $w^*$ and $|p|$.

    The path Gram matrix of the attaining factors, and the best scale at each z.
    """
    for size in (2, 3):
        yield _family(size)
    n, c = sp.Symbol("n", integer=True, positive=True), sp.Symbol("c", positive=True)  # n = L - 1
    objective = c * p**2 * Kz**2 + n * c ** (-1 / n) * TKz**2
    best = (TKz / (p * Kz)) ** (2 * n / (n + 1))
    yield Identity(
        "stationary scale", sp.diff(objective, c).subs(c, best),
        why="calculus, $L = n + 1$", at={"L": n + 1},
    )  # fmt: skip
    yield Identity(
        "value at the stationary scale", 2 * objective.subs(c, best), _at_z(frozen_bound, n + 1),
        why="calculus; max over $z$ and min over $c$ interchange as in U1", at={"L": n + 1},
    )  # fmt: skip
    u = sp.Symbol("u", real=True)
    yield Condition(
        "convex in u = log c", sp.diff(objective.subs(c, sp.exp(u)), u, 2), ">",
        why="the stationary scale is the minimum", at={"L": n + 1},
    )  # fmt: skip


def _family(size: int) -> Step:
    """Σ_k |α_k|²B_kᵀB_k = c|p|²I + (L-1)τ^{-2} w w^T on coordinate vectors, width 2."""
    ar, tau = Symbolic(), sp.Symbol("τ", positive=True)
    e = ar.matrix([[1], [0]])
    row = ar.matrix([sp.symbols("w1 w2", real=True)])
    first = ar.scale(tau ** (1 - size) / p, e @ row)
    layers = (first, *[ar.scale(tau, e @ e.mT)] * (size - 1), ar.scale(p, e.mT))
    c = tau ** (2 * (size - 1))
    return Identity(
        "path Gram matrix of the attaining factors",
        sp.Matrix(_path_gram(LinearNetwork(ar, layers))),
        c * p**2 * sp.eye(2) + (size - 1) * tau**-2 * sp.Matrix(row.mT @ row),
        why="$c|p|²I + (L-1)c^{-1/(L-1)} w^*w^{*T}$ with $c = τ^{2(L-1)}$",
        at={"d": 2, "L": size},
    )


attained = stated(
    "attained", "equality for $w^*$ along the top eigenvector",
    frozen_paths, sp.Eq(S, frozen_bound), minimizer, one_output, bounds=Bounds((3, 4), (1, 3)),
)  # fmt: skip

whole = stated(
    "whole", "the trained block of the Hessian has this top eigenvalue",
    univariate_minimizers, sp.Eq(S, S_jet), minimizer, one_output, bounds=Bounds((3, 3), (1, 2)),
    check=True,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("norm_of_output_left_out", "1 for $|p|^{2/L}$",
         frozen_paths, sp.Eq(S, 2 * m * g), bounds=_DEEP),
    twin("smaller_power_of_output", "$|p|^{1/L}$ for $|p|^{2/L}$",
         frozen_attaining, S <= 2 * m * p ** (1 / m) * g, bounds=_DEEP),
    twin("output_trained", "U1's bound for $L + 1$ trained layers",
         univariate_minimizers, S >= S_min_all, bounds=_DEEP),
    twin("depth_plus_one", "$L + 1$ for $L$",
         frozen_attaining, S >= 2 * (m + 1) * p ** (2 / m) * g, bounds=_DEEP),
    twin("top_singular_vector",
         "the direction of $w^{*T}K$ taken for the maximizer $z$, with $a$ for $|Kz|²$",
         frozen_attaining,
         S <= _CLOSE * 2 * m * p ** (2 / m) * rayleigh * w ** (2 - 2 / m), bounds=_DEEP),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------

_DEPTHS = (5, 10, 20, 40)  # in short runs all of them at s = 1/2, every second one otherwise
_SPREADS = (0.0, 0.5, 1.0)


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient flow from W_k = I + s/√(Ld) N_k at growing depth; the output row stays fixed."""
    rng = np.random.default_rng(seed)
    d = 4
    for run in range(min(runs, 6)):
        spread = _SPREADS[run % 3]
        few = _DEPTHS if spread == 0.5 else _DEPTHS[::2]
        sigma, row = gaussian_regression(rng, 40, d)
        bend = rng.standard_normal((1, d))
        target = row + 0.4 * bend / np.linalg.norm(bend)
        for size in few if runs <= 3 else (*_DEPTHS, 80):
            noise = spread / np.sqrt(size * d)
            start = [np.eye(d) + noise * rng.standard_normal((d, d)) for _ in range(size)]
            flow = gradient_flow(
                [*start, row], sigma, target @ sigma, rtol=1e-9, tolerance=1e-6, frozen=1
            )
            label = f"run {run}, s = {spread}, depth {size}"
            yield _measured(label, flow, sigma, target)


def _measured(label: str, flow: Flow, sigma: Any, target: Any) -> TrainedSolution:
    """S/S_min and the movement of the layers.  Allowed: the tolerance the flow stops at."""
    at = Instance(Floating(), flow.weights, sigma, target, True)
    size, share = trained_depth.measure(at), frozen_bound.measure(at) / frozen_sharpness.measure(at)
    moved = max(np.linalg.norm(W[-1] - W[0]) for W in flow.path[:-1])
    gap = target - LinearNetwork(Floating(), tuple(W[0] for W in flow.path)).end_to_end
    bound = _layer_path(flow, sigma, float((gap @ sigma @ gap.T)[0, 0]))
    return Trained(label, flow.weights, sigma, target).solution(
        Measurement("S_min/S <= 1", 1.0, float(share), 1e-6, "<="),
        Measurement("L max_k |W_k - W_k(0)|", size * bound, size * float(moved), 1e-6, "<="),
    )


def _layer_path(flow: Flow, sigma: Any, loss: float) -> float:
    """2√(qR(0)/μ), with the least μ and the largest share q over the stored times."""
    net = LinearNetwork(Floating(), flow.path)
    batch = np.zeros((len(flow.times), 1, 1))  # B_1 = I has no time axis
    weights = [np.sum(A**2, axis=(-2, -1)) for A in net.suffixes[:-1]]
    spans = [np.linalg.svd(B + batch, compute_uv=False) for B in net.prefixes[:-1]]
    above = [weight * span[:, 0] ** 2 for weight, span in zip(weights, spans, strict=True)]
    below = sum(weight * span[:, -1] ** 2 for weight, span in zip(weights, spans, strict=True))
    rate = 4 * float(np.linalg.eigvalsh(sigma)[0]) * float(np.min(below))
    return 2 * float(np.sqrt(np.max(np.max(above, axis=0) / below) * loss / rate))


THEOREM = Theorem(
    id="C4",
    title="With a frozen output row the least sharpness gains a power of the norm of that row",
    normalisation="$R = E|y - Px|²$, no factor 1/2; Hessian in $W_1, ..., W_L$ only",
    source=Source(
        "marion2024deep", "residual initialisation (constants not given); S_min as in U1"
    ),
    claims=(form, start, pairs, direction, lower, close, attained, whole),
    controls=_twins,
    witnesses=(
        witness("residual", lower, "two residual layers, correlated data",
                lambda: Instance.of_minimizer(
                    [[[1, Fraction(1, 2)], [0, 1]], [[1, 0], [Fraction(1, 3), 1]], [[1, 2]]],
                    [[2, 1], [1, 1]])),
    ),
    necessity=(
        needed(minimizer, lower, "zero weights, $p = w^* = 1$, two trained layers: $S = 2 < 4$",
               lambda: Instance.exact([[[0]], [[0]], [[1]]], [[1]], [[1]])),
    ),
    trainings=(
        Training("trained",
                 "gradient flow from residual initialisation, corrected to an exact minimizer",
                 _train, (lower,)),
    ),
    module=__name__,
)  # fmt: skip
