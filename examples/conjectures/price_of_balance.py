"""Balanced minimizers of depth two are at most sqrt(κ) times as sharp as the flattest (U6).

Attack it:  certimin search examples/conjectures/price_of_balance.py
"""

from verify.conjecture import conjecture

CONJECTURE = conjecture(
    "price-of-balance",
    "sharpness <= sqrt(condition)*minimal_sharpness",
    over="balanced-minimizers",
    depth=(2, 2),
    width=(1, 3),
    title="at depth two balance costs at most the root of the condition number",
)
