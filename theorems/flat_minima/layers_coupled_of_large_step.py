r"""Minimizers that are stable at a large step size are coupled; trained networks show it.

Statement
    Let Σ = I, W_L ... W_1 = T != 0, T v = σ u a top singular pair.  If W is stable for gradient
    descent with step size η, S(W) <= 2/η, then for 1 <= k < L

        cos² ∠(A_kᵀ u, B_{k+1} v) >= (η L σ^{2-2/L})^L.

    The right-hand side is 1 at the largest step size any minimizer can be stable at.  Effects in
    trained networks, linear and not, are measured (below): they are observations, no theorem.

Notation
    S (``sharpness``), L (``depth``), σ (``target_norm``), η (``step_size``);
    ``path_alignment_sq`` the least cos² over k; A_k, B_k suffixes and prefixes.

Assumptions
    minimizer   W_L ... W_1 = T.  Without it, T = 2 with (1, 1)ᵀ and (1, 0): cos² = 1/2, η = 1/4.
    whitened    Σ = I.  Without it, the same layers, T = 1, Σ = 1/2: S = 3, cos² = 1/2, η = 1/2.
    top_vector  |Tv| = σ|v|.  Without it, a second, bent path beside a straight one.
    stable      S <= 2/η.  Without it, (1, 1)ᵀ and (1, 0), T = 1: S = 6, cos² = 1/2, η = 1/2.

Proof
    M2: cos² >= (2 L σ^{2-2/L} / S)^L, and S <= 2/η.

Main results
    M5.coupled   the inequality
    M5.attained  equality for a path with one bend and η = 2/S
    M5.linear    observed: deep linear networks, a large step against a small one, same starts
    M5.nonlinear observed: ReLU and GELU networks on real data against two baselines

Evidence
    The inequality: symbolic for all L given M2, exact, trained.  The effects: empirical, with
    bootstrap 95% intervals over networks.  Linear networks (T = diag(3/2, 3/4), L = 2..4): steps of
    0.8 of 2/S_min against 0.1 give flatter, better aligned minima with more even gains.  Nonlinear
    networks (L = 4, width 16, no biases, whitened inputs): path alignment and evenness of gains
    against random initialisation and against networks with layers exchanged between runs.
    The setup is one in which the effect is strong: one output and small random layers.  With ten
    outputs of nearly equal singular values (digits) single trials showed none, with larger random
    layers a weaker one.

Sharpness
    Attained for every L and every η (M5.attained).  The largest overlap over all d² pairs of
    singular vectors, a score in use, does not tell trained layers from random ones here: it is
    reported without a prediction.

Implementation notes
    Stability is meant linearly; gradient descent can reach no other minimizer but from a null set
    of starts.  If scikit-learn is missing, synthetic data stand in and the report says so.

References
----------
    mulayoff2020unique (experiments, reconstructed); the inequality is certimin2026

Tags
    flat minima, coupling, learning rate, nonlinear networks
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Any, Self

import numpy as np
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational
from numeric.networks import LinearNetwork
from numeric.nonlinear import ACTIVATIONS, train_network
from numeric.spectrum import dual_gram, sharpness_at_minimizer
from numeric.training import CONVERGED, gradient_descent
from theorems.assumptions import minimizer, whitened
from theorems.flat_minima.coupling_scores import (
    regression_data,
    scores,
    shortfall,
    shuffled,
    starts,
)
from theorems.flat_minima.layers_coupled_of_flattest import alignment_floor, derive_bent
from theorems.flat_minima.paths import (
    PairedInstance,
    bent_paths,
    paired_whitened_minimizers,
    path_alignment_sq,
    top_vector,
)
from theorems.instances import Instance, Rows, SteppedInstance
from theorems.quantities import depth, sharpness, step_size, symbols, target_norm
from theorems.recipes import Draw, setting
from theorems.training import Trained
from verify.claims import Bounds
from verify.legacy import (
    Assumption,
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

__all__ = ["THEOREM"]

# --- instances and settings ---------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class SteppedPair(PairedInstance, SteppedInstance):
    """A network with a vector of its inputs and the step size η of gradient descent."""

    @classmethod
    def exact_step(cls, instance: Instance, vector: Rows, step_size: Fraction) -> Self:
        """Return an exact instance with the column ``vector`` and a step size."""
        pair = PairedInstance.exact_pair(instance, vector)
        return cls.beside(pair, step_size=Rational().scalar(step_size))


def _share_of_trace(instance: PairedInstance, share: Any) -> Any:
    """share/tr G; as S <= 2 tr G, a share of at most 1 is stable."""
    ar = instance.arithmetic
    return ar.scalar(share) / ar.trace(dual_gram(instance.net))


@setting("stepped-minimizers", "paired-whitened-minimizers, η = c/tr G with c in 1..2")
def stepped_minimizers(draw: Draw) -> SteppedPair:
    """Minimizers of whitened data with a step size near the edge of stability."""
    share = draw.number(1, 2)
    paired = draw.of(paired_whitened_minimizers)
    return SteppedPair.beside(paired, step_size=_share_of_trace(paired, share))


@setting("bent-paths-at-the-edge", "bent-paths with η = 2/S")
def edge_paths(draw: Draw) -> SteppedPair:
    """Paths with one bend, at the largest step size they are stable at."""
    paired = draw.of(bent_paths)
    return SteppedPair.beside(paired, step_size=_share_of_trace(paired, 1))


def _is_stable(instance: SteppedPair) -> Any:
    ar = instance.arithmetic
    growth = sharpness.measure(instance) * instance.step_size
    if ar.kind == "sampled":
        return growth <= 2
    return ar.compare(growth, ar.scalar(2)).sign <= 0


stable = Assumption("stable", r"S(W) \le 2/\eta", _is_stable)

S, L, sigma, eta, aligned = symbols(sharpness, depth, target_norm, step_size, path_alignment_sq)

coupled_floor = Formula(
    "coupled_floor", r"(\eta L\sigma^{2-2/L})^L", eta**L * L**L * sigma ** (2 * L - 2)
)

# --- derivation ---------------------------------------------------------------------------------


def derive_coupled(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield M2's bound at S = 2/η, and that it decreases in S."""
    yield Identity(
        "M2 at the edge of stability",
        r"(2L\sigma^{2-2/L}/S)^L = (\eta L\sigma^{2-2/L})^L \text{ at } S = 2/\eta",
        "all L",
        "M2.alignment",
        sp.expand_power_base(alignment_floor.expression.subs(S, 2 / eta)),
        sp.expand_power_base(formulas["coupled_floor"]),
    )
    yield Condition(
        "decreasing in S",
        r"\partial_S (2L\sigma^{2-2/L}/S)^L < 0",
        "all L",
        "monotonicity: S <= 2/η",
        sp.powsimp(sp.diff(alignment_floor.expression, S)).is_negative,
    )


def derive_attained(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the bent path of M2 at η = 2/S."""
    yield from derive_bent({"alignment_floor": alignment_floor.expression})
    yield Identity(
        "at the edge of stability",
        r"(\eta L\sigma^{2-2/L})^L = (2L\sigma^{2-2/L}/S)^L \text{ at } \eta = 2/S",
        "all L",
        "expansion",
        sp.expand_power_base(formulas["coupled_floor"].subs(eta, 2 / S)),
        sp.expand_power_base(alignment_floor.expression),
    )


# --- claims and controls ------------------------------------------------------------------------

_BOUNDS = Bounds(depth=(2, 4), width=(1, 2))

_claims = (
    Claim(
        "M5.coupled",
        "what is stable at a large step size is coupled",
        stepped_minimizers,
        aligned >= coupled_floor.symbol,
        (minimizer, whitened, top_vector, stable),
        (coupled_floor,),
        _BOUNDS,
    ),
    Claim(
        "M5.attained",
        "equality for a path with one bend at the edge of stability",
        edge_paths,
        sp.Eq(aligned, coupled_floor.symbol),
        (minimizer, whitened, top_vector, stable),
        (coupled_floor,),
        _BOUNDS,
    ),
)


def _twin(name: str, title: str, where: Any, relation: Any) -> Control:
    return Control(Claim(f"M5.control.{name}", title, where, relation, bounds=_BOUNDS))


_controls = (
    _twin(
        "unstable",
        "the inequality without stability",
        stepped_minimizers,
        aligned >= (L * eta) ** L * sigma ** (2 * L - 2),
    ),
    _twin(
        "linear_cost",
        "power 1 for L: cos² >= η L σ^{2-2/L}",
        edge_paths,
        aligned >= L * eta * sigma ** (2 - 2 / L),
    ),
    _twin("fully", "stable minimizers are fully coupled", edge_paths, sp.Eq(aligned, 1)),
)

# --- training: deep linear networks -------------------------------------------------------------

_TARGET = np.diag([1.5, 0.75])  # top right singular vector: the first coordinate
_LARGE, _SMALL = 0.8, 0.1  # shares of 2/S_min, the largest step size any minimizer is stable at


def _descend(start: Any, share: float) -> tuple[list[Any], Any, float]:
    """The networks at the end, which of them converged, and the step size."""
    size = len(start)
    step = share / (size * 1.5 ** (2 - 2 / size))
    descent = gradient_descent(start, np.eye(2), _TARGET, step, steps=800, tolerance=1e-10)
    return [np.asarray(W) for W in descent.weights], np.asarray(descent.status) == CONVERGED, step


def _starts(rng: np.random.Generator, size: int, batch: int) -> list[Any]:
    return [0.7 * np.eye(2) + 0.5 * rng.standard_normal((batch, 2, 2)) for _ in range(size)]


def _ratio(weights: Any) -> Any:
    """S/S_min."""
    size = len(weights)
    net = LinearNetwork(Floating(), tuple(weights))
    return np.asarray(sharpness_at_minimizer(net, np.eye(2))) / (2 * size * 1.5 ** (2 - 2 / size))


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
        paired = PairedInstance.paired(trained.minimizer, Rational().matrix([[1], [0]]))
        exact = SteppedPair.beside(paired, step_size=Rational().scalar(Fraction(step)))
        # the gradient at the end is 1e-10
        ratio = Measurement("S/S_min", 1 / _LARGE, float(_ratio(layers)), 1e-8, "<=")
        yield TrainedSolution(trained.label, exact, trained.distance, (ratio,))


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
        flat, loose, other = scores(large), scores(small), f"step {_SMALL}"
        yield TrainedSolution(
            f"run {run}, depth {size}, step {_LARGE} of 2/S_min, {kept.sum()} networks",
            measurements=(
                shortfall("S/S_min", other, _ratio(large), _ratio(small), rng, "lower"),
                shortfall("cos² of the path", other, flat.alignment, loose.alignment, rng),
                shortfall(
                    "spread of gains", other, flat.gain_spread, loose.gain_spread, rng, "lower"
                ),
            ),
        )


# --- training: nonlinear networks ---------------------------------------------------------------


def _train_nonlinear(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Four networks per run of each activation, depth 4, width 16, full-batch gradient descent."""
    rng = np.random.default_rng(seed)
    name, x, y = regression_data(rng)
    start = list(starts(rng, (len(x), 16, 16, 16, 1), 4 * max(runs, 2)))
    for activation, function in ACTIVATIONS.items():
        weights, loss = train_network(function, start, x, y, step_size=0.1, steps=200)
        kept = np.isfinite(loss)
        if kept.sum() < 2:
            continue
        weights = [W[kept] for W in weights]
        trained, exchanged = scores(weights), scores(shuffled(weights))
        random = scores([W[kept] for W in start])
        measurements = []
        for baseline, group in (("random layers", random), ("exchanged layers", exchanged)):
            measurements += [
                shortfall("cos² of the path", baseline, trained.alignment, group.alignment, rng),
                shortfall(
                    "spread of gains",
                    baseline,
                    trained.gain_spread,
                    group.gain_spread,
                    rng,
                    "lower",
                ),
                Measurement(
                    f"best of d² pairs, {baseline} against trained (no prediction)",
                    float(group.best_pair.mean()),
                    float(trained.best_pair.mean()),
                    inf,
                ),
            ]
        yield TrainedSolution(
            f"{activation} on {name}, {kept.sum()} networks, loss {loss[kept].mean():.2f}",
            measurements=tuple(measurements),
        )


def _bent(target: Rows = ((1,),), sigma: Rows = ((1,),)) -> Instance:
    """W_1 = (1, 1)ᵀ, W_2 = (1, 0)."""
    return Instance.exact([[[1], [1]], [[1, 0]]], sigma, target)


_HALF = Fraction(1, 2)

THEOREM = Theorem(
    id="M5",
    title="Minimizers stable at a large step size are coupled; trained networks show it",
    statement=(
        r"\Sigma = I,\; W_L\cdots W_1 = T,\; Tv = \sigma u,\; S(W) \le 2/\eta \;\Longrightarrow\; "
        r"\cos^2\angle(A_k^Tu, B_{k+1}v) \ge (\eta L\sigma^{2-2/L})^L \quad (1 \le k < L)"
    ),
    normalisation="R = E|y - Px|², no factor 1/2: η is half of a step size for 1/2 E|.|²",
    source=Source("mulayoff2020unique", "experiments on coupling (reconstructed; inequality ours)"),
    claims=_claims,
    controls=_controls,
    formulas=(coupled_floor,),
    derivations={"M5.coupled": derive_coupled, "M5.attained": derive_attained},
    witnesses=(
        Witness(
            "M5.witness.bent",
            "M5.coupled",
            "(1, 1)ᵀ and (1, 0), T = 1, η = 1/3: S = 6, cos² = 1/2 >= 4/9",
            lambda: SteppedPair.exact_step(_bent(), [[1]], Fraction(1, 3)),
        ),
    ),
    necessity=(
        Necessity(
            stable,
            "M5.coupled",
            "(1, 1)ᵀ and (1, 0), T = 1, η = 1/2: S = 6 > 4, cos² = 1/2 < 1",
            lambda: SteppedPair.exact_step(_bent(), [[1]], _HALF),
        ),
        Necessity(
            whitened,
            "M5.coupled",
            "the same with Σ = 1/2: S = 3 <= 4",
            lambda: SteppedPair.exact_step(_bent(sigma=[[_HALF]]), [[1]], _HALF),
        ),
        Necessity(
            minimizer,
            "M5.coupled",
            "the same layers for T = 2, η = 1/4: S <= 8, cos² = 1/2 < 1",
            lambda: SteppedPair.exact_step(_bent([[2]]), [[1]], Fraction(1, 4)),
        ),
        Necessity(
            top_vector,
            "M5.coupled",
            "diag(1, (1/2, 1/2)ᵀ) and diag(1, (1/2, 0)), the second coordinate, η = 1/2",
            lambda: SteppedPair.exact_step(
                Instance.of_minimizer(
                    [[[1, 0], [0, _HALF], [0, _HALF]], [[1, 0, 0], [0, _HALF, 0]]],
                    [[1, 0], [0, 1]],
                ),
                [[0], [1]],
                _HALF,
            ),
        ),
    ),
    trainings=(
        Training(
            "M5.stable",
            "deep linear networks trained with a large step, corrected to an exact minimizer",
            _train_stable,
            ("M5.coupled",),
        ),
        Training(
            "M5.linear",
            "deep linear networks, a large step against a small one from the same starts",
            _train_steps,
        ),
        Training(
            "M5.nonlinear",
            "ReLU and GELU networks on real data against random and exchanged layers",
            _train_nonlinear,
        ),
    ),
    uses=("M1", "M2"),
    module=__name__,
    tags=("flat minima", "coupling", "learning rate"),
)
