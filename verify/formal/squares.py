"""Lemmas of Coq from certificates of squares: ``ring`` checks the identity, squares give the sign.

Each is stated over any ordered field.  Denominators are cleared, for ``ring`` knows whole numbers;
these are written in digits of base 100, for MathComp counts up to what stands before ``%:R``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from math import lcm
from typing import Any

from verify.certificates.squares import Polynomial, check_certificate, times
from verify.errors import UsageError

__all__ = ["coq_file", "coq_lemma"]

_BASE = 100

_HEAD = r"""From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Squares.
Variable F : realFieldType.

Lemma square_ge0 (c x : F) : 0 <= c -> 0 <= c * x ^+ 2.
Proof. by move=> c_ge0; rewrite mulr_ge0 ?sqr_ge0. Qed.

Lemma of_squares (c x y z : F) : 0 < c -> 0 <= y -> z = 0 -> c * x = y + z -> 0 <= x.
Proof. by move=> c_gt0 y_ge0 -> xy; rewrite -(pmulr_rge0 _ c_gt0) xy addr0. Qed.

Lemma digits_ge0 (a : F) n : 0 <= a -> 0 <= a * 100%:R + n%:R.
Proof. by move=> a_ge0; rewrite addr_ge0 ?mulr_ge0 ?ler0n. Qed.

Lemma digits_gt0 (a : F) n : 0 < a -> 0 < a * 100%:R + n%:R.
Proof. by move=> a_gt0; rewrite ltr_paddr ?ler0n ?mulr_gt0 ?ltr0n. Qed.
"""


def coq_file(certificates: Mapping[str, Any], about: str) -> str:
    """Return a file of Coq with a lemma for each certificate, by its name.

    Parameters
    ----------
    about
        What its first comment says.
    """
    lemmas = "\n".join(coq_lemma(name, each) for name, each in certificates.items())
    return f"(* {about} *)\n{_HEAD}\n{lemmas}\nEnd Squares.\n"


def coq_lemma(name: str, certificate: str | Mapping[str, Any]) -> str:
    """Return the statement and the proof of what a certificate shows.

    Where its coefficients are fractions, the lemma is about a multiple that has none.

    Raises
    ------
    Refused
        If it shows nothing.
    UsageError
        If the lemma, or a symbol, cannot bear its name in Coq.
    """
    shown = check_certificate(certificate)
    squares = shown.squares
    zeros = list(zip(shown.multipliers, shown.given, strict=True))
    polynomials = (shown.polynomial, *(q for _, q in (*squares, *zeros)))
    names = sorted({n for p in polynomials for place in p for n, _ in place})
    for each in (name, *names):
        if not re.fullmatch(r"[A-Za-z]\w*", each) or each in ("F", "Prop", "Set", "Type", "fun"):
            raise UsageError(f"{each} is no name in Coq: call it by letters and digits")
    whole = lcm(*(value.denominator for value in shown.polynomial.values()))
    polynomial = times({(): Fraction(whole)}, shown.polynomial)
    told = [_cleared(root) for _, root in squares]
    weights = [weight * whole / c**2 for (weight, _), (c, _) in zip(squares, told, strict=True)]
    scaled = [(_times(whole, m), g) for m, g in zeros]
    parts = [c for m, g in scaled for p in (m, g) for c in p.values()]
    common = lcm(*(number.denominator for number in (*weights, *parts)))
    sides = [
        (int(weight * common), _shown(root))
        for weight, (_, root) in zip(weights, told, strict=True)
    ]
    right = " +\n    ".join(f"{_number(w)} * ({root}) ^+ 2" for w, root in sides) or "0"
    lines = [(_shown(_times(common, m)), _shown(g)) for m, g in scaled]
    rest = " + ".join(f"({m}) * ({g})" for m, g in lines) or "0"
    signs = [f"square_ge0 _ ({_nonnegative(w)})" for w, _ in sides]
    nonnegative = signs[0] if signs else "lexx 0"
    for sign in signs[1:]:
        nonnegative = f"addr_ge0 ({nonnegative})\n    ({sign})"
    premises = "".join(f"\n  {g} = 0 ->" for _, g in lines)
    moved = " ".join(f"zero{k}" for k in range(1, len(lines) + 1))
    vanish = f"by rewrite {moved} !mulr0 ?addr0." if lines else "by []."
    binders = f" ({' '.join(names)} : F)" if names else ""
    return "\n".join([
        f"Lemma {name}{binders} :{premises}",
        f"  0 <= {_shown(polynomial)}.",
        "Proof.",
        *([f"move=> {moved}."] if lines else []),
        f"apply: (@of_squares {_number(common)} _ (",
        f"    {right})",
        f"  ({rest})); last by ring.",
        f"- exact ({_positive(common)}).",
        f"- exact ({nonnegative}).",
        f"- {vanish}",
        "Qed.",
        "",
    ])  # fmt: skip


def _times(number: int, p: Polynomial) -> Polynomial:
    return times({(): Fraction(number)}, p)


def _cleared(root: Polynomial) -> tuple[int, Polynomial]:
    """Return a number and so many times the polynomial, whose coefficients are whole."""
    number = lcm(*(value.denominator for value in root.values()))
    return number, _times(number, root)


def _shown(p: Polynomial) -> str:
    """A polynomial with whole coefficients."""
    text = ""
    for place, value in sorted(p.items(), key=lambda term: (-sum(k for _, k in term[0]), term[0])):
        size = abs(int(value))
        factors = [_number(size)] if size != 1 or not place else []
        factors += [_power(name, k) for name, k in place]
        sign = "-" if value < 0 else "+"
        text += (
            f" {sign} {' * '.join(factors)}"
            if text
            else f"{'- ' * (value < 0)}{' * '.join(factors)}"
        )
    return text or "0"


def _power(name: str, k: int) -> str:
    return name if k == 1 else f"{name} ^+ {k}"


def _number(n: int) -> str:
    """A whole number that is not negative."""
    if n < _BASE:
        return f"{n}%:R"
    return f"({_number(n // _BASE)} * {_BASE}%:R + {n % _BASE}%:R)"


def _nonnegative(n: int) -> str:
    """Why it is so."""
    if n < _BASE:
        return f"ler0n F {n}"
    return f"digits_ge0 {n % _BASE} ({_nonnegative(n // _BASE)})"


def _positive(n: int) -> str:
    if n < _BASE:
        return f"ltr0Sn F {n - 1}"
    return f"digits_gt0 {n % _BASE} ({_positive(n // _BASE)})"
