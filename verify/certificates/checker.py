"""Decide, in exact arithmetic, whether a claim fails at one instance.

A claim is a relation between quantities measured there, perhaps under conditions that are
relations too, or several of which one holds.  Every quantity is enclosed in an interval with
rational ends, ever more narrowly, until the intervals show that the conditions hold and that the
relation does not.  All arithmetic is that of integers and fractions, rounded only outwards.

Eigenvalues, the only hard part, rest on two facts.  If all roots of a monic polynomial p are real,
then as many of them are > r as the coefficients of p(r + u), as a polynomial in u, change their
sign (Descartes): they are all <= r if and only if none is negative.  And if p has integer
coefficients, then its rational roots are integers.

These chapters know no setting: what a claim may be about stands between them in a program that is
complete.  Run, it decides the certificate embedded in it and ends with one line, its verdict:
"confirmed" (exit code 0, the claim is false there), "denied" (1, it is not, or the certificate
does not show it), "undecided" (3, the intervals stay too wide) or "unknown" (4, the claim speaks
of what this program does not know).  It needs Python 3.9 or later, and nothing else.
"""

# ruff: noqa: B905  (zip knows no strict in Python 3.9)

import hashlib
import json
import re
import sys
from fractions import Fraction
from functools import reduce
from math import gcd, isqrt
from time import monotonic

CERTIFICATE = None

PRECISIONS = (32, 64, 128, 256, 512)

HIGHEST_ROOT = 4096  # beyond it what a number is the root of is forgotten
SECONDS = 100
"""Time there is for a decision."""

DEEPEST = 200
"""Lists inside each other that a certificate may have."""

LONGEST = 1 << 21
"""Binary digits of the longest number that is computed."""


class Undefined(Exception):
    """A quantity has no value at this instance."""


class Undecided(Exception):
    """The intervals are too wide to tell."""


class Refused(Exception):
    """The certificate does not show what it should."""


class Unknown(Exception):
    """The claim speaks of something this program does not know."""


class Clock:
    """The time there is, read by what may take long."""

    end = None

    @classmethod
    def check(cls):
        """Stop where no time is left."""
        if cls.end is not None and monotonic() > cls.end:
            raise Undecided(f"no answer within {SECONDS} s")


# --- 1. Numbers ---------------------------------------------------------------------------------


def number(text):
    """The rational that is written "p/q" or "p", and in no other way."""
    if not re.fullmatch("-?[0-9]+(/[1-9][0-9]*)?", str(text)):
        raise Refused(f"not a rational number p/q: {text!r:.40}")
    return Fraction(str(text))


def raised(x, n):
    """The rational x ** n for n >= 0, unless it is too long."""
    check_length(max(abs(x.numerator), x.denominator).bit_length() * n)
    return x**n


def check_length(bits):
    """Stop where a number of so many binary digits would take for ever."""
    if bits > LONGEST:
        raise Undecided(f"a number of more than {LONGEST} binary digits")


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
        if self.low > other.high or self.high < other.low:
            return 1 if self.low > other.high else -1
        if self.is_radical() and other.is_radical():
            common = gcd(self.root, other.root)
            a = raised(self.base, other.root // common)
            b = raised(other.base, self.root // common)
            return (a > b) - (a < b)
        return 0 if self.low == self.high == other.low == other.high else None

    def __neg__(self):
        return Number(-self.high, -self.low)

    def __mul__(self, other):
        n = self.root * other.root // gcd(self.root, other.root)
        if self.is_radical() and other.is_radical() and n <= HIGHEST_ROOT:
            bases = raised(self.base, n // self.root), raised(other.base, n // other.root)
            return Number.radical(bases[0] * bases[1], n)
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
        if self.is_radical() and self.root * q <= HIGHEST_ROOT:
            return Number.radical(raised(self.base, p), self.root * q)
        if q == 1:
            ends = raised(self.low, p), raised(self.high, p)
            around_zero = self.low < 0 < self.high and p % 2 == 0
            return Number(0 if around_zero else min(ends), max(ends))
        if self.high < 0:
            raise Undefined("a root of a negative number")
        if self.low < 0:
            raise Undecided("a root of a number that may be negative")
        return Number(
            root_bounds(raised(self.low, p), q)[0], root_bounds(raised(self.high, p), q)[1]
        )

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
        Clock.check()
        if all(x.minus(y) in (0, sign) for y in numbers if y is not x):
            return x
    pick = max if sign > 0 else min
    return Number(pick(x.low for x in numbers), pick(x.high for x in numbers))


def root_bounds(x, n):
    """Rationals around the n-th root of x >= 0; both are the root itself if it is rational."""
    spare = max(0, x.denominator.bit_length() - x.numerator.bit_length()) // n + 1
    shift = Number.bits + spare
    check_length(n * shift)
    above, below = integer_root(x.numerator, n), integer_root(x.denominator, n)
    if above**n == x.numerator and below**n == x.denominator:
        return Fraction(above, below), Fraction(above, below)
    r = integer_root((x.numerator << n * shift) // x.denominator, n)
    return Fraction(r, 1 << shift), Fraction(r + 1, 1 << shift)


def integer_root(m, n):
    """The largest integer r with r ** n <= m, for m >= 0.

    Its first half of the digits, rounded up, then Newton's iteration from above.
    """
    if n <= 2 or m == 0:
        return isqrt(m) if n == 2 else m
    half = m.bit_length() // (2 * n)
    if half == 0:
        return max(r for r in (1, 2, 3) if r**n <= m)
    r, lower = None, integer_root(m >> n * half, n) + 1 << half
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


def matrix(rows):
    """The matrix with entries written "p/q"."""
    if not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        raise Refused("a matrix is empty or ragged")
    return tuple(tuple(number(x) for x in row) for row in rows)


def identity(n):
    """The n x n identity."""
    return tuple(tuple(int(i == j) for j in range(n)) for i in range(n))


def transpose(A):
    """The transpose of A."""
    return tuple(zip(*A))


def product(A, *others):
    """The product of matrices."""
    for B in others:
        Clock.check()
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
        Clock.check()
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
        Clock.check()
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


class Eigenvalues:
    """All eigenvalues of a rational matrix A that are known to be real, largest first.

    See the top of this file; r is a root as often as u divides p(r + u).
    """

    def __init__(self, A):
        largest = LargestEigenvalue(A)
        self.unit, self.polynomial = largest.unit, largest.polynomial
        self.bound = max(sum(abs(x) for x in row) for row in A) * self.unit // 1 + 1

    def above(self, m, n):
        """How many roots of the polynomial exceed m/n, and how many are equal to it."""
        a = [c * n**j for j, c in enumerate(self.polynomial)]
        for end in range(len(a), 1, -1):
            Clock.check()
            for j in range(1, end):
                a[j] += m * a[j - 1]
        signs = [x > 0 for x in a if x]
        equal = next(i for i, x in enumerate(reversed(a)) if x)
        return sum(signs[i] != signs[i + 1] for i in range(len(signs) - 1)), equal

    def enclose(self):
        """All of them, as often as they are one; exactly those that are rational."""
        return [self.place(k) for k in range(len(self.polynomial) - 1)]

    def place(self, k):
        """The one that k others come before."""
        low, high, scale = -self.bound - 1, self.bound, 1
        while high - low > 1:
            low, high = self.halved(k, low, high, 1)
        larger, equal = self.above(high, 1)
        if larger + equal > k:  # the only integer it can be
            return Number(Fraction(high, self.unit))
        while scale < 1 << Number.bits:
            low, high, scale = 2 * low, 2 * high, 2 * scale
            low, high = self.halved(k, low, high, scale)
        return Number(Fraction(low, scale * self.unit), Fraction(high, scale * self.unit))

    def halved(self, k, low, high, scale):
        """The half of ]low, high] that has it, in units of 1/scale."""
        middle = (low + high) // 2
        return (low, middle) if self.above(middle, scale)[0] <= k else (middle, high)


# --- the chapters of a setting stand here --------------------------------------------------------

QUANTITIES = {}
"""Functions of an instance, by the names that relations use."""

SETTINGS = {}
"""Lists of (description, predicate of an instance) by the name of the setting."""


class Point:
    """An instance as the certificate has it; ``values`` keeps what was measured on it."""

    def __init__(self, instance, hints):
        self.values = {}


# --- end of the chapters of a setting ------------------------------------------------------------

# --- 6. Relations -------------------------------------------------------------------------------


def check_known(claim):
    """Raise Unknown for a setting or an assumption of which this program knows nothing."""
    if claim["setting"] not in SETTINGS:
        raise Unknown(f"this program does not know the setting {claim['setting']!r}")
    for assumption in claim["assumptions"]:
        raise Unknown(f"this program cannot check the assumption {assumption!r}")


def check_setting(p, name):
    """Refuse a point outside the setting."""
    for description, holds_at in SETTINGS[name]:
        if not holds_at(p):
            raise Refused(f"not in {name}: {description} does not hold")


def total(*terms):
    """The sum; of a root and zeros it is that root."""
    rest = [x for x in terms if not x.low == x.high == 0]
    if len(rest) == 1:
        return rest[0]
    return Number(sum(x.low for x in rest), sum(x.high for x in rest))


OPERATIONS = {
    "+": total,
    "*": lambda *xs: reduce(lambda product, x: x * product, reversed(xs)),
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
        Clock.check()
        return OPERATIONS[tree[0]](*(evaluate(part, p) for part in tree[1:]))
    if tree in QUANTITIES:
        place = tree, Number.bits
        if place not in p.values:  # the same object twice is a tie with itself
            value = QUANTITIES[tree](p)
            p.values[place] = value if isinstance(value, Number) else Number(value)
        return p.values[place]
    if tree[0].isalpha():
        raise Unknown(f"this program does not know the quantity {tree!r}")
    return Number(number(tree))


def holds(relation, p):
    """Whether a relation [operator, left, right] holds; either answer is proved."""
    operator, left, right = relation
    x = evaluate(left, p)
    sign = x.minus(x if left == right else evaluate(right, p))
    if sign is None:
        raise Undecided("the enclosures of both sides overlap")
    return sign in SIGNS[operator]


def met(condition, p):
    """Whether a condition holds: a relation, or ["or", relation, ...] of which one does.

    A relation without a value does not hold, whatever becomes of the others.
    """
    if condition[0] != "or":
        return holds(condition, p)
    waiting = None
    for relation in condition[1:]:
        try:
            if holds(relation, p):
                return True
        except Undefined:
            continue
        except Undecided as error:
            waiting = error
    if waiting is not None:
        raise waiting
    return False


def refute(claim, p):
    """Return if the claim is false at p; otherwise raise what stands in the way."""
    check_setting(p, claim["setting"])
    for bits in PRECISIONS:
        Number.bits = bits
        try:
            if not all(met(condition, p) for condition in claim["conditions"]):
                raise Refused("a condition of the claim fails, so the claim says nothing here")
            if holds(claim["relation"], p):
                raise Refused("the claim holds here")
            return
        except Undecided as error:
            reason = error
    raise reason


# --- 7. The program -----------------------------------------------------------------------------


def sentence(claim):
    """The claim as one writes it: this, and nothing else, is what its text must say."""
    alone = len(claim["conditions"]) == 1
    conditions = " and ".join(infix(each, -1 if alone else 0) for each in claim["conditions"])
    text = infix(claim["relation"]) + (f" if {conditions}" if conditions else "")
    return text + "".join(f", assuming {each}" for each in claim["assumptions"])


def infix(tree, least=0):
    """An expression or relation as one writes it, in parentheses if it binds less than ``least``.

    Several relations bind with -1, one with 0, sums with 1, products, quotients and negative
    numbers with 2, powers with 3 and what stands alone with 4.
    """
    if isinstance(tree, str):
        binds, text = (2 if "/" in tree or tree[:1] == "-" else 4), tree
    elif tree[0] == "or":
        binds, text = -1, " or ".join(infix(part) for part in tree[1:])
    elif tree[0].isalpha():
        binds, text = 4, f"{tree[0]}({', '.join(infix(part) for part in tree[1:])})"
    elif tree[0] == "+":
        binds, text = 1, " + ".join(infix(part, 2) for part in tree[1:]).replace("+ -", "- ")
    elif tree[0] == "*":
        first, *others = tree[1:]
        binds, text = 2, "*".join([infix(first, 2), *(infix(part, 3) for part in others)])
        text = f"-{text[3:]}" if text.startswith("-1*") else text
    elif tree[0] == "**":
        binds, text = 3, "**".join(infix(part, 4) for part in tree[1:])
    else:
        binds, text = 0, f" {tree[0]} ".join(infix(part, 1) for part in tree[1:])
    return text if binds >= least else f"({text})"


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


def check_text(claim):
    """Refuse a text that does not say what is decided."""
    if claim["text"] != sentence(claim):
        raise Refused(f"the text of the claim is not what is decided: {sentence(claim)}")


def check_sides(data, left, right):
    """Refuse what is printed of both sides unless it is so, ``left`` and ``right`` being known."""
    for name, side in (("lhs", left), ("rhs", right)):
        if data[name] is not None:
            low, high = map(number, data[name])
            if not low <= high or high < side.low or side.high < low:
                raise Refused(f"{name!r} does not hold the value of its side")
    if data["separator"] != between(data["lhs"], data["rhs"]):
        raise Refused("'separator' is not the simplest number between 'lhs' and 'rhs'")


def between(left, right):
    """The simplest rational strictly between two written intervals; None where they touch."""
    if left is None or right is None:
        return None
    for below, above in ((left, right), (right, left)):
        if number(below[1]) < number(above[0]):
            return str(simplest_between(number(below[1]), number(above[0])))
    return None


def explain(claim, p, left, right):
    """Print the claim, both sides and what lies between them."""
    print("claim:     ", claim["text"])
    print("setting:   ", claim["setting"])
    print("instance:  ", p)
    print("left side  ", describe(left))
    print("right side ", describe(right))
    if left.high < right.low:
        print("so          left <", simplest_between(left.high, right.low), "< right")
    elif right.high < left.low:
        print("so          right <", simplest_between(right.high, left.low), "< left")
    else:
        print("so          both sides are the same number, exactly")


def nesting(value):
    """The number of lists and objects that stand inside each other."""
    depth, level = 0, [value]
    while level := [each for each in level if isinstance(each, (dict, list))]:
        depth += 1
        level = [x for each in level for x in (each.values() if isinstance(each, dict) else each)]
    return depth


SEAL = "# sha256 of all above: "


def sealed(text):
    """A text with a last line that tells a change of it."""
    return f"{text}{SEAL}{hashlib.sha256(text.encode()).hexdigest()}\n"


def check_program():
    """Refuse if this file is not what was written."""
    with open(__file__, encoding="utf-8") as file:
        text = file.read()
    if text != sealed(text.rpartition(SEAL)[0]):
        raise Refused("this program was changed after it was written (SHA-256 differs)")


def digest(data):
    """The SHA-256 of all that a certificate says: canonical JSON without the digest itself."""
    content = {key: value for key, value in data.items() if key != "sha256"}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def pretty(data):
    """The text of a certificate.json: no other spelling of the same is one."""
    return one_line_lists(json.dumps(data, indent=1, ensure_ascii=False)) + "\n"


def one_line_lists(text):
    """Indented JSON with each innermost list, such as the row of a matrix, on one line."""
    string = r'"(?:[^"\\]|\\.)*"'
    return re.sub(
        rf'({string})|\[((?:{string}|[^"\[\]{{}}])*)\]',
        lambda m: m[1] or "[" + re.sub(r"\s*\n\s*", " ", m[2]).strip() + "]",
        text,
    )


def check_neighbour(data):
    """Refuse if a certificate.json beside this file was changed, or belongs to another program."""
    try:
        with open(__file__[: -len("check.py")] + "certificate.json", encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        return
    beside = json.loads(text)
    for key in data:
        if beside[key] != data[key]:
            raise Refused(f"certificate.json beside this program differs in {key!r}")
    if beside["sha256"] != digest(beside) or text != pretty(beside):
        raise Refused("certificate.json beside this program was changed (SHA-256 differs)")
    for name, expected in beside["files"].items():
        try:
            with open(__file__[: -len("check.py")] + name, encoding="utf-8") as file:
                found = hashlib.sha256(file.read().encode()).hexdigest()
        except FileNotFoundError:
            continue
        except UnicodeDecodeError:
            found = None
        if found != expected and name == "check.py":
            raise Refused("certificate.json beside this program was written for another one")
        if found != expected:
            raise Refused(f"{name} beside this program was changed (SHA-256 differs)")


def main():
    """Decide the embedded certificate; return the exit code."""
    sys.stdout.reconfigure(encoding="utf-8")
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)  # a number is as long as it is
    Clock.end = monotonic() + SECONDS
    try:
        if CERTIFICATE is None:
            raise Refused("no certificate is embedded in this program")
        check_program()
        data = json.loads(CERTIFICATE)
        if nesting(data) > DEEPEST:
            raise Undecided(f"more than {DEEPEST} lists inside each other")
        check_neighbour(data)
        claim = data["claim"]
        check_text(claim)
        check_known(claim)  # before the instance: of another setting it has other parts
        point = Point(data["instance"], data["hints"])
        refute(claim, point)
        sides = [evaluate(side, point) for side in claim["relation"][1:]]
        check_sides(data, *sides)
        explain(claim, point, *sides)
    except Undecided as error:
        return conclude("undecided", error)
    except Unknown as error:
        return conclude("unknown", error)
    except Undefined as error:
        return conclude("denied", f"undefined here: {error}")
    except Refused as error:
        return conclude("denied", error)
    except (ArithmeticError, LookupError, OSError, RecursionError, TypeError, ValueError) as error:
        return conclude("denied", f"the certificate cannot be read: {error!r}")
    return conclude("confirmed", "the claim is false here")


EXIT_CODES = {"confirmed": 0, "denied": 1, "undecided": 3, "unknown": 4}


def conclude(verdict, reason):
    """Print why, then the verdict as the last line; return its exit code."""
    print(f"so          {reason}")
    print(f"verdict:    {verdict}")
    return EXIT_CODES[verdict]


if __name__ == "__main__":
    sys.exit(main())
