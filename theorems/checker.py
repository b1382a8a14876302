"""Decide, in exact arithmetic, whether a claim about deep linear networks fails at given weights.

The network is x -> P x, P = W_L ... W_1, with loss R(W) = E|y - P x|^2 (no factor 1/2) on data
with E[x x^T] = Σ and E[y x^T] = T Σ.  A claim is a relation between quantities measured there,
perhaps under conditions that are relations too.  Every quantity is enclosed in an interval with
rational ends, ever more narrowly, until the intervals show that the conditions hold and that the
relation does not.  All arithmetic is that of integers and fractions, rounded only outwards.

Largest eigenvalues, the only hard part, rest on two facts.  If all roots of a monic polynomial p
are real, then they are all <= r if and only if p(r + u), as a polynomial in u, has no negative
coefficient.  And if p has integer coefficients, then its rational roots are integers.

Run as a program, this file decides the certificate embedded in it: it exits with 0 if the claim
is false, and with 1 if that is not confirmed.  It needs Python 3.9 or later, and nothing else.
"""

# ruff: noqa: B905  (zip knows no strict in Python 3.9)

import json
import sys
from fractions import Fraction
from math import gcd, isqrt

CERTIFICATE = None

PRECISIONS = (32, 64, 128, 256, 512)


class Undefined(Exception):
    """A quantity has no value at these weights."""


class Undecided(Exception):
    """The intervals are too wide to tell."""


class Refused(Exception):
    """The certificate does not show what it should."""


# --- 1. Numbers ---------------------------------------------------------------------------------


class Number:
    """A real number in [low, high].  Where ``base`` is known, it is exactly base ** (1/root)."""

    bits = PRECISIONS[0]  # what is not rational is enclosed in about this many binary digits

    def __init__(self, low, high=None, base=None, root=1):
        self.low, self.high = Fraction(low), Fraction(low if high is None else high)
        self.base, self.root = (self.low, 1) if self.is_exact() else (base, root)

    @classmethod
    def radical(cls, base, root):
        """The number base ** (1/root), base >= 0."""
        return cls(*root_bounds(base, root), base, root)

    def is_exact(self):
        """Whether this is known to be one rational number."""
        return self.low == self.high

    def is_radical(self):
        """Whether this is known to be a root of one rational number >= 0."""
        return self.base is not None and self.base >= 0

    def minus(self, other):
        """The sign of self - other, or None if the intervals do not tell."""
        if self is other:
            return 0
        if self.is_radical() and other.is_radical():
            a, b = self.base**other.root, other.base**self.root
            return (a > b) - (a < b)
        if self.low == self.high == other.low == other.high:
            return 0
        return 1 if self.low > other.high else -1 if self.high < other.low else None

    def __neg__(self):
        return Number(-self.high, -self.low)

    def __mul__(self, other):
        if self.is_radical() and other.is_radical():
            n = self.root * other.root // gcd(self.root, other.root)
            return Number.radical(
                self.base ** (n // self.root) * other.base ** (n // other.root), n
            )
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Number(min(ends), max(ends))

    def inverse(self):
        """The number 1/self."""
        if self.low == self.high == 0:
            raise Undefined("division by zero")
        if self.low <= 0 <= self.high:
            raise Undecided("a denominator that may be zero")
        if self.is_radical():
            return Number.radical(1 / self.base, self.root)
        return Number(1 / self.high, 1 / self.low)

    def __pow__(self, exponent):
        p, q = exponent.numerator, exponent.denominator
        if p < 0:
            return self.inverse() ** -exponent
        if p == 0:
            return Number(1)
        if self.is_radical():
            return Number.radical(self.base**p, self.root * q)
        if q == 1:
            ends = self.low**p, self.high**p
            around_zero = self.low < 0 < self.high and p % 2 == 0
            return Number(0 if around_zero else min(ends), max(ends))
        if self.high < 0:
            raise Undefined("a root of a negative number")
        if self.low < 0:
            raise Undecided("a root of a number that may be negative")
        return Number(root_bounds(self.low**p, q)[0], root_bounds(self.high**p, q)[1])

    def log(self):
        """The natural logarithm of self."""
        if self.high <= 0:
            raise Undefined("the logarithm of a number <= 0")
        if self.low <= 0:
            raise Undecided("the logarithm of a number that may be <= 0")
        if self.low == self.high == 1:
            return Number(0)
        return Number(log_bounds(self.low)[0], log_bounds(self.high)[1])

    def exp(self):
        """The number e ** self."""
        if self.low == self.high == 0:
            return Number(1)
        return Number(exp_bounds(self.low)[0], exp_bounds(self.high)[1])


def extreme(numbers, sign):
    """The maximum (sign 1) or minimum (sign -1)."""
    for x in numbers:
        if all(x.minus(y) in (0, sign) for y in numbers if y is not x):
            return x
    pick = max if sign > 0 else min
    return Number(pick(x.low for x in numbers), pick(x.high for x in numbers))


def root_bounds(x, n):
    """Rationals around the n-th root of x >= 0; both are the root itself if it is rational."""
    above, below = integer_root(x.numerator, n), integer_root(x.denominator, n)
    if above**n == x.numerator and below**n == x.denominator:
        return Fraction(above, below), Fraction(above, below)
    spare = max(0, x.denominator.bit_length() - x.numerator.bit_length()) // n + 1
    shift = Number.bits + spare
    r = integer_root((x.numerator << n * shift) // x.denominator, n)
    return Fraction(r, 1 << shift), Fraction(r + 1, 1 << shift)


def integer_root(m, n):
    """The largest integer r with r ** n <= m, for m >= 0: Newton's iteration from above."""
    if n <= 2 or m == 0:
        return isqrt(m) if n == 2 else m
    r, lower = None, 1 << -(-m.bit_length() // n)
    while r is None or lower < r:
        r = lower
        lower = ((n - 1) * r + m // r ** (n - 1)) // n
    return r


def log_bounds(x):
    """Rationals around log x = k log 2 + 2 artanh((m - 1)/(m + 1)), x = 2^k m with 1 <= m < 2."""
    k = x.numerator.bit_length() - x.denominator.bit_length()
    k -= x < Fraction(2) ** k
    m = x / Fraction(2) ** k
    own, of_two = artanh_bounds((m - 1) / (m + 1)), artanh_bounds(Fraction(1, 3))
    ends = [2 * k * end for end in of_two]
    return min(ends) + 2 * own[0], max(ends) + 2 * own[1]


def artanh_bounds(t):
    """Rationals around artanh t = t + t^3/3 + t^5/5 + ..., for 0 <= t <= 1/3.

    In units of 2^-bits, t^n is computed at most 2 too small: each step divides the error by at
    least 9 and adds less than 1.  So each summand is less than 3 too small, and the summands left
    out, all from a power below 2, are less than 3 in total.
    """
    unit = 1 << Number.bits
    power, total, n = t.numerator * unit // t.denominator, 0, 1
    while power:
        total += power // n
        power = power * t.numerator**2 // t.denominator**2
        n += 2
    return Fraction(total, unit), Fraction(total + 3 * n, unit)


def exp_bounds(x):
    """Rationals around e^x = (e^y)^(2^k) with y = x/2^k <= 1/2; around 1/e^-x for negative x.

    In units of 2^-bits, y^n/n! is exact for n = 0 and then at most 2 too small: each step halves
    the error at least and adds less than 1.  The summands left out are less than 4 in total.
    """
    if x < -(10**5):  # below 2^-bits by far
        return Fraction(0), Fraction(1, 1 << Number.bits)
    if x < 0:
        low, high = exp_bounds(-x)
        return 1 / high, 1 / low
    if x > 10**5:
        raise Undecided("the exponential of a number above 10^5")
    k = (2 * x.numerator // x.denominator).bit_length()
    unit, y = 1 << (Number.bits + 2 * k), x / 2**k
    summand, low, n = unit, 0, 0
    while summand:
        low, n = low + summand, n + 1
        summand = summand * y.numerator // (y.denominator * n)
    high = low + 2 * n + 2
    for _ in range(k):
        low, high = low * low // unit, -(-high * high // unit)
    return Fraction(low, unit), Fraction(high, unit)


# --- 2. Matrices, as tuples of rows -------------------------------------------------------------


def identity(n):
    """The n x n identity."""
    return tuple(tuple(int(i == j) for j in range(n)) for i in range(n))


def transpose(A):
    """The transpose of A."""
    return tuple(zip(*A))


def product(A, *others):
    """The product of matrices."""
    for B in others:
        columns = transpose(B)
        A = tuple(tuple(sum([a * b for a, b in zip(row, c)]) for c in columns) for row in A)
    return A


def combine(a, A, b, B):
    """The matrix a A + b B."""
    return tuple(tuple(a * x + b * y for x, y in zip(*rows)) for rows in zip(A, B))


def trace(A):
    """The trace of A."""
    return sum(A[i][i] for i in range(len(A)))


def squares(A):
    """The sum of the squared entries of A."""
    return sum(x * x for row in A for x in row)


def is_positive_semidefinite(A):
    """Whether the symmetric A has no negative eigenvalue, by symmetric elimination."""
    rows = [list(row) for row in A]
    for k, row in enumerate(rows):
        if row[k] < 0 or (row[k] == 0 and any(row[k:])):
            return False
        for below in rows[k + 1 :]:
            factor = below[k] / row[k] if row[k] else 0
            below[:] = [x - factor * y for x, y in zip(below, row)]
    return True


def characteristic_polynomial(Z):
    """The coefficients of det(x I - Z), leading one first, Z integer: Faddeev and LeVerrier."""
    n, coefficients = len(Z), [1]
    M = [[0] * n] * n
    for k in range(1, n + 1):
        M = product(Z, combine(1, M, coefficients[-1], identity(n)))
        coefficients.append(-trace(M) // k)  # the division leaves no remainder
    return coefficients


def at_most(p, m, n):
    """Whether all roots of p, known to be real, are <= m/n: see the top of this file.

    Dividing n^N p(x/n) again and again by x - m leaves the coefficients of n^N p((m + u)/n) in u.
    """
    a = [c * n**j for j, c in enumerate(p)]
    for end in range(len(a), 1, -1):
        for j in range(1, end):
            a[j] += m * a[j - 1]
        if a[end - 1] < 0:
            return False
    return True


class LargestEigenvalue:
    """The largest eigenvalue of a rational matrix A whose eigenvalues are all real.

    With the integer matrix Z = unit A, what is known is low < scale λ_max(Z) <= high.
    """

    def __init__(self, A):
        self.unit, self.scale = 1, 1
        for x in (Fraction(x) for row in A for x in row):
            self.unit *= x.denominator // gcd(self.unit, x.denominator)
        Z = [[int(x * self.unit) for x in row] for row in A]
        self.polynomial = characteristic_polynomial(Z)
        self.high = max(sum(abs(x) for x in row) for row in Z)
        self.low = -self.high - 1
        while self.high - self.low > 1:
            self.halve()
        value = 0
        for c in self.polynomial:
            value = value * self.high + c
        self.is_rational = value == 0  # the only integer it can be is ``high``

    def halve(self):
        """Halve the interval."""
        middle = (self.low + self.high) // 2
        if at_most(self.polynomial, middle, self.scale):
            self.high = middle
        else:
            self.low = middle

    def enclose(self):
        """The eigenvalue, exactly if it is rational."""
        while not self.is_rational and self.scale < 1 << Number.bits:
            self.low, self.high, self.scale = 2 * self.low, 2 * self.high, 2 * self.scale
            self.halve()
        ends = self.high if self.is_rational else self.low, self.high
        return Number(*(Fraction(end, self.scale * self.unit) for end in ends))


# --- 3. The network -----------------------------------------------------------------------------


class Point:
    """Weights, data and target, with B_k = W_{k-1} ... W_1 and A_k = W_L ... W_{k+1}."""

    def __init__(self, instance, hints):
        self.W = [matrix(rows) for rows in instance["weights"]]
        self.sigma, self.target = matrix(instance["sigma"]), matrix(instance["target"])
        self.widths = [len(self.W[0][0])] + [len(W) for W in self.W]
        self.check_shapes()
        self.depth, self.hints = len(self.W), hints
        self.eigenvalues, self.values = {}, {}
        self.B, self.A = [identity(self.widths[0])], [identity(self.widths[-1])]
        for k in range(self.depth - 1):
            self.B.append(product(self.W[k], self.B[-1]))
            self.A.insert(0, product(self.A[0], self.W[-1 - k]))
        self.P = product(self.W[-1], self.B[-1])
        self.cross = product(self.target, self.sigma)
        self.residual = combine(1, product(self.P, self.sigma), -1, self.cross)
        self.is_minimizer = not any(map(any, self.residual))

    def check_shapes(self):
        """Refuse what is no network with data."""
        d_x, d_y = self.widths[0], self.widths[-1]
        shapes = [(len(M), len(M[0])) for M in (*self.W, self.sigma, self.target)]
        fitting = [*zip(self.widths[1:], self.widths), (d_x, d_x), (d_y, d_x)]
        if shapes != fitting:
            raise Refused("the dimensions do not fit")
        if self.sigma != transpose(self.sigma) or not is_positive_semidefinite(self.sigma):
            raise Refused("Σ is not symmetric and positive semidefinite")

    def top(self, M):
        """The largest eigenvalue of M, all of whose eigenvalues must be real."""
        if M not in self.eigenvalues:
            self.eigenvalues[M] = LargestEigenvalue(M)
        return self.eigenvalues[M].enclose()

    def norm(self, M):
        """The spectral norm of M."""
        wide = len(M) <= len(M[0])
        gram = product(M, transpose(M)) if wide else product(transpose(M), M)
        return self.top(gram) ** Fraction(1, 2)

    def norm_on_data(self, M):
        """The spectral norm of M Σ^{1/2}."""
        return self.top(product(M, self.sigma, transpose(M))) ** Fraction(1, 2)

    def imbalances(self):
        """D_k = W_{k+1}^T W_{k+1} - W_k W_k^T for k < L."""
        pairs = zip(self.W, self.W[1:])
        return [
            combine(1, product(transpose(V), V), -1, product(U, transpose(U))) for U, V in pairs
        ]

    def dual_gram(self):
        """2 Σ_k (A_k A_k^T) ⊗ (B_k^T B_k Σ): where PΣ = TΣ, λ_max of the Hessian is its λ_max.

        There the Hessian is 2 J^T J with J the derivative of P Σ^{1/2} in the weights, and 2 J J^T
        has the eigenvalues of this matrix: all are real.
        """
        size = self.widths[0] * self.widths[-1]
        total = ((0,) * size,) * size
        for A, B in zip(self.A, self.B):
            left, right = product(A, transpose(A)), product(transpose(B), B, self.sigma)
            kronecker = tuple(tuple(a * b for a in r for b in s) for r in left for s in right)
            total = combine(1, total, 2, kronecker)
        return total

    def hessian(self):
        """The Hessian, at any weights.

        Moving the entry (i, j) of W_k moves P by column i of A_k times row j of B_k.  If h < k,
        moving the entry (m, n) of W_h too also moves P by column i of A_k times row n of B_h times
        the entry (j, m) of M = W_{k-1} ... W_{h+1}.  So with E = PΣ - TΣ the second derivative is
        2 (A_k^T A_h)_{im} (B_k Σ B_h^T)_{jn} + 2 (A_k^T E B_h^T)_{in} M_{jm}, the last if h < k.
        """
        blocks = {}
        for k in range(self.depth):
            after, M = transpose(self.A[k]), None
            for h in range(k, -1, -1):
                before = transpose(self.B[h])
                outer, inner = product(after, self.A[h]), product(self.B[k], self.sigma, before)
                blocks[k, h] = outer, inner, product(after, self.residual, before), M
                M = product(M, self.W[h]) if M else identity(self.widths[k])

        def entry(place, other):
            (k, i, j), (h, m, n) = max(place, other), min(place, other)
            outer, inner, through, M = blocks[k, h]
            return 2 * outer[i][m] * inner[j][n] + (2 * through[i][n] * M[j][m] if M else 0)

        places = [
            (k, i, j) for k, W in enumerate(self.W) for i in range(len(W)) for j in range(len(W[0]))
        ]
        return tuple(tuple(entry(place, other) for other in places) for place in places)


def matrix(rows):
    """The matrix with entries written "p/q"."""
    if not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        raise Refused("a matrix is empty or ragged")
    return tuple(tuple(Fraction(x) for x in row) for row in rows)


# --- 4. What is measured on it ------------------------------------------------------------------


def minimal_sharpness(p):
    """2L max |Kz|^{2/L} |TKz|^{2-2/L} over |z| = 1, K = Σ^{1/2}, enclosed by means of a vector y.

    z = Ky/|Ky| has s = |Kz|^2 = |Σy|^2/y^TΣy and t = |TKz|^2 = |TΣy|^2/y^TΣy, so the maximum is
    at least V = (s t^{L-1})^{1/L}.  By weighted means, |Kz|^{2/L} |TKz|^{2-2/L} is for all z at
    most V (|Kz|^2/s + (L-1) |TKz|^2/t)/L: the maximum is at most V times the largest eigenvalue of
    Σ (I/s + (L-1) T^T T/t)/L, which is >= 1.
    """
    L, T, sigma = p.depth, p.target, p.sigma
    if L == 1:
        return p.top(combine(2, sigma, 0, sigma))
    if "minimal_sharpness" not in p.hints:
        raise Refused("minimal_sharpness needs a vector y, and the certificate has none")
    y = matrix([[x] for x in p.hints["minimal_sharpness"]])
    image = product(sigma, y)
    s, t = (squares(M) / product(transpose(y), image)[0][0] for M in (image, product(T, image)))
    if len(y) != len(sigma) or t == 0:
        raise Refused("the vector y for minimal_sharpness is of no use")
    inner = combine(1 / (s * L), identity(len(y)), (L - 1) / (t * L), product(transpose(T), T))
    factor = p.top(product(sigma, inner))
    lower = Number.radical((2 * L) ** L * s * t ** (L - 1), L)
    return lower if factor.high <= 1 else Number(lower.low, lower.high * factor.high)


def hessian_trace(p):
    """2 Σ_k |A_k|_F^2 tr(B_k Σ B_k^T), at any weights: P is affine in each entry of each layer."""
    return 2 * sum(squares(A) * trace(product(B, p.sigma, transpose(B))) for A, B in zip(p.A, p.B))


def loss(p):
    """R(W) = tr((P - T) Σ (P - T)^T)."""
    error = combine(1, p.P, -1, p.target)
    return trace(product(error, p.sigma, transpose(error)))


def energy(p, n):
    """w*^T Σ^n w*, where w*^T = T is a row."""
    if p.widths[-1] != 1:
        raise Undefined("the regressor w* needs one output")
    return product(p.target, *[p.sigma] * n, transpose(p.target))[0][0]


def inner_layers(p, values):
    """``values``, if there are hidden layers."""
    if p.depth == 1:
        raise Undefined("a network of depth 1 has no hidden layer")
    return values


QUANTITIES = {
    "depth": lambda p: p.depth,
    "d_x": lambda p: p.widths[0],
    "d_y": lambda p: p.widths[-1],
    "width_min": lambda p: min(inner_layers(p, p.widths[1:-1])),
    "width_max": lambda p: max(inner_layers(p, p.widths[1:-1])),
    "sharpness": lambda p: p.top(p.dual_gram() if p.is_minimizer else p.hessian()),
    "hessian_trace": hessian_trace,
    "minimal_sharpness": minimal_sharpness,
    "target_norm": lambda p: p.norm(p.target),
    "target_fro": lambda p: Number(squares(p.target)) ** Fraction(1, 2),
    "target_on_data": lambda p: p.norm_on_data(p.target),
    "map_norm": lambda p: p.norm_on_data(p.P),
    "data_max": lambda p: p.top(p.sigma),
    "data_min": lambda p: -p.top(combine(-1, p.sigma, 0, p.sigma)),
    "data_trace": lambda p: trace(p.sigma),
    "condition": lambda p: QUANTITIES["data_max"](p) * QUANTITIES["data_min"](p).inverse(),
    "imbalance": lambda p: extreme([p.norm(D) for D in inner_layers(p, p.imbalances())], 1),
    "layer_norm_max": lambda p: extreme([p.norm(W) for W in p.W], 1),
    "layer_norm_min": lambda p: extreme([p.norm(W) for W in p.W], -1),
    "weights_sq": lambda p: sum(squares(W) for W in p.W),
    "path_gain_max": lambda p: extreme([p.norm(B) for B in p.B], 1),
    "loss": loss,
    "loss_at_zero": lambda p: trace(product(p.cross, transpose(p.target))),
    "w_norm": lambda p: Number(energy(p, 0)) ** Fraction(1, 2),
    "a": lambda p: energy(p, 1) / energy(p, 0),
    "a2": lambda p: energy(p, 2) / energy(p, 1),
}


# --- 5. Settings: which weights and data a claim is about ---------------------------------------


def is_flattest(p):
    """Whether S = 2L|T|^{2-2/L} exactly; only a rational S is recognised."""
    L, gram = p.depth, product(p.target, transpose(p.target))
    bound = Number(2 * L) * p.top(gram) ** Fraction(L - 1, L)
    return QUANTITIES["sharpness"](p).minus(bound) == 0


MINIMIZER = ("PΣ = TΣ", lambda p: p.is_minimizer)
ONE_OUTPUT = ("one output", lambda p: p.widths[-1] == 1)
WHITENED = ("Σ = I", lambda p: p.sigma == identity(p.widths[0]))
BALANCED = ("W_{k+1}^T W_{k+1} = W_k W_k^T", lambda p: not any(map(squares, p.imbalances())))
FLATTEST = ("S = 2L|T|^{2-2/L}, a rational number,", is_flattest)

SETTINGS = {
    "minimizers": [MINIMIZER],
    "univariate-minimizers": [MINIMIZER, ONE_OUTPUT],
    "whitened-minimizers": [MINIMIZER, WHITENED],
    "balanced-minimizers": [MINIMIZER, BALANCED],
    "flattest-minimizers": [MINIMIZER, WHITENED, FLATTEST],
    "weights": [ONE_OUTPUT],
}


def check_setting(p, name):
    """Refuse a point outside the setting; TΣ != 0 in all of them."""
    if name not in SETTINGS:
        raise Refused(f"this program does not know the setting {name!r}")
    if not any(map(any, p.cross)):
        raise Refused("TΣ = 0: the target vanishes on the data")
    for description, holds_at in SETTINGS[name]:
        if not holds_at(p):
            raise Refused(f"not in {name}: {description} does not hold")


# --- 6. Relations -------------------------------------------------------------------------------


def total(*terms):
    """The sum; of a root and zeros it is that root."""
    rest = [x for x in terms if not x.low == x.high == 0]
    if len(rest) == 1:
        return rest[0]
    return Number(sum(x.low for x in rest), sum(x.high for x in rest))


OPERATIONS = {
    "+": total,
    "*": lambda x, *ys: x * OPERATIONS["*"](*ys) if ys else x,
    "**": lambda x, y: x ** rational(y),
    "max": lambda *xs: extreme(xs, 1),
    "min": lambda *xs: extreme(xs, -1),
    "abs": lambda x: extreme((x, -x), 1),
    "log": Number.log,
    "exp": Number.exp,
}

SIGNS = {"==": (0,), ">=": (0, 1), "<=": (0, -1), ">": (1,), "<": (-1,)}
"""The signs of left - right for which each relation holds."""


def rational(x):
    """The value of an exponent."""
    if not x.is_exact():
        raise Undecided("an exponent that is not known to be rational")
    return x.low


def evaluate(tree, p):
    """The value of an expression: a number "p/q", the name of a quantity, or [operation, ...]."""
    if not isinstance(tree, str):
        return OPERATIONS[tree[0]](*(evaluate(part, p) for part in tree[1:]))
    if tree in QUANTITIES:
        place = tree, Number.bits
        if place not in p.values:  # the same object twice is a tie with itself
            value = QUANTITIES[tree](p)
            p.values[place] = value if isinstance(value, Number) else Number(value)
        return p.values[place]
    if tree[0].isalpha():
        raise Refused(f"this program does not know the quantity {tree!r}")
    return Number(Fraction(tree))


def holds(relation, p):
    """Whether a relation [operator, left, right] holds; either answer is proved."""
    operator, left, right = relation
    x = evaluate(left, p)
    sign = x.minus(x if left == right else evaluate(right, p))
    if sign is None:
        raise Undecided("the enclosures of both sides overlap")
    return sign in SIGNS[operator]


def refute(claim, p):
    """Return if the claim is false at p; otherwise raise what stands in the way."""
    check_setting(p, claim["setting"])
    for assumption in claim["assumptions"]:
        raise Refused(f"this program cannot check the assumption {assumption!r}")
    for bits in PRECISIONS:
        Number.bits = bits
        try:
            if not all(holds(condition, p) for condition in claim["conditions"]):
                raise Refused("a condition of the claim fails, so the claim says nothing here")
            if holds(claim["relation"], p):
                raise Refused("the claim holds here")
            return
        except Undecided as error:
            reason = error
    raise reason


# --- 7. The program -----------------------------------------------------------------------------


def infix(tree):
    """An expression or relation as one writes it, with all parentheses."""
    if isinstance(tree, str):
        return f"({tree})" if "/" in tree else tree
    head, words = tree[0], [infix(part) for part in tree[1:]]
    return f"{head}({', '.join(words)})" if head.isalpha() else f"({f' {head} '.join(words)})"


def decimal(x, upwards):
    """About 12 digits of x, rounded up or down."""
    size = x.numerator.bit_length() - x.denominator.bit_length()
    places = max(1, 12 - size * 3 // 10)
    n = -(-x * 10**places // 1) if upwards else x * 10**places // 1
    whole, part = divmod(abs(n), 10**places)
    return "-" * (n < 0) + f"{whole}.{part:0{places}d}".rstrip("0").rstrip(".")


def describe(x):
    """A number in words."""
    if x.is_exact() and len(str(x.low)) < 40:
        return f"= {x.low}"
    return f"in [{decimal(x.low, False)}, {decimal(x.high, True)}]"


def simplest_between(a, b):
    """The rational of least denominator strictly between a < b."""
    n = a // 1
    if n + 1 < b:
        return Fraction(n + 1)
    if a == n:
        return n + Fraction(1, 1 // (b - n) + 1)
    return n + 1 / simplest_between(1 / (b - n), 1 / (a - n))


def explain(claim, p):
    """Print the claim, both sides and what lies between them."""
    left, right = (evaluate(side, p) for side in claim["relation"][1:])
    relations = [claim["relation"], *claim["conditions"]]
    print("claim:     ", claim["text"])
    print("that is    ", " if ".join(infix(each)[1:-1] for each in relations))
    print("setting:   ", claim["setting"])
    print("network:   ", " -> ".join(map(str, p.widths)), f"(depth {p.depth})")
    print("left side  ", describe(left))
    print("right side ", describe(right))
    if left.high < right.low:
        print("so          left <", simplest_between(left.high, right.low), "< right")
    elif right.high < left.low:
        print("so          right <", simplest_between(right.high, left.low), "< left")
    else:
        print("so          both sides are the same number, exactly")


def check_neighbour(data):
    """Refuse if a certificate.json beside this file says something else."""
    try:
        with open(__file__[: -len("check.py")] + "certificate.json", encoding="utf-8") as file:
            beside = json.load(file)
    except FileNotFoundError:
        return
    for key in data:
        if beside[key] != data[key]:
            raise Refused(f"certificate.json beside this program differs in {key!r}")


def main():
    """Decide the embedded certificate; return the exit code."""
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        if CERTIFICATE is None:
            raise Refused("no certificate is embedded in this program")
        data = json.loads(CERTIFICATE, parse_float=Fraction)
        check_neighbour(data)
        point = Point(data["instance"], data["hints"])
        refute(data["claim"], point)
        explain(data["claim"], point)
    except Undecided as error:
        print(f"undecided: {error}")
    except Undefined as error:
        print(f"not confirmed: undefined here: {error}")
    except Refused as error:
        print(f"not confirmed: {error}")
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        print(f"not confirmed: the certificate cannot be read: {error!r}")
    else:
        print("confirmed: the claim is false at these weights")
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
