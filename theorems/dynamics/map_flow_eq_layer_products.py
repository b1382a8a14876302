r"""The end-to-end map flows by the dual Gram matrix, and by itself if the layers are balanced.

Statement
    Let $G = ∂R/∂P = 2(PΣ - C)$.  Under gradient flow of the layers the map moves by

        dP/dt = -Σ_k A_kA_kᵀ G B_kᵀB_k,                                            [flow]

    at any weights; row by row this is $-M$ times $G$, with $M$ the dual Gram matrix of F3.
    [kernel]

    Let the layers be balanced, $D_k = 0$ for every $k$, $X = W_LW_Lᵀ$ and $Y = W_1ᵀW_1$.  Then the
    right side is a function of $P$ alone,

        $dP/dt = -Σ_k X^{L-k} G Y^{k-1}$, where $X^L = PPᵀ$ and $Y^L = PᵀP$.      [closure, roots]

    With one output, $w = Pᵀ ≠ 0$ and $g = Gᵀ$, for the first layer $|W_1|_F² = |w|^{2/L}$ and

        dw/dt = -|W_1|_F^{2L-2} (g + (L-1)(w·g)w/|w|²),                            [output, first]
        dR/dt = -|w|^{2-2/L} (|g|² + (L-1)(w·g)²/|w|²).                            [rate]

    If $Σ = I$ and the balanced layers share the singular vectors of $T$, these vectors stand still,
    and a singular value $s$ of $P$ with that of $T$, $σ$, moves by

        ds/dt = 2L s^{2-2/L} (σ - s),                                              [modes, still]

    whose solution at depth 2 is $s(t) = σ/(1 + (σ/s_0 - 1)E)$, $E = e^{-4σt}$.   [solution]

Notation
    $A_k = W_L ⋯ W_{k+1}$ and $B_k = W_{k-1} ⋯ W_1$ are the suffixes and prefixes of layer $k$;
    $D_k = W_{k+1}ᵀW_{k+1} - W_kW_kᵀ$; $M = Σ_k (A_kA_kᵀ) ⊗ (B_kᵀB_k)$.  $|w|$ (``row_norm``),
    $|g|²$ (``row_slope_sq``), $w·g$ (``row_product``), $|W_1|_F²$ (``first_layer_sq``),
    $-dR/dt = Σ_k |∇_k|²$ (``slope_sq``), $s$, $σ$, $ds/dt$ (``mode_size``, ``mode_target``,
    ``mode_speed``).

Assumptions
    balanced  $D_k = 0$: turns the products of the layers into powers of one.  Without it weights
              1, 2, 1 with target 0 have $dP/dt = -36$, and not $-12$; weights 1, 2 have
              $X² = 16$, and not $PPᵀ = 4$.

Proof
    With $∇_k = 2A_kᵀ(PΣ - C)B_kᵀ = A_kᵀGB_kᵀ$ the product rule gives

        dP/dt = Σ_k A_k(dW_k/dt)B_k = -Σ_k A_kA_kᵀ G B_kᵀB_k,                      [flow]

    and $(A ⊗ B)$ applied to $G$ row by row is $AGBᵀ$.   [kernel]
    If $W_{k+1}ᵀW_{k+1} = W_kW_kᵀ$ then $W_{k+1}(W_kW_kᵀ)^j W_{k+1}ᵀ = (W_{k+1}W_{k+1}ᵀ)^{j+1}$, so
    from the inside out $A_kA_kᵀ = (W_LW_Lᵀ)^{L-k}$ and $PPᵀ = (W_LW_Lᵀ)^L$; in the same way
    $B_kᵀB_k = (W_1ᵀW_1)^{k-1}$ and $PᵀP = (W_1ᵀW_1)^L$.  $X$ and $Y$ are positive semidefinite,
    so they are *the* $L$-th roots: $X^{L-k} = (PPᵀ)^{(L-k)/L}$, $Y^{k-1} = (PᵀP)^{(k-1)/L}$.
    [closure, roots]

    One output: $Y$ has rank one, its trace is $|W_1|_F²$, and $Y^L = wwᵀ$.  So
    $|W_1|_F^{2L} = |w|²$ and $Y = |W_1|_F² wwᵀ/|w|²$, $X = |W_1|_F²$.  The term of $k = 1$ is
    $|W_1|_F^{2L-2} g$, each of the $L-1$ others its part along $w$.   [output, first]
    Along the flow $dR/dt = g·dw/dt$.   [rate]
    Modes: all matrices are diagonal in the shared bases, $X$ and $Y$ have $s^{2/L}$ where $P$ has
    $s$, and $G$ has $2(s - σ)$: each of the $L$ terms is $2s^{2-2/L}(s - σ)$.   [modes, still]
    At depth 2 put in the solution; $dE/dt = -4σE$.   [solution]

Sharpness
    Identities.  Without balance, with another exponent or with $L$ for $L-1$ they are refuted.

Implementation notes
    $dP/dt$ is measured from gradients by tangents and the product rule for jets; prefixes and
    suffixes do not enter.  No root of a matrix is taken: the claims on balanced layers are about
    $X$ and $Y$, and [roots] says which roots they are.  The derivative of the solution in $E$ is
    that of a rational function of a 2 x 2 matrix with $E$ on the diagonal.

References
----------
    arora2018optimization; saxe2014exact (abstract read; both re-derived here)
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from numeric.training import dyadic, gradient_flow
from theorems.dynamics.map_flow import (
    balanced,
    balanced_rows,
    balanced_weights,
    closure_gap,
    end_roots_gap,
    first_layer_sq,
    kernel_gap,
    map_flow_gap,
    output_gap,
    row_norm,
    row_product,
    row_slope_sq,
)
from theorems.dynamics.modes import (
    LogisticInstance,
    mode_by_layer,
    mode_power,
    mode_twins,
    modes,
    solution,
    still,
)
from theorems.instances import Instance
from theorems.quantities import depth, slope_sq, symbols
from theorems.settings import any_weights
from verify.derivation import rules
from verify.theorem import (
    Bounds,
    Claim,
    Formula,
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

__all__ = ["THEOREM"]

# --- claims and proofs ----------------------------------------------------------------------------

gap, kernel, closed, root, output = symbols(
    map_flow_gap, kernel_gap, closure_gap, end_roots_gap, output_gap
)
L, norm, slope, product, first_sq, fall = symbols(
    depth, row_norm, row_slope_sq, row_product, first_layer_sq, slope_sq
)

rate_law = Formula(
    "rate_law", r"|w|^{2-2/L}(|g|^2+(L-1)(w\cdot g)^2/|w|^2)",
    norm ** (2 - 2 / L) * (slope + (L - 1) * product**2 / norm**2),
)  # fmt: skip

_SMALL = Bounds((1, 4), (1, 3))
_DEEP = Bounds((1, 4), (1, 2))

flow = stated(
    "flow", "the map moves by the products of layers around each layer",
    any_weights, sp.Eq(gap, 0), bounds=_SMALL,
    sizes=((1, 2, 2, 2), (2, 2, 2, 2, 2), (3, 2, 1, 2, 1, 2), (4, 1, 1, 2, 1, 1)), formal=True,
)  # fmt: skip
tangent_kernel = stated(
    "kernel", "what multiplies the slope is the dual Gram matrix",
    any_weights, sp.Eq(kernel, 0), bounds=_SMALL,
    sizes=((1, 2, 2, 2), (2, 2, 1, 2, 2), (3, 1, 2, 1, 2, 1)),
)  # fmt: skip
closure = stated(
    "closure", "balanced layers: the map flows by itself",
    balanced_weights, sp.Eq(closed, 0), balanced, bounds=_DEEP,
    sizes=((1, 2, 2, 2), (2, 2, 1, 2, 1), (2, 1, 2, 1, 1), (3, 1, 2, 1, 1, 1)),
)  # fmt: skip
roots = stated(
    "roots", "what it flows by are roots of the map times its transpose",
    balanced_weights, sp.Eq(root, 0), balanced, bounds=_DEEP,
    sizes=((1, 2, 2, 1), (2, 2, 1, 2, 1), (2, 1, 2, 1, 1), (3, 1, 2, 1, 1, 1)),
)  # fmt: skip
row_flow = stated(
    "output", "one output: the part of the slope along the map counts $L$ times",
    balanced_rows, sp.Eq(output, 0), balanced, bounds=_DEEP,
    sizes=((1, 2, 1), (2, 2, 1, 1), (2, 1, 2, 1), (3, 1, 2, 1, 1)),
)  # fmt: skip
first_power = stated(
    "first_power", "the first layer's norm to the power $L$ is that of the map",
    balanced_rows, sp.Eq(first_sq**L, norm**2), balanced, bounds=_DEEP, check=True,
    sizes=((1, 2, 1), (2, 2, 1, 1), (2, 1, 2, 1), (3, 1, 2, 1, 1)),
)  # fmt: skip


@claim(
    balanced_rows, sp.Eq(first_sq, norm ** (2 / L)), balanced, given=(first_power,), bounds=_DEEP
)
def first(first_power: Claim) -> Iterator[Step]:
    """One output: the first layer has an even share of the map's norm."""
    yield rules.raised(rules.given(first_power), 1 / L)


rate_by_layer = stated(
    "rate_by_layer", "the loss falls by the first layer's norm",
    balanced_rows,
    sp.Eq(fall, first_sq ** (L - 1) * (slope + (L - 1) * product**2 / norm**2)),
    balanced, bounds=_DEEP, check=True,
    sizes=((1, 2, 1), (2, 2, 1, 1), (2, 1, 2, 1), (3, 1, 2, 1, 1)),
)  # fmt: skip


@claim(balanced_rows, sp.Eq(fall, rate_law), balanced, given=(first, rate_by_layer), bounds=_DEEP)
def rate(first: Claim, rate_by_layer: Claim, rate_law: Any) -> Iterator[Step]:
    """One output: how fast the loss falls, by the map alone."""
    put_in = rules.substituted(rules.given(rate_by_layer), rules.given(first))
    yield rules.rewritten(put_in, fall, rate_law)


# --- false twins ----------------------------------------------------------------------------------

_twins = (
    twin("without_balance", "the map flows by itself for any layers",
         any_weights, sp.Eq(closed, 0), bounds=_SMALL),
    twin("exponent", "$|w|^{1-2/L}$ for $|w|^{2-2/L}$",
         balanced_rows, sp.Eq(fall, norm ** (1 - 2 / L) * (slope + (L - 1) * product**2 / norm**2)),
         bounds=_DEEP),
    twin("all_along", "$L$ for $L-1$",
         balanced_rows, sp.Eq(fall, norm ** (2 - 2 / L) * (slope + L * product**2 / norm**2)),
         bounds=_DEEP),
)  # fmt: skip

# --- training -------------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Flows at depth 2 from small aligned layers against the logistic curves of their modes.

    Allowed: the integrator keeps each of some hundred steps to rtol = 1e-11, and an error of a
    start s_0 = 0.04 grows by at most σ/(4 s_0) < 20.
    """
    rng = np.random.default_rng(seed)
    for run in range(min(runs, 4)):
        turns = [np.linalg.qr(rng.standard_normal((2, 2)))[0] for _ in range(3)]
        aims, gains = rng.uniform(1.0, 3.0, 2), np.array([0.2, 0.6])
        start = [after * gains @ before.T for before, after in itertools.pairwise(turns)]
        target = turns[-1] * aims @ turns[0].T
        flow_ = gradient_flow(start, np.eye(2), target, time=1.0)
        passed = [np.asarray(W) for W in flow_.path]
        found = np.einsum("ji,tjk,ki->ti", turns[-1], passed[1] @ passed[0], turns[0])
        decayed = np.exp(-4 * np.outer(flow_.times, aims))
        curve = aims / (1 + (aims / gains**2 - 1) * decayed)
        worst = float(np.abs(found - curve).max())
        middle = len(flow_.times) // 2
        exact = Instance.exact(
            [dyadic(W[middle]) for W in passed], [[1, 0], [0, 1]], dyadic(target)
        )
        shown = Measurement("largest distance from the curves", 0.0, worst, 1e-7)
        yield TrainedSolution(f"run {run}, on the way", exact, Fraction(0), (shown,))


def _logistic_at(*numbers: int | Fraction) -> LogisticInstance:
    ar = Rational()
    return LogisticInstance(ar, *map(ar.scalar, numbers))


THEOREM = Theorem(
    id="N5",
    title="The end-to-end map flows by the dual Gram matrix, and by itself if layers are balanced",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $G = ∂R/∂P = 2(PΣ - C)$",
    source=Source("arora2018optimization", "end-to-end dynamics (from memory; re-derived here)"),
    claims=(
        flow, tangent_kernel, closure, roots, row_flow, first_power, first, rate_by_layer, rate,
        still, mode_by_layer, mode_power, modes, solution,
    ),
    controls=(*_twins, *mode_twins),
    witnesses=(
        witness("unbalanced", flow, "unbalanced, not a minimizer",
                lambda: Instance.exact([[[1, 2], [0, 1]], [[1, 1]]], [[2, 1], [1, 1]], [[1, 0]])),
        witness("growing", solution, "$σ = 2$, $s_0 = 1$, $E = 1/2$: $s = 4/3$ grows at rate 32/9",
                lambda: _logistic_at(2, 1, Fraction(1, 2))),
    ),
    necessity=(
        needed(balanced, closure, "weights 1, 2, 1, $Σ = 1$, target 0: $-36$ against $-12$",
               lambda: Instance.exact([[[1]], [[2]], [[1]]], [[1]], [[0]])),
        needed(balanced, roots, "weights 1 and 2: $X² = 16$ against $PPᵀ = 4$",
               lambda: Instance.exact([[[1]], [[2]]], [[1]], [[0]])),
    ),
    trainings=(
        Training("trained", "gradient flow from small layers aligned with the target",
                 _train, (flow,)),
    ),
    module=__name__,
)  # fmt: skip
