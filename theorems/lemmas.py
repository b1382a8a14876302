"""Lemmas of others that proofs rest on and that nothing here checks."""

from __future__ import annotations

from verify.theorem import Cited, Source

__all__ = ["BRICKMAN", "SION"]

SION = Cited(
    "Sion 1958",
    "a function on a product of two convex sets, one of them compact, that is quasi-convex and "
    "lower semicontinuous in one and quasi-concave and upper semicontinuous in the other variable, "
    "has the same minimax and maximin",
    Source("sion1958general", "Theorem 3.4"),
)
BRICKMAN = Cited(
    "Brickman 1961",
    "for two real symmetric matrices $A$ and $B$ of size at least 3 the set of pairs "
    "$(x \\cdot Ax, x \\cdot Bx)$, $|x| = 1$, is convex",
    Source("brickman1961field", "the theorem on real quadratic forms"),
)
