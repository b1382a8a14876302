"""Networks of one input and one output with a step size: what the pages on descent share.

Loss of these pages: f = (P - z)²/2, half of R on Σ = 1 with target z; P is the number that the
network computes, x·y at depth 2 and the product of the weights in a chain.  Gradients come from
tangents, not from a formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from numeric.arithmetic.rational import Rational
from theorems.instances import Instance, Rows
from theorems.quantities import symbols
from theorems.recipes import Draw, setting
from theorems.stepped import SteppedInstance, after
from verify.claims import expanded, quantity

__all__ = [
    "chain_product",
    "chain_residual",
    "chain_residual_next",
    "chain_target",
    "exact_chain",
    "exact_product",
    "half_loss_step",
    "on_unit_data",
    "read_stepped",
    "stepped_chain_minimizers",
    "stepped_chains",
    "stepped_product_minimizers",
    "stepped_products",
]

# --- instances ----------------------------------------------------------------------------------


def exact_product(x: Sequence[Any], y: Sequence[Any], z: Any, eta: Any) -> SteppedInstance:
    """Return the exact instance of x·y with target z; ``eta`` is the step size on f = R/2."""
    return _exact([[[entry] for entry in x], [list(y)]], z, eta)


def exact_chain(weights: Sequence[Any], z: Any, eta: Any) -> SteppedInstance:
    """Return the exact chain of scalar weights with target z; ``eta`` as in exact_product."""
    return _exact([[[w]] for w in weights], z, eta)


def _exact(layers: Sequence[Rows], z: Any, eta: Any) -> SteppedInstance:
    ar = Rational()
    return on_unit_data(ar, [ar.matrix(W) for W in layers], ar.scalar(eta), ar.matrix([[z]]))


def on_unit_data(ar: Any, layers: Sequence[Any], eta: Any, target: Any = None) -> SteppedInstance:
    """Return the instance with Σ = 1; without ``target`` a minimizer, z = P."""
    instance = Instance.of(ar, layers, ar.identity(1), target)
    return SteppedInstance.beside(instance, step_size=eta / 2)


def read_stepped(data: Mapping[str, Any]) -> SteppedInstance:
    """Return the instance that was written, with its step size."""
    step = Rational().scalar(Fraction(data["step_size"]))
    return SteppedInstance.beside(Instance.from_json(data), step_size=step)


# --- settings -----------------------------------------------------------------------------------


def _step(draw: Draw) -> Any:
    """Draw a step size on f between 1/8 and 1/2."""
    return draw.number(1, 4) / 8


@setting(
    "stepped-products",
    "x·y of two vectors as a network of depth 2, any target z, any step size 1/8 <= η <= 1/2",
    special=("stepped-product-minimizers",),
    load=read_stepped,
)
def stepped_products(draw: Draw) -> SteppedInstance:
    """Arbitrary vectors, target and step size."""
    layers = draw.layers([1, draw.width(), 1])
    return on_unit_data(draw.arithmetic, layers, _step(draw), draw.matrix(1, 1))


@setting(
    "stepped-product-minimizers",
    "x·y of two vectors as a network of depth 2, target z = x·y, any step size 1/8 <= η <= 1/2",
    load=read_stepped,
)
def stepped_product_minimizers(draw: Draw) -> SteppedInstance:
    """Arbitrary minimizers with a step size."""
    layers = draw.layers([1, draw.width(), 1])
    return on_unit_data(draw.arithmetic, layers, _step(draw))


@setting(
    "stepped-chains",
    "scalar weights, any target z, any step size 1/8 <= η <= 1/2",
    special=("stepped-chain-minimizers",),
    load=read_stepped,
)
def stepped_chains(draw: Draw) -> SteppedInstance:
    """Networks of width 1 everywhere."""
    layers = draw.layers([1] * (draw.depth() + 1))
    return on_unit_data(draw.arithmetic, layers, _step(draw), draw.matrix(1, 1))


@setting(
    "stepped-chain-minimizers",
    "scalar weights, target z = P, any step size 1/8 <= η <= 1/2",
    load=read_stepped,
)
def stepped_chain_minimizers(draw: Draw) -> SteppedInstance:
    """Minimizers of width 1 everywhere."""
    layers = draw.layers([1] * (draw.depth() + 1))
    return on_unit_data(draw.arithmetic, layers, _step(draw))


# --- quantities ---------------------------------------------------------------------------------


@quantity("half_loss_step", r"\eta")
def half_loss_step(instance: SteppedInstance) -> Any:
    """Step size η > 0 of gradient descent on f = R/2, twice the one that is this on R."""
    return 2 * instance.step_size


@quantity("chain_target", "z", positive=False)
def chain_target(instance: Instance) -> Any:
    """Target z of a network of one input and one output on Σ = 1."""
    return instance.arithmetic.entry(instance.target, 0, 0)


@quantity("chain_product", "P", positive=False)
def chain_product(instance: Instance) -> Any:
    """The number P that a network of one input and one output computes: x·y, or a product."""
    return instance.arithmetic.entry(instance.net.end_to_end, 0, 0)


_P, _z = symbols(chain_product, chain_target)

chain_residual = expanded("chain_residual", "r", "Residual r = P - z.", _P - _z, positive=False)


@quantity("chain_residual_next", "r^+", positive=False)
def chain_residual_next(instance: SteppedInstance) -> Any:
    """Residual r⁺ after a step of gradient descent."""
    return chain_residual.measure(after(instance))
