"""Balanced minimizers of depth two are at most sqrt(κ) times as sharp as the flattest (U6).

Attack it:  certimin search examples/conjectures/price_of_balance.py
"""

from verify.claims import QUANTITIES
from verify.conjecture import conjecture
from verify.theorem import Identity

LARGEST, SMALLEST = (QUANTITIES[name].symbol for name in ("data_max", "data_min"))


def proof():
    """One step of the proof: (√Λ - √λ)² >= 0 bounds the geometric mean by the arithmetic one."""
    yield Identity(
        "arithmetic and geometric mean",
        LARGEST**2 + SMALLEST**2 - 2 * LARGEST * SMALLEST,
        (LARGEST - SMALLEST) ** 2,
        why="binomial formula, with Λ and λ written as squares",
        at={"L": 2},
    )


CONJECTURE = conjecture(
    "price-of-balance",
    "sharpness <= sqrt(condition)*minimal_sharpness",
    over="balanced-minimizers",
    depth=(2, 2),
    width=(1, 3),
    title="at depth two balance costs at most the root of the condition number",
    proof=proof,
)
