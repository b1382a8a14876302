r"""Open: which sharpness do gradient flows from balanced starts reach?

Statement
    Let $Π$ be the projector on the range of $Σ$ and $r_0 = |TΠ|_2 > 0$.

    Imbalances are conserved, so a flow from a balanced start that converges to a minimizer ends at
    a balanced one, $D_k = 0$, and every balanced minimizer is such an end.   [F4.flow]

    If $P = T$, as always when $Σ ≻ 0$, its sharpness is that of U6.   [U6.value]

    If $Σ$ is singular, every balanced minimizer with $T := P$ satisfies

        S(W) ≥ 2 r_0^{2-2/L} λ_max(Σ + (L-1) K TᵀT K / r_0²),              [lower]
        S(W) ≤ 2 L Λ |P|_2^{2-2/L}.                                        [upper]

    The lower end is attained by some $P$ with $PPᵀ$ a multiple of a projector.   [attained]

    Open: the least sharpness where the null space of $Σ$ is too small for such a $P$.

Notation
    $S$ (``sharpness``), $L$ (``depth``), $|P|_2$ (``target_norm``, with $T := P$), $r_0$
    (``norm_inside``), the lower end ``reachable_lower``; $K = Σ^{1/2}$, $Λ = λ_max(Σ)$, and
    $D_k = W_{k+1}ᵀW_{k+1} - W_kW_kᵀ$ are the imbalances.

Assumptions
    minimizer  $PΣ = TΣ$.
    balanced   $D_k = 0$.  Without it, $W_1 = (3/2, 0, 0)$, $W_2 = 2/3$ on $Σ = diag(1, 4, 0)$ has
               $S < 8$.

Proof
    Lower end.  Let $r = |P|_2$ and $X = PᵀP ⪯ r² I$.  By U6 the sharpness of a balanced minimizer
    is $S = 2 λ_max(K Σ_k r^{2(L-k)/L} X^{(k-1)/L} K)$.  For $0 ≤ t ≤ 1$ and $k ≥ 2$ one has
    $t^{(k-1)/L} ≥ t$, so that $X^{(k-1)/L} ⪰ r^{2(k-1)/L-2} X$; and $KXK = KTᵀTK$.  Hence

        S ≥ 2 λ_max(K(r^{2-2/L} I + (L-1) r^{-2/L} TᵀT)K).

    The derivative in $r$ of the bracket on the range of $Σ$ is a positive multiple of
    $I - ΠTᵀTΠ/r² ⪰ 0$, and $r ≥ r_0$: the bound is least at $r = r_0$.   [lower]

    Equality if all non-zero singular values of $P$ are $r_0$.   [attained]
    One output: $P = TΠ$ is such a $P$, the least sharpness is known.

    Upper end: $X ⪯ r² I$ in the same formula, and $λ_max(Σ) = Λ$.   [upper]

Sharpness
    With two outputs $P = TΠ$ is not the flattest: for $Σ = diag(1, 4, 0)$ and $L = 2$, the rows
    $(1, 0, 0)$, $(0, 3/5, 4/5)$ have $S = 272/25$, those without $4/5$ have $S = 64/5$ (control).

Implementation notes
    Instances carry $Π$; any projector with $ΠΣ = Σ$ gives a bound, the smallest one is meant.
    O4.attained is tried with one output and with two.

References
----------
    certimin2026 (open question)
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numeric.arithmetic.rational import Rational
from numeric.spectrum import sharpness_at_minimizer
from numeric.training import gradient_flow
from theorems.assumptions import minimizer
from theorems.flat_minima.sharpness_eq_of_balanced import balanced
from theorems.instances import Instance, Rows
from theorems.quantities import data_max, depth, sharpness, symbols, target_norm
from theorems.recipes import Draw, diagonal, inclusion, setting, with_target
from theorems.training import Trained
from theorems.unified import balanced_sharpness_le_price as U6
from verify.errors import Undefined
from verify.theorem import (
    Bounds,
    Condition,
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

# --- balanced minimizers of singular data -------------------------------------------------------


@dataclass(frozen=True, eq=False)
class SingularInstance(Instance):
    """A minimizer with the projector Π of its data, ΠΣ = Σ."""

    projector: Any


def _spanning(ar: Any, layers: list[Any], data: Any, off: int) -> SingularInstance:
    """The minimizer T = P on Σ = diag(data, 0) with ``off`` zeros."""
    inside = data.shape[-1]
    up = inclusion(ar, inside + off, inside)
    base = with_target(Instance.of(ar, layers, up @ data @ up.mT))
    return SingularInstance.beside(base, projector=up @ up.mT)


@setting(
    "singular-balanced-minimizers",
    "D_k = 0 for all k, Σ = diag(R Rᵀ, 0) with at least one input that carries no data",
)
def singular_balanced_minimizers(draw: Draw) -> SingularInstance:
    """Balanced factors in general position to the null space of Σ."""
    ar, L = draw.arithmetic, draw.depth()
    inside, off = draw.width(), draw.integer(1, 2)
    shape = [inside + off, *draw.widths(L)]
    gains = draw.numbers(min(shape), 0, 2)
    layers, _ = draw.rotated([diagonal(ar, gains, m, n) for n, m in itertools.pairwise(shape)])
    root = draw.matrix(inside, inside)
    return _spanning(ar, layers, root @ root.mT, off)


@setting(
    "flattest-balanced-minimizers",
    "W_k = g times isometries, P = g^L U (rows (1, 0, 0), (0, c, s)), Σ = diag(R Rᵀ, 0) of size 3",
    exists=True,
)
def flattest_balanced_minimizers(draw: Draw) -> SingularInstance:
    """One or two outputs; the first right singular vector of P lies in the range of Σ."""
    ar = draw.arithmetic
    L, rank = draw.depth(), draw.integer(1, 2)
    shape = [*(draw.integer(2, 3) for _ in range(L - 1)), rank]
    g = draw.number(1, 2)
    corner = ar.matrix([[0, 0], [1, 0], [0, 1]])
    turn = diagonal(ar, [1], 3, 3) + corner @ draw.rotation(2) @ corner.mT
    turns = [turn.mT, *draw.rotations(shape)]
    cores = [diagonal(ar, [g] * rank, m, n) for n, m in itertools.pairwise([3, *shape])]
    pairs = itertools.pairwise(turns)
    layers = [after @ core @ before.mT for core, (before, after) in zip(cores, pairs, strict=True)]
    root = draw.matrix(2, 2)
    return _spanning(ar, layers, root @ root.mT, 1)


# --- quantities ---------------------------------------------------------------------------------


@quantity("norm_inside", r"|T\Pi|_2")
def norm_inside(instance: SingularInstance) -> Any:
    """Spectral norm r_0 of the target on the range of Σ."""
    return instance.arithmetic.singular_max(instance.target @ instance.projector)


@quantity("reachable_top", r"\lambda_{\max}(\Sigma+(L-1)KT^TTK/r_0^2)")
def reachable_top(instance: SingularInstance) -> Any:
    """Top eigenvalue of Σ + (L-1) K TᵀT K / r_0²."""
    ar, T = instance.arithmetic, instance.target
    inside = T @ instance.projector
    square = ar.eig_max(inside @ inside.mT)
    blend = ar.identity(T.shape[-1]) + ar.scale((instance.net.depth - 1) / square, T.mT @ T)
    return ar.eig_max(blend, instance.sigma)


@quantity("minimum_norm_sharpness", r"S_{\mathrm{bal}}(T\Pi)")
def minimum_norm_sharpness(instance: SingularInstance) -> Any:
    """Sharpness of the balanced factors of TΠ at L = 2, where TΠ has orthogonal columns."""
    ar, inside = instance.arithmetic, instance.target @ instance.projector
    gram = inside.mT @ inside
    if instance.net.depth != 2 or not np.all(ar.is_zero(gram - ar.diagonal(gram))):
        raise Undefined("the root of TΠ is written down at L = 2 for orthogonal columns only")
    n = gram.shape[-1]
    roots = [ar.sqrt(ar.nonnegative(ar.entry(gram, i, i))) for i in range(n)]
    total = ar.scale(ar.maximum(*roots), ar.identity(n)) + diagonal(ar, roots, n, n)
    return 2 * ar.eig_max(total, instance.sigma)


S, L, P, r_0, top, Lam, S_inside = symbols(
    sharpness, depth, target_norm, norm_inside, reachable_top, data_max, minimum_norm_sharpness
)
reachable_lower = Formula(
    "reachable_lower",
    r"2r_0^{2-2/L}\lambda_{\max}(\Sigma+(L-1)KT^TTK/r_0^2)",
    2 * r_0 ** (2 - 2 / L) * top,
)
_UPPER = 2 * L * Lam * P ** (2 - 2 / L)
_BALANCED, _SMALL = (minimizer, balanced), Bounds((2, 4), (1, 2))

# --- claims and proofs --------------------------------------------------------------------------


@claim(
    singular_balanced_minimizers, S >= reachable_lower, *_BALANCED,
    given=(U6.value,), bounds=_SMALL,
)  # fmt: skip
def lower(reachable_lower: Any) -> Iterator[Step]:
    """No balanced minimizer of singular data is flatter.

    U6's terms by powers of r = |P|_2, with x for a value of PᵀP; their sum grows with r.
    """
    k = sp.Symbol("k", integer=True, positive=True)
    r, x = sp.symbols("r x", positive=True)
    yield Identity(
        "terms k >= 2",
        r ** (2 * (L - k) / L) * r ** (2 * (k - 1) / L - 2) * x, r ** (-2 / L) * x,
        why="$t^{(k-1)/L} ≥ t$ for $0 ≤ t ≤ 1$, at the eigenvalues $t$ of $PᵀP/r²$",
    )  # fmt: skip
    bracket = r ** (2 - 2 / L) + (L - 1) * r ** (-2 / L) * x
    beyond = sp.Symbol("t", nonnegative=True)
    yield Condition(
        "growth with r", sp.diff(bracket, r).subs(r, sp.sqrt(x * (1 + beyond))), ">=",
        why="$x ≤ r_0² ≤ r²$ on the range of $Σ$, at $r² = x(1 + t)$; Weyl",
    )  # fmt: skip
    least = reachable_lower.subs(top, 1 + (L - 1) * x / r_0**2)
    yield Identity("at r = r_0", 2 * bracket.subs(r, r_0), least, why="substitution")


upper = stated(
    "upper", "Nor sharper than $2LΛ|P|_2^{2-2/L}$",
    singular_balanced_minimizers, S <= _UPPER, *_BALANCED, given=(U6.value,), bounds=_SMALL,
)  # fmt: skip
attained = stated(
    "attained", "The lower end is attained",
    flattest_balanced_minimizers, sp.Eq(S, reachable_lower), *_BALANCED, bounds=_SMALL,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------


def _rows(last: Any) -> SingularInstance:
    """W_1 with rows (1, 0, 0), (0, 3/5, last), W_2 = I on Σ = diag(1, 4, 0)."""
    return _written([[[1, 0, 0], [0, Fraction(3, 5), last]], [[1, 0], [0, 1]]])


def _written(layers: list[Rows]) -> SingularInstance:
    """These layers on Σ = diag(1, 4, 0)."""
    ar = Rational()
    return _spanning(ar, [ar.matrix(W) for W in layers], ar.matrix([[1, 0], [0, 4]]), 1)


_twins = (
    twin("minimum_norm", "$P = TΠ$ is the flattest balanced minimizer, for several outputs",
         flattest_balanced_minimizers, S >= S_inside, *_BALANCED, bounds=_SMALL,
         known=lambda: [_rows(Fraction(4, 5))]),
    twin("always_sharpest", "the upper end as a lower one",
         singular_balanced_minimizers, S >= _UPPER, *_BALANCED, bounds=_SMALL),
    twin("whole_depth", "$L$ for $L-1$ in the lower end",
         flattest_balanced_minimizers, S >= reachable_lower * (L + 1) / L, *_BALANCED,
         bounds=_SMALL),
)  # fmt: skip

# --- training -----------------------------------------------------------------------------------


def _train(seed: int, runs: int) -> Iterator[TrainedSolution]:
    """Flows from balanced starts on two of three inputs, two outputs, L = 2.

    Allowed: the gradient at the end is 1e-9, and the integrator's tolerance is 1e-11 per step.
    """
    rng = np.random.default_rng(seed)
    for run in range(runs):
        root = np.eye(2) + 0.3 * rng.standard_normal((2, 2))
        sigma = np.zeros((3, 3))
        sigma[:2, :2] = root @ root.T
        target = np.zeros((2, 3))
        noise = rng.standard_normal((2, 2))
        target[:, :2] = np.eye(2) + 0.3 * noise @ noise.T
        frame = np.linalg.qr(np.eye(3) + 0.3 * rng.standard_normal((3, 3)))[0]
        frame = frame * np.sign(np.diag(frame))
        flow = gradient_flow([0.9 * frame[:2], 0.9 * np.eye(2)], sigma, target @ sigma)
        trained = Trained(f"flow {run}", flow.weights, sigma, flow.weights[1] @ flow.weights[0])
        _, s, V = np.linalg.svd(trained.target, full_matrices=False)
        predicted = 2 * _top(s[0] * np.eye(3) + (V.T * s) @ V, sigma)
        reached = float(sharpness_at_minimizer(trained.net, sigma))
        r = float(np.linalg.norm(target, 2))
        least = 2 * r * _top(np.eye(3) + target.T @ target / r**2, sigma)
        yield trained.solution(
            Measurement("sharpness of the limit, from its map", predicted, reached, 1e-8),
            Measurement("lower end of what is reachable", reached, least, 1e-8, "<="),
        )


def _top(A: Any, sigma: Any) -> float:
    """λ_max(K A K)."""
    return float(np.linalg.eigvals(A @ sigma).real.max())


THEOREM = Theorem(
    id="O4",
    title="Open: the sharpness that flows from balanced starts reach on singular data",
    normalisation="$R = E|y - Px|²$, no factor 1/2; $K = Σ^{1/2}$, $Π$ the projector on its range",
    source=Source("certimin2026", "open question"),
    claims=(lower, upper, attained),
    controls=_twins,
    witnesses=(
        witness("rows", attained,
                "rows $(1, 0, 0)$, $(0, 3/5, 4/5)$ on $Σ = diag(1, 4, 0)$: $S = 272/25$",
                lambda: _rows(Fraction(4, 5))),
    ),
    necessity=(
        needed(balanced, lower,
               "$W_1 = (3/2, 0, 0)$, $W_2 = 2/3$ on $Σ = diag(1, 4, 0)$: $S = 97/18 < 8$",
               lambda: _written([[[Fraction(3, 2), 0, 0]], [[Fraction(2, 3)]]])),
    ),
    trainings=(
        Training("trained", "gradient flow from balanced starts on singular data", _train),
    ),
    status="open",
    module=__name__,
)  # fmt: skip
