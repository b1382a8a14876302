r"""The least sharpness of any minimizer, for any data covariance and any number of outputs.

Statement
    Let $Σ ⪰ 0$, $TΣ ≠ 0$, $K = Σ^{1/2}$ and $L ≥ 2$.  At every minimizer $S ≥ S_min$, where

        S_min = 2L max_{|z|=1} |Kz|^{2/L} |TKz|^{2-2/L}.                   [lower, least]

    Let the hidden widths be at least $rank(TΣ)$, and let $W_τ$ be the factors
    $W_1 = τ^{1-L} E_1 T'$, $W_k = τ E_kE_{k-1}ᵀ$, isometries $E_k$, with $τ > 0$.  They are
    minimizers with

        S = 2 λ_max( cΣ + (L-1) c^{-1/(L-1)} K TᵀT K ), \quad c = τ^{2(L-1)},       [dual]

    and attain $S_min$ up to $10^{-7}$ with rational $τ$.   [attained]
    $S = S_min$, exactly, if $Σ$ and $TᵀT$ have a top eigenvector in common and $τ = |T|_2^{1/L}$.
    [exact]
    $Σ = I$ gives $S_min = 2Lσ^{2-2/L}$, the bound of M1.   [whitened]

Notation
    $S$ (``sharpness``), $L$ (``depth``), the gain $max_{|z|=1} |Kz|^{2/L}|TKz|^{2-2/L}$ (``gain``),
    $σ = |T|_2$ (``target_norm``); $W_τ$ the factors of the proof, ``dual_value`` the right side of
    dual at their $c$.  $A_k = W_L ⋯ W_{k+1}$ and $B_k = W_{k-1} ⋯ W_1$ are what stands after and
    before layer $k$, and $P = W_L ⋯ W_1$.

Assumptions
    minimizer  $PΣ = TΣ$: used in $A_k B_{k+1} K = TK$.  Without it, zero weights are flatter.
    widths     hidden widths $≥ rank(TΣ)$: used only for attainment; the lower bound needs none.

Proof
    Lower bound.  By F3.spectrum, $S = 2 max_{|Z|_F=1} Σ_k |A_kᵀ Z K B_kᵀ|_F²$.  Take $Z = u zᵀ$
    with $|u| = |z| = 1$ and $u$ along $TKz$, and write $a_k = |A_kᵀu|$ and $b_k = |B_kKz|$: then

        S ≥ 2 Σ_k a_k² b_k², \quad b_1 = |Kz|, \quad a_L = 1,
        a_k b_{k+1} ≥ uᵀA_kB_{k+1}Kz = uᵀTKz = |TKz|, \quad k < L,

    the second line by Cauchy-Schwarz and $A_kB_{k+1}K = PK = TK$.  The inequality of arithmetic and
    geometric means, whose product is regrouped as in M1, gives (F6.path)

        Σ_k a_k² b_k² ≥ L (Π_k a_k² b_k²)^{1/L} = L (b_1² a_L² Π_{k<L} a_k² b_{k+1}²)^{1/L}
        Σ_k a_k² b_k² ≥ L |Kz|^{2/L} |TKz|^{2-2/L}

    for each $z$, hence for the best.   [lower, least]

    Attainment.  Only $TΣ$ matters, so let $T$ have rank $r = rank(TΣ)$.  Let $E_k$ be isometries
    from dimension $r$ into the layers, $T = E_L T'$, and

        W_1 = τ^{1-L} E_1 T', \quad W_k = τ E_k E_{k-1}ᵀ, \quad 1 < k ≤ L.

    Their product is $T$.  With $Π = E_LE_Lᵀ$ one has $A_kA_kᵀ = τ^{2(L-k)}Π$ for $k < L$ and
    $A_L = I$; $B_1 = I$ and $B_kᵀB_k = τ^{2(k-1-L)}TᵀT$ for $k > 1$.  So, for $c = τ^{2(L-1)}$ and
    $t = τ^{-2} = c^{-1/(L-1)}$, the dual Gram matrix $Σ_k A_kA_kᵀ ⊗ KB_kᵀB_kK$ is

        Π ⊗ (cΣ + (L-1) t K TᵀT K) + (I-Π) ⊗ t K TᵀT K.                    [family]

    The first block has the larger eigenvalues, so $S = 2 λ_max(cΣ + (L-1) t K TᵀT K)$.   [dual]

    The least of these over $c$ is $S_min$: a minimum over $c$ is a maximum over $z$.  At each $z$,

        c|Kz|² + (L-1)c^{-1/(L-1)}|TKz|² ≥ L |Kz|^{2/L} |TKz|^{2-2/L}

    by weighted means, with equality at the best $c$: the maximum is at most the minimum.  Equality:
    $tr ρ(cΣ + (L-1)c^{-1/(L-1)}KTᵀTK)$ is convex in $c$ and linear in the density matrix $ρ$ (that
    is $ρ ⪰ 0$, $tr ρ = 1$), and grows at both ends of $c$, so that $c$ may be kept in a compact
    interval.  Sion's theorem gives a $ρ$ with

        2L (tr ρΣ)^{1/L} (tr ρKTᵀTK)^{1-1/L} = \min_c 2λ_max(cΣ + (L-1)c^{-1/(L-1)}KTᵀTK).

    A unit vector $z$ has the same two traces, $|Kz|²$ and $|TKz|²$, or larger ones.  For $d_x ≥ 3$
    the pairs of a unit vector form a convex set (Brickman).  For $d_x = 2$ they form an ellipse,
    and a pair inside it is below one on it in both.   [attained]

Sharpness
    Equality is attained (on paper for every $Σ$ and $T$, at the best $τ$, which is mostly
    irrational); exponents swapped, $L$ for $L-1$, and the top singular vector of $TK$ taken for the
    maximizer are refuted.

Implementation notes
    :func:`minimal_sharpness` returns a rigorous two-sided enclosure, see :mod:`numeric.gain`.  Each
    enclosure proves its own minimax equality, one vector certifies both sides; the derivation of
    the attainment has the maximum equal to the minimum at each $z$ alone.  The family $W_τ$ is
    drawn with rational $τ$ within $10^{-9}$ of the optimum.  Its sharpness, and descents over
    factorisations (:mod:`theorems.unified.factorisations`), are routes to $S_min$ that know no
    gain.

References
----------
    certimin2026; mulayoff2020unique (Σ = I); marion2024deep (bounds for d_y = 1);
    sion1958general, brickman1961field (minimax)
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.ball import Ball, Balls
from numeric.gain import weighted_gain
from numeric.spectrum import dual_gram, sharpness_lanczos
from numeric.training import dyadic
from theorems.assumptions import minimizer
from theorems.assumptions import whitened as on_white_data
from theorems.directions import pairing, path_ends
from theorems.flat_minima import sharpness_ge_of_minimizer as M1
from theorems.flat_minima.sharpness_ge_of_minimizer import whitened_bound
from theorems.foundations import hessian_spectrum_eq_dual_gram as F3
from theorems.foundations import sharpness_ge_along_paths as F6
from theorems.instances import Instance
from theorems.lemmas import BRICKMAN, SION
from theorems.quantities import (
    a,
    a2,
    compared,
    depth,
    sharpness,
    symbols,
    target_on_data,
    w_norm,
)
from theorems.quantities import minimal_sharpness as least_sharpness
from theorems.settings import (
    attaining_minimizers,
    balanced_minimizers,
    exactly_attaining_minimizers,
    flattest_minimizers,
    minimizers,
    univariate_minimizers,
)
from theorems.training import measured_sharpness, small_regressions
from theorems.unified.factorisations import REACHED, descended, enclosed_sharpness, exact_minimizer
from verify.derivation import rules
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
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "minimal_sharpness"]

# --- closed form --------------------------------------------------------------------------------


_paths = (path_ends.symbol * pairing.symbol ** (depth.symbol - 1)) ** (1 / depth.symbol)


@quantity(
    "gain",
    r"\max_{|z|=1}|Kz|^{2/L}|TKz|^{2-2/L}",
    supremum=(_paths, (path_ends.name, pairing.name)),
)
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
    ar, net, T = instance.arithmetic, instance.net, instance.target
    later = net.depth - 1
    c = ar.eig_max(net.suffixes[0] @ net.suffixes[0].mT)
    image = ar.scale(later * ar.power(c, Fraction(-1, later)), T.mT @ T)
    return 2 * ar.eig_max(ar.scale(c, ar.identity(net.widths[0])) + image, instance.sigma)


@compared(
    "family_gap",
    r"\delta(G')",
    r"\textstyle\sum_k A_kA_k^T\otimes B_k^TB_k = \Pi\otimes(cI+(L-1)\tau^{-2}T^TT)"
    r"+(I-\Pi)\otimes\tau^{-2}T^TT",
)
def family_gap(instance: Instance) -> tuple[Any, Any]:
    """The dual Gram matrix of W_τ against its blocks, Π = τ⁻²W_LW_Lᵀ, c = τ^{2(L-1)}."""
    ar, net, T = instance.arithmetic, instance.net, instance.target
    last = net.weights[-1] @ net.weights[-1].mT
    square = ar.frobenius_sq(last) / ar.trace(last)  # τ²
    projector, image = ar.scale(1 / square, last), ar.scale(1 / square, T.mT @ T)
    c = ar.scalar(1)
    for _ in range(net.depth - 1):
        c = c * square
    inside = ar.scale(c, ar.identity(net.widths[0])) + ar.scale(ar.scalar(net.depth - 1), image)
    beside = ar.kron(ar.identity(net.widths[-1]) - projector, image)
    return dual_gram(net), ar.kron(projector, inside) + beside


S, S_min, L, g, g_swapped, D, gap = symbols(
    sharpness, least_sharpness, depth, gain, gain_swapped, dual_value, family_gap
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
            value: Ball = (
                2 * ar.eig_max(ar.identity(Sigma.shape[0]), Sigma)
                if depth == 1
                else 2 * depth * weighted_gain(ar, Sigma, T, Fraction(1, depth))
            )
        except ValueError as error:
            raise ValueError(f"sigma: {error}, a covariance E[x xᵀ]") from error
        return value


# --- claims and proofs --------------------------------------------------------------------------

_CLOSE = sp.Rational(10**7 + 1, 10**7)
Kz, TKz, c = sp.symbols(r"|Kz| |TKz| c", positive=True)
m = sp.Symbol("m", integer=True, positive=True)  # L - 1


def _at_z(gain_bound: Any) -> Any:
    """The closed form before the maximum over z is taken."""
    return gain_bound.subs(g, Kz ** (2 / L) * TKz ** (2 - 2 / L))


@claim(
    minimizers,
    S >= gain_bound,
    minimizer,
    given=(F6.path,),
    bounds=Bounds((2, 4), (1, 3)),
    formal=True,
)
def lower(path: Claim) -> Iterator[Step]:
    """No minimizer is flatter."""
    yield rules.at_the_supremum(rules.given(path), gain, lambda value: 2 * L * value)


@claim(
    minimizers, S >= S_min, minimizer, given=(F6.path,), bounds=Bounds((2, 4), (1, 3)), formal=True
)
def least(path: Claim) -> Iterator[Step]:
    """No minimizer is flatter than the quantity $S_min$ says."""
    yield rules.at_the_supremum(rules.given(path), least_sharpness, lambda value: value)


family = stated(
    "family", "the dual Gram matrix of the attaining family has two blocks, at every scale $τ$",
    attaining_minimizers, sp.Eq(gap, 0), check=True,
    sizes=((2, 2, 2, 1, 1), (2, 2, 1, 2, 1), (2, 2, 2, 2, 1), (3, 2, 2, 2, 1, 1)), formal=True,
)  # fmt: skip
dual = stated(
    "dual", "the attaining family has the dual value as its sharpness, at every scale $τ$",
    attaining_minimizers, sp.Eq(S, D), minimizer, given=(F3.spectrum, family),
    sizes=((2, 1, 2, 1), (2, 2, 1, 1, 1), (3, 2, 1, 1, 1, 1)), formal=True,
)  # fmt: skip


@claim(
    attaining_minimizers, S <= _CLOSE * gain_bound, minimizer, given=(dual,), cites=(SION, BRICKMAN)
)
def attained(gain_bound: Any) -> Iterator[Step]:
    """Attained up to $10^{-7}$ by rational factors beside the optimal ones.

    The dual objective c|Kz|² + (L-1)c^{-1/(L-1)}|TKz|² at each z, minimized over c by calculus.
    """
    objective, deep = c * Kz**2 + m * c ** (-1 / m) * TKz**2, {"L": m + 1}
    best = (TKz / Kz) ** (2 * m / (m + 1))
    slope, value = sp.diff(objective, c).subs(c, best), 2 * objective.subs(c, best)
    u = sp.Symbol("u", real=True)
    curvature = sp.diff(objective.subs(c, sp.exp(u)), u, 2)
    yield Identity("stationary scale", slope, why="$c = (|TKz|/|Kz|)^{2-2/L}$", at=deep)
    yield Identity(
        "least value", value, _at_z(gain_bound).subs(L, m + 1), why="$c$ put in", at=deep
    )
    yield Condition("convex in log c", curvature, ">", why="stationary means least", at=deep)


exact = stated(
    "exact", "attained, exactly, if $Σ$ and $TᵀT$ have a top eigenvector in common",
    exactly_attaining_minimizers, sp.Eq(S, gain_bound), minimizer, formal=True,
)  # fmt: skip
as_quantity = stated(
    "quantity", "the quantity $S_min$ is the sharpness of these networks, up to $10^{-7}$",
    attaining_minimizers, sp.Abs(S - S_min) <= (_CLOSE - 1) * S_min, minimizer, check=True,
)  # fmt: skip


@claim(
    flattest_minimizers, sp.Eq(gain_bound, whitened_bound), minimizer, on_white_data,
    given=(F6.start, M1.norm), formal=True,
)  # fmt: skip
def whitened(start: Claim, norm: Claim) -> Iterator[Step]:
    """$Σ = I$: the least sharpness is $2Lσ^{2-2/L}$."""
    one = rules.turned(rules.raised(rules.given(start), 1 / L))
    longest = rules.raised(rules.at_a_direction(target_on_data), 2 - 2 / L)
    above = rules.at_the_supremum(rules.multiplied(longest, one), gain, lambda value: value)
    each = rules.substituted(rules.at_a_direction(gain), rules.given(start))
    below = rules.at_the_supremum(each, target_on_data, lambda s: s ** (2 - 2 / L))
    both = rules.squeezed(below, above)
    yield rules.scaled(rules.substituted(both, rules.given(norm)), 2 * L)


# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("depth_for_depth_minus_one",
         "$L$ for $L-1$ in the dual, $min_c λ_max(cΣ + L c^{-1/(L-1)} K TᵀT K)$",
         attaining_minimizers, S >= (L / (L - 1)) ** (1 - 1 / L) * 2 * L * g),
    twin("exponents_swapped", "$|Kz|^{2-2/L}|TKz|^{2/L}$ for $|Kz|^{2/L}|TKz|^{2-2/L}$",
         attaining_minimizers, S >= 2 * L * g_swapped),
    twin("top_singular_vector",
         "the top right singular vector of TK taken for the maximizer (one output)",
         univariate_minimizers,
         S_min <= 2 * L * rayleigh2 ** (1 / L) * (rayleigh * w**2) ** (1 - 1 / L)),
    twin("balanced_suffices", "balanced minimizers are flattest for any $Σ$",
         balanced_minimizers, 2 * L * g >= S),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    for trained in small_regressions(seed, runs, inputs=3, outputs=2):
        estimate, _ = sharpness_lanczos(trained.net, trained.sigma, trained.cross)
        yield trained.solution(measured_sharpness(trained, estimate))


_STARTS = 4


def _descend(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Descents of the sharpness itself over the factorisations of a rational target.

    Compared: the closed form and the least of the certified upper bounds at their ends.  That no
    end is below the closed form is the claim, decided at each.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        size, outputs = 2 + run % 3, 1 + run % 2
        root, target = rng.integers(-12, 13, (2, 2)) / 8, rng.integers(-12, 13, (outputs, 2)) / 8
        sigma = dyadic(root @ root.T)  # multiples of 1/64, which floats do not round
        if not (target @ root).any():
            continue
        heads = [descended(root, target, size, rng) for _ in range(_STARTS)]
        ends = [exact_minimizer(head, sigma, dyadic(target)) for head in heads]
        reached = min(float(enclosed_sharpness(end).upper) for end in ends)
        predicted = float(minimal_sharpness(sigma, dyadic(target), size))
        best = Measurement(f"least of {_STARTS}", predicted, reached, REACHED)
        for start, end in enumerate(ends):
            shown = () if start else (best,)
            label = f"run {run}, depth {size}, start {start}"
            yield TrainedSolution(label, end, Fraction(0), shown)


THEOREM = Theorem(
    id="U1",
    title="The least sharpness for any covariance and any outputs is a weighted gain of the target",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $K = Σ^{1/2}$; hidden widths $≥ rank(TΣ)$",
    source=Source("certimin2026", "minimal sharpness for any covariance and any outputs"),
    claims=(lower, least, family, dual, attained, exact, as_quantity, whitened),
    controls=_twins,
    witnesses=(
        witness("two_outputs", lower, "two outputs, correlated data",
                lambda: Instance.of_minimizer(
                    [[[1, 2], [0, 1]], [[1, 1], [1, 0]]], [[2, 1], [1, 1]])),
    ),
    necessity=(
        needed(minimizer, lower, "zero weights, target 1, depth 2: $S = 2 < 4$",
               lambda: Instance.exact([[[0]], [[0]]], [[1]], [[1]])),
    ),
    trainings=(
        Training("trained",
                 "gradient descent, two outputs, correlated data, corrected to an exact minimizer",
                 _train, (lower,)),
        Training("factorisations",
                 "descent of the sharpness over the factorisations of a target, ended exactly",
                 _descend, (lower,)),
    ),
    module=__name__,
)  # fmt: skip
