"""The enclosed gradient flow against closed solutions, conserved quantities and hostile starts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from flint import arb, ctx

from numeric.arithmetic.ball import Balls
from numeric.arithmetic.rational import Rational
from numeric.flow.enclosed import FlowProblem, after, flow_states
from numeric.flow.limit import flow_limit
from numeric.loss import gradient
from numeric.networks import LinearNetwork
from numeric.training import gradient_flow

ar = Rational()
HALF, TENTH = Fraction(1, 2), Fraction(1, 10)


def matrices(*layers: Any) -> list[Any]:
    return [ar.matrix(W) for W in layers]


def scalars(*numbers: Any) -> list[Any]:
    return [ar.matrix([[w]]) for w in numbers]


def scalar_problem(target: Any, accuracy: Fraction = Fraction(1, 10**14)) -> FlowProblem:
    return FlowProblem(ar.matrix([[1]]), ar.matrix([[target]]), accuracy)


def contains(net: LinearNetwork, value: arb) -> bool:
    """Whether the 1 x 1 map of the network holds all of a much finer ball."""
    return bool(net.end_to_end.raw[0, 0].contains(value))


def logistic(t: Fraction, target: int, start: Fraction, rate: Fraction) -> arb:
    """The product of two equal scalar layers at a time, at four times the precision."""
    with ctx.workprec(512):
        decay = (arb(rate.numerator) / rate.denominator * t.numerator / t.denominator).exp()
        ratio = arb(target) * start.denominator / start.numerator - 1
        return arb(target) / (1 + ratio / decay)


@pytest.mark.parametrize("time", [Fraction(1, 64), Fraction(1, 3), Fraction(2)])
@pytest.mark.parametrize("accuracy", [Fraction(1, 1000), Fraction(1, 10**14)])
def test_two_equal_scalars_follow_the_logistic_curve(time: Fraction, accuracy: Fraction) -> None:
    problem = scalar_problem(2, accuracy)
    state = after(problem, scalars(HALF, HALF), time)
    assert state.time == time
    with Balls() as balls:
        net = state.network(balls)
        assert contains(net, logistic(time, 2, HALF**2, Fraction(8)))
        # a rate that is wrong in the sixth digit is told from it where the enclosure is fine
        if accuracy < TENTH**6:
            assert not contains(net, logistic(time, 2, HALF**2, Fraction(8) + TENTH**5))
            assert float(state.radius) < 1e-12


def test_the_centre_alone_is_not_the_truth() -> None:
    """With coarse steps the remainder is needed: the midpoint misses the solution."""
    state = after(scalar_problem(2, TENTH**2), scalars(HALF, HALF), Fraction(1))
    truth = logistic(Fraction(1), 2, HALF**2, Fraction(8))
    with Balls():
        product = state.centre[0].raw[0, 0] * state.centre[1].raw[0, 0]
        assert not product.contains(truth)
        assert state.radius > 0


@pytest.mark.parametrize("size", [2, 3])
def test_imbalances_are_conserved(size: int) -> None:
    """D_k of the start is in the enclosure at every step, on correlated data, three layers."""
    layers = [[[1, HALF], [-TENTH, 1]], [[2, 0], [HALF, 1]], [[1, -1], [0, HALF]]][:size]
    weights = matrices(*layers)
    problem = FlowProblem(
        ar.matrix([[1, HALF], [HALF, 2]]), ar.matrix([[1, 0], [Fraction(1, 3), 2]])
    )
    exact = LinearNetwork(ar, tuple(weights)).imbalances
    for state in flow_states(problem, weights):
        with Balls() as balls:
            now = state.network(balls).imbalances
            for D, D_0 in zip(now, exact, strict=True):
                assert all(
                    x.contains(y) and x.rad() < 1e-9
                    for x, y in zip(D.raw.entries(), D_0.raw.entries(), strict=True)
                )
        if state.time > Fraction(1, 5):
            break


def test_it_agrees_with_an_integrator_of_another_kind() -> None:
    layers = [[[1, 0], [0, 1]], [[2, 0], [0, 1]]]
    target = [[2, 0], [TENTH, 1]]
    weights = matrices(*layers)
    problem = FlowProblem(ar.identity(2), ar.matrix(target))
    floats = gradient_flow(layers, [[1.0, 0], [0, 1]], [[2.0, 0], [0.1, 1]], time=1.0)
    state = after(problem, weights, Fraction(1))
    for M, W in zip(state.centre, floats.weights, strict=True):
        pairs = zip(M.raw.entries(), W.ravel(), strict=True)
        assert max(abs(float(x) - w) for x, w in pairs) < 1e-9


@pytest.mark.parametrize(
    ("first", "second", "target"),
    [
        (Fraction(-1), Fraction(1001, 1000), 2),  # passes near the saddle
        (Fraction(8), Fraction(1, 8), 3),  # sharp, far from balanced
        (Fraction(1, 100), Fraction(1, 50), 1),  # starts near the saddle
        (Fraction(3), Fraction(3), 1),  # much too large
    ],
)
def test_limits_of_hostile_scalar_starts(first: Any, second: Any, target: int) -> None:
    """The limit has the imbalance b of the start, so S = 2(w_1² + w_2²) = 2 √(b² + 4 m²)."""
    limit = flow_limit(scalar_problem(target), scalars(first, second))
    b = second**2 - first**2
    with ctx.workprec(512):
        square = b * b + 4 * target**2
        truth = 2 * (arb(square.numerator) / square.denominator).sqrt()
    found = limit.sharpness().arb
    assert found.contains(truth)
    assert not found.contains(truth + arb("1e-5"))


def test_the_limit_of_a_minimizer_is_itself() -> None:
    weights = matrices([[1, 0], [0, 1]], [[2, 0], [TENTH, 1]])
    limit = flow_limit(FlowProblem(ar.identity(2), ar.matrix([[2, 0], [TENTH, 1]])), weights)
    assert limit.steps == 0
    assert float(limit.radius) < 1e-30


def test_a_radius_as_small_as_asked() -> None:
    problem = scalar_problem(2)
    for digits in (3, 9):
        limit = flow_limit(problem, scalars(1, 2), within=TENTH**digits)
        assert limit.radius < TENTH**digits


def test_flows_to_saddles_have_no_minimizer_as_limit() -> None:
    """w_1 = -w_2 falls to the origin; a start there stays."""
    for start in (scalars(-1, 1), scalars(0, 0)):
        with pytest.raises(ArithmeticError, match="not seen to end"):
            flow_limit(scalar_problem(2), start)


def test_a_bottleneck_has_no_limit_with_the_target_reached() -> None:
    problem = FlowProblem(ar.identity(2), ar.matrix([[2, 0], [0, 1]]))
    with pytest.raises(ArithmeticError, match="its loss is 1,"):
        flow_limit(problem, matrices([[1, 0]], [[1], [0]]))


def test_misfits_are_told() -> None:
    with pytest.raises(ValueError, match="singular"):
        flow_limit(FlowProblem(ar.matrix([[0]]), ar.matrix([[1]])), scalars(1, 1))
    with pytest.raises(ValueError, match="expected a network of shape"):
        flow_limit(scalar_problem(1), matrices([[1, 0]], [[1]]))
    with pytest.raises(ValueError, match="columns"):
        flow_limit(scalar_problem(1), matrices([[1]], [[1, 0]]))
    with pytest.raises(ValueError, match="sigma"):
        after(FlowProblem(ar.identity(2), ar.matrix([[1]])), scalars(1), Fraction(1))


def test_a_step_of_descent_may_end_in_a_sharper_limit() -> None:
    """The certified instance: below the edge of stability, one step, two layers of size two."""
    weights = matrices([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    target, eta = ar.matrix([[2, 0], [TENTH, 1]]), Fraction(47, 250)
    problem = FlowProblem(ar.identity(2), target)
    slopes = gradient(LinearNetwork(ar, tuple(weights)), problem.sigma, target)
    moved = [W - ar.scale(ar.scalar(eta), G) for W, G in zip(weights, slopes, strict=True)]
    before, later = (flow_limit(problem, W).sharpness() for W in (weights, moved))
    assert before < Fraction(1010442, 10**5)
    assert later > Fraction(101071, 10**4)
    assert Fraction(189, 100) < eta * before < 2


def test_so_it_does_at_small_steps() -> None:
    """The increase is between 7 and 8 times η²R: no smaller step mends it."""
    weights = matrices([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    target, eta = ar.matrix([[2, 0], [TENTH, 1]]), Fraction(1, 100)
    problem = FlowProblem(ar.identity(2), target)
    slopes = gradient(LinearNetwork(ar, tuple(weights)), problem.sigma, target)
    moved = [W - ar.scale(ar.scalar(eta), G) for W, G in zip(weights, slopes, strict=True)]
    before, later = (flow_limit(problem, W).sharpness() for W in (weights, moved))
    assert 7 < (later - before) / (eta * TENTH) ** 2 < 8
