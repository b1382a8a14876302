r"""At a flattest minimum the layers are coupled along the path of the most amplified signal.

Statement
    Let Σ = I, W_L ... W_1 = T != 0, σ = |T|_2 and T v = σ u, a top singular pair.  The path from
    the input is x_1 = v, x_{k+1} = W_k x_k, that from the output A_kᵀ u.

    If S(W) = 2 L σ^{2-2/L}, then the signal grows by σ^{1/L} in each layer, and so it does on the
    way back: for 1 <= k <= L

        |W_k x_k| = σ^{1/L} |x_k|,                           [gain_most, gain_least]
        |W_kᵀ W_k x_k| = σ^{1/L} |W_k x_k|.                              [return]

    So x_k is a right singular vector of W_k, and W_k x_k a left one that W_{k+1} takes up.

    At every minimizer, flattest or not, the two paths satisfy for 1 <= k < L

        cos² ∠(A_kᵀ u, B_{k+1} v) >= (2 L σ^{2-2/L} / S(W))^L,           [alignment]

    with equality for paths with one bend.   [alignment_attained]

Notation
    S (``sharpness``), L (``depth``), σ (``target_norm``); A_k, B_k suffixes and prefixes;
    gains |W_k x_k| / |x_k| (squared: ``path_gain_sq_max``, ``path_gain_sq_min``); gains of W_kᵀ on
    W_k x_k (``path_return_sq_max``); the least cos² over k (``path_alignment_sq``).

Assumptions
    minimizer   W_L ... W_1 = T.  Without it, W_1 = (1, 1/2, 1/2)ᵀ, W_2 = 0 and T = 1 have S = 4.
    whitened    Σ = I.  Without it, W = (2, 1/2) and Σ = 8/17 have S = 4 and gains 2 and 1/2.
    flattest    S = 2 L σ^{2-2/L}.  Without it, W = (2, 1/2) again.
    top_vector  |Tv| = σ|v|.  Without it, the other coordinate of diag(1, 1/2), diag(1, 1/2).

Proof
    M1 shows S/2 >= Σ_k a_k² b_k², with a_k = |A_kᵀ u|, b_k = |B_k v|, and a_k b_{k+1} >= σ.  Put
    t_k = a_k² b_k² / σ^{2-2/L} and c_k = a_k b_{k+1} / σ >= 1.  Then Σ t_k <= L ρ with
    ρ = S / (2 L σ^{2-2/L}), and Π t_k = Π c_k².  AM-GM gives Π c_k² <= ρ^L; as 1/c_k is the
    cosine of the angle, the last statement follows.  If ρ = 1 then all c_k = 1: equality in
    Cauchy-Schwarz makes A_kᵀ u parallel to B_{k+1} v.  Equality in AM-GM makes all t_k equal to
    1.  So a_k b_k = σ^{1-1/L}, a_k b_{k+1} = σ, b_1 = 1, which is b_k = σ^{(k-1)/L} and
    a_k = σ^{(L-k)/L}.  Put q_k = B_{k+1} v / b_{k+1} = A_kᵀ u / a_k.

Sharpness
    σ^{1/L} is exact.  For L >= 3 it need not be the largest singular value of a layer, nor need a
    flattest minimum be balanced: diag(1, 7/5), diag(1, 0), diag(1, 0) has S = 6.  (For L = 2 it
    is the largest, by M3.)  The exponent L of the last statement is attained at every ratio
    S/S_min, by paths with one bend.

Implementation notes
    |W x| = |Wᵀ W x|/|W x| = g |x| says Wᵀ W x = g² x, without roots: |Wᵀ W x - g² x|² = 0.

References
----------
    mulayoff2020unique (reconstructed except for the abstract's claims); the alignment bound is
    certimin2026
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.training import CONVERGED, gradient_descent
from theorems.assumptions import minimizer, whitened
from theorems.flat_minima import sharpness_ge_of_minimizer as M1
from theorems.flat_minima.coupling_scores import over_least
from theorems.flat_minima.paths import (
    PairedInstance,
    bent_paths,
    flattest,
    paired,
    paired_flattest_minimizers,
    paired_whitened_minimizers,
    path_alignment_sq,
    path_gain_sq_max,
    path_gain_sq_min,
    path_return_sq_max,
    top_vector,
)
from theorems.instances import Instance
from theorems.quantities import depth, imbalance, layer_norm_max, sharpness, symbols, target_norm
from theorems.settings import all_flattest_minimizers
from theorems.training import Trained
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
_FLATTEST = (minimizer, whitened, flattest, top_vector)
_DEPTHS = range(2, 6)

# --- claims and proofs --------------------------------------------------------------------------


@claim(paired_flattest_minimizers, sp.Eq(most, path_gain**2), *_FLATTEST, given=(M1.lower,))
def gain_most(path_gain: Any) -> Iterator[Step]:
    """No layer has a gain above σ^{1/L} along the path.

    The sum of t_k - 1 - ln t_k >= 0 vanishes, so t_k = e^x has x = 0: the equality case of AM-GM.
    That of Cauchy-Schwarz makes A_kᵀ u and B_{k+1} v parallel.
    """
    x = sp.Symbol("x", real=True)
    excess = sp.exp(x) - 1 - x
    double_zero = excess.subs(x, 0) ** 2 + sp.diff(excess, x).subs(x, 0) ** 2
    yield Identity("e^x - 1 - x and its slope vanish at 0", double_zero, why="AM-GM")
    yield Condition("e^x - 1 - x is strictly convex", sp.diff(excess, x, 2), ">", why="AM-GM")
    xx, xy, yy = sp.symbols("xx xy yy", positive=True)
    ratio = xy / yy
    yield Identity(
        "the part of x that is not parallel to y",
        xx - 2 * ratio * xy + ratio**2 * yy, (xx * yy - xy**2) / yy, why="Cauchy-Schwarz",
    )  # fmt: skip
    k = sp.Symbol("k", integer=True, positive=True)
    a, b = path_gain ** (L - k), path_gain ** (k - 1)
    why = "the recursion b_1 = 1, b_{k+1} = σ^{1/L} b_k has one solution"
    yield Identity("b_1 = 1", b.subs(k, 1), 1, why=why)
    yield Identity("a_L = 1", a.subs(k, L), 1, why=why)
    yield Identity("a_k b_k", a * b, sigma ** (1 - 1 / L), why=why)
    yield Identity("a_k b_{k+1}", a * b.subs(k, k + 1), sigma, why=why)


gain_least = replace(
    gain_most, name="gain_least", title="No layer has a gain below σ^{1/L} along the path",
    relation=sp.Eq(least, path_gain**2),
)  # fmt: skip


@claim(
    paired_flattest_minimizers, sp.Eq(back, path_gain**2), *_FLATTEST,
    given=(M1.lower, gain_most), name="return",
)  # fmt: skip
def way_back(path_gain: Any) -> Iterator[Step]:
    """The transposed layers have the same gain on the way back.

    W_kᵀ q_k = σ^{1/L} q_{k-1} is read off A_{k-1} = A_k W_k.
    """
    for size in _DEPTHS:
        W = sp.symbols(f"W_1:{size + 1}", commutative=False)
        A = [sp.Mul(*reversed(W[k:])) for k in range(size + 1)]
        for k in range(1, size + 1):
            yield Identity(
                "A_k W_k = A_{k-1}", A[k] * W[k - 1], A[k - 1],
                why="W_kᵀA_kᵀu = A_{k-1}ᵀu", at={"L": size},
            )  # fmt: skip
    k = sp.Symbol("k", integer=True, positive=True)
    gain = sigma ** ((L - k + 1) / L) / sigma ** ((L - k) / L)
    yield Identity("gain on the way back", gain, path_gain, why="|A_{k-1}ᵀu|/|A_kᵀu|")


@claim(
    paired_whitened_minimizers, aligned >= alignment_floor, *_TOP,
    given=(M1.lower,), bounds=Bounds((2, 4), (1, 2)),
)  # fmt: skip
def alignment(alignment_floor: Any) -> Iterator[Step]:
    """At every minimizer, misaligned layers cost sharpness.

    Π_k t_k = Π_{k<L} c_k² since b_1 = a_L = 1; then Π_k t_k <= (Σ_k t_k/L)^L <= ρ^L.
    """
    for size in _DEPTHS:
        a = [*sp.symbols(f"a_1:{size}", positive=True), sp.Integer(1)]
        b = [sp.Integer(1), *sp.symbols(f"b_2:{size + 1}", positive=True)]
        scale = sigma ** (2 - sp.Rational(2, size))
        yield Identity(
            "product of the terms",
            sp.Mul(*((x * y) ** 2 / scale for x, y in zip(a, b, strict=True))),
            sp.Mul(*((a[k] * b[k + 1] / sigma) ** 2 for k in range(size - 1))),
            why="regrouping", at={"L": size},
        )  # fmt: skip
    bound = (2 * L * sigma ** (2 - 2 / L) / S) ** L
    yield Identity("the bound ρ^{-L}", bound, alignment_floor, why="AM-GM; t^L; c_k >= 1")


@claim(bent_paths, sp.Eq(aligned, alignment_floor), *_TOP, bounds=Bounds((2, 5)))
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
        why="one input and one output: S = 2Σ a_k²b_k²",
    )  # fmt: skip
    at_bend = floor.subs({S: 2 * L * term**2, sigma: w * (w * c) ** (L - 1)})
    yield Identity("the bound is the cosine", at_bend, c**2, why="S = 2La_1², σ = w(wc)^{L-1}")


# --- false twins --------------------------------------------------------------------------------


def beside_the_path() -> Instance:
    """diag(1, 7/5), diag(1, 0), diag(1, 0): S = 6, flattest."""
    return Instance.of_minimizer(
        [[[1, 0], [0, Fraction(7, 5)]], *[[[1, 0], [0, 0]]] * 2], [[1, 0], [0, 1]]
    )


_twins = (
    twin("top_singular_value",
         "σ^{1/L} is the top singular value of every layer at a flattest minimum",
         all_flattest_minimizers, widest <= sigma ** (1 / L), known=lambda: [beside_the_path()]),
    twin("balanced", "flattest implies balanced",
         all_flattest_minimizers, sp.Eq(unbalanced, 0), known=lambda: [beside_the_path()]),
    twin("any_minimizer", "the gains are σ^{1/L} at every minimizer",
         paired_whitened_minimizers, sp.Eq(most, sigma ** (2 / L))),
    twin("linear_cost", "S_min/S for its power L: cos² >= S_min/S",
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
    normalisation="R = E|y - Px|², no factor 1/2; σ = |T|_2 spectral",
    source=Source("mulayoff2020unique", "coupling of layers at flat minima (reconstructed)"),
    claims=(gain_most, gain_least, way_back, alignment, alignment_attained),
    controls=_twins,
    witnesses=(
        witness("beside_the_path", gain_most,
                "coupled though not balanced: diag(1, 7/5), diag(1, 0), diag(1, 0)",
                lambda: paired(beside_the_path(), [[1], [0]])),
        witness("any_top_vector", way_back, "T = 4 I: every vector is a top one, here (3, 4)",
                lambda: paired(Instance.of_minimizer([[[2, 0], [0, 2]]] * 2, _UNIT), [[3], [4]])),
    ),
    necessity=(
        needed(flattest, gain_most, "W = (2, 1/2): S = 17/2 > 4, gains 2 and 1/2",
               lambda: paired(Instance.of_minimizer([[[2]], [[_HALF]]], [[1]]), [[1]])),
        needed(whitened, gain_most, "W = (2, 1/2), Σ = 8/17: S = 4, gains 2 and 1/2",
               lambda: paired(
                   Instance.of_minimizer([[[2]], [[_HALF]]], [[Fraction(8, 17)]]), [[1]])),
        needed(minimizer, gain_most,
               "W_1 = (1, 1/2, 1/2)ᵀ, W_2 = 0, T = 1: S = 4, squared gains 3/2 and 0",
               lambda: paired(
                   Instance.exact([[[1], [_HALF], [_HALF]], [[0, 0, 0]]], [[1]], [[1]]), [[1]])),
        needed(top_vector, gain_most, "the second coordinate of diag(1, 1/2), diag(1, 1/2)",
               lambda: paired(
                   Instance.of_minimizer([[[1, 0], [0, _HALF]]] * 2, _UNIT), [[0], [1]])),
    ),
    trainings=(
        Training("trained", "gradient descent from random layers, corrected to an exact minimizer",
                 _train, (alignment,)),
    ),
    module=__name__,
)  # fmt: skip
