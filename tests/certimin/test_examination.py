"""A trained network examined: numbers against other routes, theory that a false claim fails."""

import json
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.optimize import minimize

from certimin.commands.network import network as command
from certimin.examination import examine, theory
from certimin.losses import loss_factor
from certimin.networks import Network
from certimin.products import hvp_of
from numeric.enclosure import Enclosure
from verify.errors import UsageError
from verify.registry import theorems


def _trained(seed=0, widths=(3, 3, 3, 1), n=40, steps=2000):
    """Gradient descent on a small regression; (layers, X, Y)."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, widths[0]))
    Y = X @ rng.standard_normal((widths[0], widths[-1])) + 0.1 * rng.standard_normal(
        (n, widths[-1])
    )
    layers = [0.6 * np.eye(m, k) + 0.3 * rng.standard_normal((m, k)) for k, m in pairwise(widths)]
    sigma, cross = X.T @ X / n, Y.T @ X / n
    for _ in range(steps):
        layers = [
            W - 0.03 * G for W, G in zip(layers, _gradient(layers, sigma, cross), strict=True)
        ]
    return layers, X, Y


def _gradient(layers, sigma, cross):
    def product(some, size):
        P = np.eye(size)
        for W in some:
            P = W @ P
        return P

    d_x, d_y = layers[0].shape[1], layers[-1].shape[0]
    E = 2 * (product(layers, d_x) @ sigma - cross)
    return (
        [
            product(layers[k + 1 :], W.shape[0]).T @ E @ product(layers[:k], d_x).T
            for k, W in enumerate(layers)
        ]
        if d_y
        else []
    )


def _float_hessian(layers, X, Y, biases=()):
    """By differences of the loss itself, with step 1: exact but for rounding (degree two each)."""
    parts = [A.ravel() for pair in zip(layers, biases, strict=True) for A in pair] if biases else [
        W.ravel() for W in layers]  # fmt: skip
    flat, shapes = np.concatenate(parts), [W.shape for W in layers]

    def loss(theta):
        H, at = X.T, 0
        for m, k in shapes:
            H = theta[at : at + m * k].reshape(m, k) @ H
            at += m * k
            if biases:
                H = H + theta[at : at + m, None]
                at += m
        return ((H - Y.T) ** 2).sum() / len(X)

    n, unit = flat.size, np.eye(flat.size)
    H = np.empty((n, n))
    for i in range(n):
        H[i, i] = loss(flat + unit[i]) - 2 * loss(flat) + loss(flat - unit[i])
        for j in range(i):
            corners = [s * t * loss(flat + s * unit[i] + t * unit[j])
                       for s in (1, -1) for t in (1, -1)]  # fmt: skip
            H[i, j] = H[j, i] = sum(corners) / 4
    return H


@pytest.fixture(scope="module")
def examined():
    layers, X, Y = _trained()
    return layers, X, Y, examine(layers, X, Y, step_size=0.03)


def test_numbers_at_the_weights(examined):
    layers, X, Y, found = examined
    values = np.linalg.eigvalsh(_float_hessian(layers, X, Y))
    assert float(found["sharpness"]) == pytest.approx(values[-1], rel=1e-9)
    assert float(found["hessian_min"]) == pytest.approx(values[0], abs=1e-9)
    P = layers[2] @ layers[1] @ layers[0]
    assert float(found["loss"]) == pytest.approx(((X @ P.T - Y) ** 2).sum() / len(X), rel=1e-12)
    slopes = _gradient(layers, X.T @ X / len(X), Y.T @ X / len(X))
    norm = np.sqrt(sum((G**2).sum() for G in slopes))
    assert float(found["gradient_norm"]) == pytest.approx(norm, abs=1e-14)
    assert float(found["step_share"]) == pytest.approx(0.015 * values[-1], rel=1e-9)
    assert found["stability"] == "stable here: step size < 2/S"
    assert all(found[key].worth == "certified" for key in ("sharpness", "loss", "distance"))


def test_numbers_of_the_layers(examined):
    layers, _, _, found = examined
    gaps = [np.linalg.norm(V.T @ V - W @ W.T, 2) for W, V in pairwise(layers)]
    assert float(found["imbalance"]) == pytest.approx(max(gaps), rel=1e-12)
    tops = [(np.linalg.svd(V)[2][0] @ np.linalg.svd(W)[0][:, 0]) ** 2 for W, V in pairwise(layers)]
    assert float(found["alignment"]) == pytest.approx(min(tops), rel=1e-9)


def test_the_minimizer_is_one_and_as_near_as_said(examined):
    """A least-norm correction of each layer in floats: the nearest is what is found."""
    layers, X, Y, found = examined
    T = np.linalg.lstsq(X, Y)[0].T
    P = layers[2] @ layers[1] @ layers[0]
    left = [np.linalg.pinv(layers[2] @ layers[1]), np.linalg.pinv(layers[2]), np.eye(1)]
    right = [np.eye(3), np.linalg.pinv(layers[0]), np.linalg.pinv(layers[1] @ layers[0])]
    distances = [np.linalg.norm(A @ (T - P) @ B) for A, B in zip(left, right, strict=True)]
    assert float(found["distance"]) == pytest.approx(min(distances), abs=1e-12)
    assert found["minimizer_sharpness"] >= found["minimal_sharpness"]


def test_theory_speaks_and_nothing_contradicts_it(examined):
    *_, found = examined
    verdicts = {f"{f.theorem}.{f.claim}": f.verdict for f in found.findings}
    assert verdicts["U1.lower"] == verdicts["C1.lower"] == verdicts["U4.blocks"] == "holds"
    assert verdicts["F3p.trace"] == "agrees"
    assert verdicts["M1.lower"] == "does not apply"  # Σ is not the identity
    assert not found.contradictions
    assert {f.at for f in found.findings} == {"the weights", "the minimizer"}


def test_a_false_claim_is_contradicted(examined, monkeypatch):
    """U1 with twice the bound, put in the place of the theorems."""
    layers, X, Y, _ = examined
    U1 = theorems()["U1"]
    lower = next(claim for claim in U1.claims if claim.name == "lower")
    false = replace(lower, relation=lower.relation.lhs >= 2 * lower.relation.rhs)
    monkeypatch.setattr(theory, "_statements", lambda: iter([(U1, false)]))
    found = examine(layers, X, Y)
    assert [f.verdict for f in found.contradictions] == ["contradicted"]
    assert "CONTRADICTS A THEOREM: U1.lower" in str(found)


@pytest.mark.parametrize(("loss", "factor"), [("R", 1), ("half", 0.5), ("mse", 0.5), ("sum", 40)])
def test_numbers_are_in_the_user_s_convention(loss, factor):
    layers, X, Y = _trained(1, (2, 3, 2), steps=200)
    one = examine(layers, X, Y, theory=False, step_size=0.1)
    mine = examine(layers, X, Y, theory=False, step_size=0.1 / factor, loss=loss)
    for key in ("loss", "gradient_norm", "sharpness", "minimal_sharpness", "minimizer_sharpness"):
        assert float(mine[key]) == pytest.approx(factor * float(one[key]), rel=1e-12)
    for key in ("sharpness_ratio", "step_share", "distance", "imbalance"):
        assert float(mine[key]) == pytest.approx(float(one[key]), rel=1e-12)
    assert float(loss_factor(loss, 40, 2)) == factor


def test_biases_are_trained_weights():
    rng = np.random.default_rng(3)
    layers = [rng.standard_normal((2, 2)), rng.standard_normal((1, 2))]
    biases = [rng.standard_normal(2), rng.standard_normal(1)]
    X, Y = rng.standard_normal((20, 2)), rng.standard_normal((20, 1))
    found = examine(Network(layers, biases), X, Y)
    values = np.linalg.eigvalsh(_float_hessian(layers, X, Y, biases))
    assert float(found["sharpness"]) == pytest.approx(values[-1], rel=1e-9)
    assert float(found["hessian_min"]) == pytest.approx(values[0], rel=1e-9)
    outputs = (X @ layers[0].T + biases[0]) @ layers[1].T + biases[1]
    assert float(found["loss"]) == pytest.approx(((outputs - Y) ** 2).sum() / 20, rel=1e-12)
    assert found["minimal_sharpness"] is found["minimizer_sharpness"] is None
    assert "biases" in found.reason("minimal_sharpness")
    assert not found.findings


def test_singular_data_are_seen_on_their_range():
    """A feature twice and one that is zero: the spectrum is that of the whole Hessian."""
    layers, X, Y = _trained(2, (2, 3, 1), steps=300)
    wide = np.column_stack([X[:, 0], X[:, 0], X[:, 1], np.zeros(len(X))])
    first = np.column_stack([layers[0][:, :1] / 2, layers[0][:, :1] / 2, layers[0][:, 1:],
                             np.ones((3, 1))])  # fmt: skip
    found = examine([first, layers[1]], wide, Y)
    values = np.linalg.eigvalsh(_float_hessian([first, layers[1]], wide, Y))
    assert float(found["sharpness"]) == pytest.approx(values[-1], rel=1e-9)
    assert float(found["hessian_min"]) == pytest.approx(values[0], abs=1e-9)
    assert not found.contradictions


def test_a_network_that_fits_exactly():
    """Its gradient is a root of what may be a little below 0."""
    found = examine(
        [np.eye(2), [[2.0, 0.0]]], [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [2.0, 0.0, 2.0]
    )
    assert 0 in found["gradient_norm"]
    assert 10 in found["sharpness"]
    assert not found.contradictions


def test_directions_without_data_are_flat():
    """One sample of two features: the Hessian of x -> w·x is 2 x xᵀ, of rank one."""
    found = examine([[[1.0, 0.0]]], [[1.0, 1.0]], [3.0])
    assert 0 in found["hessian_min"]
    assert 4 in found["sharpness"]


def test_targets_that_do_not_correlate():
    """Zero targets: loss and sharpness are what they are, S_min is not defined."""
    found = examine([[[1.0, 2.0], [0.0, 1.0]], [[1.0, 1.0]]], np.eye(2), [0.0, 0.0])
    H = _float_hessian(
        [np.array([[1.0, 2], [0, 1]]), np.array([[1.0, 1]])], np.eye(2), np.zeros((2, 1))
    )
    assert float(found["sharpness"]) == pytest.approx(np.linalg.eigvalsh(H)[-1], rel=1e-9)
    assert found["minimal_sharpness"] is None
    assert "C = E[y x^T] = 0" in found.reason("minimal_sharpness")
    assert not found.contradictions


def test_the_origin_of_all_weights_can_be_examined():
    found = examine([np.zeros((2, 2)), np.zeros((1, 2))], np.eye(2), [1.0, 2.0], decay=1)
    verdicts = {f"{f.theorem}.{f.claim}": f.verdict for f in found.findings}
    assert verdicts["Z4.critical"] in ("holds", "agrees")
    assert found["origin"].startswith("the origin is")


def test_layers_that_vanish_have_no_path():
    found = examine([np.zeros((2, 2)), np.ones((1, 2))], np.eye(2), [1.0, 2.0])
    assert found["path_alignment"] is None
    assert "vanishes" in found.reason("path_alignment")


@pytest.mark.parametrize(
    ("layers", "X", "y", "options", "claims"),
    [
        ([[[1.0]], [[1.0]]], [[1.0]], [1.0], {"decay": 1}, ("Z6.upper", "Z6.lower")),
        ([[[1.0]]] * 3, [[1.0]], [2.0], {"decay": 1, "noise": 100}, ("Z2.nontrivial",)),
        ([[[0.251]], [[793.0]], [[0.251]]], [[0.1]], [10.0], {"decay": [10, 1e-6, 10]},
         ("Z2.trivial",)),
        ([[[1.0]], [[1.0]]], [[1.0], [2.0]], [1.0, 2.0], {}, ("U9.only_if", "U7.only_if")),
    ],
)  # fmt: skip
def test_claims_are_silent_where_what_they_take_for_granted_fails(layers, X, y, options, claims):
    """Stationary points, D = 1; a strict inequality at what may be a tie."""
    found = examine(layers, X, y, **options)
    verdicts = {f"{f.theorem}.{f.claim}": f.verdict for f in found.findings}
    assert all(verdicts[claim] in ("does not apply", "undecided") for claim in claims)
    assert not found.contradictions


@pytest.mark.parametrize("seed", range(30))
def test_nothing_contradicts_a_theorem_anywhere(seed):
    rng = np.random.default_rng(seed)
    widths = [int(d) for d in rng.integers(1, 3, rng.integers(2, 5))] + [1]
    scale = 10.0 ** rng.uniform(-1, 1)
    layers = [scale * rng.standard_normal((m, k)) for k, m in pairwise(widths)]
    X, y = rng.standard_normal((6, widths[0])), rng.standard_normal(6)
    penalty = {"decay": 10.0 ** rng.uniform(-3, 1), "noise": rng.choice([0, 0.5, 1e3])}
    found = examine(layers, X, y, **(penalty if len(layers) > 1 else {}))
    assert found.findings
    assert not found.contradictions


def test_layers_are_the_user_s_on_singular_data_too():
    """Norms are those of W_1, not of what the data see of it."""
    layers = [np.array([[1.0, 2.0], [0.0, 5.0]]), np.array([[1.0, 3.0]])]
    found = examine(layers, [[1.0, 1.0]], [1.0])
    assert float(found["layer_norm_max"]) == pytest.approx(np.linalg.norm(layers[0], 2))
    gap = layers[1].T @ layers[1] - layers[0] @ layers[0].T
    assert float(found["imbalance"]) == pytest.approx(np.linalg.norm(gap, 2))
    assert any("off the data" in line for line in found.skipped)


@pytest.mark.parametrize("decay", [0.3, [0.1, 0.2, 0.4]])
def test_decay_on_singular_data(decay):
    """Against formulas on all inputs, and descents that know nothing of the range of Σ."""
    rng = np.random.default_rng(12)
    X = rng.integers(-3, 4, (20, 2)) @ [[1.0, 0, 2, -1], [0, 1, 1, 1]]
    y = X @ rng.standard_normal(4)
    layers = [rng.standard_normal((2, 4)), rng.standard_normal((2, 2)), rng.standard_normal((1, 2))]
    found = examine(layers, X, y, decay=decay, noise=0.5)
    loss, slopes = _penalised(layers, X, y, decay, 0.5)
    paid = [g * (W**2).sum() for g, W in zip(np.broadcast_to(decay, 3), layers, strict=True)]
    slope = sum((G * W).sum() for G, W in zip(slopes, layers, strict=True))
    off = layers[0] @ (np.eye(4) - np.linalg.pinv(X) @ X)
    for key, value in (
        ("regularised_loss", loss),
        ("radial_slope", slope),
        ("layer_penalty_max", max(paid)),
        ("layer_penalty_min", min(paid)),
        ("penalty_off_data", np.broadcast_to(decay, 3)[0] * (off**2).sum()),
    ):
        assert float(found[key]) == pytest.approx(value, rel=1e-9), key
        assert found[key].worth == "certified"
    least = found["least_regularised_loss"]
    assert least < -0.1  # the origin, where the loss is 0, is no minimum
    assert _descended(layers, X, y, decay, 0.5) == pytest.approx(float(least), rel=1e-6)
    assert not found.contradictions
    assert any(f.at == "the penalised weights" and f.verdict == "holds" for f in found.findings)


def _penalised(layers, X, y, decay, noise):
    """The averaged loss without E y², and its gradient by differences of step 1 in one entry.

    The loss is a polynomial of degree two in each entry: central differences are exact.
    """
    sigma, cross = X.T @ X / len(X), y @ X / len(X)

    def loss(some):
        moment, product = sigma, np.eye(len(sigma))
        for W in some[:-1]:
            moment, product = W @ moment @ W.T, W @ product
            moment = moment + noise * np.diag(np.diag(moment))
        u = some[-1]
        data = (u @ moment @ u.T).item() - 2 * (u @ product @ cross).item()
        return data + sum(g * (W**2).sum() for g, W in zip(decays, some, strict=True))

    def slope(k, i, j):
        ends = []
        for step in (1, -1):
            moved = [W.copy() for W in layers]
            moved[k][i, j] += step
            ends.append(loss(moved))
        return (ends[0] - ends[1]) / 2

    decays = np.broadcast_to(decay, len(layers))
    slopes = [
        np.array([[slope(k, i, j) for j in range(W.shape[1])] for i in range(W.shape[0])])
        for k, W in enumerate(layers)
    ]
    return loss(layers), slopes


def _descended(layers, X, y, decay, noise):
    """The least loss that descents from a few random starts reach."""
    cuts = np.cumsum([W.size for W in layers])[:-1]

    def problem(flat):
        parts = zip(np.split(flat, cuts), layers, strict=True)
        value, slopes = _penalised([a.reshape(W.shape) for a, W in parts], X, y, decay, noise)
        return value, np.concatenate([G.ravel() for G in slopes])

    rng = np.random.default_rng(1)
    starts = rng.standard_normal((2, sum(W.size for W in layers)))
    return min(minimize(problem, start, jac=True, method="L-BFGS-B").fun for start in starts)


def test_what_no_sample_sees_changes_no_fate():
    """A huge weight off the data: the rest is in the basin of the origin all the same."""
    X, y = np.array([[1.0, 0.0], [-1.0, 0.0]]), [1.0, -1.0]
    small = [np.array([[0.01, 0.0], [0.0, 1.0]]), 0.01 * np.eye(2), np.array([[0.01, 0.0]])]
    huge = [small[0] + np.array([[0.0, 1e6], [0.0, 0.0]]), *small[1:]]
    for layers in (small, huge):
        found = examine(layers, X, y, decay=0.5)
        assert found["origin"] == "gradient flow from here ends at the origin"
    assert float(found["penalty_off_data"]) == pytest.approx(0.5 * (1e12 + 1))
    assert "penalty_off_data" not in set(examine(small, np.eye(2), y, decay=0.5))


def test_decay_where_there_is_nothing_to_learn():
    layers = [np.eye(2), np.eye(2), np.ones((1, 2))]
    found = examine(layers, np.eye(2), [0.0, 0.0], decay=0.5)
    assert found["origin"] == "gradient flow from here ends at the origin"
    assert 0 in found["least_regularised_loss"]
    assert not found.contradictions
    with pytest.raises(UsageError, match=r"^X: expected a feature that is not 0, got zeros"):
        examine(layers, np.zeros((3, 2)), [1.0, 0.0, 2.0], decay=0.5)


def test_the_direction_is_one_of_the_user_s_weights():
    """Its Rayleigh quotient is the lower bound, on singular data and with biases."""
    rng = np.random.default_rng(8)
    layers = [rng.standard_normal((2, 3)), rng.standard_normal((1, 2))]
    X, Y = rng.standard_normal((2, 3)), rng.standard_normal((2, 1))
    for biases in ([], [rng.standard_normal(2), rng.standard_normal(1)]):
        found = examine(Network(layers, biases), X, Y)
        parts = [part for D, W in zip(found.direction, layers, strict=True)
                 for part in np.split(D, [W.shape[1]], axis=1)]  # fmt: skip
        v = np.concatenate([part.ravel() for part in parts])
        H = _float_hessian(layers, X, Y, biases)
        assert v @ H @ v / (v @ v) == pytest.approx(float(found["sharpness"]), rel=1e-9)


def test_a_payment_that_floats_chose_is_not_certified():
    layers, X, Y = _trained(4, (2, 2, 1))
    found = examine(layers, X, Y, decay=0.01)
    assert found["penalty_at_minimum"].worth == found["distance_to_minima"].worth == "sampled"
    mine = examine(layers, X, Y, decay=0.005, loss="half", theory=False)
    assert float(mine["layer_penalty_max"]) == pytest.approx(float(found["layer_penalty_max"]) / 2)


def test_where_no_weights_reach_the_least_loss():
    layers, X, Y = _trained(7, (3, 1, 2), steps=100)
    found = examine(layers, X, Y)
    assert found["minimal_sharpness"] is None
    assert "rank 2" in found.reason("minimal_sharpness")
    values = np.linalg.eigvalsh(_float_hessian(layers, X, Y))
    assert float(found["sharpness"]) == pytest.approx(values[-1], rel=1e-9)
    assert {f.at for f in found.findings} == {"the weights"}


def test_decay_and_noise():
    layers, X, Y = _trained(4, (2, 2, 1))
    found = examine(layers, X, Y, decay=0.1, noise=0.25, step_size=0.1)
    W1, u = layers
    second = W1 @ (X.T @ X / 40) @ W1.T
    noisy = second + 0.25 * np.diag(np.diag(second))
    loss = (u @ noisy @ u.T - 2 * u @ W1 @ (X.T @ Y / 40)).item()
    loss += 0.1 * ((W1**2).sum() + (u**2).sum())
    assert float(found["regularised_loss"]) == pytest.approx(loss, rel=1e-12)
    assert float(found["noise_factor"]) == pytest.approx(1.125)
    assert found["regularised_loss"] >= found["least_regularised_loss"]
    assert float(found["penalised_sharpness"]) == pytest.approx(float(found["sharpness"]) + 0.2)
    assert float(found["step_share"]) == pytest.approx(0.05 * float(found["penalised_sharpness"]))
    assert any(f.at == "the penalised weights" and f.verdict == "holds" for f in found.findings)
    assert not found.contradictions


def test_small_weights_are_trapped_at_the_origin():
    _, X, Y = _trained(5, (2, 2, 2, 1), steps=1)
    small = [0.01 * np.eye(2), 0.01 * np.eye(2), np.array([[0.01, 0.0]])]
    found = examine(small, X, Y, decay=0.5)
    assert found["origin"] == "gradient flow from here ends at the origin"
    assert found["basin_share"] < 1
    verdicts = {f"{f.theorem}.{f.claim}": f.verdict for f in found.findings}
    assert verdicts["Z8.basin"] == "holds"


def test_exactly_whitened_data_meet_their_assumption():
    X = np.array([[1.0, 1], [1, -1], [-1, 1], [-1, -1]])
    found = examine([np.diag([2.0, 1]), np.diag([1.0, 1])], X, X @ np.diag([2.0, 1]))
    verdicts = {f"{f.theorem}.{f.claim}": f.verdict for f in found.findings}
    assert verdicts["M1.lower"] in ("holds", "agrees")
    assert found["distance"].upper < Fraction(1, 10**20)


def test_json_says_everything_and_matches_its_schema(examined):
    jsonschema = pytest.importorskip("jsonschema")
    from importlib import resources

    *_, found = examined
    written = json.loads(json.dumps(found.to_json(), allow_nan=False))
    schema = json.loads(
        resources.files("certimin").joinpath("examination.schema.json").read_text("utf-8")
    )
    jsonschema.validate(written, schema)
    assert written["numbers"]["sharpness"]["worth"] == "certified"
    assert set(found) == set(written["numbers"])
    assert isinstance(found["sharpness"], Enclosure)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"loss": "L2"}, "loss: expected one of R, half, mse, sum, got 'L2'"),
        ({"step_size": -1}, "step_size: expected a positive number, got -1"),
        ({"step_size": "fast"}, "step_size: expected a finite number, got 'fast'"),
        ({"noise": 0.1}, "noise: expected decay= beside it"),
        ({"decay": 0}, "decay: expected a positive number"),
        ({"decay": [1, 2]}, "decay: expected one number, or 3, one for each layer, got 2"),
        ({"decay": float("nan")}, "decay: expected a finite number"),
        ({"step_size": True}, "step_size: expected a finite number"),
        ({"decay": 1, "noise": -1}, "noise: expected a variance >= 0"),
    ],
)
def test_wrong_options_are_one_line(examined, change, message):
    layers, X, Y, _ = examined
    with pytest.raises(UsageError) as error:
        examine(layers, X, Y, theory=False, **change)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_network_that_does_not_fit_its_data_is_named(examined):
    layers, X, Y, _ = examined
    with pytest.raises(UsageError, match="expected 2 inputs and 1 outputs"):
        examine(layers, X[:, :2], Y)
    with pytest.raises(UsageError, match="decay: expected a linear network"):
        examine(Network(layers, activation="relu"), X, Y, decay=1)


@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_networks_with_activations_are_measured(activation):
    """Against differences of the gradient of R, and the diagonal network's coupling of one."""
    rng = np.random.default_rng(6)
    net = Network(
        [rng.standard_normal((3, 2)), rng.standard_normal((1, 3))],
        [rng.standard_normal(3), rng.standard_normal(1)],
        activation,
    )
    X, Y = rng.standard_normal((20, 2)), rng.standard_normal((20, 1))
    found = examine(net, X, Y, step_size=0.1)
    apply = hvp_of(net, "R", (X, Y))
    values = np.linalg.eigvalsh(np.column_stack([apply(e) for e in np.eye(apply.size)]))
    assert float(found["sharpness"]) == pytest.approx(values[-1], rel=1e-9)
    assert float(found["hessian_min"]) == pytest.approx(values[0], rel=1e-9, abs=1e-9)
    assert float(found["loss"]) == pytest.approx(((net.outputs(X) - Y) ** 2).sum() / 20)
    assert found["sharpness"].worth == "sampled"
    assert not found.findings
    assert "linear networks" in str(found)
    coupled = examine(Network([np.eye(2), np.diag([1.0, 0.5])], activation=activation), X, X)
    assert float(coupled["path_alignment"]) == pytest.approx(1)


def test_the_command_prints_the_same(tmp_path, monkeypatch, examined):
    layers, X, Y, found = examined
    monkeypatch.chdir(tmp_path)
    np.savez("net.npz", **{f"W{k + 1}": W for k, W in enumerate(layers)})
    np.savez("data.npz", X=X, y=Y[:, 0])
    told = CliRunner().invoke(
        command, ["net.npz", "--data", "data.npz", "--json", "--no-theory", "--step-size", "0.03"]
    )
    assert told.exit_code == 0, told.exception
    numbers = json.loads(told.stdout)["numbers"]
    assert numbers["sharpness"] == found["sharpness"].to_json()
    shown = CliRunner().invoke(
        command, ["net.npz", "--data", "data.npz", "--activation", "identity", "--details"]
    )
    assert shown.exit_code == 0, shown.exception
    assert "theory at the minimizer" in shown.stdout
    brief = CliRunner().invoke(command, ["net.npz", "--data", "data.npz"])
    assert brief.exit_code == 0, brief.exception
    assert "\n--details shows all numbers" in brief.stdout
    assert "pass --activation" in brief.stdout  # a note of the reader
    assert len(brief.stdout.splitlines()) < len(shown.stdout.splitlines()) / 2
    wrong = CliRunner().invoke(command, ["absent.npz", "--data", "data.npz"])
    assert isinstance(wrong.exception, UsageError)
