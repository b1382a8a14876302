r"""Open: is the set of flattest minimizers connected when the network is wide enough?

Statement
    Let $Σ = I$, let the hidden widths be at least $rank T + 1$, and let the flattest minimizers be
    the set $\{W : W_L ⋯ W_1 = T, S(W) = 2Lσ^{2-2/L}\}$.

    Conjectured, and not attacked itself: that set is connected.

    A consequence is tested: a flattest minimizer of the family of M1.attained stays flattest,
    $S(W) = 2Lσ^{2-2/L}$, when a hidden layer is turned.   [turned]

Notation
    $σ = |T|_2$ (``target_norm``), $S$ (``sharpness``).  A turn of a hidden layer by a rotation $Q$
    replaces $W_k$ by $Q W_k$ and $W_{k+1}$ by $W_{k+1} Qᵀ$.

Assumptions
    turned  the instance is a flattest minimizer of the family of M1.attained, one of its hidden
            layers turned.

Proof
    None is known.  Two consequences are tested only.

    Turns by rotations keep a flattest minimizer flattest, so each orbit of the connected group of
    turns lies in one component.   [turned]
    With one dead hidden direction, which width $rank T + 1$ provides, the sign flip that separates
    $(1, 1)$ from $(-1, -1)$ is a rotation by $π$.

    That different orbits are joined is not tested, and nothing is claimed.  At width $rank T$ the
    set is not connected, a remark that no claim checks: for $T = 1$, $L = 2$ it is
    $\{(1, 1), (-1, -1)\}$.

Sharpness
    The straight segment between two flattest points leaves the set (control).

Implementation notes
    Decided exactly on rational rotations.  Those of Cayley's transform are a connected set that
    holds the identity.

References
----------
    certimin2026 (open question)
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp

from theorems.assumptions import minimizer, whitened
from theorems.flat_minima import sharpness_ge_of_minimizer as M1
from theorems.instances import Instance
from theorems.quantities import depth, sharpness, symbols, target_norm
from theorems.recipes import Draw, setting
from theorems.settings import flattest_minimizers
from verify.theorem import Bounds, Formula, Source, Theorem, quantity, stated, twin, witness

__all__ = ["THEOREM"]

# --- turned flattest minimizers -----------------------------------------------------------------


@setting("turned-flattest-minimizers", "flattest minimizers with one hidden layer rotated")
def turned_flattest_minimizers(draw: Draw) -> Instance:
    """Flattest minimizers of whitened data, one hidden layer turned by a rational rotation."""
    ar, base = draw.arithmetic, draw.of(flattest_minimizers)
    k = draw.integer(1, base.net.depth - 1)
    turn, layers = draw.rotation(base.net.widths[k]), list(base.weights)
    layers[k - 1], layers[k] = turn @ layers[k - 1], layers[k] @ turn.mT
    turned = Instance.of(ar, layers, base.sigma, base.target)  # the target stays what it was
    return turned if ar.kind == "exact" else replace(turned, at_minimizer=True)


@quantity("midpoint_loss", r"R(\tfrac12 W + \tfrac12 W')", positive=False)
def midpoint_loss(instance: Instance) -> Any:
    """Excess loss halfway between W and W with its first two layers negated."""
    ar = instance.arithmetic
    layers = [ar.scale(ar.scalar(0), W) for W in instance.weights[:2]] + [*instance.weights[2:]]
    moved = replace(instance, weights=tuple(layers))
    gap = moved.net.end_to_end - instance.target
    return ar.trace(gap @ instance.sigma @ gap.mT)


# --- claim and false twin -----------------------------------------------------------------------

S, L, sigma, halfway = symbols(sharpness, depth, target_norm, midpoint_loss)
flat_value = Formula("flat_value", r"2L\sigma^{2-2/L}", 2 * L * sigma ** (2 - 2 / L))
_SMALL = Bounds((2, 4), (1, 3))

turned = stated(
    "turned", "a consequence, not the question: turning a hidden layer keeps a point flattest",
    turned_flattest_minimizers, sp.Eq(S, flat_value), minimizer, whitened,
    given=(M1.attained,), bounds=_SMALL,
)  # fmt: skip

THEOREM = Theorem(
    id="O2",
    title="Open: the set of flattest minimizers of a wide network is connected",
    normalisation="$R = E|y - Px|²$, no factor 1/2",
    source=Source("certimin2026", "open question"),
    claims=(turned,),
    controls=(
        twin("segment",
             "the segment from $W$ to $W$ with two layers negated stays among minimizers",
             turned_flattest_minimizers, sp.Eq(halfway, 0), minimizer, whitened, bounds=_SMALL),
    ),
    witnesses=(
        witness("flip", turned, "width $2 = rank T + 1$: $(1, 0)$ and $(1, 0)ᵀ$ turned by $π$",
                lambda: Instance.of_minimizer([[[-1], [0]], [[-1, 0]]], [[1]])),
    ),
    status="open",
    module=__name__,
)  # fmt: skip
