"""Hessian-vector products against differences, autodiff and each other."""

import itertools
from dataclasses import dataclass, replace

import numpy as np
import pytest

from certimin.losses import LOSSES
from certimin.products import hvp_of
from certimin.spectra import largest_eigenvalue
from numeric.activations import ACTIVATIONS
from verify.errors import UsageError

RNG = np.random.default_rng(3)
X, Y = RNG.standard_normal((30, 4)), RNG.standard_normal((30, 2))
WIDTHS = (4, 5, 3, 2)


@dataclass(frozen=True)
class Plain:
    """What the network class of this package looks like from here."""

    weights: tuple
    biases: tuple
    activation: str
    shift: np.ndarray | None = None
    scale: np.ndarray | None = None


def plain(activation="tanh", biases=True):
    rng = np.random.default_rng(8)
    weights = tuple(rng.standard_normal((m, n)) / 2 for n, m in itertools.pairwise(WIDTHS))
    return Plain(
        weights, tuple(rng.standard_normal(m) for m in WIDTHS[1:]) if biases else (), activation
    )


def moved(network, step):
    """The network whose flat parameters are changed by ``step``."""
    weights, biases, at = [], [], 0
    for k, W in enumerate(network.weights):
        weights.append(W + step[at : at + W.size].reshape(W.shape))
        at += W.size
        if network.biases:
            biases.append(network.biases[k] + step[at : at + len(W)])
            at += len(W)
    return replace(network, weights=tuple(weights), biases=tuple(biases))


def wrong(*args, **kwargs):
    def use():
        product = hvp_of(*args, **kwargs)
        product(np.ones(product.size))

    with pytest.raises(UsageError) as caught:
        use()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("biases", [True, False])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_plain_networks_against_differences_of_the_gradient(activation, biases):
    network = plain(activation, biases)
    product = hvp_of(network, "R", (X, Y))
    v = np.random.default_rng(2).standard_normal(product.size)
    h = 1e-5
    ahead, behind = (hvp_of(moved(network, s * h * v), "R", (X, Y)) for s in (1, -1))
    expected = (ahead.gradient() - behind.gradient()) / (2 * h)
    assert np.abs(product(v) - expected).max() <= 1e-6 * np.abs(expected).max()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_derivatives_of_activations(activation):
    z, h = np.linspace(-3.05, 3, 40), 1e-4  # no kink among the points
    value, slope, bend = ACTIVATIONS[activation](z)
    ahead, behind = ACTIVATIONS[activation](z + h)[0], ACTIVATIONS[activation](z - h)[0]
    assert (ahead - behind) / (2 * h) == pytest.approx(slope, abs=1e-6)
    assert (ahead - 2 * value + behind) / h**2 == pytest.approx(bend, abs=1e-5)


def test_gradient_against_differences_of_the_loss():
    network = plain("gelu")

    def loss(net):
        a = X
        for W, b in zip(net.weights[:-1], net.biases[:-1], strict=True):
            a = ACTIVATIONS["gelu"](a @ W.T + b)[0]
        return np.square(a @ net.weights[-1].T + net.biases[-1] - Y).sum() / len(X)

    product = hvp_of(network, "R", (X, Y))
    for v in np.eye(product.size)[::7]:
        slope = (loss(moved(network, 1e-5 * v)) - loss(moved(network, -1e-5 * v))) / 2e-5
        assert product.gradient() @ v == pytest.approx(slope, rel=1e-6, abs=1e-8)


def test_linear_networks_have_the_hessian_written_down_elsewhere():
    from numeric.arithmetic.floating import Floating
    from numeric.networks import LinearNetwork
    from numeric.spectrum import sharpness_at_minimizer

    weights = (np.diag([2.0, 1.0]), np.diag([1.0, 3.0]))
    x = np.eye(2) * np.sqrt(2)
    product = hvp_of(Plain(weights, (), "identity"), "R", (x, x @ (weights[1] @ weights[0]).T))
    expected = float(sharpness_at_minimizer(LinearNetwork(Floating(), weights), np.eye(2)))
    assert float(largest_eigenvalue(product)) == pytest.approx(expected)


@pytest.mark.parametrize("loss", LOSSES)
def test_losses_by_name_and_chunks(loss):
    network = plain()
    v = np.arange(1.0, 1 + hvp_of(network, "R", (X, Y)).size)
    base = hvp_of(network, "R", (X, Y))(v)
    factor = {"R": 1, "half": 0.5, "mse": 0.5, "sum": 30}[loss]
    assert hvp_of(network, loss, (X, Y))(v) == pytest.approx(factor * base)
    assert hvp_of(network, loss, (X, Y), batch=7)(v) == pytest.approx(factor * base)


def test_scaling_of_inputs_and_other_weights():
    shift, scale = RNG.standard_normal(4), np.array([1.0, 2.0, 3.0, 4.0])
    network = plain("relu")
    scaled = replace(network, shift=shift, scale=scale)
    v = np.ones(hvp_of(network, "R", (X, Y)).size)
    expected = hvp_of(network, "R", ((X - shift) / scale, Y))(v)
    assert hvp_of(scaled, "R", (X, Y))(v) == pytest.approx(expected)
    other = moved(network, 0.1 * v)
    there = hvp_of(network, "R", (X, Y)).at(other)
    assert there(v) == pytest.approx(hvp_of(other, "R", (X, Y))(v))
    assert there.parameters == pytest.approx(hvp_of(network, "R", (X, Y)).parameters + 0.1)


def test_memory_bound_products_are_the_same(monkeypatch):
    network = plain("gelu")
    kept = hvp_of(network, "R", (X, Y), batch=8)
    monkeypatch.setattr("numeric.spectrum.network_products._KEPT", 0)
    fresh = hvp_of(network, "R", (X, Y), batch=8)
    v = np.ones(kept.size)
    assert (fresh(v) == kept(v)).all()
    assert (fresh.gradient() == kept.gradient()).all()


def test_refusals_are_one_line():
    network = plain()
    assert "expected one of R, half, mse, sum" in wrong(network, "mae", (X, Y))
    assert "activation" in wrong(replace(network, activation="softplus"), "R", (X, Y))
    assert "as many rows" in wrong(network, "R", (X, Y[:-1]))
    assert "X: expected 4 columns" in wrong(network, "R", (X[:, :3], Y))
    assert "y: expected 2 columns" in wrong(network, "R", (X, Y[:, 0]))
    assert "X: expected finite" in wrong(network, "R", (X * np.nan, Y))
    assert "data: expected (X, y)" in wrong(network, "R", X)
    assert "batch" in wrong(network, "R", (X, Y), batch=0)
    assert "loss: expected loss(parameters, X, y)" in wrong([1.0], "R", (X, Y))
    with pytest.raises(UsageError, match="flatten"):
        hvp_of(network, "R", (X, Y))(np.ones(3))


# torch --------------------------------------------------------------------------------------------


def module(torch, activation=None, **kind):
    torch.manual_seed(0)
    act = activation or torch.nn.Tanh
    return torch.nn.Sequential(torch.nn.Linear(4, 5), act(), torch.nn.Linear(5, 2)).to(**kind)


def as_plain(model, activation):
    layers = [m for m in model if hasattr(m, "weight")]
    return Plain(
        tuple(m.weight.detach().double().numpy() for m in layers),
        tuple(m.bias.detach().double().numpy() for m in layers),
        activation,
    )


@pytest.mark.parametrize("activation", ["Tanh", "ReLU", "GELU"])
def test_torch_agrees_with_numpy(activation):
    torch = pytest.importorskip("torch")
    model = module(torch, getattr(torch.nn, activation), dtype=torch.float64)
    for loss, batch in itertools.product(LOSSES, (None, 7)):
        product = hvp_of(model, loss, (X, Y), batch=batch)
        plainly = hvp_of(as_plain(model, activation.lower()), loss, (X, Y))
        v = RNG.standard_normal(product.size)
        assert product(v) == pytest.approx(plainly(v))
        assert product.parameters == pytest.approx(plainly.parameters)


def test_torch_reads_the_module_afresh_and_leaves_it_alone():
    torch = pytest.importorskip("torch")
    model = torch.nn.Sequential(
        torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 2)
    )
    product = hvp_of(model, "R", (X, Y))
    before = {k: v.clone() for k, v in model.state_dict().items()}
    v = np.ones(product.size)
    first = product(v)
    assert all((before[k] == v).all() for k, v in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())
    with torch.no_grad():
        model[0].weight += 1.0
    assert np.abs(product(v) - first).max() > 1e-3
    assert "batch: expected a loss that is a mean" in wrong(model, "R", (X, Y), batch=5)


def test_torch_in_single_precision_and_with_losses_of_its_own():
    torch = pytest.importorskip("torch")
    model = module(torch)
    product = hvp_of(model, torch.nn.MSELoss(), (torch.tensor(X), torch.tensor(Y)))
    assert product(np.ones(product.size)).dtype == np.float32
    found = largest_eigenvalue(product)
    exact = largest_eigenvalue(hvp_of(as_plain(model, "tanh"), "mse", (X, Y)))
    assert float(found) == pytest.approx(float(exact), rel=1e-5)
    labels = (Y[:, 0] > 0).astype(int)
    whole = hvp_of(model.double(), torch.nn.CrossEntropyLoss(), (X, labels))
    parts = hvp_of(model, torch.nn.CrossEntropyLoss(reduction="sum"), (X, labels), batch=8)
    v = RNG.standard_normal(whole.size)
    assert parts(v) == pytest.approx(30 * whole(v))


def test_torch_attention_has_second_derivatives():
    torch = pytest.importorskip("torch")
    torch.manual_seed(1)
    layer = torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, dtype=torch.float64).eval()
    data = RNG.standard_normal((4, 3, 8))
    product = hvp_of(layer, "R", (data, data))
    found = largest_eigenvalue(product, steps=30, width=0.1)
    assert found.residual < 0.1 * float(found)


def test_torch_refusals_are_one_line():
    torch = pytest.importorskip("torch")
    model = module(torch, dtype=torch.float64)
    dropout = torch.nn.Sequential(model, torch.nn.Dropout(0.5))
    assert "call model.eval()" in wrong(dropout, "R", (X, Y))
    assert "got shape (30, 2)" in wrong(model, lambda f, y: (f - y) ** 2, (X, Y))
    assert "do not detach" in wrong(model, lambda f, y: f.detach().sum(), (X, Y))
    assert "y: expected the shape of the outputs" in wrong(model, "R", (X, Y[:, 0]))
    assert "a function or one of" in wrong(model, "mae", (X, Y))
    assert "reduction" in wrong(model, "R", (X, Y), reduction="max")
    for p in model.parameters():
        p.requires_grad = False
    assert "unfreeze" in wrong(model, "R", (X, Y))


def test_frozen_and_unused_parameters_of_torch():
    torch = pytest.importorskip("torch")
    model = module(torch, dtype=torch.float64)
    whole = hvp_of(model, "R", (X, Y))
    model[0].weight.requires_grad = False
    product = hvp_of(model, "R", (X, Y))
    assert product.size == whole.size - 20
    v = RNG.standard_normal(product.size)
    assert product(v) == pytest.approx(whole(np.append(np.zeros(20), v))[20:])
    nothing = hvp_of(model[2], lambda f, y: f.sum(), (X[:, [0, 1, 2, 3, 0]], Y))
    assert not nothing(np.ones(12)).any()


# JAX ----------------------------------------------------------------------------------------------


def jax_loss(jnp, phi):
    def loss(layers, x, y):
        for W, b in layers[:-1]:
            x = phi(x @ W.T + b)
        W, b = layers[-1]
        return jnp.mean(jnp.sum((x @ W.T + b - y) ** 2, axis=1))

    return loss


@pytest.mark.parametrize("activation", ["tanh", "relu", "gelu", "gelu_tanh"])
def test_jax_agrees_with_numpy(activation):
    jax = pytest.importorskip("jax")
    phi = {
        "tanh": jax.numpy.tanh,
        "relu": jax.nn.relu,
        "gelu": lambda z: jax.nn.gelu(z, approximate=False),
        "gelu_tanh": jax.nn.gelu,
    }[activation]
    network = plain(activation)
    layers = [(b, W) for W, b in zip(network.weights, network.biases, strict=True)]
    with jax.enable_x64(True):
        tree = [(jax.numpy.asarray(W), jax.numpy.asarray(b)) for b, W in layers]
        product = hvp_of(tree, jax_loss(jax.numpy, phi), (X, Y))
        v = RNG.standard_normal(product.size)
        expected = hvp_of(network, "R", (X, Y))(v)
        assert product(v) == pytest.approx(expected, rel=1e-9, abs=1e-12)
        twice = jax.tree_util.tree_map(lambda p: 2 * p, tree)
        assert product.at(twice).parameters == pytest.approx(2 * product.parameters)


def test_jax_in_single_precision():
    jax = pytest.importorskip("jax")
    network = plain()
    tree = [
        tuple(map(jax.numpy.asarray, p)) for p in zip(network.weights, network.biases, strict=True)
    ]
    product = hvp_of(tree, jax_loss(jax.numpy, jax.numpy.tanh), (X, Y))
    found = largest_eigenvalue(product)
    exact = largest_eigenvalue(hvp_of(network, "R", (X, Y)))
    assert float(found) == pytest.approx(float(exact), rel=1e-5)
    v = np.ones(product.size, dtype=np.float32)
    assert product(v).dtype == np.float32
    parts = hvp_of(tree, jax_loss(jax.numpy, jax.numpy.tanh), (X, Y), batch=15)
    assert np.abs(parts(v) - product(v)).max() <= 1e-5 * np.abs(product(v)).max()
    loss = jax_loss(jax.numpy, jax.numpy.tanh)
    assert "leaf int" in wrong({"W": np.arange(3)}, loss, (X, Y))
    assert "empty pytree" in wrong({}, loss, (X, Y))
    assert "one real number" in wrong(tree, lambda p, x, y: x @ p[0][0].T, (X, Y))
