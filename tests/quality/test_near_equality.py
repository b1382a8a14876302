"""A bound that is attained, made false by a millionth: the optimiser must find where.

No random instance comes near: the sharpness is least only where top eigenvalues of the dual Gram
matrix meet.  Downhill it is met from nearly every start.
"""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from theorems import quantities as q
from theorems import settings
from verify.claims import Bounds, Claim, assumed, decide
from verify.search.optimise import polish
from verify.sources import BatchSource, RecordedSource

sharpness, least, a, a2 = q.symbols(q.sharpness, q.minimal_sharpness, q.a, q.a2)
SPREAD = (a2 >= sp.Rational(11, 10) * a,)


def near_equality(setting, digits, bounds, conditions=()):
    relation = sharpness >= (1 + sp.Rational(1, 10**digits)) * least
    return Claim("near", "", setting, relation, assumed(*conditions), bounds)


MILLIONTH = near_equality(settings.univariate_minimizers, 6, Bounds((2, 4), (1, 3)), SPREAD)
HUNDRED_MILLIONTH = near_equality(settings.univariate_minimizers, 8, Bounds((2, 4), (2, 3)), SPREAD)
MANY_OUTPUTS = near_equality(settings.minimizers, 8, Bounds((2, 3), (2, 2)))


def refuted(claim, choices):
    """Whether the choices, rounded to rationals, make an exact counterexample."""
    for denominator in (100, 1000, 10**6, 2**1074):
        values = [
            x if isinstance(x, int) else Fraction(x).limit_denominator(denominator) for x in choices
        ]
        instance = claim.setting.build(RecordedSource(values), claim.bounds)
        if decide(claim, instance, exact_first=False).refutes:
            return True
    return False


@pytest.mark.parametrize(
    ("claim", "seed", "digits"),
    [
        (MILLIONTH, 0, 6),
        (MILLIONTH, 1, 6),
        (MILLIONTH, 9, 6),
        (HUNDRED_MILLIONTH, 0, 8),
        (HUNDRED_MILLIONTH, 3, 8),
        (MANY_OUTPUTS, 0, 8),
        (MANY_OUTPUTS, 1, 8),
    ],
)
def test_a_bound_attained_nowhere_near_is_broken_downhill(claim, seed, digits):
    source = BatchSource(np.random.default_rng(seed), 1)
    claim.setting.build(source, claim.bounds)
    start = source.lane(0)
    sizes = [x for x in start if isinstance(x, int)]
    numbers = [x for x in start if not isinstance(x, int)]
    half = 0.5 * 10**-digits
    choices, slack = polish(claim, sizes, numbers, iterations=200, seconds=60, target=-1.98 * half)
    assert slack < -half
    assert refuted(claim, choices)
