"""Exact instances as a reader wants to see them: named matrices of fractions."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

__all__ = ["LOSS", "MEANINGS", "inline", "markup", "named"]

_NAMES = {"weights": "W", "sigma": "Σ", "target": "T", "other": "V"}
MEANINGS = {
    "weights": "$W_k$: weights of layer $k$; the network is $P = W_L \\cdots W_1$, $W_1$ first",
    "sigma": "$\\Sigma$: covariance of the inputs, the mean of $xx^T$; $K = \\Sigma^{1/2}$",
    "target": "$T$: a linear map of least loss on the data",
    "other": "$V_k$: weights of layer $k$ of the other minimizer of the same data",
}
"""What the parts of an instance are called and mean."""

LOSS = "the loss $R$, of which the Hessian is taken: the mean of $|y - Px|^2$, no factor 1/2"
"""What is measured where there is a target."""

_STACK_BELOW = 14
"""A fraction with fewer characters is set as numerator over denominator."""


def named(instance: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield (name, index, value) for each matrix, vector or scalar, W_1 first."""
    for key, value in instance.items():
        name = _NAMES.get(key, key)
        if _depth(value) == 3:
            for index, matrix in enumerate(value, start=1):
                yield name, str(index), matrix
        else:
            yield name, "", value


def _depth(value: Any) -> int:
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


def inline(instance: dict[str, Any]) -> str:
    """Return an instance on one line, rows of a matrix parted by semicolons.

    >>> inline({"weights": [[["1/2", "0"]], [["3"]]], "depth": 2})
    'W1 = [1/2 0], W2 = [3], depth = 2'
    """
    return ", ".join(f"{name}{index} = {_row(value)}" for name, index, value in named(instance))


def _row(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    return "[" + "; ".join(" ".join(map(str, row)) for row in _rows(value)) + "]"


def _rows(value: list[Any]) -> list[list[Any]]:
    """A vector is a matrix of one row; what is nested deeper is written as it stands."""
    return (
        [row if isinstance(row, list) else [row] for row in value] if _depth(value) > 1 else [value]
    )


def markup(name: str, index: str, value: Any) -> str:
    """Return ``name = value`` as MathML."""
    body = _matrix(_rows(value)) if isinstance(value, list) else _entry(value)
    return f"<math><mrow>{_name(name, index)}<mo>=</mo>{body}</mrow></math>"


def _name(name: str, index: str) -> str:
    letter = f"<mi>{escape(name)}</mi>" if len(name) == 1 else f"<mtext>{escape(name)}</mtext>"
    return f"<msub>{letter}<mn>{index}</mn></msub>" if index else letter


def _matrix(rows: list[list[Any]]) -> str:
    body = "".join(
        "<mtr>" + "".join(f"<mtd>{_entry(x)}</mtd>" for x in row) + "</mtr>" for row in rows
    )
    return f'<mo fence="true">(</mo><mtable>{body}</mtable><mo fence="true">)</mo>'


def _entry(value: Any) -> str:
    text = str(value)
    sign = "<mo>−</mo>" if text.startswith("-") else ""
    above, slash, below = text.removeprefix("-").partition("/")
    if not (above + below).isdigit() or len(text) >= _STACK_BELOW:
        return f"<mtext>{escape(text)}</mtext>"
    number = f"<mn>{above}</mn>"
    if slash:
        number = f"<mfrac>{number}<mn>{below}</mn></mfrac>"
    return f"<mrow>{sign}{number}</mrow>"
