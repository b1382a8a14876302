"""Independent columns of rational matrices, decided by primes and proved over the rationals."""

import numpy as np
import pytest

from numeric.arithmetic import rational
from numeric.arithmetic.rational import Rational, pivots, spanning


@pytest.mark.parametrize("seed", range(60))
def test_columns_that_span_are_the_pivots(seed):
    rng = np.random.default_rng(seed)
    m, n, r = rng.integers(1, 8, 3)
    A = rng.integers(-2, 3, (m, r)) @ rng.integers(-2, 3, (r, n))
    scaled = Rational().scale(
        rational.fraction(rational.to_fmpq(3)) / 7, Rational().matrix(A.tolist())
    )
    assert spanning(scaled) == pivots(scaled)


@pytest.mark.parametrize("first", [2, 3, 5, 7])
def test_a_prime_that_divides_too_much_is_replaced(monkeypatch, first):
    """Modulo the first prime the rank is too small; no answer may come of it."""
    used = []

    def primes():
        for p in (first, 2**61 - 1):
            used.append(p)
            yield p

    monkeypatch.setattr(rational, "_primes", primes)
    A = Rational().matrix([[1, 2, 3], [0, first, 0], [1, 2, 3 + first]])
    assert spanning(A) == pivots(A) == [0, 1, 2]
    singular = Rational().matrix([[1, 2, 3], [1, 2 + first, 3], [2, 4 + first, 6]])
    assert spanning(singular) == pivots(singular) == [0, 1]
    zero = Rational().matrix([[first, 0], [0, 0]])
    assert spanning(zero) == [0]
    assert used.count(2**61 - 1) == 3
