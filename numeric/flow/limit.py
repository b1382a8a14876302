r"""Where a gradient flow ends: an enclosure of its limit, and of the sharpness there.

With E = (P - T)Σ, M the dual Gram matrix Σ_k A_kA_kᵀ ⊗ B_kᵀB_k and λ the least eigenvalue of Σ,

    |∇R|² = 4 vec(E)ᵀ M vec(E) >= 4 λ_min(M) |E|² >= 4 μ R,   μ = λ λ_min(M),

the inequality of Polyak and Lojasiewicz, where R is the excess loss.  Along the flow
``d√R/dt = -|∇R|²/(2√R) <= -√μ |∇R|``: as long as μ is a lower bound on a ball, no flow goes further
in it than √(R/μ).  So if the weights at some time are within ρ of a centre and

    ρ + √(R/μ) < r,  μ good on the ball of radius r about the centre,

then the flow never leaves that ball, R falls to 0 exponentially, and the limit is a minimizer with
P = T within ρ + √(R/μ) of the centre.  The flow is enclosed (:mod:`numeric.flow.enclosed`) until
that is small; the sharpness is that of the ball of networks, from its dual Gram matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from numeric.arithmetic.ball import Ball, Balls
from numeric.arithmetic.matrices import FlintMatrix
from numeric.arithmetic.protocol import NotExact
from numeric.flow.enclosed import PRECISION, FlowProblem, FlowState, flow_states, network_around
from numeric.networks import LinearNetwork
from numeric.spectrum import dual_gram, sharpness_at_minimizer

__all__ = ["FlowLimit", "flow_limit"]

_LATEST = 10**4
"""A flow that is not near its limit by then is given up."""


@dataclass(frozen=True)
class FlowLimit:
    """The minimizer where a flow ends: within ``radius`` of ``centre``.

    Attributes
    ----------
    problem : FlowProblem
    centre : tuple of FlintMatrix
        Exact dyadic numbers.
    radius : Fraction
        Of the Frobenius norm over all layers.
    time : Fraction
        When the flow was last enclosed; what is left from there on is in the radius.
    steps : int
        How many steps that took.
    """

    problem: FlowProblem
    centre: tuple[FlintMatrix, ...]
    radius: Fraction
    time: Fraction
    steps: int

    def network(self, ar: Balls) -> LinearNetwork:
        """Return balls around the limit, entry by entry."""
        return network_around(ar, self.centre, self.radius)

    def sharpness(self) -> Ball:
        """Return an enclosure of the largest Hessian eigenvalue at the limit."""
        with Balls(PRECISION) as ar:
            found: Ball = sharpness_at_minimizer(self.network(ar), ar.matrix(self.problem.sigma))
        return found


def flow_limit(
    problem: FlowProblem, weights: Sequence[FlintMatrix], *, within: Fraction = Fraction(1, 10**9)
) -> FlowLimit:
    """Return the limit of the flow from exact weights, a minimizer with P = T.

    Parameters
    ----------
    problem
        Σ, which must be invertible, and T.
    weights
        W_1, ..., W_L, exact or balls.
    within
        How small the radius has to be.

    Raises
    ------
    ValueError
        If shapes do not fit or Σ is not seen to be positive definite.
    ArithmeticError
        If the flow is not seen to end at such a minimizer: it falls to a saddle, a hidden layer is
        too narrow for T, it takes longer than 10⁴, or flows part so much on the way that the
        radius comes to ``within``.

    Examples
    --------
    >>> from numeric.arithmetic.rational import Rational
    >>> ar = Rational()
    >>> problem = FlowProblem(ar.matrix([[1]]), ar.matrix([[2]]))
    >>> limit = flow_limit(problem, [ar.matrix([[1]]), ar.matrix([[1]])])
    >>> 8 in limit.sharpness(), limit.sharpness().relative_width < 1e-8  # at w_1 = w_2 = √2
    (True, True)
    """
    with Balls(PRECISION) as ar:
        data_min = -ar.eig_max(-ar.matrix(problem.sigma))
    if not data_min.lower > 0:
        raise ValueError("sigma: expected a positive definite Σ, got one that may be singular")
    for steps, state in enumerate(flow_states(problem, weights)):
        with Balls(PRECISION) as ar:
            reach = _reach(ar, problem, state, data_min)
        if reach is not None and reach < within:
            return FlowLimit(problem, state.centre, reach, state.time, steps)
        if state.time > _LATEST or state.radius >= within:  # radii never shrink
            break
    with Balls(PRECISION) as ar:
        loss = float(_loss(ar, problem, state))
    raise ArithmeticError(
        f"the flow is not seen to end at a minimizer with P = T: at time {float(state.time):.6g} "
        f"its loss is {loss:.3g}, its weights are known to {float(state.radius):.2g}"
    )


def _reach(ar: Balls, problem: FlowProblem, state: FlowState, data_min: Ball) -> Fraction | None:
    """How far from the centre the limit may be; None if no ball is seen to hold the flow."""
    root, rho = ar.sqrt(_loss(ar, problem, state)), Ball.of(state.radius)

    def way(radius: Fraction) -> Fraction | None:
        """A bound of ρ + √(R/μ), with a μ that is good up to this radius."""
        slope = _slope(ar, network_around(ar, state.centre, radius), data_min)
        return (rho + root / ar.sqrt(Ball.of(slope))).upper if slope > 0 else None

    expected = way(state.radius)
    if expected is None:
        return None
    room = 2 * expected
    found = way(room)
    return found if found is not None and (found < room or room == 0) else None


def _slope(ar: Balls, net: LinearNetwork, data_min: Ball) -> Fraction:
    """A lower bound of μ on a box of networks; it may be negative."""
    try:
        return (-ar.eig_max(-dual_gram(net)) * data_min).lower
    except NotExact:
        return Fraction(0)


def _loss(ar: Balls, problem: FlowProblem, state: FlowState) -> Ball:
    """The largest that the excess loss may be where the flow may be."""
    gap = state.network(ar).end_to_end - ar.matrix(problem.target)
    loss = ar.trace(gap @ ar.matrix(problem.sigma) @ gap.mT)
    return Ball.of(max(Fraction(0), loss.upper))
