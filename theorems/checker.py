"""What the stand-alone checker must know of deep linear networks: its chapters 3 to 5.

:func:`verify.certificates.folder.joined` puts them, from the first heading on, between the generic
chapters of :mod:`verify.certificates.checker`, which define what is imported here.
"""

# ruff: noqa: B905  (zip knows no strict in Python 3.9)

from fractions import Fraction

from verify.certificates.checker import (
    Eigenvalues,
    LargestEigenvalue,
    Number,
    Refused,
    Undefined,
    combine,
    extreme,
    identity,
    is_positive_semidefinite,
    matrix,
    product,
    squares,
    total,
    trace,
    transpose,
)

# --- 3. The network -----------------------------------------------------------------------------
#
# It is x -> P x, P = W_L ... W_1, with loss R(W) = E|y - P x|^2 (no factor 1/2) on data with
# E[x x^T] = Σ and E[y x^T] = T Σ.


class Point:
    """Weights, data and target, with B_k = W_{k-1} ... W_1 and A_k = W_L ... W_{k+1}.

    ``partner`` is a second network for the same data and target, where the instance has one.
    """

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
        second = {key: value for key, value in instance.items() if key != "other"}
        paired = "other" in instance
        self.partner = Point({**second, "weights": instance["other"]}, hints) if paired else None

    def __str__(self):
        return f"{' -> '.join(map(str, self.widths))} (depth {self.depth})"

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

    def singular_powers(self, M, exponent):
        """The sum of s ** exponent over the singular values s of M."""
        wide = len(M) <= len(M[0])
        return self.eigen_powers(
            product(M, transpose(M)) if wide else product(transpose(M), M), exponent
        )

    def eigen_powers(self, gram, exponent):
        """The sum of x ** (exponent/2) over the eigenvalues x >= 0 of a matrix."""
        squared = (Number(max(x.low, 0), max(x.high, 0)) for x in Eigenvalues(gram).enclose())
        return total(*(x ** (exponent / 2) for x in squared))

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


def slope_sq(p):
    """|∇R|^2: the gradient in W_k is 2 A_k^T E B_k^T with E = PΣ - TΣ."""
    slopes = [product(transpose(A), p.residual, transpose(B)) for A, B in zip(p.A, p.B)]
    return 4 * sum(map(squares, slopes))


def block_sharpness(p):
    """The largest 2 |A_k|^2 λ_max(B_k Σ B_k^T): those of the diagonal blocks of the Hessian."""
    blocks = [
        Number(2) * p.top(product(A, transpose(A))) * p.top(product(B, p.sigma, transpose(B)))
        for A, B in zip(p.A, p.B)
    ]
    return extreme(blocks, 1)


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


def square_trace(M):
    """The trace of a square matrix."""
    if len(M) != len(M[0]):
        raise Undefined("a map of other outputs than inputs has no trace")
    return trace(M)


def least_singular(p, M):
    """The least of the singular values of M, as many as its shorter side is long."""
    wide = len(M) <= len(M[0])
    gram = product(M, transpose(M)) if wide else product(transpose(M), M)
    least = -p.top(combine(-1, gram, 0, gram))
    return Number(max(least.low, 0), max(least.high, 0)) ** Fraction(1, 2)


def fourth_schatten(M):
    """The fourth root of the sum of the fourth powers of the singular values of M."""
    return Number(squares(product(M, transpose(M)))) ** Fraction(1, 4)


QUANTITIES = {
    "depth": lambda p: p.depth,
    "d_x": lambda p: p.widths[0],
    "d_y": lambda p: p.widths[-1],
    "width_min": lambda p: min(inner_layers(p, p.widths[1:-1])),
    "width_max": lambda p: max(inner_layers(p, p.widths[1:-1])),
    "sharpness": lambda p: p.top(p.dual_gram() if p.is_minimizer else p.hessian()),
    "jet_sharpness": lambda p: p.top(p.hessian()),
    "block_sharpness": block_sharpness,
    "slope_sq": slope_sq,
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
    "path_gain_min": lambda p: extreme([p.norm(B) for B in p.B], -1),
    "suffix_gain_max": lambda p: extreme([p.norm(A) for A in p.A], 1),
    "suffix_gain_min": lambda p: extreme([p.norm(A) for A in p.A], -1),
    "map_trace": lambda p: square_trace(p.P),
    "target_trace": lambda p: square_trace(p.target),
    "map_singular_min": lambda p: least_singular(p, p.P),
    "map_nuclear": lambda p: p.singular_powers(p.P, Fraction(1)),
    "schatten": lambda p: p.singular_powers(p.P, Fraction(2, p.depth)),
    "map_schatten_4": lambda p: fourth_schatten(p.P),
    "target_singular_sum": lambda p: p.singular_powers(p.target, Fraction(1)),
    "target_schatten": lambda p: p.singular_powers(p.target, Fraction(2, p.depth)),
    "target_schatten_4": lambda p: fourth_schatten(p.target),
    "target_nuclear": lambda p: p.eigen_powers(product(p.cross, transpose(p.target)), Fraction(1)),
    "loss": loss,
    "loss_at_zero": lambda p: trace(product(p.cross, transpose(p.target))),
    "w_norm": lambda p: Number(energy(p, 0)) ** Fraction(1, 2),
    "a": lambda p: energy(p, 1) / energy(p, 0),
    "a2": lambda p: energy(p, 2) / energy(p, 1),
}


def of_partner(measure):
    """The same of the second network."""

    def measured(p):
        if p.partner is None:
            raise Refused("the instance has no second network")
        return measure(p.partner)

    return measured


QUANTITIES.update({f"other.{name}": of_partner(QUANTITIES[name]) for name in [*QUANTITIES]})


# --- 5. Settings: which weights and data a claim is about ---------------------------------------


def is_flattest(p):
    """Whether S = 2L|T|^{2-2/L} exactly; only a rational S is recognised."""
    L, gram = p.depth, product(p.target, transpose(p.target))
    bound = Number(2 * L) * p.top(gram) ** Fraction(L - 1, L)
    return QUANTITIES["sharpness"](p).minus(bound) == 0


TARGET = ("TΣ != 0", lambda p: any(map(any, p.cross)))
MINIMIZER = ("PΣ = TΣ", lambda p: p.is_minimizer)
ONE_OUTPUT = ("one output", lambda p: p.widths[-1] == 1)
WHITENED = ("Σ = I", lambda p: p.sigma == identity(p.widths[0]))
BALANCED = ("W_{k+1}^T W_{k+1} = W_k W_k^T", lambda p: not any(map(squares, p.imbalances())))
FLATTEST = ("S = 2L|T|^{2-2/L}, a rational number,", is_flattest)


def is_paired(p):
    """Whether there is a second network of the same sizes with the same map."""
    second = p.partner
    return second is not None and second.widths == p.widths and second.P == p.P


PAIRED = ("a second network of the same widths and map", is_paired)
PARTNER_BALANCED = ("the second network is balanced", lambda p: BALANCED[1](p.partner))

SETTINGS = {
    "minimizers": [TARGET, MINIMIZER],
    "univariate-minimizers": [TARGET, MINIMIZER, ONE_OUTPUT],
    "whitened-minimizers": [TARGET, MINIMIZER, WHITENED],
    "balanced-minimizers": [TARGET, MINIMIZER, BALANCED],
    "flattest-minimizers": [TARGET, MINIMIZER, WHITENED, FLATTEST],
    "weights": [TARGET, ONE_OUTPUT],
    "minimizer-pairs": [TARGET, MINIMIZER, PAIRED],
    "univariate-pairs": [TARGET, MINIMIZER, PAIRED, ONE_OUTPUT],
    "whitened-pairs": [TARGET, MINIMIZER, PAIRED, WHITENED],
    "balanced-pairs": [TARGET, MINIMIZER, PAIRED, BALANCED, PARTNER_BALANCED],
}
