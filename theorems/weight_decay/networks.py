"""Instances, settings and quantities shared by the theorems on weight decay and neuron noise.

Notation of this area: D (``hidden_layers``) counts hidden layers, so L = D + 1 matrices
W^(1), ..., W^(D), U; γ_i are weight decays, all positive; σ² is the variance of the multiplicative
noise on each hidden neuron; A_0 = E[x xᵀ] (``sigma``), c = E[y x] (``cross``, a row).  Losses leave
out the constant E y².
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy as sp

from numeric.arithmetic.rational import Rational
from numeric.arithmetic.symbolic import Symbolic
from numeric.networks import LinearNetwork
from numeric.regularised import noisy_moments, regularised_excess, regularised_gradient
from theorems.instances import ExactInstance, Rows
from theorems.recipes import Draw, setting
from verify.claims import quantity
from verify.errors import Undefined

__all__ = [
    "NoisyInstance",
    "cross_sq",
    "decay_input",
    "decay_output",
    "effective_alignment",
    "effective_covariance_factor",
    "effective_energy",
    "explained_power",
    "gradient_sq",
    "hidden_layers",
    "isotropic",
    "isotropic_networks",
    "layer_penalties",
    "layer_penalty",
    "layer_penalty_max",
    "layer_penalty_min",
    "noise_factor",
    "noise_factor_undivided",
    "noisy_networks",
    "noisy_output_power",
    "regularised_loss",
    "symbolic_moments",
    "symbolic_network",
]


@dataclass(frozen=True, eq=False)
class NoisyInstance(ExactInstance):
    """A one-output network with weight decays and neuron noise, on data (A_0, c).

    Parameters
    ----------
    weights
        W^(1), ..., W^(D), U.
    sigma, cross
        A_0 of shape (d_x, d_x), positive definite, and c as a row of shape (1, d_x).
    decays
        γ_1, ..., γ_D, γ_u: positive scalars, one for each weight matrix.
    noise_variance
        σ² >= 0, a scalar.
    """

    weights: tuple[Any, ...]
    sigma: Any
    cross: Any
    decays: tuple[Any, ...]
    noise_variance: Any

    @classmethod
    def exact(
        cls,
        weights: Sequence[Rows],
        sigma: Rows,
        cross: Rows,
        decays: Sequence[int | Fraction],
        noise_variance: int | Fraction = 0,
    ) -> NoisyInstance:
        """Return the exact instance with these rational entries."""
        ar = Rational()
        return cls(
            ar,
            tuple(ar.matrix(W) for W in weights),
            ar.matrix(sigma),
            ar.matrix(cross),
            tuple(ar.scalar(g) for g in decays),
            ar.scalar(noise_variance),
        )

    @cached_property
    def net(self) -> LinearNetwork:
        """Return the network with its cached products."""
        return LinearNetwork(self.arithmetic, self.weights)

    @property
    def hidden_widths(self) -> tuple[int, ...]:
        """Return (d_1, ..., d_D)."""
        return self.net.widths[1:-1]

    @property
    def sizes(self) -> list[int]:
        """Return the number of entries of each matrix: d_1 d_x, d_2 d_1, ..., d_D."""
        return [m * n for n, m in itertools.pairwise(self.net.widths)]

    @property
    def data(self) -> tuple[Any, Any, tuple[Any, ...], Any]:
        """Return A_0, c, the decays and σ²: all that the loss of a network needs beside it."""
        return self.sigma, self.cross, self.decays, self.noise_variance


@quantity("hidden_layers", "D", integer=True, nonzero=True)
def hidden_layers(instance: NoisyInstance) -> int:
    """Number of hidden layers D = L - 1."""
    return instance.net.depth - 1


@quantity("regularised_loss", r"\mathcal{L}(W) - E y^2", positive=False)
def regularised_loss(instance: NoisyInstance) -> Any:
    """Noise-averaged loss with weight decay, without the constant E y²."""
    return regularised_excess(instance.net, *instance.data)


def _gradient_and_zero(instance: NoisyInstance) -> tuple[list[Any], list[Any]]:
    slopes = regularised_gradient(instance.net, *instance.data)
    return slopes, [W - W for W in instance.weights]


@quantity(
    "gradient_sq",
    r"|\nabla\mathcal{L}|^2",
    positive=False,
    compares=_gradient_and_zero,
    equation=r"\nabla\mathcal{L} = 0",
)
def gradient_sq(instance: NoisyInstance) -> Any:
    """Squared norm of the gradient of the regularised loss: zero exactly at stationary points."""
    slopes, _ = _gradient_and_zero(instance)
    terms = [instance.arithmetic.frobenius_sq(g) for g in slopes]
    return sum(terms[1:], start=terms[0])


@quantity("cross_sq", "|c|^2")
def cross_sq(instance: NoisyInstance) -> Any:
    """Squared length |c|² of c = E[y x]."""
    return instance.arithmetic.frobenius_sq(instance.cross)


@quantity("effective_covariance_factor", r"\kappa", nonzero=True)
def effective_covariance_factor(instance: NoisyInstance) -> Any:
    """κ = Π_i (1 + σ²/d_i) >= 1: the factor by which noise rescales the covariance (Z3')."""
    return noise_factor(instance, instance.hidden_widths)


@quantity("noise_factor_undivided", r"(1+\sigma^2)^D", aliases=("factor_without_widths",))
def noise_factor_undivided(instance: NoisyInstance) -> Any:
    """κ without its widths: (1 + σ²)^D (a control)."""
    return noise_factor(instance, [1] * len(instance.hidden_widths))


def noise_factor(instance: Any, widths: Iterable[int]) -> Any:
    """Return Π (1 + σ²/d) over ``widths``, σ² that of ``instance``."""
    one = instance.arithmetic.scalar(1)
    return math.prod((one + instance.noise_variance / d for d in widths), start=one)


@quantity("noisy_output_power", "U M_D U^T")
def noisy_output_power(instance: NoisyInstance) -> Any:
    """U M_D Uᵀ = E f(x)², averaged over inputs and noise."""
    moments = noisy_moments(instance.net, instance.sigma, instance.noise_variance)
    U = instance.weights[-1]
    return instance.arithmetic.entry(U @ moments[-1] @ U.mT, 0, 0)


@quantity("effective_energy", "w^TA_0w")
def effective_energy(instance: NoisyInstance) -> Any:
    """wᵀA_0w, the power of the noise-free output; wᵀ = U W^(D) ... W^(1)."""
    w = instance.net.end_to_end
    return instance.arithmetic.entry(w @ instance.sigma @ w.mT, 0, 0)


@quantity("effective_alignment", r"w\cdot c", positive=False)
def effective_alignment(instance: NoisyInstance) -> Any:
    """w·c = E y f(x), averaged over inputs and noise."""
    return instance.arithmetic.entry(instance.net.end_to_end @ instance.cross.mT, 0, 0)


@quantity("explained_power", "c^TA_0^{-1}c")
def explained_power(instance: NoisyInstance) -> Any:
    """cᵀA_0⁻¹c, the part of E y² that linear regression explains."""
    ar, c = instance.arithmetic, instance.cross
    return ar.entry(c @ ar.inverse(instance.sigma) @ c.mT, 0, 0)


@quantity("decay_output", r"\gamma_u")
def decay_output(instance: NoisyInstance) -> Any:
    """Weight decay γ_u of the output row."""
    return instance.decays[-1]


@quantity("decay_input", r"\gamma_w")
def decay_input(instance: NoisyInstance) -> Any:
    """Weight decay γ_1 of the first layer."""
    return instance.decays[0]


@quantity("layer_penalty", r"\tau")
def layer_penalty(instance: NoisyInstance) -> Any:
    """τ = γ_u|U|²: what the last layer costs, and every layer at a stationary point (Z1)."""
    return instance.decays[-1] * instance.arithmetic.frobenius_sq(instance.weights[-1])


def layer_penalties(instance: NoisyInstance) -> list[Any]:
    """Return γ_i|W^(i)|² for each matrix, the output row last."""
    ar = instance.arithmetic
    return [g * ar.frobenius_sq(W) for g, W in zip(instance.decays, instance.weights, strict=True)]


@quantity("layer_penalty_max", r"\max_i\gamma_i|W^{(i)}|^2", above=("layer_penalty",))
def layer_penalty_max(instance: NoisyInstance) -> Any:
    """Largest weight decay γ_i|W^(i)|² that a layer pays."""
    return instance.arithmetic.maximum(*layer_penalties(instance))


@quantity("layer_penalty_min", r"\min_i\gamma_i|W^{(i)}|^2", positive=False)
def layer_penalty_min(instance: NoisyInstance) -> Any:
    """Smallest weight decay γ_i|W^(i)|² that a layer pays."""
    return instance.arithmetic.minimum(*layer_penalties(instance))


def symbolic_moments(n: int) -> Any:
    """Return a symmetric matrix of symbols: A_0, or the second moments of any layer."""
    return _symbols("m", [[f"{min(i, j)}{max(i, j)}" for j in range(n)] for i in range(n)])


def symbolic_network(shape: tuple[int, ...]) -> NoisyInstance:
    """Return a network of widths d_0, ..., d_D, 1 with every entry, decay and σ² a symbol."""

    def entries(name: str, rows: int, columns: int) -> Any:
        return _symbols(name, [[f"{i}{j}" for j in range(columns)] for i in range(rows)])

    pairs = enumerate(itertools.pairwise((*shape, 1)), start=1)
    layers = tuple(entries(f"w{k}", m, n) for k, (n, m) in pairs)
    sigma, cross = symbolic_moments(shape[0]), entries("c", 1, shape[0])
    decays = tuple(sp.symbols(f"g1:{len(layers) + 1}", positive=True))
    noise = sp.Symbol("s", nonnegative=True)
    return NoisyInstance(Symbolic(), layers, sigma, cross, decays, noise)


def _symbols(name: str, indices: list[list[str]]) -> Any:
    rows = [[sp.Symbol(f"{name}_{{{i}}}", real=True) for i in row] for row in indices]
    return Symbolic().matrix(rows)


# --- settings: any weights -----------------------------------------------------------------------


@setting(
    "noisy-networks",
    "one output, any weights, any A_0 = R Rᵀ + I/4, any c != 0, decays and noise at random",
)
def noisy_networks(draw: Draw) -> NoisyInstance:
    """Arbitrary weights; ``draw.bounds.depth`` counts matrices, so D runs from depth - 1."""
    ar, shape = draw.arithmetic, draw.shape(outputs=1)
    layers = draw.layers(shape)
    factor = draw.matrix(shape[0], shape[0])
    sigma = factor @ factor.mT + ar.scale(ar.scalar(Fraction(1, 4)), ar.identity(shape[0]))
    return _completed(draw, layers, sigma)


@setting("isotropic-networks", "one output, any weights, A_0 = aI, any c != 0, decays and noise")
def isotropic_networks(draw: Draw) -> NoisyInstance:
    """Arbitrary weights on isotropic data."""
    return isotropic(draw)


def isotropic(draw: Draw, *, equal_decays: bool = False) -> NoisyInstance:
    """Draw weights, a, c, decays (one for all layers if ``equal_decays``) and σ²."""
    ar, shape = draw.arithmetic, draw.shape(outputs=1)
    layers = draw.layers(shape)
    level = draw.number(0, 2) + ar.scalar(Fraction(1, 32))
    sigma = ar.scale(level, ar.identity(shape[0]))
    return _completed(draw, layers, sigma, equal_decays=equal_decays)


def _completed(
    draw: Draw, layers: list[Any], sigma: Any, *, equal_decays: bool = False
) -> NoisyInstance:
    """Draw c != 0, the decays and σ² beside weights and A_0."""
    ar, cross = draw.arithmetic, draw.matrix(1, sigma.shape[-1])
    if ar.kind == "exact" and ar.is_zero(cross):
        raise Undefined("c = 0: there is nothing to learn")
    drawn = draw.numbers(1 if equal_decays else len(layers), 0, 2)
    decays = [g + ar.scalar(Fraction(1, 8)) for g in drawn]
    decays = decays * len(layers) if equal_decays else decays
    return NoisyInstance(ar, tuple(layers), sigma, cross, tuple(decays), draw.number(0, 2))
