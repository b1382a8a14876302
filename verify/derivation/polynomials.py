"""A relation at given sizes as an inequality between polynomials, shown by squares.

With every number a symbol both sides of a relation may be polynomials, or roots of polynomials:
then their difference, or that of their squares, is a sum of squares or nobody knows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from verify.claims import MISFITS, sides
from verify.derivation.everywhere import Everywhere, SymbolSource
from verify.derivation.squares import SumOfSquares
from verify.errors import CertiminError
from verify.evidence import Verdict
from verify.sources import Exhausted

__all__ = ["AtSizes"]

_TERMS = 400
"""A polynomial with more terms is left alone: the search for squares would take for ever."""


class AtSizes(Everywhere):
    """The relation of a claim without assumptions, on the instance made of symbols, by squares."""

    rule = "squares"

    def decide(self) -> tuple[Verdict, str | None]:
        """Return whether squares show it, and of what."""
        claim = self.claim
        if claim.assumptions or claim.operator not in (">=", "<="):
            return "inconclusive", "expected an inequality without conditions"
        try:
            instance = claim.setting.build(SymbolSource(self.sizes), claim.bounds)
            lhs, rhs = (sp.sympify(side) for side in sides(claim.expanded, instance))
        except (ArithmeticError, CertiminError, NotImplementedError, np.linalg.LinAlgError):
            return "inconclusive", "it cannot be measured with symbols"
        except (Exhausted, *MISFITS) as error:
            return "inconclusive", f"it has no such sizes: {error}"
        more, less = (lhs, rhs) if claim.operator == ">=" else (rhs, lhs)
        return _shown(more, less)


def _shown(more: Any, less: Any) -> tuple[Verdict, str | None]:
    """Show that one side is at least the other, or that its square is."""
    verdict: Verdict = "inconclusive"
    reason: str | None = "no polynomial"
    for power, name in ((1, "the difference"), (2, "the difference of the squares")):
        if power == 2 and not (more.is_nonnegative and less.is_nonnegative):
            continue
        difference = sp.expand(sp.expand(more**power) - sp.expand(less**power))
        symbols = sorted(difference.free_symbols, key=str)
        if not symbols and difference.is_nonnegative:
            return "holds", f"the two sides {'differ by a number' if difference else 'are equal'}"
        if not difference.is_polynomial(*symbols) or len(sp.Add.make_args(difference)) > _TERMS:
            continue
        try:
            verdict, reason = SumOfSquares("difference", difference).decide()
        except CertiminError as error:
            verdict, reason = "inconclusive", str(error)
        if verdict == "holds":
            return "holds", f"{name} is a sum of squares"
    return verdict, reason
