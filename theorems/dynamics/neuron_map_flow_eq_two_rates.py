r"""A single linear neuron with two learning rates moves by one conserved number.

Statement
    Let $f(x) = a wᵀx$, $β = aw$, and let the layers flow at their own rates $η_a, η_w > 0$ on any
    loss $ℓ(β)$ with slope $g = ∇ℓ(β)$: $da/dt = -η_a w·g$, $dw/dt = -η_w a g$.  Let
    $δ = η_w a² - η_a|w|²$ and $ρ = η_w a² + η_a|w|²$.

    $δ$ is conserved, $dδ/dt = 0$.   [conserved]
    A step of gradient descent moves it by exactly

        δ⁺ - δ = η_aη_w(η_a(w·g)² - η_wa²|g|²).                                    [descent]

    So the map flows by itself, with one parameter $δ$,

        dβ/dt = -((ρ+δ)/2 g + (ρ-δ)/2 (β·g)β/|β|²), \quad ρ = √(δ² + 4η_aη_w|β|²).  [motion, rate]

    Hence $d|β|²/dt = -2√(δ² + 4η_aη_w|β|²) β·g$,   [growth]
    and with this $ρ$ the loss falls by

        -dℓ/dt = (ρ+δ)/2 |g|² + (ρ-δ)/2 (β·g)²/|β|².                               [fall]

Notation
    $a$ (``outer_weight``), $η_a$, $η_w$ (``outer_rate``, ``inner_rate``), $δ$
    (``neuron_invariant``), $ρ$ (``neuron_rate``), $|β|²$, $β·g$, $|g|²$ (``neuron_map_sq``,
    ``neuron_product``, ``neuron_slope_sq``), $w·g$ (``inner_product``), $d|β|²/dt$
    (``neuron_growth``), $-dℓ/dt$ (``neuron_fall``).

Assumptions
    None: any weights, any slope; $β ≠ 0$ where it is divided by.

Proof
    $dδ/dt = 2η_wa(-η_a w·g) - 2η_aw·(-η_w a g) = 0$: a product of both rates stands in each term.
    [conserved]
    In a step the terms of second order remain, $η_wη_a²(w·g)² - η_aη_w²a²|g|²$.   [descent]
    By the product rule

        dβ/dt = (da/dt)w + a(dw/dt) = -(η_wa² g + η_a (w·g)w),

    where $η_wa² = (ρ+δ)/2$, $η_a|w|² = (ρ-δ)/2$ and $(w·g)w = |w|²(β·g)β/|β|²$.   [motion]
    $ρ² - δ² = 4η_wa²η_a|w|² = 4η_aη_w|β|²$ and $ρ ≥ 0$.   [rate]
    Multiply by $2β$ and by $g$; put in $ρ$.   [growth, fall]

Sharpness
    Identities.  For $δ → +∞$ the operator tends to $δ$ times the identity (the map moves as in
    linear regression), for $δ → -∞$ to $|δ|$ times the projector on $β$.

Implementation notes
    $δ$ and $β$ are quadratic in the weights, so half the difference of a step ahead and a step back
    is their derivative.  The slope $g$ is drawn: every vector is the slope of some loss, the square
    loss of some data included.

References
----------
    kunin2024get (abstract read; re-derived here)
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theorems.dynamics.neurons import (
    NeuronInstance,
    inner_product,
    inner_rate,
    neuron_drift,
    neuron_fall,
    neuron_growth,
    neuron_invariant,
    neuron_map_sq,
    neuron_motion_gap,
    neuron_product,
    neuron_rate,
    neuron_slope_sq,
    neuron_step,
    neurons,
    outer_rate,
    outer_weight,
    plain_drift,
)
from theorems.quantities import symbols
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
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- symbols and closed forms ---------------------------------------------------------------------

a, eta_a, eta_w, delta, rho, beta_sq = symbols(
    outer_weight, outer_rate, inner_rate, neuron_invariant, neuron_rate, neuron_map_sq
)
q, p, g_sq, drift, plain, step, gap, growing, falling = symbols(
    inner_product, neuron_product, neuron_slope_sq, neuron_drift, plain_drift, neuron_step,
    neuron_motion_gap, neuron_growth, neuron_fall,
)  # fmt: skip
step_law = Formula(
    "step_law", r"\eta_a\eta_w(\eta_a(w\cdot g)^2-\eta_wa^2|g|^2)",
    eta_a * eta_w * (eta_a * q**2 - eta_w * a**2 * g_sq),
)  # fmt: skip
rate_root = Formula(
    "rate_root", r"\sqrt{\delta^2+4\eta_a\eta_w|\beta|^2}",
    sp.sqrt(delta**2 + 4 * eta_a * eta_w * beta_sq),
)  # fmt: skip


def _fall(rate: Any, sign: int = 1) -> Any:
    """(ρ+δ)/2 |g|² + (ρ-δ)/2 (β·g)²/|β|²."""
    return (rate + sign * delta) / 2 * g_sq + (rate - sign * delta) / 2 * p**2 / beta_sq


growth_law = Formula("growth_law", r"-2\rho\,\beta\cdot g", -2 * rate_root * p)
fall_law = Formula(
    "fall_law", r"\tfrac{\rho+\delta}2|g|^2+\tfrac{\rho-\delta}2(\beta\cdot g)^2/|\beta|^2",
    _fall(rate_root),
)  # fmt: skip

# --- claims and proofs ----------------------------------------------------------------------------

_SIZES = ((1,), (2,), (3,))
_WIDE = Bounds((2, 2), (1, 4))

conserved = stated(
    "conserved", "the invariant stands still",
    neurons, sp.Eq(drift, 0), bounds=_WIDE, sizes=_SIZES, formal=True,
)  # fmt: skip
descent = stated(
    "descent", "how a step of gradient descent moves it",
    neurons, sp.Eq(step, step_law), bounds=_WIDE, sizes=_SIZES,
)  # fmt: skip
motion = stated(
    "motion", "the map moves by two rates", neurons, sp.Eq(gap, 0), bounds=_WIDE, sizes=_SIZES
)
rate_square = stated(
    "rate_square", "the square of the sum of rates",
    neurons, sp.Eq(rho**2, delta**2 + 4 * eta_a * eta_w * beta_sq), bounds=_WIDE, sizes=_SIZES,
    check=True,
)  # fmt: skip


@claim(neurons, sp.Eq(rho, rate_root), given=(rate_square,), bounds=_WIDE)
def rate(rate_square: Claim) -> Iterator[Step]:
    """The sum of rates is a function of the map and of what is conserved."""
    yield rules.raised(rules.given(rate_square), sp.Rational(1, 2))


growth_by_rate = stated(
    "growth_by_rate", "the size of the map by the sum of rates",
    neurons, sp.Eq(growing, -2 * rho * p), bounds=_WIDE, sizes=_SIZES, check=True,
)  # fmt: skip
fall_by_rate = stated(
    "fall_by_rate", "the loss by the sum of rates",
    neurons, sp.Eq(falling, _fall(rho)), bounds=_WIDE, sizes=_SIZES, check=True,
)  # fmt: skip


@claim(neurons, sp.Eq(growing, growth_law), given=(rate, growth_by_rate), bounds=_WIDE)
def growth(rate: Claim, growth_by_rate: Claim) -> Iterator[Step]:
    """How fast the map grows."""
    yield rules.substituted(rules.given(growth_by_rate), rules.given(rate))


@claim(neurons, sp.Eq(falling, fall_law), given=(rate, fall_by_rate), bounds=_WIDE)
def fall(rate: Claim, fall_by_rate: Claim) -> Iterator[Step]:
    """How fast the loss falls."""
    yield rules.substituted(rules.given(fall_by_rate), rules.given(rate))


# --- false twins ----------------------------------------------------------------------------------

_twins = (
    twin("without_rates", "$a² - |w|²$ is conserved whatever the rates",
         neurons, sp.Eq(plain, 0), bounds=_WIDE),
    twin("finite_step", "gradient descent conserves $δ$ too",
         neurons, sp.Eq(step, 0), bounds=_WIDE),
    twin("balanced_rate", "$ρ = 2√(η_aη_w)|β|$, as at $δ = 0$",
         neurons, sp.Eq(growing, -4 * sp.sqrt(eta_a * eta_w * beta_sq) * p), bounds=_WIDE),
    twin("sign_of_delta", "$-δ$ for $δ$",
         neurons, sp.Eq(falling, _fall(rho, -1)), bounds=_WIDE),
)  # fmt: skip

# --- training -------------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Layers flow at their rates on a regression; beside them the map flows by δ alone.

    Allowed: both are integrated to rtol = 1e-10 over some hundred steps of a flow that contracts at
    its end.
    """
    from scipy.integrate import solve_ivp

    rng = np.random.default_rng(seed)
    for run in range(min(runs, 4)):
        eta = rng.uniform(0.5, 2.0, 2)
        start = np.concatenate([rng.uniform(0.3, 1.5, 1), rng.standard_normal(2)])
        F = rng.standard_normal((2, 2))
        sigma, cross = F @ F.T + np.eye(2) / 2, rng.standard_normal(2)
        d = eta[1] * start[0] ** 2 - eta[0] * start[1:] @ start[1:]

        def layers(t: float, x: Any, eta: Any = eta, S: Any = sigma, c: Any = cross) -> Any:
            g = 2 * (S @ (x[0] * x[1:]) - c)
            return np.concatenate([[-eta[0] * x[1:] @ g], -eta[1] * x[0] * g])

        def alone(
            t: float, b: Any, eta: Any = eta, S: Any = sigma, c: Any = cross, d: float = d
        ) -> Any:
            g, size = 2 * (S @ b - c), b @ b
            r = np.sqrt(d * d + 4 * eta[0] * eta[1] * size)
            return -(0.5 * (r + d) * g + 0.5 * (r - d) * (b @ g) / size * b)

        grid = {"t_eval": [0.1, 0.3, 1.0], "rtol": 1e-10, "atol": 1e-12, "method": "DOP853"}
        whole = solve_ivp(layers, (0.0, 1.0), start, **grid)
        single = solve_ivp(alone, (0.0, 1.0), start[0] * start[1:], **grid)
        far = float(np.abs(whole.y[0] * whole.y[1:] - single.y).max())
        kept = eta[1] * whole.y[0] ** 2 - eta[0] * (whole.y[1:] ** 2).sum(axis=0)
        shown = (
            Measurement("map of the layers against the map alone", 0.0, far, 1e-7),
            Measurement("drift of the invariant", 0.0, float(np.abs(kept - d).max()), 1e-7),
        )
        yield TrainedSolution(f"run {run}, rates {eta.round(2).tolist()}", None, None, shown)


THEOREM = Theorem(
    id="N16",
    title="A linear neuron with two learning rates moves by one conserved number",
    normalisation="any loss $ℓ(β)$, slope $g = ∇ℓ(β)$; for $R = E|y - β·x|²$, $g = 2(Σβ - c)$",
    source=Source("kunin2024get", "single-neuron flow (from memory; re-derived here)"),
    claims=(
        conserved, descent, motion, rate_square, rate, growth_by_rate, fall_by_rate, growth, fall,
    ),
    controls=_twins,
    witnesses=(
        witness("unequal_rates", conserved, "$a = 1$, $w = (2, 1)$, $g = (1, -3)$, rates 1/2 and 1",
                lambda: NeuronInstance.exact(1, [[2], [1]], [[1], [-3]], Fraction(1, 2), 1)),
        witness("lopsided", growth, "$a = 2$, $w = (1, 2)$, rates 1 and 1: $δ = -1$, $ρ = 9$",
                lambda: NeuronInstance.exact(2, [[1], [2]], [[1], [1]], 1, 1)),
    ),
    trainings=(
        Training("trained", "layers at two rates beside the map alone", _train),
    ),
    module=__name__,
)  # fmt: skip
