"""A network at given data, in balls that enclose it: what every measurement of it reads.

The weights and the samples are floats, which are dyadic rationals: moments are exact, and all that
is made of them is enclosed.  Inputs are written in an orthonormal basis of the range of Σ (see
:mod:`certimin.dataset.bounds`): there W_1 becomes W_1 Q, and loss, gradient on the data, Hessian
spectrum beyond zeros and every bound are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from certimin.dataset.bounds import Regression, regression
from certimin.networks import Network
from numeric.affine import AffineNetwork
from numeric.arithmetic.ball import Ball, Balls, midpoints
from numeric.arithmetic.matrices import FlintMatrix
from numeric.datasets import Dataset
from numeric.enclosure import Enclosure
from numeric.loss import gradient
from numeric.moments import range_moments
from numeric.networks import LinearNetwork, first_columns
from numeric.spectrum.enclosed import Extremes, extreme_eigenvalues
from verify.errors import UsageError

__all__ = ["Point", "enclosed_sharpness", "within_floats"]

Floats = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Point:
    """A linear network, with biases or without, at the data it is trained on.

    Attributes
    ----------
    network, data
        As the user gave them; the data after the network's fixed input scaling.
    problem : Regression
        Moments of the data; of (x, 1) where the network has biases.
    net : LinearNetwork
        The layers in balls, on the range of Σ.
    """

    network: Network
    data: Dataset
    problem: Regression
    net: LinearNetwork

    @classmethod
    def of(cls, network: Network, data: Dataset) -> Point:
        """Return the network at the data.

        Raises
        ------
        UsageError
            If the network is not linear, or does not fit the data.
        """
        if not network.linear:
            raise UsageError(
                f"network: expected a linear one, got activation {network.activation!r}; "
                "certimin.sharpness works for any network"
            )
        _check_fit(network, data)
        data = _scaled(network, data)
        seen = _with_constant(data) if network.has_biases else data
        if not seen.features.any():
            raise UsageError("X: expected a feature that is not 0, got zeros; check the data")
        problem = regression(range_moments(seen), correlated=False)
        with problem.arithmetic as ar:
            layers: LinearNetwork = LinearNetwork(ar, [ar.dyadic(W) for W in network.weights])
            if network.has_biases:
                biases = [ar.dyadic(b[:, None]) for b in network.biases]
                layers = AffineNetwork.of(ar, layers.weights, biases)
            first = problem.on_range(layers.weights[0])
            net = type(layers)(ar, (first, *layers.weights[1:]))
        return cls(network, data, problem, net)

    @property
    def arithmetic(self) -> Balls:
        """Return the balls everything is enclosed in."""
        return self.problem.arithmetic

    @property
    def sigma(self) -> FlintMatrix:
        """Return Σ on its range."""
        return self.problem.sigma

    @property
    def cross(self) -> FlintMatrix:
        """Return C = TΣ there."""
        return self.problem.cross

    @cached_property
    def excess(self) -> Ball:
        """Return R(W) - min R = tr((P - T) Σ (P - T)ᵀ)."""
        with self.arithmetic as ar:
            gap = self.net.end_to_end - self.problem.target
            return ar.nonnegative(ar.trace(gap @ self.sigma @ gap.mT))

    @property
    def loss(self) -> Ball:
        """Return R(W) = E|y - f(x)|²."""
        with self.arithmetic:
            return self.excess + self.problem.least_loss

    @cached_property
    def gradient_norm(self) -> Ball:
        """Return the Euclidean norm of the gradient of R in all trained weights."""
        with self.arithmetic as ar:
            slopes = gradient(self.net, self.sigma, self.cross)
            rows = self.net.trained_rows
            squares = [ar.frobenius_sq(_top(ar, G, m)) for G, m in zip(slopes, rows, strict=True)]
            return ar.sqrt(sum(squares, start=Ball.of(0)))

    @property
    def direction(self) -> list[Floats]:
        """Return a direction whose Rayleigh quotient is the lower bound of the sharpness.

        One matrix [V_k v_k] for each layer, as [W_k b_k], without the last column where there are
        no biases.
        """
        first, *later = self.extremes.direction
        whole = [_in_coordinates_of_the_data(first, self.problem.basis), *later]
        return [D[:rows] for D, rows in zip(whole, self.net.trained_rows, strict=True)]

    @cached_property
    def extremes(self) -> Extremes:
        """Return the extreme Hessian eigenvalues.

        Weights of W_1 outside of the range of Σ change nothing: where there are any, 0 is one.
        """
        found = extreme_eigenvalues(self.arithmetic, self.net, self.sigma, self.cross)
        if self.problem.basis is None:
            return found
        low, high = (min(bound, Fraction(0)) for bound in (found.least.lower, found.least.upper))
        return replace(found, least=replace(found.least, lower=low, upper=high))


def _in_coordinates_of_the_data(first: Floats, basis: FlintMatrix | None) -> Floats:
    """A matrix on the range of Σ as one on all inputs."""
    return first if basis is None else first @ midpoints(basis).T


def enclosed_sharpness(network: Network, data: Dataset) -> Enclosure:
    """Return the largest Hessian eigenvalue of R at the weights of a linear network."""
    with within_floats():
        return Point.of(network, data).extremes.largest


@contextmanager
def within_floats() -> Iterator[None]:
    """Turn what leaves the range of float64 into one line; small products use one thread."""
    try:
        with np.errstate(all="ignore"), threadpool_limits(1, "blas"):
            yield
    except (ArithmeticError, np.linalg.LinAlgError) as error:
        raise UsageError(
            f"network: expected weights and data whose products fit well into float64, got {error};"
            " rescale them"
        ) from error


def _scaled(network: Network, data: Dataset) -> Dataset:
    """The data as the first layer is given them."""
    if network.shift is None and network.scale is None:
        return data
    note = "inputs scaled as the network does, rounded to floats: these are the data from then on"
    return replace(data, features=network.inputs(data.features), notes=(*data.notes, note))


def _check_fit(network: Network, data: Dataset) -> None:
    d_x, d_y = network.widths[0], network.widths[-1]
    have = data.features.shape[1], data.targets.shape[1]
    if have != (d_x, d_y):
        turned = have == (d_y, d_x)
        raise UsageError(
            f"network: expected {have[0]} inputs and {have[1]} outputs, as the data have, got "
            f"{d_x} and {d_y}; "
            + ("its layers may be transposed" if turned else "check features and targets")
        )


def _with_constant(data: Dataset) -> Dataset:
    """The data with one more feature, which is 1."""
    ones = np.ones((len(data.features), 1))
    names = (*data.feature_names, "1")
    return replace(data, features=np.hstack([data.features, ones]), feature_names=names)


def _top(ar: Any, G: FlintMatrix, rows: int) -> FlintMatrix:
    """The first rows of a matrix."""
    m = G.shape[0]
    if rows == m:
        return G
    picked: FlintMatrix = first_columns(ar, m, rows).mT @ G
    return picked
