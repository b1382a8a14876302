r"""At a flattest minimum the layers are coupled along the path of the most amplified signal.

Statement
    Let $Σ = I$, $W_L ... W_1 = T ≠ 0$, $σ = |T|_2$ and $Tv = σu$, a top singular pair.  The path
    from the input is $x_1 = v$, $x_{k+1} = W_kx_k$, that from the output $A_kᵀu$.

    If $S(W) = 2Lσ^{2-2/L}$, then the signal grows by $σ^{1/L}$ in each layer, and so it does on the
    way back: for $1 ≤ k ≤ L$

        |W_kx_k| = σ^{1/L} |x_k|,                            [gain_most, gain_least]
        |W_kᵀW_kx_k| = σ^{1/L} |W_kx_k|.                                 [return]

    So $x_k$ is a right singular vector of $W_k$, and $W_kx_k$ a left one that $W_{k+1}$ takes up: a
    squared gain on the way back is at least that on the way, equal for singular vectors only.

    At every minimizer, flattest or not, the squared cosine $γ_k$ of the angle between $A_kᵀu$ and
    $B_{k+1}v$, the two paths, satisfies for $1 ≤ k < L$

        γ_k ≥ (2Lσ^{2-2/L} / S(W))^L,                                    [alignment]

    with equality for paths with one bend.   [alignment_attained]

Notation
    $S$ (``sharpness``), $L$ (``depth``), $σ$ (``target_norm``); $A_k = W_L ... W_{k+1}$ and
    $B_k = W_{k-1} ... W_1$ suffixes and prefixes; gains $|W_kx_k| / |x_k|$ (squared:
    ``path_gain_sq_max``, ``path_gain_sq_min``); gains of $W_kᵀ$ on $W_kx_k$
    (``path_return_sq_max``); the least $γ_k$ (``path_alignment_sq``).

Assumptions
    minimizer   $W_L ... W_1 = T$.  Without it, $W_1 = (1, 1/2, 1/2)ᵀ$, $W_2 = 0$ and $T = 1$ have
                $S = 4$.
    whitened    $Σ = I$.  Without it, $W = (2, 1/2)$ and $Σ = 8/17$ have $S = 4$ and gains 2
                and 1/2.
    flattest    $S = 2Lσ^{2-2/L}$.  Without it, $W = (2, 1/2)$ again.
    nonzero     $T ≠ 0$.  Without it nothing is amplified, and gains are not defined.
    top_vector  $|Tv| = σ|v|$.  Without it, the other coordinate of $diag(1, 1/2), diag(1, 1/2)$.

Proof
    Write $a_k = |A_kᵀu|²$, $b_k = |B_kv|²$ and $p_k = a_kb_{k+1}$.  F6.direction and F6.start say
    $S/2 ≥ Σ_k a_kb_k$ and $b_1 = a_L = 1$.  As $A_kB_{k+1} = T$, the inner product of the two paths
    is $uᵀTv = σ$ in every layer, so that $p_k ≥ γ_kp_k = σ²$ for $k < L$.

    Alignment.  As $b_1a_L = 1$, the product of all $a_kb_k$ is that of all $p_k$ with $k < L$.  By
    the inequality of arithmetic and geometric means, for every $j < L$,

        (S/(2L))^L ≥ Π_{k<L} p_k ≥ p_jσ^{2(L-2)},
        γ_j (S/(2L))^L ≥ γ_jp_jσ^{2(L-2)} = σ^{2(L-1)}.

    The second is M2.alignment.

    Gains.  If $S/2 = Lσ^{2-2/L}$, the first says $p_j ≤ σ²$, so that $p_j = σ²$ and $γ_j = 1$: the
    two paths are parallel.  The same inequality of means with $s > 0$ times the $j$-th term gives

        S/2 + (s-1) a_jb_j ≥ L (sσ^{2(L-1)})^{1/L},

    an equality at $s = 1$, where both sides must therefore have one slope: $a_jb_j = σ^{2-2/L}$.
    Hence $b_{j+1}/b_j = p_j/(a_jb_j) = σ^{2/L}$, also for $j = L$, as $a_Lb_{L+1} = |Tv|² = σ²$.

    Way back.  $A_kᵀu$ is parallel to $W_kx_k = B_{k+1}v$, and $W_kᵀ$ maps it to $A_{k-1}ᵀu$, so
    that the squared gain on the way back is $a_{k-1}/a_k$.  It is $σ^{2/L}$ too: for $k > 1$ as
    the $a_kb_k$ are equal, and $a_0/a_1 = |Tᵀu|²/a_1 = σ²/σ^{2-2/L}$ for $k = 1$.

    Equality.  With one input and one output $S = 2 Σ_k a_kb_k$.  Where the first two layers have
    norm $w$ and the cosine $c$ between them, and the others are straight and of norm $wc$,
    $a_kb_k = w²(wc)^{2L-4}$ for every $k$ and $σ = w(wc)^{L-1}$; the bound then is $c²$.

Sharpness
    $σ^{1/L}$ is exact.  For $L ≥ 3$ it need not be the largest singular value of a layer, nor need
    a flattest minimum be balanced: $diag(1, 7/5), diag(1, 0), diag(1, 0)$ has $S = 6$.  (For
    $L = 2$ it is the largest, by M3.)  The exponent $L$ of the last statement is attained at every
    ratio $S/S_min$, by paths with one bend.

Implementation notes
    $|Wx| = |WᵀWx|/|Wx| = g|x|$ says $WᵀWx = g²x$, without roots: $|WᵀWx - g²x|² = 0$.

References
----------
    mulayoff2020unique (reconstructed except for the abstract's claims); the alignment bound is
    certimin2026
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.training import CONVERGED, gradient_descent
from theorems.assumptions import minimizer, whitened
from theorems.directions import cosine, directed_minimizers, k, meeting_least, pairing, path_last
from theorems.flat_minima.coupling_scores import over_least
from theorems.flat_minima.path_facts import Premises, extreme_gain, misalignment_costs
from theorems.flat_minima.paths import (
    PairedInstance,
    bent_paths,
    flattest,
    nonzero,
    paired,
    paired_flattest_minimizers,
    paired_whitened_minimizers,
    path_alignment_sq,
    path_gain_sq_max,
    path_gain_sq_min,
    path_return_sq_max,
    stretch_sq,
    top_vector,
)
from theorems.foundations import sharpness_ge_along_paths as F6
from theorems.instances import Instance
from theorems.quantities import depth, imbalance, layer_norm_max, sharpness, symbols, target_norm
from theorems.settings import all_flattest_minimizers
from theorems.training import Trained
from verify.derivation import extremes, rules
from verify.theorem import (
    Bounds,
    Claim,
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
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "alignment_floor", "beside_the_path", "one_bend"]

S, L, sigma = symbols(sharpness, depth, target_norm)
most, least, back, aligned = symbols(
    path_gain_sq_max, path_gain_sq_min, path_return_sq_max, path_alignment_sq
)
widest, unbalanced = symbols(layer_norm_max, imbalance)

path_gain = Formula("path_gain", r"\sigma^{1/L}", sigma ** (1 / L))
alignment_floor = Formula(
    "alignment_floor", r"(2L\sigma^{2-2/L}/S)^L", (2 * L) ** L * sigma ** (2 * L - 2) / S**L
)
_TOP = (minimizer, whitened, top_vector)
_FLATTEST = (minimizer, whitened, flattest, nonzero, top_vector)
_SMALL = Bounds((2, 4), (1, 2))

# --- claims on which proofs build ---------------------------------------------------------------

meeting = stated(
    "meeting", "both paths meet in every layer with the pairing of input and output",
    directed_minimizers, sp.Eq(meeting_least.symbol, pairing.symbol), minimizer,
    sizes=((2, 2, 2, 2), (3, 1, 1, 1, 1), (3, 2, 1, 1, 2)), check=True, formal=True,
)  # fmt: skip
stretch = stated(
    "stretch", "on whitened data the pairing of a path is the squared gain of its vector",
    paired_whitened_minimizers, sp.Eq(pairing.symbol, stretch_sq.symbol), whitened,
    bounds=_SMALL, sizes=((2, 1, 2), (2, 2, 1), (3, 1, 2)), check=True, formal=True,
)  # fmt: skip
last = stated(
    "last", "so is the pair after the last layer",
    paired_whitened_minimizers, sp.Eq(path_last.symbol, pairing.symbol), minimizer, whitened,
    bounds=_SMALL, sizes=((2, 1, 2), (2, 2, 1), (3, 1, 2)), check=True, formal=True,
)  # fmt: skip
_KNOWN = Premises(F6.direction, F6.pairs, F6.start, stretch)
_GIVEN = (F6.direction, F6.pairs, F6.start, stretch)

# --- claims and proofs --------------------------------------------------------------------------


@claim(
    paired_flattest_minimizers, sp.Eq(most, path_gain**2), *_FLATTEST, given=(*_GIVEN, last),
    formal=True,
)  # fmt: skip
def gain_most(last: Claim) -> Iterator[Step]:
    """No layer has a gain above $σ^{1/L}$ along the path."""
    yield extreme_gain(_KNOWN, last, path_gain_sq_max, sign=-1)


@claim(
    paired_flattest_minimizers, sp.Eq(least, path_gain**2), *_FLATTEST, given=(*_GIVEN, last),
    formal=True,
)  # fmt: skip
def gain_least(last: Claim) -> Iterator[Step]:
    """No layer has a gain below $σ^{1/L}$ along the path."""
    yield extreme_gain(_KNOWN, last, path_gain_sq_min, sign=1)


way_back = stated(
    "return", "the transposed layers have the same gain on the way back",
    paired_flattest_minimizers, sp.Eq(back, path_gain**2), *_FLATTEST, formal=True,
)  # fmt: skip


@claim(
    paired_whitened_minimizers, aligned * S**L >= (2 * L) ** L * sigma ** (2 * L - 2), *_TOP,
    given=(*_GIVEN, meeting), bounds=_SMALL, check=True, formal=True,
)  # fmt: skip
def cost(meeting: Claim) -> Iterator[Step]:
    """The bound on the alignment, where $S$ may vanish too."""
    inner = (k, 1, L - 1)
    fact = rules.narrowed(misalignment_costs(_KNOWN, meeting), inner)
    found = extremes.at_the_least(fact, cosine(k), inner, factor=S**L)
    yield rules.substituted(found, rules.turned(rules.definition(path_alignment_sq)))


@claim(
    paired_whitened_minimizers, aligned >= alignment_floor, *_TOP, given=(cost,), bounds=_SMALL,
    formal=True,
)  # fmt: skip
def alignment(cost: Claim) -> Iterator[Step]:
    """At every minimizer, misaligned layers cost sharpness."""
    yield rules.divided(rules.given(cost), S**L)


@claim(
    bent_paths, sp.Eq(aligned, alignment_floor), *_TOP, bounds=Bounds((2, 5)), formal=True,
)  # fmt: skip
def alignment_attained(alignment_floor: Any) -> Iterator[Step]:
    """Equality for a path with one bend."""
    yield from one_bend(alignment_floor)


def one_bend(floor: Any) -> Iterator[Step]:
    """Yield that ``floor``, in S and σ, is c² on a path with one bend of cosine c.

    There a_1 = w(wc)^{L-2} and, for k >= 2, a_k = (wc)^{L-k}, b_k = w(wc)^{k-2}.
    """
    k = sp.Symbol("k", integer=True, positive=True)
    w, c = sp.symbols("w c", positive=True)
    term = w * (w * c) ** (L - 2)
    yield Identity(
        "equal terms a_k b_k", (w * c) ** (L - k) * w * (w * c) ** (k - 2), term,
        why="one input and one output: $S = 2Σ_k a_k²b_k²$",
    )  # fmt: skip
    at_bend = floor.subs({S: 2 * L * term**2, sigma: w * (w * c) ** (L - 1)})
    yield Identity("the bound is the cosine", at_bend, c**2, why="$S = 2La_1²$, $σ = w(wc)^{L-1}$")


# --- false twins --------------------------------------------------------------------------------


def beside_the_path() -> Instance:
    """diag(1, 7/5), diag(1, 0), diag(1, 0): S = 6, flattest."""
    return Instance.of_minimizer(
        [[[1, 0], [0, Fraction(7, 5)]], *[[[1, 0], [0, 0]]] * 2], [[1, 0], [0, 1]]
    )


_twins = (
    twin("top_singular_value",
         "$σ^{1/L}$ is the top singular value of every layer at a flattest minimum",
         all_flattest_minimizers, widest <= sigma ** (1 / L), known=lambda: [beside_the_path()]),
    twin("balanced", "flattest implies balanced",
         all_flattest_minimizers, sp.Eq(unbalanced, 0), known=lambda: [beside_the_path()]),
    twin("any_minimizer", "the gains are $σ^{1/L}$ at every minimizer",
         paired_whitened_minimizers, sp.Eq(most, sigma ** (2 / L))),
    twin("linear_cost", "$S_min/S$ for its power $L$: $\\cos² ≥ S_min/S$",
         bent_paths, aligned >= 2 * L * sigma ** (2 - 2 / L) / S),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient descent from random layers, targets diag(σ, ...): v is the first coordinate."""
    rng = np.random.default_rng(seed)
    for run in range(runs):
        size, eye, target = 2 + run % 3, np.eye(2), np.diag([1.5, 0.75])
        start = [eye + 0.4 * rng.standard_normal((1, 2, 2)) for _ in range(size)]
        descent = gradient_descent(start, eye, target, 0.02, steps=4000, tolerance=1e-11)
        if int(descent.status[0]) != CONVERGED:
            continue
        weights = [np.asarray(W)[0] for W in descent.weights]
        trained = Trained(f"run {run}, depth {size}", weights, eye, target)
        floats = Instance.of(Floating(), weights, eye, target)
        reached = path_alignment_sq.measure(PairedInstance.beside(floats, vector=np.eye(2, 1)))
        allowed = float(over_least(weights, 1.5)) ** size
        # rounding of the quotient of two float products
        cost = Measurement("1/cos² of the path", allowed, 1 / float(reached), 1e-9, "<=")
        exact = paired(trained.minimizer, [[1], [0]])
        yield TrainedSolution(trained.label, exact, trained.distance, (cost,))


_HALF, _UNIT = Fraction(1, 2), [[1, 0], [0, 1]]

THEOREM = Theorem(
    id="M2",
    title="At a flattest minimum the layers are coupled along the most amplified path",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $σ = |T|_2$ spectral",
    source=Source("mulayoff2020unique", "coupling of layers at flat minima (reconstructed)"),
    claims=(
        meeting, stretch, last, cost,
        gain_most, gain_least, way_back, alignment, alignment_attained,
    ),
    controls=_twins,
    witnesses=(
        witness("beside_the_path", gain_most,
                "coupled though not balanced: $diag(1, 7/5), diag(1, 0), diag(1, 0)$",
                lambda: paired(beside_the_path(), [[1], [0]])),
        witness("any_top_vector", way_back, "$T = 4I$: every vector is a top one, here $(3, 4)$",
                lambda: paired(Instance.of_minimizer([[[2, 0], [0, 2]]] * 2, _UNIT), [[3], [4]])),
    ),
    necessity=(
        needed(flattest, gain_most, "$W = (2, 1/2)$: $S = 17/2 > 4$, gains 2 and 1/2",
               lambda: paired(Instance.of_minimizer([[[2]], [[_HALF]]], [[1]]), [[1]])),
        needed(whitened, gain_most, "$W = (2, 1/2)$, $Σ = 8/17$: $S = 4$, gains 2 and 1/2",
               lambda: paired(
                   Instance.of_minimizer([[[2]], [[_HALF]]], [[Fraction(8, 17)]]), [[1]])),
        needed(minimizer, gain_most,
               "$W_1 = (1, 1/2, 1/2)ᵀ$, $W_2 = 0$, $T = 1$: $S = 4$, squared gains 3/2 and 0",
               lambda: paired(
                   Instance.exact([[[1], [_HALF], [_HALF]], [[0, 0, 0]]], [[1]], [[1]]), [[1]])),
        needed(top_vector, gain_most, "the second coordinate of $diag(1, 1/2), diag(1, 1/2)$",
               lambda: paired(
                   Instance.of_minimizer([[[1, 0], [0, _HALF]]] * 2, _UNIT), [[0], [1]])),
    ),
    trainings=(
        Training("trained", "gradient descent from random layers, corrected to an exact minimizer",
                 _train, (alignment,)),
    ),
    module=__name__,
)  # fmt: skip
