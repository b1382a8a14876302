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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, arb_mat

from numeric.arithmetic.algebraic import to_fmpq
from numeric.arithmetic.ball import Ball, Balls
from numeric.arithmetic.matrices import FlintMatrix
from numeric.flow.taylor import at_time, squared_norm, taylor
from numeric.loss import residual
from numeric.networks import LinearNetwork
from numeric.spectrum.enclosed import residual_norm

__all__ = ["PRECISION", "FlowProblem", "FlowState", "after", "flow_states", "network_around"]

PRECISION = 128
"""Bits of the balls."""
_DEGREE = 18
"""Of the Taylor polynomials."""
_SHORTEST = Fraction(1, 2**40)
"""A step shorter than this gains nothing: the flow is beyond this arithmetic."""
_ROOM = 2
"""How far beyond the way that it is expected to go the flow is looked for."""


@dataclass(frozen=True)
class FlowProblem:
    """The loss whose gradient is followed, E|Tx - Px|² up to a constant.

    Attributes
    ----------
    sigma, target : FlintMatrix
        Exact Σ, of shape (d_x, d_x), and T, of shape (d_y, d_x); C = TΣ.
    accuracy : Fraction
        What one step may add to the radius.
    """

    sigma: FlintMatrix
    target: FlintMatrix
    accuracy: Fraction = Fraction(1, 10**14)


@dataclass(frozen=True)
class FlowState:
    """Where the flow is at a time: within ``radius`` of ``centre``.

    Attributes
    ----------
    time : Fraction
    centre : tuple of arb_mat
        One matrix of exact dyadic numbers for each layer.
    radius : arb
        An exact number; of the Frobenius norm over all layers.
    """

    time: Fraction
    centre: tuple[Any, ...]
    radius: Any

    def weights(self, ar: Balls) -> LinearNetwork:
        """Return balls around all networks within the radius, entry by entry."""
        return network_around(ar, self.centre, self.radius)


def network_around(ar: Balls, centre: Sequence[Any], radius: Any) -> LinearNetwork:
    """Return the network whose entries are balls of one radius around the centre's."""
    return LinearNetwork(ar, tuple(ar.matrix(_wrapped(M)) for M in around(centre, radius)))


def around(centre: Sequence[Any], radius: Any) -> list[Any]:
    """Return the box about the centre that holds the ball of this radius."""
    return [
        arb_mat(M.nrows(), M.ncols(), [arb(x.mid(), radius) + arb(0, x.rad()) for x in M.entries()])
        for M in centre
    ]


def _start_of(weights: Sequence[FlintMatrix]) -> FlowState:
    """Return the state at time 0 at exact rational weights, rounded with its radius."""
    with Balls(PRECISION):
        return _recentred(Fraction(0), [arb_mat(W.raw) for W in weights], arb(0))


def flow_states(problem: FlowProblem, weights: Sequence[FlintMatrix]) -> Iterator[FlowState]:
    """Yield where the flow is, again and again, for as long as it is asked; the start first.

    Parameters
    ----------
    problem
        What is descended.
    weights
        Exact W_1, ..., W_L, W_k of shape (d_k, d_{k-1}).

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
    >>> abs(float(state.centre[0][0, 0]) - 2**0.5) < 1e-6, float(state.radius) < 1e-11
    (True, True)
    """
    _check_shapes(problem, weights)
    state, proposed = _start_of(weights), Fraction(1, 8)
    while True:
        yield state
        state, proposed = _stepped(problem, state, proposed)


def after(problem: FlowProblem, weights: Sequence[FlintMatrix], time: Fraction) -> FlowState:
    """Return where the flow is at exactly this time; raises as :func:`flow_states` does."""
    _check_shapes(problem, weights)
    state, proposed = _start_of(weights), Fraction(1, 8)
    while state.time < time:
        left = time - state.time
        state, longer = _stepped(problem, state, min(proposed, left))
        proposed = longer if left > proposed else proposed
    return state


def _check_shapes(problem: FlowProblem, weights: Sequence[FlintMatrix]) -> None:
    """Raise ValueError unless the network maps inputs of Σ to outputs of T."""
    widths = [W.shape for W in weights]
    ends = (widths[-1][0], widths[0][1]) if widths else (0, 0)
    if ends != problem.target.shape:
        raise ValueError(
            f"weights: expected a network of shape {problem.target.shape}, as the target, got "
            f"{ends}"
        )
    d = problem.target.shape[1]
    if problem.sigma.shape != (d, d):
        raise ValueError(f"sigma: expected shape {(d, d)}, got {problem.sigma.shape}")
    for k, (low, high) in enumerate(itertools.pairwise(widths)):
        if high[1] != low[0]:
            raise ValueError(f"weights[{k + 1}]: expected {low[0]} columns, got {high[1]}")


def _stepped(
    problem: FlowProblem, state: FlowState, longest: Fraction
) -> tuple[FlowState, Fraction]:
    """The state one step later, and how long the next step might be."""
    with Balls(PRECISION) as ar:
        sigma, cross = arb_mat(problem.sigma.raw), arb_mat((problem.target @ problem.sigma).raw)
        series = taylor(state.centre, sigma, cross, _DEGREE)
        tried = min(longest, _suggested(series, problem.accuracy))
        while tried > _SHORTEST:
            found = _attempt(ar, state, series, (sigma, cross), tried, problem.accuracy)
            if found is not None:
                return found, 2 * tried
            tried /= 2
    raise ArithmeticError(
        f"the flow is not enclosed beyond time {float(state.time):.6g}: its weights are known to "
        f"{float(state.radius):.2g}"
    )


def _suggested(series: Sequence[Sequence[Any]], accuracy: Fraction) -> Fraction:
    """A length at which the last Taylor terms are about as small as is asked: a power of two."""
    last = float(squared_norm([s[-1] for s in series]).upper()) ** 0.5
    if last == 0:
        return Fraction(2**20)
    length = (float(accuracy) / last) ** (1 / _DEGREE)
    step = Fraction(1)
    while step > length and step > _SHORTEST:
        step /= 2
    return step


def _attempt(
    ar: Balls,
    state: FlowState,
    series: Sequence[Sequence[Any]],
    moments: tuple[Any, Any],
    length: Fraction,
    accuracy: Fraction,
) -> FlowState | None:
    """The state after a step of this length, None where it is too long to be enclosed so well."""
    h, rho = arb(to_fmpq(length)), state.radius
    first = taylor(around(state.centre, rho), *moments, 1)
    speed = squared_norm([s[1] for s in first]).sqrt().upper()
    room = (rho + _ROOM * h * speed).upper()
    growth = _growth(ar, around(state.centre, room), *moments)
    spread = (growth * h).exp().upper()
    if speed != 0 and not rho + h * spread * speed < room:
        return None
    box = taylor(around(state.centre, room), *moments, _DEGREE + 1)
    rest = squared_norm([s[-1] for s in box]).sqrt() * h ** (_DEGREE + 1)
    if not rest < arb(to_fmpq(accuracy)):
        return None
    moved = [at_time(s, h) for s in series]
    return _recentred(state.time + length, moved, spread * rho + rest)


def _growth(ar: Balls, layers: Sequence[Any], sigma: Any, cross: Any) -> Any:
    """An upper bound of -λ_min(H) on a box, at least 0."""
    net = LinearNetwork(ar, tuple(ar.matrix(_wrapped(M)) for M in layers))
    E = residual(net, ar.matrix(_wrapped(sigma)), ar.matrix(_wrapped(cross)))
    found: Ball = residual_norm(ar, net, E)
    return found.arb.upper()


def _recentred(time: Fraction, layers: Sequence[Any], radius: Any) -> FlowState:
    """The state with exact midpoints; their radii join the radius."""
    rounding = squared_norm([_radii(M) for M in layers]).sqrt()
    return FlowState(time, tuple(M.mid() for M in layers), (radius + rounding).upper())


def _radii(M: Any) -> Any:
    return arb_mat(M.nrows(), M.ncols(), [x.rad() for x in M.entries()])


def _wrapped(M: Any) -> FlintMatrix:
    return FlintMatrix(M, "certified")
