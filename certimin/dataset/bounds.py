r"""Certified numbers about the minima of deep linear networks on given data.

From exact second moments Σ = E[x xᵀ] and C = E[y xᵀ] to enclosures of everything the theorems say
about depth L.  Normalisation: R = E|y - Px|², E the mean over samples, no factor 1/2.

Implementation notes
--------------------
*Cost follows the rank r of Σ, which is at most min(n, d_x).*  Which columns P of the data are a
basis of their span is decided exactly (:func:`numeric.arithmetic.rational.spanning`): then
``Σ = E Σ_PP Eᵀ`` and ``C = C_P Eᵀ`` with ``E = [I Z]ᵀ`` for some Z.  With ``EᵀE = I + ZZᵀ = LLᵀ``
the columns of ``Q = E L⁻ᵀ`` are an orthonormal basis of the range of Σ, and there

    QᵀΣQ = Lᵀ Σ_PP L,    CQ = C_P L,    TQ = C_P Σ_PP⁻¹ L⁻ᵀ

are an invertible covariance, the cross moments and the T of least norm with TΣ = C.  The minima of
both problems have the same sharpness, loss and bounds.  Only moments of P are computed exactly;
Z, L and the inverse are balls, at a precision that suffices.  Where Σ is invertible Q = I.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from certimin.rows import Row
from numeric.arithmetic.ball import Ball, Balls, midpoints
from numeric.arithmetic.matrices import FlintMatrix
from numeric.enclosure import Enclosure
from numeric.moments import Moments, RangeMoments
from theorems.regression.sharpness_ge_rayleigh import lower_bound, upper_bound
from theorems.unified.minimal_sharpness_between_closed_forms import outputs_bracket
from theorems.unified.minimal_sharpness_eq_gain import minimal_sharpness
from verify.errors import UsageError
from verify.expression import evaluate

__all__ = ["Regression", "regression"]

_PRECISIONS = (128, 256, 512, 1024, 2048, 4096)
_ACCURATE = 2.0**-64
"""Relative width of |T|² at which the precision is taken to suffice."""


class _Seen(NamedTuple):
    """What an orthonormal basis of the range of Σ is made of."""

    own: tuple[int, ...]
    others: tuple[int, ...]
    back: FlintMatrix | None
    beside: FlintMatrix | None


@dataclass(frozen=True, eq=False)
class Regression:
    """Σ, C and the T of least norm with TΣ = C on the range of Σ, in balls that enclose them.

    Attributes
    ----------
    features : int
        d_x.
    full : Moments, optional
        Σ and C in the coordinates of the data, where they are asked for.
    arithmetic : Balls
        At the precision the data needs.
    sigma, cross, target : ball matrices
        QᵀΣQ (r, r), CQ and TQ (d_y, r): Q is an orthonormal basis of the range of Σ, the identity
        if that is everything.
    seen : tuple, optional
        What Q is made of: the columns P and N, L⁻¹, and Z if it is not empty.
    largest, smallest : Ball
        The largest and the smallest non-zero eigenvalue of Σ.
    rank, target_rank : int
        Ranks r of Σ and of C, exact.
    explained, least_loss : Ball
        R(0) - min R = tr(T Cᵀ), and min R = E|y|² - tr(T Cᵀ).
    """

    features: int
    full: Moments | None
    arithmetic: Balls
    sigma: FlintMatrix
    cross: FlintMatrix
    target: FlintMatrix
    seen: _Seen
    largest: Ball
    smallest: Ball
    rank: int
    target_rank: int
    explained: Ball
    least_loss: Ball

    @cached_property
    def basis(self) -> FlintMatrix | None:
        """Return Q, of shape (d_x, r): the rows of P are those of L⁻ᵀ, of N those of Zᵀ L⁻ᵀ."""
        if len(self.seen.own) == self.features:
            return None
        with self.arithmetic as ar:
            back, Z = self.seen.back, self.seen.beside
            parts = [ar.identity(self.rank) if back is None else back.mT]
            if Z is not None:
                parts.append(Z.mT @ parts[0])
            known = [*self.seen.own, *(self.seen.others if Z is not None else ())]
            rest = sorted(set(range(self.features)) - set(known))
            if rest:
                parts.append(ar.matrix([[0] * self.rank] * len(rest)))
            whole: FlintMatrix = ar.stack([[part] for part in parts])
        order = [*known, *rest]
        return whole.ordered(sorted(range(self.features), key=order.__getitem__))

    def on_range(self, W: FlintMatrix) -> FlintMatrix:
        """Return W Q: what is left of a map of the inputs (…, d_x) on the range of Σ."""
        return W if self.basis is None else W @ self.basis

    def spectrum(self) -> list[Row]:
        """Return what there is to say of the data at any depth."""
        d_x = self.features
        with self.arithmetic:
            condition = self.largest / self.smallest
        singular = self.rank < d_x
        nonzero = "non-zero " if singular else ""
        rows = [
            Row("rank", f"rank of Sigma = E[x x^T], of {d_x}", self.rank),
            Row("eigenvalue_max", "Lambda, largest eigenvalue of Sigma", self.largest),
            Row(
                "eigenvalue_min",
                "lambda, smallest eigenvalue of Sigma",
                0 if singular else self.smallest,
            ),
            Row("eigenvalue_min_nonzero", "smallest non-zero eigenvalue", self.smallest),
            Row("condition", f"condition number Lambda / {nonzero}lambda", condition),
            Row("target_rank", "rank of C = E[y x^T]", self.target_rank),
            Row("least_loss", "least loss R of any linear map", self.least_loss),
        ]
        return rows if singular else [row for row in rows if row.key != "eigenvalue_min_nonzero"]

    def at_depth(self, depth: int) -> list[Row]:
        """Return S_min and the bounds on it for a network of this depth.

        Raises
        ------
        ArithmeticError
            If the numbers leave the range in which float64 can propose eigenvectors.
        """
        with self.arithmetic as ar:
            precision = ar.precision
            least = minimal_sharpness(
                _rows(self.sigma), _rows(self.target), depth, precision=precision
            )
            return [
                Row("minimal_sharpness", "S_min, least sharpness of any minimizer (U1)", least),
                Row("step_size_max", "2/S_min, largest stable step size", 2 / least),
                Row("gain_bracket", "closed-form bracket of S_min (U2)", self._gain_bracket(depth)),
                *(
                    self._one_output(depth, least)
                    if self.cross.shape[0] == 1
                    else _several_outputs()
                ),
            ]

    def _gain_bracket(self, L: int) -> Enclosure:
        """U2: 2L|Kz|^{2/L}|TKz|^{2-2/L} at z ≈ z_1, and 2LΛ^{1/L}|TK|^{2-2/L}.

        z = Ky/|Ky| with y = Tᵀu, u a float eigenvector of TΣTᵀ, read as exact: a lower bound
        whatever u is, and U2's own up to rounding.
        """
        ar = self.arithmetic
        explained = self.target @ self.cross.mT
        u = np.linalg.eigh(midpoints(explained))[1][:, -1:]
        left = ar.matrix([[Fraction(x) for x in row] for row in u.tolist()])
        image = self.cross.mT @ left  # Σy
        energy = ar.entry(left.mT @ explained @ left, 0, 0)  # yᵀΣy
        p, q = ar.frobenius_sq(image) / energy, ar.frobenius_sq(self.target @ image) / energy
        lower = 2 * L * ar.power(p, Fraction(1, L)) * ar.power(q, Fraction(L - 1, L))
        gain = ar.sqrt(ar.nonnegative(ar.eig_max(explained)))  # |TK|
        values = {"depth": L, "data_max": self.largest, "target_on_data": gain}
        upper = evaluate(outputs_bracket.expression, values, ar)
        return Enclosure.of(lower, upper)

    def _one_output(self, L: int, least: Ball) -> list[Row]:
        """C1's bounds and U3's limit."""
        ar, w = self.arithmetic, self.target
        squared = ar.frobenius_sq(w)
        rayleigh = ar.entry(w @ self.cross.mT, 0, 0) / squared
        top = self.largest
        values = {"depth": L, "w_norm": ar.sqrt(squared), "a": rayleigh, "data_max": top}
        lower, upper = (evaluate(f.expression, values, ar) for f in (lower_bound, upper_bound))
        blend = ar.identity(w.shape[1]) + ar.scale((L - 1) / squared, w.mT @ w)
        limit = 2 * ar.power(squared, Fraction(L - 1, L)) * ar.eig_max(blend, self.sigma)
        return [
            Row(
                "rayleigh_bracket",
                "bracket of S_min by norm and data (C1)",
                Enclosure.of(lower, upper),
            ),
            Row("small_start_sharpness", "sharpness of aligned layers (U3)", limit),
            Row("small_start_ratio", "... divided by S_min", limit / least),
            Row(
                "small_start_ratio_bound",
                "... and at most 1 + (Lambda/a - 1)/L",
                1 + (top / rayleigh - 1) / L,
            ),
        ]


def _several_outputs() -> list[Row]:
    reason = "needs one output"
    return [
        Row("rayleigh_bracket", "bracket of S_min by norm and data (C1)", None, reason),
        Row("small_start_sharpness", "sharpness of aligned layers (U3)", None, reason),
    ]


def regression(
    exact: RangeMoments, full: Moments | None = None, *, correlated: bool = True
) -> Regression:
    """Return the regression problem with these exact moments, on the range of its covariance.

    The data are not needed any more: they may be much larger than all that is made of them.
    With ``correlated`` there must be something to learn, C != 0.

    Raises
    ------
    UsageError
        If C = 0 (no theorem on S_min applies), or Σ is too close to singular to be inverted.
    """
    if correlated and not exact.target_rank:
        raise UsageError(
            "targets: expected some correlation with the features, got C = E[y x^T] = 0: S_min is "
            "not defined by the theorem; choose another target, or do not centre"
        )
    for precision in _PRECISIONS:
        with Balls(precision) as ar:
            try:
                sigma, cross = ar.matrix(exact.sigma), ar.matrix(exact.cross)
                inverse = ar.inverse(sigma)
                Z = back = None
                if exact.beside is not None:
                    Z = inverse @ ar.matrix(exact.beside)
                    L = ar.triangular_factor(ar.identity(Z.shape[0]) + Z @ Z.mT)
                    back = ar.inverse(L)
                    sigma, cross = L.mT @ sigma @ L, cross @ L
                    inverse = back @ inverse @ back.mT
                target = cross @ inverse
                largest, smallest = ar.eig_max(sigma), 1 / ar.eig_max(inverse)
            except ArithmeticError:
                continue
            if ar.frobenius_sq(target).relative_width > _ACCURATE or smallest.relative_width > 0.5:
                continue
            explained = ar.trace(target @ cross.mT)
            return Regression(
                features=exact.features,
                full=full,
                arithmetic=ar,
                sigma=sigma,
                cross=cross,
                target=target,
                seen=_Seen(exact.own, exact.others, back, Z),
                largest=largest,
                smallest=smallest,
                rank=sigma.shape[0],
                target_rank=exact.target_rank,
                explained=explained,
                least_loss=_least_loss(ar, exact, explained),
            )
    raise UsageError(
        "features: expected a covariance that can be inverted on its range, got entries too far "
        "from one or from each other; rescale the features (--scale)"
    )


def _least_loss(ar: Balls, exact: RangeMoments, explained: Ball) -> Ball:
    """E|y|² less what is explained; zero where the features span all that samples can be."""
    if exact.sigma.shape[0] == exact.samples:
        return ar.scalar(0)
    return ar.nonnegative(ar.scalar(exact.target_sq) - explained)


def _rows(A: FlintMatrix) -> list[list[Any]]:
    """The entries of a ball matrix with their kind."""
    return [[Ball(x, A.kind) for x in row] for row in A.rows()]
