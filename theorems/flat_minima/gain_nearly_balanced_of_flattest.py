r"""At a flattest minimum the gain of the first k layers is σ^{k/L}, up to a factor √(L-1).

Statement
    Let Σ = I, W_L ... W_1 = T != 0, σ = |T|_2 and S(W) = 2 L σ^{2-2/L}.  For every unit input z

        (1/L) Σ_{k=1}^{L} ( |B_k z| / σ^{(k-1)/L} )² <= 1,

    with equality at a top right singular vector of T.  Hence, for 1 <= k <= L-1,

        σ^{k/L} <= |W_k ... W_1|_2 <= √(L-1) σ^{k/L},

    the upper bound being attained for k = 1, strict but best possible for k >= 2.  The same holds
    for the suffixes W_L ... W_{L-k+1}.  Middle layers W_2, ..., W_{L-1} have no upper bound.

Notation
    S (``sharpness``), L (``depth``), σ (``target_norm``); B_k prefixes, B_1 = I.
    ``prefix_energy`` = λ_max(Σ_k σ^{-2(k-1)/L} B_kᵀB_k), so the first statement says it equals L;
    ``growth_max``, ``growth_min``: squared gains of the first or last k layers over σ^{2k/L},
    1 <= k < L; ``later_growth_max``: over 2 <= k < L.

Assumptions
    minimizer  W_L ... W_1 = T.  Without it, W_1 = (1, 1/2, 1/2)ᵀ, W_2 = 0 and T = 1 have S = 4.
    whitened   Σ = I.  Without it, W = (2, 1/2) and Σ = 8/17 have S = 4.
    flattest   S = 2 L σ^{2-2/L}.  Without it, W = (2, 1/2) again: a prefix of norm 2 > 1.

Proof
    M1's quadratic form at Z = u zᵀ is Σ_k |A_kᵀu|² |B_k z|² <= S/2 = L σ^{2-2/L}, and
    |A_kᵀu| = σ^{(L-k)/L} by M2: divide by σ^{2-2/L}.  At z = v M2 gives |B_k v| = σ^{(k-1)/L}:
    each of the L terms is 1.  So |W_k...W_1| >= σ^{k/L}, and since the first term is |z|² = 1 for
    every z, each other one is at most L - 1.  It is L - 1 for k >= 2 only if W_1 z = 0, but then
    it is 0.  Transposition exchanges prefixes and suffixes and keeps S.

Main results
    M3.energy               the first statement: λ_max = L
    M3.lower                the first and the last k layers gain at least σ^{k/L}
    M3.upper                and at most √(L-1) σ^{k/L}
    M3.first_attained       √(L-1) is attained by W_1
    M3.later_strict         and by no later prefix,
    M3.later_best_possible  which comes as close to it as one likes,
    M3.middle_unbounded     with a middle layer as large as one likes

Evidence
    Symbolic for all L, given M2; the attaining family for L = 2..5.  Exact on flattest minimizers
    with arbitrary blocks beside the top path, scaled to the edge of what flatness allows.

Sharpness
    Both constants are best possible for every k (M3.first_attained, M3.later_best_possible).

Implementation notes
    Growths are squared, so that they are algebraic numbers of small degree.  The edge families
    have W_j = diag(1, n_j), W_j = diag(1, 0) beyond, b_j = n_1 ... n_{j-1}: flattest as soon as
    Σ b_j² <= L.

References
----------
    mulayoff2020unique (reconstructed except for the abstract's claims); the constants are
    certimin2026

Tags
    flat minima, gain, whitened
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.symbolic import Symbolic
from numeric.networks import LinearNetwork
from numeric.spectrum import dual_gram
from numeric.training import gradient_flow
from theorems.assumptions import minimizer, whitened
from theorems.flat_minima.edges import first_layer_edge, later_prefix_edge
from theorems.flat_minima.paths import flattest
from theorems.instances import Instance
from theorems.quantities import depth, layer_norm_max, sharpness, symbols, target_norm
from theorems.settings import all_flattest_minimizers, whitened_minimizers
from theorems.training import Trained
from verify.claims import Bounds, quantity
from verify.errors import Undefined
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

__all__ = ["THEOREM", "growth_bound"]

# --- quantities ---------------------------------------------------------------------------------


@quantity("prefix_energy", r"\lambda_{\max}(\textstyle\sum_k\sigma^{-2(k-1)/L}B_k^TB_k)")
def prefix_energy(instance: Instance) -> Any:
    """Largest value of Σ_k (|B_k z| / σ^{(k-1)/L})² over unit inputs z."""
    ar, net = instance.arithmetic, instance.net
    top = target_norm.measure(instance)
    terms = [
        ar.scale(ar.power(top, Fraction(-2 * k, net.depth)), B.mT @ B)
        for k, B in enumerate(net.prefixes)
    ]
    return ar.eig_max(sum(terms[1:], start=terms[0]))


def _growths(instance: Instance, first: int = 1) -> list[Any]:
    """|W_k...W_1|_2² / σ^{2k/L} and |W_L...W_{L-k+1}|_2² / σ^{2k/L} for first <= k < L."""
    ar, net = instance.arithmetic, instance.net
    top = target_norm.measure(instance)
    grown = []
    for k in range(first, net.depth):
        scale = ar.power(top, Fraction(2 * k, net.depth))
        for product in (net.prefixes[k], net.suffixes[-1 - k]):
            norm = ar.singular_max(product)
            grown.append(norm * norm / scale)
    if not grown:
        raise Undefined(f"needs depth at least {first + 1}")
    return grown


@quantity("growth_max", r"\max_{1\le k<L}|W_k\cdots W_1|_2^2/\sigma^{2k/L}")
def growth_max(instance: Instance) -> Any:
    """Largest squared gain of the first or last k layers relative to σ^{k/L}, 1 <= k < L."""
    return instance.arithmetic.maximum(*_growths(instance))


@quantity("growth_min", r"\min_{1\le k<L}|W_k\cdots W_1|_2^2/\sigma^{2k/L}")
def growth_min(instance: Instance) -> Any:
    """Smallest squared gain of the first or last k layers relative to σ^{k/L}, 1 <= k < L."""
    return instance.arithmetic.minimum(*_growths(instance))


@quantity("later_growth_max", r"\max_{2\le k<L}|W_k\cdots W_1|_2^2/\sigma^{2k/L}")
def later_growth_max(instance: Instance) -> Any:
    """Largest squared gain of the first or last k layers relative to σ^{k/L}, 2 <= k < L."""
    return instance.arithmetic.maximum(*_growths(instance, 2))


S, L, sigma, widest = symbols(sharpness, depth, target_norm, layer_norm_max)
energy, highest, lowest, later = symbols(prefix_energy, growth_max, growth_min, later_growth_max)

# --- closed form --------------------------------------------------------------------------------

growth_bound = Formula("growth_bound", "L-1", L - 1)

# --- derivation ---------------------------------------------------------------------------------


def derive_energy(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the weights of M1's form at Z = u zᵀ, and their sum at z = v."""
    k = sp.Symbol("k", integer=True, positive=True)
    yield Identity(
        "weights of the quadratic form",
        r"|A_k^Tu|^2/\sigma^{2-2/L} = \sigma^{2(L-k)/L-(2-2/L)} = \sigma^{-2(k-1)/L}",
        "all L",
        "M2: |A_kᵀu| = σ^{(L-k)/L}",
        sigma ** (2 * (L - k) / L) / sigma ** (2 - 2 / L),
        sigma ** (-2 * (k - 1) / L),
    )
    yield Identity(
        "right-hand side",
        r"\tfrac12\,2L\sigma^{2-2/L}/\sigma^{2-2/L} = L",
        "all L",
        "S is the maximum of the quadratic form",
        L * sigma ** (2 - 2 / L) / sigma ** (2 - 2 / L),
        formulas["growth_bound"] + 1,
    )
    term = sp.powsimp(sigma ** (-2 * (k - 1) / L) * sigma ** (2 * (k - 1) / L))
    yield Identity(
        "equality at z = v",
        r"\sum_{k=1}^L\sigma^{-2(k-1)/L}|B_kv|^2 = L",
        "all L",
        "M2: |B_kv| = σ^{(k-1)/L}",
        sp.Sum(term, (k, 1, L)).doit(),
        formulas["growth_bound"] + 1,
    )


def derive_lower(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the gain at z = v; the suffixes have it at u."""
    k = sp.Symbol("k", integer=True, positive=True)
    yield Identity(
        "gain of the top singular vector",
        r"|W_k\cdots W_1|_2^2/\sigma^{2k/L} \ge |B_{k+1}v|^2/\sigma^{2k/L} = 1",
        "all L",
        "M2: |B_{k+1}v| = σ^{k/L}, |A_{L-k}ᵀu| = σ^{k/L}",
        (sigma ** (k / L)) ** 2 / sigma ** (2 * k / L),
        1,
    )


def derive_upper(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the bound on one term when the first is 1 and the others are not negative."""
    first, rest = sp.Integer(1), sp.Symbol("r", nonnegative=True)
    one = L - first - rest
    yield Identity(
        "one term",
        r"|B_{k+1}z|^2/\sigma^{2k/L} = L - 1 - r,\; r \ge 0 \text{ the other terms}",
        "all L",
        "M3.energy; the term k = 1 is |z|² = 1",
        one,
        formulas["growth_bound"] - rest,
    )
    yield Condition(
        "the other terms are squares",
        r"r \ge 0",
        "all L",
        "monotonicity",
        rest.is_nonnegative,
    )


def derive_strict(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the case r = 0, which makes |W_1 z| vanish, and every later term with it."""
    yield from derive_upper(formulas)
    w = sp.Symbol("w", positive=True)  # |W_1 z|² / σ^{2/L}, one of the other terms
    yield Condition(
        "if W_1 z does not vanish",
        r"w > 0 \Rightarrow |B_{k+1}z|^2/\sigma^{2k/L} \le L - 1 - w < L - 1",
        "all L",
        "M3.upper",
        (formulas["growth_bound"] - (L - 1 - w)).is_positive,
    )
    m = sp.Symbol("m", integer=True, positive=True)  # L - 1
    yield Condition(
        "if it does",
        r"W_1z = 0 \Rightarrow |B_{k+1}z|^2 = 0 < L - 1",
        "all L",
        "B_{k+1} = W_k...W_2 W_1 for k >= 2",
        formulas["growth_bound"].subs(L, m + 1).is_positive,
    )


def derive_family(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the dual Gram spectrum of W_j = diag(1, n_j), j <= k, for L = 2..5 and all k < L."""
    ar = Symbolic()
    for size in range(2, 6):
        for k in range(1, size):
            b = [sp.Integer(1), *sp.symbols(f"b2:{k + 2}", positive=True)]
            beside = [b[j + 1] / b[j] for j in range(k)] + [sp.Integer(0)] * (size - k)
            net = LinearNetwork(ar, tuple(ar.matrix([[1, 0], [0, n]]) for n in beside))
            total = sum(x**2 for x in b)
            rest = [sp.Integer(1), b[k] ** 2 if k == size - 1 else sp.Integer(0)]
            yield Identity(
                f"spectrum at L = {size}, k = {k}",
                r"\operatorname{diag}(L, \textstyle\sum_{j\le k+1} b_j^2, 1, "
                r"b_L^2): \text{flattest iff } \sum_j b_j^2 \le L",
                "L = 2..5",
                "expansion",
                sp.Matrix(dual_gram(net)),
                sp.diag((formulas["growth_bound"] + 1).subs(L, size), total, *rest),
            )


def derive_best(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the limit b_2, ..., b_k -> 0 of the family with Σ b_j² = L."""
    yield from derive_family(formulas)
    m, k = sp.symbols("m k", integer=True, positive=True)
    delta = sp.Symbol("delta", positive=True)
    last_sq = L - 1 - (k - 1) * delta**2
    yield Identity(
        "the k-th prefix",
        r"\lim_{\delta\to0} b_{k+1}^2 = L - 1",
        "all L",
        "limit",
        sp.limit(last_sq, delta, 0),
        formulas["growth_bound"],
    )
    layer_sq = (last_sq / delta**2).subs(L, m + 1)
    yield Condition(
        "the k-th layer",
        r"\lim_{\delta\to0} b_{k+1}/b_k = \infty",
        "all L",
        "limit",
        sp.Eq(sp.limit(layer_sq, delta, 0, "+"), sp.oo),
    )


# --- claims and controls ------------------------------------------------------------------------

_BOUNDS = Bounds(depth=(2, 4), width=(1, 3))
_DEEP = Bounds(depth=(3, 4), width=(1, 3))
_EDGE = Bounds(depth=(3, 5))
_FLATTEST = (minimizer, whitened, flattest)
_CLOSE = sp.Rational(999, 1000)


def _claim(
    name: str,
    title: str,
    relation: Any,
    where: Any = all_flattest_minimizers,
    bounds: Any = _BOUNDS,
) -> Claim:
    return Claim(f"M3.{name}", title, where, relation, _FLATTEST, (growth_bound,), bounds)


_claims = (
    _claim(
        "energy",
        "the mean squared gain of a unit input is at most 1",
        sp.Eq(energy, growth_bound.symbol + 1),
    ),
    _claim("lower", "the first or last k layers gain at least σ^{k/L}", lowest >= 1),
    _claim(
        "upper",
        "the first or last k layers gain at most √(L-1) σ^{k/L}",
        highest <= growth_bound.symbol,
    ),
    _claim(
        "first_attained",
        "√(L-1) is attained by the first layer",
        sp.Eq(highest, growth_bound.symbol),
        first_layer_edge,
        Bounds(depth=(2, 5)),
    ),
    _claim(
        "later_strict",
        "for k >= 2 the upper bound is strict",
        later < growth_bound.symbol,
        bounds=_DEEP,
    ),
    _claim(
        "later_best_possible",
        "for k >= 2 it is approached",
        later >= _CLOSE * growth_bound.symbol,
        later_prefix_edge,
        _EDGE,
    ),
    _claim(
        "middle_unbounded",
        "by a middle layer as large as one likes, here a hundred times σ^{1/L}",
        widest >= 100 * sigma ** (1 / L),
        later_prefix_edge,
        _EDGE,
    ),
)


def _twin(name: str, title: str, where: Any, relation: Any, bounds: Bounds = _DEEP) -> Control:
    return Control(Claim(f"M3.control.{name}", title, where, relation, bounds=bounds))


_controls = (
    _twin("one", "1 for √(L-1), L >= 3", all_flattest_minimizers, highest <= 1),
    _twin(
        "any_minimizer", "the upper bound at every minimizer", whitened_minimizers, highest <= L - 1
    ),
    _twin(
        "strict_for_all",
        "the bound is strict for k = 1 too",
        first_layer_edge,
        highest < L - 1,
        Bounds(depth=(2, 5)),
    ),
    _twin(
        "single_layers",
        "every layer is at most √(L-1) σ^{1/L}",
        later_prefix_edge,
        widest <= sp.sqrt(L - 1) * sigma ** (1 / L),
        _EDGE,
    ),
)

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient flow of residual networks from zero: prefixes of the flattest minimum it reaches.

    Balanced, so every prefix gains exactly σ^{k/L}.  The flow stops at a gradient of 1e-9.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        size, d = 2 + run % 3, 2 + run % 2
        noise = rng.standard_normal((d, d))
        target = np.eye(d) + 0.4 * (noise @ noise.T) / d + 0.2 * (noise - noise.T)
        flow = gradient_flow([np.eye(d)] * size, np.eye(d), target)
        trained = Trained(f"run {run}, depth {size}", flow.weights, np.eye(d), target)
        norm = float(np.linalg.norm(target, 2))
        yield trained.solution(
            *(
                Measurement(
                    f"gain of the first {k} layers",
                    norm ** (k / size),
                    float(np.linalg.norm(B, 2)),
                    1e-8,
                )
                for k, B in enumerate(trained.net.prefixes[1:], start=1)
            )
        )


def _near_edge() -> Instance:
    """diag(1, 7/5), diag(1, 0), diag(1, 0): first layer 7/5 <= √2."""
    rest = [[1, 0], [0, 0]]
    return Instance.of_minimizer([[[1, 0], [0, Fraction(7, 5)]], rest, rest], [[1, 0], [0, 1]])


_HALF = Fraction(1, 2)

THEOREM = Theorem(
    id="M3",
    title="At a flattest minimum the first k layers gain σ^(k/L), up to a factor √(L-1)",
    statement=(
        r"\Sigma = I,\; W_L\cdots W_1 = T,\; S(W) = 2L\sigma^{2-2/L} \;\Longrightarrow\; "
        r"\max_{|z|=1}\tfrac1L\sum_{k=1}^L\frac{|B_kz|^2}{\sigma^{2(k-1)/L}} = 1, \quad "
        r"\sigma^{k/L} \le |W_k\cdots W_1|_2 \le \sqrt{L-1}\,\sigma^{k/L} \quad (1 \le k < L)"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; σ = |T|_2, all norms spectral",
    source=Source("mulayoff2020unique", "gains at flat minima (reconstructed, constants ours)"),
    claims=_claims,
    controls=_controls,
    formulas=(growth_bound,),
    derivations={
        "M3.energy": derive_energy,
        "M3.lower": derive_lower,
        "M3.upper": derive_upper,
        "M3.first_attained": derive_family,
        "M3.later_strict": derive_strict,
        "M3.later_best_possible": derive_best,
        "M3.middle_unbounded": derive_best,
    },
    witnesses=(
        Witness(
            "M3.witness.near_edge",
            "M3.upper",
            "diag(1, 7/5), diag(1, 0), diag(1, 0): gain 7/5, allowed √2",
            _near_edge,
        ),
        Witness(
            "M3.witness.strict",
            "M3.later_strict",
            "diag(1, 1/2), diag(1, 2), diag(1, 0): the second prefix gains 1",
            lambda: Instance.of_minimizer(
                [[[1, 0], [0, _HALF]], [[1, 0], [0, 2]], [[1, 0], [0, 0]]], [[1, 0], [0, 1]]
            ),
        ),
    ),
    necessity=(
        Necessity(
            flattest,
            "M3.upper",
            "W = (2, 1/2): S = 17/2 > 4, first gain 2 > 1",
            lambda: Instance.of_minimizer([[[2]], [[_HALF]]], [[1]]),
        ),
        Necessity(
            whitened,
            "M3.upper",
            "W = (2, 1/2), Σ = 8/17: S = 4, first gain 2 > 1",
            lambda: Instance.of_minimizer([[[2]], [[_HALF]]], [[Fraction(8, 17)]]),
        ),
        Necessity(
            minimizer,
            "M3.upper",
            "W_1 = (1, 1/2, 1/2)ᵀ, W_2 = 0, T = 1: S = 4, first gain √(3/2) > 1",
            lambda: Instance.exact([[[1], [_HALF], [_HALF]], [[0, 0, 0]]], [[1]], [[1]]),
        ),
    ),
    trainings=(
        Training(
            "M3.trained",
            "gradient flow from identity layers: gains of the prefixes",
            _train,
        ),
    ),
    uses=("M1", "M2"),
    module=__name__,
    tags=("flat minima", "gain", "whitened"),
)
