"""Go downhill from a float point to where a claim is nearest to being violated.

The objective is the normalised slack of the claim's relation.  At its minima top eigenvalues meet
and maxima are tied, so it has kinks there: the usual L-BFGS-B stops far from them, for its line
search asks for a small derivative that no point has.  BFGS with a weak Wolfe line search asks only
that the slope has risen, and converges to kinks in practice, linearly [Lewis & Overton 2013].

Derivatives are exact where the setting makes tangents, else central differences.  Floats only
propose: what is found here is rounded to rationals and decided by the caller.

References
----------
A. S. Lewis, M. L. Overton, Nonsmooth optimization via quasi-Newton methods, Mathematical
Programming 141 (2013), 135-163: the line search is their algorithm 2.6.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from math import inf, isfinite
from time import monotonic
from typing import Any, NamedTuple

import numpy as np

from verify.claims import Claim, sides, slack
from verify.errors import Undefined
from verify.expression import Relation, alternatives, operator
from verify.search.batches import ROUNDING
from verify.sources import PointSource

__all__ = ["Objective", "minimise", "polish"]

_DECREASE, _RISE = 1e-4, 0.5
"""Weak Wolfe: the share of the predicted decrease asked for, and of the slope that may be left."""
_BISECTIONS = 50
_TINY = 1e-150
"""Curvatures below this would overflow when squared and divided by."""
_RESOLUTION = 4e-16
"""Changes of a normalised slack below this are rounding."""
_PENALTY = 10.0
"""Weight of a failing condition; exact if moving the bound by ε gains less than 10 ε of slack."""
_STEP = 1e-6
"""Central differences, relative to half the range of a number."""
_INSIDE = 0.999
"""Starts are moved this far inside their box, where its parametrisation has a slope."""

Function = Callable[[Any], tuple[float, Any]]


class _Point(NamedTuple):
    x: Any
    f: float
    g: Any


def minimise(
    objective: Function,
    start: Any,
    *,
    iterations: int,
    target: float = -inf,
    resolution: float = 0.0,
    deadline: float = inf,
    evaluations: int | None = None,
) -> tuple[Any, float]:
    """Return (x, f): a local minimum of a function that need not be smooth there.

    Parameters
    ----------
    objective
        Returns f(x) and its gradient wherever there is one; what is not finite counts as +inf.
    start
        Shape (n,).
    iterations
        Line searches at most.
    target
        Stop at a value this low.
    resolution
        What f is known up to: decreases no larger are no progress.
    deadline
        Stop at this time of :func:`time.monotonic`.
    evaluations
        Start no line search after so many values of the objective; None sets no limit.

    Examples
    --------
    >>> x, f = minimise(lambda x: (abs(x).sum(), np.sign(x)), [0.3, -2.0], iterations=100)
    >>> bool(f < 1e-12)
    True
    """
    spent = 0

    def counted(x: Any) -> tuple[float, Any]:
        nonlocal spent
        spent += 1
        return objective(x)

    here = _evaluate(counted, np.array(start, dtype=np.float64))
    inverse, length = None, 1.0
    for _ in range(iterations):
        if not target < here.f < inf or not here.g.any() or monotonic() > deadline:
            break
        if evaluations is not None and spent >= evaluations:
            break
        if inverse is None:  # steepest descent, a step about as long as the last one
            direction = -length * (here.g / np.abs(here.g).max())
        else:
            direction = -inverse @ here.g
        there = _line_search(counted, here, direction)
        if there is None or here.f - there.f <= resolution:
            if inverse is None:
                break
            inverse = None
        else:
            inverse = _updated(inverse, there.x - here.x, there.g - here.g)
            length = float(np.abs(there.x - here.x).max())
        here = there or here
    return here.x, here.f


def _evaluate(objective: Function, x: Any) -> _Point:
    f, g = objective(x)
    usable = isfinite(f) and np.isfinite(g).all()
    return _Point(x, float(f), g) if usable else _Point(x, inf, np.zeros_like(x))


def _line_search(objective: Function, here: _Point, direction: Any) -> _Point | None:
    """A point of enough decrease, whose slope has risen if there is one; None without decrease."""
    slope, best = float(here.g @ direction), None
    low, high, t = 0.0, inf, 1.0
    for _ in range(_BISECTIONS if slope < 0 else 0):
        there = _evaluate(objective, here.x + t * direction)
        if not there.f <= here.f + _DECREASE * t * slope:
            high = t
        elif there.g @ direction < _RISE * slope:
            low, best = t, there
        else:
            return there
        t = (low + high) / 2 if high < inf else 2 * t
    return best


def _updated(inverse: Any, s: Any, y: Any) -> Any:
    """The BFGS update of the inverse Hessian by a step s that changed the gradient by y."""
    curvature = float(s @ y)
    if not curvature > _TINY:
        return inverse
    if inverse is None:
        inverse = curvature / (y @ y) * np.eye(len(s))
    image = inverse @ y
    outer = np.outer(image, s)
    growth = (1 + y @ image / curvature) / curvature
    return inverse - (outer + outer.T) / curvature + growth * np.outer(s, s)


class Objective:
    """The slack of a claim as a function of the choices of its setting, boxes removed.

    At u the numbers are mid + half · sin u in the recipe's own boxes.  With s the slack of the
    relation and v = -min of the slacks of the conditions (less rounding), that of alternatives
    being their largest, the objective is

        f = s where v <= 0, else max(s + 10 v, v),

    the exact penalty of a failing condition, and negative only where the relation is violated
    and every condition holds to rounding.  It is infinite where an assumption fails.

    Parameters
    ----------
    claim
        What is attacked.
    sizes, numbers
        The choices of one instance, as :class:`verify.sources.PointSource` takes them.

    Attributes
    ----------
    best
        The lowest value met and the numbers where it was met.
    """

    def __init__(self, claim: Claim, sizes: Sequence[int], numbers: Any) -> None:
        self._claim, self._sizes, self._tangent = claim, list(sizes), claim.setting.tangent
        source = PointSource(self._sizes, np.asarray([numbers], dtype=np.float64))
        claim.setting.build(source, claim.bounds)
        low, high = np.array(source.boxes, dtype=np.float64).T
        self._middle, self._half = (low + high) / 2, (high - low) / 2
        self.best: tuple[float, Any] = inf, np.asarray(numbers, dtype=np.float64)

    def __call__(self, u: Any) -> tuple[float, Any]:
        """Return the value and the gradient at the unbounded parameters u."""
        f, slope = self.at(self.numbers(u))
        return f, slope * self._half * np.cos(u)

    def numbers(self, u: Any) -> Any:
        """Return the numbers at the unbounded parameters u."""
        return self._middle + self._half * np.sin(u)

    def parameters(self, numbers: Any) -> Any:
        """Return u for ``numbers`` moved a little inside their boxes."""
        share = (np.asarray(numbers) - self._middle) / self._half
        return np.arcsin(np.clip(share, -_INSIDE, _INSIDE))

    def choices(self, numbers: Any) -> list[int | float]:
        """Return sizes and numbers in the order the recipe asks for them."""
        source = PointSource(self._sizes, numbers[None, :])
        self._claim.setting.build(source, self._claim.bounds)
        return source.lane(0)

    def at(self, numbers: Any) -> tuple[float, Any]:
        """Return the value and the gradient at numbers in their boxes."""
        try:
            with np.errstate(all="ignore"):
                f, slope = self._with_slope(numbers)
        except (ArithmeticError, np.linalg.LinAlgError):  # undefined here
            return inf, np.zeros_like(numbers)
        if f < self.best[0]:
            self.best = f, numbers
        return f, slope

    def _with_slope(self, numbers: Any) -> tuple[float, Any]:
        if self._tangent:
            try:
                value, slope = self._measured(numbers[None, :], self._tangent)
                return float(value[0]), slope[:, 0]
            except (AttributeError, TypeError):  # a formula that asks for more than the protocol
                self._tangent = None
        return self._by_differences(numbers)

    def _by_differences(self, numbers: Any) -> tuple[float, Any]:
        """Central differences, one-sided at the end of a box; all points in one batch."""
        n, h = len(numbers), _STEP * self._half
        above = np.minimum(numbers + h, self._middle + self._half)
        below = np.maximum(numbers - h, self._middle - self._half)
        points = np.tile(numbers, (2 * n + 1, 1))
        points[range(n), range(n)], points[range(n, 2 * n), range(n)] = above, below
        values, _ = self._measured(points, None)
        slope = (values[:n] - values[n:-1]) / (above - below)
        return float(values[-1]), np.where(np.isfinite(slope), slope, 0.0)

    def _measured(self, numbers: Any, tangent: Any) -> tuple[Any, Any]:
        """Values of shape (size,) and derivatives of shape (n, size), zero without tangents."""
        source = PointSource(self._sizes, numbers, tangent=tangent)
        instance = self._claim.setting.build(source, self._claim.bounds)
        ar, size = instance.arithmetic, len(numbers)

        def lanes(f: Any) -> tuple[Any, Any]:
            slope = np.broadcast_to(getattr(f, "tangent", 0.0), (numbers.shape[-1], size))
            return np.broadcast_to(ar.to_numpy(f), (size,)), slope

        f = _slack(self._claim.expanded, instance)
        values, slope = lanes(f)
        if self._claim.conditions:
            v = ar.maximum(*(_lack(c, instance) - ROUNDING for c in self._claim.conditions))
            penalised, steeper = lanes(ar.maximum(f + _PENALTY * v, v))
            fails = lanes(v)[0] > 0
            values, slope = np.where(fails, penalised, values), np.where(fails, steeper, slope)
        for predicate in self._claim.predicates:
            holds = np.broadcast_to(ar.to_numpy(predicate.condition(instance)), (size,))
            values = np.where(holds, values, inf)
        return np.where(np.isnan(values), inf, values), slope


def _slack(relation: Relation, instance: Any) -> Any:
    return slack(operator(relation), instance.arithmetic.margin(*sides(relation, instance)))


def _lack(condition: Relation, instance: Any) -> Any:
    """How far a condition is from holding: the least of its alternatives that have a value."""
    relations = alternatives(condition)
    if len(relations) == 1:
        return -_slack(condition, instance)
    lacks = []
    for relation in relations:
        with suppress(ArithmeticError, np.linalg.LinAlgError):
            lacks.append(-_slack(relation, instance))
    if not lacks:
        raise Undefined(f"no alternative of {condition} has a value")
    return instance.arithmetic.minimum(*lacks)


def polish(
    claim: Claim,
    sizes: Sequence[int],
    numbers: Any,
    *,
    iterations: int = 300,
    evaluations: int | None = None,
    seconds: float = 5.0,
    target: float = -inf,
) -> tuple[list[int | float] | None, float]:
    """Return (choices, objective) of the lowest point found downhill from ``numbers``.

    The best of all points visited, not the last: next to a tie rounding decides which is lower.
    None if the objective is finite nowhere on the way; see :class:`Objective` for its meaning.

    Parameters
    ----------
    iterations, evaluations, seconds
        Budget: line searches, values of the objective and time.
    target
        Stop at a value this low.
    """
    objective = Objective(claim, sizes, numbers)
    deadline = monotonic() + seconds
    objective.at(objective.best[1])  # the very start, for its box may end there
    minimise(
        objective,
        objective.parameters(numbers),
        iterations=iterations,
        target=target,
        resolution=_RESOLUTION,
        deadline=deadline,
        evaluations=evaluations,
    )
    f, at = objective.best
    return (None if f == inf else objective.choices(at)), f
