"""Lines of instances through a counterexample: one number of it varies, or one scale.

Along each line the instance stays in its setting: where the weights are a minimizer the target
follows the map, T(t) = T + P(t) - P, so that PΣ = TΣ for every t; Σ stays the second moments of
some data; balanced weights are scaled together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from numeric.arithmetic.parametric import Functions
from numeric.arithmetic.rational import fractions
from numeric.networks import LinearNetwork
from theorems.instances import Instance

__all__ = ["Line", "lines"]

_MOST = 40
"""Lines that are tried at most."""

_FREE = ("minimizers", "univariate-minimizers", "whitened-minimizers", "weights")
"""Settings of any weights whatever."""
_SCALED = (*_FREE, "balanced-minimizers")
"""Settings whose instances may be scaled as a whole."""


@dataclass(frozen=True)
class Line:
    """Instances that depend on t, through one at ``at``.

    Parameters
    ----------
    key
        What varies: the kind of line and the places, which :func:`lines` yields again.
    parameter
        The same in words.
    setting
        The name of the setting that the instances are of.
    """

    base: Instance
    setting: str
    key: tuple[str | int, ...]
    parameter: str
    at: Fraction

    @property
    def scales(self) -> bool:
        """Return whether t multiplies, so that the instance stays itself but for its scale."""
        return self.key[0] not in ("entry", "datum")

    def instance(self, arithmetic: Any, t: Any) -> Instance:
        """Return the instance at t, a number of that arithmetic.

        Raises
        ------
        ArithmeticError
            Where there is none.
        """
        ar, base = arithmetic, self.base
        kind, *places = self.key
        layers = [_entries(W) for W in base.weights]
        sigma, target = _entries(base.sigma), _entries(base.target)
        if kind == "entry":
            k, i, j = (int(place) for place in places)
            layers[k][i][j] = t
        elif kind == "layer":
            layers[int(places[0])] = _times(ar, t, layers[int(places[0])])
        elif kind == "layers":
            layers = [_times(ar, t, W) for W in layers]
        elif kind == "pair":
            first, second = (int(place) for place in places)
            layers[first] = _times(ar, t, layers[first])
            layers[second] = _times(ar, 1 / t, layers[second])
        elif kind == "data":
            sigma = _times(ar, t, sigma)
        elif kind == "datum":
            sigma[int(places[0])][int(places[0])] = t
        else:
            target = _times(ar, t, target)
        weights = [ar.matrix(W) for W in layers]
        goal = ar.matrix(target)
        if base.at_minimizer:
            goal = (
                goal
                + LinearNetwork(ar, weights).end_to_end
                - ar.matrix(_entries(base.net.end_to_end))
            )
        return Instance.of(ar, weights, ar.matrix(sigma), goal)

    def along(self) -> Instance:
        """Return the instance over the rational functions of t, decided at ``at``.

        What must not vanish, and must not be negative, for it to be of the setting is decided.
        """
        ar = Functions(self.at)
        found = self.instance(ar, ar.t)
        if ar.compare(ar.frobenius_sq(found.cross), 0).sign != 1:
            raise ZeroDivisionError("a target that vanishes on the data")
        if self.key[0] in ("data", "datum", "pair") and ar.compare(ar.t, 0).sign != 1:
            raise ZeroDivisionError("a scale that is not positive")
        return found


def lines(setting: str, instance: Any) -> Iterator[Line]:
    """Yield lines through an exact instance, all of them within the setting."""
    if type(instance) is not Instance or setting not in _SCALED:
        return
    found = list(_lines(setting, instance))
    yield from found[:_MOST]


def _lines(setting: str, p: Instance) -> Iterator[Line]:
    def line(key: tuple[str | int, ...], parameter: str, at: Fraction | int) -> Line:
        return Line(p, setting, key, parameter, Fraction(at))

    depth = p.net.depth
    yield line(("layers",), "all layers being multiplied by t", 1)
    if setting in _FREE:
        for k in range(depth):
            yield line(("layer", k), f"layer {k + 1} being multiplied by t", 1)
        for k in range(depth):
            for m in range(k + 1, depth):
                text = f"layer {k + 1} being multiplied, layer {m + 1} divided by t"
                yield line(("pair", k, m), text, 1)
    if setting == "weights":
        yield line(("target",), "the target being multiplied by t", 1)
    if setting != "whitened-minimizers":
        yield line(("data",), "the second moments being multiplied by t", 1)
        sigma = fractions(p.sigma)
        if all(x == 0 for i, row in enumerate(sigma) for j, x in enumerate(row) if i != j):
            for i, row in enumerate(sigma):
                if row[i] > 0:
                    text = f"t being entry ({i + 1}, {i + 1}) of the second moments"
                    yield line(("datum", i), text, row[i])
    if setting in _FREE:
        for k, W in enumerate(p.weights):
            for i, row in enumerate(fractions(W)):
                for j, x in enumerate(row):
                    text = f"t being entry ({i + 1}, {j + 1}) of layer {k + 1}"
                    yield line(("entry", k, i, j), text, x)


def _entries(A: Any) -> list[list[Any]]:
    return [list(row) for row in fractions(A)]


def _times(ar: Any, t: Any, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [[t * ar.scalar(x) for x in row] for row in rows]
