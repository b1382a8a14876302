"""Inequalities of small sizes that are sums of squares, each with a certificate beside the proofs.

``python -m theorems.squares`` looks for the certificates anew, by cvxpy, and writes them and the
lemmas of Coq that follow from them.  To use one nothing is needed: it is multiplied out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import monotonic
from typing import Any

import sympy as sp

from theorems.quantities import target_norm
from verify.derivation.squares import certificate_of
from verify.files import write_text
from verify.formal.squares import coq_file
from verify.theorem import SumOfSquares

__all__ = ["PROOFS", "all_steps", "layers", "lemmas", "mean", "pair", "path", "text_of"]

PROOFS = Path(__file__).parent / "proofs"

_FILES = {
    "squares_means": ("mean", "pair"),
    "squares_paths": ("layers", "path"),
}
"""Files of Coq, and the inequalities in each."""


def mean(n: int) -> SumOfSquares:
    """Return the inequality of the means of n numbers: Σ x_i^{2n} >= n Π x_i².

    Equality where all x_i² are one.
    """
    x = _real("x", n)
    return _kept(
        f"mean_{n}",
        "geometric mean",
        sum(t ** (2 * n) for t in x) - n * sp.prod(t**2 for t in x),
        at={"n": n},
    )


def pair(d: int) -> SumOfSquares:
    """Return |p|² |q|² >= (p·q)² for vectors of d numbers: what one pair of a path is at least."""
    p, q = (sp.Matrix(_real(name, d)) for name in "pq")
    short = p.dot(p) * q.dot(q) - p.dot(q) ** 2
    return _kept(f"pair_{d}", "one pair of a path", short, at={"d": d}, why="Cauchy-Schwarz")


def path(n: int, bound: Any) -> SumOfSquares:
    """Return 2 Σ_k a_k² b_k² >= bound along a path of n layers, a_n = b_1 = 1, to the power n.

    σ is the geometric mean of the pairs a_k b_{k+1}.  Equality is on a variety: where all terms
    are one.
    """
    a, b = [*_real("a", n - 1), 1], [1, *_real("b", n, 2)]
    energy = sum(x**2 * y**2 for x, y in zip(a, b, strict=True))
    pairs = sp.prod(x * y for x, y in zip(a[:-1], b[1:], strict=True))
    least = ((bound / 2) ** n).subs(target_norm.symbol, pairs ** sp.Rational(1, n - 1))
    return _kept(f"path_{n}", "mean along a path", energy**n - least, at={"L": n}, why="AM-GM")


def layers(d: int, bound: Any) -> SumOfSquares:
    """Return 2 (|a|² + |Wv|²) >= bound where a·Wv = σ, for vectors of d numbers.

    With a = W_2ᵀu and W = W_1 this is what M1 says of two layers of whitened data; u, v are a top
    singular pair of the target.
    """
    a, v = (sp.Matrix(_real(name, d)) for name in "av")
    w = sp.Matrix(d, d, lambda i, j: sp.Symbol(f"w{i + 1}_{j + 1}", real=True))
    out = w * v
    return _kept(
        f"layers_{d}",
        "two layers",
        2 * (a.dot(a) + out.dot(out)) - bound,
        given=(target_norm.symbol - a.dot(out),),
        at={"L": 2, "d": d},
        why="Cauchy-Schwarz and AM-GM",
    )


def all_steps() -> dict[str, SumOfSquares]:
    """Return every inequality here by the name of its certificate."""
    sigma = target_norm.symbol
    found = [mean(3), mean(4), pair(2), pair(3), layers(2, 4 * sigma), layers(3, 4 * sigma)]
    found += [path(n, 2 * n * sigma ** (2 - sp.Rational(2, n))) for n in (3, 4)]
    return {_file(step).stem: step for step in found}


def lemmas(certificates: Mapping[str, Any]) -> dict[str, str]:
    """Return the files of Coq that follow from certificates, by their names."""
    return {
        file: coq_file(
            {n: certificates[n] for n in sorted(certificates) if n.partition("_")[0] in kinds},
            "Inequalities of small sizes from theorems/squares.py, by which this file is written.",
        )
        for file, kinds in _FILES.items()
    }


def text_of(certificate: Mapping[str, Any]) -> str:
    """Return a certificate as it is kept: JSON with a line for each square."""
    parts = []
    for name, value in certificate.items():
        items = value if isinstance(value, list) else None
        told = ",\n".join(f"  {json.dumps(each)}" for each in items or ())
        shown = f"[\n{told}\n ]" if told else json.dumps(value)
        parts.append(f" {json.dumps(name)}: {shown}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _real(name: str, count: int, first: int = 1) -> list[Any]:
    return [sp.Symbol(f"{name}{k}", real=True) for k in range(first, count + 1)]


def _kept(key: str, name: str, polynomial: Any, **parts: Any) -> SumOfSquares:
    file = PROOFS / "squares" / f"{key}.json"
    return SumOfSquares(name, polynomial, certificate=file, **parts)


def _file(step: SumOfSquares) -> Path:
    assert isinstance(step.certificate, Path)
    return step.certificate


def _made() -> Iterator[tuple[str, dict[str, Any]]]:
    for key, step in all_steps().items():
        start = monotonic()
        found = {"name": key, **certificate_of(step)}
        print(f"{key}: {len(found['squares'])} squares, {monotonic() - start:.2f} s")
        _file(step).parent.mkdir(exist_ok=True)
        write_text(_file(step), text_of(found))
        yield key, found


if __name__ == "__main__":
    for file, text in lemmas(dict(_made())).items():
        write_text(PROOFS / f"{file}.v", text)
