"""Instances that know their features: Σ = F Fᵀ with F of full column rank r.

The non-zero eigenvalues of Σ are those of FᵀF, and F(FᵀF)⁻¹Fᵀ projects on the range of Σ, so what
depends on the rank of the data is computed in every arithmetic without deciding a rank.  With n
samples as columns of X, F = X/√n; r < d_x is the under-determined case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from numeric.arithmetic.rational import Rational
from numeric.loss import residual
from numeric.networks import LinearNetwork
from theorems.instances import Instance, Rows
from verify.theorem import quantity

__all__ = ["FeatureInstance", "data_min_positive", "gaussian_regression", "range_projector"]


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
