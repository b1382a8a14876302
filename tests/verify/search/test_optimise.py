"""The optimiser reaches kinks, and what it minimises is a claim's slack."""

from dataclasses import replace
from math import inf, sqrt
from time import monotonic

import numpy as np
import pytest
import sympy as sp

from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational
from numeric.arithmetic.tangents import Tangents
from tests.toys import NUMBERS, Numbers, claim, count, first, last, never, norm, total
from verify.claims import Assumption, Bounds, assumed
from verify.registry import theorems
from verify.search.budget import Budget
from verify.search.optimise import Objective, minimise, polish
from verify.search.pipeline import attack
from verify.sources import Exhausted, PointSource, RecordedSource

# --- functions ----------------------------------------------------------------------------------


def tall_and_flat(x):
    """max(|x|, x²), steep at a kink and smooth beyond."""
    size = abs(x[0])
    return (size, np.sign(x)) if size > 1e-300 and size >= size**2 else (size**2, 2 * x)


def valley(x):
    """|1 - x| + 100 |y - x²|, a Rosenbrock valley with a sharp floor."""
    a, b = 1 - x[0], x[1] - x[0] ** 2
    return abs(a) + 100 * abs(b), np.array(
        [-np.sign(a) - 200 * x[0] * np.sign(b), 100 * np.sign(b)]
    )


def largest_of_cycle(x):
    """λ_max(L + diag(x)) - mean(x), L the Laplacian of a 5-cycle: 2 + 2cos(π/5) at least.

    L commutes with the rotations of the cycle, so averaging over them shows x = 0 to be optimal;
    the eigenvalue is double there.
    """
    shift = np.roll(np.eye(5), 1, axis=0)
    values, vectors = np.linalg.eigh(2 * np.eye(5) - shift - shift.T + np.diag(x))
    return values[-1] - x.mean(), vectors[:, -1] ** 2 - 0.2


MINIMA = {
    "max(|x|, x²)": (tall_and_flat, 1, 0.0, 1e-15),
    "nonsmooth Rosenbrock": (valley, 2, 0.0, 1e-9),
    "top eigenvalue": (largest_of_cycle, 5, (5 + sqrt(5)) / 2, 1e-13),
    "quadratic": (lambda x: (x @ x, 2 * x), 6, 0.0, 1e-20),
}


@pytest.mark.parametrize("name", MINIMA)
@pytest.mark.parametrize("seed", range(4))
def test_minima_with_kinks_are_reached(name, seed):
    function, n, least, error = MINIMA[name]
    start = np.random.default_rng(seed).standard_normal(n)
    _, f = minimise(function, start, iterations=2000)
    assert least - 1e-14 <= f <= least + error


def test_what_is_not_finite_is_a_wall():
    def walled(x):
        return (np.nan if x[0] < 1 else inf if x[0] > 9 else x[0] ** 2), 2 * x

    x, f = minimise(walled, [5.0], iterations=100)
    assert f == pytest.approx(1, abs=1e-6)
    assert x == pytest.approx(1, abs=1e-6)
    assert minimise(walled, [0.0], iterations=100)[1] == inf


def test_it_stops_at_the_target_at_the_deadline_and_at_the_resolution():
    calls = []

    def parabola(x):
        calls.append(x)
        return float(x @ x), 2 * x

    assert 0.1 < minimise(parabola, [9.0, 1.0], iterations=100, target=50)[1] <= 50
    late = minimise(parabola, [9.0, 1.0], iterations=100, deadline=monotonic() - 1)
    assert late[1] == 82
    calls.clear()
    minimise(lambda x: (1.0 + 1e-18 * parabola(x)[0], 2e-18 * x), [1.0], iterations=100)
    flat = len(calls)
    minimise(lambda x: parabola(x), [1.0], iterations=100, resolution=10.0)
    assert len(calls) - flat < 60


# --- claims -------------------------------------------------------------------------------------


def dual_numbers(source, bounds):
    """The toy setting, which knows tangents too."""
    exact = Rational() if source.exact else Floating()
    arithmetic = Tangents() if source.backend == "tangent" else exact
    size = source.integer(*bounds.width)
    row = arithmetic.matrix(source.matrix(1, size))
    return Numbers(arithmetic, tuple(arithmetic.entry(row, 0, j) for j in range(size)))


TANGENTS = replace(NUMBERS, build=dual_numbers, tangent=Tangents.seed)
SETTINGS = {"tangents": TANGENTS, "differences": NUMBERS}
CLAIMS = {
    "margin": (norm >= total, ()),
    "reversed": (norm <= last, ()),
    "equality": (sp.Eq(norm, total), ()),
    "one condition": (norm >= total, (first >= 1,)),
    "conditions": (norm >= total, (last <= first / 4, sp.Max(first, last) < 1)),
}


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("name", CLAIMS)
def test_the_objective_has_the_slope_of_differences(setting, name):
    relation, conditions = CLAIMS[name]
    subject = claim(relation, *assumed(*conditions), setting=SETTINGS[setting])
    objective = Objective(subject, [2], [0.5, 0.7])
    u, h = objective.parameters(np.array([0.5, 0.7])), 1e-6
    f, slope = objective(u)
    moved = [(objective(u + h * e)[0] - objective(u - h * e)[0]) / (2 * h) for e in np.eye(2)]
    assert slope == pytest.approx(moved, abs=1e-8)
    assert objective.best[0] <= f


def test_a_negative_objective_is_a_violation_that_meets_the_conditions():
    subject = claim(norm >= total, *assumed(first >= 1, last > 2), setting=TANGENTS)
    objective = Objective(subject, [2], [0.0, 0.0])
    assert objective.at(np.array([1.0, 1.0]))[0] > 0  # violated, but y > 2 is not met
    assert objective.at(np.array([0.9, 2.9]))[0] > 0
    assert objective.at(np.array([1.0, 2.9]))[0] < 0  # x >= 1 is met exactly
    assert objective.at(np.array([1.1, 2.9]))[0] < 0
    assert objective.at(np.array([-2.9, 2.9]))[0] > 1


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_violation_is_found_downhill_and_rebuilt_from_choices(setting):
    # (x + y)² <= 2(x² + y²), made false by 1e-8 next to the diagonal
    relation = norm**2 * 2 >= (1 + sp.Rational(1, 10**8)) * total**2
    subject = claim(relation, *assumed(first > 1, last > 1), setting=SETTINGS[setting])
    choices, f = polish(subject, [2], [0.3, 2.0], target=-9e-9)
    assert f <= -9e-9
    assert choices[0] == 2
    assert choices[1] == pytest.approx(choices[2], rel=1e-3)
    instance = subject.setting.build(RecordedSource([2, *map(sp.Rational, choices[1:])]), Bounds())
    assert len(instance.values) == 2


def test_the_slack_of_an_equality_is_its_distance():
    _, f = polish(claim(sp.Eq(first * last, 1), setting=TANGENTS), [2], [1.0, 1.01])
    assert f == pytest.approx(-8 / 9)  # at x y = 9, the corner of the box


def test_an_assumption_that_fails_is_a_wall():
    large = Assumption("large", lambda i: i.values[0] > 1, "x > 1")
    subject = claim(first >= last, large, setting=TANGENTS)
    assert Objective(subject, [2], [0.0, 0.0]).at(np.zeros(2))[0] == inf
    choices, f = polish(subject, [2], [2.0, 0.5])
    assert f < 0 < 1 < choices[1] < choices[2]


def test_what_is_undefined_everywhere_gives_nothing():
    assert polish(claim(never > 0), [1], [1.0]) == (None, inf)
    assert polish(claim(1 / (count - 1) > norm), [1], [1.0]) == (None, inf)


def test_a_formula_beyond_the_protocol_falls_back_to_differences():
    def builds_floats_only(source, bounds):
        if source.backend == "tangent":
            raise TypeError("no tangents here")
        return NUMBERS.build(source, bounds)

    setting = replace(TANGENTS, build=builds_floats_only)
    f, slope = Objective(claim(first >= last, setting=setting), [2], [1, 2]).at(
        np.array([1.0, 2.0])
    )
    assert f == pytest.approx(-0.5)
    assert slope == pytest.approx([0.5, -0.25])


def test_a_point_source_tells_boxes_and_choices():
    source = PointSource([2, 1], np.array([[9.0, 1.0, 0.5], [1.0, 2.0, 3.0]]))
    source.matrix(1, source.integer(1, 3))
    source.integer(1, 1)
    source.number(0, 1)
    assert source.boxes == [(-3, 3), (-3, 3), (0, 1)]
    assert source.lane(0) == [2, 3.0, 1.0, 1, 0.5]
    assert source.lane(1) == [2, 1.0, 2.0, 1, 1.0]
    with pytest.raises(Exhausted):
        source.number()


@pytest.mark.parametrize("name", ["Z3p.minimum", "C2.alignment"])
def test_a_quantity_that_tangents_cannot_measure_is_searched_by_differences(name):
    theorem = theorems()[name.partition(".")[0]]
    budget = Budget(seconds=20, batches=1, batch_size=64, examples=1, starts=1)
    result = attack(theorem.claim(name), seed=0, budget=budget)
    assert result.engines["optimiser"] > 0
    assert result.found is None
