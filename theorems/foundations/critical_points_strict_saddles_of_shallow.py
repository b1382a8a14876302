r"""The least curvature at a balanced critical point of depth two tells minima from saddles.

Statement
    Let $L = 2$, $Σ = I$ and $R = |W_2W_1 - T|_F²$.  Let $W$ be balanced, $W_2ᵀW_2 = W_1W_1ᵀ$, and
    critical, $∇R = 0$; it keeps some modes of $T$ and drops the others.  With $s_{in}$ the least
    eigenvalue of $W_1W_1ᵀ$ and $s_{out} = |T - W_2W_1|_2$, the Hessian has

        λ_min(H) = 2(s_{in} - s_{out}) \quad (s_{in} ≤ s_{out}),               [saddle]
        λ_min(H) = 0 \quad (s_{in} ≥ s_{out}).                                [minimum]

    In the second case no weights of the same shapes have a smaller loss.   [best]
    So a balanced critical point that is no global minimum has negative curvature.
    At depth 3 this is false: at the origin $H = 0$, whatever $T$ (control).

Notation
    $H$ is the Hessian in both layers, $λ_min(H)$ (``critical_curvature``).  $s_{in}$
    (``kept_least``) is the least mode that is kept if every hidden neuron is at work, else 0;
    $s_{out}$ (``dropped_most``) is the largest mode that is dropped, 0 if there is none.
    $E = T - W_2W_1$.

Assumptions
    shallow    $L = 2$.
    whitened   $Σ = I$.
    balanced   Without it, $W_1 = (2, 0)$, $W_2 = (1/2, 0)ᵀ$, $T = diag(1, 4)$: the least eigenvalue
               is $(17 - √1249)/4$, and not 0.
    critical   $∇R = 0$.  Without it, $T = 1$ and weights $(2, 2)$: $-6$, and not 0.
    mixed      $s_{in} ≤ s_{out}$; settled: $s_{in} ≥ s_{out}$.

Proof
    That $∇R = 0$ says $W_2ᵀE = 0$ and $EW_1ᵀ = 0$.  The Hessian form at $(D_1, D_2)$ is (F2)

        2|D_2W_1 + W_2D_1|_F² - 4⟨E, D_2D_1⟩.

    Above.  Let $x$ be a unit vector with $W_1W_1ᵀx = s_{in}x$, and $Ev = s_{out}u$, $Eᵀu =
    s_{out}v$.  At $D_1 = xvᵀ$, $D_2 = uxᵀ$, of squared norm 2, the squares are $2s_{in}$, as
    $W_1v = 0$ and $W_2ᵀu = 0$ if $s_{out} > 0$, so the form is $4s_{in} - 4s_{out}$.  And the form
    vanishes along $D_1 = XW_1$, $D_2 = -W_2X$, which is not zero unless all weights are; then it
    is $-4⟨E, D_2D_1⟩$, zero at $D_2 = 0$.

    Below.  Let $Π$ and $Π'$ project on the column and the row space of $E$, $α = |ΠD_2|_F$ and
    $β = |D_1Π'|_F$.  Since $ΠW_2 = 0$ and $W_1Π' = 0$, the square contains in different blocks
    $|ΠD_2W_1|_F² ≥ s_{in}α²$ and $|W_2D_1Π'|_F² ≥ s_{in}β²$, and $⟨E, D_2D_1⟩ ≤ s_{out}αβ$.  The
    form is at least

        2s_{in}(α² + β²) - 4s_{out}αβ = 2(s_{in} - s_{out})(α² + β²) + 2s_{out}(α - β)².

    As $α² + β² ≤ |D_1|_F² + |D_2|_F²$, this is at least $2(s_{in} - s_{out})|D|_F²$ if
    $s_{in} ≤ s_{out}$, and not negative otherwise.   [saddle, minimum]

    If $s_{in} ≥ s_{out}$ the kept modes are the largest ones, as many as there are neurons, unless
    none is dropped: by Eckart and Young no map of that rank is nearer to $T$.   [best]

Sharpness
    Equalities.

Implementation notes
    $H$ is assembled of Hessian-vector products (F2.product).  No singular values are computed: the
    two numbers are read off $W_1$ and the residual.  N17.best tries rivals drawn beside the point.
    The step from a critical point that is not balanced is not made here: changes of the hidden
    basis keep the sign of the curvature, but do not reach all of them.

References
----------
    baldi1989neural (no local minima at depth two), kawaguchi2016deep (strict saddles at depth two,
    and others beyond), both said from memory of them; the value of the curvature was derived here,
    for balanced points
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from numeric.loss import hessian
from theorems.assumptions import whitened
from theorems.foundations import hessian_form_eq_two_terms as F2
from theorems.instances import Instance, Rows
from theorems.quantities import depth, imbalance, loss, slope_sq, symbols
from theorems.recipes import Draw, diagonal, setting
from verify.theorem import (
    Assumption,
    Bounds,
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

# --- critical points: some modes are kept --------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Rivalled(Instance):
    """A point with other weights of the same shapes beside it."""

    rival: tuple[Any, ...]


def _keeping(draw: Draw, *, top: bool = False, tilt: bool = False) -> Instance:
    """Layers that keep the first modes of a target; all of the largest ones if ``top``."""
    ar = draw.arithmetic
    d_x, h, d_y = draw.widths(3)
    modes = min(d_x, d_y)
    kept = min(h, modes) if top else draw.integer(0, min(h, modes))
    gains = draw.numbers(kept, 0, 2)
    dropped = draw.numbers(modes - kept, 0, 1 if top else 3)
    if top and kept:
        least = ar.minimum(*(g * g for g in gains))
        dropped = [t * least for t in dropped]
    lean = draw.number(1, 2) if tilt else ar.scalar(1)
    turns = draw.rotations((d_x, h, d_y))
    inner = turns[1] @ diagonal(ar, [lean * g for g in gains], h, d_x) @ turns[0].mT
    outer = turns[2] @ diagonal(ar, [g / lean for g in gains], d_y, h) @ turns[1].mT
    levels = [*(g * g for g in gains), *dropped]
    target = turns[2] @ diagonal(ar, levels, d_y, d_x) @ turns[0].mT
    return draw.instance([inner, outer], ar.identity(d_x), target)


@setting("kept-modes", "L = 2, Σ = I, balanced layers that keep any modes of T and drop the others")
def kept_modes(draw: Draw) -> Instance:
    """Balanced critical points of depth two: any modes are kept, in any order."""
    return _keeping(draw)


@setting("kept-top-modes", "L = 2, Σ = I, balanced layers that keep the largest modes of T")
def kept_top_modes(draw: Draw) -> Instance:
    """Balanced critical points of depth two that keep as many of the largest modes as they can."""
    return _keeping(draw, top=True)


@setting("leaning-kept-modes", "L = 2, Σ = I, modes are kept by layers that are not balanced")
def leaning_kept_modes(draw: Draw) -> Instance:
    """Critical points whose layers have gains cg and g/c, c > 1."""
    return _keeping(draw, tilt=True)


@setting("kept-top-modes-with-rivals", "the same, and any other weights of the same shapes")
def kept_top_modes_with_rivals(draw: Draw) -> Rivalled:
    """Points that keep the largest modes, each with a rival."""
    point = draw.of(kept_top_modes)
    rival = tuple(draw.matrix(*W.shape[-2:]) for W in point.weights)
    return Rivalled.beside(point, rival=rival)


@setting("turned-kept-top-modes", "points that keep the largest modes, in another hidden basis too")
def turned_kept_top_modes(draw: Draw) -> Rivalled:
    """The rival is the point itself after a rotation of its hidden layer."""
    point = draw.of(kept_top_modes)
    inner, outer = point.weights
    turn = draw.rotation(inner.shape[-2])
    return Rivalled.beside(point, rival=(turn @ inner, outer @ turn.mT))


@setting("resting-origins", "zero weights of any depth, Σ = I, any target T != 0", exists=True)
def resting_origins(draw: Draw) -> Instance:
    """The origin."""
    ar, shape = draw.arithmetic, draw.shape()
    layers = [ar.scale(ar.scalar(0), W) for W in draw.layers(shape)]
    return draw.instance(layers, ar.identity(shape[0]), draw.matrix(shape[-1], shape[0]))


# --- quantities ----------------------------------------------------------------------------------


@quantity("critical_curvature", r"\lambda_{\min}(H)", positive=False)
def critical_curvature(instance: Instance) -> Any:
    """Least eigenvalue of the Hessian of R in all weights, by Hessian-vector products."""
    return -instance.arithmetic.eig_max(-hessian(instance.net, instance.sigma, instance.cross))


@quantity("kept_least", r"s_{\mathrm{in}}")
def kept_least(instance: Instance) -> Any:
    """Least eigenvalue of W_1W_1ᵀ: the least mode kept, 0 if a hidden neuron is idle."""
    W = instance.weights[0]
    return -instance.arithmetic.eig_max(-(W @ W.mT))


@quantity("dropped_most", r"s_{\mathrm{out}}")
def dropped_most(instance: Instance) -> Any:
    """Spectral norm of T - P: the largest mode that is dropped."""
    return instance.arithmetic.singular_max(instance.target - instance.net.end_to_end)


@quantity("rival_loss_plain", r"R(W')", positive=False)
def rival_loss_plain(instance: Rivalled) -> Any:
    """R of the other weights, for Σ = I: |W'_2W'_1 - T|_F²."""
    inner, outer = instance.rival
    return instance.arithmetic.frobenius_sq(outer @ inner - instance.target)


curvature, s_in, s_out, R, R_rival, L, slope, lean = symbols(
    critical_curvature, kept_least, dropped_most, loss, rival_loss_plain, depth, slope_sq, imbalance
)
least_curvature = Formula(
    "least_curvature", r"2(s_{\mathrm{in}}-s_{\mathrm{out}})", 2 * (s_in - s_out)
)

shallow = Assumption("shallow", sp.Eq(L, 2))
balanced = Assumption("balanced", sp.Eq(lean, 0))
critical = Assumption("critical", sp.Eq(slope, 0))
mixed = Assumption("mixed", s_in <= s_out)
settled = Assumption("settled", s_in >= s_out)
_AT = (shallow, whitened, balanced, critical)

# --- claims and proofs ---------------------------------------------------------------------------

_SMALL = Bounds((2, 2), (1, 2))


@claim(kept_modes, sp.Eq(curvature, least_curvature), *_AT, mixed, given=(F2.form,), bounds=_SMALL)
def saddle(least_curvature: Any) -> Iterator[Step]:
    """Where a larger mode is dropped than the least one kept, the curvature is negative."""
    alpha, beta = sp.symbols("alpha beta", nonnegative=True)
    yield Identity(
        "along one direction", 4 * s_in - 4 * s_out, least_curvature * 2,
        why="$D_1 = xvᵀ$, $D_2 = uxᵀ$ have the squared norm 2",
    )  # fmt: skip
    yield Identity(
        "in every direction", 2 * s_in * (alpha**2 + beta**2) - 4 * s_out * alpha * beta,
        least_curvature * (alpha**2 + beta**2) + 2 * s_out * (alpha - beta) ** 2,
        why="the form is at least the left side, $α = |ΠD_2|_F$, $β = |D_1Π'|_F$",
    )  # fmt: skip


minimum = stated(
    "minimum", "where no larger mode is dropped, no curvature is negative, and one is zero",
    kept_top_modes, sp.Eq(curvature, 0), *_AT, settled, given=(F2.form,), bounds=_SMALL,
)  # fmt: skip
best = stated(
    "best", "in that case no weights of these shapes have a smaller loss",
    kept_top_modes_with_rivals, R_rival >= R, *_AT, settled, bounds=_SMALL,
)  # fmt: skip

turned = stated(
    "turned", "turning the hidden layer does not change the loss",
    turned_kept_top_modes, sp.Eq(R_rival, R), bounds=_SMALL, sizes=((1, 1, 1), (2, 1, 2)),
    check=True,
)  # fmt: skip

# --- false twins ---------------------------------------------------------------------------------


def _point(inner: Rows, outer: Rows, target: Rows) -> Instance:
    n = len(inner[0])
    return Instance.exact(
        [inner, outer], [[int(i == j) for j in range(n)] for i in range(n)], target
    )


def _leaning() -> Instance:
    """One neuron with the gains 2 and 1/2 keeps the mode 1 of diag(1, 4)."""
    return _point([[2, 0]], [[Fraction(1, 2)], [0]], [[1, 0], [0, 4]])


def _flat_origin() -> Instance:
    """Three weights 0, target 1: the Hessian is 0."""
    return Instance.exact([[[0]]] * 3, [[1]], [[1]])


_twins = (
    twin("deeper", "the same at the origin at depth 3", resting_origins,
         curvature <= 2 * (s_in - s_out), bounds=Bounds((3, 3), (1, 2)),
         known=lambda: [_flat_origin()]),
    twin("unbalanced", "balance dropped", leaning_kept_modes, sp.Eq(curvature, least_curvature),
         mixed, bounds=_SMALL, known=lambda: [_leaning()]),
    twin("half", "$s_{in} - s_{out}$ without the factor 2",
         kept_modes, curvature >= s_in - s_out, mixed, bounds=_SMALL),
    twin("frobenius", "every mode dropped counts",
         kept_modes, curvature <= 2 * s_in - 2 * sp.sqrt(R), mixed, bounds=_SMALL),
)  # fmt: skip


def _with_rival(point: Instance, inner: Rows, outer: Rows) -> Rivalled:
    ar = point.arithmetic
    return Rivalled.beside(point, rival=(ar.matrix(inner), ar.matrix(outer)))


THEOREM = Theorem(
    id="N17",
    title="The least curvature at a balanced critical point of depth two tells minima from saddles",
    normalisation="$R = |W_2W_1 - T|_F²$, no factor 1/2",
    source=Source("kawaguchi2016deep", "strict saddles at depth two; value derived here"),
    claims=(saddle, minimum, best, turned),
    controls=_twins,
    witnesses=(
        witness("origin", saddle, "weights 0, target 1: $H$ has the eigenvalues $±2$",
                lambda: _point([[0]], [[0]], [[1]])),
        witness("one_of_two", saddle,
                "one neuron, $T = diag(1, 4)$, the mode 1 is kept: $2(1 - 4) = -6$",
                lambda: _point([[1, 0]], [[1], [0]], [[1, 0], [0, 4]])),
        witness("top", minimum, "one neuron, $T = diag(4, 1)$, the mode 4 is kept",
                lambda: _point([[2, 0]], [[2], [0]], [[4, 0], [0, 1]])),
    ),
    necessity=(
        needed(shallow, saddle, "depth 3, weights 0, target 1: $0$, and not $-2$", _flat_origin),
        needed(whitened, saddle, "weights 0, $Σ = 4$, target 1: $-8$, and not $-2$",
               lambda: Instance.exact([[[0]], [[0]]], [[4]], [[1]])),
        needed(balanced, saddle, "$W_1 = (2, 0)$, $W_2 = (1/2, 0)ᵀ$, $T = diag(1, 4)$",
               _leaning),
        needed(critical, minimum, "weights $(2, 2)$, target 1: $-6$, and not 0",
               lambda: _point([[2]], [[2]], [[1]])),
        needed(settled, best, "one neuron, the mode 1 of $diag(1, 4)$ kept, the rival keeps 4",
               lambda: _with_rival(
                   _point([[1, 0]], [[1], [0]], [[1, 0], [0, 4]]), [[0, 2]], [[0], [2]])),
    ),
    module=__name__,
)  # fmt: skip
