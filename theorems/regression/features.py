"""Instances that know their features, and families of them: Σ = F Fᵀ, F of full column rank r.

The non-zero eigenvalues of Σ are those of FᵀF, and F(FᵀF)⁻¹Fᵀ projects on the range of Σ, so what
depends on the rank of the data is computed in every arithmetic without deciding a rank.  With n
samples as columns of X, F = X/√n; r < d_x is the under-determined case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from numeric.arithmetic.rational import Rational
from numeric.loss import residual
from numeric.networks import LinearNetwork
from theorems.instances import Instance, Rows
from theorems.recipes import Draw, inclusion, rank_one_layers, reject_vanishing, setting
from verify.theorem import quantity

__all__ = [
    "FeatureInstance",
    "data_min_positive",
    "feature_weights",
    "gaussian_regression",
    "isotropic_weights",
    "least_norm_paths",
    "range_projector",
    "shifted_minimizers",
    "shifted_paths",
]


@dataclass(frozen=True, eq=False)
class FeatureInstance(Instance):
    """An instance with ``sigma`` = F Fᵀ, F = ``factor`` of shape (d_x, r) and rank r."""

    factor: Any

    @classmethod
    def of_factor(cls, ar: Any, weights: Sequence[Any], factor: Any, target: Any = None) -> Self:
        """Return an instance on the features ``factor``; without ``target`` T = P, a minimizer."""
        net, sigma = LinearNetwork(ar, tuple(weights)), factor @ factor.mT
        if target is None:
            return cls(ar, net.weights, sigma, net.end_to_end, True, factor)
        minimizer = ar.kind == "exact" and ar.is_zero(residual(net, sigma, target @ sigma))
        return cls(ar, net.weights, sigma, target, minimizer, factor)

    @classmethod
    def known(cls, weights: Sequence[Rows], factor: Rows, target: Rows | None = None) -> Self:
        """Return the exact instance with these rational entries."""
        ar = Rational()
        goal = None if target is None else ar.matrix(target)
        return cls.of_factor(ar, [ar.matrix(W) for W in weights], ar.matrix(factor), goal)


def range_projector(instance: FeatureInstance) -> Any:
    """Return F(FᵀF)⁻¹Fᵀ; ZeroDivisionError if F is not of full column rank."""
    F = instance.factor
    return F @ instance.arithmetic.inverse(F.mT @ F) @ F.mT


@quantity("data_min_positive", r"\lambda_+", positive=False)
def data_min_positive(instance: FeatureInstance) -> Any:
    """Smallest non-zero eigenvalue of Σ = F Fᵀ: the smallest of FᵀF."""
    F = instance.factor
    return -instance.arithmetic.eig_max(-(F.mT @ F))


def gaussian_regression(rng: np.random.Generator, samples: int, d: int) -> tuple[Any, Any]:
    """Return Σ of Gaussian features and a random row of norm 1, in floats: what to train on."""
    features = rng.standard_normal((samples, d))
    row = rng.standard_normal((1, d))
    return features.T @ features / samples, row / np.linalg.norm(row)


# --- settings -----------------------------------------------------------------------------------


@setting("feature-weights", "one output, any weights, Σ = F Fᵀ of any rank, any target")
def feature_weights(draw: Draw) -> FeatureInstance:
    """Arbitrary weights and target; under-determined data included."""
    ar = draw.arithmetic
    shape = draw.shape(outputs=1)
    layers, d = draw.layers(shape), shape[0]
    factor = draw.matrix(d, draw.integer(1, d))
    ar.inverse(factor.mT @ factor)  # rejects a factor that is not of full column rank
    return FeatureInstance.of_factor(ar, layers, factor, draw.matrix(1, d))


@setting(
    "isotropic-weights", "Σ = s²I, W_k = g_k Q_k for k < L, any last row, any target", exists=True
)
def isotropic_weights(draw: Draw) -> FeatureInstance:
    """Where every estimate in the proof of C5 is an equality."""
    ar, L, d = draw.arithmetic, draw.depth(), draw.width()
    layers = [ar.scale(draw.number(-2, 2), draw.rotation(d)) for _ in range(L - 1)]
    last, target = draw.matrix(1, d), draw.matrix(1, d)
    factor = ar.scale(draw.scale(), ar.identity(d))
    return FeatureInstance.of_factor(ar, [*layers, last], factor, target)


def _shifted(draw: Draw, layers: list[Any], factor: Any) -> FeatureInstance:
    """The minimizer with these layers, its target moved along the kernel of Σ: T = P + n."""
    ar, d = draw.arithmetic, factor.shape[-2]
    plain = FeatureInstance.of_factor(ar, layers, factor)
    reject_vanishing(ar, plain.cross)
    kernel = ar.identity(d) - range_projector(plain)
    return replace(plain, target=plain.target + draw.matrix(1, d) @ kernel)


@setting("shifted-minimizers", "one output, any weights, singular Σ = F Fᵀ, target P + n, Σn = 0")
def shifted_minimizers(draw: Draw) -> FeatureInstance:
    """Minimizers on under-determined data with any solution as target."""
    shape = draw.shape(outputs=1)
    layers, d = draw.layers(shape), shape[0]
    return _shifted(draw, layers, draw.matrix(d, draw.integer(1, d - 1)))


def _path(draw: Draw) -> tuple[list[Any], Any]:
    """Layers g q_k q_{k-1}ᵀ and features with q_0 as top eigenvector, of deficient rank."""
    ar, shape = draw.arithmetic, draw.shape(outputs=1)
    turns = draw.rotations(shape)
    gain, stretch = draw.scale(), draw.scale()
    axes = inclusion(ar, shape[0], draw.integer(1, shape[0] - 1))
    return rank_one_layers(ar, turns, gain), ar.scale(stretch, turns[0] @ axes)


@setting("shifted-paths", "one aligned path on singular Σ with w_0 a top eigenvector, target P + n")
def shifted_paths(draw: Draw) -> FeatureInstance:
    """Where the bound at the solution of least norm is attained."""
    return _shifted(draw, *_path(draw))


@setting("least-norm-paths", "one aligned path on singular Σ, target P, the solution of least norm")
def least_norm_paths(draw: Draw) -> FeatureInstance:
    """The same without a shift."""
    return FeatureInstance.of_factor(draw.arithmetic, *_path(draw))
