r"""Gradient descent can settle at a minimizer only if its step size is at most 2/S_min.

Statement
    Let W be a minimizer with one output, S its sharpness, η > 0.  The linearised step of gradient
    descent, I - η∇²R(W), has spectral radius

        max(1, ηS - 1) >= max(1, ηS_min - 1).

    So if η > 2/S_min every minimizer is linearly unstable and gradient descent converges to none
    of them except from a null set of starts; where it does converge, S <= 2/η.

Notation
    η (``step_size``), the spectral radius of I - ηH (``step_multiplier``), S (``sharpness``), S_min
    (``minimal_sharpness``), the sharpness after one step (``sharpness_after_step``).

Assumptions
    minimizer   PΣ = w*ᵀΣ.  Without it, three zero layers have H = 0 and radius 1 < 5 at η = 1.
    one_output  d_y = 1.
    stable      ηS <= 2, for the window η <= 2/S_min.  Without it, unit weights and η = 1.

Proof
    At a minimizer H ⪰ 0 (F3), and L >= 2 gives more weights than rank, so 0 is an eigenvalue:
    the eigenvalues 1 - ηh of the step run from 1 down to 1 - ηS.  (1-ηh)² - 1 = ηh(ηh - 2) > 0
    exactly if ηh > 2.  U1 gives S >= S_min.  The null set is that of the centre-stable manifold.

Main results
    C6.multiplier  the spectral radius, from the loss by derivatives
    C6.necessary   no minimizer does better than ηS_min - 1
    C6.attained    equality at the flattest minimizers
    C6.window      a stable minimizer has η <= 2/S_min

Evidence
    Symbolic, given U1.  Gradient descent at 0.3 to 0.95 of 2/S_min: S <= 2/η at the exact
    minimizer.  Measured over initial scales and step sizes (data of the paper, depth 5 for 10): no
    run converges above 2/S_min, small scales converge right up to it, large scales fail far below.

Sharpness
    The threshold is attained.  It is not sufficient: other minimizers are unstable below it
    (control), which is why large initial scales fail.

Implementation notes
    Linear stability and its limit are exact; the passage to null sets is quoted.

References
----------
    marion2024deep, Figures 1-3 (learning rates, depths, scales)

Tags
    learning rate, edge of stability, gradient descent
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from theorems.assumptions import at_most, minimizer, one_output
from theorems.instances import Instance, SteppedInstance
from theorems.quantities import minimal_sharpness, sharpness, step_size, symbols
from theorems.recipes import Draw, drawn
from theorems.settings import univariate_minimizers, univariate_top_eigenvector, weights
from theorems.training import around_threshold
from verify.claims import Bounds, Setting, quantity
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


# --- quantities and closed forms ----------------------------------------------------------------


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


def _step_times_sharpness(instance: SteppedInstance) -> tuple[Any, Any]:
    S_here = sharpness_at_minimizer(instance.net, instance.sigma)
    return instance.step_size * S_here, instance.arithmetic.scalar(2)


stable = Assumption(
    "stable", r"\eta S \le 2", lambda instance: at_most(instance, _step_times_sharpness)
)

# --- settings -----------------------------------------------------------------------------------


def _stepped(base: Setting) -> Setting:
    """The setting ``base`` with a step size between 1/8 and 1."""

    def build(draw: Draw) -> SteppedInstance:
        instance = draw.of(base)
        return SteppedInstance.beside(instance, step_size=draw.number(1, 8) / 8)

    return Setting(f"stepped-{base.name}", f"{base.description}; 1/8 <= η <= 1", drawn(build))


stepped_minimizers = _stepped(univariate_minimizers)
stepped_flattest = _stepped(univariate_top_eigenvector)
stepped_weights = _stepped(weights)

# --- derivation ---------------------------------------------------------------------------------

h, gap = sp.Symbol("h", nonnegative=True), sp.Symbol("g", positive=True)


def derive_multiplier(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the multiplier of one eigenvalue and the two ends of the spectrum."""
    yield Identity(
        "one eigenvalue",
        r"(1-\eta h)^2 - 1 = \eta h(\eta h-2)",
        "all L",
        "expansion",
        (1 - eta * h) ** 2 - 1,
        eta * h * (eta * h - 2),
    )
    yield Condition(
        "unstable beyond 2/η",
        r"\eta h = 2+g,\; g>0 \Rightarrow (1-\eta h)^2 > 1",
        "all L",
        "sign of a product",
        ((2 + gap) * gap).is_positive,
    )
    widths = sp.symbols("d_x d_1 d_2", integer=True, positive=True)
    yield Condition(
        "the Hessian is singular",
        r"N \ge d_xd_1 + d_1 > d_x \ge \operatorname{rank}\nabla^2R \text{ for } d_y = 1, L \ge 2",
        "all widths",
        "rank G <= d_x (F3); shown for the two first layers, the others only add to N",
        sp.expand(
            widths[0] * (widths[1] + 1) + widths[1] * (widths[2] + 1) - widths[0]
        ).is_positive,
    )
    at_top = formulas["multiplier"].subs(eta, (2 + gap) / S)
    yield Identity(
        "beyond the threshold",
        r"\eta S = 2+g \Rightarrow \max(1,\eta S-1) = 1+g",
        "all L",
        "the largest of 1 and ηS - 1",
        at_top,
        1 + gap,
    )


def derive_necessary(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield ηS - 1 against ηS_min - 1, given U1."""
    excess = sp.Symbol("s", nonnegative=True)  # S - S_min
    yield Identity(
        "what a sharper minimizer adds",
        r"(\eta S-1)-(\eta S_{\min}-1) = \eta(S-S_{\min})",
        "all L",
        "U1: S >= S_min",
        eta * (S_min + excess) - 1 - formulas["growth"],
        eta * excess,
    )
    yield Condition(
        "it is not negative",
        r"\eta(S-S_{\min}) \ge 0",
        "all L",
        "U1: S >= S_min",
        (eta * excess).is_nonnegative,
    )


# --- claims and controls ------------------------------------------------------------------------

_SMALL = Bounds(depth=(2, 3), width=(1, 2))
_formulas = (multiplier, growth)


def _claim(name: str, title: str, where: Setting, relation: Any, *more: Assumption) -> Claim:
    return Claim(
        f"C6.{name}", title, where, relation, (minimizer, one_output, *more), _formulas, _SMALL
    )


_claims = (
    _claim(
        "multiplier",
        "spectral radius of the linearised step",
        stepped_minimizers,
        sp.Eq(rho, multiplier.symbol),
    ),
    _claim("necessary", "no minimizer does better", stepped_minimizers, rho >= growth.symbol),
    _claim(
        "attained",
        "equality at flattest minimizers",
        stepped_flattest,
        sp.Eq(rho, sp.Max(1, growth.symbol)),
    ),
    _claim(
        "window",
        "a stable minimizer has η <= 2/S_min",
        stepped_minimizers,
        eta * S_min <= 2,
        stable,
    ),
)


def _twin(name: str, title: str, where: Setting, relation: Any, **known: Any) -> Control:
    return Control(Claim(f"C6.control.{name}", title, where, relation, bounds=_SMALL), **known)


def _early() -> SteppedInstance:
    """Both weights 1/10, w* = 1, η = 1/8: S grows from 2 towards 4."""
    tenth = [[Fraction(1, 10)]]
    return SteppedInstance.beside(Instance.exact([tenth, tenth], [[1]], [[1]]), step_size=_eighth())


def _eighth() -> Any:
    return Rational().scalar(Fraction(1, 8))


_controls = (
    _twin(
        "sharpness_decreases",
        "S decreases along gradient descent",
        stepped_weights,
        S_after <= S,
        known=lambda: [_early()],
    ),
    _twin(
        "sufficient",
        "η <= 2/S_min is sufficient: every minimizer is as stable as the flattest",
        stepped_minimizers,
        rho <= sp.Max(1, eta * S_min - 1),
    ),
    _twin(
        "half_threshold",
        "instability already beyond 1/S_min (the convention 1/2 E|.|² mixed in)",
        stepped_flattest,
        rho >= eta * S_min,
    ),
    _twin("any_weights", "the minimizer dropped", stepped_weights, rho >= eta * S_min - 1),
)

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Where gradient descent converged the exact minimizer is stable (allowed: rounding)."""
    for trained, step in around_threshold(seed, runs):
        exact = SteppedInstance.beside(
            trained.minimizer, step_size=Rational().scalar(Fraction(step))
        )
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


def _unit(*layers: int, step: Fraction) -> SteppedInstance:
    exact = Instance.of_minimizer([[[x]] for x in layers], [[1]])
    return SteppedInstance.beside(exact, step_size=Rational().scalar(step))


THEOREM = Theorem(
    id="C6",
    title="Gradient descent settles at a minimizer only if its step size is at most 2/S_min",
    statement=(
        r"P\Sigma = C \;\Longrightarrow\; \rho(I-\eta\nabla^2R) = \max(1,\eta S-1) \ge "
        r"\eta S_{\min}-1; \quad \text{so convergence (off a null set of starts) needs } "
        r"\eta \le 2/S \le 2/S_{\min}"
    ),
    normalisation="R = E|y - Px|², no factor 1/2: step sizes are half of those for 1/2 E|.|²",
    source=Source("marion2024deep", "learning rate, Figures 1-3 (settings reduced)"),
    claims=_claims,
    controls=_controls,
    formulas=_formulas,
    derivations={"C6.multiplier": derive_multiplier, "C6.necessary": derive_necessary},
    witnesses=(
        Witness(
            "C6.witness.unstable",
            "C6.multiplier",
            "weights 1 and 2, η = 1/2: S = 10 and the multiplier is 4",
            lambda: _unit(1, 2, step=Fraction(1, 2)),
        ),
        Witness(
            "C6.witness.edge",
            "C6.window",
            "unit weights at the edge, η = 1/2 = 2/S_min",
            lambda: _unit(1, 1, step=Fraction(1, 2)),
        ),
    ),
    necessity=(
        Necessity(
            minimizer,
            "C6.necessary",
            "three zero layers, w* = 1, η = 1: the Hessian vanishes, the multiplier is 1 < 5",
            lambda: SteppedInstance.beside(
                Instance.exact([[[0]], [[0]], [[0]]], [[1]], [[1]]), step_size=Rational().scalar(1)
            ),
        ),
        Necessity(
            stable,
            "C6.window",
            "unit weights, η = 1: ηS_min = 4 > 2",
            lambda: _unit(1, 1, step=Fraction(1)),
        ),
    ),
    trainings=(
        Training(
            "C6.trained",
            "gradient descent at 0.3 to 0.95 of 2/S_min, corrected to an exact minimizer",
            _train,
            ("C6.window",),
        ),
        Training("C6.sweep", "initial scales against shares of 2/S_min", _sweep),
    ),
    uses=("C1", "F3", "U1"),
    module=__name__,
    tags=("learning rate", "edge of stability", "gradient descent"),
)
