r"""Open: which hypersurfaces does gradient descent on a deep scalar chain keep?

Statement
    Let a Darboux polynomial of gradient descent on $(w_L ⋯ w_1 - m)²$ be a $p$ that divides
    $p(w⁺)$, so that its zero set is kept.

    Known are $w_i ± w_j$ [N10.step, N25.identities], products of Darboux polynomials, and for two
    layers the ellipsoid of N2.

    As $r = 0$ consists of fixed points, the residual $r = w_L ⋯ w_1 - m$ is another one:

        r⁺ = r \Bigl(1 + 2η \sum_{S≠∅} (-1)^{|S|}(2ηr)^{|S|-1} \prod_{k∈S}π_k\prod_{k∉S}w_k\Bigr),

    $π_k$ the product of all layers but $k$.                                    [residual]

    Open: whether there are others for three layers and more.

Notation
    ``residual_factor_gap`` compares both sides; $2ηr$ is what a step moves $w_k$ by, over $-π_k$.

Assumptions
    None.

Proof
    $w_k⁺ = w_k - 2ηrπ_k$; expand the product.  [residual]

    What is settled beyond, by remarks that no claim of this page checks:

    Degree 1, every $L ≥ 2$, $m ≠ 0$.  For $p = a·w + b$ one has $p(w⁺) = p - 2ηr \sum_k a_kπ_k$, so
    $p$ divides $\sum_k a_kπ_k$, which for three or more $a_k ≠ 0$ is irreducible up to a monomial.
    What remains is $w_i ± w_j$.

    Degree 2, $L = 3$, at $m = 1$ and $2η = 1$: every Darboux polynomial is a product of those.  It
    divides $rp_2(∇) - ∇p·∇$, $∇ = (π_k)$, and its cofactor is determined degree by degree; what
    is left are polynomial equations for the coefficients of $p$, whose only solutions are these
    (elimination in rational arithmetic, ``tests/theorems/test_darboux.py``).

    Open: degree 3 and more, other step sizes, $L ≥ 4$ in degree 2.

Sharpness
    What the flow keeps, $w_1² + w_2² - 2w_3²$, descent does not (control).

Implementation notes
    The number of solutions says nothing of invariant sets that are not algebraic.

References
----------
    certimin2026 (open question)
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theorems.dynamics.chains import stepped_chains
from theorems.instances import Instance
from theorems.quantities import compared, symbols
from theorems.stepped import SteppedInstance
from verify.errors import Undefined
from verify.theorem import (
    Assumption,
    Bounds,
    Source,
    Theorem,
    quantity,
    stated,
    twin,
    witness,
)  # fmt: skip

__all__ = ["THEOREM"]

# --- quantities ---------------------------------------------------------------------------------


def _layers(instance: Instance) -> list[Any]:
    return [instance.arithmetic.entry(W, 0, 0) for W in instance.weights]


def _without(layers: list[Any], k: int) -> Any:
    """π_k, the product of the others."""
    total = layers[k] - layers[k] + 1
    for i, w in enumerate(layers):
        total = total if i == k else total * w
    return total


def _moved(instance: SteppedInstance) -> list[Any]:
    """The layers one step later."""
    layers, m = _layers(instance), instance.arithmetic.entry(instance.target, 0, 0)
    pull = 2 * instance.step_size * (_without(layers, 0) * layers[0] - m)
    return [w - pull * _without(layers, k) for k, w in enumerate(layers)]


def _powers(instance: SteppedInstance) -> list[Any]:
    """The coefficients of Π_k (w_k - tπ_k) as a polynomial in t."""
    layers = _layers(instance)
    found: list[Any] = [layers[0] - layers[0] + 1]
    for k, w in enumerate(layers):
        pi = _without(layers, k)
        shifted = [found[0] - found[0], *(c * pi for c in found)]
        found = [c * w - s for c, s in zip([*found, found[0] - found[0]], shifted, strict=True)]
    return found


@compared(
    "residual_factor_gap", r"r^+-rK",
    r"r^+ = r\Bigl(1+2\eta\textstyle\sum_{S\ne\emptyset}(-1)^{|S|}(2\eta r)^{|S|-1}"
    r"\prod_{k\in S}\pi_k\prod_{k\notin S}w_k\Bigr)",
)  # fmt: skip
def residual_factor_gap(instance: SteppedInstance) -> tuple[list[Any], list[Any]]:
    """The residual after a step, against the residual before times a polynomial."""
    ar, moved = instance.arithmetic, _moved(instance)
    m, unit = ar.entry(instance.target, 0, 0), ar.identity(1)
    first, *rest = _powers(instance)
    r = first - m
    pull, factor = 2 * instance.step_size * r, r - r
    for coefficient in reversed(rest):
        factor = factor * pull + coefficient
    after = _without(moved, 0) * moved[0] - m
    product = r * (1 + 2 * instance.step_size * factor)
    return [ar.scale(after, unit)], [ar.scale(product, unit)]


def _three(layers: list[Any]) -> list[Any]:
    if len(layers) < 3:
        raise Undefined("these forms are about three layers")
    return layers[:3]


@quantity("plane_form", "w_1+w_2-2w_3", positive=False)
def plane_form(instance: SteppedInstance) -> Any:
    """w_1 + w_2 - 2w_3."""
    x, y, z = _three(_layers(instance))
    return x + y - 2 * z


@quantity("plane_form_next", "w_1^++w_2^+-2w_3^+", positive=False)
def plane_form_next(instance: SteppedInstance) -> Any:
    """w_1 + w_2 - 2w_3 one step later."""
    x, y, z = _three(_moved(instance))
    return x + y - 2 * z


@quantity("cone_form", "w_1^2+w_2^2-2w_3^2", positive=False)
def cone_form(instance: SteppedInstance) -> Any:
    """w_1² + w_2² - 2w_3², which gradient flow conserves."""
    x, y, z = _three(_layers(instance))
    return x * x + y * y - 2 * z * z


@quantity("cone_form_next", "(w_1^+)^2+(w_2^+)^2-2(w_3^+)^2", positive=False)
def cone_form_next(instance: SteppedInstance) -> Any:
    """w_1² + w_2² - 2w_3² one step later."""
    x, y, z = _three(_moved(instance))
    return x * x + y * y - 2 * z * z


gap, plane, plane_next, cone, cone_next = symbols(
    residual_factor_gap, plane_form, plane_form_next, cone_form, cone_form_next
)

# --- claim and twins ----------------------------------------------------------------------------

_THREE = Bounds((3, 3), (1, 1))

residual = stated(
    "residual", "the residual after a step is a multiple of the residual before",
    stepped_chains, sp.Eq(gap, 0), bounds=Bounds((2, 4), (1, 1)), sizes=((2,), (3,)),
)  # fmt: skip


def _chain(*layers: int) -> SteppedInstance:
    base = Instance.exact([[[w]] for w in layers], [[1]], [[1]])
    return SteppedInstance.beside(base, step_size=base.arithmetic.scalar(1) / 8)


_twins = (
    twin("plane", "the plane $w_1 + w_2 = 2w_3$ is kept",
         stepped_chains, sp.Eq(plane_next, 0), Assumption("plane", sp.Eq(plane, 0)),
         bounds=_THREE, known=lambda: [_chain(2, 0, 1)]),
    twin("cone", "the cone $w_1² + w_2² = 2w_3²$, which the flow keeps, is kept",
         stepped_chains, sp.Eq(cone_next, 0), Assumption("cone", sp.Eq(cone, 0)),
         bounds=_THREE, known=lambda: [_chain(1, 7, 5)]),
)  # fmt: skip

THEOREM = Theorem(
    id="O6",
    title="Open: the hypersurfaces that gradient descent on a deep scalar chain keeps",
    normalisation="$(w_L ⋯ w_1 - m)²$, no factor 1/2; step $w - η∇$",
    source=Source("certimin2026", "open question"),
    claims=(residual,),
    controls=_twins,
    witnesses=(
        witness("three", residual, "$w = (1, 7, 5)$, $m = 1$, $η = 1/8$", lambda: _chain(1, 7, 5)),
    ),
    status="open",
    module=__name__,
)  # fmt: skip
