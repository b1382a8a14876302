r"""A minimizer is linearly stable for gradient descent up to a step size that sharpness sets.

Statement
    Let $W$ be a minimizer with one output and $L ≥ 2$, $S$ its sharpness, $S_min$ the least
    sharpness of any minimizer, $η > 0$.  The linearised step of gradient descent, $I - η∇²R(W)$,
    has spectral radius

        max(1, ηS - 1) ≥ ηS_min - 1,   [multiplier, necessary]

    and there are minimizers where it is $max(1, ηS_min - 1)$ [attained].  So if $η > 2/S_min$ every
    minimizer is linearly unstable [necessary], and one with $ηS ≤ 2$ has $ηS_min ≤ 2$ [window].

Notation
    $η$ (``step_size``), $H = ∇²R(W)$, the spectral radius of $I - ηH$ (``step_multiplier``), $S$
    (``sharpness``), $S_min$ (``minimal_sharpness``), the sharpness after one step
    (``sharpness_after_step``); $P$ the whole map, $w^*$ the regression vector.

Assumptions
    minimizer   $PΣ = w^{*T}Σ$.  Without it, three zero layers have $H = 0$ and radius $1 < 5$ at
                $η = 1$.
    one_output  $d_y = 1$.
    stable      $ηS ≤ 2$, for the window $η ≤ 2/S_min$.  Without it, unit weights and $η = 1$.

Proof
    At a minimizer $H ⪰ 0$ (F3.spectrum), and for $L ≥ 2$ the number $N$ of weights exceeds its
    rank,

        N ≥ d_1(d_x + d_2) > d_x ≥ rank H,

    so 0 is an eigenvalue of $H$: the eigenvalues $1 - ηh$ of the step run from 1 down to $1 - ηS$,
    and the radius is $max(1, ηS - 1)$.  By C1.least $S ≥ S_min$, which gives the bound and the
    window; at the flattest minimizers, $S = S_min$, it is attained.

Sharpness
    The threshold is attained.  It is not sufficient: other minimizers are unstable below it
    (control), which is why large initial scales fail.

Implementation notes
    That gradient descent converges to an unstable minimizer from a null set of starts only, which
    centre-stable manifolds show for steps that are local diffeomorphisms, is not claimed here.
    The sweep takes the data of the paper at depth 5 for 10: no run converges above $2/S_min$, small
    initial scales converge right up to it, large ones fail far below.

References
----------
    marion2024deep, Figures 1-3 (learning rates, depths, scales)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational
from numeric.gain import float_optimum
from numeric.loss import gradient, hessian_by_jets
from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_anywhere, sharpness_at_minimizer
from numeric.training import CONVERGED, Descent, gradient_descent
from theorems.assumptions import minimizer, one_output
from theorems.foundations import hessian_spectrum_eq_dual_gram as F3
from theorems.instances import Instance
from theorems.quantities import minimal_sharpness, sharpness, symbols
from theorems.recipes import Draw
from theorems.regression import sharpness_ge_rayleigh as C1
from theorems.settings import univariate_minimizers, univariate_top_eigenvector, weights
from theorems.stepped import SteppedInstance, step_size
from theorems.training import around_threshold
from verify.claims import Setting, entered
from verify.derivation import rules
from verify.sources import Choices
from verify.theorem import (
    Assumption,
    Bounds,
    Formula,
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
)

__all__ = ["THEOREM"]

# --- quantities, closed forms, assumption -------------------------------------------------------


@quantity("step_multiplier", r"\rho(I-\eta\nabla^2R)")
def step_multiplier(instance: SteppedInstance) -> Any:
    """Spectral radius of I - ηH, H from the loss by hyper-dual numbers."""
    ar = instance.arithmetic
    H = ar.scale(instance.step_size, hessian_by_jets(instance.net, instance.sigma, instance.cross))
    eye = ar.identity(H.shape[-1])
    return ar.maximum(ar.eig_max(eye - H), ar.eig_max(H - eye))


@quantity("sharpness_after_step", "S(W^+)", positive=False)
def sharpness_after_step(instance: SteppedInstance) -> Any:
    """Top eigenvalue of the Hessian after one step of gradient descent."""
    ar, net = instance.arithmetic, instance.net
    slopes = gradient(net, instance.sigma, instance.cross)
    moved = net.shifted([ar.scale(-instance.step_size, G) for G in slopes])
    return sharpness_anywhere(moved, instance.sigma, instance.cross)


eta, rho, S, S_min, S_after = symbols(
    step_size, step_multiplier, sharpness, minimal_sharpness, sharpness_after_step
)

multiplier = Formula("multiplier", r"\max(1,\eta S-1)", sp.Max(1, eta * S - 1))
growth = Formula("growth", r"\eta S_{\min}-1", eta * S_min - 1)

stable = Assumption("stable", eta * S <= 2)

# --- settings -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Stepping:
    """Draws an instance of ``base`` and a step size; unlike a local function it can be sent."""

    base: Setting

    def __call__(self, source: Choices, bounds: Bounds) -> SteppedInstance:
        draw = Draw(source, bounds)
        instance = draw.of(self.base)
        return SteppedInstance.beside(instance, step_size=draw.number(1, 8) / 8)


def _stepped(base: Setting, name: str = "") -> Setting:
    """The setting ``base`` with a step size between 1/8 and 1."""
    return entered(Setting(
        name or f"stepped-{base.name}", f"{base.description}; 1/8 <= η <= 1", _Stepping(base),
        exists=base.exists,
    ))  # fmt: skip


stepped_minimizers = _stepped(univariate_minimizers)
stepped_flattest = _stepped(univariate_top_eigenvector)
stepped_weights = _stepped(weights, "weights-with-a-step")  # F4 has stepped-weights

# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((2, 3), (1, 2))
_t = sp.Symbol("t", real=True)


radius = stated(
    "multiplier", "spectral radius of the linearised step",
    stepped_minimizers, sp.Eq(rho, multiplier), minimizer, one_output,
    given=(F3.spectrum,), bounds=_SMALL,
)  # fmt: skip


@claim(
    stepped_minimizers,
    rho >= growth,
    minimizer,
    one_output,
    given=(radius, C1.least),
    bounds=_SMALL,
)
def necessary() -> Iterator[Step]:
    """No minimizer does better."""
    sharper = rules.scaled(rules.given(C1.least), eta)
    grown = rules.increasing(sharper, lambda t: t - 1, _t)
    yield rules.transitive(rules.given(radius), rules.one_of(1, eta * S - 1), grown)


attained = stated(
    "attained", "equality at flattest minimizers",
    stepped_flattest, sp.Eq(rho, sp.Max(1, growth)), minimizer, one_output,
    given=(radius, C1.lower_attained, C1.upper_attained), bounds=_SMALL,
)  # fmt: skip

window = stated(
    "window", "a stable minimizer has $η ≤ 2/S_min$",
    stepped_minimizers, eta * S_min <= 2, minimizer, one_output, stable,
    given=(C1.least,), bounds=_SMALL,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------


def _stepping(instance: Instance, step: Fraction | int) -> SteppedInstance:
    return SteppedInstance.beside(instance, step_size=Rational().scalar(step))


def _scalars(*layers: int, step: Fraction | int) -> SteppedInstance:
    """A minimizer with layers of width 1, Σ = 1."""
    return _stepping(Instance.of_minimizer([[[x]] for x in layers], [[1]]), step)


_tenth = [[Fraction(1, 10)]]

_twins = (
    twin("sharpness_decreases", "$S$ decreases along gradient descent",
         stepped_weights, S_after <= S, bounds=_SMALL,
         known=lambda: [  # weights 1/10, w* = 1, η = 1/8: S grows from 2 towards 4
             _stepping(Instance.exact([_tenth] * 2, [[1]], [[1]]), Fraction(1, 8))]),
    twin("sufficient", "$η ≤ 2/S_min$ is sufficient: every minimizer is as stable as the flattest",
         stepped_minimizers, rho <= sp.Max(1, eta * S_min - 1), bounds=_SMALL),
    twin("half_threshold",
         "instability already beyond $1/S_min$ (the convention $½ E|·|²$ mixed in)",
         stepped_flattest, rho >= eta * S_min, bounds=_SMALL),
    twin("any_weights", "the minimizer dropped",
         stepped_weights, rho >= eta * S_min - 1, bounds=_SMALL),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Where gradient descent converged the exact minimizer is stable (allowed: rounding)."""
    for trained, step in around_threshold(seed, runs):
        exact = _stepping(trained.minimizer, Fraction(step))
        balls = exact.lifted(Balls())
        with balls.arithmetic:
            reached = float(sharpness_at_minimizer(balls.net, balls.sigma))
        measured = Measurement("final sharpness <= 2/η", 2 / step, reached, 1e-12, "<=")
        yield TrainedSolution(trained.label, exact, trained.distance, (measured,))


_SCALES = (0.1, 0.3, 0.45, 0.6)
_SHARES = (0.25, 0.5, 0.75, 0.9, 1.1, 1.5)


def _sweep(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Initial scales against shares of 2/S_min: n = 50, d = 5, label noise 1, |w*| = 1, L = 5."""
    rng = np.random.default_rng(seed)
    size, d, repeats = 5, 5, 3 if runs <= 3 else 10
    X = rng.standard_normal((50, d))
    signal = rng.standard_normal(d)
    y = X @ signal / np.linalg.norm(signal) + rng.standard_normal(50)
    sigma = X.T @ X / 50
    target = np.linalg.solve(sigma, X.T @ y / 50)[None, :]
    target /= np.linalg.norm(target)
    _, gain = float_optimum(Floating(), sigma, target, 1 / size)
    threshold = 1 / (size * float(gain))
    scale, share, _ = (
        grid.ravel() for grid in np.meshgrid(_SCALES, _SHARES, np.arange(repeats), indexing="ij")
    )
    spread = scale[:, None, None]
    start = [spread * rng.standard_normal((len(scale), m, d)) for m in (*[d] * (size - 1), 1)]
    steps = 1000 if runs <= 3 else 4000
    descent = gradient_descent(
        start, sigma, target @ sigma, share * threshold, steps=steps, tolerance=1e-8
    )
    yield from _outcomes(descent, sigma, scale, share, threshold)


def _outcomes(
    descent: Descent, sigma: Any, scale: Any, share: Any, threshold: float
) -> Iterator[TrainedSolution]:
    """What converged above the threshold, stability where it did, and the boundary by scale.

    Allowed for stability: at a gradient of 1e-8 the weights are within about 1e-7 of a minimizer,
    and S with them.  The boundary is an observation; only that it lies below 1 is predicted.
    """
    converged = descent.status == CONVERGED
    above = int(np.sum(converged & (share > 1)))
    net = LinearNetwork(Floating(), tuple(W[converged] for W in descent.weights))
    edge = sharpness_at_minimizer(net, sigma) * (share * threshold)[converged] / 2
    top = float(np.max(edge)) if edge.size else 0.0
    yield TrainedSolution(
        "all scales",
        measurements=(
            Measurement("runs that converged above 2/S_min", 0.0, above, 0.0),
            Measurement("largest final ηS/2", 1.0, top, 1e-6, "<="),
        ),
    )
    for value in _SCALES:
        failed = share[(scale == value) & ~converged]
        safe = max((h for h in _SHARES if h < np.min(failed, initial=np.inf)), default=0.0)
        label = "largest share of 2/S_min up to which every run converged"
        yield TrainedSolution(
            f"scale {value}", measurements=(Measurement(label, 1.0, safe, 0.0, "<="),)
        )


THEOREM = Theorem(
    id="C6",
    title="A minimizer is linearly stable for gradient descent only at step sizes that the least "
    "sharpness allows",
    normalisation="$R = E|y - Px|²$, no factor 1/2: step sizes are half of those for $½ E|·|²$",
    source=Source("marion2024deep", "learning rate, Figures 1-3 (settings reduced)"),
    claims=(radius, necessary, attained, window),
    controls=_twins,
    witnesses=(
        witness("unstable", radius, "weights 1 and 2, $η = 1/2$: $S = 10$ and the multiplier is 4",
                lambda: _scalars(1, 2, step=Fraction(1, 2))),
        witness("edge", window, "unit weights at the edge, $η = 1/2 = 2/S_min$",
                lambda: _scalars(1, 1, step=Fraction(1, 2))),
    ),
    necessity=(
        needed(minimizer, necessary,
               "three zero layers, $w^* = 1$, $η = 1$: the Hessian vanishes, the multiplier is "
               "$1 < 5$",
               lambda: _stepping(Instance.exact([[[0]]] * 3, [[1]], [[1]]), 1)),
        needed(stable, window, "unit weights, $η = 1$: $ηS_min = 4 > 2$",
               lambda: _scalars(1, 1, step=1)),
    ),
    trainings=(
        Training("trained",
                 "gradient descent at 0.3 to 0.95 of $2/S_min$, corrected to an exact minimizer",
                 _train, (window,)),
        Training("sweep", "initial scales against shares of $2/S_min$", _sweep),
    ),
    module=__name__,
)  # fmt: skip
