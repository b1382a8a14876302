r"""Minimizers that are stable at a large step size are coupled along the amplified path.

Statement
    Let $Σ = I$, $W_L ... W_1 = T ≠ 0$, $Tv = σu$ a top singular pair, and let $W$ be stable for
    gradient descent with step size $η$, $S(W) ≤ 2/η$.

    Then the squared cosine $γ_k$ of the angle between $A_kᵀu$ and $B_{k+1}v$ has, for $1 ≤ k < L$,

        γ_k ≥ (ηLσ^{2-2/L})^L.                                           [coupled]

    On paths with one bend this is an equality at the largest stable step $η = 2/S$.   [attained]

    Every stable step has $ηLσ^{2-2/L} ≤ 1$, so that the bound is at most 1.   [step]

Notation
    $S$ (``sharpness``), $L$ (``depth``), $σ$ (``target_norm``), $η$ (``step_size``); the least
    $γ_k$ (``path_alignment_sq``); $A_k = W_L ... W_{k+1}$ and $B_k = W_{k-1} ... W_1$ suffixes and
    prefixes.

Assumptions
    minimizer   $W_L ... W_1 = T$.  Without it, $T = 2$ with $(1, 1)ᵀ$ and $(1, 0)$: $γ_1 = 1/2$,
                $η = 1/4$.
    whitened    $Σ = I$.  Without it, the same layers, $T = 1$, $Σ = 1/2$: $S = 3$, $γ_1 = 1/2$,
                $η = 1/2$.
    top_vector  $|Tv| = σ|v|$.  Without it, a second, bent path beside a straight one.
    stable      $S ≤ 2/η$.  Without it, $(1, 1)ᵀ$ and $(1, 0)$, $T = 1$: $S = 6$, $γ_1 = 1/2$,
                $η = 1/2$.

Proof
    Coupling.  By M2 (M2.cost) every minimizer has $γ_kS^L ≥ (2Lσ^{2-2/L})^L$.  Stability says
    $(ηS)^L ≤ 2^L$.  Multiply the first by $(η/2)^L$ and use the second.

    Step.  By M1 $2Lσ^{2-2/L}η ≤ ηS$, and $ηS ≤ 2$.

    Equality.  On paths with one bend M2 has an equality (M2.alignment_attained), and $ηS = 2$ turns
    it into this one.

Sharpness
    Attained for every $L$ and every $η$ (M5.attained).  The largest overlap over all $d²$ pairs of
    singular vectors, a score in use, does not tell trained layers from random ones here: it is
    reported without a prediction.

Implementation notes
    Stability is meant linearly; gradient descent can reach no other minimizer but from a null set
    of starts.  The effects are shown by bootstrap 95% intervals over networks.
    What is measured in trained networks, linear and not, are observations, no theorem.

    M5.linear: $T = diag(3/2, 3/4)$, $L = 2, 3, 4$; steps of 0.8 of $2/S_min$ against 0.1, from the
    same starts, give flatter, better aligned minima with more even gains.

    M5.nonlinear: ReLU and GELU, $L = 4$, width 16, no biases, whitened inputs; path alignment and
    evenness of gains against random initialisation and against networks with layers exchanged
    between runs.  The setup is one in which the effect is strong: one output and small random
    layers.  With ten outputs of nearly equal singular values (digits) single trials showed none,
    with larger random layers a weaker one.  If scikit-learn is missing, synthetic data stand in
    and the report says so.

References
----------
    mulayoff2020unique (experiments, reconstructed); the inequality is certimin2026
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import inf
from typing import Any

import numpy as np
import sympy as sp

from numeric.nonlinear import ACTIVATIONS, train_network
from numeric.training import CONVERGED, gradient_descent
from theorems.assumptions import minimizer, whitened
from theorems.flat_minima import layers_coupled_of_flattest as M2
from theorems.flat_minima import sharpness_ge_of_minimizer as M1
from theorems.flat_minima.coupling_scores import (
    better_coupled,
    diabetes,
    over_least,
    scores,
    shortfall,
    shuffled,
    starts,
)
from theorems.flat_minima.paths import (
    edge_paths,
    path_alignment_sq,
    stepped,
    stepped_minimizers,
    top_vector,
)
from theorems.instances import Instance, Rows
from theorems.quantities import depth, sharpness, symbols, target_norm
from theorems.stepped import step_size
from theorems.training import Trained
from verify.derivation import rules
from verify.theorem import (
    Assumption,
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

S, L, sigma, eta, aligned = symbols(sharpness, depth, target_norm, step_size, path_alignment_sq)

coupled_floor = Formula(
    "coupled_floor", r"(\eta L\sigma^{2-2/L})^L", eta**L * L**L * sigma ** (2 * L - 2)
)
stable = Assumption("stable", eta * S <= 2)
_ASSUMED = (minimizer, whitened, top_vector, stable)
_BOUNDS = Bounds((2, 4), (1, 2))

# --- claims and proofs --------------------------------------------------------------------------


@claim(stepped_minimizers, aligned >= coupled_floor, *_ASSUMED, given=(M2.cost,), bounds=_BOUNDS)
def coupled(cost: Claim, coupled_floor: Any) -> Iterator[Step]:
    """What is stable at a large step size is coupled."""
    most = rules.scaled(rules.raised(rules.assumed(stable.relation), L), aligned / 2**L)
    least = rules.scaled(rules.given(cost), (eta / 2) ** L)
    yield rules.rewritten(rules.transitive(most, least), aligned, coupled_floor)


@claim(
    stepped_minimizers, eta * L * sigma ** (2 - 2 / L) <= 1, minimizer, whitened, stable,
    given=(M1.lower,), bounds=_BOUNDS,
)  # fmt: skip
def step(lower: Claim) -> Iterator[Step]:
    """No minimizer is stable at a larger step."""
    least = rules.scaled(rules.given(lower), eta / 2)
    yield rules.transitive(rules.scaled(rules.assumed(stable.relation), sp.Rational(1, 2)), least)


edge = stated(
    "edge", "the step on these paths is the largest stable one",
    edge_paths, sp.Eq(eta * S, 2), bounds=_BOUNDS, sizes=((2,),), check=True,
)  # fmt: skip


@claim(
    edge_paths, sp.Eq(aligned, coupled_floor), *_ASSUMED,
    given=(M2.alignment_attained, edge), bounds=_BOUNDS,
)  # fmt: skip
def attained(alignment_attained: Claim, edge: Claim, coupled_floor: Any) -> Iterator[Step]:
    """Equality for a path with one bend at the edge of stability."""
    power = rules.scaled(rules.raised(rules.given(edge), L), L**L * sigma ** (2 * L - 2))
    floor = rules.turned(rules.divided(power, S**L))
    found = rules.transitive(rules.given(alignment_attained), floor)
    yield rules.rewritten(found, aligned, coupled_floor)


# --- false twins --------------------------------------------------------------------------------

_twins = (
    twin("unstable", "the inequality without stability", stepped_minimizers,
         aligned >= (L * eta) ** L * sigma ** (2 * L - 2), bounds=_BOUNDS),
    twin("linear_cost", "power 1 for $L$: $\\cos² ≥ ηLσ^{2-2/L}$", edge_paths,
         aligned >= L * eta * sigma ** (2 - 2 / L), bounds=_BOUNDS),
    twin("fully", "stable minimizers are fully coupled", edge_paths, sp.Eq(aligned, 1),
         bounds=_BOUNDS),
)  # fmt: skip

# --- training: deep linear networks -------------------------------------------------------------

_SIGMA, _TARGET = 1.5, np.diag([1.5, 0.75])  # top right singular vector: the first coordinate
_LARGE, _SMALL = 0.8, 0.1  # shares of 2/S_min, the largest step size any minimizer is stable at


def _descend(start: Any, share: float) -> tuple[list[Any], Any, float]:
    """The networks at the end, which of them converged, and the step size."""
    size = len(start)
    step = share / (size * _SIGMA ** (2 - 2 / size))
    descent = gradient_descent(start, np.eye(2), _TARGET, step, steps=800, tolerance=1e-10)
    return [np.asarray(W) for W in descent.weights], np.asarray(descent.status) == CONVERGED, step


def _starts(rng: np.random.Generator, size: int, batch: int) -> list[Any]:
    return [0.7 * np.eye(2) + 0.5 * rng.standard_normal((batch, 2, 2)) for _ in range(size)]


def _train_stable(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """One network that converged at a large step for each run; depths 2 to 4 in turn."""
    rng = np.random.default_rng(seed)
    for run in range(runs):
        size = 2 + run % 3
        weights, done, step = _descend(_starts(rng, size, 4), _LARGE)
        if not done.any():
            continue
        layers = [W[done][0] for W in weights]
        trained = Trained(f"run {run}, depth {size}", layers, np.eye(2), _TARGET)
        exact = stepped(trained.minimizer, [[1], [0]], Fraction(step))
        # the gradient at the end is 1e-10
        ratio = float(over_least(layers, _SIGMA))
        measured = Measurement("S/S_min", 1 / _LARGE, ratio, 1e-8, "<=")
        yield TrainedSolution(trained.label, exact, trained.distance, (measured,))


def _train_steps(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """The same random starts with a large and a small step; those compared converged with both."""
    rng = np.random.default_rng(seed)
    for run in range(runs):
        size = 2 + run % 3
        start = _starts(rng, size, 64)
        (large, done, _), (small, too, _) = _descend(start, _LARGE), _descend(start, _SMALL)
        kept = done & too
        if kept.sum() < 2:
            continue
        large, small = ([W[kept] for W in weights] for weights in (large, small))
        other, sharp = f"step {_SMALL}", (over_least(large, _SIGMA), over_least(small, _SIGMA))
        yield TrainedSolution(
            f"run {run}, depth {size}, step {_LARGE} of 2/S_min, {kept.sum()} networks",
            measurements=(
                shortfall("S/S_min", other, *sharp, rng, "lower"),
                *better_coupled(other, scores(large), scores(small), rng),
            ),
        )


# --- training: nonlinear networks ---------------------------------------------------------------


def _train_nonlinear(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Four networks per run of each activation, depth 4, width 16, full-batch gradient descent."""
    rng = np.random.default_rng(seed)
    x, y = diabetes()
    start = list(starts(rng, (len(x), 16, 16, 16, 1), 4 * max(runs, 2)))
    for activation, function in ACTIVATIONS.items():
        weights, loss = train_network(function, start, x, y, step_size=0.1, steps=200, fast=False)
        kept = np.isfinite(loss)
        if kept.sum() < 2:
            continue
        weights = [W[kept] for W in weights]
        trained, exchanged = scores(weights), scores(shuffled(weights))
        random = scores([W[kept] for W in start])
        best = float(trained.best_pair.mean())
        measurements: list[Measurement] = []
        for other, group in (("random layers", random), ("exchanged layers", exchanged)):
            label = f"best of d² pairs, {other} against trained (no prediction)"
            measurements += better_coupled(other, trained, group, rng)
            measurements.append(Measurement(label, float(group.best_pair.mean()), best, inf))
        label = f"{activation} on diabetes, {kept.sum()} networks, loss {loss[kept].mean():.2f}"
        yield TrainedSolution(label, measurements=tuple(measurements))


_HALF = Fraction(1, 2)


def _bent(target: Rows = ((1,),), sigma: Rows = ((1,),)) -> Instance:
    """W_1 = (1, 1)ᵀ, W_2 = (1, 0)."""
    return Instance.exact([[[1], [1]], [[1, 0]]], sigma, target)


def _two_paths() -> Instance:
    """W_1 = diag(1, (1/2, 1/2)ᵀ), W_2 = diag(1, (1/2, 0))."""
    return Instance.of_minimizer(
        [[[1, 0], [0, _HALF], [0, _HALF]], [[1, 0, 0], [0, _HALF, 0]]], [[1, 0], [0, 1]]
    )


THEOREM = Theorem(
    id="M5",
    title="Minimizers that are stable at a large step size are coupled along the amplified path",
    normalisation="$R = E|y - Px|²$, no factor 1/2: $η$ is half of a step size for $½E|y - Px|²$",
    source=Source("mulayoff2020unique", "experiments on coupling (reconstructed; inequality ours)"),
    claims=(edge, step, coupled, attained),
    controls=_twins,
    witnesses=(
        witness("bent", coupled,
                "$(1, 1)ᵀ$ and $(1, 0)$, $T = 1$, $η = 1/3$: $S = 6$, $\\cos² = 1/2 ≥ 4/9$",
                lambda: stepped(_bent(), [[1]], Fraction(1, 3))),
    ),
    necessity=(
        needed(stable, coupled,
               "$(1, 1)ᵀ$ and $(1, 0)$, $T = 1$, $η = 1/2$: $S = 6 > 4$, $\\cos² = 1/2 < 1$",
               lambda: stepped(_bent(), [[1]], _HALF)),
        needed(whitened, coupled, "the same with $Σ = 1/2$: $S = 3 ≤ 4$",
               lambda: stepped(_bent(sigma=[[_HALF]]), [[1]], _HALF)),
        needed(minimizer, coupled,
               "the same layers for $T = 2$, $η = 1/4$: $S ≤ 8$, $\\cos² = 1/2 < 1$",
               lambda: stepped(_bent([[2]]), [[1]], Fraction(1, 4))),
        needed(top_vector, coupled,
               "$diag(1, (1/2, 1/2)ᵀ)$ and $diag(1, (1/2, 0))$, the second coordinate, $η = 1/2$",
               lambda: stepped(_two_paths(), [[0], [1]], _HALF)),
    ),
    trainings=(
        Training("stable",
                 "deep linear networks trained with a large step, corrected to an exact minimizer",
                 _train_stable, (coupled,)),
        Training("linear",
                 "deep linear networks, a large step against a small one from the same starts",
                 _train_steps),
        Training("nonlinear",
                 "ReLU and GELU networks on real data against random and exchanged layers",
                 _train_nonlinear, needs="scikit-learn"),
    ),
    module=__name__,
)  # fmt: skip
