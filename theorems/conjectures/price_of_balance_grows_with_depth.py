r"""Open: does the worst price of balance grow with depth?

Statement
    Let the worst ratio of balanced to least sharpness at depth $L$ be

        r_L(κ) = \Bigl( \frac{1}{L-1} Σ_{j=1}^{L-1} κ^{j/(L-1)} \Bigr)^{1-1/L}.

    No ratio is larger, $S ≤ r_L(κ) S_min$ for balanced minimizers.   [U6.ratio]

    Conjectured, and attacked here for $L = 2, ..., 5$: $r_L(κ) ≤ r_{L+1}(κ)$ for every $L ≥ 2$ and
    $κ ≥ 1$.   [grows]

Notation
    $κ$ (``condition``), $L$ (``depth``); ``worst_ratio`` is $r_L$.

Assumptions
    None: only $κ$ and $L$ enter.

Proof
    None is known.  What is known are remarks that no claim checks.

    $r_2 = √κ$, and $r_L$ tends to $(κ-1)/ln κ$ with depth, which would then bound the price at
    every depth.  For $κ = e^h$,

        \ln r_L = h/2 + h²(L-2)/(24(L-1)) + O(h³),

    whose second term grows with $L$.  For large $κ$, $r_L$ is of order $κ^{1-1/L}$.  In between
    nothing is claimed here.

Sharpness
    Equality at $κ = 1$.

Implementation notes
    Attacked by the engine, not derived.  The instance serves only to carry $κ$ and $L$.

References
----------
    certimin2026 (open question)
"""

from __future__ import annotations

from theorems.instances import Instance
from theorems.quantities import condition, depth, symbols
from theorems.settings import balanced_on_definite_data
from theorems.unified import balanced_sharpness_le_price as U6
from theorems.unified.balanced_sharpness_le_price import worst_ratio
from verify.theorem import Bounds, Source, Theorem, stated, twin, witness

__all__ = ["THEOREM"]

L, kappa = symbols(depth, condition)
_next = worst_ratio.expression.subs(L, L + 1)
_SIZES = Bounds((2, 5), (1, 2))

grows = stated(
    "grows", "one more layer does not lower the price",
    balanced_on_definite_data, worst_ratio <= _next, given=(U6.ratio,), bounds=_SIZES,
)  # fmt: skip

_twins = (
    twin("falls", "one more layer does not raise the price",
         balanced_on_definite_data, worst_ratio >= _next, bounds=_SIZES),
    twin("twice", "$r_L κ^{1/(2L)}$ for $r_L$: growth by a power of $κ$",
         balanced_on_definite_data, worst_ratio * kappa ** (1 / (2 * L)) <= _next, bounds=_SIZES),
)  # fmt: skip

THEOREM = Theorem(
    id="O3",
    title="Does the worst price of balance grow with depth?",
    normalisation="$r_L$ is a ratio of sharpnesses: no factor matters",
    source=Source("certimin2026", "open question"),
    claims=(grows,),
    controls=_twins,
    witnesses=(
        witness("two", grows, "$κ = 4$, $L = 2$: $2 ≤ 9^{1/3}$",
                lambda: Instance.of_minimizer([[[1, 0], [0, 1]]] * 2, [[1, 0], [0, 4]])),
    ),
    module=__name__,
    status="open",
)  # fmt: skip
