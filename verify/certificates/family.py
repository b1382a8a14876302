"""The family behind a counterexample: the claim fails for every t in an interval.

A setting names lines through the instance, along which one number of it is t, or one scale.  Where
both sides are rational functions of t, roots of such functions or largest eigenvalues, the claim is
decided at the instance, and the polynomials whose roots alone can change this are kept.  Between
the nearest of these roots on either side it is false: Sturm's theorem counts none there.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from time import monotonic
from typing import Any

from verify.certificates.sturm import Sturm, mirrored
from verify.claims import MISFITS, Claim, sides
from verify.errors import Undefined
from verify.expression import operator

__all__ = ["Family", "checked", "told", "widest"]

_SECONDS = 5.0
"""Time there is to look for one."""

_LARGEST_DEGREE = 80

_T = [Fraction(0), Fraction(1)]
"""The polynomial t."""

_SATISFIED = {"==": (0,), ">=": (0, 1), "<=": (-1, 0), ">": (1,), "<": (-1,)}


@dataclass(frozen=True)
class Family:
    """A line, an open interval of its t, and the polynomials that have no root there."""

    line: Any
    low: Fraction | None
    high: Fraction | None
    polynomials: list[list[Fraction]]

    @property
    def width(self) -> tuple[bool, int, Fraction, int]:
        """Return a key by which better ones are larger.

        A line along which only the sign of t decides tells least, as a scale of a homogeneous
        claim, or a number that the claim does not depend on; then infinite ends count, then the
        length, relative to the place of the instance.
        """
        finite = [end for end in (self.low, self.high) if end is not None]
        ends = (*finite, self.line.at) if len(finite) == 1 else finite  # none: all are as wide
        length = max(ends) - min(ends) if ends else Fraction(0)
        tells = any(p != _T for p in self.polynomials)
        simple = -sum(map(len, self.polynomials))
        return tells, 2 - len(finite), length / max(1, abs(self.line.at)), simple

    def to_json(self) -> dict[str, Any]:
        """Return it as a certificate has it."""
        chains = [Sturm(p) for p in self.polynomials]
        return {
            "parameter": self.line.parameter,
            "key": list(self.line.key),
            "at": str(self.line.at),
            "low": None if self.low is None else str(self.low),
            "high": None if self.high is None else str(self.high),
            "polynomials": [[str(c) for c in p] for p in self.polynomials],
            "roots": sum(chain.count(None, None) for chain in chains),
        }


def told(family: Mapping[str, Any]) -> str:
    """Return what a certificate says of a family, in a sentence."""
    low, high = family["low"], family["high"]
    where = f"all t with {low} < t < {high}"
    if low is None or high is None:
        where = "all t"
        where += f" > {low}" if high is None and low is not None else ""
        where += f" < {high}" if low is None and high is not None else ""
    roots, degree = family["roots"], sum(len(p) - 1 for p in family["polynomials"])
    counted = f"a polynomial of degree {degree} has {roots} real roots, none of them there (Sturm)"
    if not roots:
        counted = f"a polynomial of degree {degree} has no real root (Sturm)"
    if not degree:
        counted = "no decision depends on t"
    counted = counted.replace(" 1 real roots, none of them there", " 1 real root, and not there")
    return f"false for {where}, {family['parameter']} (here t = {family['at']}): {counted}"


def widest(claim: Claim, instance: Any) -> Family | None:
    """Return the family with the widest interval, None if no line has any.

    Parameters
    ----------
    instance
        Exact, violating the claim.
    """
    if claim.setting.lines is None or claim.predicates:
        return None
    found: list[Family] = []
    end = monotonic() + _SECONDS
    for line in claim.setting.lines(claim.setting.name, instance):
        if monotonic() > end:
            break
        with suppress(ArithmeticError, Undefined, *MISFITS):
            family = _along(claim, line)
            if family is not None:
                found.append(family)
    return max(found, key=lambda family: family.width, default=None)


def checked(claim: Claim, instance: Any, written: Mapping[str, Any]) -> str:
    """Return why what a certificate says of a family is not so; nothing if it is.

    The line is made anew, the polynomials are computed anew, and their roots are counted again.

    Raises
    ------
    ArithmeticError, Undefined
        Where there is no such line, or nothing is decided along it.
    """
    lines = claim.setting.lines(claim.setting.name, instance) if claim.setting.lines else ()
    line = next((each for each in lines if list(each.key) == written["key"]), None)
    if line is None or claim.predicates:
        return "there is no such line of instances"
    low, high = (None if written[k] is None else Fraction(written[k]) for k in ("low", "high"))
    at, polynomials = line.at, _critical(claim, line)
    if polynomials is None:
        return "the claim does not fail there"
    if (low is not None and low >= at) or (high is not None and high <= at):
        return "the interval does not hold the instance"
    if any(_inside(Sturm(p), low, high) for p in polynomials):
        return "a polynomial has a root in the interval"
    again = Family(line, low, high, polynomials).to_json()
    wrong = [key for key, value in again.items() if written.get(key) != value]
    return f"not what is counted: {', '.join(wrong)}" if wrong else ""


def _inside(chain: Sturm, low: Fraction | None, high: Fraction | None) -> int:
    """How many roots lie strictly between."""
    at_end = high is not None and chain.value(high) == 0
    return chain.count(low, high) - at_end


def _along(claim: Claim, line: Any) -> Family | None:
    """The largest interval of a line through its instance in which the claim is false."""
    polynomials = _critical(claim, line)
    if polynomials is None or sum(map(len, polynomials)) > _LARGEST_DEGREE:
        return None
    at: Fraction = line.at
    above = [Sturm(p).clear_after(at)[0] for p in polynomials]
    below = [Sturm(mirrored(p)).clear_after(-at)[0] for p in polynomials]
    return Family(
        line,
        max((-end for end in below if end is not None), default=None),
        min((end for end in above if end is not None), default=None),
        polynomials,
    )


def _critical(claim: Claim, line: Any) -> list[list[Fraction]] | None:
    """The polynomials whose roots alone can end the violation; None if there is none."""
    along = line.along()
    with along.arithmetic as ar:
        for condition in claim.conditions:
            if not _holds(condition, along, ar):
                return None
        if _holds(claim.expanded, along, ar):
            return None
        found: list[list[Fraction]] = sorted(ar.critical, key=lambda p: (len(p), p))
        return found


def _holds(relation: Any, along: Any, ar: Any) -> bool:
    """Whether a relation holds, as it is decided along a line."""
    return ar.compare(*sides(relation, along)).sign in _SATISFIED[operator(relation)]
