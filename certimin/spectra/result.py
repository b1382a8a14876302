"""The largest eigenvalue of an operator as users are given it: a number with its two bounds."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import Any

import numpy as np

from numeric.enclosure import Enclosure

__all__ = ["LargestEigenvalue"]


@dataclass(frozen=True, eq=False)
class LargestEigenvalue:
    """The algebraically largest eigenvalue λ of a symmetric operator.

    ``float(r)`` is ``value``; comparisons, ``in``, ``lower``, ``upper`` are those of ``enclosure``.

    Attributes
    ----------
    enclosure : Enclosure
        Both bounds; in floating point, so both are "sampled".  Below: the Rayleigh quotient minus
        its estimated rounding.  Above: with probability at least 1 - ``failure`` over the random
        start, in exact arithmetic and for an operator that does not depend on the seed; the
        estimated rounding is added.  With ``failure`` 0 it is a bound of all eigenvalues.
    value : float
        Rayleigh quotient of ``vector``.
    residual : float
        Norm of Hx - value x: some eigenvalue, not always λ, lies within it of ``value``.
    vector : (n,) array
        The unit vector x.
    products : int
        Products with the operator, checks included.
    converged : bool
        Whether residual and width are as small as was asked, or as products of that precision can.
    notes : tuple of str
        What limits the result, in words.
    """

    enclosure: Enclosure
    value: float
    residual: float
    vector: np.ndarray[Any, Any]
    products: int
    failure: float
    converged: bool
    notes: tuple[str, ...] = ()

    @property
    def lower(self) -> Fraction | float:
        """Return the lower bound."""
        return self.enclosure.lower

    @property
    def upper(self) -> Fraction | float:
        """Return the upper bound."""
        return self.enclosure.upper

    def __float__(self) -> float:
        return self.value

    def __format__(self, spec: str) -> str:
        return format(self.value, spec) if spec else str(self)

    @property
    def words(self) -> str:
        """Return what the bounds are worth, and what limits them, in words."""
        above = (
            f"above with probability >= 1 - {self.failure:g} over the start"
            if self.failure
            else "above by all eigenvalues"
        )
        work = f"{self.products} products" if self.products else "no products"
        end = work if self.converged else f"not converged in {work}"
        note = "".join(f"; {text}" for text in self.notes)
        reached = f"residual {self.residual:.1e}; {end}{note}"
        return f"sampled: below a Rayleigh quotient, {above}; {reached}"

    def __repr__(self) -> str:
        return f"{self.value:.10g} in {self.enclosure.interval()} ({self.words})"

    def _repr_html_(self) -> str:
        inside = f"{self.value:.10g} in {self.enclosure.interval()}"
        return f"<code>{inside}</code> <small>{escape(self.words)}</small>"

    def __contains__(self, x: Any) -> bool:
        return x in self.enclosure

    def __lt__(self, x: Any) -> bool:
        return bool(self.enclosure < _inner(x))

    def __le__(self, x: Any) -> bool:
        return bool(self.enclosure <= _inner(x))

    def __gt__(self, x: Any) -> bool:
        return bool(self.enclosure > _inner(x))

    def __ge__(self, x: Any) -> bool:
        return bool(self.enclosure >= _inner(x))


def _inner(x: Any) -> Any:
    """Return the enclosure of a result, anything else as it is."""
    return x.enclosure if isinstance(x, LargestEigenvalue) else x
