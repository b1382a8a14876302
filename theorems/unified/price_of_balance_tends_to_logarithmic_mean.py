r"""As the depth grows the price of balance tends to a quotient with a logarithmic mean.

Statement
    Let the layers be balanced with $P = T$, $σ = |T|_2$, $K = Σ^{1/2}$, $Λ = λ_max(Σ)$, and let
    $Φ(x) = (σ² - x)/ln(σ²/x)$ with $Φ(0) = 0$ and $Φ(σ²) = σ²$, the logarithmic mean of $σ²$ and
    $x$.  At every depth

        2L λ_max(KΦ(TᵀT)K) ≤ σ^{2/L} S ≤ 2L λ_max(KΦ(TᵀT)K) + 2σ²Λ,          [below, above]
        σ^{2/L} S_min ≥ 2L|TK|_2²,                                           [flat_below]
        S_min ≤ 2LΛ^{1/L} |TK|_2^{2-2/L}.                                    [flat_above]

    So $S/S_min$ tends to $ρ = λ_max(KΦ(TᵀT)K)/|TK|_2²$ as $L → ∞$ with $T$ and $Σ$ fixed:

        ρ (|TK|_2²/(σ²Λ))^{1/L} ≤ S/S_min ≤ ρ + σ²Λ/(L|TK|_2²).           [price_below, price_above]

    The limit is at least 1, and for invertible $T$ it is 1 only if a top right singular vector $v$
    of $T$ is an eigenvector of $Σ$, $Σv = μv$.   [least, paid]
    Then, with $Φ_v$ and $Λ_v$ for the part of $Φ(TᵀT)$ and $Σ$ beside $v$, balanced layers are
    flattest, $S = S_min = 2Lμσ^{2-2/L}$, as soon as $λ_max(KΦ_vK) + σ²Λ_v/L ≤ σ²μ$, and

        σ^{2/L} S ≥ 2L λ_max(KΦ_vK),                                          [beside]

    so that $σ²μ ≥ λ_max(KΦ_vK)$ is necessary for the limit 1.   [free, free_least, beside]
    On the worst data of U6 for the limit, $ρ = (κ-1)/ln κ$ up to $10^{-7}$.   [worst, worst_above]

Notation
    $S$ is ``sharpness``, $S_min$ ``minimal_sharpness``, $λ_max(KΦ(TᵀT)K)$ ``log_mean_top``,
    $λ_max(KΦ_vK)$ ``log_mean_beside``, $Λ_v$ ``data_beside``, $μ$ ``data_along``, $κ$ the condition
    number of $Σ$.  $v$ is a simple top right singular vector.

Assumptions
    minimizer  $P = T$, part of the settings.
    nonzero    $T ≠ 0$: $σ$ is divided by; the settings have it.
    deep       $λ_max(KΦ_vK) + σ²Λ_v/L ≤ σ²μ$.  Without it, $Σ = diag(1, 4)$ and two layers
               $diag(2, 1)$ have $S = 40$, not 16.

Proof
    By U6, $S = 2λ_max(KMK)$ with $M = Σ_k σ^{2(L-k)/L}(TᵀT)^{(k-1)/L}$, a function of $TᵀT$: with
    $x = σ²(1+t)^{-L}$, $t > 0$, its value is

        m(x) = σ^{-2/L} σ² Σ_{j<L} (1+t)^{-j} = σ^{-2/L} σ² (1 - (1+t)^{-L}) (1+t)/t,

    a sum of Riemann for $Lσ^{-2/L}∫_0^1 σ^{2-2s}x^s ds = Lσ^{-2/L}Φ(x)$, where
    $Φ(x) = σ²(1 - (1+t)^{-L})/(L ln(1+t))$.  From $t/(1+t) ≤ ln(1+t) ≤ t$,

        L Φ(x) ≤ σ^{2/L} m(x) ≤ L Φ(x) + σ² - x.

    Functions of $TᵀT$ keep this order, and so does $λ_max(K·K)$.   [below, above]
    $S_min = 2L max |Kz|^{2/L}|TKz|^{2-2/L}$ over unit $z$ (U1) is at most
    $2LΛ^{1/L}|TK|_2^{2-2/L}$, and at least its value where $|TKz| = |TK|_2$, as
    $|Kz| ≥ |TK|_2/σ$.   [flat_below, flat_above]

    $Φ(x) ≥ x$ on $[0, σ²]$, with equality only at 0 and $σ²$.  Let $z$ be a top unit eigenvector of
    $KTᵀTK$.  If $λ_max(KΦ(TᵀT)K) = |TK|_2²$, then $z·K(Φ(TᵀT) - TᵀT)Kz = 0$, so that for invertible
    $T$ the vector $Kz$ is a top right singular vector of $T$, and
    $|TK|_2² z = KTᵀTKz = σ²Σz$ makes $z$, which is parallel to it, an eigenvector of $Σ$.   [paid]

    If $Σv = μv$, the matrix $KMK$ has $v$ as an eigenvector with the eigenvalue $Lμσ^{2-2/L}$, and
    beside $v$ the bounds above hold with $Φ_v$ and $Λ_v$.  $z = v$ in $S_min$ gives
    $S_min ≥ 2Lμσ^{2-2/L}$.   [free, free_least, beside]

Sharpness
    Between the arithmetic mean $(σ² + x)/2$ and the geometric $σx^{1/2}$, which both fail for $Φ$
    (controls).  Where $λ_max(KΦ_vK) < σ²μ$ balance has no price from a finite depth on (N23.free).

Implementation notes
    Instances carry the right singular vectors of their layers and the singular values; logarithms
    are enclosed in balls.  No limit is taken: all that is checked are bounds at each depth.

References
----------
    certimin2026
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from numeric.arithmetic.rational import Rational
from theorems.assumptions import minimizer
from theorems.flat_minima.paths import nonzero
from theorems.instances import Instance, Rows
from theorems.quantities import (
    condition,
    data_max,
    depth,
    minimal_sharpness,
    sharpness,
    symbols,
    target_norm,
    target_on_data,
)
from theorems.recipes import Draw, diagonal, setting, shifted_block
from theorems.unified import balanced_sharpness_le_price as U6
from theorems.unified import minimal_sharpness_between_closed_forms as U2
from verify.derivation import rules
from verify.errors import Undefined
from verify.theorem import (
    Assumption,
    Bounds,
    Claim,
    Condition,
    Formula,
    Identity,
    Source,
    Step,
    Theorem,
    claim,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- balanced layers with known singular values ---------------------------------------------------


@dataclass(frozen=True, eq=False)
class SpectralInstance(Instance):
    """Balanced layers W_k = Q_k diag(g) Q_{k-1}ᵀ with what they are made of.

    Parameters
    ----------
    axes
        Q_0, of shape (d_x, d_x).
    gains
        g_1 > g_2, g_3, ... > 0; other singular values vanish.
    """

    axes: Any
    gains: tuple[Any, ...]

    def function(self, of: Callable[[Any, Any], Any], *, beside: bool = False) -> Any:
        """Return the function of TᵀT that is ``of(g_1, g_i)`` at g_i^{2L}, 0 at 0, σ² at g_1.

        With ``beside`` it is 0 at g_1.
        """
        ar, first, L = self.arithmetic, self.gains[0], self.net.depth
        top = ar.scalar(0) if beside else ar.power(first, Fraction(2 * L))
        values = [top, *(of(first, gain) for gain in self.gains[1:])]
        d = self.axes.shape[-1]
        return self.axes @ diagonal(ar, values, d, d) @ self.axes.mT

    def top(self, of: Callable[[Any, Any], Any], *, beside: bool = False) -> Any:
        """Return λ_max(K f(TᵀT) K) for that function f."""
        return self.arithmetic.eig_max(self.function(of, beside=beside), self.sigma)

    def log_mean(self, first: Any, gain: Any) -> Any:
        """Return (g_1^{2L} - g^{2L})/(2L ln(g_1/g))."""
        ar, power = self.arithmetic, Fraction(2 * self.net.depth)
        apart = ar.power(first, power) - ar.power(gain, power)
        return apart / (2 * self.net.depth * ar.log(first / gain))

    @property
    def along(self) -> Any:
        """Return v, the first column of the axes."""
        d = self.axes.shape[-1]
        return self.axes @ self.arithmetic.matrix([[int(i == 0)] for i in range(d)])


def _gains(draw: Draw, rank: int) -> list[Any]:
    """g_1 in 1..2 and g_i = g_1/(1 + r_i) with 1/16 <= r_i <= 3."""
    ar, first = draw.arithmetic, draw.number(1, 2)
    least = ar.scalar(Fraction(1, 16))
    return [first, *(first / (1 + least + r) for r in draw.numbers(rank - 1, 0, 2))]


def _spectral(
    draw: Draw, shape: Sequence[int], gains: Sequence[Any], spectrum: Any
) -> SpectralInstance:
    """The instance with Σ = Q_0 ``spectrum`` Q_0ᵀ."""
    ar, pairs = draw.arithmetic, itertools.pairwise(shape)
    cores = [diagonal(ar, list(gains), rows, columns) for columns, rows in pairs]
    layers, turns = draw.rotated(cores)
    plain = draw.instance(layers, turns[0] @ spectrum @ turns[0].mT)
    return SpectralInstance.beside(plain, axes=turns[0], gains=tuple(gains))


def _written(gains: Sequence[Any], count: int, sigma: Rows) -> SpectralInstance:
    """Layers diag(gains), as many as ``count``, exact."""
    ar, d = Rational(), len(gains)
    layer = [[Fraction(g) if i == j else 0 for j in range(d)] for i, g in enumerate(gains)]
    plain = Instance.of_minimizer([layer] * count, sigma)
    known = tuple(ar.scalar(Fraction(g)) for g in gains)
    return SpectralInstance.beside(plain, axes=ar.identity(d), gains=known)


@setting(
    "spectral-balanced-minimizers",
    "W_k = Q_k diag(g) Q_{k-1}ᵀ with a simple largest g_1, any Σ, target T = P",
)
def spectral_balanced(draw: Draw) -> SpectralInstance:
    """Balanced layers with known singular values, on any data."""
    shape = draw.shape()
    gains = _gains(draw, draw.integer(1, min(shape)))
    return _spectral(draw, shape, gains, draw.covariance(shape[0]))


@setting(
    "shared-vector-minimizers",
    "the same layers, Σ = Q_0 diag(μ, R Rᵀ) Q_0ᵀ: v is an eigenvector of Σ",
)
def shared_vector(draw: Draw) -> SpectralInstance:
    """Balanced layers whose top right singular vector is an eigenvector of the data."""
    ar, shape = draw.arithmetic, draw.shape()
    if draw.bounds.width[1] < 2:
        raise Undefined("two inputs or more are expected")
    shape[0] = max(2, shape[0])
    gains, own = _gains(draw, draw.integer(1, min(shape))), draw.number(1, 3)
    rest = shifted_block(ar, draw.covariance(shape[0] - 1), shape[0], shape[0])
    spectrum = diagonal(ar, [own], shape[0], shape[0]) + rest
    return _spectral(draw, shape, gains, spectrum)


@setting(
    "twisted-minimizers",
    "the same layers, square and invertible, Σ = Q_0 F Fᵀ Q_0ᵀ with F lower triangular, 1 on its "
    "diagonal and 1 to 2 in the rest of its first column: v is no eigenvector of Σ",
)
def twisted(draw: Draw) -> SpectralInstance:
    """Balanced layers whose top right singular vector is no eigenvector of the data."""
    ar, count, d = draw.arithmetic, draw.depth(), draw.width()
    if d == 1:
        raise Undefined("two inputs or more are expected")
    F = ar.identity(d)
    for i in range(1, d):
        unit = ar.matrix([[int((r, c) == (i, 0)) for c in range(d)] for r in range(d)])
        F = F + ar.scale(draw.number(1, 2), unit)
    return _spectral(draw, [d] * (count + 1), _gains(draw, d), F @ F.mT)


@setting(
    "worst-in-the-limit",
    "W_k = Q_k diag(1, 1/b) Q_{k-1}ᵀ, Σ = Q_0 diag(1, b^{2L}) Q_0ᵀ with 9/8 <= b <= 17/8",
    exists=True,
)
def worst_in_the_limit(draw: Draw) -> SpectralInstance:
    """The balanced layers of two outputs where balance costs most in the limit."""
    ar, count = draw.arithmetic, draw.depth()
    b = draw.number(1, 2) + ar.scalar(Fraction(1, 8))
    spectrum = diagonal(ar, [ar.scalar(1), ar.power(b, Fraction(2 * count))], 2, 2)
    return _spectral(draw, [2] * (count + 1), [ar.scalar(1), 1 / b], spectrum)


# --- quantities -----------------------------------------------------------------------------------


@quantity("log_mean_top", r"\lambda_{\max}(K\Phi(T^TT)K)")
def log_mean_top(instance: SpectralInstance) -> Any:
    """λ_max(KΦ(TᵀT)K), Φ(x) = (σ² - x)/ln(σ²/x)."""
    return instance.top(instance.log_mean)


@quantity("log_mean_beside", r"\lambda_{\max}(K\Phi_vK)")
def log_mean_beside(instance: SpectralInstance) -> Any:
    """λ_max(KΦ_vK), Φ_v = Φ(TᵀT) - σ²vvᵀ."""
    return instance.top(instance.log_mean, beside=True)


@quantity("arithmetic_mean_top", r"\lambda_{\max}(K\tfrac12(\sigma^2+T^TT)K)")
def arithmetic_mean_top(instance: SpectralInstance) -> Any:
    """λ_max(K f K), f(x) = (σ² + x)/2 where x > 0 (a control)."""
    ar, power = instance.arithmetic, Fraction(2 * instance.net.depth)
    return instance.top(lambda first, gain: (ar.power(first, power) + ar.power(gain, power)) / 2)


@quantity("geometric_mean_top", r"\lambda_{\max}(K\sigma(T^TT)^{1/2}K)")
def geometric_mean_top(instance: SpectralInstance) -> Any:
    """λ_max(Kσ(TᵀT)^{1/2}K) (a control)."""
    ar, power = instance.arithmetic, Fraction(instance.net.depth)
    return instance.top(lambda first, gain: ar.power(first * gain, power))


@quantity("data_along", r"\mu")
def data_along(instance: SpectralInstance) -> Any:
    """μ = v·Σv."""
    v = instance.along
    return instance.arithmetic.entry(v.mT @ instance.sigma @ v, 0, 0)


@quantity("data_beside", r"\Lambda_v")
def data_beside(instance: SpectralInstance) -> Any:
    """Λ_v, the largest eigenvalue of K(I - vvᵀ)K: that of Σ beside its eigenvector v."""
    ar, v = instance.arithmetic, instance.along
    return ar.eig_max(ar.identity(v.shape[-2]) - v @ v.mT, instance.sigma)


S, S_min, L, sigma, top, image, kappa = symbols(
    sharpness, minimal_sharpness, depth, target_norm, data_max, target_on_data, condition
)
phi, phi_v, mu, top_v, arithmetic, geometric = symbols(
    log_mean_top, log_mean_beside, data_along, data_beside, arithmetic_mean_top, geometric_mean_top
)
limit_floor = Formula("limit_floor", r"2L\lambda_{\max}(K\Phi(T^TT)K)", 2 * L * phi)
limit_ceiling = Formula(
    "limit_ceiling", r"2L\lambda_{\max}(K\Phi(T^TT)K)+2\sigma^2\Lambda",
    2 * L * phi + 2 * sigma**2 * top,
)  # fmt: skip
flat_ceiling = Formula(
    "flat_ceiling", r"2L\Lambda^{1/L}|TK|_2^{2-2/L}", 2 * L * top ** (1 / L) * image ** (2 - 2 / L)
)
shared_value = Formula("shared_value", r"2L\mu\sigma^{2-2/L}", 2 * L * mu * sigma ** (2 - 2 / L))
unit = sigma ** (2 / L)
deep = Assumption("deep", phi_v + sigma**2 * top_v / L <= sigma**2 * mu)

# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((2, 4), (1, 2))
_PAIRS = Bounds((2, 4), (2, 2))
t = sp.Symbol("t", positive=True)  # x = σ²(1+t)^{-L}
n = sp.Symbol("n", integer=True, positive=True)  # L
_j = sp.Symbol("j", integer=True, nonnegative=True)
_TERMS = 2 * sigma**2 * sp.Sum((1 + t) ** -_j, (_j, 0, n - 1))
_MEAN = sigma**2 * (1 - (1 + t) ** -n) / (n * sp.log(1 + t))
_AT = {"L": n}


@claim(spectral_balanced, unit * S >= limit_floor, minimizer, given=(U6.value,), bounds=_SMALL)
def below(limit_floor: Any) -> Iterator[Step]:
    """At least the logarithmic mean, at every depth.

    In the direction of one singular vector, where the data are 1; ln(1+t) >= t/(1+t) by slopes.
    """
    found = limit_floor.subs({phi: _MEAN, L: n})
    yield Identity(
        "against the logarithmic mean", found * sp.log(1 + t), _TERMS * t / (1 + t), at=_AT,
        why="$2LΦ(x)$ and $2σ^{2/L}m(x)$, a geometric sum",
    )  # fmt: skip
    slope = sp.together(sp.diff(sp.log(1 + t) - t / (1 + t), t))
    yield Condition("t/(1+t) is less than the logarithm", slope, ">", why="both vanish at 0")


@claim(spectral_balanced, unit * S <= limit_ceiling, minimizer, given=(U6.value,), bounds=_SMALL)
def above(limit_ceiling: Any) -> Iterator[Step]:
    """At most that and $2σ²Λ$, at every depth.

    In the direction of one singular vector, where the data are 1; t >= ln(1+t) by slopes.
    """
    found = limit_ceiling.subs({phi: _MEAN, top: 1, L: n})
    yield Identity(
        "against the logarithmic mean", (found - 2 * sigma**2) * sp.log(1 + t),
        _TERMS * t / (1 + t), at=_AT, why="$2LΦ(x)$, once $2σ²$ is taken off",
    )  # fmt: skip
    yield Identity(
        "all but the first term", _TERMS - 2 * sigma**2 * (1 - (1 + t) ** -n), _TERMS / (1 + t),
        at=_AT, why="a sum of Riemann from the right",
    )  # fmt: skip
    slope = sp.together(sp.diff(t - sp.log(1 + t), t))
    yield Condition("the logarithm is less than t", slope, ">", why="both vanish at 0")


flat_below = stated(
    "flat_below", "the least sharpness from below",
    spectral_balanced, unit * S_min >= 2 * L * image**2, bounds=_SMALL,
)  # fmt: skip


@claim(spectral_balanced, S_min <= flat_ceiling, given=(U2.outputs,), bounds=_SMALL)
def flat_above(outputs: Claim, flat_ceiling: Any) -> Iterator[Step]:
    """The least sharpness from above."""
    yield rules.rewritten(rules.given(outputs), S_min, flat_ceiling)


@claim(
    spectral_balanced, top ** (1 / L) * image ** (2 - 2 / L) * unit * S >= phi * S_min, minimizer,
    given=(below, flat_above), bounds=_SMALL,
)  # fmt: skip
def price_below(below: Claim, flat_above: Claim) -> Iterator[Step]:
    """The price from below."""
    factor = top ** (1 / L) * image ** (2 - 2 / L)
    balanced = rules.scaled(rules.given(below), factor)
    yield rules.transitive(balanced, rules.scaled(rules.given(flat_above), phi))


@claim(
    spectral_balanced, (phi + sigma**2 * top / L) * S_min >= image**2 * S, minimizer, nonzero,
    given=(above, flat_below), bounds=_SMALL,
)  # fmt: skip
def price_above(above: Claim, flat_below: Claim) -> Iterator[Step]:
    """The price from above."""
    flattest = rules.scaled(rules.given(flat_below), phi + sigma**2 * top / L)
    balanced = rules.scaled(rules.given(above), image**2)
    positive = rules.raised(rules.assumed(nonzero), 2 / L)
    chain = rules.cancelled(rules.transitive(flattest, balanced), positive)
    yield rules.rewritten(chain, (phi + sigma**2 * top / L) * S_min, image**2 * S)


least = stated(
    "least", "the limit of the price is at least 1",
    spectral_balanced, phi >= image**2, bounds=_SMALL,
)  # fmt: skip
paid = stated(
    "paid", "it is more where $v$ is no eigenvector of $Σ$",
    twisted, phi > image**2, bounds=Bounds((2, 4), (2, 3)),
)  # fmt: skip
parts = stated(
    "parts", "the data along $v$ and beside it",
    shared_vector, sp.Eq(top, sp.Max(mu, top_v)), bounds=_PAIRS, check=True,
)  # fmt: skip
free = stated(
    "free", "no price where $v$ is one, and the network is deep enough",
    shared_vector, sp.Eq(S, shared_value), minimizer, deep, bounds=_PAIRS,
)  # fmt: skip
free_least = stated(
    "free_least", "the least sharpness where $v$ is one",
    shared_vector, S_min >= shared_value, bounds=_PAIRS,
)  # fmt: skip
beside = stated(
    "beside", "what the data beside $v$ cost",
    shared_vector, unit * S >= 2 * L * phi_v, minimizer, bounds=_PAIRS,
)  # fmt: skip
worst = stated(
    "worst", "the limit of the worst price",
    worst_in_the_limit,
    phi >= sp.Rational(10**7 - 1, 10**7) * (kappa - 1) / sp.log(kappa) * image**2, bounds=_PAIRS,
)  # fmt: skip
worst_above = stated(
    "worst_above", "and no more",
    worst_in_the_limit,
    phi <= sp.Rational(10**7 + 1, 10**7) * (kappa - 1) / sp.log(kappa) * image**2, bounds=_PAIRS,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------


def _worst(count: int, b: Fraction) -> SpectralInstance:
    return _written([1, 1 / b], count, [[1, 0], [0, b ** (2 * count)]])


def _costly() -> list[SpectralInstance]:
    """Ten layers diag(1, 4/5), Σ = diag(1, (5/4)^20): far from 1, the price of the limit is 19."""
    return [_worst(10, Fraction(5, 4))]


_twins = (
    twin("perfect", "the price tends to 1, as for one output",
         spectral_balanced, unit * S <= 2 * L * image**2 + 2 * sigma**2 * top, bounds=_SMALL,
         known=_costly),
    twin("arithmetic_mean", "the arithmetic mean of $σ²$ and $x$ for the logarithmic one",
         spectral_balanced, unit * S >= 2 * L * arithmetic, bounds=_SMALL, known=_costly),
    twin("geometric_mean", "the geometric mean of $σ²$ and $x$ for the logarithmic one",
         spectral_balanced, unit * S <= 2 * L * geometric + 2 * sigma**2 * top, bounds=_SMALL,
         known=_costly),
    twin("shared_suffices", "a shared vector suffices, at any depth",
         shared_vector, S <= 2 * L * mu * sigma ** (2 - 2 / L), bounds=_PAIRS),
)  # fmt: skip

THEOREM = Theorem(
    id="N23",
    title="As the depth grows the price of balance tends to a quotient with a logarithmic mean",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $K = Σ^{1/2}$, $|X|_2$ spectral",
    source=Source("certimin2026", "the limit of the price of balance"),
    claims=(
        below, above, flat_below, flat_above, price_below, price_above, least, paid, parts, free,
        free_least, beside, worst, worst_above,
    ),
    controls=_twins,
    witnesses=(
        witness("depth_ten", below, "ten layers $diag(1, 4/5)$, $Σ = diag(1, (5/4)^{20})$",
                lambda: _costly()[0]),
        witness("deep_enough", free, "two layers $diag(2, 1)$, $Σ = diag(2, 1)$",
                lambda: _written([2, 1], 2, [[2, 0], [0, 1]])),
    ),
    necessity=(
        needed(deep, free, "two layers $diag(2, 1)$, $Σ = diag(1, 4)$: $S = 40 > 16$",
               lambda: _written([2, 1], 2, [[1, 0], [0, 4]])),
    ),
    module=__name__,
)  # fmt: skip
