r"""The least trace of the Hessian for linear measurements of a product of layers.

Statement
    Let $R = mean_i (⟨A_i, P⟩ - y_i)²$ with $n$ measurements $A_i$ of the product
    $P = W_L ⋯ W_1$, $A_L = mean_i A_iA_iᵀ$, $A_R = mean_i A_iᵀA_i$, $τ = tr A_L = tr A_R$ and
    $N = |A_L^{1/2} P A_R^{1/2}|_*$.

    At any weights $tr H = 2 Σ_k mean_i |A_kᵀ A_i B_kᵀ|_F²$.   [form]

    Depth 2.  Every factorisation of $P$ has $tr H ≥ 4N$, and where the measurements and $P$ are
    diagonal in common bases there are some with $tr H = 4N$.   [two, two_attained]

    Any depth.  If the measurements are separable, every factorisation has

        tr H ≥ 2L τ^{2/L-1} N^{2-2/L},                                          [separable]

    which is attained up to $10^{-7}$ for invertible $A_L$ and $A_R$, and exactly by multiples of
    rotations measured alike.   [attained, exact]
    With $mean_i vec A_i (vec A_i)ᵀ = M_y ⊗ M_x$ the bound reads
    $2L(tr M_y tr M_x)^{1/L}|M_y^{1/2}PM_x^{1/2}|_*^{2-2/L}$: U5 is $M_y = I$.   [separable]

    One measurement.  With $A = I$ and $L = 3$ every factorisation has

        tr H ≥ 6 |P²|_{2/3}^{2/3} = 6 Σ_i s_i(P²)^{2/3},                              [one]

    with equality where the layers have common singular values and end where they began.
    [one_attained]

Notation
    $H$ is the Hessian of $R$ in all layers, ``measured_trace`` its trace;
    $A_k = W_L ⋯ W_{k+1}$ and $B_k = W_{k-1} ⋯ W_1$ (the letter $A_i$ is a measurement);
    $N$ is ``measured_nuclear``, $τ$ ``measured_power``; $x = mean_i |A_iW_1ᵀ|_F²$,
    $y = mean_i |W_2ᵀA_i|_F²$.

Assumptions
    separable  $mean_i vec A_i (vec A_i)ᵀ = A_L ⊗ A_R/τ$.  Without it: measurements $e_1e_2ᵀ$ and
               $e_2e_1ᵀ$, layers $2e_1ᵀ$, $1/4$, $2e_1$ have $tr H = 1/2 < 6 · 2^{-4/3}$.

Proof
    $R$ is a polynomial of degree 2 in each single entry, and the slope of $⟨A_i, P⟩$ in layer $k$
    is $A_kᵀA_iB_kᵀ$.   [form]

    Depth 2.  $tr H = 2(x + y) ≥ 4(xy)^{1/2}$, and by Hölder's inequality for Schatten norms

        xy = |W_1A_R^{1/2}|_F² |A_L^{1/2}W_2|_F² ≥ |A_L^{1/2}W_2W_1A_R^{1/2}|_*² = N².  [two_pair]

    Equality needs $W_2ᵀA_LW_2 = W_1A_RW_1ᵀ$; for $A_L, A_R ≻ 0$ and $A_L^{1/2}PA_R^{1/2} = UsVᵀ$
    the layers $A_L^{-1/2}Us^{1/2}$ and $s^{1/2}VᵀA_R^{-1/2}$ have it.

    Separable measurements.  With $a_k = tr A_kᵀA_LA_k$ and $b_k = tr B_kA_RB_kᵀ$ the mean in the
    $k$-th term is $a_kb_k/τ$.   [layers]
    The ends are $a_L = b_1 = τ$ [ends], neighbours satisfy $a_kb_{k+1} ≥ N²$ as above [pairs], and

        τ tr H = 2Σ_k a_kb_k ≥ 2L (b_1a_L Π_{k<L} a_kb_{k+1})^{1/L} ≥ 2L (τ²N^{2L-2})^{1/L}.

    One measurement.  $tr H = 2(|W_3W_2|_F² + |W_1W_3|_F² + |W_2W_1|_F²)$ [thirds], a product of
    those three matrices is $P²$, and by Hölder's inequality for three factors

        |W_3W_2|_F² |W_1W_3|_F² |W_2W_1|_F² ≥ |P²|_{2/3}².                     [triple]

Sharpness
    All three are attained, but where $A_L$ or $A_R$ is singular not for every $P$: with
    $A = e_1e_1ᵀ$ and $P$ of rows $(0, 1)$ and $(1, 0)$ the bound is 0, and no factorisation has it.
    For general measurements no bound like that of the separable ones holds at $L = 3$ (the data
    under Assumptions).  Nor is the least trace quasi-convex in $P$
    there: for $A = I$, $P = e_1e_2ᵀ$ and $P = e_2e_1ᵀ$ have factorisations of any small trace,
    their mean has none below $6 · 2^{-1/3}$.

Implementation notes
    $tr H$ is measured from values of the loss: $R(W + E) + R(W - E) - 2R(W)$ for each entry.
    $N$ comes from the blocks $A_iᵀPA_j/n$, whose matrix has the singular values of
    $A_L^{1/2}PA_R^{1/2}$: no root of a matrix is taken.

References
----------
    ding2022flat (depth 2), gatmiry2023inductive (any depth, under RIP; abstract only);
    horn1950singular.  J. Wind's note of 2022 has an output covariance (not read word for word).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy as sp

from numeric.arithmetic.rational import Rational
from numeric.networks import LinearNetwork
from theorems.assumptions import vanishes
from theorems.directions import k
from theorems.inequalities import path_bound
from theorems.instances import ExactInstance, Rows
from theorems.lemmas import HORN
from theorems.quantities import depth, symbols
from theorems.recipes import Draw, diagonal, inclusion, near_root, setting
from verify.derivation import rules
from verify.errors import Undefined
from verify.expression import Least
from verify.theorem import (
    Assumption,
    Bounds,
    Claim,
    Formula,
    Source,
    Step,
    Theorem,
    claim,
    expanded,
    family,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- measured products ----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class MeasuredInstance(ExactInstance):
    """Layers W_1, ..., W_L, measurements A_i of shape (d_y, d_x), not all 0, and values y_i."""

    weights: tuple[Any, ...]
    measurements: tuple[Any, ...]
    values: tuple[Any, ...]

    @classmethod
    def exact(
        cls, weights: Sequence[Rows], measurements: Sequence[Rows], values: Sequence[int]
    ) -> MeasuredInstance:
        """Return the exact instance with these rational entries."""
        ar = Rational()
        layers, seen = (tuple(map(ar.matrix, part)) for part in (weights, measurements))
        return cls(ar, layers, seen, tuple(map(ar.scalar, values)))

    @cached_property
    def net(self) -> LinearNetwork:
        """Return the network with its cached products."""
        return LinearNetwork(self.arithmetic, self.weights)

    def mean(self, terms: Sequence[Any]) -> Any:
        """Return the mean of one number for each measurement."""
        return sum(terms[1:], start=terms[0]) / len(terms)

    def moment(self, *, left: bool) -> Any:
        """Return A_L, or A_R."""
        terms = [A @ A.mT if left else A.mT @ A for A in self.measurements]
        share = self.arithmetic.scalar(Fraction(1, len(terms)))
        return self.arithmetic.scale(share, sum(terms[1:], start=terms[0]))

    def loss(self, layers: Sequence[Any]) -> Any:
        """Return mean_i (<A_i, P> - y_i)² for the product P of ``layers``."""
        ar, P = self.arithmetic, LinearNetwork(self.arithmetic, tuple(layers)).end_to_end
        pairs = zip(self.measurements, self.values, strict=True)
        misses = [ar.trace(A @ P.mT) - y for A, y in pairs]
        return self.mean([miss * miss for miss in misses])


def _measured(
    draw: Draw, layers: Sequence[Any], measurements: Sequence[Any], values: Sequence[Any] = ()
) -> MeasuredInstance:
    """The instance; without ``values`` the measurements are those of P."""
    ar, P = draw.arithmetic, LinearNetwork(draw.arithmetic, tuple(layers)).end_to_end
    if ar.kind == "exact" and all(ar.is_zero(A) for A in measurements):
        raise Undefined("all measurements are 0")
    values = values or [ar.trace(A @ P.mT) for A in measurements]
    return MeasuredInstance(ar, tuple(layers), tuple(measurements), tuple(values))


def _columns(ar: Any, M: Any) -> list[Any]:
    n = M.shape[-1]
    return [M @ ar.matrix([[int(i == j)] for i in range(n)]) for j in range(n)]


def _products(ar: Any, left: Any, right: Any) -> list[Any]:
    """The measurements f_i g_jᵀ for the columns of two matrices."""
    return [f @ g.mT for f in _columns(ar, left) for g in _columns(ar, right)]


@setting("linear-measurements", "any layers, one to three measurements A_i and any values y_i")
def linear_measurements(draw: Draw) -> MeasuredInstance:
    """Arbitrary measurements of a product of arbitrary layers."""
    shape = draw.shape()
    layers, count = draw.layers(shape), draw.integer(1, 3)
    measurements = [draw.matrix(shape[-1], shape[0]) for _ in range(count)]
    return _measured(draw, layers, measurements, draw.numbers(count))


@setting("separable-measurements", "any layers, measurements f_i g_jᵀ for columns of two matrices")
def separable_measurements(draw: Draw) -> MeasuredInstance:
    """Separable measurements of a product of arbitrary layers."""
    shape = draw.shape()
    layers = draw.layers(shape)
    left, right = (draw.matrix(d, draw.integer(1, 2)) for d in (shape[-1], shape[0]))
    return _measured(draw, layers, _products(draw.arithmetic, left, right))


@setting(
    "diagonal-measurements",
    "A_i = Q D_i Q_0ᵀ with diagonal D_i, W_2 = Q diag(w) Rᵀ, W_1 = R diag(w) Q_0ᵀ, rotations Q, R",
    exists=True,
)
def diagonal_measurements(draw: Draw) -> MeasuredInstance:
    """Measurements with common bases, and the factors of least trace."""
    ar, d = draw.arithmetic, draw.width()
    turns = draw.rotations([d, d, d])
    core = diagonal(ar, draw.scaled(draw.numbers(d, 0, 2)), d, d)
    seen = [diagonal(ar, draw.numbers(d), d, d) for _ in range(draw.integer(1, 2))]
    layers = [turns[1] @ core @ turns[0].mT, turns[2] @ core @ turns[1].mT]
    return _measured(draw, layers, [turns[2] @ D @ turns[0].mT for D in seen])


@setting(
    "separable-attaining",
    "W_1 = β s^{1/2} Vᵀ G^{-1}, W_k = I, W_L = γ F^{-T} U s^{1/2}, measurements f_i g_jᵀ",
    exists=True,
)
def separable_attaining(draw: Draw) -> MeasuredInstance:
    """Next to the least trace: β² = |G|²/Σs, γ² = |F|²/Σs, rationals within 1e-9 if exact."""
    ar, shape = draw.arithmetic, draw.shape()
    rank = draw.integer(1, min(shape[0], shape[-1]))
    core = diagonal(ar, draw.scaled(draw.numbers(rank, 1, 2)), rank, rank)
    F, G = (draw.matrix(d, d) for d in (shape[-1], shape[0]))
    left, right = (draw.rotation(d) @ inclusion(ar, d, rank) for d in (shape[-1], shape[0]))
    total = ar.frobenius_sq(core)
    first = ar.scale(near_root(ar, ar.frobenius_sq(G) / total), core @ right.mT @ ar.inverse(G))
    last = ar.scale(near_root(ar, ar.frobenius_sq(F) / total), ar.inverse(F.mT) @ left @ core)
    middle = [ar.identity(rank) for _ in shape[2:-1]]
    return _measured(draw, [first, *middle, last], _products(ar, F, G))


@setting(
    "turned-measurements",
    "square layers and matrices F, G, all multiples of rotations, measurements f_i g_jᵀ",
    exists=True,
)
def turned_measurements(draw: Draw) -> MeasuredInstance:
    """Multiples of rotations, measured by products of the columns of two more of them."""
    ar, (count, d) = draw.arithmetic, (draw.depth(), draw.width())
    gain, *rates = (draw.scale() for _ in range(3))
    layers = [ar.scale(gain, draw.rotation(d)) for _ in range(count)]
    F, G = (ar.scale(rate, draw.rotation(d)) for rate in rates)
    return _measured(draw, layers, _products(ar, F, G))


@setting("trace-measurement", "three layers from d inputs to d outputs, one measurement A = I")
def trace_measurement(draw: Draw) -> MeasuredInstance:
    """The trace of a product of three layers."""
    d, *hidden = draw.widths(3)
    return _measured(draw, draw.layers([d, *hidden, d]), [draw.arithmetic.identity(d)])


@setting(
    "trace-measurement-attaining",
    "A = I and W_k = Q_k diag(c) Q_{k-1}ᵀ with common c and Q_3 = Q_0",
)
def trace_measurement_attaining(draw: Draw) -> MeasuredInstance:
    """Three layers of common singular values that end in the basis where they began."""
    ar, d = draw.arithmetic, draw.width()
    core = diagonal(ar, draw.scaled(draw.numbers(d, 0, 2)), d, d)
    turns = draw.rotations([d, d, d])
    layers = [turns[(k + 1) % 3] @ core @ turns[k].mT for k in range(3)]
    return _measured(draw, layers, [ar.identity(d)])


# --- quantities -----------------------------------------------------------------------------------


@quantity("measured_trace", r"\operatorname{tr}H")
def measured_trace(instance: MeasuredInstance) -> Any:
    """Trace of the Hessian of the measured loss, by exact second differences of it."""
    ar, layers = instance.arithmetic, instance.weights
    here, total = instance.loss(layers), ar.scalar(0)
    for index, W in enumerate(layers):
        rows, columns = W.shape[-2:]
        for i in range(rows):
            for j in range(columns):
                grid = [[int((r, c) == (i, j)) for c in range(columns)] for r in range(rows)]
                E = ar.matrix(grid)
                beside = ([*layers[:index], V, *layers[index + 1 :]] for V in (W + E, W - E))
                total = total + sum(map(instance.loss, beside), start=-2 * here)
    return total


@quantity("measured_form", r"2\textstyle\sum_k\operatorname{mean}_i|A_k^TA_iB_k^T|_F^2")
def measured_form(instance: MeasuredInstance) -> Any:
    """2 Σ_k mean_i |A_kᵀ A_i B_kᵀ|_F²."""
    ar, net = instance.arithmetic, instance.net
    terms = [
        instance.mean([ar.frobenius_sq(A.mT @ M @ B.mT) for M in instance.measurements])
        for A, B in zip(net.suffixes, net.prefixes, strict=True)
    ]
    return 2 * sum(terms[1:], start=terms[0])


@quantity("measured_power", r"\tau", nonzero=True)
def measured_power(instance: MeasuredInstance) -> Any:
    """τ = mean_i |A_i|_F², the trace of A_L and of A_R; not 0, as the A_i are not all 0."""
    ar = instance.arithmetic
    return instance.mean([ar.frobenius_sq(A) for A in instance.measurements])


def _seen(instance: MeasuredInstance) -> Any:
    """A square whose eigenvalues are the squared singular values of A_L^{1/2}PA_R^{1/2}."""
    ar, P, seen = instance.arithmetic, instance.net.end_to_end, instance.measurements
    share = ar.scalar(Fraction(1, len(seen)))
    blocks = ar.scale(share, ar.stack([[A.mT @ P @ B.mT for B in seen] for A in seen]))
    return blocks @ blocks.mT if blocks.shape[-2] <= blocks.shape[-1] else blocks.mT @ blocks


@quantity("measured_nuclear", "|A_L^{1/2}PA_R^{1/2}|_*")
def measured_nuclear(instance: MeasuredInstance) -> Any:
    """Nuclear norm |A_L^{1/2} P A_R^{1/2}|_*."""
    return instance.arithmetic.power_sum(_seen(instance), Fraction(1, 2))


@quantity("measured_fro", "|A_L^{1/2}PA_R^{1/2}|_F")
def measured_fro(instance: MeasuredInstance) -> Any:
    """Frobenius norm |A_L^{1/2} P A_R^{1/2}|_F (a control)."""
    ar = instance.arithmetic
    return ar.sqrt(ar.nonnegative(ar.trace(_seen(instance))))


@quantity("seen_before", r"\operatorname{mean}_i|A_iW_1^T|_F^2")
def seen_before(instance: MeasuredInstance) -> Any:
    """mean_i |A_i W_1ᵀ|_F² = tr W_1A_RW_1ᵀ."""
    W = instance.weights[0]
    return instance.arithmetic.trace(W @ instance.moment(left=False) @ W.mT)


@quantity("seen_after", r"\operatorname{mean}_i|W_L^TA_i|_F^2")
def seen_after(instance: MeasuredInstance) -> Any:
    """mean_i |W_Lᵀ A_i|_F² = tr W_LᵀA_LW_L."""
    W = instance.weights[-1]
    return instance.arithmetic.trace(W.mT @ instance.moment(left=True) @ W)


def _is_separable(instance: MeasuredInstance) -> Any:
    """Whether τ mean_i vec A_i (vec A_i)ᵀ = A_L ⊗ A_R."""
    ar, seen = instance.arithmetic, instance.measurements
    d = seen[0].shape[-1]
    unit = ar.matrix([[int(i == j)] for i in range(d) for j in range(d)])
    columns = [ar.kron(A, ar.identity(d)) @ unit for A in seen]
    terms = [v @ v.mT for v in columns]
    share = measured_power.measure(instance) / len(terms)
    moments = ar.kron(instance.moment(left=True), instance.moment(left=False))
    return vanishes(instance, ar.scale(share, sum(terms[1:], start=terms[0])) - moments)


@family("measured_after", "a")
def measured_after(instance: MeasuredInstance) -> list[Any]:
    """a_k = tr A_kᵀA_LA_k, k = 1..L."""
    ar, left = instance.arithmetic, instance.moment(left=True)
    return [ar.trace(A.mT @ left @ A) for A in instance.net.suffixes]


@family("measured_before", "b")
def measured_before(instance: MeasuredInstance) -> list[Any]:
    """b_k = tr B_kA_RB_kᵀ, k = 1..L."""
    ar, right = instance.arithmetic, instance.moment(left=False)
    return [ar.trace(B @ right @ B.mT) for B in instance.net.prefixes]


trace_hessian, L, tau, nuclear, fro, formed = symbols(
    measured_trace, depth, measured_power, measured_nuclear, measured_fro, measured_form
)
x, y = symbols(seen_before, seen_after)
seen_total = expanded(
    "seen_total", r"\textstyle\sum_k\operatorname{tr}A_k^TA_LA_k\operatorname{tr}B_kA_RB_k^T",
    "Σ_k tr A_kᵀA_LA_k tr B_kA_RB_kᵀ.", sp.Sum(measured_after(k) * measured_before(k), (k, 1, L)),
)  # fmt: skip
seen_ends = expanded(
    "seen_ends", r"\operatorname{tr}A_R\operatorname{tr}A_L", "tr A_R tr A_L = τ².",
    measured_before(1) * measured_after(L),
)  # fmt: skip
seen_pair = expanded(
    "seen_pair", r"\min_{k<L}\operatorname{tr}A_k^TA_LA_k\operatorname{tr}B_{k+1}A_RB_{k+1}^T",
    "The least tr A_kᵀA_LA_k tr B_{k+1}A_RB_{k+1}ᵀ over neighbours, k < L; undefined at depth 1.",
    Least(measured_after(k) * measured_before(k + 1), k, 1, L - 1),
)  # fmt: skip
total, both_ends, least = symbols(seen_total, seen_ends, seen_pair)


def _pair_of_three(which: int) -> Any:
    """|W_3W_2|_F², |W_1W_3|_F² or |W_2W_1|_F², of three layers."""

    def measure(instance: MeasuredInstance) -> Any:
        if instance.net.depth != 3:
            raise Undefined("these are products of two of three layers")
        V, W = (instance.weights[n % 3] for n in (which + 2, which + 1))
        return instance.arithmetic.frobenius_sq(V @ W)

    measure.__doc__ = f"Squared Frobenius norm of the product of two of three layers, no. {which}."
    return measure


pair_one, pair_two, pair_three = (
    quantity(f"pair_of_three_{n}", latex)(_pair_of_three(n))
    for n, latex in enumerate(("|W_3W_2|_F^2", "|W_1W_3|_F^2", "|W_2W_1|_F^2"))
)


def _cube(ar: Any, M: Any) -> Any:
    """Σ_i s_i(M²)^{2/3}."""
    return ar.power_sum(M @ M @ (M @ M).mT, Fraction(1, 3))


@quantity("square_schatten", r"|P^2|_{2/3}^{2/3}")
def square_schatten(instance: MeasuredInstance) -> Any:
    """Σ_i s_i(P²)^{2/3} for square P."""
    return _cube(instance.arithmetic, instance.net.end_to_end)


@quantity("mean_schatten", r"|\tfrac14(P+P^T)^2|_{2/3}^{2/3}")
def mean_schatten(instance: MeasuredInstance) -> Any:
    """The same for the mean of P and Pᵀ (a control)."""
    ar, P = instance.arithmetic, instance.net.end_to_end
    if P.shape[-2] != P.shape[-1]:
        raise Undefined("the mean of a map and its transpose is that of a square one")
    return _cube(ar, ar.scale(ar.scalar(Fraction(1, 2)), P + P.mT))


q, q_mean, p_1, p_2, p_3 = symbols(square_schatten, mean_schatten, pair_one, pair_two, pair_three)
two_bound = Formula("two_bound", r"4|A_L^{1/2}PA_R^{1/2}|_*", 4 * nuclear)
separable_bound = Formula(
    "separable_bound", r"2L\tau^{2/L-1}|A_L^{1/2}PA_R^{1/2}|_*^{2-2/L}",
    2 * L * tau ** (2 / L - 1) * nuclear ** (2 - 2 / L),
)  # fmt: skip
one_bound = Formula("one_bound", r"6|P^2|_{2/3}^{2/3}", 6 * q)
separable = Assumption(
    "separable", _is_separable,
    r"\tau\operatorname{mean}_i\operatorname{vec}A_i(\operatorname{vec}A_i)^T = A_L\otimes A_R",
)  # fmt: skip

# --- claims and proofs --------------------------------------------------------------------------

_CLOSE = sp.Rational(10**7 + 1, 10**7)
_SMALL = Bounds((2, 3), (1, 2))
_TWO = Bounds((2, 2), (1, 2))

form = stated(
    "form", "the trace of the Hessian, layer by layer",
    linear_measurements, sp.Eq(trace_hessian, formed), bounds=_SMALL,
    sizes=((2, 2, 1, 2, 1), (2, 1, 2, 1, 2), (3, 1, 1, 2, 1, 2)),
)  # fmt: skip
halves = stated(
    "halves", "two layers: what is seen before and after",
    linear_measurements, sp.Eq(trace_hessian, 2 * (x + y)), bounds=_TWO,
    sizes=((2, 2, 1, 2, 1), (2, 1, 2, 1, 2)), check=True,
)  # fmt: skip
two_pair = stated(
    "two_pair", "two layers carry at least their product",
    linear_measurements, x * y >= nuclear**2, cites=(HORN,), bounds=_TWO, check=True,
)  # fmt: skip


@claim(linear_measurements, trace_hessian >= two_bound, given=(halves, two_pair), bounds=_TWO)
def two(halves: Claim, two_pair: Claim, two_bound: Any) -> Iterator[Step]:
    """Two layers: no factorisation has less trace."""
    mean = rules.scaled(rules.am_gm((1, x), (1, y)), 2)
    root = rules.scaled(rules.raised(rules.given(two_pair), sp.Rational(1, 2)), 4)
    chain = rules.transitive(rules.given(halves), mean, root)
    yield rules.rewritten(chain, trace_hessian, two_bound)


two_attained = stated(
    "two_attained", "two layers, measured diagonally: equality",
    diagonal_measurements, sp.Eq(trace_hessian, two_bound), bounds=_TWO,
    sizes=((1, 1),),
)  # fmt: skip
layers = stated(
    "layers", "separable measurements: a product in each layer",
    separable_measurements, sp.Eq(tau * trace_hessian, 2 * total), separable, bounds=_SMALL,
    sizes=((2, 1, 1, 2, 1, 2), (3, 1, 1, 1, 1, 1, 2)), check=True,
)  # fmt: skip
ends = stated(
    "ends", "the ends of the path",
    separable_measurements, sp.Eq(both_ends, tau**2), separable, bounds=_SMALL,
    sizes=((2, 1, 1, 2, 1, 2), (2, 2, 1, 2, 1, 1)), check=True,
)  # fmt: skip
pairs = stated(
    "pairs", "neighbours carry at least the product",
    separable_measurements, least >= nuclear**2, separable, cites=(HORN,), bounds=_SMALL,
    check=True,
)  # fmt: skip


@claim(
    separable_measurements, trace_hessian >= separable_bound, separable,
    given=(layers, ends, pairs), bounds=_SMALL, name="separable",
)  # fmt: skip
def lower(layers: Claim, ends: Claim, pairs: Claim, separable_bound: Any) -> Iterator[Step]:
    """Separable measurements: no factorisation has less trace, at any depth."""
    bound = path_bound(
        measured_after, measured_before, energy=seen_total, ends=seen_ends, least=seen_pair,
        pairs=rules.given(pairs),
    )  # fmt: skip
    from_ends = rules.scaled(rules.substituted(bound, rules.given(ends)), 2)
    chain = rules.transitive(rules.given(layers), from_ends)
    yield rules.rewritten(rules.scaled(chain, 1 / tau), trace_hessian, separable_bound)


attained = stated(
    "attained", "separable measurements: equality up to $10^{-7}$",
    separable_attaining, trace_hessian <= _CLOSE * separable_bound, separable, bounds=_SMALL,
)  # fmt: skip
exact = stated(
    "exact", "multiples of rotations: equality",
    turned_measurements, sp.Eq(trace_hessian, separable_bound), separable, bounds=_SMALL,
)  # fmt: skip
thirds = stated(
    "thirds", "three layers, $A = I$: three products of two layers",
    trace_measurement, sp.Eq(trace_hessian, 2 * (p_1 + p_2 + p_3)), bounds=_SMALL,
    sizes=((1, 1, 1), (1, 2, 2), (2, 1, 2), (2, 2, 1)), check=True,
)  # fmt: skip
triple = stated(
    "triple", "the three products carry at least $P²$",
    trace_measurement, p_1 * p_2 * p_3 >= q**3, cites=(HORN,), bounds=_SMALL, check=True,
)  # fmt: skip


@claim(trace_measurement, trace_hessian >= one_bound, given=(thirds, triple), bounds=_SMALL)
def one(thirds: Claim, triple: Claim, one_bound: Any) -> Iterator[Step]:
    """One measurement, three layers: no factorisation has less trace."""
    mean = rules.scaled(rules.am_gm((1, p_1), (1, p_2), (1, p_3)), 2)
    root = rules.scaled(rules.raised(rules.given(triple), sp.Rational(1, 3)), 6)
    chain = rules.transitive(rules.given(thirds), mean, root)
    yield rules.rewritten(chain, trace_hessian, one_bound)


one_attained = stated(
    "one_attained", "common singular values, from a basis to itself: equality",
    trace_measurement_attaining, sp.Eq(trace_hessian, one_bound), bounds=_SMALL, sizes=((1,),),
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------


def _crossed() -> MeasuredInstance:
    """e_1e_2ᵀ and e_2e_1ᵀ, layers 2e_1ᵀ, 1/4, 2e_1: tr H = 1/2, the formula is 6 · 2^{-4/3}."""
    layers = [[[2, 0]], [[Fraction(1, 4)]], [[2], [0]]]
    return MeasuredInstance.exact(layers, [[[0, 1], [0, 0]], [[0, 0], [1, 0]]], [0, 0])


def _nilpotent() -> MeasuredInstance:
    """A = I, layers 2e_2ᵀ, 1/4, 2e_1: P = e_1e_2ᵀ, tr H = 1, less than 6 · 2^{-1/3}."""
    layers = [[[0, 2]], [[Fraction(1, 4)]], [[2], [0]]]
    return MeasuredInstance.exact(layers, [[[1, 0], [0, 1]]], [0])


_twins = (
    twin("any_measurements", "the bound of separable measurements for any, at $L = 3$",
         linear_measurements,
         trace_hessian >= 2 * L * tau ** (2 / L - 1) * nuclear ** (2 - 2 / L),
         bounds=Bounds((3, 3), (1, 2)), known=lambda: [_crossed()]),
    twin("quasi_convex", "quasi-convex in $P$: the mean of $P$ and $Pᵀ$ needs no more trace",
         trace_measurement, trace_hessian >= 6 * q_mean, bounds=_SMALL,
         known=lambda: [_nilpotent()]),
    twin("frobenius", "the Frobenius norm for the nuclear norm",
         diagonal_measurements, trace_hessian <= 4 * fro, bounds=_TWO),
    twin("six_for_four", "6 for 4 at depth 2",
         linear_measurements, trace_hessian >= 6 * nuclear, bounds=_TWO),
)  # fmt: skip

THEOREM = Theorem(
    id="N13",
    title="The least trace of the Hessian for linear measurements of a product",
    normalisation="$R = mean_i (⟨A_i, P⟩ - y_i)²$, no factor 1/2; $|X|_*$ the nuclear norm",
    source=Source("ding2022flat", "depth 2; the rest re-derived here, abstracts only read"),
    claims=(
        form, halves, two_pair, two, two_attained, layers, ends, pairs, lower, attained, exact,
        thirds, triple, one, one_attained,
    ),
    controls=_twins,
    witnesses=(
        witness("two_measurements", two, "two measurements that are not separable",
                lambda: MeasuredInstance.exact(
                    [[[1, 2], [0, 1]], [[1, 1], [1, 0]]], [[[1, 0], [0, 2]], [[0, 1], [1, 1]]],
                    [1, 0])),
        witness("one_product", lower, "one measurement $fgᵀ$, three layers",
                lambda: MeasuredInstance.exact(
                    [[[1, 2]], [[1]], [[1], [1]]], [[[1, 2], [1, 2]]], [0])),
        witness("shift", one, "three layers with $P² ≠ 0$",
                lambda: MeasuredInstance.exact(
                    [[[1, 1], [0, 1]], [[1, 0], [1, 1]], [[2, 0], [0, 1]]],
                    [[[1, 0], [0, 1]]], [0])),
    ),
    necessity=(
        needed(separable, lower, "$e_1e_2ᵀ$ and $e_2e_1ᵀ$, three layers: $1/2 < 2.4$", _crossed),
    ),
    module=__name__,
)  # fmt: skip
