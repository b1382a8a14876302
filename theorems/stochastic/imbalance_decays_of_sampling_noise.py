r"""Sampling noise moves the norms of two layers by a known law, and draws numbers together.

Statement
    Let the loss $\ell_s$ of a sample $s$ be a function of the products $u_iw_j$ alone, with the
    derivative $A_s = ∂\ell_s/∂(uwᵀ)$, and let a batch have the gradients $g_u$ and $g_w$.

    A step of gradient descent on any batch, with any step size $η > 0$, leaves exactly

        |u⁺|² - |w⁺|² = |u|² - |w|² + η² (|g_u|² - |g_w|²),                         [discrete]

    for numbers $u$ and $w$, where $s = ∂\ell/∂(uw)$ on the batch, $(1 - η²s²)(u² - w²)$.  [scalars]
    If the batch is one sample drawn at random, the mean of the change is

        η² (wᵀ E[AᵀA] w - uᵀ E[AAᵀ] u).                                             [single]

    Let $dθ = -∇L dt + √(TC) dW$ (Itô) be the continuous model, $C$ the covariance of the samples'
    gradients, and $C_1 = E[AAᵀ] - E[A]E[A]ᵀ$, $C_2 = E[AᵀA] - E[A]ᵀE[A]$.

    Its generator takes $|u|² - |w|²$ to $-T(uᵀC_1u - wᵀC_2w)$,                      [drift]
    and its noise does not move $|u|² - |w|²$ at all,                                [noiseless]
    so that this is $d(|u|² - |w|²)/dt$ on every path; for numbers it is $-T Var(s)(u² - w²)$.
    [scalar_drift]

Notation
    $L = E\ell$ is the mean over the samples, and so is every $E$; norms are Euclidean.
    $|u|² - |w|²$ (``norm_gap``), after a step (``norm_gap_after``), $T$ (``temperature``), $η$
    (``step_size``).

Assumptions
    None: any $u$, $w$, samples and step size.

Proof
    By the chain rule $g_u = Aw$ and $g_w = Aᵀu$, where $A$ is the mean of $A_s$ over the batch.
    Hence for each sample and each batch

        u·g_u = uᵀAw = w·g_w.

    The term of first order of $|u - ηg_u|² - |w - ηg_w|²$ is $-2η(u·g_u - w·g_w) = 0$; what stays
    is of second order.  For numbers $g_u = sw$ and $g_w = su$.  For one sample $|g_u|² = wᵀAᵀAw$
    and $|g_w|² = uᵀAAᵀu$; the means are those above.

    With $f = |u|² - |w|²$ one has $∇f = 2(u, -w)$, so that $∇f·∇L = 0$, and the generator leaves
    $½T tr(C∇²f) = T(tr C_{uu} - tr C_{ww})$, where $tr C_{uu} = E|Aw|² - |E[A]w|² = wᵀC_2w$ and
    $tr C_{ww} = uᵀC_1u$.  The noise moves $f$ by $√T ∇f·C^{1/2}dW$, whose variance is
    $T ∇fᵀC∇f$: the variance over the samples of $2(u·g_u - w·g_w) = 0$.

Sharpness
    Identities.  They say that norms come together for numbers only: vectors of equal norms may part
    (control).  In the discrete law second moments are not centred, in the continuous one they are
    (control): a step adds the full gradient's own $η² (|∇_uL|² - |∇_wL|²)$.

Implementation notes
    Samples are $\ell_s = (uᵀM_sw - y_s)²$ with any $M_s$ and $y_s$, whose $A_s$ may be any matrix;
    nothing else of $\ell$ enters.  Gradients are differences of values of the loss, which is
    quadratic in $u$ and in $w$, so that they are exact and use no formula of the proof.  That SGD
    follows the continuous model is not claimed.  The source was read in abstract; the discrete law
    and the constants are derived here.

References
----------
    ziyin2023law (the law of balance, for the continuous model)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from theorems.instances import ExactInstance, Rows
from theorems.quantities import compared, symbols
from theorems.recipes import Draw, setting
from theorems.stepped import step_size
from theorems.stochastic.quantities import temperature
from verify.errors import Undefined
from verify.theorem import (
    Assumption,
    Bounds,
    Formula,
    Measurement,
    Source,
    Theorem,
    TrainedSolution,
    Training,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "ProductInstance"]

# --- two factors and the samples that see their products ----------------------------------------


@dataclass(frozen=True, eq=False)
class ProductInstance(ExactInstance):
    """Columns u and w, and samples with the losses (uᵀM_s w - y_s)².

    Parameters
    ----------
    u, w
        Of shapes (p, 1) and (q, 1).
    inputs, labels
        M_s of shape (p, q) and the scalars y_s.
    step_size, temperature
        η > 0 and T > 0, scalars.
    """

    u: Any
    w: Any
    inputs: tuple[Any, ...]
    labels: tuple[Any, ...]
    step_size: Any
    temperature: Any

    @classmethod
    def exact(
        cls,
        u: Sequence[int | Fraction],
        w: Sequence[int | Fraction],
        inputs: Sequence[Rows],
        labels: Sequence[int | Fraction],
        step: int | Fraction = Fraction(1, 8),
        temperature: int | Fraction = 1,
    ) -> Self:
        """Return the exact instance with these rational entries."""
        ar = Rational()
        columns = [ar.matrix([[x] for x in side]) for side in (u, w)]
        samples = tuple(map(ar.matrix, inputs)), tuple(map(ar.scalar, labels))
        return cls(ar, *columns, *samples, ar.scalar(step), ar.scalar(temperature))

    def loss(self, sample: int, u: Any, w: Any) -> Any:
        """(uᵀMw - y)² of one sample."""
        error = self.arithmetic.entry(u.mT @ self.inputs[sample] @ w, 0, 0) - self.labels[sample]
        return error * error

    @property
    def slopes(self) -> list[tuple[Any, Any]]:
        """(g_u, g_w) of each sample, from values of its loss, which is quadratic in u and in w."""
        u, w = self.u, self.w
        return [
            (
                self._slope(lambda v, s=s: self.loss(s, v, w), u),
                self._slope(lambda v, s=s: self.loss(s, u, v), w),
            )
            for s in range(len(self.labels))
        ]

    def _slope(self, function: Any, at: Any) -> Any:
        """The gradient of a quadratic function of a column, by differences of step 1."""
        ar, n = self.arithmetic, at.shape[-2]
        units = [ar.matrix([[int(i == j)] for i in range(n)]) for j in range(n)]
        terms = [ar.scale((function(at + e) - function(at - e)) / 2, e) for e in units]
        return sum(terms[1:], start=terms[0])

    @property
    def derivatives(self) -> list[Any]:
        """A_s = 2(uᵀM_s w - y_s) M_s of each sample."""
        ar = self.arithmetic
        errors = [
            ar.entry(self.u.mT @ M @ self.w, 0, 0) - y
            for M, y in zip(self.inputs, self.labels, strict=True)
        ]
        return [ar.scale(2 * r, M) for r, M in zip(errors, self.inputs, strict=True)]

    def mean(self, values: Sequence[Any]) -> Any:
        """The mean of scalars over the samples."""
        share = self.arithmetic.scalar(Fraction(1, len(values)))
        return share * sum(values[1:], start=values[0])

    def mean_matrix(self, values: Sequence[Any]) -> Any:
        """The mean of matrices over the samples."""
        share = self.arithmetic.scalar(Fraction(1, len(values)))
        return self.arithmetic.scale(share, sum(values[1:], start=values[0]))


def _drawn(draw: Draw, p: int, q: int) -> ProductInstance:
    n = draw.integer(1, 3)
    return ProductInstance(
        draw.arithmetic, draw.matrix(p, 1), draw.matrix(q, 1),
        tuple(draw.matrix(p, q) for _ in range(n)), tuple(draw.numbers(n)),
        draw.number(1, 3) / 8, draw.number(1, 2),
    )  # fmt: skip


@setting(
    "products", "any vectors u and w, samples (uᵀM_s w - y_s)², any step size, any T", load=None
)
def products(draw: Draw) -> ProductInstance:
    """Two vectors and one to three samples that see their products."""
    return _drawn(draw, draw.width(), draw.width())


@setting("scalar-products", "any numbers u and w, samples (m_s u w - y_s)², any step size, any T",
         load=None)  # fmt: skip
def scalar_products(draw: Draw) -> ProductInstance:
    """Two numbers and one to three samples that see their product."""
    return _drawn(draw, 1, 1)


# --- quantities ---------------------------------------------------------------------------------


def _sq(instance: ProductInstance, x: Any) -> Any:
    return instance.arithmetic.frobenius_sq(x)


def _form(instance: ProductInstance, x: Any, A: Any) -> Any:
    return instance.arithmetic.entry(x.mT @ A @ x, 0, 0)


def _stepped(instance: ProductInstance, u_slope: Any, w_slope: Any) -> Any:
    """|u⁺|² - |w⁺|²."""
    ar, eta = instance.arithmetic, instance.step_size
    u, w = instance.u - ar.scale(eta, u_slope), instance.w - ar.scale(eta, w_slope)
    return _sq(instance, u) - _sq(instance, w)


def _batch(instance: ProductInstance) -> tuple[Any, Any]:
    """The gradients of the mean loss of all samples."""
    us, ws = zip(*instance.slopes, strict=True)
    return instance.mean_matrix(us), instance.mean_matrix(ws)


@quantity("norm_gap", r"\bigl(|u|^2-|w|^2\bigr)", positive=False)
def norm_gap(instance: ProductInstance) -> Any:
    """|u|² - |w|²."""
    return _sq(instance, instance.u) - _sq(instance, instance.w)


@quantity("norm_gap_after", "|u^+|^2-|w^+|^2", positive=False)
def norm_gap_after(instance: ProductInstance) -> Any:
    """|u|² - |w|² after a step of gradient descent on the batch of all samples."""
    return _stepped(instance, *_batch(instance))


@quantity("norm_gap_mean", r"\mathbb{E}\bigl[|u^+|^2-|w^+|^2\bigr]", positive=False)
def norm_gap_mean(instance: ProductInstance) -> Any:
    """|u|² - |w|² after a step on one sample, the mean over the sample."""
    return instance.mean([_stepped(instance, *pair) for pair in instance.slopes])


@quantity("slope_difference", "|g_u|^2-|g_w|^2", positive=False)
def slope_difference(instance: ProductInstance) -> Any:
    """|g_u|² - |g_w|² on the batch of all samples."""
    g_u, g_w = _batch(instance)
    return _sq(instance, g_u) - _sq(instance, g_w)


@compared(
    "chain_gap", r"\delta(g)", r"g_u = A_sw,\quad g_w = A_s^Tu\quad\text{for every sample}",
)  # fmt: skip
def chain_gap(instance: ProductInstance) -> tuple[list[Any], list[Any]]:
    """The samples' gradients, from values of the loss, against A_s w and A_sᵀ u."""
    found = [g for pair in instance.slopes for g in pair]
    return found, [x for A in instance.derivatives for x in (A @ instance.w, A.mT @ instance.u)]


@quantity("moment_u", r"u^T\mathbb{E}[AA^T]u", positive=False)
def moment_u(instance: ProductInstance) -> Any:
    """uᵀ E[AAᵀ] u, the second moment not centred."""
    return _form(
        instance, instance.u, instance.mean_matrix([A @ A.mT for A in instance.derivatives])
    )


@quantity("moment_w", r"w^T\mathbb{E}[A^TA]w", positive=False)
def moment_w(instance: ProductInstance) -> Any:
    """wᵀ E[AᵀA] w, the second moment not centred."""
    return _form(
        instance, instance.w, instance.mean_matrix([A.mT @ A for A in instance.derivatives])
    )


@quantity("noise_u", "u^TC_1u", positive=False)
def noise_u(instance: ProductInstance) -> Any:
    """uᵀC_1u, C_1 = E[AAᵀ] - E[A]E[A]ᵀ."""
    A = instance.mean_matrix(instance.derivatives)
    return moment_u.measure(instance) - _form(instance, instance.u, A @ A.mT)


@quantity("noise_w", "w^TC_2w", positive=False)
def noise_w(instance: ProductInstance) -> Any:
    """wᵀC_2w, C_2 = E[AᵀA] - E[A]ᵀE[A]."""
    A = instance.mean_matrix(instance.derivatives)
    return moment_w.measure(instance) - _form(instance, instance.w, A.mT @ A)


@quantity("generated_drift", r"\mathcal{L}(|u|^2-|w|^2)", positive=False)
def generated_drift(instance: ProductInstance) -> Any:
    """-∇f·∇L + ½T tr(C∇²f) for f = |u|² - |w|², C the covariance of the samples' gradients."""
    ar, (G_u, G_w) = instance.arithmetic, _batch(instance)
    along = 2 * (ar.trace(instance.u.mT @ G_u) - ar.trace(instance.w.mT @ G_w))
    spread = instance.mean([_sq(instance, g - G_u) - _sq(instance, h - G_w)
                            for g, h in instance.slopes])  # fmt: skip
    return instance.temperature * spread - along


@quantity("path_noise", r"\nabla f^TC\nabla f", positive=False)
def path_noise(instance: ProductInstance) -> Any:
    """∇fᵀC∇f for f = |u|² - |w|²: the variance over the samples of ∇f·∇ℓ_s."""
    ar = instance.arithmetic
    rates = [2 * (ar.trace(instance.u.mT @ g) - ar.trace(instance.w.mT @ h))
             for g, h in instance.slopes]  # fmt: skip
    centre = instance.mean(rates)
    return instance.mean([rate * rate for rate in rates]) - centre * centre


def _products_slopes(instance: ProductInstance) -> list[Any]:
    """∂ℓ_s/∂(uw) of each sample, for numbers u and w."""
    if instance.inputs[0].shape[-2:] != (1, 1):
        raise Undefined("u and w are numbers here")
    return [instance.arithmetic.entry(A, 0, 0) for A in instance.derivatives]


@quantity("product_slope", "s", positive=False)
def product_slope(instance: ProductInstance) -> Any:
    """∂ℓ/∂(uw) on the batch of all samples, for numbers u and w."""
    return instance.mean(_products_slopes(instance))


@quantity("product_slope_variance", r"\operatorname{Var}(s)")
def product_slope_variance(instance: ProductInstance) -> Any:
    """Variance over the samples of ∂ℓ_s/∂(uw), for numbers u and w."""
    slopes = _products_slopes(instance)
    centre = instance.mean(slopes)
    return instance.mean([s * s for s in slopes]) - centre * centre


gap, after, mean_after, slopes, chained, eta, T = symbols(
    norm_gap, norm_gap_after, norm_gap_mean, slope_difference, chain_gap, step_size, temperature
)
m_u, m_w, c_u, c_w, drifted, noise, s, var = symbols(
    moment_u, moment_w, noise_u, noise_w, generated_drift, path_noise, product_slope,
    product_slope_variance,
)  # fmt: skip
stepped_gap = Formula("stepped_gap", r"|u|^2-|w|^2+\eta^2(|g_u|^2-|g_w|^2)", gap + eta**2 * slopes)
single_gap = Formula(
    "single_gap", r"|u|^2-|w|^2+\eta^2(w^T\mathbb{E}[A^TA]w-u^T\mathbb{E}[AA^T]u)",
    gap + eta**2 * (m_w - m_u),
)  # fmt: skip
contracted_gap = Formula("contracted_gap", r"(1-\eta^2s^2)(u^2-w^2)", (1 - eta**2 * s**2) * gap)
balance_drift = Formula("balance_drift", "-T(u^TC_1u-w^TC_2w)", -T * (c_u - c_w))
scalar_rate = Formula("scalar_rate", r"-T\operatorname{Var}(s)(u^2-w^2)", -T * var * gap)

# --- claims -------------------------------------------------------------------------------------

_SIZES = ((1, 1, 2), (2, 1, 2), (1, 2, 2), (2, 2, 2), (3, 1, 3), (2, 3, 1))
"""Entries of u and of w, samples."""
_ONE = ((1,), (2,), (3,))
_USUAL, _NUMBERS = Bounds((1, 1), (1, 3)), Bounds((1, 1), (1, 1))

chain = stated(
    "chain", "the samples' gradients are $A_sw$ and $A_sᵀu$",
    products, sp.Eq(chained, 0), bounds=_USUAL, sizes=_SIZES, check=True,
)  # fmt: skip
discrete = stated(
    "discrete", "the exact change under a step on any batch",
    products, sp.Eq(after, stepped_gap), bounds=_USUAL, sizes=_SIZES, formal=True,
)  # fmt: skip
scalars = stated(
    "scalars", "for numbers a step multiplies $u² - w²$",
    scalar_products, sp.Eq(after, contracted_gap), bounds=_NUMBERS, sizes=_ONE, formal=True,
)  # fmt: skip
single = stated(
    "single", "the mean over a batch of one sample",
    products, sp.Eq(mean_after, single_gap), bounds=_USUAL, sizes=_SIZES, formal=True,
)  # fmt: skip
drift = stated(
    "drift", "what the generator of the continuous model makes of it",
    products, sp.Eq(drifted, balance_drift), bounds=_USUAL, sizes=_SIZES, formal=True,
)  # fmt: skip
noiseless = stated(
    "noiseless", "the noise moves along the level sets of $|u|² - |w|²$",
    products, sp.Eq(noise, 0), bounds=_USUAL, sizes=_SIZES, formal=True,
)  # fmt: skip
scalar_drift = stated(
    "scalar_drift", "for numbers it decays at the rate of the slope's variance",
    scalar_products, sp.Eq(drifted, scalar_rate), bounds=_NUMBERS, sizes=_ONE, formal=True,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------

_balanced = Assumption("balanced", sp.Eq(gap, 0))


def _leaving() -> ProductInstance:
    """ℓ = (w(u_1 + 2u_2))² at u = (1, 0), w = 1: |g_u|² - |g_w|² = 20 - 4."""
    return ProductInstance.exact([1, 0], [1], [[[1], [2]]], [0])


_twins = (
    twin("norms_stay_balanced", "vectors of equal norms keep equal norms",
         products, sp.Eq(after, 0), _balanced, bounds=_USUAL, known=lambda: [_leaving()]),
    twin("sign", "the opposite sign of $T$",
         products, sp.Eq(drifted, T * (c_u - c_w)), bounds=_USUAL),
    twin("half", "$T/2$ for $T$",
         products, sp.Eq(drifted, -T * (c_u - c_w) / 2), bounds=_USUAL),
    twin("centred", "centred moments in the discrete law",
         products, sp.Eq(mean_after, gap + eta**2 * (c_w - c_u)), bounds=_USUAL),
    twin("uncentred", "moments that are not centred in the continuous law",
         products, sp.Eq(drifted, T * (m_w - m_u)), bounds=_USUAL),
    twin("first_order", "$η$ for $η²$ in the factor",
         scalar_products, sp.Eq(after, (1 - eta * s**2) * gap), bounds=_NUMBERS),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------

_STEPS, _RATE = 400, 0.125
_ROUNDING = 2.0**-50
"""What a step of SGD in floats changes u² - w² by at most, over u² + w²: eight roundings."""


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """SGD on two samples that disagree: u² - w² shrinks by the factors of the steps, to nothing.

    Allowed: in every step the rounding of u and w, relative to u² + w², carried on by factors that
    are at most 1.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        x, y = np.array([1.0, 1.0]), np.array([1.5, -0.5])
        u, w = 1.0 + rng.random(), 0.25 * rng.random()
        first = u * u - w * w
        predicted, rounding, steps = first, 0.0, 0
        while abs(predicted) >= 0.01 * first and steps < _STEPS:
            i = int(rng.integers(2))
            slope = 2 * (u * w * x[i] - y[i]) * x[i]
            factor = 1 - (_RATE * slope) ** 2
            predicted *= factor
            rounding = abs(factor) * rounding + _ROUNDING * (u * u + w * w)
            u, w = u - _RATE * slope * w, w - _RATE * slope * u
            steps += 1
        measured = u * u - w * w
        instance = ProductInstance.exact(
            [Fraction(u)], [Fraction(w)], [[[1]], [[1]]], [Fraction(3, 2), Fraction(-1, 2)],
            Fraction(_RATE),
        )  # fmt: skip
        yield TrainedSolution(
            f"run {run}, {steps} steps", instance, Fraction(0),
            (
                Measurement("the product of the factors", predicted, measured,
                            (rounding + _ROUNDING * (u * u + w * w)) / abs(predicted)),
                Measurement("a hundredth of the first gap", 0.01 * first, abs(measured), 0.0, "<="),
            ),
        )  # fmt: skip


THEOREM = Theorem(
    id="N7",
    title="Sampling noise moves the norms of two layers by a known law, and draws numbers together",
    normalisation="any loss of the products $u_iw_j$; here $(uᵀM_sw - y_s)²$, no factor 1/2, and "
    "its mean over the samples; the noise of $dθ = -∇L dt + √(TC) dW$ is Itô's",
    source=Source(
        "ziyin2023law", "the law of balance; re-derived here, only the abstract was read"
    ),
    claims=(discrete, scalars, single, drift, noiseless, scalar_drift, chain),
    controls=_twins,
    witnesses=(
        witness("leaving", discrete, "equal norms that a step makes unequal by $16η²$", _leaving),
        witness("numbers", scalar_drift, "two samples that disagree, $u = 2$, $w = 1$",
                lambda: ProductInstance.exact([2], [1], [[[1]], [[1]]], [1, -1])),
    ),
    trainings=(
        Training("trained", "stochastic gradient descent on two samples that disagree", _train,
                 (discrete, scalars, scalar_drift)),
    ),
    module=__name__,
)  # fmt: skip
