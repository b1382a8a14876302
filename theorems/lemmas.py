"""Lemmas of others that proofs rest on and that nothing here checks."""

from __future__ import annotations

from verify.theorem import Cited, Source

__all__ = ["BRICKMAN", "HORN", "MIRSKY", "SINGER", "SION"]

SION = Cited(
    "Sion 1958",
    "a function on a product of two compact convex sets that is quasi-convex and lower "
    "semicontinuous in one and quasi-concave and upper semicontinuous in the other variable has "
    "the same minimax and maximin",
    Source("sion1958general", "Theorem 3.4"),
)
BRICKMAN = Cited(
    "Brickman 1961",
    "for two real symmetric matrices $A$ and $B$ of size at least 3 the set of pairs "
    "$(x \\cdot Ax, x \\cdot Bx)$, $|x| = 1$, is convex",
    Source("brickman1961field", "the theorem on real quadratic forms"),
)
HORN = Cited(
    "Horn 1950",
    "the product of the $m$ largest singular values of $XY$ is at most that of the numbers "
    "$s_i(X) s_i(Y)$, $i \\le m$, for every $m$; so $\\sum_i s_i(XY)^q$ is at most "
    "$\\sum_i s_i(X)^q s_i(Y)^q$ for $q > 0$, and Hölder's inequality for sums makes it one for "
    "Schatten norms",
    Source("horn1950singular", "the theorem on singular values of a product"),
)
MIRSKY = Cited(
    "Mirsky 1960",
    "for matrices $A$ and $B$ of one shape, with singular values in decreasing order, "
    "$|A - B|_F^2 \\ge \\sum_i (s_i(A) - s_i(B))^2$ (von Neumann's trace inequality)",
    Source("mirsky1960symmetric", "the theorem on singular values of a difference"),
)
SINGER = Cited(
    "Singer 1978",
    "let $g$ be a three times continuously differentiable map of a compact interval into itself "
    "with $2g'''g' - 3(g'')^2 < 0$ wherever $g'$ is not zero; then every attracting periodic "
    "orbit attracts a zero of $g'$ or an end of the interval",
    Source("singer1978stable", "the theorem on stable periodic orbits"),
)
