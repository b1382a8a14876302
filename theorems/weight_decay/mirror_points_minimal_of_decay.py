r"""On the mirror of a loss slope and mixed curvature vanish, and decay can hold a point there.

Statement
    Let the columns of $O$ be orthonormal and let $ℓ$ be unchanged by the reflection
    $\mathcal{R} = I - 2OOᵀ$: $ℓ(\mathcal{R}θ) = ℓ(θ)$.  At a point of the mirror, $Oᵀθ = 0$,

        Oᵀ∇ℓ = 0, \quad OᵀH(I - OOᵀ) = 0,                                  [slope, blocks]

    $H$ the Hessian of $ℓ$.  Let $λ = λ_min(OᵀHO)$, and let weight decay $γ|θ|²$ be added.  For the
    losses tried, of degree four with a quartic part $q$ along $O$, at every $x$

        ℓ_γ(θ + Ox) - ℓ_γ(θ) = \tfrac12 xᵀOᵀHOx + γ|x|² + q(x),            [even]
        ℓ_γ(θ + Ox) - ℓ_γ(θ) ≥ (\tfrac12(λ + 2γ) - κ|x|²)|x|²,             [growth]
        ℓ_γ(θ + Ox) - ℓ_γ(θ) ≤ \tfrac12 xᵀOᵀHOx + γ|x|² + κ|x|⁴.           [fall]

    So $θ$ is a strict local minimum along $O$ if $λ + 2γ > 0$ [growth], and none if $λ + 2γ < 0$
    [fall].

Notation
    $ℓ_γ = ℓ + γ|θ|²$.  $O$ has $m$ columns (``normal``), $x$ is a vector of length $m$ (``step``).
    $ℓ(θ) = f(θ) + f(\mathcal{R}θ)$, $f(θ) = Σ_{k=1}^4 c_k (b_k·θ)^k$: the loss is any quartic of
    this form made symmetric.  $q(x) = 2c_4(b_4·Ox)⁴$ and $κ = 2|c_4||Oᵀb_4|⁴$.

Assumptions
    mirror  $Oᵀθ = 0$.  Without it, $ℓ = θ²$ has the slope $2θ$ along $O = 1$.

Proof
    Differentiate $ℓ(\mathcal{R}θ) = ℓ(θ)$ at a point that $\mathcal{R}$ leaves where it is:
    $\mathcal{R}∇ℓ = ∇ℓ$ and $\mathcal{R}H\mathcal{R} = H$.  As $Oᵀ\mathcal{R} = -Oᵀ$, the first
    says $Oᵀ∇ℓ = -Oᵀ∇ℓ$, and the second $OᵀH(I - OOᵀ) = -OᵀH(I - OOᵀ)$, since $\mathcal{R}$ does
    not change $I - OOᵀ$.   [slope, blocks]

    Along $O$ the loss is even, $ℓ(θ + Ox) = ℓ(θ - Ox)$, so of a quartic only the parts of degree 0,
    2 and 4 in $x$ are left; and $|θ + Ox|² = |θ|² + |x|²$ on the mirror.   [even]
    With $xᵀOᵀHOx ≥ λ|x|²$ and $q ≥ -κ|x|⁴$ (Cauchy-Schwarz) this is

        \tfrac12 λ|x|² + γ|x|² - κ|x|⁴ = (\tfrac12(λ + 2γ) - κ|x|²)|x|².    [growth]

    It is positive for $0 < κ|x|² < \tfrac12(λ + 2γ)$.  With $q ≤ κ|x|⁴$ it is the third line of
    the statement [fall]; if $λ + 2γ < 0$, along an eigenvector of $λ$ its first two terms are
    negative, and the last one is of fourth order.

Sharpness
    $λ + 2γ = 0$ decides nothing: $ℓ = -γx² - x⁴$ with the decay $γx²$ is $-x⁴$, a maximum at 0
    (control).  The block $OᵀHO$ itself does not vanish (control).

Implementation notes
    Slopes and curvatures come from values of the loss alone: along a line it is a polynomial of
    degree four, and five values of it give its derivatives exactly.  Among symbols $O$ is made of
    unit vectors: coordinates may be chosen along it.  Mirrors are common in networks: two hidden
    neurons that are equal, a neuron that is off.  Training measures the first on a linear network.

References
----------
    ziyin2024symmetry (mirror symmetry, from memory and its abstract; re-derived here)
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from theorems.assumptions import vanishes
from theorems.instances import ExactInstance, Rows
from theorems.quantities import compared, symbols
from theorems.recipes import Draw, inclusion, setting
from verify.derivation import rules
from verify.theorem import (
    Assumption,
    Bounds,
    Claim,
    Formula,
    Measurement,
    Source,
    Step,
    Theorem,
    TrainedSolution,
    Training,
    claim,
    needed,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- symmetric losses ----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Mirrored(ExactInstance):
    """A symmetric quartic loss, a point, a step along the normals, and a weight decay.

    Parameters
    ----------
    normal
        O of shape (n, m), orthonormal columns.
    point, step
        θ of shape (n, 1) and x of shape (m, 1).
    forms, levels
        b_1, ..., b_4 of shape (1, n) and c_1, ..., c_4.
    decay
        γ, a scalar >= 0.
    """

    normal: Any
    point: Any
    step: Any
    forms: tuple[Any, ...]
    levels: tuple[Any, ...]
    decay: Any

    @classmethod
    def exact(
        cls, normal: Rows, point: Rows, step: Rows, forms: Sequence[Rows],
        levels: Sequence[int | Fraction], decay: int | Fraction = 0,
    ) -> Mirrored:  # fmt: skip
        """Return the exact instance with these rational entries."""
        ar = Rational()
        return cls(
            ar, ar.matrix(normal), ar.matrix(point), ar.matrix(step),
            tuple(map(ar.matrix, forms)), tuple(map(ar.scalar, levels)), ar.scalar(decay),
        )  # fmt: skip

    def reflected(self, theta: Any) -> Any:
        """Return θ - 2OOᵀθ."""
        ar = self.arithmetic
        return theta - ar.scale(ar.scalar(2), self.normal @ (self.normal.mT @ theta))

    def value(self, theta: Any) -> Any:
        """Return ℓ(θ) = f(θ) + f(Rθ)."""
        ar, terms = self.arithmetic, []
        for place in (theta, self.reflected(theta)):
            for power, (b, c) in enumerate(zip(self.forms, self.levels, strict=True), start=1):
                terms.append(c * math.prod([ar.entry(b @ place, 0, 0)] * power))
        return sum(terms[1:], start=terms[0])


def _drawn(draw: Draw, *, mirror: bool = True, normals: int = 0) -> Mirrored:
    ar, n = draw.arithmetic, draw.width()
    m = normals or draw.integer(1, n)
    turn = ar.identity(n) if ar.kind == "symbolic" else draw.rotation(n)
    normal = turn @ inclusion(ar, n, m)
    point = draw.matrix(n, 1)
    if mirror:
        point = point - normal @ (normal.mT @ point)
    forms = tuple(draw.matrix(1, n) for _ in range(4))
    levels = tuple(draw.numbers(4, -1, 1))
    return Mirrored(ar, normal, point, draw.matrix(m, 1), forms, levels, draw.number(0, 2))


@setting("mirror-points", "symmetric quartics of a linear form for each degree, mirror points")
def mirror_points(draw: Draw) -> Mirrored:
    """Points that the reflection leaves where they are."""
    return _drawn(draw)


@setting("single-mirror-points", "the same with a single normal")
def single_mirror_points(draw: Draw) -> Mirrored:
    """Points of a mirror of codimension one."""
    return _drawn(draw, normals=1)


@setting("mirrored-points", "symmetric quartics of a linear form for each degree, any point")
def mirrored_points(draw: Draw) -> Mirrored:
    """Points on either side of the mirror."""
    return _drawn(draw, mirror=False)


# --- quantities ----------------------------------------------------------------------------------

_FIRST = (Fraction(1, 12), Fraction(-2, 3), Fraction(0), Fraction(2, 3), Fraction(-1, 12))
_SECOND = (Fraction(-1, 12), Fraction(4, 3), Fraction(-5, 2), Fraction(4, 3), Fraction(-1, 12))
"""Weights of the values at -2..2 in the derivatives at 0 of a polynomial of degree four."""


def _along(instance: Mirrored, direction: Any, weights: Sequence[Fraction]) -> Any:
    ar = instance.arithmetic
    terms = [
        ar.scalar(w) * instance.value(instance.point + ar.scale(ar.scalar(t), direction))
        for t, w in zip(range(-2, 3), weights, strict=True)
        if w
    ]
    return sum(terms[1:], start=terms[0])


def _columns(ar: Any, A: Any) -> list[Any]:
    n = A.shape[-1]
    return [A @ ar.matrix([[int(i == j)] for i in range(n)]) for j in range(n)]


def _tangents(instance: Mirrored) -> list[Any]:
    """The columns of I - OOᵀ."""
    ar, normal = instance.arithmetic, instance.normal
    return _columns(ar, ar.identity(normal.shape[-2]) - normal @ normal.mT)


def _mixed(instance: Mirrored, left: Sequence[Any], right: Sequence[Any]) -> list[list[Any]]:
    """Second derivatives along pairs of directions, by polarisation."""

    def second(d: Any) -> Any:
        return _along(instance, d, _SECOND)

    return [[(second(a + b) - second(a - b)) / 4 for b in right] for a in left]


def _table(ar: Any, rows: Sequence[Sequence[Any]]) -> Any:
    unit = ar.identity(1)
    return ar.stack([[ar.scale(x, unit) for x in row] for row in rows])


@compared("mirror_slope", r"|O^T\nabla\ell|^2", r"O^T\nabla\ell = 0")
def mirror_slope(instance: Mirrored) -> tuple[Any, Any]:
    """Oᵀ∇ℓ, from values of ℓ, against 0."""
    ar = instance.arithmetic
    slopes = [_along(instance, d, _FIRST) for d in _columns(ar, instance.normal)]
    found = _table(ar, [slopes])
    return found, found - found


@compared("mirror_block", r"|O^TH(I-OO^T)|^2", r"O^TH(I-OO^T) = 0")
def mirror_block(instance: Mirrored) -> tuple[Any, Any]:
    """OᵀH(I - OOᵀ), from values of ℓ, against 0."""
    ar = instance.arithmetic
    found = _table(ar, _mixed(instance, _columns(ar, instance.normal), _tangents(instance)))
    return found, found - found


def _normal_block(instance: Mirrored) -> Any:
    normals = _columns(instance.arithmetic, instance.normal)
    return _table(instance.arithmetic, _mixed(instance, normals, normals))


@quantity("normal_curvature", r"\lambda_{\min}(O^THO)", positive=False)
def normal_curvature(instance: Mirrored) -> Any:
    """λ, the least eigenvalue of OᵀHO."""
    return -instance.arithmetic.eig_max(-_normal_block(instance))


@quantity("normal_form", r"x^TO^THOx", positive=False)
def normal_form(instance: Mirrored) -> Any:
    """XᵀOᵀHOx: the second derivative of ℓ along Ox."""
    return _along(instance, instance.normal @ instance.step, _SECOND)


@quantity("normal_block_sq", "|O^THO|^2", positive=False)
def normal_block_sq(instance: Mirrored) -> Any:
    """Squared Frobenius norm of OᵀHO (a control)."""
    return instance.arithmetic.frobenius_sq(_normal_block(instance))


@quantity("step_sq", "|x|^2")
def step_sq(instance: Mirrored) -> Any:
    """Squared length of the step."""
    return instance.arithmetic.frobenius_sq(instance.step)


@quantity("mirror_decay", r"\gamma")
def mirror_decay(instance: Mirrored) -> Any:
    """Weight decay γ."""
    return instance.decay


@quantity("decayed_rise", r"\ell_\gamma(\theta+Ox)-\ell_\gamma(\theta)", positive=False)
def decayed_rise(instance: Mirrored) -> Any:
    """ℓ_γ(θ + Ox) - ℓ_γ(θ), ℓ_γ = ℓ + γ|θ|²."""
    ar, before = instance.arithmetic, instance.point
    after = before + instance.normal @ instance.step
    longer = ar.frobenius_sq(after) - ar.frobenius_sq(before)
    return instance.value(after) - instance.value(before) + instance.decay * longer


@quantity("quartic_part", "q(x)", positive=False)
def quartic_part(instance: Mirrored) -> Any:
    """2c_4(b_4·Ox)⁴."""
    ar = instance.arithmetic
    height = ar.entry(instance.forms[3] @ (instance.normal @ instance.step), 0, 0)
    return 2 * instance.levels[3] * math.prod([height] * 4)


@quantity("quartic_reach", r"\kappa")
def quartic_reach(instance: Mirrored) -> Any:
    """2|c_4||Oᵀb_4|⁴."""
    ar, c = instance.arithmetic, instance.levels[3]
    square = ar.frobenius_sq(instance.forms[3] @ instance.normal)
    return 2 * ar.maximum(c, -c) * square * square


gap, block, curvature, form, whole, size, gamma, rise, q, kappa = symbols(
    mirror_slope, mirror_block, normal_curvature, normal_form, normal_block_sq, step_sq,
    mirror_decay, decayed_rise, quartic_part, quartic_reach,
)  # fmt: skip
even_rise = Formula("even_rise", r"\tfrac12x^TO^THOx+\gamma|x|^2+q(x)", form / 2 + gamma * size + q)
growth_bound = Formula(
    "growth_bound", r"(\tfrac12(\lambda+2\gamma)-\kappa|x|^2)|x|^2",
    ((curvature + 2 * gamma) / 2 - kappa * size) * size,
)  # fmt: skip
fall_bound = Formula(
    "fall_bound", r"\tfrac12x^TO^THOx+\gamma|x|^2+\kappa|x|^4",
    form / 2 + gamma * size + kappa * size**2,
)  # fmt: skip


def _is_on_mirror(instance: Mirrored) -> Any:
    return vanishes(instance, instance.normal.mT @ instance.point)


mirror = Assumption("mirror", _is_on_mirror, r"O^T\theta = 0")
held = Assumption("held", sp.Eq(curvature + 2 * gamma, 0))

# --- claims and proofs ---------------------------------------------------------------------------

_SMALL = Bounds((2, 2), (1, 3))
_SIZES = ((1, 1), (2, 1), (2, 2), (3, 1))

slope = stated("slope", "no slope across the mirror", mirror_points, sp.Eq(gap, 0), mirror,
               bounds=_SMALL, sizes=_SIZES)  # fmt: skip
blocks = stated("blocks", "no curvature mixes both sides", mirror_points, sp.Eq(block, 0), mirror,
                bounds=_SMALL, sizes=((2, 1), (3, 1)))  # fmt: skip
even = stated("even", "across the mirror the loss is even", mirror_points, sp.Eq(rise, even_rise),
              mirror, bounds=_SMALL, sizes=_SIZES)  # fmt: skip
quartic = stated("quartic", "its quartic part is bounded", mirror_points,
                 q >= -kappa * size**2, bounds=_SMALL, check=True)  # fmt: skip
quartic_above = stated("quartic_above", "from both sides", mirror_points,
                       q <= kappa * size**2, bounds=_SMALL, check=True)  # fmt: skip
quartic_tight = stated("quartic_tight", "along a single normal the bound is attained",
                       single_mirror_points, sp.Eq((kappa * size**2) ** 2, q**2),
                       bounds=_SMALL, check=True)  # fmt: skip
rayleigh = stated("rayleigh", "the form with decay is at least its least eigenvalue", mirror_points,
                  form + 2 * gamma * size >= (curvature + 2 * gamma) * size, mirror,
                  bounds=_SMALL, check=True)  # fmt: skip


@claim(mirror_points, rise >= growth_bound, mirror, given=(even, quartic, rayleigh), bounds=_SMALL)
def growth(even: Claim, quartic: Claim, rayleigh: Claim, growth_bound: Any) -> Iterator[Step]:
    """Across the mirror the loss with decay grows, near the mirror."""
    half = rules.scaled(rules.given(rayleigh), sp.Rational(1, 2))
    parts = rules.added(half, rules.given(quartic))
    yield rules.rewritten(rules.transitive(rules.given(even), parts), rise, growth_bound)


@claim(mirror_points, rise <= fall_bound, mirror, given=(even, quartic_above), bounds=_SMALL)
def fall(even: Claim, quartic_above: Claim, fall_bound: Any) -> Iterator[Step]:
    """Across the mirror it rises no faster than its form and the quartic part."""
    above = rules.added(rules.given(quartic_above), form / 2 + gamma * size)
    chain = rules.transitive(above, rules.given(even))
    yield rules.turned(rules.rewritten(chain, fall_bound, rise))


# --- false twins ---------------------------------------------------------------------------------


def _maximum() -> Mirrored:
    """-γx² - x⁴ with the decay γx², γ = 1: -x⁴ at x = 1."""
    half = Fraction(-1, 2)
    return Mirrored.exact([[1]], [[0]], [[1]], [[[1]]] * 4, [0, half, 0, half], 1)


_twins = (
    twin("one_decay", "$γ$ for $2γ$", single_mirror_points,
         rise <= ((curvature + gamma) / 2 + kappa * size) * size, mirror, bounds=_SMALL),
    twin("level_suffices", "$λ + 2γ = 0$ makes a minimum", mirror_points,
         rise >= 0, mirror, held, bounds=_SMALL, known=lambda: [_maximum()]),
    twin("off_the_mirror", "no slope along $O$ at any point", mirrored_points,
         sp.Eq(gap, 0), bounds=_SMALL),
    twin("flat_across", "the block $OᵀHO$ vanishes too", mirror_points, sp.Eq(whole, 0), mirror,
         bounds=_SMALL),
)  # fmt: skip

# --- training ------------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Descent from two equal hidden neurons, other weights drawn: the neurons stay equal.

    Exactly in exact arithmetic; in floats both rows are computed by the same operations in an
    order that a library may choose for each, and 400 contracting steps may add up roundings.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        inner, outer = 0.5 * rng.standard_normal((3, 2)), 0.5 * rng.standard_normal((2, 3))
        inner[1], outer[:, 1] = inner[0], outer[:, 0]
        target = rng.standard_normal((2, 2))
        start = inner.copy()
        for _ in range(400):
            E = outer @ inner - target
            inner, outer = inner - 0.02 * outer.T @ E, outer - 0.02 * E @ inner.T
        apart = float(np.abs(inner[1] - inner[0]).max() + np.abs(outer[:, 1] - outer[:, 0]).max())
        moved = float(np.linalg.norm(inner - start))
        yield TrainedSolution(
            f"run {run}, two equal neurons of three", None, None,
            (Measurement("difference of the two neurons", 0.0, apart, 1e-10),
             Measurement("0.1 against distance travelled", moved, 0.1, 0.0, "<=")),
        )  # fmt: skip


THEOREM = Theorem(
    id="N18",
    title="On the mirror of a loss slope and mixed curvature vanish, and decay can hold it there",
    normalisation="decay $γ|θ|²$, no factor 1/2, so that it adds $2γ$ to the Hessian",
    source=Source("ziyin2024symmetry", "mirror symmetry; from memory and abstract, re-derived"),
    claims=(slope, blocks, even, quartic, quartic_above, quartic_tight, rayleigh, growth, fall),
    controls=_twins,
    witnesses=(
        witness("double_well", growth, "$ℓ = -2x² + 2x⁴$ with decay $3x²$ at $x = 1/2$",
                lambda: Mirrored.exact(
                    [[1]], [[0]], [[Fraction(1, 2)]], [[[1]]] * 4, [0, -1, 0, 1], 3)),
        witness("off_axis", blocks, "the normal $(3/5, 4/5)$, the point $(4, -3)$",
                lambda: Mirrored.exact(
                    [[Fraction(3, 5)], [Fraction(4, 5)]], [[4], [-3]], [[1]],
                    [[[1, 2]], [[1, -1]], [[2, 1]], [[0, 1]]], [1, 2, -1, 1], 1)),
    ),
    necessity=(
        needed(mirror, slope, "$ℓ = 2θ²$, $O = 1$, at $θ = 1$: slope 4",
               lambda: Mirrored.exact([[1]], [[1]], [[1]], [[[1]]] * 4, [0, 1, 0, 0])),
    ),
    trainings=(Training("trained", "descent from two equal hidden neurons", _train),),
    module=__name__,
)  # fmt: skip
