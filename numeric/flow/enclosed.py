r"""A gradient flow enclosed from exact weights: an exact centre and a radius.

At every time the weights W(t) of ``dW_k/dt = -∇_{W_k} R`` are within a distance ρ (Frobenius norm
over all layers) of an exact centre.  One step from time t to t + h, in ball arithmetic:

1.  *Where the flow may be meanwhile.*  Gradients change along a flow by ``-H ∇R``, so |∇R| grows by
    e^{ms} at most while ``-λ_min(H) <= m``; a flow from within ρ of the centre goes no further than
    ``h e^{mh} sup |∇R|``.  If that is less than r - ρ for an m that is good on the ball of radius r
    about the centre, the flow exists until t + h and stays in that ball (by Picard-Lindelöf it
    exists as long as it stays in a bounded set).  H = G + K with G ⪰ 0, so m = |K|, which vanishes
    with the residual: near minimizers long steps are allowed, however sharp they are.
2.  *The centre* is moved by its Taylor polynomial of degree p; what it leaves out is coefficient
    p + 1 of :mod:`numeric.flow.taylor` on the ball, times h^{p+1} (Lagrange, entry by entry).
3.  *The radius*: two flows part by e^{mh} at most on a convex set where ``-λ_min(H) <= m``.  So
    ``ρ⁺ = e^{mh} ρ + remainder + rounding``, a number for all directions: nothing wraps, and near a
    minimizer ρ hardly grows.

Normalisation: R = E|y - Px|² without factor 1/2; times scale with it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from numeric.arithmetic.ball import Ball, Balls
from numeric.arithmetic.boxes import box, centre, spread
from numeric.arithmetic.matrices import FlintMatrix
from numeric.flow.taylor import at_time, taylor
from numeric.loss import residual
from numeric.networks import LinearNetwork
from numeric.spectrum.enclosed import residual_norm

__all__ = ["PRECISION", "FlowProblem", "FlowState", "after", "flow_states", "network_around"]

PRECISION = 128
"""Bits of the balls."""
_FIRST = Fraction(1, 8)
_SHORTEST, _LONGEST = Fraction(1, 2**40), Fraction(2**20)
"""Of the steps: with a shorter one nothing is gained, the flow is beyond this arithmetic."""
_ROOM = 2
"""How much further than the way that it is expected to go the flow is looked for."""


@dataclass(frozen=True)
class FlowProblem:
    """The loss whose gradient is followed: E|Tx - Px|², up to a constant.

    Attributes
    ----------
    sigma, target : FlintMatrix
        Σ, of shape (d_x, d_x), and T, of shape (d_y, d_x); C = TΣ.
    accuracy : Fraction
        What one step may add to the radius, but for rounding.
    """

    sigma: FlintMatrix
    target: FlintMatrix
    accuracy: Fraction = Fraction(1, 10**14)

    @property
    def degree(self) -> int:
        """Return the degree of the Taylor polynomials: p with p² accuracy^{-1/p} least.

        Coefficients cost p², and the steps of such an accuracy are as accuracy^{1/p}.
        """
        return max(2, round(-math.log(self.accuracy) / 2))

    def moments(self, ar: Balls) -> tuple[FlintMatrix, FlintMatrix]:
        """Return Σ and C in balls."""
        return ar.matrix(self.sigma), ar.matrix(self.target @ self.sigma)


@dataclass(frozen=True)
class FlowState:
    """Where the flow is at a time: within ``radius`` of ``centre``.

    Attributes
    ----------
    time : Fraction
    centre : tuple of FlintMatrix
        One matrix of exact dyadic numbers for each layer.
    radius : Fraction
        Of the Frobenius norm over all layers.
    """

    time: Fraction
    centre: tuple[FlintMatrix, ...]
    radius: Fraction

    def network(self, ar: Balls) -> LinearNetwork:
        """Return balls around all networks within the radius, entry by entry."""
        return network_around(ar, self.centre, self.radius)


def network_around(ar: Balls, middle: Sequence[FlintMatrix], radius: Fraction) -> LinearNetwork:
    """Return the network whose entries are balls of one radius around the middle's."""
    return LinearNetwork(ar, tuple(box(M, radius) for M in middle))


def flow_states(problem: FlowProblem, weights: Sequence[FlintMatrix]) -> Iterator[FlowState]:
    """Yield where the flow is, again and again, for as long as it is asked; the start first.

    Parameters
    ----------
    problem
        What is descended.
    weights
        W_1, ..., W_L, exact, or balls: then all starts in them.

    Raises
    ------
    ValueError
        If shapes do not fit.
    ArithmeticError
        If no step is short enough to be enclosed.

    Examples
    --------
    >>> from numeric.arithmetic.rational import Rational
    >>> ar = Rational()
    >>> problem = FlowProblem(ar.matrix([[1]]), ar.matrix([[2]]))
    >>> for state in flow_states(problem, [ar.matrix([[1]]), ar.matrix([[1]])]):
    ...     if state.time > 2:
    ...         break
    >>> state.centre[0].shape, float(state.radius) < 1e-11
    ((1, 1), True)
    """
    state, proposed = _start(problem, weights), _FIRST
    while True:
        yield state
        state, proposed = _stepped(problem, state, proposed)


def after(problem: FlowProblem, weights: Sequence[FlintMatrix], time: Fraction) -> FlowState:
    """Return where the flow is at exactly this time; raises as :func:`flow_states` does."""
    state, proposed = _start(problem, weights), _FIRST
    while (left := time - state.time) > 0:
        state, longer = _stepped(problem, state, min(proposed, left))
        proposed = longer if left > proposed else proposed
    return state


def _start(problem: FlowProblem, weights: Sequence[FlintMatrix]) -> FlowState:
    """The state at time 0, rounded with its radius."""
    _check_shapes(problem, weights)
    with Balls(PRECISION) as ar:
        return _recentred(ar, Fraction(0), [ar.matrix(W) for W in weights], Ball.of(0))


def _check_shapes(problem: FlowProblem, weights: Sequence[FlintMatrix]) -> None:
    """Raise ValueError unless the network maps inputs of Σ to outputs of T."""
    shapes = [W.shape for W in weights]
    ends = (shapes[-1][0], shapes[0][1]) if shapes else (0, 0)
    if ends != problem.target.shape:
        raise ValueError(
            f"weights: expected a network of shape {problem.target.shape}, as the target, got "
            f"{ends}"
        )
    d = problem.target.shape[1]
    if problem.sigma.shape != (d, d):
        raise ValueError(f"sigma: expected shape {(d, d)}, got {problem.sigma.shape}")
    for k, (low, high) in enumerate(itertools.pairwise(shapes)):
        if high[1] != low[0]:
            raise ValueError(f"weights[{k + 1}]: expected {low[0]} columns, got {high[1]}")


def _stepped(
    problem: FlowProblem, state: FlowState, longest: Fraction
) -> tuple[FlowState, Fraction]:
    """The state one step later, and how long the next step might be."""
    with Balls(PRECISION) as ar:
        moments = problem.moments(ar)
        series = taylor(ar, state.centre, *moments, problem.degree)
        tried = min(longest, _suggested(ar, series, problem.accuracy))
        while tried > _SHORTEST:
            found = _attempt(ar, state, series, moments, tried, problem.accuracy)
            if found is not None:
                return found, 2 * tried
            tried /= 2
    raise ArithmeticError(
        f"the flow is not enclosed beyond time {float(state.time):.6g}: its weights are known to "
        f"{float(state.radius):.2g}"
    )


def _suggested(ar: Balls, series: Sequence[list[FlintMatrix]], accuracy: Fraction) -> Fraction:
    """A length at which the last Taylor terms are about as small as is asked: a power of two."""
    last, degree = float(_size(ar, [s[-1] for s in series]).upper), len(series[0]) - 1
    if last == 0:
        return _LONGEST
    length, step = (float(accuracy) / last) ** (1 / degree), _LONGEST
    while step > length and step > _SHORTEST:
        step /= 2
    return step


def _attempt(
    ar: Balls,
    state: FlowState,
    series: Sequence[list[FlintMatrix]],
    moments: tuple[FlintMatrix, FlintMatrix],
    length: Fraction,
    accuracy: Fraction,
) -> FlowState | None:
    """The state after a step of this length, None where it is too long to be enclosed so well."""
    h, rho = Ball.of(length), Ball.of(state.radius)
    near = state.network(ar).weights
    speed = _size(ar, [s[1] for s in taylor(ar, near, *moments, 1)]).upper
    room = (rho + _ROOM * h * speed).upper
    wide = network_around(ar, state.centre, room)
    residue = residual_norm(ar, wide, residual(wide, *moments)).upper
    growth = ar.exp(h * residue)
    if speed and not (rho + h * growth * speed).upper < room:
        return None
    order = len(series[0])  # of the first term that is left out
    last = [s[-1] for s in taylor(ar, wide.weights, *moments, order)]
    rest = _size(ar, last) * ar.power(h, Fraction(order))
    if not rest.upper < accuracy:
        return None
    moved = [at_time(ar, s, h) for s in series]
    return _recentred(ar, state.time + length, moved, growth * rho + rest)


def _recentred(ar: Balls, time: Fraction, layers: Sequence[FlintMatrix], radius: Ball) -> FlowState:
    """The state with exact midpoints; the norm of their radii joins the radius."""
    rounding = sum((spread(M) for M in layers), start=radius)
    return FlowState(time, tuple(centre(M) for M in layers), rounding.upper)


def _size(ar: Balls, matrices: Sequence[FlintMatrix]) -> Ball:
    """The Frobenius norm over some matrices."""
    return ar.sqrt(sum((ar.frobenius_sq(M) for M in matrices), start=Ball.of(0)))
