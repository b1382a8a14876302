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

Main results
    U9.lower     the inequality, on any weights
    U9.balanced  equality on balanced layers
    U9.only_if   strict inequality on unbalanced ones

Evidence
    Symbolic: AM-GM for L = 2..5, equality for all L, the slope for all depths and widths.

Sharpness
    Attained for every P (by balanced factors).  Equal Frobenius norms of the layers do not suffice,
    and the exponent 2/L cannot be 1 at depth 3 or more (controls).

Implementation notes
    Sums of powers of eigenvalues of PPᵀ; exact where its eigenvalues have rational L-th roots.

References
----------
    dai2021representation (the minimum, as representation cost); horn1950singular

Tags
    balancedness, weight decay, norms
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from theorems.instances import Instance
from theorems.quantities import depth, imbalance, symbols, weights_sq
from theorems.settings import balanced_minimizers, minimizers
from theorems.words import matrix, symmetric, trace, transpose
from verify.claims import Bounds, Setting, quantity
from verify.legacy import (
    Assumption,
    Claim,
    Condition,
    Formula,
    Identity,
    Step,
    Theorem,
    Witness,
    am_gm,
)
from verify.theorem import Control, Source

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


energy, L, spread, cost, nuclear = symbols(weights_sq, depth, imbalance, schatten, map_nuclear)
schatten_bound = Formula("schatten_bound", r"L\textstyle\sum_i s_i(P)^{2/L}", L * cost)


def _is_unbalanced(instance: Instance) -> Any:
    ar = instance.arithmetic
    zero = [ar.is_zero(D) for D in instance.net.imbalances]
    if ar.kind != "sampled":
        return not all(zero)
    return ~ar.xp.all(ar.xp.stack(zero), axis=0)


def _has_equal_energies(instance: Instance) -> Any:
    ar = instance.arithmetic
    first, *others = [ar.frobenius_sq(W) for W in instance.weights]
    if ar.kind != "sampled":
        return all(ar.compare(first, x).sign == 0 for x in others)
    return ar.xp.all(ar.xp.stack([x == first for x in others]), axis=0)


unbalanced = Assumption("unbalanced", r"D_k \neq 0 \text{ for some } k", _is_unbalanced)
equal_energies = Assumption("equal_energies", r"|W_1|_F = \dots = |W_L|_F", _has_equal_energies)

# --- derivations --------------------------------------------------------------------------------


def derive_lower(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the side condition of Horn's inequality and AM-GM for one singular value."""
    x = sp.Symbol("x", real=True)
    f = sp.exp(2 * x / L)
    for name, order in (("increasing", 1), ("convex", 2)):
        yield Condition(
            f"f(e^x) = e^(2x/L) is {name}",
            rf"f^{{({order})}} > 0",
            "all L",
            "side condition of Horn's inequality",
            sp.diff(f, x, order).is_positive,
        )
    for size in range(2, 6):
        s = sp.symbols(f"s1:{size + 1}", nonnegative=True)
        bound, conditions = am_gm([t**2 for t in s], f"AM-GM at L = {size}", "L = 2..5")
        yield from conditions
        product = sp.Mul(*(t ** sp.Rational(2, size) for t in s))
        yield Identity(
            f"one singular value at L = {size}",
            r"L\prod_k s_i(W_k)^{2/L} \le \sum_k s_i(W_k)^2",
            "L = 2..5",
            "AM-GM",
            sp.powdenest(bound, force=True),
            formulas["schatten_bound"].subs({L: size, cost: product}),
        )


def derive_balanced(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the energy of layers that share the singular value g = s^{1/L}."""
    g, s = sp.symbols("g s", positive=True)
    yield Identity(
        "L equal terms",
        r"\sum_k g^2 = L s^{2/L},\quad s = g^L",
        "all L",
        "M4: balanced layers share their singular values",
        L * g**2,
        formulas["schatten_bound"].subs(cost, s ** (2 / L)).subs(s, g**L),
    )


def derive_only_if(formulas: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the slope of the energy along a change of two layers that keeps P."""
    W, V, X = matrix("W"), matrix("V"), symmetric("X")
    yield Identity(
        "slope of the energy",
        r"\tfrac{d}{dt}(|e^{tX}W_k|_F^2+|W_{k+1}e^{-tX}|_F^2)\big|_0 = -2\operatorname{tr}(XD_k)",
        "all depths, widths and layers",
        "an interior minimum is stationary",
        2 * trace(transpose(W) * X * W) - 2 * trace(V * X * transpose(V)),
        -2 * trace(X * (transpose(V) * V - W * transpose(W))),
    )


# --- claims and controls ------------------------------------------------------------------------


def _claim(
    name: str, title: str, relation: Any, setting: Setting, *assumptions: Assumption
) -> Claim:
    bounds = Bounds(depth=(2, 4), width=(1, 2))
    return Claim(f"U9.{name}", title, setting, relation, assumptions, (schatten_bound,), bounds)


_claims = (
    _claim("lower", "the inequality", energy >= schatten_bound.symbol, minimizers),
    _claim(
        "balanced",
        "equality for balanced layers",
        sp.Eq(energy, schatten_bound.symbol),
        balanced_minimizers,
    ),
    _claim("only_if", "strict otherwise", energy > schatten_bound.symbol, minimizers, unbalanced),
)

_controls = (
    Control(_claim("control.larger_factor", "L + 1 for L", energy >= (L + 1) * cost, minimizers)),
    Control(
        _claim(
            "control.nuclear",
            "the nuclear norm for the quasi-norm at every depth",
            energy >= L * nuclear,
            balanced_minimizers,
        )
    ),
    Control(
        _claim(
            "control.equal_energies",
            "equality for layers of equal Frobenius norm",
            energy <= schatten_bound.symbol,
            minimizers,
            equal_energies,
        ),
        known=lambda: [
            Instance.of_minimizer([[[2, 0], [0, 1]], [[1, 0], [0, 2]]], [[1, 0], [0, 1]])
        ],
    ),
)

THEOREM = Theorem(
    id="U9",
    title="The energy of the layers is at least L Σ s_i(P)^(2/L), and equal iff balanced",
    statement=(
        r"\sum_{k=1}^{L}|W_k|_F^2 \ge L\sum_i s_i(P)^{2/L}, \quad"
        r"\text{with equality iff } D_k = 0 \text{ for all } k"
    ),
    normalisation="squared Frobenius norms, no factor 1/2; s_i singular values of P = W_L...W_1",
    source=Source("dai2021representation", "representation cost; equality iff balanced added here"),
    claims=_claims,
    controls=_controls,
    formulas=(schatten_bound,),
    derivations={
        "U9.lower": derive_lower,
        "U9.balanced": derive_balanced,
        "U9.only_if": derive_only_if,
    },
    witnesses=(
        Witness(
            "U9.witness.unbalanced",
            "U9.only_if",
            "diag(2, 1) and diag(1, 2): equal norms, not balanced, 10 > 8",
            lambda: Instance.of_minimizer([[[2, 0], [0, 1]], [[1, 0], [0, 2]]], [[1, 0], [0, 1]]),
        ),
        Witness(
            "U9.witness.balanced",
            "U9.balanced",
            "diag(2, 1) three times: 15 = 3(4 + 1)",
            lambda: Instance.of_minimizer([[[2, 0], [0, 1]]] * 3, [[1, 0], [0, 1]]),
        ),
    ),
    module=__name__,
    tags=("balancedness", "weight decay"),
)
