"""A single linear neuron f(x) = a wᵀx with a learning rate for each of its two layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numeric.arithmetic.rational import Rational
from theorems.instances import ExactInstance, Rows
from theorems.quantities import compared
from theorems.recipes import Draw, setting
from verify.claims import quantity

__all__ = [
    "NeuronInstance",
    "inner_product",
    "inner_rate",
    "neuron_drift",
    "neuron_fall",
    "neuron_growth",
    "neuron_invariant",
    "neuron_map_sq",
    "neuron_motion_gap",
    "neuron_product",
    "neuron_rate",
    "neuron_slope_sq",
    "neuron_step",
    "neurons",
    "outer_rate",
    "outer_weight",
    "plain_drift",
]

# --- a neuron and how it moves --------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class NeuronInstance(ExactInstance):
    """Weights a and w (a column), the slope g (a column) and the two rates."""

    outer: Any
    inner: Any
    slope: Any
    outer_rate: Any
    inner_rate: Any

    @classmethod
    def exact(cls, a: Any, w: Rows, g: Rows, outer_rate: Any, inner_rate: Any) -> NeuronInstance:
        """Return the exact instance with these rational entries."""
        ar = Rational()
        rates = ar.scalar(outer_rate), ar.scalar(inner_rate)
        return cls(ar, ar.scalar(a), ar.matrix(w), ar.matrix(g), *rates)

    def dot(self, x: Any, y: Any) -> Any:
        """Return x·y for columns."""
        return self.arithmetic.entry(x.mT @ y, 0, 0)

    def moved(self, times: int) -> tuple[Any, Any]:
        """Return (a, w) after that many times the step (da/dt, dw/dt)."""
        ar = self.arithmetic
        da = -self.outer_rate * self.dot(self.inner, self.slope)
        dw = ar.scale(-self.inner_rate * self.outer, self.slope)
        return self.outer + times * da, self.inner + ar.scale(ar.scalar(times), dw)

    def invariant(self, a: Any, w: Any) -> Any:
        """Return η_w a² - η_a|w|²."""
        return self.inner_rate * a * a - self.outer_rate * self.dot(w, w)


@setting("neurons", "any a, w and slope g, rates in 1/2..3/2", checker=None, load=None)
def neurons(draw: Draw) -> NeuronInstance:
    """A neuron, the slope of any loss there, and two rates."""
    ar, d = draw.arithmetic, draw.width()
    a, w, g = draw.number(), draw.matrix(d, 1), draw.matrix(d, 1)
    return NeuronInstance(ar, a, w, g, draw.number(1, 3) / 2, draw.number(1, 3) / 2)


@quantity("outer_weight", "a", positive=False)
def outer_weight(instance: NeuronInstance) -> Any:
    """Output weight a."""
    return instance.outer


@quantity("outer_rate", r"\eta_a", nonzero=True)
def outer_rate(instance: NeuronInstance) -> Any:
    """Learning rate of the output weight, > 0."""
    return instance.outer_rate


@quantity("inner_rate", r"\eta_w", nonzero=True)
def inner_rate(instance: NeuronInstance) -> Any:
    """Learning rate of the input weights, > 0."""
    return instance.inner_rate


@quantity("neuron_invariant", r"\delta", positive=False)
def neuron_invariant(instance: NeuronInstance) -> Any:
    """δ = η_w a² - η_a|w|²."""
    return instance.invariant(instance.outer, instance.inner)


@quantity("neuron_rate", r"\rho")
def neuron_rate(instance: NeuronInstance) -> Any:
    """ρ = η_w a² + η_a|w|²."""
    size = instance.dot(instance.inner, instance.inner)
    return instance.inner_rate * instance.outer * instance.outer + instance.outer_rate * size


@quantity("neuron_map_sq", r"|\beta|^2")
def neuron_map_sq(instance: NeuronInstance) -> Any:
    """|β|² = a²|w|²."""
    return instance.outer * instance.outer * instance.dot(instance.inner, instance.inner)


@quantity("inner_product", r"w\cdot g", positive=False)
def inner_product(instance: NeuronInstance) -> Any:
    """w·g."""
    return instance.dot(instance.inner, instance.slope)


@quantity("neuron_product", r"\beta\cdot g", positive=False)
def neuron_product(instance: NeuronInstance) -> Any:
    """β·g = a w·g."""
    return instance.outer * instance.dot(instance.inner, instance.slope)


@quantity("neuron_slope_sq", "|g|^2")
def neuron_slope_sq(instance: NeuronInstance) -> Any:
    """|g|²."""
    return instance.dot(instance.slope, instance.slope)


@quantity("neuron_drift", r"\dot\delta", positive=False)
def neuron_drift(instance: NeuronInstance) -> Any:
    """dδ/dt: half the difference of δ a step ahead and a step back, as δ is quadratic."""
    ahead, back = (instance.invariant(*instance.moved(t)) for t in (1, -1))
    return (ahead - back) / 2


@quantity("plain_drift", r"\tfrac{d}{dt}(a^2-|w|^2)", positive=False)
def plain_drift(instance: NeuronInstance) -> Any:
    """d(a² - |w|²)/dt (a control)."""
    ends = (instance.moved(t) for t in (1, -1))
    ahead, back = (a * a - instance.dot(w, w) for a, w in ends)
    return (ahead - back) / 2


@quantity("neuron_step", r"\delta^+-\delta", positive=False)
def neuron_step(instance: NeuronInstance) -> Any:
    """δ⁺ - δ over a step of gradient descent."""
    return instance.invariant(*instance.moved(1)) - neuron_invariant.measure(instance)


def _map_speed(instance: NeuronInstance) -> Any:
    """dβ/dt: the same difference, as β is quadratic."""
    ar = instance.arithmetic
    ahead, back = (ar.scale(a, w) for a, w in (instance.moved(t) for t in (1, -1)))
    return ar.scale(ar.scalar(1) / 2, ahead - back)


@compared(
    "neuron_motion_gap", r"|\dot\beta+\dots|^2",
    r"\tfrac{d\beta}{dt} = -\bigl(\tfrac{\rho+\delta}2g+\tfrac{\rho-\delta}2"
    r"\tfrac{\beta\cdot g}{|\beta|^2}\beta\bigr)",
)  # fmt: skip
def neuron_motion_gap(instance: NeuronInstance) -> tuple[Any, Any]:
    """dβ/dt against -((ρ+δ)/2 g + (ρ-δ)/2 (β·g)β/|β|²)."""
    ar, rate, delta = instance.arithmetic, neuron_rate.measure(instance), neuron_invariant
    along = neuron_product.measure(instance) / neuron_map_sq.measure(instance)
    beta, d = ar.scale(instance.outer, instance.inner), delta.measure(instance)
    moved = ar.scale((rate + d) / 2, instance.slope) + ar.scale((rate - d) / 2 * along, beta)
    return _map_speed(instance), -moved


@quantity("neuron_growth", r"\tfrac{d}{dt}|\beta|^2", positive=False)
def neuron_growth(instance: NeuronInstance) -> Any:
    """d|β|²/dt = 2β·dβ/dt."""
    beta = instance.arithmetic.scale(instance.outer, instance.inner)
    return 2 * instance.dot(beta, _map_speed(instance))


@quantity("neuron_fall", r"-\tfrac{d\ell}{dt}")
def neuron_fall(instance: NeuronInstance) -> Any:
    """-dℓ/dt = -g·dβ/dt."""
    return -instance.dot(instance.slope, _map_speed(instance))
