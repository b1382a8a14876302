"""Identities between matrix products of any size, in noncommuting symbols.

A matrix is a noncommutative symbol, its transpose a second one.  :func:`transpose` reverses words;
:func:`trace` turns each word into a commutative symbol that is the same for all its cyclic
rotations and for its transpose, so that identities between traces become linear ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from verify.derivation.steps import AnySize

__all__ = ["matrix", "symmetric", "trace", "transpose"]

_TRANSPOSES: dict[Any, Any] = {}


def matrix(name: str) -> Any:
    """Return the noncommutative symbol of a matrix of any shape."""
    symbol = sp.Symbol(name, commutative=False)
    twin = sp.Symbol(f"{name}^T", commutative=False)
    _TRANSPOSES[symbol], _TRANSPOSES[twin] = twin, symbol
    return symbol


def symmetric(name: str) -> Any:
    """Return the noncommutative symbol of a symmetric matrix."""
    symbol = sp.Symbol(name, commutative=False)
    _TRANSPOSES[symbol] = symbol
    return symbol


def transpose(expression: Any) -> Any:
    """Return the transpose of a sum of words."""
    return sp.Add(
        *(
            factor * sp.Mul(*(_TRANSPOSES[letter] for letter in reversed(word)))
            for factor, word in _words(expression)
        )
    )


def trace(expression: Any) -> Any:
    """Return the trace of a sum of words, as a commutative expression."""
    return sp.Add(
        *(factor * AnySize(f"tr({_canonical(word)})") for factor, word in _words(expression))
    )


def _words(expression: Any) -> Iterator[tuple[Any, list[Any]]]:
    """Each term of the expanded sum as (commutative factor, letters)."""
    for term in sp.Add.make_args(sp.expand(expression)):
        if term == 0:
            continue
        factor, letters = term.args_cnc()
        word: list[Any] = []
        for letter in letters:
            base, exponent = letter.as_base_exp()
            word += [base] * int(exponent)
        yield sp.Mul(*factor), word


def _canonical(word: list[Any]) -> str:
    """The first, in dictionary order, of all rotations of the word and of its transpose."""
    names = [letter.name for letter in word]
    mirrored = [_TRANSPOSES[letter].name for letter in reversed(word)]
    rotations = [w[i:] + w[:i] for w in (names, mirrored) for i in range(len(w))]
    return min(" ".join(rotation) for rotation in rotations)
