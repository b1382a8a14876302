"""Second moments of data, without rounding."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from numeric.datasets import Dataset, bundled
from numeric.moments import _limbs, moments


def dataset(features, targets):
    """Wrap two matrices, with made-up names."""
    x_names = tuple(f"x{i}" for i in range(np.shape(features)[1]))
    y_names = tuple(f"y{i}" for i in range(np.shape(targets)[1]))
    return Dataset("made up", features, targets, x_names, y_names)


def naive(left, right):
    """The mean of products, in fractions, term by term."""
    n = len(left)
    return tuple(
        tuple(
            sum(Fraction(float(a)) * Fraction(float(b)) for a, b in zip(p, q, strict=True)) / n
            for q in np.transpose(right)
        )
        for p in np.transpose(left)
    )


@settings(max_examples=60, deadline=None)
@given(
    arrays(
        np.float64,
        st.tuples(st.integers(1, 6), st.integers(2, 4)),
        elements=st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9).map(float),
    )
)
def test_moments_are_exact_for_all_finite_floats(values):
    x, y = values[:, :-1], values[:, -1:]
    result = moments(dataset(x, y))
    assert result.sigma == naive(x, x)
    assert result.cross == naive(y, x)
    assert result.target_sq == naive(y, y)[0][0]
    assert result.samples == len(values)


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(8, 20))
def test_limbs_add_up_whatever_their_width(x, width):
    total = Fraction(0)
    for position, limb in _limbs(np.array([[x]]), width):
        assert abs(limb.item()) < 2**width
        total += limb.item() * Fraction(2) ** (width * position.item())
    assert total == Fraction(x)


@pytest.mark.parametrize(
    "column",
    [
        [0.0, 0, 0, 0],
        [255.0, 0, 3, 1],
        [2.0**-1074, 0, 2.0**-1073, 0],
        [2.0**1023, 2.0**1022, 0, 2.0**1023],
        [2.0**1023, 2.0**-1074, 0, 1],
        [0.75, -0.5, 2.0**-18, 0],
        [0.75, -0.5, 2.0**-21, 0],
    ],
)
def test_columns_of_one_limb_and_others_mix_exactly(column):
    x = np.column_stack([column, [0.1, 0.2, 0.3, 1e10], [1, -1, 1, 1], [0, 0, 0, 0]])
    result = moments(dataset(x, x[:, :2]))
    assert result.sigma == naive(x, x)
    assert result.cross == naive(x[:, :2], x)


@pytest.mark.parametrize("big", [np.finfo(float).max, 2.0**53 - 1, 5e-324, -np.pi])
def test_moments_are_exact_across_blocks_of_rows(big):
    x = np.full((20000, 2), big)
    x[::3, 1] = 1.0
    x[7, 0] = 2.0**-1074
    result = moments(dataset(x, x[:, :1]))
    assert result.sigma == naive(x, x)
    assert result.target_sq == result.cross[0][0] == result.sigma[0][0]


@pytest.mark.parametrize("name", ["diabetes", "digits"])
def test_bundled_sets_have_exact_moments_that_agree_with_float64(name):
    data = bundled(name)
    n, result = len(data.features), moments(data)
    assert (n, data.features.shape[1], data.targets.shape[1]) in {(442, 10, 1), (1797, 64, 10)}
    assert all(type(entry) is Fraction for row in result.sigma + result.cross for entry in row)
    assert result.sigma == tuple(zip(*result.sigma, strict=True))
    sigma = np.array(result.sigma, dtype=float)
    assert np.allclose(sigma, data.features.T @ data.features / n, rtol=1e-12, atol=1e-15)
    cross = np.array(result.cross, dtype=float)
    assert np.allclose(cross, data.targets.T @ data.features / n, rtol=1e-12, atol=1e-15)
    assert np.isclose(float(result.target_sq), np.sum(data.targets**2) / n, rtol=1e-14)


def test_moments_of_digits_known_by_hand():
    result = moments(bundled("digits"))
    assert result.target_sq == 1
    assert result.sigma[0][0] == 0
    assert result.samples == 1797
