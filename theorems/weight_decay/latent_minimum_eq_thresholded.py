r"""A linear latent variable model collapses mode by mode.

Statement
    Let $F(U, V) = |UVᵀ - Z|² + tr(USUᵀ) + c|V|²$ with $d_1$ latent variables, $c > 0$,
    $S = diag(s_1², ..., s_{d_1}²)$ and $0 < s_1 ≤ s_2 ≤ ...$, which is how they are numbered, and
    let $ζ_1 ≥ ζ_2 ≥ ...$ be the singular values of $Z$.  Then

        F(U, V) ≥ |Z|² - Σ_{i ≤ d_1} (ζ_i - √c s_i)_+²,                             [lower]

    with equality for some $U$ and $V$ [attained]: mode $i$ is alive if and only if
    $ζ_i > √c s_i$.

    Let the variances be learned too, $s_j = ητ_j$ in any order, at the cost of their divergence
    from the prior: with $c = κ²/η²$,

        G(U, V, τ) = F(U, V) + κ² Σ_j (τ_j² - 1 - \ln τ_j²).

    Then all modes collapse if and only if $ζ_1 ≤ κ$: if so, $G ≥ |Z|²$, the value at $U = V = 0$,
    $τ = 1$ [collapse]; if not, $G < |Z|²$ somewhere, where $τ_i = κ/ζ_i$ for the modes with
    $ζ_i > κ$ [alive].  In general

        G ≥ |Z|² - κ² Σ_{i ≤ d_1, ζ_i > κ} (ζ_i²/κ² - 1 - \ln(ζ_i²/κ²)),                [evidence]

    which is attained there: without the logarithms, with $τ_i²ζ_i²/κ² = 1$,
    $F + κ² Σ_j (τ_j² - 1) = |Z|² - κ² Σ_{ζ_i > κ} (ζ_i²/κ² - 1)$.             [evidence_attained]

Notation
    For data with $A = E[xxᵀ]$ and $Z = E[yxᵀ]A^{-1/2}$, a decoder $U$, an encoder of mean
    $VᵀA^{-1/2}x$ and variances $s_j²$, a prior of variance $η²$, an output noise $η_dec²$ and the
    factor $β$ of the divergence, $2η_dec²$ times the loss is $G$ up to a constant, with
    $κ² = βη_dec²$.  $F$ is ``latent_loss``, $G$ ``evidence_loss``, $|Z|²$ ``latent_target_sq``.

Assumptions
    weak    $ζ_1 ≤ κ$: collapse.  Without it the minimum is lower.
    strong  $ζ_1 > κ$: life.  Without it the optimum is the collapse.

Proof
    Let $u_j$, $v_j$ be the columns and $P = UVᵀ$, $σ_1 ≥ σ_2 ≥ ...$ its singular values; $P$ has
    rank at most $d_1$.  By AM-GM the last two terms of $F$ are at least $2√c Σ_j s_j|u_j||v_j|$.
    The first $m$ of the $u_jv_jᵀ$ make up a matrix of rank $m$, so that what is left of $P$ has
    nuclear norm at least $Σ_{j>m} σ_j$: $Σ_{j>m} |u_j||v_j| ≥ Σ_{j>m} σ_j$ for every $m$, and by
    summation by parts, as $s_j$ increases, $Σ_j s_j|u_j||v_j| ≥ Σ_j s_jσ_j$.  With Mirsky's
    inequality $|P - Z|² ≥ Σ_i (σ_i - ζ_i)²$,

        F ≥ Σ_i (σ_i - ζ_i)² + 2√c Σ_{i ≤ d_1} s_iσ_i,

    and each mode is at least $ζ_i² - (ζ_i - √c s_i)_+²$.   [lower]
    Equality: along the singular vectors of $Z$ take $|u_i||v_i| = (ζ_i - √c s_i)_+$ and
    $s_i|u_i| = √c|v_i|$.   [attained]

    Learned variances: with $√c s = κτ$ each mode costs
    $-(ζ - κτ)_+² + κ²(τ² - 1 - \ln τ²)$.  Where $κτ < ζ$ this is
    $-ζ² + 2ζκτ - κ² - κ²\ln τ²$, least at $τ = κ/ζ$, which is there if and only if $ζ > κ$: its
    value is then $-κ²(x - 1 - \ln x)$ with $x = ζ²/κ²$, and otherwise the least is 0, at $τ = 1$.
    The $τ_i$ found increase as the $ζ_i$ decrease, so no order is lost.
    [evidence, evidence_attained, collapse, alive]

Sharpness
    Attained.  With the $s_i$ in any other order the formula is refuted, as is the threshold
    $ζ_1 ≤ 2κ$, and that there is no collapse.

Implementation notes
    $Z = Q diag(ζ) Rᵀ$ is built from its singular values; $c$ enters as its root.  Logarithms are
    enclosed in balls.

References
----------
    wang2022posterior (introduction and abstract read; re-derived here, the order of $S$ included);
    mirsky1960symmetric
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from numeric.training import dyadic
from theorems.instances import ExactInstance, Rows
from theorems.lemmas import MIRSKY
from theorems.quantities import symbols
from theorems.recipes import Draw, diagonal, setting
from verify.theorem import (
    Assumption,
    Bounds,
    Formula,
    Measurement,
    Source,
    Theorem,
    TrainedSolution,
    Training,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "LatentInstance"]

# --- models ---------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class LatentInstance(ExactInstance):
    """A decoder and an encoder, what they are to reproduce, and what they pay.

    Parameters
    ----------
    decoder, encoder
        U of shape (d_y, d_1) and V of shape (d_x, d_1).
    target, gains
        Z of shape (d_y, d_x) and its singular values, the largest first.
    noise
        s_1, ..., s_{d_1} > 0.
    root_decay, prior
        √c > 0 and η > 0; κ = η√c.
    """

    decoder: Any
    encoder: Any
    target: Any
    gains: tuple[Any, ...]
    noise: tuple[Any, ...]
    root_decay: Any
    prior: Any

    @classmethod
    def exact(
        cls, decoder: Rows, encoder: Rows, gains: Any, noise: Any, root_decay: Any, prior: Any = 1
    ) -> LatentInstance:
        """Return the exact instance whose Z is diag(gains)."""
        ar = Rational()
        U, V = ar.matrix(decoder), ar.matrix(encoder)
        scalars = [tuple(map(ar.scalar, numbers)) for numbers in (gains, noise)]
        Z = diagonal(ar, [*scalars[0]], U.shape[-2], V.shape[-2])
        return cls(ar, U, V, Z, *scalars, ar.scalar(root_decay), ar.scalar(prior))

    @property
    def kappa(self) -> Any:
        """Return κ = η√c."""
        return self.prior * self.root_decay

    @property
    def ratios_sq(self) -> list[Any]:
        """Return the τ_j² = s_j²/η²."""
        return [s * s / (self.prior * self.prior) for s in self.noise]


def _turned(draw: Draw, gains: list[Any], rows: int, columns: int) -> tuple[Any, Any, Any]:
    """Z = Q diag(ζ) Rᵀ with Q and R."""
    Q, R = draw.rotations([rows, columns])
    return Q @ diagonal(draw.arithmetic, gains, rows, columns) @ R.mT, Q, R


def _falling(draw: Draw, count: int) -> list[Any]:
    """Numbers that do not increase, >= 0."""
    steps = draw.numbers(count, 0, 2)
    return [sum(steps[i + 1 :], start=steps[i]) for i in range(count)]


def _rising(draw: Draw, count: int) -> list[Any]:
    """Numbers > 0 that do not decrease."""
    low = [draw.number(0, 2) + draw.arithmetic.scalar(Fraction(1, 8))]
    for step in draw.numbers(count - 1, 0, 1):
        low.append(low[-1] + step)
    return low


def _any_model(draw: Draw, noise: list[Any]) -> LatentInstance:
    rows, columns = draw.widths(2)
    gains = _falling(draw, min(rows, columns))
    Z, _, _ = _turned(draw, gains, rows, columns)
    U, V = (draw.matrix(d, len(noise)) for d in (rows, columns))
    root, prior = (draw.number(1, 3) / 4 for _ in range(2))
    return LatentInstance(draw.arithmetic, U, V, Z, tuple(gains), tuple(noise), root, prior)


@setting("latent-models", "any U and V, Z = Q diag(ζ) Rᵀ, s increasing, any √c and η",
         special=("latent-optima",))  # fmt: skip
def latent_models(draw: Draw) -> LatentInstance:
    """Arbitrary decoders and encoders."""
    return _any_model(draw, _rising(draw, draw.width()))


@setting("latent-models-unsorted", "the same with s decreasing")
def latent_models_unsorted(draw: Draw) -> LatentInstance:
    """The noise numbered the other way."""
    return _any_model(draw, _rising(draw, draw.width())[::-1])


@setting("evidence-models", "any U, V and variances, in any order",
         special=("evidence-optima",))  # fmt: skip
def evidence_models(draw: Draw) -> LatentInstance:
    """Arbitrary decoders, encoders and variances."""
    noise = [x + draw.arithmetic.scalar(Fraction(1, 8)) for x in draw.numbers(draw.width(), 0, 2)]
    return _any_model(draw, noise)


def _sized(draw: Draw) -> tuple[int, int, int, int]:
    """Outputs, inputs, latent variables and modes alive."""
    rows, columns, latent = draw.widths(3)
    return rows, columns, latent, draw.integer(0, min(rows, columns, latent))


def _along(
    draw: Draw, sizes: tuple[int, int, int, int], gains: list[Any], factors: Any, rest: Any
) -> LatentInstance:
    """The model along the singular vectors of Z, factors (|u_i|, |v_i|) of the modes alive."""
    rows, columns, latent, _ = sizes
    ar, (noise, root, prior) = draw.arithmetic, rest
    Z, Q, R = _turned(draw, gains, rows, columns)
    U = Q @ diagonal(ar, [u for u, _ in factors], rows, latent)
    V = R @ diagonal(ar, [v for _, v in factors], columns, latent)
    return LatentInstance(ar, U, V, Z, tuple(gains), tuple(noise), root, prior)


@setting(
    "latent-optima",
    "ζ_i = √c s_i(1 + e_i²), |u_i| = √c e_i, |v_i| = s_i e_i for the modes alive, the others dead",
    exists=True,
)
def latent_optima(draw: Draw) -> LatentInstance:
    """Minima, with e_i = (e_{i+1} + 1) s_{i+1}/s_i, so that the ζ_i decrease."""
    ar, sizes = draw.arithmetic, _sized(draw)
    rows, columns, latent, count = sizes
    noise, root = _rising(draw, latent), draw.number(1, 3) / 4
    e = [draw.number(0, 1)] if count else []
    for i in range(count - 2, -1, -1):
        e.insert(0, (e[0] + 1) * noise[i + 1] / noise[i])
    gains = [root * s * (1 + x * x) for s, x in zip(noise, e, strict=False)]
    below = draw.numbers(min(rows, columns) - count, 0, 1)
    for share in below:
        last = root * noise[0] if len(gains) == count else gains[-1]
        gains.append(share * last)
    factors = [(root * x, s * x) for s, x in zip(noise, e, strict=False)]
    return _along(draw, sizes, gains, factors, (noise, root, ar.scalar(1)))


@setting(
    "evidence-optima",
    "ζ_i = κ(q_i + 1/q_i)/2, s_i = ηκ/ζ_i, |u_i|² = (ζ_i² - κ²)/η², |v_i| = η²|u_i|/ζ_i",
    exists=True,
)
def evidence_optima(draw: Draw) -> LatentInstance:
    """Minima with learned variances; dead modes have s = η."""
    ar, sizes = draw.arithmetic, _sized(draw)
    rows, columns, latent, count = sizes
    root, prior = (draw.number(1, 3) / 4 for _ in range(2))
    kappa, above, q = root * prior, [], ar.scalar(0)  # q - 1
    for step in draw.numbers(count, 1, 2):
        q = q + step / 2
        above.insert(0, q)
    gains = [kappa * (1 + t * t / (2 * (1 + t))) for t in above]
    noise = [prior * kappa / z for z in gains] + [prior] * (latent - count)
    sizes_u = [root * t * (t + 2) / (2 * (1 + t)) for t in above]
    factors = [(u, prior * prior * u / z) for u, z in zip(sizes_u, gains, strict=True)]
    for share in draw.numbers(min(rows, columns) - count, 0, 1):
        gains.append(share * (kappa if len(gains) == count else gains[-1]))
    return _along(draw, sizes, gains, factors, (noise, root, prior))


# --- quantities -----------------------------------------------------------------------------------


@quantity("latent_loss", "F(U, V)")
def latent_loss(instance: LatentInstance) -> Any:
    """F(U, V) = |UVᵀ - Z|² + tr(USUᵀ) + c|V|²."""
    ar, U, V, k = instance.arithmetic, instance.decoder, instance.encoder, instance.root_decay
    scaled = U @ diagonal(ar, [*instance.noise], len(instance.noise), len(instance.noise))
    fit = ar.frobenius_sq(U @ V.mT - instance.target)
    return fit + ar.frobenius_sq(scaled) + k * k * ar.frobenius_sq(V)


@quantity("latent_target_sq", "|Z|^2")
def latent_target_sq(instance: LatentInstance) -> Any:
    """|Z|², the loss of a collapsed model."""
    return instance.arithmetic.frobenius_sq(instance.target)


@quantity("latent_saved", r"\textstyle\sum_{i\le d_1}(\zeta_i-\sqrt c\,s_i)_+^2")
def latent_saved(instance: LatentInstance) -> Any:
    """Σ_i (ζ_i - √c s_i)₊² over as many modes as there are latent variables."""
    ar, k = instance.arithmetic, instance.root_decay
    total = ar.scalar(0)
    for z, s in zip(instance.gains, instance.noise, strict=False):
        part = ar.maximum(ar.scalar(0), z - k * s)
        total = total + part * part
    return total


@quantity("evidence_loss", r"G(U, V, \tau)", positive=False)
def evidence_loss(instance: LatentInstance) -> Any:
    """G = F + κ² Σ_j (τ_j² - 1 - ln τ_j²)."""
    ar = instance.arithmetic
    logs = [ar.log(x) for x in instance.ratios_sq]
    volume = sum(logs[1:], start=logs[0])
    return evidence_rational.measure(instance) - instance.kappa * instance.kappa * volume


@quantity("evidence_rational", r"F + \kappa^2\textstyle\sum_j(\tau_j^2-1)", positive=False)
def evidence_rational(instance: LatentInstance) -> Any:
    """F + κ² Σ_j (τ_j² - 1)."""
    ratios, kappa = instance.ratios_sq, instance.kappa
    total = sum(ratios[1:], start=ratios[0]) - len(ratios)
    return latent_loss.measure(instance) + kappa * kappa * total


def _excesses(instance: LatentInstance) -> list[Any]:
    """(ζ_i²/κ² - 1)₊ over as many modes as there are latent variables."""
    ar, kappa = instance.arithmetic, instance.kappa
    modes = instance.gains[: len(instance.noise)]
    above = [(ar.maximum(ar.scalar(0), z - kappa), z + kappa) for z in modes]
    return [x * y / (kappa * kappa) for x, y in above]


@quantity("evidence_excess", r"\textstyle\sum_{\zeta_i>\kappa}(\zeta_i^2/\kappa^2-1)")
def evidence_excess(instance: LatentInstance) -> Any:
    """Σ (ζ_i²/κ² - 1) over the modes with ζ_i > κ, i <= d_1."""
    found = _excesses(instance)
    return sum(found[1:], start=found[0])


@quantity("evidence_volume", r"\textstyle\sum_{\zeta_i>\kappa}\ln(\zeta_i^2/\kappa^2)")
def evidence_volume(instance: LatentInstance) -> Any:
    """Σ ln(ζ_i²/κ²) over the modes with ζ_i > κ, i <= d_1."""
    ar = instance.arithmetic
    logs = [ar.log(ar.scalar(1) + x) for x in _excesses(instance)]
    return sum(logs[1:], start=logs[0])


@quantity("top_gain", r"\zeta_1")
def top_gain(instance: LatentInstance) -> Any:
    """Largest singular value ζ_1 of Z."""
    return instance.gains[0]


@quantity("evidence_threshold", r"\kappa")
def evidence_threshold(instance: LatentInstance) -> Any:
    """κ = η√c, the root of βη_dec²."""
    return instance.kappa


F, Z_sq, saved, G, rational, excess, volume, zeta, kappa = symbols(
    latent_loss, latent_target_sq, latent_saved, evidence_loss, evidence_rational,
    evidence_excess, evidence_volume, top_gain, evidence_threshold,
)  # fmt: skip
latent_minimum = Formula(
    "latent_minimum", r"|Z|^2-\textstyle\sum_{i\le d_1}(\zeta_i-\sqrt c\,s_i)_+^2", Z_sq - saved
)
evidence_minimum = Formula(
    "evidence_minimum",
    r"|Z|^2-\kappa^2\textstyle\sum_{\zeta_i>\kappa}"
    r"(\zeta_i^2/\kappa^2-1-\ln(\zeta_i^2/\kappa^2))",
    Z_sq - kappa**2 * (excess - volume),
)
evidence_value = Formula(
    "evidence_value", r"|Z|^2-\kappa^2\textstyle\sum_{\zeta_i>\kappa}(\zeta_i^2/\kappa^2-1)",
    Z_sq - kappa**2 * excess,
)  # fmt: skip
weak = Assumption("weak", zeta <= kappa)
strong = Assumption("strong", zeta > kappa)

# --- claims and proofs --------------------------------------------------------------------------

_ONE = Bounds((2, 2), (1, 3))
lower = stated(
    "lower", "no decoder and encoder do better",
    latent_models, F >= latent_minimum, cites=(MIRSKY,), bounds=_ONE,
)  # fmt: skip
attained = stated(
    "attained", "some do as well",
    latent_optima, sp.Eq(F, latent_minimum), bounds=_ONE,
    sizes=((1, 1, 1, 1), (2, 1, 2, 1), (2, 2, 1, 1)),
)  # fmt: skip
evidence = stated(
    "evidence", "learned variances do no better than this",
    evidence_models, G >= evidence_minimum, given=(lower,), bounds=_ONE,
)  # fmt: skip
evidence_attained = stated(
    "evidence_attained", "and do as well, logarithms apart",
    evidence_optima, sp.Eq(rational, evidence_value), bounds=_ONE,
    sizes=((1, 1, 1, 1), (2, 1, 2, 1), (2, 2, 1, 1)),
)  # fmt: skip
evidence_close = stated(
    "evidence_close", "and with them, as closely as this",
    evidence_optima, G <= evidence_minimum + kappa**2 / 1000, bounds=_ONE, check=True,
)  # fmt: skip
evidence_above = stated(
    "evidence_above", "from both sides",
    evidence_optima, G >= evidence_minimum - kappa**2 / 1000, bounds=_ONE, check=True,
)  # fmt: skip
collapse = stated(
    "collapse", "if the largest gain is at most the threshold, collapse is best",
    evidence_models, G >= Z_sq, weak, given=(evidence,), bounds=_ONE,
)  # fmt: skip
alive = stated(
    "alive", "if it is larger, it is not",
    evidence_optima, G < Z_sq, strong, bounds=_ONE,
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------

_RATE, _STEPS = 0.03125, 12000


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Gradient descent on F from random decoders and encoders, one mode of three collapsed.

    Near a minimum of least curvature m the loss is off by |∇F|²/(2m).  Descent stops with
    |∇F| < 1e-9, so that 1e-9 is allowed for any m above 1e-9.
    """
    rng = np.random.default_rng(seed)
    noise, gains, root = np.array([0.5, 0.75, 1.0]), np.array([3.0, 2.0, 0.5]), 0.75
    for run in range(runs):
        U, V = 0.5 * rng.standard_normal((2, 3, 3))
        for _ in range(_STEPS):
            E = U @ V.T - np.diag(gains)
            dU, dV = 2 * (E @ V + U * noise**2), 2 * (E.T @ U + root**2 * V)
            if np.sqrt(np.sum(dU * dU) + np.sum(dV * dV)) < 1e-9:
                break
            U, V = U - _RATE * dU, V - _RATE * dV
        else:
            continue
        E = U @ V.T - np.diag(gains)
        reached = float(np.sum(E * E) + np.sum((U * noise) ** 2) + root**2 * np.sum(V * V))
        least = float(np.sum(gains**2) - np.sum(np.maximum(gains - root * noise, 0) ** 2))
        yield TrainedSolution(
            f"run {run}",
            LatentInstance.exact(
                dyadic(U), dyadic(V), map(Fraction, gains), map(Fraction, noise), Fraction(root)
            ),
            Fraction(0),
            (Measurement("least loss", least, reached, 1e-9),),
        )


# --- the theorem --------------------------------------------------------------------------------


def _sorted_otherwise() -> LatentInstance:
    """Z = diag(3, 2), s = (2, 1), √c = 1/2: the larger mode on the quieter latent variable."""
    u, v = Fraction(11, 10), Fraction(9, 4)
    half = Fraction(1, 2)
    return LatentInstance.exact([[0, u], [half, 0]], [[0, v], [2, 0]], (3, 2), (2, 1), half)


def _scalar(u: int, v: int, gain: int, noise: Any, root: Any = 1) -> LatentInstance:
    """One latent variable, one input, one output, η = 1."""
    return LatentInstance.exact([[u]], [[v]], (gain,), (noise,), root)


def _lively() -> LatentInstance:
    """ζ = 5/3 with κ = η = 1: τ = 3/5, u = 4/3, v = 4/5."""
    return LatentInstance.exact(
        [[Fraction(4, 3)]], [[Fraction(4, 5)]], (Fraction(5, 3),), (Fraction(3, 5),), 1
    )


def _one_of_two() -> LatentInstance:
    """The same with another mode of that size, for which there is no latent variable."""
    third = Fraction(5, 3)
    return LatentInstance.exact(
        [[Fraction(4, 3)], [0]], [[Fraction(4, 5)], [0]], (third, third), (Fraction(3, 5),), 1
    )


THEOREM = Theorem(
    id="N9",
    title="A linear latent variable model collapses mode by mode",
    normalisation="$F = |UVᵀ - Z|² + tr(USUᵀ) + c|V|²$, no factor 1/2; "
    "the evidence bound is $G/(2η_dec²)$",
    source=Source(
        "wang2022posterior", "the global minimum and the threshold; re-derived here"
    ),
    claims=(lower, attained, evidence, evidence_attained, evidence_close, evidence_above, collapse,
            alive),
    controls=(
        twin("unsorted", "the same with the noise in any order",
             latent_models_unsorted, F >= latent_minimum, bounds=_ONE,
             known=lambda: [_sorted_otherwise()]),
        twin("twice_the_threshold", "collapse if $ζ_1 ≤ 2κ$",
             evidence_models, G >= Z_sq, Assumption("twice", zeta <= 2 * kappa), bounds=_ONE,
             known=lambda: [_lively()]),
        twin("no_collapse", "the minimum is below $|Z|²$ by $ζ_1²/100$ at least",
             latent_optima, F <= Z_sq - zeta**2 / 100, bounds=_ONE,
             known=lambda: [_scalar(0, 0, 1, 2)]),
    ),
    witnesses=(
        witness("half", attained, "$Z = 2$, $s = c = 1$: $u = v = 1$, $F = 3 = 4 - 1$",
                lambda: _scalar(1, 1, 2, 1)),
        witness("lively", alive, "$ζ = 5/3$, $κ = η = 1$, $τ = 3/5$", _lively),
        witness("one_of_two", evidence_attained, "two modes $5/3$, one latent variable: one lives",
                _one_of_two),
        witness("collapsed", collapse, "$ζ = κ = 1$, $U = V = 0$, $τ = 1$: the tie",
                lambda: _scalar(0, 0, 1, 1)),
    ),
    necessity=(
        needed(weak, collapse, "$ζ = 5/3$, $κ = 1$: $G < |Z|²$", _lively),
        needed(strong, alive, "$ζ = κ = 1$: $G = |Z|²$", lambda: _scalar(0, 0, 1, 1)),
    ),
    trainings=(
        Training("trained", "gradient descent on decoder and encoder", _train, (lower,)),
    ),
    module=__name__,
)  # fmt: skip
