"""Flat minimizers by walking downhill over the factorisations of a target.

A second route to the least sharpness, which knows of no gain and no dual: the layers W_1, ...,
W_{L-1} are free, square and invertible, and W_L = T B_L⁻¹ makes P = T.  The sharpness is minimised
over them in floats.  What is found is made exact afterwards: floats are dyadic rationals, and the
last layer is computed from them in rational arithmetic.  So the sharpness of the end, enclosed in
balls, is a certified upper bound of the least one, however the search went.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from numeric.arithmetic.ball import Ball, Balls
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational
from numeric.loss import gradient, hvp
from numeric.networks import LinearNetwork
from numeric.spectrum import dual_gram, sharpness_at_minimizer
from numeric.training import dyadic
from theorems.instances import Instance, Rows
from verify.search.optimise import minimise

__all__ = [
    "REACHED",
    "descended",
    "enclosed_sharpness",
    "exact_minimizer",
    "factorisation",
    "sharpness_with_slope",
]

REACHED = 1e-9
"""Relative excess that the best of some descents is allowed.

They end where a step gains less than rounding, 2e-16 of S.  One that shrinks its excess by a factor
r a step has at most 2e-16/(1-r) left there: this much for r = 1 - 2e-7.
"""

_STEPS = 500


def factorisation(head: Sequence[Any], target: Any) -> tuple[LinearNetwork, LinearNetwork]:
    """Return the networks W_{L-1} ... W_1 and W_L ... W_1 = T in floats.

    Raises
    ------
    LinAlgError
        If the head is singular.
    """
    inner = LinearNetwork(Floating(), tuple(head))
    last = target @ np.linalg.inv(inner.end_to_end)
    return inner, LinearNetwork(Floating(), (*head, last))


def sharpness_with_slope(head: Sequence[Any], root: Any, target: Any) -> tuple[float, list[Any]]:
    """Return S and its gradient in the head, for Σ = root rootᵀ; infinite where B_L is singular.

    With Z the top eigenvector and Y = Z rootᵀ, S/2 = Σ_k |A_kᵀ Y B_kᵀ|² is the squared norm of the
    gradient of <P, Y>, so its own gradient is twice a Hessian-vector product.
    """
    try:
        inner, net = factorisation(head, target)
    except np.linalg.LinAlgError:
        return np.inf, [np.zeros_like(W) for W in head]
    wide = np.kron(np.eye(len(target)), root)
    values, vectors = np.linalg.eigh(wide.T @ dual_gram(net) @ wide)
    Y = vectors[:, -1].reshape(len(target), -1) @ root.T
    linear = 0 * root @ root.T, -Y / 2  # the Σ and C of the loss <P, Y>
    *slopes, last = hvp(net, *linear, gradient(net, *linear))
    # W_L = T B_L⁻¹ moves with the head: dW_L = -W_L dB_L B_L⁻¹
    back = -net.weights[-1].T @ last @ np.linalg.inv(inner.end_to_end).T
    through = [A.T @ back @ B.T for A, B in zip(inner.suffixes, inner.prefixes, strict=True)]
    return float(2 * values[-1]), [4 * (g + t) for g, t in zip(slopes, through, strict=True)]


def descended(root: Any, target: Any, depth: int, rng: np.random.Generator) -> list[Any]:
    """Return the head where a descent from Gaussian layers ended."""
    shape = (depth - 1, *root.shape)

    def objective(x: Any) -> tuple[float, Any]:
        value, slopes = sharpness_with_slope(list(x.reshape(shape)), root, target)
        return value, np.concatenate([g.ravel() for g in slopes])

    end, _ = minimise(objective, rng.standard_normal(np.prod(shape)), iterations=_STEPS)
    return list(end.reshape(shape))


def exact_minimizer(head: Sequence[Any], sigma: Rows, target: Rows) -> Instance:
    """Return the exact minimizer with these layers, read as dyadic rationals, and last T B_L⁻¹."""
    ar = Rational()
    layers = [ar.matrix(dyadic(W)) for W in head]
    T = ar.matrix(target)
    last = T @ ar.inverse(LinearNetwork(ar, tuple(layers)).end_to_end)
    return Instance.of(ar, [*layers, last], ar.matrix(sigma), T)


def enclosed_sharpness(minimizer: Instance) -> Ball:
    """Return a rigorous enclosure of the sharpness of an exact minimizer."""
    lifted = minimizer.lifted(Balls())
    with lifted.arithmetic:
        found: Ball = sharpness_at_minimizer(lifted.net, lifted.sigma)
    return found
