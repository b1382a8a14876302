r"""The sharpness of the flow's limit can increase along gradient descent.

Statement
    Let $S_∞(W)$ be the sharpness of the minimizer where the gradient flow from $W$ ends, and
    $W⁺ = W - η∇R(W)$ one step of gradient descent.

    Of two scalar layers that are trained on half the loss, a step does not increase it as long as
    step size times residual is at most the root of two, or the layers are balanced (N10).  Of
    matrices that are not balanced this is not true, for residuals as small as these either.

    Let $Σ = I$, $ε ∈ \{1/10, 1/5\}$ and $η ∈ \{1/8, 47/250\}$.  From $W_1 = I$,
    $W_2 = diag(2, 1)$ towards $T = W_2W_1 + ε e_2e_1ᵀ$

        S_∞(W) + 7η² R(W) ≤ S_∞(W⁺) ≤ S_∞(W) + 8η² R(W),       [increase, bounded]

    and these four steps are below the edge of stability, $ηS_∞(W) ≤ 2$.   [below_edge]

Notation
    $S_∞(W)$ (``flow_limit_sharpness``), $S_∞(W⁺)$ (``next_flow_limit_sharpness``), $η$
    (``step_size``), $R(W)$ (``loss``), here $ε²$.

Assumptions
    None beyond the starts: the four of the statement, no others.

Proof
    By enclosure, instance by instance.  The flow is followed from exact weights by Taylor steps in
    ball arithmetic with a bound of what they leave out, until the loss is tiny.  There
    $|∇R|² ≥ 4μR$ on a ball, $μ$ the least eigenvalue of the dual Gram matrix, so that the way left
    is at most $(R/μ)^{1/2}$; the dual Gram matrix of all networks that near encloses the sharpness.
    The module ``numeric.flow`` says why each of these is rigorous.

    What happens: a flow conserves $D = W_2ᵀW_2 - W_1W_1ᵀ$ and a step changes it by
    $η²(∇_2ᵀ∇_2 - ∇_1∇_1ᵀ)$ (F4.descent).  For scalars the minimizer reached is a function of $D$
    and $T$.  For matrices one $D$ and one $T$ leave a curve of minimizers of different sharpness,
    and both the change of $D$ and the place on the curve are of the order $η²R$.

Sharpness
    The increase is about $7.6 η²R$, at $η = 1/100$ too (a test): no smaller step size mends it.  At
    $ε = 1/10$, $η = 47/250$: $ηS_∞ = 1.8996$, and $S_∞$ goes from 10.10441 to 10.10711.

Implementation notes
    Balls decide: exact arithmetic has no flow.  Floats, which only propose, integrate by Runge and
    Kutta's rule.

References
----------
    certimin2026; kreisler2023gradient (scalar networks, where it falls; abstract read)
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

from numeric.arithmetic.ball import Ball
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.protocol import NotExact, weakest
from numeric.flow.enclosed import FlowProblem
from numeric.flow.limit import flow_limit
from numeric.loss import gradient
from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_at_minimizer
from numeric.training import gradient_flow
from theorems.instances import Instance, Rows
from theorems.quantities import hessian_trace, loss, symbols
from theorems.recipes import Draw, setting
from theorems.stepped import SteppedInstance, after, step_size, stepped_weights
from verify.errors import Undefined
from verify.theorem import (
    Assumption,
    Bounds,
    Measurement,
    Source,
    Theorem,
    TrainedSolution,
    Training,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

_EYE, _LAST = ((1, 0), (0, 1)), ((2, 0), (0, 1))
_ACCURACY, _WITHIN = Fraction(1, 10**9), Fraction(3, 10**7)
_FLOAT_STEPS = 60

# --- starts -------------------------------------------------------------------------------------


_TILTS = (Fraction(1, 10), Fraction(1, 5))
_STEPS = (Fraction(1, 8), Fraction(47, 250))


@dataclass(frozen=True, eq=False)
class FlowInstance(SteppedInstance):
    """A start with its step size; what was measured on it is kept, for flows take a while."""

    @cached_property
    def measured(self) -> dict[str, Any]:
        """The value of each quantity that was measured, by name."""
        return {}


@setting(
    "tilted-starts",
    "W_1 = I, W_2 = diag(2, 1), T = diag(2, 1) + ε e_2e_1ᵀ, Σ = I, ε 1/10 or 1/5, η 1/8 or 47/250",
    checker=None,
    load=None,
)
def tilted_starts(draw: Draw) -> SteppedInstance:
    """Minimizers of a target that is then tilted by ε, with a step size: four instances."""
    tilt, eta = _TILTS[draw.integer(0, 1)], _STEPS[draw.integer(0, 1)]
    ar = draw.arithmetic
    if ar.kind == "exact":
        return _written(tilt, eta)
    layers = [ar.matrix(W) for W in (_EYE, _LAST)]
    base = Instance.of(ar, layers, ar.matrix(_EYE), ar.matrix(_target(tilt)))
    return SteppedInstance.beside(base, step_size=ar.scalar(eta))


def _target(tilt: Fraction) -> Rows:
    return [[2, 0], [tilt, 1]]


@cache
def _written(tilt: Fraction, eta: Fraction) -> FlowInstance:
    """The exact start with this ε and this η."""
    base = Instance.exact([_EYE, _LAST], _EYE, _target(tilt))
    return FlowInstance.beside(base, step_size=base.arithmetic.scalar(eta))


# --- quantities ---------------------------------------------------------------------------------


def _limit_sharpness(instance: Instance) -> Any:
    """S at the limit of the flow from the weights of an instance, enclosed or by floats."""
    ar = instance.arithmetic
    if ar.kind == "sampled":
        return sharpness_at_minimizer(_integrated(instance), instance.sigma)
    if ar.kind != "certified":
        raise NotExact("the limit of a flow is enclosed, not written down")
    try:
        problem = FlowProblem(instance.sigma, instance.target, _ACCURACY)
        found = flow_limit(problem, instance.weights, within=_WITHIN).sharpness()
    except ValueError as error:
        raise Undefined(str(error)) from error
    return Ball(found.arb, weakest(*(W.kind for W in instance.weights)))


def _integrated(instance: Instance) -> LinearNetwork:
    """Where some steps of Runge and Kutta's rule lead, about 1/S long: no evidence."""
    ar, net = instance.arithmetic, instance.net
    if not isinstance(ar, Floating):
        raise TypeError("flows have no tangents here")
    h = 2 / hessian_trace.measure(instance)

    def slope(at: LinearNetwork) -> list[Any]:
        return [-g for g in gradient(at, instance.sigma, instance.cross)]

    for _ in range(_FLOAT_STEPS):
        stages = [slope(net)]
        for share in (0.5, 0.5, 1.0):
            stages.append(slope(net.shifted([ar.scale(share * h, s) for s in stages[-1]])))
        sums = zip(*stages, strict=True)
        net = net.shifted([ar.scale(h / 6, a + b + b + c + c + d) for a, b, c, d in sums])
    return net


@quantity("flow_limit_sharpness", r"S_\infty(W)")
def flow_limit_sharpness(instance: Instance) -> Any:
    """Sharpness of the minimizer where the gradient flow from W ends (Σ ≻ 0, P = T there)."""
    return _limit_sharpness(instance)


@quantity("next_flow_limit_sharpness", r"S_\infty(W^+)")
def next_flow_limit_sharpness(instance: SteppedInstance) -> Any:
    """The same from W⁺ = W - η∇R(W), after one step of gradient descent."""
    return _limit_sharpness(after(instance))


S, S_next, eta, R = symbols(flow_limit_sharpness, next_flow_limit_sharpness, step_size, loss)

# --- claims and twins ---------------------------------------------------------------------------

_SIZE = Bounds((2, 2), (2, 2))

increase = stated(
    "increase", "one step of gradient descent leads to a sharper limit",
    tilted_starts, S_next >= S + 7 * eta**2 * R, bounds=_SIZE,
)  # fmt: skip
bounded = stated(
    "bounded", "but not by more than so much",
    tilted_starts, S_next <= S + 8 * eta**2 * R, bounds=_SIZE,
)  # fmt: skip
below_edge = stated(
    "below_edge", "the step is below the edge of stability",
    tilted_starts, eta * S <= 2, bounds=_SIZE,
)  # fmt: skip


below = Assumption("below_edge", eta * S <= 2)


def _known() -> list[SteppedInstance]:
    return [_written(Fraction(1, 10), Fraction(47, 250))]


_twins = (
    twin("never_sharper", "the limit's sharpness does not increase where $ηS_∞ ≤ 2$",
         stepped_weights, S_next <= S, below, bounds=_SIZE, known=_known),
    twin("eight", "$8$ for $7$",
         tilted_starts, S_next >= S + 8 * eta**2 * R, bounds=_SIZE, known=_known),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Flows of an integrator from before and after a step, against the enclosures.

    Allowed: the gradient at the end is 1e-9 and the integrator's tolerance 1e-11 per step; the
    enclosures are 1e-5 wide.
    """
    for tilt, eta in itertools.product((Fraction(1, 10), Fraction(1, 5)), (Fraction(47, 250),)):
        exact = _written(tilt, eta)
        enclosed = next(route for route in exact.routes() if route.arithmetic.kind != "exact")
        with enclosed.arithmetic:
            limits = [
                float(q.measure(enclosed))
                for q in (flow_limit_sharpness, next_flow_limit_sharpness)
            ]
        nets = exact.net, after(exact).net
        pairs = zip(("before", "after"), nets, limits, strict=True)
        shown = tuple(_measured(name, net, exact, limit) for name, net, limit in pairs)
        yield TrainedSolution(f"ε = {tilt}, η = {eta}", exact, Fraction(0), shown)


def _measured(name: str, net: LinearNetwork, exact: Instance, limit: float) -> Measurement:
    """The sharpness where an integrated flow ends."""
    start = [[[float(Fraction(int(x.p), int(x.q))) for x in row] for row in W.rows()]
             for W in net.weights]  # fmt: skip
    target = [[float(Fraction(int(x.p), int(x.q))) for x in row] for row in exact.target.rows()]
    floats = Floating()
    flow = gradient_flow(start, floats.matrix(_EYE), floats.matrix(target))
    end = LinearNetwork(floats, flow.weights)
    reached = float(sharpness_at_minimizer(end, floats.matrix(_EYE)))
    return Measurement(f"sharpness of the limit {name} the step", limit, reached, 1e-6)


THEOREM = Theorem(
    id="N24",
    title="The sharpness of the flow's limit can increase along gradient descent",
    normalisation="$R = E|y - Px|²$, no factor 1/2; flow $dW/dt = -∇R$, step $W - η∇R$",
    source=Source("certimin2026", "sharpness of the flow's limit, for matrices"),
    claims=(increase, bounded, below_edge),
    controls=_twins,
    witnesses=(
        witness("certified", increase, "$ε = 1/10$, $η = 47/250$: 10.10441 before, 10.10711 after",
                lambda: _written(Fraction(1, 10), Fraction(47, 250))),
    ),
    trainings=(
        Training("trained", "an integrator's flows before and after the step", _train),
    ),
    module=__name__,
)  # fmt: skip
