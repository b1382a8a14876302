"""The paper's experiments: which runs they show, and that numbers drawn are numbers measured."""

from types import SimpleNamespace

import numpy as np
import pytest

from numeric.arithmetic.floating import Floating
from numeric.networks import LinearNetwork
from numeric.spectrum import sharpness_at_minimizer
from numeric.training import gradient_descent
from theorems.experiments import gaussian, nonlinear, residual, underdetermined
from theorems.experiments.checks import beyond, reached, window
from theorems.experiments.drawing import means
from theorems.experiments.outcome import Options
from theorems.experiments.regressions import common, generator
from theorems.experiments.runs import gaussian_starts, residual_starts, run, traced

TINY = Options(scale_down=100)


def few(monkeypatch, module, plan):
    monkeypatch.setattr(module, "_PLAN", plan)


def test_figures_1_and_3_show_the_same_runs_on_one_data_set(monkeypatch):
    few(monkeypatch, gaussian, {0.02: (200, 2), 0.1: (100, 1), 0.2: (100, 3)})
    monkeypatch.setattr(gaussian, "_TRACED_STEPS", 50)
    first, third = (make(Options(scale_down=9)) for make in (gaussian.figure_1, gaussian.figure_3))
    for name in ("scale", "step_size", "final", "status"):
        np.testing.assert_array_equal(first.arrays[name], third.arrays[name])
    assert len(np.unique(first.arrays["minimal"])) == 1
    assert len(first.figure.axes) == 6
    steps = first.traces["step"]
    assert steps.max() == 50
    assert sorted(set(first.traces["step_size"])) == [0.02, 0.1]


def test_the_probability_of_divergence_is_the_share_of_what_diverged(monkeypatch):
    few(monkeypatch, gaussian, {0.1: (300, 6)})
    outcome = gaussian.figure_3(Options())
    scale, gone = outcome.arrays["scale"], outcome.arrays["status"] == 0
    drawn = outcome.figure.axes[0].lines[0]
    shares = [gone[scale == place].mean() for place in np.unique(scale)]
    np.testing.assert_allclose(drawn.get_xdata(), np.unique(scale))
    np.testing.assert_allclose(drawn.get_ydata(), shares)
    assert 0 < np.mean(shares) < 1
    assert np.isnan(outcome.arrays["distance"][gone]).all()


@pytest.mark.parametrize("frozen", [False, True])
def test_a_traced_descent_is_the_descent(frozen):
    data, rng = common(0), generator(0, "test")
    if frozen:
        start = residual_starts(rng, np.full(1, 0.5), 4, 5)
    else:
        start = gaussian_starts(rng, np.full(1, 0.5), (5, 5, 5, 1))
    columns = traced(data, start, (0.01, 0.03), 100, frozen_output=frozen)
    for rate in (0.01, 0.03):
        end = gradient_descent(
            start, data.sigma, data.cross, rate, steps=100, tolerance=0.0, frozen_output=frozen
        )
        product = end.weights[0]
        for W in end.weights[1:]:
            product = W @ product
        here = (columns["step_size"] == rate) & (columns["step"] == 100)
        distance = np.sum((product - data.target) ** 2)
        np.testing.assert_allclose(columns["distance"][here], [distance], rtol=1e-8)


def test_a_trace_says_nothing_of_what_diverged():
    rng = generator(0, "test")
    start = gaussian_starts(rng, np.full(1, 1.5), (5, 5, 5, 1))
    columns = traced(common(0), start, (1e-4, 1.0), 50)
    gone = (columns["step_size"] == 1.0) & (columns["step"] == 50)
    assert np.isnan(columns["distance"][gone]).all()
    assert np.isnan(columns["sharpness"][gone]).all()
    assert np.isfinite(columns["sharpness"][columns["step_size"] == 1e-4]).all()


def test_figure_2_has_one_frozen_output_for_each_depth_and_both_edges(monkeypatch):
    monkeypatch.setattr(residual, "STEPS", 50)
    outcome = residual.figure_2(TINY)
    runs = outcome.arrays
    assert sorted(set(runs["depth"])) == [5, 10, 20, 40]
    data = common(0)
    for depth in residual.DEPTHS:
        least = runs["minimal"][runs["depth"] == depth]
        np.testing.assert_allclose(least, data.minimal_sharpness(depth)[0], rtol=1e-9)
    upright = {
        line.get_xdata()[0]
        for line in outcome.figure.axes[0].lines
        if len(line.get_xdata()) == 2 and line.get_xdata()[0] == line.get_xdata()[1]
    }
    for depth in residual.DEPTHS:
        assert any(np.isclose(x, 1 / (depth * data.rayleigh[0])) for x in upright)


def test_a_minimizer_that_repels_is_left_however_closely_it_is_passed():
    data, rng = common(0), generator(0, "test")
    start = [3 * np.eye(5)[None], data.target / 3]
    edge = 2 / sharpness_at_minimizer(LinearNetwork(Floating(), start), data.sigma)
    start = [W + 1e-9 * rng.standard_normal(W.shape) for W in start]
    found = run(data, start, np.ones(1), 1.05 * edge, 3000)
    assert found.converged.all()
    assert found.taken == 3000
    assert found.final < 2 / (1.05 * edge)
    below = run(data, start, np.ones(1), 0.95 * edge, 3000)
    assert below.final == pytest.approx(2 / edge, rel=1e-6)


def test_residual_starts_share_their_output_or_have_their_own():
    shared = residual_starts(generator(0, "test"), np.full(6, 0.3), 3, 4)[-1]
    own = residual_starts(generator(0, "test"), np.full(6, 0.3), 3, 4, own_outputs=True)[-1]
    assert (shared == shared[0]).all()
    assert len(np.unique(own[:, 0, 0])) == 6
    for row in (shared, own):
        np.testing.assert_allclose(np.linalg.norm(row, axis=(1, 2)), 1, rtol=1e-12)


def test_the_gap_is_the_loss_on_fresh_samples_less_that_on_the_data(monkeypatch):
    few(monkeypatch, underdetermined, {0.001: (300, 2), 0.01: (300, 1)})
    outcome = underdetermined.underdetermined(Options(scale_down=4))
    rng = generator(0, "underdetermined")
    (x, y), (fresh, answers) = underdetermined.labelled(rng, 1, 15, 20)
    arrays = outcome.arrays
    for P, gap in zip(arrays["regressor"], arrays["generalisation_gap"], strict=True):
        train = np.mean((x[0] @ P - y[0, :, 0]) ** 2)
        test = np.mean((fresh[0] @ P - answers[0, :, 0]) ** 2)
        assert gap == pytest.approx(test - train, rel=1e-9, nan_ok=True)
    seen = (arrays["step_size"] == 0.001) & np.isfinite(arrays["final"])
    sharpness, gap = arrays["final"][seen], arrays["generalisation_gap"][seen]
    assert (gap > 0).all()
    slope = np.polyfit(np.log(sharpness), np.log(gap), 1)[0]
    assert outcome.checks[-1].measured == pytest.approx(slope, rel=1e-9)
    assert outcome.checks[-1].count == len(gap) > 3


@pytest.mark.slow
def test_gelu_networks_are_measured_before_and_after_and_no_line_of_theory_is_drawn(monkeypatch):
    few(monkeypatch, nonlinear, {0.02: (60, 1), 0.07: (30, 1)})
    outcome = nonlinear.nonlinear(Options(scale_down=9))
    assert {"initial", "final", "slope", "loss"} <= set(outcome.arrays)
    assert np.isfinite(outcome.arrays["initial"]).all()
    assert outcome.verdict == "inconclusive"  # nothing rests after so few steps
    labels = outcome.figure.axes[0].get_legend_handles_labels()[1]
    assert not any(word in label for label in labels for word in ("2La", "Sₘᵢₙ"))
    assert "whose lines are not drawn: 2La = " in outcome.note


def runs(**values):
    arrays = {name: np.asarray(value, dtype=float) for name, value in values.items()}
    arrays["converged"] = np.ones(len(arrays["minimal"]), dtype=bool)
    return SimpleNamespace(**arrays)


def test_a_minimizer_below_the_least_sharpness_or_beyond_the_edge_contradicts():
    fine = runs(final=[2.0, 3.9], minimal=[2.0, 2.0], step_size=[0.5, 0.5])
    low = runs(final=[1.99, 3.9], minimal=[2.0, 2.0], step_size=[0.5, 0.5])
    high = runs(final=[2.0, 4.1], minimal=[2.0, 2.0], step_size=[0.5, 0.5])
    assert window(fine)[0].verdict == "pass"
    assert window(low)[0].verdict == "FAIL"
    assert window(high)[0].verdict == "FAIL"
    assert beyond(fine).verdict == "no runs"
    assert beyond(runs(final=[2.0], minimal=[2.0], step_size=[1.1])).verdict == "FAIL"


def test_the_largest_step_size_that_succeeds_has_no_failure_before_it():
    distance = [[0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 0, 0], [0, np.nan, 0]]
    found = reached(runs(minimal=[1.0], distance=np.ravel(distance)), [0.1, 0.2, 0.3])
    assert found.tolist() == [0.2, 0.1, 0.1, 0.3, 0.1]


def test_means_are_of_what_is_finite():
    x, y = np.array([1, 1, 2, 2, 3]), np.array([1.0, 3.0, 5.0, np.nan, np.nan])
    places, found = means(x, y)
    assert places.tolist() == [1, 2, 3]
    np.testing.assert_array_equal(found, [2.0, 5.0, np.nan])


def test_a_caption_says_what_was_run():
    options = Options(scale_down=4)
    assert options.span([0.1, 0.2, 0.3, 0.4]) == "2 scales from 0.2 to 0.4"
    assert options.plan({0.5: (100, 20)}) == "steps x repetitions at each η: 0.5: 100 x 5"
