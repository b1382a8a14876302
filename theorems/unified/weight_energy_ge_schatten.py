r"""The energy of the layers is at least L times a Schatten quasi-norm of their product.

Statement
    Let $P = W_L ⋯ W_1$, with singular values $s_i(P)$, and $D_k = W_{k+1}ᵀW_{k+1} - W_kW_kᵀ$.  Then

        Σ_k |W_k|_F² ≥ L Σ_i s_i(P)^{2/L},                                 [lower]

    with equality for balanced layers, $D_k = 0$ for all $k$, and strictly if some $D_k ≠ 0$.
    [balanced, only_if]
    The product of the layers' norms has $Π_k |W_k|_F² ≥ (Σ_i s_i(P)^{2/L})^L$.   [product]

Notation
    $Σ_k |W_k|_F²$ is ``weights_sq``; $Σ_i s_i(P)^{2/L}$ is ``schatten``; $D_k$ the imbalances.

Assumptions
    unbalanced  $D_k ≠ 0$ for some $k$, for strictness only.  No data enter: any weights will do.

Proof
    The product.  Horn's inequality for the singular values of a product, then Hölder's for sums,
    give

        Σ_i s_i(P)^{2/L} ≤ Σ_i Π_k s_i(W_k)^{2/L} ≤ Π_k (Σ_i s_i(W_k)²)^{1/L},
        Π_k (Σ_i s_i(W_k)²)^{1/L} = Π_k |W_k|_F^{2/L}.                     [product]

    The sum.  By the inequality of arithmetic and geometric means for the layers
    $Σ_k |W_k|_F² ≥ L (Π_k |W_k|_F²)^{1/L}$, to which the product applies.   [lower]

    Equality.  Balanced layers share the singular values $s_i(P)^{1/L}$.   [balanced]
    Conversely, where equality holds no change of the layers that keeps $P$ lowers the energy; along
    $W_k → e^{tX}W_k$, $W_{k+1} → W_{k+1}e^{-tX}$ its slope at $t = 0$ is $-2 tr(X D_k)$, which
    vanishes for all symmetric $X$ only if $D_k = 0$.   [only_if]

    The formal proof does without Horn.  Let $q_i$ be orthonormal eigenvectors of $PᵀP$, and
    $x_{k,i}$ what is left of $W_k ⋯ W_1 q_i$ without its projection on those of
    $q_1, ..., q_{i-1}$.  Its factors $t_{k,i} = |x_{k,i}|²/|x_{k-1,i}|²$ have
    $Σ_i t_{k,i} ≤ |W_k|_F²$ (Bessel) and $Π_k t_{k,i} ≥ s_i(P)²$, for the $P q_i$ are orthogonal;
    the inequality of means or Hölder's over the layers ends it.

Sharpness
    Balanced factors attain it.  Equal Frobenius norms of the layers do not suffice, and the
    exponent $2/L$ cannot be 1 at depth 3 or more (controls).

Implementation notes
    Sums of powers of eigenvalues of $PPᵀ$; exact where its eigenvalues have rational $L$-th roots.

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
from theorems.directions import k
from theorems.instances import Instance
from theorems.lemmas import HORN
from theorems.quantities import depth, symbols, weights_sq
from theorems.settings import balanced_minimizers, minimizers
from theorems.unified.quantities import layer_energy_max
from verify.derivation import rules
from verify.theorem import (
    Assumption,
    Bounds,
    Claim,
    Formula,
    Source,
    Step,
    Theorem,
    claim,
    expanded,
    family,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM", "schatten", "schatten_bound"]

# --- quantities and closed forms ----------------------------------------------------------------


def _power_sum(instance: Instance, exponent: Fraction) -> Any:
    P = instance.net.end_to_end
    tall = P.shape[-2] > P.shape[-1]
    return instance.arithmetic.power_sum(P.mT @ P if tall else P @ P.mT, exponent)


@quantity("schatten", r"\textstyle\sum_i s_i(P)^{2/L}")
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


@family("layer_energy", "e")
def layer_energy(instance: Instance) -> list[Any]:
    """e_k = |W_k|_F², k = 1..L."""
    return [instance.arithmetic.frobenius_sq(W) for W in instance.weights]


layer_total = expanded(
    "layer_total", r"\textstyle\sum_k|W_k|_F^2", "Σ_k |W_k|_F², layer by layer.",
    sp.Sum(layer_energy(k), (k, 1, L)),
)  # fmt: skip
layer_product = expanded(
    "layer_product", r"\textstyle\prod_k|W_k|_F^2", "Π_k |W_k|_F².",
    sp.Product(layer_energy(k), (k, 1, L)),
)  # fmt: skip

sum_of_layers = stated(
    "sum", "the energy layer by layer",
    minimizers, sp.Eq(energy, layer_total.symbol), bounds=_SMALL,
    sizes=((2, 2, 2, 2), (3, 2, 1, 2, 2)), check=True,
)  # fmt: skip
product = stated(
    "product", "the norm of the product is at most the product of norms",
    minimizers, layer_product.symbol >= cost**L, cites=(HORN,), bounds=_SMALL,
    sizes=((2, 1, 1, 1), (2, 2, 1, 1), (2, 1, 2, 1), (2, 2, 1, 2), (3, 2, 1, 1, 1)), formal=True,
)  # fmt: skip


@claim(
    minimizers, energy >= schatten_bound, given=(sum_of_layers, product), bounds=_SMALL,
    formal=True,
)  # fmt: skip
def lower(product: Claim, schatten_bound: Any) -> Iterator[Step]:
    """The energy of the layers is at least $L Σ_i s_i(P)^{2/L}$."""
    mean = rules.am_gm_sum(layer_energy(k), (k, 1, L))
    named = rules.substituted(mean, rules.turned(rules.definition(layer_product)))
    root = rules.scaled(rules.raised(rules.given(product), 1 / L), L)
    total = rules.transitive(rules.definition(layer_total), rules.transitive(named, root))
    yield rules.rewritten(
        rules.transitive(rules.given(sum_of_layers), total), energy, schatten_bound
    )


balanced = stated(
    "balanced", "equality for balanced layers",
    balanced_minimizers, sp.Eq(energy, schatten_bound), bounds=_SMALL,
    sizes=((2, 1, 1, 1), (2, 2, 1, 1), (2, 1, 2, 1), (2, 2, 2, 1), (3, 2, 1, 1, 1)), formal=True,
)  # fmt: skip
only_if = stated(
    "only_if", "strict inequality for unbalanced layers",
    minimizers, energy > schatten_bound, unbalanced, bounds=_SMALL, formal=True,
)  # fmt: skip

# --- false twins --------------------------------------------------------------------------------


def _equal_norms() -> Instance:
    """diag(2, 1) and diag(1, 2): equal norms, not balanced."""
    return Instance.of_minimizer([[[2, 0], [0, 1]], [[1, 0], [0, 2]]], [[1, 0], [0, 1]])


_twins = (
    twin("larger_factor", "$L + 1$ for $L$", minimizers, energy >= (L + 1) * cost, bounds=_SMALL),
    twin("nuclear", "the nuclear norm for the quasi-norm at every depth",
         balanced_minimizers, energy >= L * nuclear, bounds=_SMALL),
    twin("equal_energies", "equality for layers of equal Frobenius norm",
         minimizers, energy <= schatten_bound, equal_energies,
         bounds=_SMALL, known=lambda: [_equal_norms()]),
)  # fmt: skip

THEOREM = Theorem(
    id="U9",
    title="The energy of the layers is at least a Schatten quasi-norm, and balanced layers have it",
    normalisation=(
        "squared Frobenius norms, no factor 1/2; $s_i$ singular values of $P = W_L ⋯ W_1$"
    ),
    source=Source("dai2021representation", "representation cost; equality iff balanced added here"),
    claims=(sum_of_layers, product, lower, balanced, only_if),
    controls=_twins,
    witnesses=(
        witness("unbalanced", only_if,
                "$diag(2, 1)$ and $diag(1, 2)$: equal norms, not balanced, $10 > 8$",
                _equal_norms),
        witness("balanced", balanced, "$diag(2, 1)$ three times: $15 = 3(4 + 1)$",
                lambda: Instance.of_minimizer([[[2, 0], [0, 1]]] * 3, [[1, 0], [0, 1]])),
    ),
    module=__name__,
)  # fmt: skip
