"""The regularised linear network reduced to one variable, and its minimum enclosed.

Neuron noise and weight decay of a network with D hidden layers and one output reduce to

    min_w  κ wᵀA w - 2 wᵀc + (D+1)(Γ|w|²)^{1/(D+1)},        κ, Γ > 0, A positive definite.

By AM-GM ``(D+1)(Γ|w|²)^{1/(D+1)} = min_{t>0} Γ|w|²/t^D + D t``, and the minimum over w is that of
a ridge regression.  So the problem is to minimise over t >= 0, with no root anywhere,

    φ(t) = D t - t^D cᵀR c,    R = (κ t^D A + Γ I)^{-1},    φ(0) = 0;

t is the common decay γ_i|W_i|² of the layers.  With g = cᵀR²c and q = cᵀA R³c, both decreasing,

    φ' = D (1 - Γ t^{D-1} g),    φ'' = DΓ (2Dκ t^{2D-2} q - (D-1) t^{D-2} g).

How the minimum is enclosed
---------------------------
Where φ' = 0: ``1 = Γ t^{D-1} g <= t^{D-1}|c|²/Γ`` bounds t from below for D >= 2, and
``(x + Γ)² >= 4 x Γ`` bounds it from above by ``cᵀA^{-1}c / 4κ``.  Between these ends intervals are
halved.  On [a, b] the values at both ends bound φ' and φ'' throughout, because g and q decrease:
an interval on which φ is large or monotone is settled, and on one where it is convex the tangent
at its stationary point is a lower bound.  Floats only propose where to look; every bound is
computed in the arithmetic at hand, in rationals without any rounding.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from numeric.arithmetic.ball import Ball, midpoints
from numeric.arithmetic.floating import Floating, decomposing
from numeric.arithmetic.protocol import Arithmetic, NotExact

__all__ = ["ReducedProblem", "stationary_penalties"]

_GRID = 48
_BISECTIONS = 56
_REFINEMENTS = 9
_MAX_INTERVALS = 400
"""Intervals examined before the enclosure is returned as it stands: wide, but still true."""
_MARGIN = 1e-9
"""Relative widening of the float proposals for the ends; each end is then verified."""
_ISOLATION = Fraction(1, 2**90)
"""Relative half width of the interval whose ends must show a sign change of φ'."""
_DENOMINATORS = (1, 12, 1000, 10**6, 10**12)


@dataclass(frozen=True)
class _Point:
    """A rational t with φ, g and q there."""

    t: Fraction
    value: Any
    g: Any
    q: Any


@dataclass(frozen=True)
class ReducedProblem:
    """The reduced problem of data (A, c), noise factor κ and decay product Γ at D hidden layers.

    Parameters
    ----------
    arithmetic
        The number system of the other fields.
    sigma, cross
        A of shape (..., d_x, d_x), positive definite, and c as a row, shape (..., 1, d_x).
    noise_factor, decay_product
        κ and Γ, positive scalars.
    hidden_layers
        D >= 1.
    """

    arithmetic: Arithmetic
    sigma: Any
    cross: Any
    noise_factor: Any
    decay_product: Any
    hidden_layers: int

    def minimum(self) -> Any:
        """Return the minimum (<= 0): a value (floats), an enclosure (balls), exact (rationals).

        Raises
        ------
        NotExact
            In exact arithmetic, when the minimising t is not a small rational.

        Examples
        --------
        One hidden layer, unit data: φ(t) = t - c² t/(t + 1) with c = 3 is least at t = 2.

        >>> from numeric.arithmetic.rational import Rational
        >>> ar = Rational()
        >>> one = ar.scalar(1)
        >>> ReducedProblem(ar, ar.identity(1), ar.matrix([[3]]), one, one, 1).minimum()
        -4
        """
        ar = self.arithmetic
        if isinstance(ar, Floating):
            return self._float_minimum(ar)
        zero = ar.scalar(0)
        if self._collapses_at_once():
            return zero
        stationary = self._proposals()
        if ar.kind == "exact":
            self._require_exact(stationary)
        best, lower = self._branch_and_bound(stationary)
        if ar.kind == "exact":
            if ar.compare(best, lower).sign != 0:
                raise NotExact("the minimising t is not a small rational")
            return best
        return Ball.between(lower, best)

    def minimiser(self) -> Ball:
        """Return an enclosure of the best stationary t > 0 (balls only): φ' changes sign in it.

        It is the minimiser when φ there meets :meth:`minimum`.

        Raises
        ------
        NotExact
            If no stationary point could be isolated, as when the minimum is at t = 0.
        """
        for t in sorted(self._proposals(), key=lambda t: float(self._at(t).value)):
            low, high = t * (1 - _ISOLATION), t * (1 + _ISOLATION)
            falls, rises = (self._slope(x, self._at(x).g) for x in (low, high))
            if all(map(self._positive, (-self._at(t).value, -falls, rises))):
                return Ball.between(Ball.of(low), Ball.of(high))
        raise NotExact("no positive stationary t could be isolated")

    def value(self, t: Any) -> Any:
        """Return φ(t) for t > 0 (t >= 0 when D = 1)."""
        power = self.arithmetic.power(t, Fraction(self.hidden_layers))
        image = self.cross @ self._resolvent(power)
        linear = self.arithmetic.trace(image @ self.cross.mT)
        return self.hidden_layers * t - power * linear

    def _resolvent(self, power: Any) -> Any:
        """R = (κ t^D A + Γ I)^{-1}, given t^D."""
        ar = self.arithmetic
        ridge = ar.scale(self.decay_product, ar.identity(self.sigma.shape[-1]))
        return ar.inverse(ar.scale(self.noise_factor * power, self.sigma) + ridge)

    # --- rigorous enclosure ---------------------------------------------------------------------

    def _at(self, t: Fraction) -> _Point:
        ar, D = self.arithmetic, self.hidden_layers
        power = ar.scalar(t**D)
        resolvent = self._resolvent(power)
        image = self.cross @ resolvent
        return _Point(
            t,
            D * ar.scalar(t) - power * ar.entry(image @ self.cross.mT, 0, 0),
            ar.frobenius_sq(image),
            ar.entry(image @ resolvent @ self.sigma @ image.mT, 0, 0),
        )

    def _slope(self, t: Fraction, g: Any) -> Any:
        """φ' at t if g is cᵀR²c there."""
        D, ar = self.hidden_layers, self.arithmetic
        return D * (1 - self.decay_product * ar.scalar(t ** (D - 1)) * g)

    def _curvature(self, t: Fraction, g: Any, s: Fraction, q: Any) -> Any:
        """φ'' with the powers of t beside g and those of s beside q."""
        D, ar = self.hidden_layers, self.arithmetic
        down = (D - 1) * ar.scalar(t ** (D - 2)) * g if D > 1 else ar.scalar(0)
        up = 2 * D * self.noise_factor * ar.scalar(s ** (2 * D - 2)) * q
        return D * self.decay_product * (up - down)

    def _positive(self, x: Any) -> bool:
        return self.arithmetic.compare(x, self.arithmetic.scalar(0)).sign == 1

    def _collapses_at_once(self) -> bool:
        """Whether c = 0, or D = 1 and |c|² <= Γ: φ is convex there with φ'(0) >= 0."""
        ar, signal = self.arithmetic, self.arithmetic.frobenius_sq(self.cross)
        if self.hidden_layers > 1:
            return bool(ar.compare(signal, ar.scalar(0)).sign == 0)
        return ar.compare(signal, self.decay_product).sign in (-1, 0)

    def _require_exact(self, stationary: list[Fraction]) -> None:
        """Raise NotExact unless the best float proposal is exactly stationary."""
        if not stationary:
            return
        best = min((self._at(t) for t in stationary), key=lambda point: float(point.value))
        if float(best.value) > 1e-9 * self.hidden_layers * float(best.t):
            return  # the minimum is φ(0) = 0 unless the bounds say otherwise
        if self._slope(best.t, best.g) != 0:
            raise NotExact("the minimising t is not a small rational")

    def _ends(self) -> tuple[Fraction, Fraction]:
        """Return verified ends: φ >= 0 to the left of the first, φ' >= 0 right of the second."""
        ar, D = self.arithmetic, self.hidden_layers
        c_sq = ar.frobenius_sq(self.cross)
        reach = ar.entry(self.cross @ ar.inverse(self.sigma) @ self.cross.mT, 0, 0)
        right = Fraction(float(reach / (4 * self.noise_factor)) * (1 + _MARGIN))
        if not self._positive(4 * self.noise_factor * ar.scalar(right) - reach):
            raise NotExact("the right end of the search could not be verified")
        if D == 1:
            return Fraction(0), right
        left = Fraction((float(self.decay_product / c_sq)) ** (1 / (D - 1)) * (1 - _MARGIN))
        if not self._positive(self.decay_product - ar.scalar(left ** (D - 1)) * c_sq):
            raise NotExact("the left end of the search could not be verified")
        return left, right

    def _branch_and_bound(self, stationary: list[Fraction]) -> tuple[Any, Any]:
        """Return (best value found, lower bound); φ(0) = 0 is one of the values."""
        ar = self.arithmetic
        left, right = self._ends()
        zero = ar.scalar(0)
        if right <= left:  # no stationary point at all
            return zero, zero
        inside = [t for t in stationary if left < t < right]
        points = [self._at(t) for t in (left, *map(_middle, inside, inside[1:]), right)]
        candidates = [*points, *map(self._at, inside)]
        best = ar.minimum(zero, *(point.value for point in candidates))
        pending = list(itertools.pairwise(points))  # one stationary proposal in each interval
        lower, examined = zero, 0
        while pending:
            a, b = pending.pop()
            examined += 1
            bound, settled = self._lower_bound(a, b, stationary)
            if self._positive(bound - best):
                continue
            if settled or examined > _MAX_INTERVALS:
                lower = ar.minimum(lower, bound)
                continue
            middle = self._at(_middle(a.t, b.t))
            best = ar.minimum(best, middle.value)
            pending += [(a, middle), (middle, b)]
        return best, ar.minimum(lower, best)

    def _lower_bound(self, a: _Point, b: _Point, stationary: list[Fraction]) -> tuple[Any, bool]:
        """Return a lower bound of φ on [a, b], and whether halving would gain nothing."""
        ar, D = self.arithmetic, self.hidden_layers
        if self._positive(self._slope(b.t, a.g)):
            return a.value, True
        if self._positive(-self._slope(a.t, b.g)):
            return b.value, True
        if self._positive(self._curvature(b.t, a.g, a.t, b.q)):
            hits = [t for t in stationary if a.t <= t <= b.t]
            m = self._at(hits[0]) if hits else a
            slope = self._slope(m.t, m.g)
            ends = (slope * ar.scalar(t - m.t) for t in (a.t, b.t))
            return m.value + ar.minimum(*ends), bool(hits)
        rise = ar.scalar(D * (b.t - a.t))  # φ + (increasing h) = D t
        return b.value - rise, False

    def _proposals(self) -> list[Fraction]:
        """Return stationary points near float ones: rational if simple, refined if not."""
        ar, D = self.arithmetic, self.hidden_layers
        floats = stationary_penalties(
            midpoints(self.sigma),
            midpoints(self.cross),
            float(self.noise_factor),
            float(self.decay_product),
            D,
        )
        propose = self._simplest if ar.kind == "exact" else self._refined
        return [propose(Fraction(x)) for x in floats]

    def _simplest(self, t: Fraction) -> Fraction:
        """The simplest exactly stationary rational next to t, or t itself."""
        for denominator in _DENOMINATORS:
            near = t.limit_denominator(denominator)
            if near > 0 and self._slope(near, self._at(near).g) == 0:
                return near
        return t

    def _refined(self, t: Fraction) -> Fraction:
        """Two Newton steps from a float stationary point, kept to 200 bits."""
        for _ in range(2):
            point = self._at(t)
            slope = _center(self._slope(t, point.g))
            curvature = _center(self._curvature(t, point.g, t, point.q))
            step = slope / curvature if curvature else Fraction(0)
            if abs(step) > t / 100:  # nearly degenerate: leave it to halving
                break
            t = Fraction(round((t - step) * 2**200), 2**200)
        return t

    # --- floats ---------------------------------------------------------------------------------

    @decomposing()
    def _float_minimum(self, ar: Floating) -> Any:
        """The best of a grid in log t, then bisection on φ' in the grid cell (batched)."""
        xp, D = ar.xp, self.hidden_layers
        a, V = xp.linalg.eigh(self.sigma)
        c = (self.cross @ V)[..., 0, :] ** 2
        kappa = ar.scalar(self.noise_factor)[..., None]
        gamma = ar.scalar(self.decay_product)[..., None]

        def value(t: Any) -> Any:
            power = t[..., None] ** D
            return D * t - xp.sum(c * power / (kappa * power * a + gamma), axis=-1)

        def slope(t: Any) -> Any:
            power = t[..., None] ** D
            return 1 - t ** (D - 1) * xp.sum(c * gamma / (kappa * power * a + gamma) ** 2, axis=-1)

        c_sq = xp.sum(c, axis=-1)
        right = xp.sum(c / a, axis=-1) / (4 * kappa[..., 0])
        left = right * 1e-9 if D == 1 else (gamma[..., 0] / c_sq) ** (1 / (D - 1))
        low, high = xp.log(left), xp.log(xp.maximum(right, left * (1 + 1e-12)))
        step = (high - low) / _GRID
        best = best_value = None
        for i in range(_GRID + 1):
            u = low + i * step
            here = value(xp.exp(u))
            if best is None:
                best, best_value = u, here
            else:
                better = here < best_value
                best = xp.where(better, u, best)
                best_value = xp.where(better, here, best_value)
        a_u, b_u = xp.maximum(low, best - step), xp.minimum(high, best + step)
        for _ in range(_BISECTIONS):
            u = (a_u + b_u) / 2
            rising = slope(xp.exp(u)) >= 0
            a_u, b_u = xp.where(rising, a_u, u), xp.where(rising, u, b_u)
        best_value = xp.minimum(best_value, value(xp.exp((a_u + b_u) / 2)))
        return xp.minimum(best_value, xp.zeros_like(best_value))


@decomposing()
def stationary_penalties(
    sigma: Any, cross: Any, noise_factor: float, decay_product: float, hidden_layers: int
) -> list[float]:
    """Propose the stationary points t > 0 of φ in floats, increasing (a proposal, no proof).

    Sign changes of φ' on a fine grid in log t, refined by ever finer grids.
    """
    D = hidden_layers
    a, V = np.linalg.eigh(np.asarray(sigma, dtype=float))
    c = (np.asarray(cross, dtype=float) @ V)[0] ** 2

    def excess(t: Any) -> Any:
        power = np.asarray(t)[..., None] ** D
        g = np.sum(c / (noise_factor * power * a + decay_product) ** 2, axis=-1)
        return decay_product * np.asarray(t) ** (D - 1) * g - 1

    right = float(np.sum(c / a)) / (4 * noise_factor) * (1 + _MARGIN)
    left = right * 1e-12
    if D > 1 and right:  # it vanishes with c, and then there is no such point
        left = (decay_product / float(c.sum())) ** (1 / (D - 1)) * (1 - _MARGIN)
    if not left < right:
        return []
    # the extra factor covers a root that sits at an end
    grid = np.geomspace(left / 1.001, right * 1.001, 400)
    signs = np.sign(excess(grid))
    found = []
    for i in np.flatnonzero(signs[:-1] * signs[1:] <= 0):
        low, high = float(grid[i]), float(grid[i + 1])
        for _ in range(_REFINEMENTS):
            finer = np.geomspace(low, high, 33)
            past = np.flatnonzero(np.sign(excess(finer)) != signs[i])
            j = int(past[0]) if len(past) else len(finer) - 1
            low, high = float(finer[max(j - 1, 0)]), float(finer[j])
        found.append((low + high) / 2)
    return found


def _middle(a: Fraction, b: Fraction) -> Fraction:
    """A short rational between a and b, near their geometric mean (b/2 next to zero)."""
    x = math.sqrt(float(a) * float(b)) if a > b / 64 else float(a + b) / 2
    for bits in (8, 16, 32, 64):
        short = Fraction(round(Fraction(x) * 2**bits / b), 2**bits) * b
        short = short.limit_denominator(2**bits)
        if a < short < b:
            return short
    return (a + b) / 2


def _center(x: Ball) -> Fraction:
    return (x.lower + x.upper) / 2
