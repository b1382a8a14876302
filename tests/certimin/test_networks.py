"""The user's network: what it computes, what it counts, and what it refuses."""

from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from scipy.stats import norm

from certimin.networks import Network
from certimin.sources.activations import BEND
from numeric.activations import ACTIVATIONS
from tests import refused
from verify.errors import UsageError

refusal = partial(refused.refusal, Network)
W1, W2 = [[1.0, 2.0, 0.0], [0.0, -1.0, 1.0]], [[2.0, -1.0]]


def test_outputs_by_hand():
    net = Network([W1, W2], [[1, 0], [5]], "relu")
    assert net.outputs([[1, 1, 0], [-2, 0, 3]]).tolist() == [[13.0], [2.0]]
    assert Network([W1, W2]).outputs([[1, 1, 0]]).tolist() == [[7.0]]
    assert Network([W1], activation="relu").outputs([[-1, 0, 0]]).tolist() == [[-1.0, 0.0]]


def test_a_scaling_of_the_inputs_is_applied_first_and_not_counted():
    net = Network([W1], shift=[1, 2, 3], scale=2)
    assert net.inputs([[3, 2, 1]]).tolist() == [[1, 0, -1]]
    assert net.outputs([[3, 2, 1]]).tolist() == [[1, -1]]
    assert net.parameters == 6


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("identity", lambda z: z),
        ("relu", lambda z: z * (z > 0)),
        ("gelu", lambda z: z * norm.cdf(z)),
        ("tanh", lambda z: (np.exp(2 * z) - 1) / (np.exp(2 * z) + 1)),
        ("sigmoid", lambda z: 1 / (1 + np.exp(-z))),
        ("silu", lambda z: z / (1 + np.exp(-z))),
    ],
)
def test_activations_by_their_definitions(name, reference):
    z = np.linspace(-6, 6, 241)
    np.testing.assert_allclose(ACTIVATIONS[name](z)[0], reference(z), rtol=1e-9, atol=1e-12)


def test_the_usual_form_of_gelu_is_near_the_exact_one_and_not_the_same():
    z = np.linspace(-6, 6, 241)
    apart = np.abs(ACTIVATIONS["gelu"](z)[0] - ACTIVATIONS["gelu_tanh"](z)[0]).max()
    assert 1e-4 < apart < 1e-3
    assert ACTIVATIONS["gelu_tanh"](np.array([1e200, -1e200]))[0].tolist() == [1e200, 0]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_no_activation_is_steeper_or_larger_than_the_check_of_sources_assumes(name):
    z = np.linspace(-30, 30, 60001)
    values = ACTIVATIONS[name](z)[0]
    assert np.abs(np.diff(values) / np.diff(z)).max() <= BEND
    assert (np.abs(values) <= np.abs(z) + 1).all()


def test_counts():
    net = Network([W1, W2], activation="tanh")
    assert (net.depth, net.widths, net.parameters) == (2, (3, 2, 1), 8)
    assert not net.has_biases
    assert not net.linear
    assert Network([W1, W2]).linear
    assert Network([W1], activation="relu").linear
    assert Network([W1, W2], [[1, 1], [1]]).parameters == 11


def test_arrays_become_float64_of_their_own():
    given = np.array(W1, dtype=np.float32)
    net = Network([given, [[Fraction(1, 3), 2]]])
    given[0, 0] = 9
    assert net.weights[0].tolist() == W1
    assert all(W.dtype == np.float64 for W in net.weights)
    with pytest.raises(ValueError, match="read-only"):
        net.weights[0][0, 0] = 9
    assert net.notes == ("1 number of 'weights[1]' rounded to the nearest float64",)


def test_biases_that_are_zero_are_biases():
    net = Network([W1, W2], [[0, 0], [0]])
    assert net.has_biases
    assert net.notes == ("biases are all zero",)
    assert net.parameters == 11


def test_a_missing_bias_beside_others_is_zero_and_noted():
    net = Network([W1, W2], [None, [3]])
    assert [b.tolist() for b in net.biases] == [[0, 0], [3]]
    assert net.notes == ("no bias stored for layer 1: taken as zero and trained",)
    assert Network([W1, W2], [None, None]).biases == ()


def test_one_line_and_html():
    net = Network([W1, W2], [[1, 0], [5]], "ReLU", name="a<b", shift=1, notes=("x & y",))
    line = repr(net)
    assert line == "Network 'a<b': 3 -> 2 -> 1, scaled inputs, relu, with biases, 11 parameters"
    html = net._repr_html_()
    assert "a&lt;b" in html
    assert "x &amp; y" in html
    assert "<td>2 × 3</td>" in html


@pytest.mark.parametrize(
    ("args", "options", "says"),
    [
        (([],), {}, "at least one layer"),
        (([W1, [[1.0]]],), {}, "weights[1] (layer 2): expected 2 columns"),
        (([W1, [[1.0], [1.0]]],), {}, "pass weights[1].T"),
        (([np.transpose(W1), np.transpose(W2)],), {}, "transposed they would all chain"),
        (([np.transpose(W1), W2],), {}, "pass weights[0].T"),
        (([W1, np.ones((4, 5))],), {}, "check the order"),
        (([W1, [1.0, 2.0]],), {}, "weights[1]: expected 2 dimensions"),
        (([[[1, np.nan]]],), {}, "weights[0][0, 1]: expected a finite number"),
        (([[["a"]]],), {}, "text"),
        (([W1, W2], [[1, 0]]), {}, "biases: expected 2, one for each layer"),
        (([W1, W2], [[1, 0, 0], [1]]), {}, "biases[0]: expected shape (2,)"),
        (([W1, W2], [[1, np.inf], [1]]), {}, "biases[0][1]"),
        (([W1], (), "softplus"), {}, "activation: expected one of identity, relu"),
        (([W1], (), np.tanh), {}, "pass its name"),
        (([W1],), {"scale": [1, 0, 1]}, "scale[1]: expected a number that is not zero"),
        (([W1],), {"shift": [1, 2]}, "shift: expected 3 numbers"),
    ],
)
def test_what_is_no_network_is_refused_in_one_line(args, options, says):
    assert says in refusal(*args, **options)


@pytest.mark.parametrize(
    ("X", "says"),
    [
        (np.ones((3, 2)), "X is transposed"),
        (np.ones((2, 4)), "3 columns"),
        ([1, 2, 3], "reshape"),
        ([[1, 2, np.nan]], "X[0, 2]"),
    ],
)
def test_samples_that_do_not_fit(X, says):
    with pytest.raises(UsageError, match=r"^X") as caught:
        Network([W1]).outputs(X)
    assert says in str(caught.value)
