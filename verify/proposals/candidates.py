"""A candidate: the left side against a sum of monomials in quantities, as text and as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from verify.proposals.table import Table

__all__ = ["Candidate", "Constant", "Exponent", "Monomial", "logarithm"]


@dataclass(frozen=True, order=True)
class Exponent:
    """α + β/L, or L times that for a quantity that belongs to one layer."""

    constant: Fraction
    inverse: Fraction
    by_layer: bool = False

    def at(self, depth: Any) -> Any:
        """Return the exponent at a depth, or at an array of them."""
        value = float(self.constant) + float(self.inverse) / depth
        return value * depth if self.by_layer else value

    @property
    def size(self) -> Fraction:
        """Return how complicated it is."""
        parts = (self.constant, self.inverse)
        return sum((abs(p) + p.denominator - 1 for p in parts), start=Fraction(0))

    def __str__(self) -> str:
        ends = (self.inverse, self.constant) if self.by_layer else (self.constant, self.inverse)
        first, second = ends
        if not second:
            return str(first)
        if self.by_layer:
            grown = "depth" if second == 1 else f"{second}*depth"
            return f"{grown} {_signed(first)}" if first else grown
        share = f"{_whole(abs(second))}/depth"
        if not first:
            return f"-{share}" if second < 0 else share
        return f"{first} {'-' if second < 0 else '+'} {share}"


def _whole(number: Fraction) -> str:
    return str(number) if number.denominator == 1 else f"({number})"


def _signed(number: Fraction) -> str:
    return f"{'-' if number < 0 else '+'} {abs(number)}"


@dataclass(frozen=True)
class Constant:
    """A rational number times L^i (L-1)^j: what stands before a monomial."""

    number: Fraction
    depth: int = 0
    before: int = 0

    def at(self, depth: Any) -> Any:
        """Return the constant at a depth, or at an array of them."""
        depth = np.asarray(depth, dtype=float)
        powers = depth ** float(self.depth)
        if self.before:  # at depth 1 there is no other
            powers = powers * (depth - 1) ** float(self.before)
        return float(self.number) * powers

    @property
    def size(self) -> int:
        """Return how complicated it is."""
        n = self.number
        return abs(self.depth) + abs(self.before) + (n.denominator > 1) + (n.denominator > 12) * 4

    def factors(self) -> tuple[list[str], list[str]]:
        """Return what stands above and below the line."""
        n = self.number
        above = [str(n.numerator)] if n.numerator != 1 else []
        below = [str(n.denominator)] if n.denominator != 1 else []
        for name, power in (("depth", self.depth), ("(depth - 1)", self.before)):
            text = name if abs(power) == 1 else f"{name}**{abs(power)}"
            if power:
                (above if power > 0 else below).append(text)
        return above, below


@dataclass(frozen=True)
class Monomial:
    """A product of powers of quantities."""

    factors: tuple[tuple[str, Exponent], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the quantities."""
        return tuple(name for name, _ in self.factors)

    @property
    def size(self) -> Fraction:
        """Return how complicated it is."""
        return sum((exponent.size for _, exponent in self.factors), start=Fraction(0))

    def log(self, table: Table) -> Any:
        """Return its logarithm on each row: -inf where it is zero, NaN where it is undefined."""
        depth, total = table.depth, np.zeros(len(table))
        for name, exponent in self.factors:
            total = total + _powered(logarithm(table[name]), exponent.at(depth))
        return total

    def text(self, constant: Constant) -> str:
        """Return it with a constant, as the language of conjectures writes it."""
        above, below = constant.factors()
        for name, exponent in self.factors:
            turned = _below(exponent)
            shown = Exponent(-exponent.constant, -exponent.inverse, exponent.by_layer)
            power = str(shown if turned else exponent)
            plain = (
                name if power == "1" else f"{name}**{power if power.isdigit() else f'({power})'}"
            )
            (below if turned else above).append(plain)
        text = "*".join(above) or "1"
        return text + "".join(f"/{factor}" for factor in below)


def _below(exponent: Exponent) -> bool:
    return exponent.constant <= 0 and exponent.inverse <= 0


def logarithm(values: Any) -> Any:
    """Return logarithms: -inf of zeros, NaN of what is negative."""
    with np.errstate(all="ignore"):
        return np.log(values)


def _powered(logs: Any, exponents: Any) -> Any:
    """The product p log q; a zero to the power 0 is 1 nowhere: there the whole is undefined."""
    with np.errstate(all="ignore"):
        values = exponents * logs
    return np.where(np.isneginf(logs) & (exponents <= 0), np.nan, values)


@dataclass(frozen=True)
class Candidate:
    """``left op constant * monomial + ...``."""

    left: str
    operator: str
    terms: tuple[tuple[Constant, Monomial], ...]

    @property
    def text(self) -> str:
        """Return the candidate in the language of conjectures."""
        right = " + ".join(monomial.text(constant) for constant, monomial in self.terms)
        return f"{self.left} {self.operator} {right}"

    @property
    def sign(self) -> int:
        """Return 1 for a lower bound, -1 for an upper one."""
        return 1 if self.operator == ">=" else -1

    @property
    def names(self) -> tuple[str, ...]:
        """Return the quantities on the right side."""
        return tuple(dict.fromkeys(name for _, monomial in self.terms for name in monomial.names))

    @property
    def size(self) -> tuple[int, float]:
        """Return how complicated it is: factors, then exponents and constants."""
        factors = sum(len(monomial.factors) for _, monomial in self.terms)
        rest = sum(float(m.size) + c.size for c, m in self.terms)
        return factors + len(self.terms) - 1, rest

    def right(self, table: Table) -> Any:
        """Return the right side on each row."""
        with np.errstate(all="ignore"):
            parts = [c.at(table.depth) * np.exp(m.log(table)) for c, m in self.terms]
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        return total

    def gaps(self, table: Table) -> Any:
        """Return log(larger/smaller) on each row, negative where it is violated.

        Infinite where a side is zero and the bound holds, NaN where it is undefined.
        """
        left, right = logarithm(table.y), logarithm(self.right(table))
        with np.errstate(all="ignore"):
            gap = self.sign * (left - right)
        both = np.isneginf(left) & np.isneginf(right)
        return np.where(both, np.inf, np.where(table.y < 0, -self.sign * np.inf, gap))
