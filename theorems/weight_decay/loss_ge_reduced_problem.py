r"""Noise only rescales the covariance, and decay through D+1 layers is a 2/(D+1) quasi-norm.

Statement
    Let w = (U W^(D) ... W^(1))ᵀ, κ = Π_i (1 + σ²/d_i) and Γ = γ_u Π_i γ_i.  At *every* point

        L(W) - E y² >= κ wᵀA_0w - 2 w·c + (D+1) (Γ|w|²)^{1/(D+1)},

    and every w is the effective map of weights that attain it.  So

        min L = E y² + min_w κ wᵀA_0w - 2 w·c + (D+1) (Γ|w|²)^{1/(D+1)}:

    the widths enter through κ alone.  If σ² > 0 the inequality is strict unless all neurons of
    the last hidden layer contribute the same, u_j W^(D)_j W^(D-1) ... W^(1) = wᵀ/d_D.

Notation
    D (``hidden_layers``), κ (``effective_covariance_factor``), Γ (``decay_product``),
    wᵀA_0w (``effective_energy``), w·c (``effective_alignment``), |w|² (``effective_sq``); L - E y²
    (``regularised_loss``); the minimum over w (``reduced_minimum``).

Assumptions
    None for the inequality.  noisy (σ² > 0) and unequal (contributions differ) for strictness:
    without noise only the sum of the contributions matters.

Proof
    Data, one layer at a time, the last first.  With M = M_{D-1} and contributions s_j = u_j W_j
    (rows), the last noise gives U M_D Uᵀ = s M sᵀ + σ² Σ_j s_j M s_jᵀ, s = Σ_j s_j, and
    Σ_j s_j M s_jᵀ = s M sᵀ/d + (1/d) Σ_{j<k} (s_j - s_k) M (s_j - s_k)ᵀ.  So U M_D Uᵀ >=
    (1 + σ²/d_D) (U W^(D)) M_{D-1} (U W^(D))ᵀ; repeat with the row U W^(D) in place of U.
    Decay: AM-GM on the D+1 layers, then Π_i |W^(i)|_F >= |w|.
    Attained: signs r_i, layers r_1 v, b_i r_i r_{i-1}ᵀ, b_u r_Dᵀ have equal contributions and
    Π|W|_F = |w|; rescaling the layers makes their decays equal.

Sharpness
    Equality for every w; κ without a layer or without its widths, and other exponents, fail.

Implementation notes
    The steps on one layer of noise are the induction step for every D.  The minimum over w is
    enclosed through one variable, see :mod:`numeric.reduced_problem`.  The pointwise form needs no
    induction on minima; it says more than equality of the minima.

References
----------
    certimin2026; ziyin2022exact treats the minimizers themselves (Z2, Z3)
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.quantities import d_x, symbols
from theorems.recipes import diagonal
from theorems.weight_decay.aligned import aligned_networks, minimal_networks, symbolic_aligned
from theorems.weight_decay.networks import (
    NoisyInstance,
    effective_alignment,
    effective_covariance_factor,
    effective_energy,
    hidden_layers,
    noise_factor,
    noise_factor_undivided,
    noisy_networks,
    noisy_output_power,
    regularised_loss,
    symbolic_moments,
    symbolic_network,
)
from theorems.weight_decay.reduction import decay_product, effective_sq, reduced_minimum
from theorems.weight_decay.training import trained_minima
from verify.derivation.steps import am_gm
from verify.theorem import (
    Assumption,
    Bounds,
    Condition,
    Formula,
    Identity,
    Source,
    Step,
    Theorem,
    Training,
    claim,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "reduced_objective"]

# --- quantities, closed form, assumptions -------------------------------------------------------


@quantity("noise_factor_short", r"\prod_{i<D}(1+\sigma^2/d_i)")
def noise_factor_short(instance: NoisyInstance) -> Any:
    """κ without the last hidden layer (a control)."""
    return noise_factor(instance, instance.hidden_widths[:-1])


@quantity("contribution_spread", r"\textstyle\sum_{j<k}|s_j-s_k|^2", positive=False)
def contribution_spread(instance: NoisyInstance) -> Any:
    """Σ_{j<k} |s_j - s_k|² over the contributions s_j = u_j W^(D)_j W^(D-1)...W^(1)."""
    return instance.arithmetic.frobenius_sq(_differences(instance)) / 2


def _differences(instance: NoisyInstance) -> Any:
    """The rows s_j - s_k for all j and k."""
    ar, net = instance.arithmetic, instance.net
    U, d = net.weights[-1], net.widths[-2]
    pairs = [[int(i == j) - int(i == k) for i in range(d)] for j in range(d) for k in range(d)]
    outputs = diagonal(ar, [ar.entry(U, 0, j) for j in range(d)], d, d)
    return ar.matrix(pairs) @ outputs @ net.prefixes[-1]


loss, least, D, kappa, Gamma, energy, alignment, w_sq, short, undivided, spread, output = symbols(
    regularised_loss, reduced_minimum, hidden_layers, effective_covariance_factor, decay_product,
    effective_energy, effective_alignment, effective_sq, noise_factor_short,
    noise_factor_undivided, contribution_spread, noisy_output_power,
)  # fmt: skip


def _objective(factor: Any, power: Any = 1 / (D + 1), count: Any = D + 1) -> Any:
    return factor * energy - 2 * alignment + count * (Gamma * w_sq) ** power


reduced_objective = Formula(
    "reduced_objective",
    r"\kappa w^TA_0w - 2w\cdot c + (D+1)(\Gamma|w|^2)^{1/(D+1)}",
    _objective(kappa),
)


def _is_noisy(instance: NoisyInstance) -> Any:
    return instance.noise_variance > 0


noisy = Assumption("noisy", _is_noisy, r"\sigma^2 > 0")
unequal = Assumption("unequal", spread > 0)
one_input = Assumption("one_input", sp.Eq(d_x.symbol, 1))

# --- claims and proofs --------------------------------------------------------------------------

_DEEP, _SMALL = Bounds((2, 4), (1, 3)), Bounds((2, 4), (1, 2))


@claim(noisy_networks, loss >= reduced_objective, bounds=_DEEP)
def lower(reduced_objective: Any) -> Iterator[Step]:
    """Any weights cost at least the reduced objective of their effective map."""
    for d, inputs in ((1, 2), (2, 2), (3, 2), (2, 3)):
        yield from _one_noise_layer(d, inputs)
    for n in (2, 3):
        yield from _submultiplicative(n)
    for layers in range(2, 6):
        yield from _decay(layers)
    yield Identity(
        "data and decay together",
        kappa * energy - 2 * alignment + (D + 1) * (Gamma * w_sq) ** (1 / (D + 1)),
        reduced_objective, why="sum of both bounds",
    )  # fmt: skip


def _one_noise_layer(d: int, inputs: int) -> Iterator[Step]:
    """U M_i Uᵀ against (1 + σ²/d)(UW) M_{i-1} (UW)ᵀ: the difference is a sum over pairs."""
    network = symbolic_network((inputs, d))
    rows, weight = _differences(network), network.noise_variance / d
    pairs = (rows @ network.sigma @ rows.mT).trace() / 2
    reduced = effective_covariance_factor.measure(network) * effective_energy.measure(network)
    at = {"d": d, "d_x": inputs}
    yield Identity(
        "one layer of noise", noisy_output_power.measure(network), reduced + weight * pairs,
        why="U M_i Uᵀ - (1 + σ²/d)(UW)M_{i-1}(UW)ᵀ = (σ²/d) Σ_{j<k} (s_j - s_k)M_{i-1}(s_j - s_k)ᵀ",
        at=at,
    )  # fmt: skip
    yield Condition("weight of the pairs", weight, ">=", why="and M_{i-1} is PSD", at=at)


def _submultiplicative(n: int) -> Iterator[Step]:
    """|W|_F²|x|² - |Wx|² is a sum of squares, one row of W, of length n, at a time."""
    a, x = (sp.symbols(f"{name}_1:{n + 1}", real=True) for name in "ax")
    squares = sp.Add(*((a[i] * x[j] - a[j] * x[i]) ** 2 for i in range(n) for j in range(i)))
    dot = sp.Add(*(p * q for p, q in zip(a, x, strict=True)))
    yield Identity(
        "|W x| <= |W|_F |x|", sp.Add(*(p**2 for p in a)) * sp.Add(*(p**2 for p in x)) - dot**2,
        squares, why="Lagrange's identity, summed over rows and layers: |w| <= Π|W|_F",
        at={"row length": n},
    )  # fmt: skip
    yield Condition("a sum of squares", squares, ">=", why="squares", at={"row length": n})


def _decay(layers: int) -> Iterator[Step]:
    """AM-GM: the decay of D+1 layers is at least (D+1)(Γ Π|W|²)^{1/(D+1)}."""
    gammas = sp.symbols(f"g_1:{layers + 1}", positive=True)
    norms = sp.symbols(f"n_1:{layers + 1}", nonnegative=True)
    terms = [g * n**2 for g, n in zip(gammas, norms, strict=True)]
    mean, conditions = am_gm(terms, "AM-GM", D=layers - 1)
    yield from conditions
    product = sp.Mul(*gammas) * sp.Mul(*norms) ** 2
    yield Identity(
        "geometric mean of the decays", mean, layers * product ** sp.Rational(1, layers),
        why="AM-GM, then Π|W|_F >= |w| and monotonicity", at={"D": layers - 1},
    )  # fmt: skip


@claim(aligned_networks, sp.Eq(loss, reduced_objective), bounds=_DEEP)
def attained() -> Iterator[Step]:
    """Equality on aligned networks with layers of equal cost, for any data."""
    for widths in ((2, 2), (2, 3), (2, 2, 2), (1, 2, 2, 2)):
        network, at = symbolic_aligned(widths), {"widths": "-".join(map(str, (*widths, 1)))}
        cost = sp.Symbol(r"\tau", positive=True)
        point = network.costing(cost, symbolic_moments(widths[0]))
        yield Identity(
            "data term", noisy_output_power.measure(point),
            network.kappa * effective_energy.measure(point), why="equal contributions", at=at,
        )  # fmt: skip
        norms = map(network.arithmetic.frobenius_sq, point.weights)
        yield Identity(
            "norms", sp.Mul(*norms), effective_sq.measure(point),
            why="rank-one layers along one path", at=at,
        )  # fmt: skip


strict = stated(
    "strict", "with noise, neurons that contribute differently cost strictly more",
    noisy_networks, loss > reduced_objective, noisy, unequal, given=(lower,), bounds=_DEEP,
)  # fmt: skip


@claim(noisy_networks, loss >= least, given=(lower,), bounds=_SMALL)
def minimum(reduced_objective: Any) -> Iterator[Step]:
    """No weights do better than the certified minimum over w.

    The quasi-norm is the least ridge penalty Γ|w|²/τ^D + Dτ over τ > 0, for all D.
    """
    s, t, g = sp.symbols(r"s \tau g", positive=True)  # |w|, τ, Γ
    best = (g * s**2) ** (1 / (D + 1))
    ridge = g * s**2 / t**D + D * t
    quasi = reduced_objective.subs({energy: 0, alignment: 0, w_sq: s**2, Gamma: g})
    yield Identity("stationary τ", sp.diff(ridge, t).subs(t, best), 0, why="τ^{D+1} = Γ|w|²")
    yield Identity("value there", ridge.subs(t, best), quasi, why="the quasi-norm")
    second = D * (D + 1) * g * s**2 * t ** (-D - 2)
    yield Identity("curvature in τ", sp.diff(ridge, t, 2), second, why="second derivative")
    yield Condition("convex in τ", second, ">", why="the stationary τ is the minimum")


reached = stated(
    "reached", "exact equality with the minimum at exact global minima",
    minimal_networks, sp.Eq(loss, least), given=(attained, minimum), bounds=_SMALL,
)  # fmt: skip


@claim(
    noisy_networks,
    sp.Eq(output, kappa * energy + (kappa - 1) * spread * energy / w_sq),
    one_input,
    bounds=Bounds((2, 2), (1, 3)),
)
def pairs() -> Iterator[Step]:
    """One layer of noise and one input: exactly what unequal contributions cost."""
    for d in (1, 2, 3):
        yield from _one_noise_layer(d, 1)


# --- false twins --------------------------------------------------------------------------------

_WIDE = Bounds((2, 4), (2, 3))
_twins = (
    twin("without_a_layer", "κ without one hidden layer, called attained",
         aligned_networks, sp.Eq(loss, _objective(short)), bounds=_WIDE),
    twin("noise_ignored", "d² for d(d + σ²): noise leaves the minimum alone",
         aligned_networks, sp.Eq(loss, _objective(sp.Integer(1))), bounds=_WIDE),
    twin("widths_ignored", "(1 + σ²)^D for κ: width does not average noise",
         noisy_networks, loss >= _objective(undivided), bounds=_WIDE),
    twin("exponent", "exponent 1/D for 1/(D+1)",
         noisy_networks, loss >= _objective(kappa, 1 / D), bounds=_WIDE),
    twin("plain_decay", "the decay of a single layer, Γ|w|², instead of the quasi-norm",
         noisy_networks, loss >= _objective(kappa, sp.Integer(1), sp.Integer(1)), bounds=_WIDE),
)  # fmt: skip


def _rotated() -> NoisyInstance:
    """Two neurons sharing the map (1, 0) unequally, σ² = 0: still a minimum of the bound."""
    return NoisyInstance.exact(
        [[[Fraction(3, 5), 0], [Fraction(4, 5), 0]], [[Fraction(3, 5), Fraction(4, 5)]]],
        [[1, 0], [0, 1]], [[3, 0]], [1, 1], 0,
    )  # fmt: skip


THEOREM = Theorem(
    id="Z3p",
    title="Noise rescales the covariance by κ and weight decay is a 2/(D+1) quasi-norm of w",
    statement=(
        r"\min_W \mathcal{L} = E y^2 + \min_w\; \kappa\, w^TA_0w - 2w^Tc "
        r"+ (D+1)\bigl(\Gamma|w|^2\bigr)^{1/(D+1)},\quad "
        r"\kappa=\prod_i\Bigl(1+\frac{\sigma^2}{d_i}\Bigr),\; \Gamma=\gamma_u\prod_i\gamma_i"
    ),
    normalisation="loss E(f - y)² + Σ γ|W|_F², no factor 1/2; noise averaged; E y² left out",
    source=Source("certimin2026", "reduction without widths, pointwise in the weights"),
    claims=(lower, attained, strict, minimum, reached, pairs),
    controls=_twins,
    witnesses=(
        witness("unequal", strict, "two neurons that contribute differently, σ² = 1",
                lambda: NoisyInstance.exact(
                    [[[1, 0], [0, 2]], [[1, 1]]], [[2, 1], [1, 1]], [[3, 1]],
                    [1, Fraction(1, 2)], 1)),
        witness("three_layers", minimum, "D = 2, widths 2 and 2, unequal decays",
                lambda: NoisyInstance.exact(
                    [[[1, 0], [1, 0]], [[1, 1], [1, 1]], [[1, 1]]], [[2, 1], [1, 1]], [[9, 1]],
                    [1, Fraction(1, 2), Fraction(1, 3)], 1)),
    ),
    necessity=(
        needed(noisy, strict,
               "σ² = 0: contributions 9/25 and 16/25 attain the bound of w = (1, 0)", _rotated),
    ),
    trainings=(
        Training("trained", "L-BFGS from many starts on the exactly averaged loss",
                 lambda seed, runs: trained_minima(seed, runs, depths=(2, 3, 4)),
                 (lower, minimum)),
    ),
    module=__name__,
)  # fmt: skip
