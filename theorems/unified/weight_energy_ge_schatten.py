r"""The energy of the layers is at least L times a Schatten quasi-norm of their product.

Statement
    Let P = W_L ... W_1, with singular values s_i(P).  Then

        Σ_k |W_k|_F² >= L Σ_i s_i(P)^{2/L},

    with equality if and only if the layers are balanced, D_k = 0 for all k.

Notation
    Σ_k |W_k|_F² is ``weights_sq``; Σ_i s_i(P)^{2/L} is ``schatten``; D_k the imbalances.

Assumptions
    unbalanced  D_k != 0 for some k, for strictness only.  No data enter: any weights will do.

Proof
    Horn: Σ_i f(s_i(P)) <= Σ_i f(Π_k s_i(W_k)) for f(e^x) convex and increasing, here
    f(t) = t^{2/L}.  AM-GM for each i: L Π_k s_i(W_k)^{2/L} <= Σ_k s_i(W_k)²; sum over i.
    Balanced layers share the singular values s_i(P)^{1/L}: equality.  Conversely, where equality
    holds no change of the layers that keeps P lowers the energy; along W_k -> e^{tX}W_k,
    W_{k+1} -> W_{k+1}e^{-tX} its slope at t = 0 is -2 tr(X D_k), which vanishes for all symmetric
    X only if D_k = 0.

Sharpness
    Attained for every P (by balanced factors).  Equal Frobenius norms of the layers do not suffice,
    and the exponent 2/L cannot be 1 at depth 3 or more (controls).

Implementation notes
    Sums of powers of eigenvalues of PPᵀ; exact where its eigenvalues have rational L-th roots.

References
----------
    dai2021representation (the minimum, as representation cost); horn1950singular
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.assumptions import vanishes
from theorems.instances import Instance
from theorems.quantities import depth, symbols, weights_sq
from theorems.settings import balanced_minimizers, minimizers
from theorems.unified.quantities import layer_energy_max
from theorems.words import matrix, symmetric, trace, transpose
from verify.derivation.steps import am_gm
from verify.theorem import (
    Assumption,
    Bounds,
    Condition,
    Formula,
    Identity,
    Source,
    Step,
    Theorem,
    claim,
    quantity,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "schatten", "schatten_bound"]

# --- quantities and closed forms ----------------------------------------------------------------


def _power_sum(instance: Instance, exponent: Fraction) -> Any:
    P = instance.net.end_to_end
    tall = P.shape[-2] > P.shape[-1]
    return instance.arithmetic.power_sum(P.mT @ P if tall else P @ P.mT, exponent)


@quantity("schatten", r"\textstyle\sum_i s_i(P)^{2/L}", positive=False)
def schatten(instance: Instance) -> Any:
    """Σ_i s_i(P)^{2/L}, s_i the singular values of the end-to-end map."""
    return _power_sum(instance, Fraction(1, instance.net.depth))


@quantity("map_nuclear", r"|P|_*", positive=False)
def map_nuclear(instance: Instance) -> Any:
    """Nuclear norm of the end-to-end map, the sum of its singular values."""
    return _power_sum(instance, Fraction(1, 2))


energy, L, cost, nuclear, largest = symbols(
    weights_sq, depth, schatten, map_nuclear, layer_energy_max
)
schatten_bound = Formula("schatten_bound", r"L\textstyle\sum_i s_i(P)^{2/L}", L * cost)


def _is_unbalanced(instance: Instance) -> Any:
    return vanishes(instance, *instance.net.imbalances) ^ True  # not, for one bool or a mask


unbalanced = Assumption("unbalanced", _is_unbalanced, r"D_k \neq 0 \text{ for some } k")
equal_energies = Assumption("equal_energies", L * largest <= energy, r"|W_1|_F = \dots = |W_L|_F")

# --- claims and proofs --------------------------------------------------------------------------

_SMALL = Bounds((2, 4), (1, 2))


@claim(minimizers, energy >= schatten_bound, bounds=_SMALL)
def lower(schatten_bound: Any) -> Iterator[Step]:
    """The energy of the layers is at least L Σ_i s_i(P)^{2/L}.

    The side condition of Horn's inequality, then AM-GM for one singular value.
    """
    x = sp.Symbol("x", real=True)
    f = sp.exp(2 * x / L)
    for name, order in (("increasing", 1), ("convex", 2)):
        slope = sp.diff(f, x, order)
        yield Condition(f"f(e^x) = e^(2x/L) is {name}", slope, ">", why="Horn's inequality")
    for size in range(2, 6):
        s = sp.symbols(f"s_1:{size + 1}", nonnegative=True)
        bound, conditions = am_gm([t**2 for t in s], "AM-GM", L=size)
        yield from conditions
        product = sp.Mul(*(t ** sp.Rational(2, size) for t in s))
        closed = schatten_bound.subs({L: size, cost: product})
        yield Identity("one singular value", bound, closed, why="AM-GM", at={"L": size})


@claim(balanced_minimizers, sp.Eq(energy, schatten_bound), bounds=_SMALL)
def balanced(schatten_bound: Any) -> Iterator[Step]:
    """Equality for balanced layers.

    Layers share the singular value g = s^{1/L}.
    """
    g = sp.Symbol("g", positive=True)
    total = schatten_bound.subs(cost, (g**L) ** (2 / L))
    yield Identity("L equal terms", L * g**2, total, why="M4: balanced layers share s_i(P)^{1/L}")


@claim(minimizers, energy > schatten_bound, unbalanced, bounds=_SMALL)
def only_if() -> Iterator[Step]:
    """Strict inequality for unbalanced layers.

    The slope of |e^{tX}W|_F² + |Ve^{-tX}|_F² at t = 0, which keeps P, for layers V after W.
    """
    W, V, X = matrix("W"), matrix("V"), symmetric("X")
    slope = 2 * trace(transpose(W) * X * W) - 2 * trace(V * X * transpose(V))
    imbalance = transpose(V) * V - W * transpose(W)
    why = "an interior minimum is stationary"
    yield Identity("slope of the energy", slope, -2 * trace(X * imbalance), why=why)


# --- false twins --------------------------------------------------------------------------------


def _equal_norms() -> Instance:
    """diag(2, 1) and diag(1, 2): equal norms, not balanced."""
    return Instance.of_minimizer([[[2, 0], [0, 1]], [[1, 0], [0, 2]]], [[1, 0], [0, 1]])


_twins = (
    twin("larger_factor", "L + 1 for L", minimizers, energy >= (L + 1) * cost, bounds=_SMALL),
    twin("nuclear", "the nuclear norm for the quasi-norm at every depth",
         balanced_minimizers, energy >= L * nuclear, bounds=_SMALL),
    twin("equal_energies", "equality for layers of equal Frobenius norm",
         minimizers, energy <= schatten_bound, equal_energies,
         bounds=_SMALL, known=lambda: [_equal_norms()]),
)  # fmt: skip

THEOREM = Theorem(
    id="U9",
    title="The energy of the layers is at least L Σ s_i(P)^(2/L), and equal iff balanced",
    statement=(
        r"\sum_{k=1}^{L}|W_k|_F^2 \ge L\sum_i s_i(P)^{2/L}, \quad"
        r"\text{with equality iff } D_k = 0 \text{ for all } k"
    ),
    normalisation="squared Frobenius norms, no factor 1/2; s_i singular values of P = W_L...W_1",
    source=Source("dai2021representation", "representation cost; equality iff balanced added here"),
    claims=(lower, balanced, only_if),
    controls=_twins,
    witnesses=(
        witness("unbalanced", only_if,
                "diag(2, 1) and diag(1, 2): equal norms, not balanced, 10 > 8", _equal_norms),
        witness("balanced", balanced, "diag(2, 1) three times: 15 = 3(4 + 1)",
                lambda: Instance.of_minimizer([[[2, 0], [0, 1]]] * 3, [[1, 0], [0, 1]])),
    ),
    module=__name__,
)  # fmt: skip
