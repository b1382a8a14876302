"""The data of the experiments: scaled as said, and one set where one is said to be."""

import numpy as np
import pytest

from theorems.experiments.regressions import common, draw, generator, labelled, regress


def test_labels_are_scaled_so_that_the_regressor_has_norm_one():
    (x, y), (fresh, answers) = labelled(generator(0, "test"), 3, 30, 4)
    data = regress(x, y)
    np.testing.assert_allclose(np.linalg.norm(data.target, axis=-1), 1, rtol=1e-12)
    np.testing.assert_allclose(data.cross, (x.mT @ y).mT / 30, rtol=1e-9, atol=1e-12)
    assert fresh.shape == x.shape
    assert answers.shape == y.shape
    assert not np.allclose(fresh, x)


def test_fresh_samples_have_the_same_law_as_the_others():
    (x, y), (fresh, answers) = labelled(generator(1, "test"), 1, 200_000, 3)
    for moment, other in ((x.mT @ y, fresh.mT @ answers), (y.mT @ y, answers.mT @ answers)):
        np.testing.assert_allclose(moment / 200_000, other / 200_000, atol=0.02)


def test_without_noise_the_labels_are_a_function_of_the_features():
    (x, y), (fresh, answers) = labelled(generator(2, "test"), 2, 20, 4, noise=0.0)
    w = regress(x, y).target
    np.testing.assert_allclose(x @ w.mT, y, atol=1e-12)
    np.testing.assert_allclose(fresh @ w.mT, answers, atol=1e-12)


def test_with_few_samples_the_regressor_has_the_least_norm():
    (x, y), _ = labelled(generator(3, "test"), 1, 5, 8)
    w = regress(x, y).target[0, 0]
    np.testing.assert_allclose(x[0] @ w, y[0, :, 0], atol=1e-12)
    other = np.linalg.svd(x[0])[2][5:]  # directions that no sample sees
    np.testing.assert_allclose(other @ w, 0, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_the_common_data_set_has_its_edge_between_the_two_largest_step_sizes(seed):
    data = common(seed)
    assert data.sigma.shape == (1, 5, 5)
    assert 0.1 < 2 / data.minimal_sharpness(10)[0] < 0.2
    assert np.array_equal(data.sigma, common(seed).sigma)
    assert not np.array_equal(data.sigma, common(seed + 1).sigma)


def test_the_words_of_a_caption_are_the_numbers_of_the_data():
    data = draw(generator(4, "test"), 2, 40, 3)
    said = data.described(2, 7)
    assert f"a = {data.rayleigh[0]:.4f}" in said
    assert f"at depth 7 2La = {14 * data.rayleigh[0]:.4f}" in said
    assert f"S_min = {data.minimal_sharpness(7)[0]:.4f}" in said


def test_repeated_data_are_the_first():
    data = draw(generator(5, "test"), 2, 20, 3)
    many = data.repeated(4)
    assert many.cross.shape == (4, 1, 3)
    assert (many.sigma == data.sigma[0]).all()
    assert not (many.sigma == data.sigma[1]).any(axis=(1, 2)).all()
