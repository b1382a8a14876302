"""Relations of a certificate as Coq writes them, with enclosures of all their parts.

A quantity is a number of some ordered field that the statement names, and so is a root, a
reciprocal, a maximum: ``power_1`` is what ``is_power target_norm (3 # 2) power_1`` says.  Each part
of a relation has rational numbers around it, shown by a lemma from those around its own parts, and
so both sides are told apart, or known to be the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from verify.certificates.coq.numbers import Ends, Unexported, listed, pair, rational

__all__ = ["Enclosed", "Measured", "Terms"]

Tree = Any
"""A number "p/q", the name of a quantity, or [operation, tree, ...]."""

COMPUTED = "vm_compute; reflexivity"


@dataclass(frozen=True)
class Measured:
    """A quantity at the instance: what encloses it, and the tactic that shows this.

    Parameters
    ----------
    proof
        A tactic with ``{given}`` for the hypothesis that says what the quantity is.
    """

    ends: Ends
    proof: str


@dataclass(frozen=True)
class Enclosed:
    """A part of a relation: how Coq writes it, numbers around it, and the name of the fact."""

    term: str
    ends: Ends
    fact: str


@dataclass
class Terms:
    """What a statement names, and the facts about it, in the order in which they are shown.

    Parameters
    ----------
    measure
        Measures a quantity at the instance.
    sizes
        The quantities that may stand in exponents: their values, and how Coq computes them.
    bits
        Binary digits of what is not exact.
    """

    measure: Callable[[str], Measured]
    sizes: Mapping[str, tuple[int, str]]
    bits: int
    names: dict[str, str] = field(default_factory=dict)
    facts: list[str] = field(default_factory=list)
    known: dict[str, Enclosed] = field(default_factory=dict)

    def proposition(self, relation: Sequence[Any]) -> str:
        """Return a relation as Coq writes it; its parts are enclosed on the way.

        Conditions that are built from several relations (``or``, ``not``) are to be written here,
        and decided in :meth:`decided`.
        """
        operator, left, right = self._related(relation)
        return f"{self.part(left).term} {operator} {self.part(right).term}"

    def decided(self, relation: Sequence[Any], *, holds: bool) -> str:
        """Return the tactic that shows a relation, or its negation, by the enclosures of its sides.

        Raises
        ------
        Unexported
            If they do not tell.
        """
        operator, left, right = self._related(relation)
        x, y = self.part(left), self.part(right)
        if operator in (">=", ">"):
            operator, x, y = {">=": "<=", ">": "<"}[operator], y, x
        if not _tells(operator, x.ends, y.ends, holds=holds):
            raise Unexported("rational enclosures of both sides do not tell, or they are the same")
        lemma = ("" if holds else "not_") + {"<=": "le", "<": "lt", "==": "eq"}[operator]
        return f"refine ({lemma}_within F _ _ _ _ _ _ {x.fact} {y.fact} _); {COMPUTED}"

    def part(self, tree: Tree) -> Enclosed:
        """Return a part of a relation, enclosed; the same part again is the same."""
        place = repr(tree)
        if place not in self.known:
            self.known[place] = self._part(tree)
        return self.known[place]

    def _part(self, tree: Tree) -> Enclosed:
        if isinstance(tree, str):
            return self._quantity(tree) if tree[0].isalpha() else self._number(Fraction(tree))
        build = {
            "+": self._sum, "*": self._product, "**": self._power, "max": self._extreme,
            "min": self._extreme, "abs": self._absolute,
        }.get(tree[0])  # fmt: skip
        if build is None:
            raise Unexported(f"{tree[0]} of a number is not rational, nor the root of one that is")
        return build(tree)

    def _related(self, relation: Sequence[Any]) -> tuple[str, Tree, Tree]:
        if len(relation) != 3 or relation[0] not in ("==", ">=", "<=", ">", "<"):
            raise Unexported(
                f"`{relation[0]}` stands between its conditions, which is not exported"
            )
        return relation[0], relation[1], relation[2]

    def _number(self, value: Fraction) -> Enclosed:
        text = rational(value)
        proof = f"apply within_constant with (q := {text}); {COMPUTED}"
        return self._shown(f"of_Q {text}", Ends.of(value), proof)

    def _quantity(self, name: str) -> Enclosed:
        measured = self.measure(name)
        given = self._named(name, f"is_{name} it")
        return self._shown(name, measured.ends, measured.proof.format(given=given))

    def _sum(self, tree: Tree) -> Enclosed:
        first, *others = map(self.part, tree[1:])
        for other in others:
            ends = (first.ends + other.ends).rounded(self.bits)
            proof = f"eapply within_add; [exact {first.fact}|exact {other.fact}|{COMPUTED}]"
            first = self._shown(f"({first.term} + {other.term})", ends, proof)
        return first

    def _product(self, tree: Tree) -> Enclosed:
        first, *others = map(self.part, tree[1:])
        for other in others:
            first = self._times(first, other, f"({_factor(first)} * {_factor(other)})")
        return first

    def _times(self, x: Enclosed, y: Enclosed, term: str) -> Enclosed:
        ends = (x.ends * y.ends).rounded(self.bits)
        proof = f"eapply within_mul; [exact {x.fact}|exact {y.fact}|{COMPUTED}]"
        return self._shown(term, ends, proof)

    def _power(self, tree: Tree) -> Enclosed:
        base, exponent = self.part(tree[1]), self._exponent(tree[2])[0]
        if exponent.denominator == 1 and exponent >= 0:
            return self._whole_power(base, int(exponent))
        ends = base.ends.power(exponent, self.bits).rounded(self.bits)
        written = self._exponent(tree[2])[1]
        name = self._fresh("power")
        given = self._named(name, f"is_power {_factor(base)} {written}")
        proof = f"eapply within_power; [exact {base.fact}|exact {given}|{COMPUTED}|{COMPUTED}]"
        return self._shown(name, ends, proof)

    def _whole_power(self, base: Enclosed, n: int) -> Enclosed:
        total = self._shown("1", Ends.of(1), "apply within_one")
        for k in range(1, n + 1):
            total = self._times(base, total, f"{_factor(base)} ^ {k}")
        return Enclosed(f"({total.term})" if n else "1", total.ends, total.fact)

    def _extreme(self, tree: Tree) -> Enclosed:
        return self._of_several(tree[0], [self.part(part) for part in tree[1:]])

    def _absolute(self, tree: Tree) -> Enclosed:
        x = self.part(tree[1])
        proof = f"eapply within_negative; [exact {x.fact}|{COMPUTED}]"
        return self._of_several("max", [x, self._shown(f"(- {x.term})", -x.ends, proof)])

    def _of_several(self, head: str, parts: list[Enclosed]) -> Enclosed:
        pick = max if head == "max" else min
        ends = Ends(pick(x.ends.low for x in parts), pick(x.ends.high for x in parts))
        name = self._fresh({"max": "largest", "min": "least"}[head])
        given = self._named(name, f"is_{head} {listed(x.term for x in parts)}")
        between = listed(pair(rational(x.ends.low), rational(x.ends.high)) for x in parts)
        enclosed = "(enclosed_nil F)"
        for x in reversed(parts):
            enclosed = f"(enclosed_cons F _ _ _ _ _ {x.fact} {enclosed})"
        lemma = f"within_{head} F {between} _ {name} {enclosed} {given} _ _ _"
        return self._shown(name, ends, f"refine ({lemma}); {COMPUTED}")

    def _exponent(self, tree: Tree) -> tuple[Fraction, str]:
        """The value of an exponent, of numbers and sizes alone, and how Coq computes it."""
        if isinstance(tree, str) and not tree[0].isalpha():
            return Fraction(tree), rational(Fraction(tree))
        if isinstance(tree, str):
            if tree not in self.sizes:
                raise Unexported(f"{tree} in an exponent")
            value, text = self.sizes[tree]
            return Fraction(value), f"({text})"
        values, texts = zip(*map(self._exponent, tree[1:]), strict=True)
        if tree[0] in ("+", "*"):
            total = Fraction(tree[0] == "*")
            for value in values:
                total = total + value if tree[0] == "+" else total * value
            return total, f"({f' {tree[0]} '.join(texts)})"
        if tree[0] == "**" and values[1] == -1 and values[0]:
            return 1 / values[0], f"(/ {texts[0]})"
        raise Unexported(f"{tree[0]} in an exponent")

    def _fresh(self, stem: str) -> str:
        return f"{stem}_{sum(name.startswith(f'{stem}_') for name in self.names) + 1}"

    def _named(self, name: str, meaning: str) -> str:
        """Let the statement name a number; return the name of the hypothesis about it."""
        self.names[name] = meaning
        return f"is_{name}_given"

    def _shown(self, term: str, ends: Ends, proof: str) -> Enclosed:
        fact = f"fact_{len(self.facts) + 1}"
        low, high = rational(ends.low), rational(ends.high)
        self.facts.append(f"assert ({fact} : within F {low} {high} ({term})%F) by ({proof}).")
        return Enclosed(term, ends, fact)


def _factor(x: Enclosed) -> str:
    return _factor_text(x.term)


def _factor_text(term: str) -> str:
    """A term that may be a factor: in brackets unless it is a name or stands in them."""
    alone = term.isidentifier() or term[0] == "(" or term.startswith("of_Q ")
    return term if alone or term == "1" else f"({term})"


def _tells(operator: str, x: Ends, y: Ends, *, holds: bool) -> bool:
    """Whether the ends show x <= y, x < y or x == y, or that it is not so."""
    if operator == "==":
        same = x.high <= y.low and y.high <= x.low
        return same if holds else x.high < y.low or y.high < x.low
    strict = (operator == "<") == holds
    first, second = (x.high, y.low) if holds else (y.high, x.low)
    return first < second if strict else first <= second
