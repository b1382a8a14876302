"""Definitions of formal proofs, held to numbers that were found without them.

A proof tells of what its definitions say.  Whether they say what code of the same names computes
is tried on instances: the kernel is asked whether its definitions give the very same numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from verify.errors import CertiminError
from verify.formal.kernel import compile_into, coqc, needs_coq
from verify.formal.sources import Sources

__all__ = ["Case", "Differs", "agree", "listed", "rational", "rows", "source"]

_NAME = "held_to_numbers"
_FALSE = 'Unable to unify "true" with "false"'
"""Coq's words where a computation ends in another number."""


class Differs(CertiminError):
    """A definition does not give the number that was found without it."""

    exit_code = 1


@dataclass(frozen=True)
class Case:
    """An instance, and what the definitions should say of it.

    Parameters
    ----------
    name
        The instance in words.
    given
        Its parts: a name of Coq, with or without its type, and the value.
    equations
        Statements of Coq, by what they are about.
    """

    name: str
    given: Mapping[str, str]
    equations: Mapping[str, str]


def agree(sources: Sources, requires: Sequence[str], cases: Sequence[Case]) -> None:
    """Let the kernel prove every equation by computation.

    Parameters
    ----------
    requires
        The files that the equations speak of, without their root; one has the tactic ``computed``.

    Raises
    ------
    Differs
        If an equation is false, the first one.
    """
    needs_coq()
    with TemporaryDirectory() as place:
        scratch = Path(place)
        compile_into(scratch, sources, [f"{sources.root}.{name}" for name in requires])
        text = source(sources.root, requires, cases)
        (scratch / f"{_NAME}.v").write_text(text, encoding="utf-8")
        try:
            coqc(sources, scratch, Path(f"{_NAME}.v"))
        except CertiminError as error:
            raise _explained(error, text) from error


def source(root: str, requires: Sequence[str], cases: Sequence[Case]) -> str:
    """Return the file that the kernel reads, a line for each equation."""
    return "\n".join(_lines(root, requires, cases)) + "\n"


def rational(value: Fraction | int) -> str:
    """Write a rational number as Coq does.

    >>> rational(Fraction(-3, 4))
    '(Qmake (-3) 4)'
    """
    return f"(Qmake ({Fraction(value).numerator}) {Fraction(value).denominator})"


def rows(matrix: Sequence[Sequence[Fraction | int]]) -> str:
    """Write a matrix as MathComp's list of its rows.

    >>> rows([[1, 2]])
    '[:: [:: (Qmake (1) 1); (Qmake (2) 1)]]'
    """
    return listed(listed(map(rational, row)) for row in matrix)


def listed(items: Iterable[str]) -> str:
    """Write a list as MathComp does."""
    return f"[:: {'; '.join(items)}]"


def _lines(root: str, requires: Sequence[str], cases: Sequence[Case]) -> Iterator[str]:
    yield "From Coq Require Import QArith."
    yield "From mathcomp Require Import all_ssreflect all_algebra."
    yield f"From {root} Require Import {' '.join(requires)}."
    yield "Local Close Scope Q_scope. Local Open Scope ring_scope."
    for number, case in enumerate(cases):
        yield f"Module Case{number}. (* {case.name} *)"
        yield from (f"Definition {name} := {value}." for name, value in case.given.items())
        for name, equation in case.equations.items():
            yield f"Goal {equation}. computed. Qed. (* {case.name}: {name} *)"
        yield f"End Case{number}."


def _explained(error: CertiminError, text: str) -> CertiminError:
    """The error with the equation that is false, if one is."""
    found = re.search(r"line (\d+), characters", str(error))
    if found is None or _FALSE not in str(error):
        return error
    goal, about = text.splitlines()[int(found[1]) - 1].split(". computed. Qed. ")
    return Differs(f"{about[3:-3]}: the definitions do not give {goal.removeprefix('Goal ')}")
