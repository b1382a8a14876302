r"""At a flattest minimum the layers are coupled along the path of the most amplified signal.

Statement
    Let Σ = I, W_L ... W_1 = T != 0, σ = |T|_2 and S(W) = 2 L σ^{2-2/L}.  For each top singular
    pair T v = σ u there are unit vectors q_0 = v, q_1, ..., q_L = u with

        W_k q_{k-1} = σ^{1/L} q_k,    W_kᵀ q_k = σ^{1/L} q_{k-1}    (1 <= k <= L):

    a left singular vector of each layer is a right singular vector of the next, and the signal
    grows by exactly σ^{1/L} per layer.  Moreover, at every minimizer, flattest or not, the path
    x_k = B_k v from the input and the path A_kᵀ u from the output satisfy

        cos² ∠(A_kᵀ u, B_{k+1} v) >= (2 L σ^{2-2/L} / S(W))^L    (1 <= k < L).

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

Main results
    M2.gain_most, M2.gain_least  every layer has gain σ^{1/L} along the path
    M2.return                    so has every transposed layer on the way back
    M2.alignment                 any minimizer: misalignment costs sharpness
    M2.alignment_attained        equality at every ratio S/S_min: a path with one bend

Evidence
    Symbolic for all L; words A_k W_k = A_{k-1} for L = 2..5.  Exact on flattest minimizers with
    arbitrary blocks beside the path, most of them not balanced.

Sharpness
    σ^{1/L} is exact.  For L >= 3 it need not be the largest singular value of a layer, nor need a
    flattest minimum be balanced: diag(1, 7/5), diag(1, 0), diag(1, 0) has S = 6.  (For L = 2 it
    is the largest, by M3.)  The exponent L of the last statement is attained by
    paths with one bend.

Implementation notes
    |W x| = |Wᵀ W x|/|W x| = g |x| says Wᵀ W x = g² x, without roots: |Wᵀ W x - g² x|² = 0.

References
----------
    mulayoff2020unique (reconstructed except for the abstract's claims); the alignment bound is
    certimin2026

Tags
    flat minima, coupling, singular vectors, whitened
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational
from numeric.spectrum import sharpness_at_minimizer
from numeric.training import CONVERGED, gradient_descent
from theorems.assumptions import minimizer, whitened
from theorems.flat_minima.paths import (
    PairedInstance,
    bent_paths,
    flattest,
    paired_flattest_minimizers,
    paired_whitened_minimizers,
    path_alignment_sq,
    path_gain_sq_max,
    path_gain_sq_min,
    path_return_sq_max,
    top_vector,
)
from theorems.instances import Instance
from theorems.quantities import (
    depth,
    imbalance,
    layer_norm_max,
    sharpness,
    symbols,
    target_norm,
)
from theorems.settings import all_flattest_minimizers
from theorems.training import Trained
from verify.claims import Bounds
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

__all__ = ["THEOREM", "alignment_floor", "path_gain"]

S, L, sigma = symbols(sharpness, depth, target_norm)
most, least, back, aligned = symbols(
    path_gain_sq_max, path_gain_sq_min, path_return_sq_max, path_alignment_sq
)
widest, unbalanced = symbols(layer_norm_max, imbalance)

# --- closed forms -------------------------------------------------------------------------------

path_gain = Formula("path_gain", r"\sigma^{1/L}", sigma ** (1 / L))
alignment_floor = Formula(
    "alignment_floor",
    r"(2L\sigma^{2-2/L}/S)^L",
    (2 * L) ** L * sigma ** (2 * L - 2) / S**L,
)

# --- derivation ---------------------------------------------------------------------------------


def derive_gain(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the equality cases of AM-GM and Cauchy-Schwarz, and the gains they leave."""
    yield from _equality_cases()
    k = sp.Symbol("k", integer=True, positive=True)
    gain = formulas["path_gain"]
    a, b = gain ** (L - k), gain ** (k - 1)
    ends = ((b.subs(k, 1), 1, "b_1 = 1"), (a.subs(k, L), 1, "a_L = 1"))
    pairs = (
        (a * b, sigma ** (1 - 1 / L), r"a_kb_k = \sigma^{1-1/L}"),
        (a * b.subs(k, k + 1), sigma, r"a_kb_{k+1} = \sigma"),
    )
    for lhs, rhs, statement in (*ends, *pairs):
        yield Identity(
            f"the gains solve the recursion: {statement}",
            statement,
            "all L",
            "the recursion b_1 = 1, b_{k+1} = σ^{1/L} b_k has one solution",
            sp.powsimp(sp.powdenest(lhs)),
            rhs,
        )


def _equality_cases() -> Iterator[Step]:
    """e^x - 1 - x vanishes only at 0; Lagrange's identity for the angle."""
    x = sp.Symbol("x", real=True)
    excess = sp.exp(x) - 1 - x
    yield Identity(
        "AM-GM, term by term: value at x = 0",
        r"\sum_k (t_k - 1 - \ln t_k) = 0 \Rightarrow t_k = 1,\; t_k = e^x",
        "all L",
        "equality case of AM-GM",
        excess.subs(x, 0) ** 2 + sp.diff(excess, x).subs(x, 0) ** 2,
        0,
    )
    yield Condition(
        "AM-GM, term by term: strictly convex",
        r"(e^x-1-x)'' = e^x > 0",
        "all L",
        "equality case of AM-GM",
        sp.diff(excess, x, 2).is_positive,
    )
    xx, xy, yy = sp.symbols("xx xy yy", positive=True)
    ratio = xy / yy
    yield Identity(
        "Cauchy-Schwarz: what is not parallel",
        r"|x - \tfrac{\langle x,y\rangle}{|y|^2}y|^2 = (|x|^2|y|^2-\langle x,y\rangle^2)/|y|^2",
        "all widths",
        "equality case of Cauchy-Schwarz",
        xx - 2 * ratio * xy + ratio**2 * yy,
        (xx * yy - xy**2) / yy,
    )


def derive_return(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield W_kᵀ q_k = σ^{1/L} q_{k-1}, read off A_{k-1} = A_k W_k."""
    for size in range(2, 6):
        W = sp.symbols(f"W1:{size + 1}", commutative=False)
        suffix = [sp.Mul(*reversed(W[k:])) for k in range(size + 1)]
        for k in range(1, size + 1):
            yield Identity(
                f"A_{k} W_{k} = A_{k - 1} at L = {size}",
                r"W_k^TA_k^Tu = A_{k-1}^Tu",
                "L = 2..5",
                "expansion",
                suffix[k] * W[k - 1],
                suffix[k - 1],
            )
    k = sp.Symbol("k", integer=True, positive=True)
    yield Identity(
        "gain on the way back",
        r"|A_{k-1}^Tu|/|A_k^Tu| = \sigma^{(L-k+1)/L-(L-k)/L} = \sigma^{1/L}",
        "all L",
        "M2.gain_most",
        sp.powsimp(sigma ** ((L - k + 1) / L) / sigma ** ((L - k) / L)),
        formulas["path_gain"],
    )


def derive_alignment(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield Π t_k = Π c_k² from b_1 = a_L = 1, and the power of AM-GM."""
    for size in range(2, 6):
        a = [*sp.symbols(f"a1:{size}", positive=True), sp.Integer(1)]
        b = [sp.Integer(1), *sp.symbols(f"b2:{size + 1}", positive=True)]
        scale = sigma ** (2 - sp.Rational(2, size))
        yield Identity(
            f"product of the terms at L = {size}",
            r"\prod_k t_k = \prod_{k<L} c_k^2",
            "L = 2..5",
            "regrouping",
            sp.Mul(*((x * y) ** 2 / scale for x, y in zip(a, b, strict=True))),
            sp.Mul(*((a[k] * b[k + 1] / sigma) ** 2 for k in range(size - 1))),
        )
    yield Identity(
        "the bound",
        r"\prod_k t_k \le \bigl(\tfrac1L\sum_k t_k\bigr)^L \le \rho^L",
        "all L",
        "AM-GM, monotonicity of t^L, c_k >= 1",
        sp.powdenest(sp.expand_power_base((2 * L * sigma ** (2 - 2 / L) / S) ** L)),
        sp.expand_power_base(formulas["alignment_floor"]),
    )


def derive_bent(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the terms of a path with one bend of cosine c, and the bound on them."""
    k = sp.Symbol("k", integer=True, positive=True)
    w, c = sp.symbols("w c", positive=True)
    term = w * (w * c) ** (L - 2)
    top = w * (w * c) ** (L - 1)
    yield Identity(
        "equal terms",
        r"a_1 = w(wc)^{L-2},\; a_k = (wc)^{L-k},\; b_k = w(wc)^{k-2} \; (k \ge 2): \; a_kb_k = a_1",
        "all L",
        "one input and one output: S = 2Σ a_k²b_k²",
        sp.powsimp((w * c) ** (L - k) * w * (w * c) ** (k - 2)),
        term,
    )
    yield Identity(
        "the bound is the cosine",
        r"(2L\sigma^{2-2/L}/S)^L = c^2,\; \sigma = w(wc)^{L-1},\; S = 2La_1^2",
        "all L",
        "expansion",
        sp.expand_power_base(formulas["alignment_floor"].subs({S: 2 * L * term**2, sigma: top})),
        c**2,
    )


# --- claims and controls ------------------------------------------------------------------------

_BOUNDS = Bounds(depth=(2, 4), width=(1, 3))
_FLATTEST = (minimizer, whitened, flattest, top_vector)


def _coupled(name: str, title: str, quantity: Any) -> Claim:
    relation = sp.Eq(quantity, path_gain.symbol**2)
    setting_ = paired_flattest_minimizers
    return Claim(f"M2.{name}", title, setting_, relation, _FLATTEST, (path_gain,), _BOUNDS)


_claims = (
    _coupled("gain_most", "no layer has a gain above σ^{1/L} along the path", most),
    _coupled("gain_least", "no layer has a gain below σ^{1/L} along the path", least),
    _coupled("return", "the transposed layers have the same gain on the way back", back),
    Claim(
        "M2.alignment",
        "at every minimizer, misaligned layers cost sharpness",
        paired_whitened_minimizers,
        aligned >= alignment_floor.symbol,
        (minimizer, whitened, top_vector),
        (alignment_floor,),
        Bounds(depth=(2, 4), width=(1, 2)),
    ),
    Claim(
        "M2.alignment_attained",
        "equality for a path with one bend",
        bent_paths,
        sp.Eq(aligned, alignment_floor.symbol),
        (minimizer, whitened, top_vector),
        (alignment_floor,),
        Bounds(depth=(2, 5)),
    ),
)


def _beside_the_path() -> Instance:
    """diag(1, 7/5), diag(1, 0), diag(1, 0): S = 6, flattest."""
    rest = [[1, 0], [0, 0]]
    return Instance.of_minimizer([[[1, 0], [0, Fraction(7, 5)]], rest, rest], [[1, 0], [0, 1]])


def _twin(name: str, title: str, setting_: Any, relation: Any, known: Any = tuple) -> Control:
    return Control(Claim(f"M2.control.{name}", title, setting_, relation), known)


_controls = (
    _twin(
        "top_singular_value",
        "σ^{1/L} is the top singular value of every layer at a flattest minimum",
        all_flattest_minimizers,
        widest <= sigma ** (1 / L),
        lambda: [_beside_the_path()],
    ),
    _twin(
        "balanced",
        "flattest implies balanced",
        all_flattest_minimizers,
        sp.Eq(unbalanced, 0),
        lambda: [_beside_the_path()],
    ),
    _twin(
        "any_minimizer",
        "the gains are σ^{1/L} at every minimizer",
        paired_whitened_minimizers,
        sp.Eq(most, sigma ** (2 / L)),
    ),
    _twin(
        "linear_cost",
        "S_min/S for its power L: cos² >= S_min/S",
        bent_paths,
        aligned >= 2 * L * sigma ** (2 - 2 / L) / S,
    ),
)

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient descent from random layers, targets diag(σ, ...): v is the first coordinate."""
    rng = np.random.default_rng(seed)
    for run in range(runs):
        size, d = 2 + run % 3, 2
        target = np.diag([1.5, 0.75])
        start = [np.eye(d) + 0.4 * rng.standard_normal((1, d, d)) for _ in range(size)]
        descent = gradient_descent(start, np.eye(d), target, 0.02, steps=4000, tolerance=1e-11)
        if int(descent.status[0]) != CONVERGED:
            continue
        weights = [np.asarray(W)[0] for W in descent.weights]
        trained = Trained(f"run {run}, depth {size}", weights, np.eye(d), target)
        ratio = float(sharpness_at_minimizer(trained.net, np.eye(d))) / (
            2 * size * 1.5 ** (2 - 2 / size)
        )
        floats = Instance.of(Floating(), weights, np.eye(d), target)
        cosine_sq = path_alignment_sq.measure(PairedInstance.paired(floats, np.eye(d, 1)))
        # rounding of the quotient of two float products
        cost = Measurement("1/cos² of the path", ratio**size, 1 / float(cosine_sq), 1e-9, "<=")
        exact = PairedInstance.paired(trained.minimizer, Rational().matrix([[1], [0]]))
        yield TrainedSolution(trained.label, exact, trained.distance, (cost,))


_UNIT = [[1, 0], [0, 1]]

THEOREM = Theorem(
    id="M2",
    title="At a flattest minimum the layers are coupled along the most amplified path",
    statement=(
        r"\Sigma = I,\; W_L\cdots W_1 = T,\; S(W) = 2L\sigma^{2-2/L},\; Tv = \sigma u"
        r"\;\Longrightarrow\; \exists\, q_0 = v, \dots, q_L = u,\; |q_k| = 1:\quad "
        r"W_kq_{k-1} = \sigma^{1/L}q_k,\; W_k^Tq_k = \sigma^{1/L}q_{k-1}"
    ),
    normalisation="R = E|y - Px|², no factor 1/2; σ = |T|_2 spectral",
    source=Source("mulayoff2020unique", "coupling of layers at flat minima (reconstructed)"),
    claims=_claims,
    controls=_controls,
    formulas=(path_gain, alignment_floor),
    derivations={
        "M2.gain_most": derive_gain,
        "M2.gain_least": derive_gain,
        "M2.return": derive_return,
        "M2.alignment": derive_alignment,
        "M2.alignment_attained": derive_bent,
    },
    witnesses=(
        Witness(
            "M2.witness.beside_the_path",
            "M2.gain_most",
            "coupled though not balanced: diag(1, 7/5), diag(1, 0), diag(1, 0)",
            lambda: PairedInstance.exact_pair(_beside_the_path(), [[1], [0]]),
        ),
        Witness(
            "M2.witness.any_top_vector",
            "M2.return",
            "T = 4 I: every vector is a top one, here (3, 4)",
            lambda: PairedInstance.exact_pair(
                Instance.of_minimizer([[[2, 0], [0, 2]]] * 2, _UNIT), [[3], [4]]
            ),
        ),
    ),
    necessity=(
        Necessity(
            flattest,
            "M2.gain_most",
            "W = (2, 1/2): S = 17/2 > 4, gains 2 and 1/2",
            lambda: PairedInstance.exact_pair(
                Instance.of_minimizer([[[2]], [[Fraction(1, 2)]]], [[1]]), [[1]]
            ),
        ),
        Necessity(
            whitened,
            "M2.gain_most",
            "W = (2, 1/2), Σ = 8/17: S = 4, gains 2 and 1/2",
            lambda: PairedInstance.exact_pair(
                Instance.of_minimizer([[[2]], [[Fraction(1, 2)]]], [[Fraction(8, 17)]]), [[1]]
            ),
        ),
        Necessity(
            minimizer,
            "M2.gain_most",
            "W_1 = (1, 1/2, 1/2)ᵀ, W_2 = 0, T = 1: S = 4, squared gains 3/2 and 0",
            lambda: PairedInstance.exact_pair(
                Instance.exact(
                    [[[1], [Fraction(1, 2)], [Fraction(1, 2)]], [[0, 0, 0]]], [[1]], [[1]]
                ),
                [[1]],
            ),
        ),
        Necessity(
            top_vector,
            "M2.gain_most",
            "the second coordinate of diag(1, 1/2), diag(1, 1/2)",
            lambda: PairedInstance.exact_pair(
                Instance.of_minimizer([[[1, 0], [0, Fraction(1, 2)]]] * 2, _UNIT), [[0], [1]]
            ),
        ),
    ),
    trainings=(
        Training(
            "M2.trained",
            "gradient descent from random layers, corrected to an exact minimizer",
            _train,
            ("M2.alignment",),
        ),
    ),
    uses=("M1",),
    module=__name__,
    tags=("flat minima", "coupling", "whitened"),
)
