r"""The quartic loss of linear self-supervision keeps the largest modes, and collapses under decay.

Statement
    Let $A ≻ 0$ and $B = Bᵀ$ be of size $d$, $W$ of shape $(r, d)$, and

        F(W) = -2 tr(WBWᵀ) + |WAWᵀ|_F² + γ|W|_F².

    Let $μ_1 ≥ ... ≥ μ_d$ be the eigenvalues of $A^{-1/2}(B - \tfrac{γ}{2})A^{-1/2}$ and $x_+$ the
    larger one of $x$ and 0.  Then

        F(W) ≥ -Σ_{i ≤ r} (μ_i)_+²,                                        [floor]

    the sum over the $r$ largest modes, or all if $r > d$; it is an equality for the $W$ that keep
    them, each with the gain $(μ_i)_+^{1/2}$.   [attained]
    So $W = 0$ is best if and only if $λ_max(B) ≤ γ/2$, whatever $A$: in that case $F(W) ≥ 0$, and
    else some mode is positive.   [collapse, attained]

Notation
    $F$ (``contrast``); $Σ_{i≤r}(μ_i)_+²$ (``captured``); $γ$ (``contrast_decay``); $λ_max(B)$
    (``signal_top``).  Instances come with $A = SSᵀ$, $B = SQ diag(μ) QᵀSᵀ + γ/2$, $Q$ orthogonal,
    so that the modes are known; every $A ≻ 0$ and $B$ are of this form.  $U = WSQ$.

Assumptions
    hopeless  $2λ_max(B) ≤ γ$, for collapse alone.

Proof
    Since $A^{1/2} = SO$ with an orthogonal $O$, the modes are the eigenvalues of
    $S^{-1}(B - γ/2)S^{-T} = Q diag(μ) Qᵀ$.  With $U = WSQ$, $WAWᵀ = UUᵀ$ and
    $W(B - γ/2)Wᵀ = U diag(μ) Uᵀ$, and as $|UUᵀ|_F = |UᵀU|_F$,

        F(W) = |UᵀU - diag(μ)|_F² - Σ_i μ_i².                              [square]

    Let $x_1 ≥ x_2 ≥ ... ≥ 0$ be the eigenvalues of $UᵀU$, at most $r$ of them positive.  Von
    Neumann's trace inequality bounds $tr(UᵀU diag(μ))$ by $Σ_i x_iμ_i$, so that

        F(W) ≥ Σ_{i ≤ r} (x_i² - 2x_iμ_i) ≥ Σ_{i ≤ r} (x_i² - 2x_i(μ_i)_+),

    and each term is $(x_i - (μ_i)_+)² - (μ_i)_+²$.   [floor]
    Equality at $UᵀU = diag((μ_1)_+, ..., (μ_r)_+, 0, ...)$.   [attained]
    By Sylvester's law of inertia no $μ_i$ is positive if and only if $B ⪯ γ/2$.   [collapse]

Sharpness
    Attained.  With all modes for the $r$ largest, with $γ$ for $γ/2$, or without the positive part
    the statement is false (controls).

Implementation notes
    $F$ is measured from $A$, $B$, $W$ and $γ$; only the right side knows the modes.  Training
    starts descent near zero: that it ends at the floor is measured, not claimed.

References
----------
    ziyin2023shapes (landscape of self-supervised learning; from memory and its abstract, the form
    of the loss and the minimum were derived again here)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from theorems.instances import ExactInstance, Rows
from theorems.quantities import symbols
from theorems.recipes import Draw, diagonal, setting
from verify.errors import Undefined
from verify.theorem import (
    Assumption,
    Bounds,
    Formula,
    Identity,
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

# --- instances -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class SelfSupervised(ExactInstance):
    """Weights, A = SSᵀ, the modes of B and a weight decay.

    Parameters
    ----------
    layer
        W of shape (r, d).
    root, turn
        S invertible and Q orthogonal, of shape (d, d).
    modes
        μ_1, ..., μ_d: the first r are the largest ones.
    decay
        γ, a scalar >= 0.
    """

    layer: Any
    root: Any
    turn: Any
    modes: tuple[Any, ...]
    decay: Any

    @classmethod
    def exact(
        cls, layer: Rows, root: Rows, modes: Sequence[int | Fraction], decay: int | Fraction
    ) -> SelfSupervised:
        """Return the exact instance with Q = I."""
        ar = Rational()
        return cls(
            ar, ar.matrix(layer), ar.matrix(root), ar.identity(len(modes)),
            tuple(map(ar.scalar, modes)), ar.scalar(decay),
        )  # fmt: skip

    @cached_property
    def metric(self) -> Any:
        """Return A."""
        return self.root @ self.root.mT

    @cached_property
    def signal(self) -> Any:
        """Return B."""
        ar, frame, d = self.arithmetic, self.root @ self.turn, len(self.modes)
        half = ar.scale(self.decay / 2, ar.identity(d))
        return frame @ diagonal(ar, list(self.modes), d, d) @ frame.mT + half


def _frame(draw: Draw, d: int) -> tuple[Any, Any]:
    """S and Q."""
    root, ar = draw.matrix(d, d), draw.arithmetic
    if ar.kind == "exact":
        try:
            ar.inverse(root)
        except ZeroDivisionError as error:
            raise Undefined("A is singular") from error
    return root, draw.rotation(d)


@setting("self-supervised", "any W, any A ≻ 0, any B with known modes, any decay",
         special=("self-supervised-minima",))  # fmt: skip
def self_supervised(draw: Draw) -> SelfSupervised:
    """Arbitrary weights."""
    ar, d, r = draw.arithmetic, draw.width(), draw.width()
    root, turn = _frame(draw, d)
    modes = [draw.number(-2, 2)]
    for step in draw.numbers(d - 1, 0, 1):
        modes.insert(0, modes[0] + step)
    decay = draw.number(0, 2)
    return SelfSupervised(ar, draw.matrix(r, d), root, turn, tuple(modes), decay)


@setting("self-supervised-collapsed", "the same with no mode above zero, λ_max(B) ≤ γ/2")
def self_supervised_collapsed(draw: Draw) -> SelfSupervised:
    """Arbitrary weights where the decay is too large for every mode."""
    ar, d, r = draw.arithmetic, draw.width(), draw.width()
    root, turn = _frame(draw, d)
    modes = tuple(-t for t in draw.numbers(d, 0, 2))
    return SelfSupervised(ar, draw.matrix(r, d), root, turn, modes, draw.number(0, 2))


@setting("self-supervised-minima", "W keeps the largest modes with their gains", exists=True)
def self_supervised_minima(draw: Draw) -> SelfSupervised:
    """Weights diag(g) Qᵀ S^{-1}, g_i² = (μ_i)_+ for the r largest modes."""
    ar, d, r = draw.arithmetic, draw.width(), draw.width()
    kept = draw.integer(0, min(r, d))
    root, turn = _frame(draw, d)
    gains = draw.numbers(kept, 0, 2)
    rest = draw.numbers(d - kept, 0, 1)
    least = ar.minimum(*(g * g for g in gains)) if kept == r else ar.scalar(0)
    beside = [t * least if kept == r else -t for t in rest]
    layer = diagonal(ar, gains, r, d) @ turn.mT @ ar.inverse(root)
    modes = (*(g * g for g in gains), *beside)
    return SelfSupervised(ar, layer, root, turn, modes, draw.number(0, 2))


# --- quantities ----------------------------------------------------------------------------------


def _total(terms: list[Any]) -> Any:
    return sum(terms[1:], start=terms[0])


@quantity("contrast", "F(W)", positive=False)
def contrast(instance: SelfSupervised) -> Any:
    """-2 tr(WBWᵀ) + |WAWᵀ|_F² + γ|W|_F²."""
    ar, W = instance.arithmetic, instance.layer
    pull = ar.trace(W @ instance.signal @ W.mT)
    spread = ar.frobenius_sq(W @ instance.metric @ W.mT)
    return spread - 2 * pull + instance.decay * ar.frobenius_sq(W)


@quantity("captured", r"\textstyle\sum_{i\le r}(\mu_i)_+^2")
def captured(instance: SelfSupervised) -> Any:
    """Σ (μ_i)_+² over the r largest modes."""
    ar = instance.arithmetic
    parts = [ar.maximum(mode, ar.scalar(0)) for mode in instance.modes[: instance.layer.shape[-2]]]
    return _total([part * part for part in parts])


@quantity("captured_all", r"\textstyle\sum_i(\mu_i)_+^2")
def captured_all(instance: SelfSupervised) -> Any:
    """Σ (μ_i)_+² over all modes (a control)."""
    ar = instance.arithmetic
    parts = [ar.maximum(mode, ar.scalar(0)) for mode in instance.modes]
    return _total([part * part for part in parts])


@quantity("captured_signed", r"\textstyle\sum_{i\le r}\mu_i^2")
def captured_signed(instance: SelfSupervised) -> Any:
    """Σ μ_i² over the r largest modes, negative ones too (a control)."""
    return _total([mode * mode for mode in instance.modes[: instance.layer.shape[-2]]])


@quantity("modes_sq", r"\textstyle\sum_i\mu_i^2")
def modes_sq(instance: SelfSupervised) -> Any:
    """Σ_i μ_i²."""
    return _total([mode * mode for mode in instance.modes])


@quantity("mode_distance", r"|U^TU-\operatorname{diag}(\mu)|_F^2")
def mode_distance(instance: SelfSupervised) -> Any:
    """|UᵀU - diag(μ)|_F², U = WSQ."""
    ar, d = instance.arithmetic, len(instance.modes)
    U = instance.layer @ instance.root @ instance.turn
    return ar.frobenius_sq(U.mT @ U - diagonal(ar, list(instance.modes), d, d))


@quantity("signal_top", r"\lambda_{\max}(B)", positive=False)
def signal_top(instance: SelfSupervised) -> Any:
    """Largest eigenvalue of B."""
    return instance.arithmetic.eig_max(instance.signal)


@quantity("contrast_decay", r"\gamma")
def contrast_decay(instance: SelfSupervised) -> Any:
    """Weight decay γ."""
    return instance.decay


F, kept_sq, all_sq, signed_sq, sum_sq, distance, top, gamma = symbols(
    contrast, captured, captured_all, captured_signed, modes_sq, mode_distance, signal_top,
    contrast_decay,
)  # fmt: skip
floor_value = Formula("floor_value", r"-\textstyle\sum_{i\le r}(\mu_i)_+^2", -kept_sq)
hopeless = Assumption("hopeless", 2 * top <= gamma)

# --- claims and proofs ---------------------------------------------------------------------------

_SMALL = Bounds((2, 2), (1, 3))

square = stated(
    "square", "the loss is a distance to the modes, but for a constant",
    self_supervised, sp.Eq(F, distance - sum_sq), bounds=_SMALL,
    sizes=((1, 1), (1, 2), (2, 1), (2, 2)), check=True,
)  # fmt: skip


@claim(self_supervised, F >= floor_value, given=(square,), bounds=_SMALL)
def floor(floor_value: Any) -> Iterator[Step]:
    """No weights are lower than those that keep the largest modes."""
    x, m = sp.symbols("x m", nonnegative=True)  # a mode of UᵀU, and (μ)_+
    yield Identity(
        "one mode", x**2 - 2 * x * m, (x - m) ** 2 + floor_value.subs(kept_sq, m**2),
        why="the square is not negative, and vanishes at $x = (μ)_+$",
    )  # fmt: skip


attained = stated(
    "attained", "the weights that keep the largest modes attain it",
    self_supervised_minima, sp.Eq(F, floor_value), bounds=_SMALL,
)  # fmt: skip
inertia = stated(
    "inertia", "no mode above zero means $B ⪯ γ/2$",
    self_supervised_collapsed, 2 * top <= gamma, bounds=_SMALL, check=True,
)  # fmt: skip
collapse = stated(
    "collapse", "where decay exceeds twice the signal, zero is best",
    self_supervised_collapsed, F >= 0, hopeless, bounds=_SMALL,
)  # fmt: skip


# --- false twins ---------------------------------------------------------------------------------


def _weak_decay() -> SelfSupervised:
    """A = 1, B = 1, γ = 3/2: the mode is 1/4, and F(1/2) = -1/16."""
    return SelfSupervised.exact([[Fraction(1, 2)]], [[1]], [Fraction(1, 4)], Fraction(3, 2))


_twins = (
    twin("every_mode", "all modes for the $r$ largest ones",
         self_supervised_minima, F <= -all_sq, bounds=_SMALL),
    twin("signed", "modes below zero count too",
         self_supervised_minima, F <= -signed_sq, bounds=_SMALL),
    twin("full_decay", "zero is best where $λ_max(B) ≤ γ$",
         self_supervised, F >= 0, Assumption("weak", top <= gamma), bounds=_SMALL,
         known=lambda: [_weak_decay()]),
    twin("half", "half of the floor",
         self_supervised, F >= -kept_sq / 2, bounds=_SMALL),
)  # fmt: skip

# --- training ------------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Descent from small weights ends at the floor.

    Allowed: F is within |∇F|²/(2m) of its minimum, m a curvature around it of order one; gradients
    below 1e-8 leave 1e-16, and rounding of F leaves 1e-12.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        root = np.eye(3) + 0.3 * rng.standard_normal((3, 3))
        turn = np.linalg.qr(rng.standard_normal((3, 3)))[0]
        modes, gamma = np.array([1.5, 0.75, -0.5]), 0.4
        frame = root @ turn
        A, B = root @ root.T, frame @ np.diag(modes) @ frame.T + gamma / 2 * np.eye(3)
        W = 0.1 * rng.standard_normal((1 + run % 2, 3))
        for _ in range(20_000):
            slope = 4 * (W @ A @ W.T) @ W @ A - 4 * W @ B + 2 * gamma * W
            W = W - 0.01 * slope
            if np.linalg.norm(slope) < 1e-9:
                break
        else:
            continue
        value = float(np.sum((W @ A @ W.T) ** 2) - 2 * np.trace(W @ B @ W.T) + gamma * np.sum(W**2))
        predicted = -float(np.sum(modes[: len(W)] ** 2))
        yield TrainedSolution(
            f"run {run}, r = {len(W)}", None, None,
            (Measurement("value where descent ends", predicted, value, 1e-8),),
        )  # fmt: skip


THEOREM = Theorem(
    id="N19",
    title="The quartic loss of self-supervision keeps the largest modes, and collapses under decay",
    normalisation="$F$ as written: decay $γ|W|_F²$, no factor 1/2",
    source=Source("ziyin2023shapes", "quartic landscape; from memory and abstract, re-derived"),
    claims=(square, floor, attained, inertia, collapse),
    controls=_twins,
    witnesses=(
        witness("one_mode", floor, "$A = B = 1$, $γ = 1$, $W = 1$: $F = 0$ and the floor $-1/4$",
                lambda: SelfSupervised.exact([[1]], [[1]], [Fraction(1, 2)], 1)),
        witness("dimensional_collapse", attained,
                "modes 4 and $-1$, two rows: the second is zero, $F = -16$",
                lambda: SelfSupervised.exact([[2, 0], [0, 0]], [[1, 0], [0, 1]], [4, -1], 1)),
        witness("collapsed", collapse, "$B = 0$, $γ = 2$",
                lambda: SelfSupervised.exact([[1]], [[1]], [-1], 2)),
    ),
    necessity=(
        needed(hopeless, collapse, "$A = B = 1$, $γ = 3/2$: $F(1/2) = -1/16$", _weak_decay),
    ),
    trainings=(Training("trained", "descent from small weights", _train),),
    module=__name__,
)  # fmt: skip
