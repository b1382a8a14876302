"""The Hessian of R = mean |y - f(x)|² from its values alone, in exact arithmetic.

R is a polynomial of degree two in each single weight, so central differences with step one are its
second derivatives, exactly, on the samples themselves: no formula of ours enters.
"""

from fractions import Fraction

import mpmath


def loss(layers, biases, X, Y):
    """Mean |y - f(x)|² in Fractions, layer by layer."""
    total = Fraction(0)
    for x, y in zip(X, Y, strict=True):
        for k, W in enumerate(layers):
            x = [sum(w * v for w, v in zip(row, x, strict=True)) for row in W]
            if biases:
                x = [v + b for v, b in zip(x, biases[k], strict=True)]
        total += sum((a - b) ** 2 for a, b in zip(x, y, strict=True))
    return total / len(X)


def second_derivatives(layers, biases, X, Y):
    """Exact second derivatives in all weights, each layer row by row, its bias after its row."""
    places = []
    for k, W in enumerate(layers):
        for i, row in enumerate(W):
            places += [(layers, k, i, j) for j in range(len(row))]
            places += [(biases, k, i, None)] if biases else []

    def moved(*steps):
        new = [[list(row) for row in W] for W in layers], [list(b) for b in biases]
        for (home, k, i, j), s in steps:
            if home is layers:
                new[0][k][i][j] += s
            else:
                new[1][k][i] += s
        return loss(*new, X, Y)

    def second(p, q):
        if p == q:
            return moved((p, 1)) - 2 * moved() + moved((p, -1))
        values = [s * t * moved((p, s), (q, t)) for s in (1, -1) for t in (1, -1)]
        return sum(values) / 4

    return [[second(p, q) for q in places] for p in places]


def extreme_eigenvalues(H, digits=60):
    """The least and the largest eigenvalue of rows of Fractions, to so many digits."""
    with mpmath.workdps(digits):
        rows = [[mpmath.mpf(v.numerator) / v.denominator for v in row] for row in H]
        values = mpmath.eigsy(mpmath.matrix(rows), eigvals_only=True)
        return Fraction(str(min(values))), Fraction(str(max(values)))
