r"""The least sharpness of any minimizer, for any data covariance and any number of outputs.

Statement
    Let Σ ⪰ 0, TΣ != 0, K = Σ^{1/2}, L >= 2 and let the hidden widths be at least rank(TΣ).  Then

        S_min = 2 L max_{|z|=1} |K z|^{2/L} |T K z|^{2-2/L}
              = 2 min_{c>0} λ_max( c Σ + (L-1) c^{-1/(L-1)} K TᵀT K ),

    and the minimum over minimizers is attained.  Σ = I gives 2Lσ^{2-2/L} (M1).

Notation
    S (``sharpness``), L (``depth``), the gain max_z |Kz|^{2/L}|TKz|^{2-2/L} (``gain``).

Assumptions
    minimizer  PΣ = TΣ: used in A_k B_{k+1} K = T K.  Without it, zero weights are flatter.
    widths     hidden widths >= rank(TΣ): used only for attainment; the lower bound needs none.

Proof
    Lower bound: in S = 2 max_{|Z|_F=1} Σ_k |A_kᵀ Z K B_kᵀ|_F² take Z = u zᵀ, |u| = |z| = 1,
    u along TKz; then a_k = |A_kᵀ u|, b_k = |B_k K z|, b_1 = |Kz|, a_L = 1 and
    a_k b_{k+1} >= uᵀTKz = |TKz|; AM-GM as in M1 gives L |Kz|^{2/L} |TKz|^{2-2/L}.
    Attainment: only TΣ matters, so let T have rank r = rank(TΣ).  With isometries E_k onto
    dimension r, W_1 = τ^{1-L} E_1 T', T = E_L T',
    W_k = τ E_k E_{k-1}ᵀ the dual Gram matrix is, Π = E_L E_Lᵀ, c = τ^{2(L-1)}, t = τ^{-2} =
    c^{-1/(L-1)}:  Π ⊗ (cΣ + (L-1) t K TᵀT K) + (I-Π) ⊗ t K TᵀT K  (up to similarity), so
    S = 2 λ_max(cΣ + (L-1) t K TᵀT K).
    Max = min: weighted AM-GM shows max <= min; equality by Sion's minimax theorem on density
    matrices, where the joint numerical range of two real quadratic forms is convex (Brickman) or,
    for d_x <= 2, has the upper right boundary that suffices.

Main results
    U1.lower     S(W) >= S_min on any weights, any Σ (singular too), any outputs
    U1.attained  S(W_τ) <= (1 + 1e-7) S_min for rational τ within 1e-9 of the optimum
    U1.dual      S(W_τ) = 2 λ_max(Σ(cI + (L-1) c^{-1/(L-1)} TᵀT)) exactly, at every such τ
    U1.whitened  S_min = 2Lσ^{2-2/L} for Σ = I
    U1.quantity  what other theorems call S_min is this closed form

Evidence
    Symbolic: the lower bound for L = 2..5, duality of max and min at each z for all L, the dual
    Gram matrix of the attaining family with symbolic entries for the sizes named.  Every
    enclosure of S_min proves its own minimax equality: one vector certifies both sides.

Sharpness
    Equality is attained; exponents swapped, L for L-1, and the top singular vector of TK taken
    for the maximizer are refuted.

Implementation notes
    :func:`minimal_sharpness` returns a rigorous two-sided enclosure, see :mod:`numeric.gain`.

References
----------
    certimin2026; mulayoff2020unique (Σ = I); marion2024deep (bounds for d_y = 1);
    sion1958general, brickman1961field (minimax)

Tags
    sharpness, minimum, covariance, duality
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from numeric.arithmetic.ball import Ball, Balls
from numeric.arithmetic.symbolic import Symbolic
from numeric.gain import weighted_gain
from numeric.networks import LinearNetwork
from numeric.spectrum import dual_gram, sharpness_lanczos
from theorems.assumptions import minimizer
from theorems.flat_minima.sharpness_ge_of_minimizer import whitened_bound
from theorems.inequalities import path_bound
from theorems.instances import Instance
from theorems.quantities import (
    a,
    a2,
    depth,
    sharpness,
    symbols,
    target_norm,
    w_norm,
)
from theorems.quantities import (
    minimal_sharpness as least_sharpness,
)
from theorems.settings import (
    attaining_minimizers,
    balanced_minimizers,
    flattest_minimizers,
    minimizers,
    univariate_minimizers,
)
from theorems.training import measured_sharpness, small_regressions
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
from verify.theorem import Control, Source, TrainedSolution

__all__ = ["THEOREM", "minimal_sharpness"]

# --- closed form --------------------------------------------------------------------------------


@quantity("gain", r"\max_{|z|=1}|Kz|^{2/L}|TKz|^{2-2/L}")
def gain(instance: Instance) -> Any:
    """Max over unit z of |Kz|^{2/L} |TKz|^{2-2/L}, K = Σ^{1/2}."""
    weight = Fraction(1, instance.net.depth)
    return weighted_gain(instance.arithmetic, instance.sigma, instance.target, weight)


@quantity("gain_swapped", r"\max_{|z|=1}|Kz|^{2-2/L}|TKz|^{2/L}")
def gain_swapped(instance: Instance) -> Any:
    """The gain with its exponents swapped (a control)."""
    weight = 1 - Fraction(1, instance.net.depth)
    return weighted_gain(instance.arithmetic, instance.sigma, instance.target, weight)


@quantity("dual_value", r"2\lambda_{\max}(c\Sigma + (L-1)c^{-1/(L-1)}KT^TTK)")
def dual_value(instance: Instance) -> Any:
    """The dual objective at the scale c = |W_L ... W_2|² of the network's later layers."""
    ar, net = instance.arithmetic, instance.net
    L = net.depth
    c = ar.eig_max(net.suffixes[0] @ net.suffixes[0].mT)
    t = ar.power(c, Fraction(-1, L - 1))
    blend = ar.scale(c, ar.identity(net.widths[0])) + ar.scale(
        (L - 1) * t, instance.target.mT @ instance.target
    )
    return 2 * ar.eig_max(blend, instance.sigma)


S, S_min, L, sigma, g, g_swapped, D = symbols(
    sharpness, least_sharpness, depth, target_norm, gain, gain_swapped, dual_value
)
w, rayleigh, rayleigh2 = symbols(w_norm, a, a2)

gain_bound = Formula("gain_bound", r"2L\max_z|Kz|^{2/L}|TKz|^{2-2/L}", 2 * L * g)


def minimal_sharpness(sigma: Any, target: Any, depth: int, *, precision: int = 128) -> Ball:
    """Return a rigorous enclosure of the least sharpness of any minimizer.

    Parameters
    ----------
    sigma
        Σ = E[x xᵀ] ⪰ 0, shape (d_x, d_x): rows of ints, Fractions or floats; singular is fine.
    target
        T with C = E[y xᵀ] = TΣ, shape (d_y, d_x).
    depth
        L >= 1, the number of layers; hidden widths are at least rank(TΣ).
    precision
        Working precision in bits.

    Returns
    -------
    Ball
        Contains S_min for R = E|y - Px|² (no factor 1/2: halve it for 1/2 E|.|²).  ``kind`` is
        "certified" for exact input and "sampled" if any entry is a float: a float may have been
        rounded on the way.  State floats exact by passing ``Fraction(x)``.  The relative width is
        about 1e-28, and about 1e-14 where eigenvalues meet at the maximizer.

    Raises
    ------
    ValueError
        If depth < 1, shapes do not fit, or Σ is not symmetric positive semidefinite.
    ZeroDivisionError
        If TΣ = 0: then S_min = 0 is not governed by this theorem.

    Examples
    --------
    >>> 96 in minimal_sharpness([[1, 0], [0, 1]], [[8, 0]], depth=3)
    True
    """
    if depth < 1:
        raise ValueError(f"depth: expected at least 1, got {depth}")
    with Balls(precision) as ar:
        Sigma, T = ar.matrix(sigma), ar.matrix(target)
        if Sigma.shape[0] != Sigma.shape[1] or T.shape[1] != Sigma.shape[0]:
            raise ValueError(
                f"target: expected shape (d_y, {Sigma.shape[0]}) to go with sigma of shape "
                f"{Sigma.shape}, got {T.shape}"
            )
        try:
            return _enclosure(ar, Sigma, T, depth)
        except ValueError as error:
            raise ValueError(f"sigma: {error}, a covariance E[x xᵀ]") from error


def _enclosure(ar: Balls, Sigma: Any, T: Any, depth: int) -> Ball:
    top: Ball = ar.eig_max(ar.identity(Sigma.shape[0]), Sigma)
    return 2 * top if depth == 1 else 2 * depth * weighted_gain(ar, Sigma, T, Fraction(1, depth))


# --- derivation ---------------------------------------------------------------------------------

_SIZES = ((2, 1, 1), (2, 2, 2), (3, 2, 2), (2, 1, 1, 1), (2, 2, 2, 2))


Kz, TKz = sp.symbols("Kz TKz", positive=True)


def _at_z(formulas: Mapping[str, Any]) -> Any:
    """The closed form before the maximum over z is taken."""
    return formulas["gain_bound"].subs(g, Kz ** (2 / L) * TKz ** (2 - 2 / L))


def derive_lower(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield Cauchy-Schwarz along the path from z, and AM-GM."""
    yield from path_bound(_at_z(formulas) / 2, start=Kz, gain=TKz)


def derive_attained(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield min_c c|Kz|² + (L-1)c^{-1/(L-1)}|TKz|² by calculus, L = m + 1: max = min at each z."""
    at_z = _at_z(formulas)
    m, c = sp.Symbol("m", integer=True, positive=True), sp.Symbol("c", positive=True)
    objective = c * Kz**2 + m * c ** (-1 / m) * TKz**2
    best = (TKz / Kz) ** (2 * m / (m + 1))
    yield Identity(
        "stationary scale",
        r"\partial_c\,(c|Kz|^2+(L-1)c^{-1/(L-1)}|TKz|^2) = 0 \text{ at } c=(|TKz|/|Kz|)^{2-2/L}",
        "all L",
        "calculus",
        sp.powsimp(sp.expand_power_base(sp.diff(objective, c).subs(c, best))),
        0,
    )
    yield Identity(
        "value at the stationary scale",
        r"2(c|Kz|^2+(L-1)c^{-1/(L-1)}|TKz|^2) = 2L|Kz|^{2/L}|TKz|^{2-2/L}",
        "all L",
        "calculus",
        sp.powsimp(sp.expand_power_base(2 * objective.subs(c, best))),
        at_z.subs(L, m + 1),
    )
    u = sp.Symbol("u", real=True)
    yield Condition(
        "convex in log c",
        r"\partial_u^2\,(e^u|Kz|^2+(L-1)e^{-u/(L-1)}|TKz|^2) > 0",
        "all L",
        "the stationary scale is the minimum",
        sp.diff(sp.exp(u) * Kz**2 + m * sp.exp(-u / m) * TKz**2, u, 2).is_positive,
    )


def derive_family(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the dual Gram matrix of the attaining factors for the listed sizes."""
    for shape in _SIZES:
        yield from _attaining_family(shape)


def _attaining_family(shape: tuple[int, ...]) -> Iterator[Step]:
    """The dual Gram matrix of W_1 = τ^{1-L} T', W_k = τ E with coordinate isometries."""
    ar, tau, rank = Symbolic(), sp.Symbol("tau", positive=True), min(shape[1:])
    depth_here = len(shape) - 1
    inner = ar.matrix(
        [[sp.Symbol(f"t{i}{j}", real=True) for j in range(shape[0])] for i in range(rank)]
    )

    def inclusion(rows: int, columns: int) -> Any:
        return ar.matrix([[int(i == j) for j in range(columns)] for i in range(rows)])

    E = [inclusion(d, rank) for d in shape[1:]]
    later = [ar.scale(tau, after @ before.mT) for before, after in itertools.pairwise(E)]
    net = LinearNetwork(ar, (ar.scale(tau ** (1 - depth_here), E[0] @ inner), *later))
    c, t = tau ** (2 * (depth_here - 1)), tau**-2
    squared, projector = inner.mT @ inner, E[-1] @ E[-1].mT
    inside = ar.scale(c, ar.identity(shape[0])) + ar.scale((depth_here - 1) * t, squared)
    outside = ar.kron(ar.identity(shape[-1]) - projector, ar.scale(t, squared))
    scope = "any T, widths " + ", ".join("-".join(map(str, s)) for s in _SIZES)
    yield Identity(
        f"attaining family {shape}",
        r"\sum_k (A_kA_k^T)\otimes(B_k^TB_k) = \Pi\otimes(cI+(L-1)c^{-1/(L-1)}T^TT)"
        r" + (I-\Pi)\otimes c^{-1/(L-1)}T^TT",
        scope,
        "expansion",
        sp.Matrix(dual_gram(net)),
        sp.Matrix(ar.kron(projector, inside) + outside),
    )
    yield Identity(
        f"scales {shape}",
        r"t = c^{-1/(L-1)}",
        scope,
        "expansion",
        t,
        c ** sp.Rational(-1, depth_here - 1),
    )


# --- claims and controls ------------------------------------------------------------------------

_CLOSE = sp.Rational(10**7 + 1, 10**7)

_claims = (
    Claim(
        "U1.lower",
        "no minimizer is flatter",
        minimizers,
        S >= gain_bound.symbol,
        (minimizer,),
        (gain_bound,),
        Bounds(depth=(2, 4), width=(1, 3)),
    ),
    Claim(
        "U1.attained",
        "attained up to 1e-7 by rational factors beside the optimal ones",
        attaining_minimizers,
        S <= _CLOSE * gain_bound.symbol,
        (minimizer,),
        (gain_bound,),
    ),
    Claim(
        "U1.dual",
        "the attaining family has exactly the dual value as sharpness, at every scale",
        attaining_minimizers,
        sp.Eq(S, D),
        (minimizer,),
    ),
    Claim(
        "U1.quantity",
        "the quantity minimal_sharpness is this closed form",
        minimizers,
        sp.Eq(S_min, gain_bound.symbol),
        (minimizer,),
        (gain_bound,),
        Bounds(depth=(2, 4), width=(1, 1)),
    ),
    Claim(
        "U1.whitened",
        "Σ = I: the least sharpness is 2 L σ^(2-2/L)",
        flattest_minimizers,
        sp.Eq(gain_bound.symbol, whitened_bound.symbol),
        (minimizer,),
        (gain_bound, whitened_bound),
    ),
)


def _twin(name: str, title: str, setting: Setting, relation: Any) -> Control:
    return Control(Claim(f"U1.control.{name}", title, setting, relation))


_controls = (
    _twin(
        "depth_for_depth_minus_one",
        "L for L-1 in the dual, min_c λ_max(cΣ + L c^{-1/(L-1)} K TᵀT K)",
        attaining_minimizers,
        S >= (L / (L - 1)) ** (1 - 1 / L) * 2 * L * g,
    ),
    _twin(
        "exponents_swapped",
        "|Kz|^{2-2/L}|TKz|^{2/L} for |Kz|^{2/L}|TKz|^{2-2/L}",
        attaining_minimizers,
        S >= 2 * L * g_swapped,
    ),
    _twin(
        "top_singular_vector",
        "the top right singular vector of TK taken for the maximizer (one output)",
        univariate_minimizers,
        S_min <= 2 * L * rayleigh2 ** (1 / L) * (rayleigh * w**2) ** (1 - 1 / L),
    ),
    _twin(
        "balanced_suffices",
        "balanced minimizers are flattest for any Σ",
        balanced_minimizers,
        2 * L * g >= S,
    ),
)

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    for trained in small_regressions(seed, runs, inputs=3, outputs=2):
        estimate, _ = sharpness_lanczos(trained.net, trained.sigma, trained.cross)
        yield trained.solution(measured_sharpness(trained, estimate))


THEOREM = Theorem(
    id="U1",
    title="The least sharpness for any covariance and any outputs is 2 L times a gain",
    statement=(
        r"\min_{P\Sigma = T\Sigma} S(W) = 2L\max_{|z|=1}|Kz|^{2/L}|TKz|^{2-2/L} = "
        r"2\min_{c>0}\lambda_{\max}\bigl(c\Sigma+(L-1)c^{-1/(L-1)}KT^TTK\bigr)"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; K = Σ^{1/2}; hidden widths >= rank(TΣ)",
    source=Source("certimin2026", "minimal sharpness for any covariance and any outputs"),
    claims=_claims,
    controls=_controls,
    formulas=(gain_bound, whitened_bound),
    derivations={
        "U1.lower": derive_lower,
        "U1.attained": derive_attained,
        "U1.dual": derive_family,
    },
    partly_derived=("U1.attained",),
    witnesses=(
        Witness(
            "U1.witness.two_outputs",
            "U1.lower",
            "two outputs, correlated data",
            lambda: Instance.of_minimizer([[[1, 2], [0, 1]], [[1, 1], [1, 0]]], [[2, 1], [1, 1]]),
        ),
    ),
    necessity=(
        Necessity(
            minimizer,
            "U1.lower",
            "zero weights, target 1, depth 2: S = 2 < 4",
            lambda: Instance.exact([[[0]], [[0]]], [[1]], [[1]]),
        ),
    ),
    trainings=(
        Training(
            "U1.trained",
            "gradient descent, two outputs, correlated data, corrected to an exact minimizer",
            _train,
            ("U1.lower",),
        ),
    ),
    uses=("F3", "M1"),
    module=__name__,
    tags=("sharpness", "minimum", "covariance"),
)
