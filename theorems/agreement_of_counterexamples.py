"""The definitions that counterexamples carry to Coq give the numbers of this code.

``python -m theorems.agreement_of_counterexamples``: the kernel computes loss, gradient, Hessian and
the other rational numbers of ``counterexample.v`` on the instances of :mod:`theorems.agreement`,
and compares them with what the Python code measures there.  Two of these numbers, the slope and
the Hessian along a direction, are those to which that module holds the definitions of ``proofs/``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from fractions import Fraction

import click

from numeric.arithmetic.rational import fractions
from theorems import quantities
from theorems.agreement import INSTANCES, draw, instance_of, measured
from theorems.exported import DEFINITIONS
from verify.certificates.coq.file import compiles, with_definitions
from verify.certificates.coq.numbers import listed, rational, rows, vector
from verify.errors import CertiminError

__all__ = ["equations", "source"]

_NUMBERS = {
    "loss_value": quantities.loss,
    "loss_at_zero_of": quantities.loss_at_zero,
    "weights_sq_of": quantities.weights_sq,
    "hessian_trace_of": quantities.hessian_trace,
    "slope_sq_of": quantities.slope_sq,
    "data_trace_of": quantities.data_trace,
}


def equations(seed: int) -> Iterator[tuple[str, str, Fraction]]:
    """Yield what is held to a number on one instance: its name, a term of Coq, and the number."""
    sample = draw(seed)
    instance, found = instance_of(sample), measured(sample)
    it = f"it_{seed}"
    for name, quantity in _NUMBERS.items():
        value = quantity.measure(instance)
        yield name, f"{name} {it}", Fraction(int(value.p), int(value.q))
    along = vector(x for layer in sample.V for row in layer for x in row)
    yield "slope", f"dot Q 0 qadd qmul (gradient {it}) {along}", found["slope"]
    yield "hessian", f"form_rational (hessian {it}) {along}", found["hessian"]
    for i, row in enumerate(fractions(instance.cross)):
        for j, x in enumerate(row):
            yield f"cross {i} {j}", f"nth {j} (nth {i} (cross {it}) []) 0", x


def source(seeds: int) -> str:
    """Return the file that Coq reads: an instance for each seed, a line for each equation."""
    return with_definitions(DEFINITIONS, "\n".join(_lines(seeds)))


def _lines(seeds: int) -> Iterator[str]:
    for seed in range(seeds):
        p = instance_of(draw(seed))
        layers = listed(rows(fractions(W)) for W in p.weights)
        data = f"{rows(fractions(p.sigma))} {rows(fractions(p.target))}"
        yield f"Definition it_{seed} := Instance {layers} {data}."
        for name, term, value in equations(seed):
            yield (
                f"Goal Qeq_bool ({term}) {rational(value)} = true. "
                f"Proof. vm_compute. reflexivity. Qed. (* {seed}: {name} *)"
            )


@click.command()
def main() -> None:
    """Let the kernel hold the definitions of counterexamples to the numbers of this code."""
    count = sum(1 for seed in range(INSTANCES) for _ in equations(seed))
    try:
        compiles(source(INSTANCES))
    except CertiminError as error:
        click.echo(f"agree: {error}", err=True)
        sys.exit(error.exit_code)
    click.echo(f"agree: {count} numbers of {INSTANCES} instances, as counterexamples define them")


if __name__ == "__main__":
    main()
