r"""Small imbalance makes the layers of a one-output network nearly rank one and aligned.

Statement
    For any weights with d_y = 1, with D_j = W_{j+1}ᵀW_{j+1} - W_jW_jᵀ and
    ε_k = Σ_{j=k}^{L-1} (λ_max(D_j) - tr D_j), for every k:

        |W_k|_F² - |W_k|_2² <= ε_k,
        | |W_k|_2² - |W_{k+1}|_2² | <= |D_k|_2,
        <u_k, v_{k+1}>² |W_{k+1}|_2² >= |W_{k+1}|_2² - ε_{k+1} - 2|D_k|_2,

    u_k any top left singular vector of W_k, v_{k+1} any top right one of W_{k+1}.  Gradient flow
    keeps every D_j, so after a small initialisation all three hold for all time.

Notation
    k the position of a pair of neighbouring layers; |W_k|_F² (``layer_fro_sq``), |W_k|_2²
    (``layer_top_sq``), |W_{k+1}|_2² (``next_top_sq``), |D_k|_2 (``imbalance_top``), ε_k
    (``rank_defect``), ε_{k+1} (``next_rank_defect``), the least <u_k, v_{k+1}>² (``alignment``).

Assumptions
    one_output  d_y = 1: the last layer is a row, of rank one.  Without it two identities have
                D_1 = 0 and |W_1|_F² - |W_1|_2² = 1.

Proof
    f_k = |W_k|_F² - |W_k|_2².  |W_{k+1}|_F² = |W_k|_F² + tr D_k, and by Weyl |W_{k+1}|_2² =
    λ_max(W_kW_kᵀ + D_k) <= |W_k|_2² + λ_max(D_k); so f_k <= f_{k+1} + λ_max(D_k) - tr D_k, and
    f_L = 0.  Weyl from both sides is the second line.  For the third, u = u_k:
    uᵀW_{k+1}ᵀW_{k+1}u = |W_k|_2² + uᵀD_ku >= |W_{k+1}|_2² - 2|D_k|_2 from below, and from above at
    most <u,v>²|W_{k+1}|_2² + (1 - <u,v>²)s_2² with s_2² <= f_{k+1} <= ε_{k+1}.

Main results
    C2.rank       every layer is nearly of rank one
    C2.norms      neighbours have nearly the same norm
    C2.alignment  neighbours are nearly aligned
    C2.attained   equality in the third, once through ε_{k+1} and once through 2|D_k|_2
    C2.initial    ε_{k+1} + 2|D_k|_2 is at most the single number of the paper

Evidence
    Symbolic: the telescoping for all L, the rest with its side conditions.  Exact and certified on
    arbitrary weights, and at stored times of integrated gradient flows.

Sharpness
    The third bound is attained (C2.attained).  Without the factor 2, diag(7/10, 18/25) followed by
    [1, 0] refutes it: the overlap is 0 and 1 - 324/625 > 0.

Implementation notes
    Where a top singular value is multiple the least overlap is 0; see :mod:`numeric.alignment`.
    The data do not enter; instances carry Σ = I.

References
----------
    marion2024deep (their constant 3 max|W_k(0)|_F² + 2 Σ|D_k(0)|_2 reconstructed);
    ji2019gradient (alignment of layers)

Tags
    imbalance, rank, alignment, gradient flow
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.training import Flow, dyadic, gradient_flow
from theorems.assumptions import one_output
from theorems.quantities import symbols
from theorems.regression.layer_pairs import (
    LayerPair,
    alignment,
    barely_aligned_pairs,
    imbalance_top,
    layer_fro_sq,
    layer_pairs,
    layer_top_sq,
    many_output_pairs,
    next_rank_defect,
    next_top_sq,
    paper_epsilon,
    rank_defect,
    rank_defect_untraced,
)
from verify.claims import Bounds, Setting
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

__all__ = ["THEOREM", "alignment_bound"]


# --- closed form --------------------------------------------------------------------------------

fro, top, after, D, eps, eps_next, untraced, aligned, paper = symbols(
    layer_fro_sq,
    layer_top_sq,
    next_top_sq,
    imbalance_top,
    rank_defect,
    next_rank_defect,
    rank_defect_untraced,
    alignment,
    paper_epsilon,
)

alignment_bound = Formula(
    "alignment_bound",
    r"|W_{k+1}|_2^2-\varepsilon_{k+1}-2|D_k|_2",
    after - eps_next - 2 * D,
)

# --- derivation ---------------------------------------------------------------------------------

_SHAPES = ((2, 2, 1), (2, 2, 2), (1, 3, 2))


def derive_rank(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield f_k - f_L as a telescoping sum, f_L = 0, and each difference by trace and Weyl."""
    yield from _perturbation()
    k, L, j = sp.symbols("k L j", integer=True, positive=True)
    f, drop, slack = sp.Function("f"), sp.Function("d"), sp.Function("s")
    yield Identity(
        "telescoping",
        r"f_k - f_L = \sum_{j=k}^{L-1}(f_j - f_{j+1})",
        "all L",
        "telescoping sum",
        sp.Sum(f(j) - f(j + 1), (j, k, L - 1)).doit(),
        f(k) - f(L),
    )
    before, change = sp.symbols("F t", real=True)
    yield Identity(
        "one difference",
        r"f_j - f_{j+1} = \lambda_{\max}(D_j) - \operatorname{tr}D_j - s_j,\; s_j \ge 0",
        "all L",
        "Weyl: |W_{j+1}|_2² = |W_j|_2² + λ_max(D_j) - s_j with s_j >= 0",
        (before - top) - (before + change - (top + drop(j) - slack(j))),
        drop(j) - change - slack(j),
    )
    row, x = sp.Matrix([sp.symbols("r1:4", real=True)]), sp.Symbol("x")
    yield Identity(
        "the last layer has rank one",
        r"\det(xI - w^Tw) = x^{d-1}(x-|w|_F^2),\quad f_L = 0",
        "d = 3",
        "characteristic polynomial",
        (x * sp.eye(3) - row.T * row).det(method="berkowitz"),
        x**2 * (x - row.dot(row)),
    )


def _perturbation() -> Iterator[Step]:
    """W_{k+1}ᵀW_{k+1} = W_kW_kᵀ + D_k with symmetric D_k, and its trace."""
    for before, middle, beyond in _SHAPES:
        W = sp.Matrix(middle, before, sp.symbols(f"a1:{middle * before + 1}", real=True))
        V = sp.Matrix(beyond, middle, sp.symbols(f"b1:{beyond * middle + 1}", real=True))
        D_k = V.T * V - W * W.T
        scope = "any entries, widths " + ", ".join("-".join(map(str, s)) for s in _SHAPES)
        yield Condition(
            f"D is symmetric {before}-{middle}-{beyond}",
            "D_k = D_k^T",
            scope,
            "side condition of Weyl's inequality",
            (D_k - D_k.T).expand().is_zero_matrix,
        )
        yield Identity(
            f"trace {before}-{middle}-{beyond}",
            r"|W_{k+1}|_F^2 = |W_k|_F^2 + \operatorname{tr}D_k",
            scope,
            "expansion",
            sum(v**2 for v in V),
            sum(w**2 for w in W) + D_k.trace(),
        )


def derive_alignment(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield both estimates of uᵀW_{k+1}ᵀW_{k+1}u and what they leave, term by term >= 0."""
    yield from _perturbation()
    overlap, rest = sp.symbols("c e", nonnegative=True)  # <u,v>² and 1 - <u,v>²
    unused, weyl, rayleigh = sp.symbols("g_1 g_2 g_3", nonnegative=True)
    second = eps_next - unused  # s_2² <= f_{k+1} <= ε_{k+1}
    form = after - D + weyl - D + rayleigh  # |W_k|² >= |W_{k+1}|² - |D_k|, uᵀD_ku >= -|D_k|
    above = overlap * after + rest * second
    kept = (1 - rest) * eps_next + rest * unused
    yield Identity(
        "from above",
        r"c\,s_1^2+(1-c)s_2^2 = c\,s_1^2+\varepsilon_{k+1} - (c\,\varepsilon_{k+1}+(1-c)g_1)",
        "all sizes",
        "Rayleigh in the eigenbasis of W_{k+1}ᵀW_{k+1}; s_2² = ε_{k+1} - g_1",
        above,
        overlap * after + eps_next - kept,
    )
    small, gap = sp.symbols("epsilon gamma", nonnegative=True)
    yield Condition(
        "what is dropped is not negative",
        r"c\,\varepsilon_{k+1} + (1-c)g_1 \ge 0",
        "all sizes",
        "side condition: ε_{k+1} >= f_{k+1} >= 0 and 0 <= c <= 1",
        (overlap * small + rest * gap).is_nonnegative,
    )
    yield Identity(
        "both together",
        r"c\,s_1^2 = |W_{k+1}|_2^2-\varepsilon_{k+1}-2|D_k|_2 + g_2+g_3+\text{dropped}",
        "all sizes",
        "Weyl and Rayleigh",
        form - eps_next + kept,
        formulas["alignment_bound"] + weyl + rayleigh + kept,
    )
    yield Condition(
        "both slacks are not negative",
        r"g_2 + g_3 \ge 0",
        "all sizes",
        "Weyl and Rayleigh for the symmetric D_k",
        (weyl + rayleigh).is_nonnegative,
    )


# --- claims and controls ------------------------------------------------------------------------

_BOUNDS = Bounds(depth=(2, 4), width=(1, 3))
_formulas = (alignment_bound,)


def _claim(name: str, title: str, relation: Any, where: Setting = layer_pairs) -> Claim:
    return Claim(f"C2.{name}", title, where, relation, (one_output,), _formulas, _BOUNDS)


_claims = (
    _claim("rank", "every layer is nearly of rank one", fro - top <= eps),
    _claim("norms", "neighbours have nearly the same norm", sp.Abs(top - after) <= D),
    _claim("alignment", "neighbours are nearly aligned", aligned * after >= alignment_bound.symbol),
    _claim(
        "attained",
        "equality where the overlap is zero",
        sp.Eq(aligned * after, alignment_bound.symbol),
        barely_aligned_pairs,
    ),
    _claim("initial", "the single number of the paper bounds both", eps_next + 2 * D <= paper),
)


def _twin(name: str, title: str, relation: Any, where: Setting = layer_pairs, **known: Any) -> Any:
    return Control(Claim(f"C2.control.{name}", title, where, relation, bounds=_BOUNDS), **known)


_controls = (
    _twin(
        "alignment_without_factor_two",
        "|D_k| for 2|D_k| in the alignment bound",
        aligned * after >= after - eps_next - D,
        known=lambda: [
            LayerPair.at(1, [[Fraction(7, 10), 0], [0, Fraction(18, 25)]], [[1, 0]]),
        ],
    ),
    _twin("rank_untraced", "ε_k without the traces", fro - top <= untraced),
    _twin(
        "next_defect",
        "ε_{k+1} for ε_k in the rank bound",
        fro - top <= eps_next,
    ),
    _twin("half_norms", "|D_k|/2 for |D_k| between the norms", sp.Abs(top - after) <= D / 2),
    _twin(
        "many_outputs",
        "the rank bound with several outputs",
        fro - top <= eps,
        many_output_pairs,
        known=lambda: [LayerPair.at(1, [[1, 0], [0, 1]], [[1, 0], [0, 1]])],
    ),
)

# --- training -----------------------------------------------------------------------------------

_DECIDED = 4  # stored times at which a flow is decided in balls; measured at all of them


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient flows from small Gaussian weights, at their stored times."""
    rng = np.random.default_rng(seed)
    for run in range(min(runs, 6)):
        depth, d, scale = 2 + run % 3, 3, (0.3, 0.1, 0.03)[run % 3]
        features = rng.standard_normal((20, d))
        sigma = features.T @ features / len(features)
        target = rng.standard_normal((1, d))
        target /= np.linalg.norm(target)
        start = [scale * rng.standard_normal((m, d)) for m in (*[d] * (depth - 1), 1)]
        flow = gradient_flow(start, sigma, target @ sigma, rtol=1e-10, tolerance=1e-6)
        yield from _along(flow, sigma, target, f"run {run}, depth {depth}, scale {scale}")


def _along(flow: Flow, sigma: Any, target: Any, label: str) -> Iterator[TrainedSolution]:
    """The misalignment at all stored times against the bound at time zero; claims at some."""
    depth, times = len(flow.path), len(flow.times)
    picked = np.linspace(0, times - 1, _DECIDED).astype(int)
    data = [dyadic(sigma), dyadic(target)]
    for k in range(1, depth):
        measured = _misalignment(flow, sigma, target, k)
        for t in picked:
            exact = LayerPair.exact([dyadic(W[t]) for W in flow.path], *data)
            pair = replace(exact, position=k)
            shown = (measured,) if t == picked[-1] else ()
            where = f"{label}, pair {k}, time {flow.times[t]:.3g}"
            yield TrainedSolution(where, pair, Fraction(0), shown)


def _misalignment(flow: Flow, sigma: Any, target: Any, k: int) -> Measurement:
    """max_t (1 - <u_k, v_{k+1}>²)|W_{k+1}|² over all stored times, against ε_{k+1} + 2|D_k| at 0.

    Allowed: the exact flow keeps every D_j; the computed one moves each by at most ``drift`` in
    Frobenius norm, hence λ_max(D_j) and |D_k| by drift, tr D_j by √d drift; and rounding.
    """
    ar, d = Floating(), flow.path[0].shape[-1]
    path = LayerPair(ar, flow.path, sigma, target, False, position=k)
    start = LayerPair(ar, tuple(W[0] for W in flow.path), sigma, target, False, position=k)
    missed = (1 - alignment.measure(path)) * next_top_sq.measure(path)
    predicted = float(next_rank_defect.measure(start) + 2 * imbalance_top.measure(start))
    moved = (len(flow.path) * (1 + np.sqrt(d)) + 2) * flow.drift
    allowed = (moved + 1e-13) / predicted
    return Measurement(
        "worst misalignment over all stored times",
        predicted,
        float(np.max(missed)),
        allowed,
        "<=",
    )


THEOREM = Theorem(
    id="C2",
    title="With one output the imbalance bounds rank, norms and alignment of the layers",
    statement=(
        r"d_y = 1 \;\Longrightarrow\; |W_k|_F^2-|W_k|_2^2 \le \varepsilon_k,\quad "
        r"\bigl||W_k|_2^2-|W_{k+1}|_2^2\bigr| \le |D_k|_2,\quad "
        r"\langle u_k,v_{k+1}\rangle^2 \ge 1-\frac{\varepsilon_{k+1}+2|D_k|_2}{|W_{k+1}|_2^2},"
        r"\qquad \varepsilon_k = \sum_{j=k}^{L-1}(\lambda_{\max}(D_j)-\operatorname{tr}D_j)"
    ),
    normalisation="spectral and Frobenius norms of weights; data do not enter",
    source=Source(
        "marion2024deep", "small initialisation (pointwise form; constant reconstructed)"
    ),
    claims=_claims,
    controls=_controls,
    formulas=_formulas,
    derivations={"C2.rank": derive_rank, "C2.alignment": derive_alignment},
    witnesses=(
        Witness(
            "C2.witness.generic",
            "C2.alignment",
            "two inputs, three layers, an informative bound: 4 - 2 - 2 · 1/2",
            lambda: LayerPair.at(1, [[2, 0], [0, 1]], [[2, 0], [0, 1]], [[2, 0]]),
        ),
        Witness(
            "C2.witness.rank",
            "C2.rank",
            "two identities and a row: f_1 = 1 = ε_1",
            lambda: LayerPair.at(1, [[1, 0], [0, 1]], [[1, 0], [0, 1]], [[2, 0]]),
        ),
    ),
    necessity=(
        Necessity(
            one_output,
            "C2.rank",
            "two identities: D_1 = 0 but |W_1|_F² - |W_1|_2² = 1",
            lambda: LayerPair.at(1, [[1, 0], [0, 1]], [[1, 0], [0, 1]]),
        ),
    ),
    trainings=(
        Training(
            "C2.trained",
            "gradient flow from small weights, the trained weights themselves at stored times",
            _train,
            ("C2.rank", "C2.norms", "C2.alignment"),
        ),
    ),
    module=__name__,
    tags=("imbalance", "alignment", "gradient flow"),
)
