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
from typing import Any

from flint import arb

from numeric.arithmetic.algebraic import to_fmpq
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
    centre : tuple of arb_mat
        Exact dyadic numbers.
    radius : arb
        An exact number; of the Frobenius norm over all layers.
    time : Fraction
        When the flow was last enclosed; what is left from there on is in the radius.
    steps : int
        How many steps that took.
    """

    problem: FlowProblem
    centre: tuple[Any, ...]
    radius: Any
    time: Fraction
    steps: int

    def weights(self, ar: Balls) -> LinearNetwork:
        """Return balls around the limit, entry by entry."""
        return network_around(ar, self.centre, self.radius)

    def sharpness(self) -> Ball:
        """Return an enclosure of the largest Hessian eigenvalue at the limit."""
        with Balls(PRECISION) as ar:
            found: Ball = sharpness_at_minimizer(self.weights(ar), ar.matrix(self.problem.sigma))
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
        Exact W_1, ..., W_L.
    within
        How small the radius has to be.

    Raises
    ------
    ValueError
        If shapes do not fit or Σ is singular.
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
        least = _least(ar, ar.matrix(problem.sigma))
    if not least > 0:
        raise ValueError("sigma: expected an invertible Σ, got one that may be singular")
    goal = arb(to_fmpq(within))
    for steps, state in enumerate(flow_states(problem, weights)):
        with Balls(PRECISION) as ar:
            reach = _reach(ar, problem, state, least)
        if reach is not None and reach < goal:
            return FlowLimit(problem, state.centre, reach, state.time, steps)
        # radii never shrink
        if state.time > _LATEST or not state.radius < goal:
            break
    raise ArithmeticError(
        "the flow is not seen to end at a minimizer with P = T: at time "
        f"{float(state.time):.6g} its loss is {float(_loss(problem, state)):.3g}, known with "
        f"weights to {float(state.radius):.2g}"
    )


def _reach(ar: Balls, problem: FlowProblem, state: FlowState, least: Any) -> Any | None:
    """How far from the centre the limit may be; None if no ball is seen to hold the flow."""
    root = _loss(problem, state).sqrt().upper()
    here = _slope(ar, network_around(ar, state.centre, state.radius), least)
    if not here > 0:
        return None
    room = (2 * (state.radius + root / here.sqrt())).upper()
    slope = _slope(ar, network_around(ar, state.centre, room), least)
    if not slope > 0:
        return None
    reach = (state.radius + root / slope.sqrt()).upper()
    return reach if reach < room or room == 0 else None


def _slope(ar: Balls, net: LinearNetwork, least: Any) -> Any:
    """A lower bound of μ on a box of networks; it may be negative."""
    try:
        return (_least(ar, dual_gram(net)) * least).lower()
    except NotExact:
        return arb(0)


def _least(ar: Balls, A: FlintMatrix) -> Any:
    """A lower bound of the least eigenvalue of a symmetric matrix."""
    found: Ball = -ar.eig_max(-A)
    return found.arb.lower()


def _loss(problem: FlowProblem, state: FlowState) -> Any:
    """An upper bound of the excess loss wherever the flow may be."""
    with Balls(PRECISION) as ar:
        gap = state.weights(ar).end_to_end - ar.matrix(problem.target)
        found: Ball = ar.trace(gap @ ar.matrix(problem.sigma) @ gap.mT)
    return found.arb.nonnegative_part().upper()
