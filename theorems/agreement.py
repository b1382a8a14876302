"""The formal definitions give the numbers of this code: ``python -m theorems.agreement``.

Small exact instances are drawn, measured by the Python code, and the kernel proves by computation
(proofs/computed.v) that the definitions in proofs/ say the same of them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import click
import numpy as np

from numeric.arithmetic.rational import Rational, fraction, fractions
from numeric.datasets import Dataset
from numeric.loss import gradient, hvp, residual
from numeric.moments import moments
from numeric.networks import LinearNetwork
from theorems import directions, quantities
from theorems.directions import DirectedInstance
from theorems.instances import Instance, Rows
from verify.claims import FAMILIES
from verify.errors import CertiminError
from verify.formal.agree import Case, agree, listed, rational, rows
from verify.formal.sources import beside

__all__ = ["INSTANCES", "REQUIRES", "Sample", "case", "count", "draw", "instance_of", "measured"]

REQUIRES = ("networks", "directions", "computed")
"""The files of proofs/ that are held to numbers."""

INSTANCES = 20


@dataclass(frozen=True)
class Sample:
    """Data X and Y, samples in columns, weights W, and directions: V of weights, u and y."""

    X: Rows
    Y: Rows
    W: Sequence[Rows]
    V: Sequence[Rows]
    u: Rows
    y: Rows

    @property
    def widths(self) -> list[int]:
        """The widths d_0, ..., d_L."""
        return [len(self.X), *(len(layer) for layer in self.W)]


def draw(seed: int) -> Sample:
    """Draw one to three layers and one or two samples, of widths 1 and 2.

    Data and weights are quarters, floats too; every fourth network is a minimizer.
    """
    random = Random(seed)
    depth, m = 1 + seed % 3, random.randint(1, 2)
    d = [random.randint(1, 2) for _ in range(depth + 1)]

    def matrix(p: int, q: int, denominator: int = 4) -> list[list[Fraction]]:
        return [[Fraction(random.randint(-7, 7), denominator) for _ in range(q)] for _ in range(p)]

    def layers(denominator: int) -> list[list[list[Fraction]]]:
        return [matrix(d[k + 1], d[k], denominator) for k in range(depth)]

    while True:
        X, W = matrix(d[0], m), layers(4)
        Y = _mapped(W, X) if seed % 4 == 0 else matrix(d[-1], m)
        sample = Sample(X, Y, W, layers(3), matrix(d[-1], 1, 3), matrix(d[0], 1, 5))
        if _is_regular(sample):
            return sample


def _mapped(W: Sequence[Rows], X: Rows) -> list[list[Fraction]]:
    ar = Rational()
    net = LinearNetwork(ar, [ar.matrix(layer) for layer in W])
    return fractions(net.end_to_end @ ar.matrix(X))


def _is_regular(sample: Sample) -> bool:
    """Whether no number of the sample divides by zero, and some target has its cross moments."""
    try:
        instance = instance_of(sample)
    except ZeroDivisionError:
        return False
    return bool(instance.squared_length() != 0 and instance.image()[1] != 0)


def instance_of(sample: Sample) -> DirectedInstance:
    """The sample as the pages of theorems have it: Σ of the data, and a target T with TΣ = C."""
    ar = Rational()
    X, Y = ar.matrix(sample.X), ar.matrix(sample.Y)
    if X.shape[0] > X.shape[1]:
        target = Y @ ar.inverse(X.mT @ X) @ X.mT
    else:
        target = Y @ X.mT @ ar.inverse(X @ X.mT)
    base = Instance.exact(sample.W, moments(_data(sample)).sigma, fractions(target))
    return DirectedInstance.beside(base, output=ar.matrix(sample.u), input=ar.matrix(sample.y))


def _data(sample: Sample) -> Dataset:
    """The sample as the code that reads data has it: samples in rows, of floats."""
    features, targets = (np.array(part, dtype=np.float64).T for part in (sample.X, sample.Y))
    x, y = (tuple(map(str, range(part.shape[1]))) for part in (features, targets))
    return Dataset("drawn", features, targets, x, y)


def measured(sample: Sample) -> dict[str, Any]:
    """Measure a sample by the code of this repository: numbers, and matrices as rows."""
    instance, moment = instance_of(sample), moments(_data(sample))
    ar, net, sigma, cross = instance.arithmetic, instance.net, instance.sigma, instance.cross
    V = [ar.matrix(layer) for layer in sample.V]

    def along(forms: Sequence[Any]) -> Fraction:
        return fraction(sum(ar.trace(A.mT @ B) for A, B in zip(forms, V, strict=True)))

    fitted = quantities.loss.measure(instance) - quantities.loss_at_zero.measure(instance)
    one = {
        "energy": fraction(quantities.weights_sq.measure(instance)),
        "loss": fraction(fitted) + moment.target_sq,  # the quantity is of data without noise
        "slope": along(gradient(net, sigma, cross)),
        "hessian": along(hvp(net, sigma, cross, V)),
        "hessian by jets": _form(quantities.jet_hessian(instance), V),
        "path_energy": fraction(directions.path_energy.measure(instance)),
        "path_ends": fraction(directions.path_ends.measure(instance)),
        "pairing": fraction(directions.pairing.measure(instance)),
    }
    gains = {
        f"{name} {k}": fraction(gain)
        for name, family in (("gain_out", "path_out"), ("gain_in", "path_in"))
        for k, gain in enumerate(FAMILIES[family].measure(instance))
    }
    matrices = {"moment": sigma, "cross": cross, "normal": residual(net, sigma, cross)}
    return {**one, **gains, **{name: fractions(matrix) for name, matrix in matrices.items()}}


def _form(hessian: Any, V: Sequence[Any]) -> Fraction:
    """The form of a Hessian, whose coordinates run over layers, each row by row."""
    v = Rational().matrix([[x] for layer in V for row in fractions(layer) for x in row])
    return fractions(v.mT @ hessian @ v)[0][0]


def case(seed: int, found: Mapping[str, Any]) -> Case:
    """Return an instance with the equations that hold the definitions to what was found of it."""
    sample = draw(seed)
    d, L, m = sample.widths, len(sample.W), len(sample.X[0])
    given = {
        "d : nat -> nat": f"nth 0%N {listed(map(str, d))}%N",
        "X": f"matrix (d 0%N) {m} {rows(sample.X)}",
        "Y": f"matrix (d {L}%N) {m} {rows(sample.Y)}",
        "W": f"layers d {listed(map(rows, sample.W))}",
        "V": f"layers d {listed(map(rows, sample.V))}",
        "u": f"matrix (d {L}%N) 1 {rows(sample.u)}",
        "y": f"matrix (d 0%N) 1 {rows(sample.y)}",
    }
    terms = {
        "energy": f"energy {L} W",
        "loss": "loss X Y W",
        "slope": "slope X Y W V",
        "hessian": "hessian X Y W V",
        "hessian by jets": "hessian X Y W V",
        "path_energy": "path_energy X W u y",
        "path_ends": "path_ends X y",
        "pairing": "pairing X Y u y",
        **{f"gain_out {k}": f"gain_out W u {k}" for k in range(L)},
        **{f"gain_in {k}": f"gain_in X W y {k}" for k in range(L + 1)},
        "moment": "moment X",
        "cross": "cross X Y",
        "normal": f"prefix W {L} *m moment X - cross X Y",
    }
    return Case(
        f"instance {seed} (widths {d}, samples {m})",
        given,
        {name: f"{term} = {_written(found[name])}" for name, term in terms.items()},
    )


def _written(value: Fraction | Rows) -> str:
    if isinstance(value, Fraction):
        return f"rat_of {rational(value)}"
    return f"matrix {len(value)} {len(value[0])} {rows(value)}"


def count(found: Mapping[str, Any]) -> int:
    """Return how many numbers were measured, matrices being as many as their entries."""
    sizes = (1 if isinstance(x, Fraction) else len(x) * len(x[0]) for x in found.values())
    return sum(sizes)


@click.command()
def main() -> None:
    """Let the kernel hold its definitions to the numbers of this code."""
    found = [measured(draw(seed)) for seed in range(INSTANCES)]
    try:
        agree(beside("theorems"), REQUIRES, [case(seed, of) for seed, of in enumerate(found)])
    except CertiminError as error:
        click.echo(f"agree: {error}", err=True)
        sys.exit(error.exit_code)
    click.echo(f"agree: {sum(map(count, found))} numbers of {INSTANCES} instances")


if __name__ == "__main__":
    main()
