r"""Open: is the set of flattest minimizers connected when the network is wide enough?

Statement
    Let Σ = I.  Conjectured: for hidden widths at least rank T + 1 the set of flattest minimizers
    {W : W_L ... W_1 = T, S(W) = 2Lσ^{2-2/L}} is connected.  At width = rank T it is not: for T = 1,
    L = 2 it is {(1, 1), (-1, -1)}.

Notation
    σ = |T|_2 (``target_norm``), S (``sharpness``).  A turn of a hidden layer by a rotation Q
    replaces W_k by Q W_k and W_{k+1} by W_{k+1} Qᵀ.

Assumptions
    turned  the instance is a flattest minimizer of the family of M1.attained, one of its hidden
            layers turned.

What is tested
    Two consequences only.  Turns by rotations keep a flattest minimizer flattest, so each orbit of
    the connected group of turns lies in one component; and with one dead hidden direction, which
    width rank + 1 provides, the sign flip that separates (1, 1) from (-1, -1) is a rotation by π.
    That different orbits are joined is not tested, and nothing is claimed.

Main results
    O2.turned  turning a hidden layer leaves P and the sharpness as they are

Evidence
    Exact on rational rotations.

Sharpness
    The straight segment between two flattest points leaves the set (control).

Implementation notes
    Rotations by Cayley's transform are a connected set that holds the identity.

References
----------
    certimin2026 (open question)

Tags
    open, flat minima, connectedness
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theorems.assumptions import minimizer, whitened
from theorems.instances import Instance
from theorems.quantities import depth, sharpness, symbols, target_norm
from theorems.recipes import Draw, setting
from theorems.settings import flattest_minimizers
from verify.claims import Bounds, quantity
from verify.legacy import Claim, Formula, Theorem, Witness
from verify.theorem import Control, Source

__all__ = ["THEOREM"]

# --- turned flattest minimizers -----------------------------------------------------------------


def _turned(instance: Instance, turn: Any, k: int) -> Instance:
    """The network with hidden layer k turned; the target stays what it was."""
    layers = list(instance.weights)
    layers[k - 1], layers[k] = turn @ layers[k - 1], layers[k] @ turn.mT
    ar = instance.arithmetic
    if ar.kind == "exact":
        return Instance.of(ar, layers, instance.sigma, instance.target)
    return Instance(ar, tuple(layers), instance.sigma, instance.target, True)


@setting("turned-flattest-minimizers", "flattest minimizers with one hidden layer rotated")
def turned_flattest_minimizers(draw: Draw) -> Instance:
    """Flattest minimizers of whitened data, one hidden layer turned by a rational rotation."""
    base = draw.of(flattest_minimizers)
    k = draw.integer(1, base.net.depth - 1)
    turn = draw.rotation(base.net.widths[k])
    return _turned(base, turn, k)


@quantity("midpoint_loss", r"R(\tfrac12 W + \tfrac12 W')", positive=False)
def midpoint_loss(instance: Instance) -> Any:
    """Excess loss halfway between W and W with its first two layers negated."""
    ar = instance.arithmetic
    nothing = ar.scalar(0)
    layers = [ar.scale(nothing, W) for W in instance.weights[:2]] + list(instance.weights[2:])
    moved = Instance(ar, tuple(layers), instance.sigma, instance.target, False)
    gap = moved.net.end_to_end - instance.target
    return ar.trace(gap @ instance.sigma @ gap.mT)


# --- claim and control --------------------------------------------------------------------------

S, L, sigma, halfway = symbols(sharpness, depth, target_norm, midpoint_loss)
flat_value = Formula("flat_value", r"2L\sigma^{2-2/L}", 2 * L * sigma ** (2 - 2 / L))
_SMALL = Bounds(depth=(2, 4), width=(1, 3))

THEOREM = Theorem(
    id="O2",
    title="Open: the set of flattest minimizers of a wide network is connected",
    statement=(
        r"\Sigma = I,\; d_k > \operatorname{rank} T \;\overset{?}{\Longrightarrow}\; "
        r"\{W : P = T,\; S(W) = 2L\sigma^{2-2/L}\} \text{ is connected}"
    ),
    normalisation="R = E|y - Px|², no factor 1/2",
    source=Source("certimin2026", "open question"),
    claims=(
        Claim(
            "O2.turned",
            "a consequence, not the question: turning a hidden layer keeps a point flattest",
            turned_flattest_minimizers,
            sp.Eq(S, flat_value.symbol),
            (minimizer, whitened),
            (flat_value,),
            _SMALL,
        ),
    ),
    controls=(
        Control(
            Claim(
                "O2.control.segment",
                "the segment from W to W with two layers negated stays among minimizers",
                turned_flattest_minimizers,
                sp.Eq(halfway, 0),
                (minimizer, whitened),
                bounds=_SMALL,
            )
        ),
    ),
    witnesses=(
        Witness(
            "O2.witness.flip",
            "O2.turned",
            "width 2 = rank + 1: (1, 0) and (1, 0)ᵀ turned by π",
            lambda: Instance.of_minimizer([[[-1], [0]], [[-1, 0]]], [[1]]),
        ),
    ),
    formulas=(flat_value,),
    uses=("M1",),
    status="open",
    module=__name__,
    tags=("open", "flat minima", "connectedness"),
)
