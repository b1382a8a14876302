"""Linear residual networks W_k = I + R_k that start from R_k = 0, on whitened data (M4).

For symmetric T all layers stay equal and commute with T, so that each eigenvalue τ of T has a
scalar dynamics of its own, w' = -2 w^{L-1}(w^L - τ) from w(0) = 1.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any, Self

from numeric.arithmetic.rational import Rational
from numeric.loss import gradient
from numeric.networks import LinearNetwork
from theorems.instances import Instance, Rows
from theorems.recipes import Draw, diagonal, setting
from verify.claims import quantity
from verify.legacy import Assumption

__all__ = [
    "ResidualInstance",
    "descend",
    "layer_spread",
    "negative_part",
    "residual_descents",
    "residual_limits",
    "small_step",
    "untamed_descents",
]


@dataclass(frozen=True, eq=False)
class ResidualInstance(Instance):
    """A network reached from identity layers, with what is known of its target and its steps.

    Parameters
    ----------
    eigenvalues
        Those of the symmetric target T.
    rate
        The step size η of gradient descent; 0 for the limit of the flow.
    """

    eigenvalues: tuple[Any, ...]
    rate: Any

    @classmethod
    def reached(cls, instance: Instance, eigenvalues: list[Any], rate: Any) -> Self:
        """Return ``instance`` with the eigenvalues of its target and the step size."""
        known = {f.name: getattr(instance, f.name) for f in fields(Instance)}
        return cls(**known, eigenvalues=tuple(eigenvalues), rate=rate)

    @classmethod
    def after(cls, depth: int, target: Rows, values: list[Any], rate: Any, steps: int) -> Self:
        """Return the exact network after ``steps`` steps; ``values`` are T's eigenvalues."""
        ar = Rational()
        T = ar.matrix(target)
        instance = descend(ar, depth, T, ar.scalar(rate), steps)
        return cls.reached(instance, [ar.scalar(x) for x in values], ar.scalar(rate))


def descend(ar: Any, depth: int, target: Any, rate: Any, steps: int) -> Instance:
    """Return the network after gradient descent steps from identity layers, Σ = I."""
    eye = ar.identity(target.shape[-1])
    layers = [eye] * depth
    for _ in range(steps):
        slopes = gradient(LinearNetwork(ar, tuple(layers)), eye, target)
        layers = [W - ar.scale(rate, slope) for W, slope in zip(layers, slopes, strict=True)]
    return Instance.of(ar, layers, eye, target)


# --- assumption ---------------------------------------------------------------------------------


def _is_small(instance: ResidualInstance) -> Any:
    ar, L = instance.arithmetic, instance.net.depth
    size = ar.maximum(ar.scalar(1), ar.frobenius_sq(instance.target))
    safe = 1 / (2 * (3 * L - 2) * size)
    return instance.rate <= safe


small_step = Assumption("small_step", r"2(3L-2)\max(1,|T|_F^2)\,\eta \le 1", _is_small)

# --- settings -----------------------------------------------------------------------------------


def _symmetric(draw: Draw, values: list[Any]) -> tuple[Any, Any]:
    """(Q diag(values) Qᵀ, Q) with a rational rotation Q."""
    ar = draw.arithmetic
    d = len(values)
    _, turns = draw.rotated([ar.identity(d)])
    Q = turns[0]
    return Q @ diagonal(ar, values, d, d) @ Q.mT, Q


@setting(
    "residual-descents",
    "Σ = I, T = Q diag(τ) Qᵀ; up to two steps of gradient descent from identity layers",
)
def residual_descents(draw: Draw) -> ResidualInstance:
    """Residual networks after a few steps, exactly; half of the step sizes are small ones."""
    ar = draw.arithmetic
    L, steps = draw.depth(), draw.integer(0, 2)
    values = [draw.number(-2, 2) for _ in range(draw.width())]
    target, _ = _symmetric(draw, values)
    size = ar.maximum(ar.scalar(1), ar.frobenius_sq(target))
    rate = draw.number(0, 2) / (2 * (3 * L - 2) * size)
    instance = descend(ar, L, target, rate, steps)
    return ResidualInstance.reached(instance, values, rate)


@setting("untamed-descents", "Σ = I, any T; one or two steps of gradient descent from the identity")
def untamed_descents(draw: Draw) -> Instance:
    """Residual networks after a few steps towards a target that need not be symmetric."""
    ar = draw.arithmetic
    L, steps, d = draw.depth(), draw.integer(1, 2), draw.width()
    target = draw.matrix(d, d, -2, 2)
    return descend(ar, L, target, draw.number(0, 1) / 10, steps)


@setting(
    "residual-limits",
    "Σ = I, T = Q diag(τ) Qᵀ, all layers Q diag(max(τ, 0)^{1/L}) Qᵀ: where the flow ends",
)
def residual_limits(draw: Draw) -> ResidualInstance:
    """The limits of gradient flow from identity layers, for symmetric targets."""
    ar = draw.arithmetic
    L = draw.depth()
    roots = [draw.number(-2, 2) for _ in range(draw.width())]
    parts = [(ar.maximum(r, ar.scalar(0)), ar.maximum(-r, ar.scalar(0))) for r in roots]
    values = [up**L - down**L for up, down in parts]
    target, Q = _symmetric(draw, values)
    d = len(values)
    layer = Q @ diagonal(ar, [up for up, _ in parts], d, d) @ Q.mT
    instance = Instance.of(ar, [layer] * L, ar.identity(d), target)
    return ResidualInstance.reached(instance, values, ar.scalar(Fraction(0)))


# --- quantities ---------------------------------------------------------------------------------


@quantity("negative_part", r"\textstyle\sum_{\tau<0}\tau^2", positive=False)
def negative_part(instance: ResidualInstance) -> Any:
    """Sum of the squares of the negative eigenvalues of a symmetric target."""
    ar = instance.arithmetic
    parts = [ar.maximum(-x, ar.scalar(0)) for x in instance.eigenvalues]
    return sum((x * x for x in parts[1:]), start=parts[0] * parts[0])


@quantity("layer_spread", r"\textstyle\sum_k|W_k-W_1|_F^2", positive=False)
def layer_spread(instance: Instance) -> Any:
    """Squared Frobenius distance of all layers from the first (square layers of one size)."""
    ar, first = instance.arithmetic, instance.weights[0]
    terms = [ar.frobenius_sq(W - first) for W in instance.weights]
    return sum(terms[1:], start=terms[0])
