"""Checkpoints of other libraries, made here: each network computes what its original does."""

import pickle
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from certimin.networks import Network
from tests import refused

refusal = partial(refused.refusal, Network.of)
RNG = np.random.default_rng(11)
X = RNG.standard_normal((40, 4))


def close(net, outputs, *, single=False):
    """Whether a network has the outputs of its original, which may be of single precision."""
    outputs = np.asarray(outputs, dtype=float).reshape(len(X), -1)
    rtol = 1e-4 if single else 1e-10
    np.testing.assert_allclose(net.outputs(X), outputs, rtol=rtol, atol=rtol)


# PyTorch ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch():
    module = pytest.importorskip("torch")
    module.manual_seed(3)
    return module


def outputs_of(torch, module):
    """What a module computes in float64, without changing it."""
    from copy import deepcopy

    with torch.no_grad():
        return deepcopy(module).double().eval()(torch.tensor(X)).numpy()


def perceptron(torch, activation=None, dtype=None):
    nn = torch.nn
    made = activation or nn.ReLU
    layers = nn.Sequential(nn.Linear(4, 6), made(), nn.Linear(6, 5), made(), nn.Linear(5, 2))
    return layers.to(dtype or torch.float32)


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("ReLU", "relu"),
        ("Tanh", "tanh"),
        ("Sigmoid", "sigmoid"),
        ("SiLU", "silu"),
        ("GELU", "gelu"),
    ],
)
def test_torch_sequential(torch, kind, word):
    model = perceptron(torch, getattr(torch.nn, kind))
    net = Network.of(model)
    assert (net.activation, net.widths, net.notes) == (word, (4, 6, 5, 2), ())
    assert net.weights[0].tolist() == model[0].weight.tolist()
    close(net, outputs_of(torch, model))


def test_torch_linear_network_without_biases(torch):
    nn = torch.nn
    model = nn.Sequential(nn.Linear(4, 9, bias=False), nn.Linear(9, 1, bias=False))
    net = Network.of(model)
    assert net.linear
    assert not net.has_biases
    close(net, outputs_of(torch, model))


def test_torch_nested_with_dropout_and_flatten_keeps_its_mode(torch):
    nn = torch.nn
    inner = nn.Sequential(nn.Linear(4, 6), nn.GELU(approximate="tanh"), nn.Dropout(0.5))
    model = nn.Sequential(nn.Flatten(), inner, nn.Identity(), nn.Linear(6, 2)).train()
    net = Network.of(model)
    assert net.activation == "gelu_tanh"
    assert model.training
    assert inner[2].training
    close(net, outputs_of(torch, model))


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float64"])
def test_torch_of_other_precisions(torch, dtype):
    model = perceptron(torch, dtype=getattr(torch, dtype))
    close(Network.of(model), outputs_of(torch, model))


def test_torch_batch_norm_in_front_is_a_fixed_scaling(torch):
    nn = torch.nn
    model = nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2))
    with torch.no_grad():
        model(torch.tensor(3 * X + 1, dtype=torch.float32))
        model[0].weight.copy_(torch.tensor([1.0, -2.0, 0.5, 3.0]))
        model[0].bias.copy_(torch.tensor([0.0, 1.0, -2.0, 0.5]))
    net = Network.of(model)
    assert net.notes == ("batch normalisation in front taken as fixed scaling",)
    assert net.parameters == 4 * 6 + 6 + 6 * 2 + 2
    close(net, outputs_of(torch, model))


def test_torch_module_of_its_own(torch):
    class Regressor(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.hidden = torch.nn.Linear(4, 6)
            self.last = torch.nn.Linear(6, 1)

        def forward(self, x):
            return self.last(torch.nn.functional.silu(self.hidden(x))).squeeze(-1)

    model = Regressor()
    net = Network.of(model)
    assert net.notes == ("activation silu found by comparing outputs",)
    close(net, outputs_of(torch, model))
    assert "with relu between" in refusal(model, activation="relu")


def test_torch_module_with_one_activation_object(torch):
    class Regressor(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.phi = torch.nn.Tanh()
            self.layers = torch.nn.ModuleList(torch.nn.Linear(4, 4) for _ in range(3))

        def forward(self, x):
            for layer in self.layers[:-1]:
                x = self.phi(layer(x))
            return self.layers[-1](x)

    model = Regressor()
    close(Network.of(model), outputs_of(torch, model))


@pytest.mark.parametrize("change", ["skip", "relu6", "twice", "noise"])
def test_torch_module_that_does_something_else(torch, change):
    functional = torch.nn.functional

    class Regressor(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = torch.nn.Linear(4, 4), torch.nn.Linear(4, 4)

        def forward(self, x):
            if change == "skip":
                return self.b(functional.relu(self.a(x)) + x)
            if change == "relu6":
                return self.b(functional.relu6(self.a(x)))
            if change == "twice":
                return self.b(functional.relu(self.a(functional.relu(self.a(x)))))
            return self.b(functional.relu(self.a(x))) + 1e-6 * torch.randn(4)

    assert "does something else between its layers" in refusal(Regressor())


@pytest.mark.parametrize("skip", [False, True])
def test_torch_deep_module_is_compared_layer_by_layer(torch, skip):
    class Regressor(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = torch.nn.ModuleList(torch.nn.Linear(9, 9) for _ in range(60))

        def forward(self, x):
            x = self.layers[0](x) + (x if skip else 0)  # of no weight in the outputs
            for layer in self.layers[1:]:
                x = layer(torch.relu(x))
            return x

    model = Regressor()
    if skip:
        assert "does something else" in refusal(model)
    else:
        assert Network.of(model).notes == ("activation relu found by comparing outputs",)


def test_torch_module_with_a_hook(torch):
    model = perceptron(torch)
    model[0].register_forward_hook(lambda module, inputs, outputs: outputs + 1)
    assert "does something else" in refusal(model)


def test_torch_modules_that_are_no_dense_network(torch):
    nn, linear = torch.nn, torch.nn.Linear(4, 4)
    known = {
        "a convolution (Conv1d)": [nn.Conv1d(1, 2, 3), linear],
        "a layer normalisation": [linear, nn.LayerNorm(4), linear],
        "a batch normalisation between": [linear, nn.BatchNorm1d(4), nn.Linear(4, 2)],
        "an embedding": [nn.Embedding(3, 4), linear],
        "attention": [linear, nn.MultiheadAttention(4, 1)],
        "a recurrent layer": [nn.LSTM(4, 4), linear],
        "a softmax": [linear, nn.Softmax(1)],
        "a layer PReLU": [linear, nn.PReLU(), nn.Linear(4, 2)],
        "a layer LeakyReLU": [linear, nn.LeakyReLU(), nn.Linear(4, 2)],
        "different ones: relu, tanh": [
            linear, nn.ReLU(), nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4)
        ],
        "different ones: identity, relu": [linear, nn.ReLU(), nn.Linear(4, 4), nn.Linear(4, 4)],
        "different ones: relu tanh": [linear, nn.ReLU(), nn.Tanh(), nn.Linear(4, 4)],
        "after the last layer": [linear, nn.Sigmoid()],
        "before the first layer": [nn.ReLU(), linear],
        "used twice": [linear, nn.ReLU(), linear],
        "without one": [nn.ReLU()],
        "other parameters": [nn.utils.parametrizations.weight_norm(nn.Linear(4, 4))],
    }  # fmt: skip
    for says, layers in known.items():
        assert says in refusal(nn.Sequential(*layers))


def test_torch_parameters_beside_the_layers(torch):
    class Scaled(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(4, 2)
            self.factor = torch.nn.Parameter(torch.ones(2))

        def forward(self, x):
            return self.factor * self.layer(x)

    assert "'factor' of Scaled beside them" in refusal(Scaled())


def test_torch_frozen_layers_are_noted(torch):
    model = perceptron(torch)
    model[2].requires_grad_(False)
    assert Network.of(model).notes == ("frozen layers taken as trained: 2",)


def test_torch_module_on_no_cpu(torch):
    assert "module.cpu()" in refusal(torch.nn.Linear(2, 2, device="meta"))


# Files of PyTorch and safetensors -----------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".safetensors"])
def test_state_dictionaries(torch, tmp_path, suffix):
    nn = torch.nn
    layers = [part for _ in range(11) for part in (nn.Linear(4, 4), nn.ReLU())]
    model = nn.Sequential(*layers, nn.Linear(4, 2))
    path = tmp_path / f"net{suffix}"
    if suffix == ".safetensors":
        pytest.importorskip("safetensors.torch").save_file(model.state_dict(), path)
    else:
        torch.save(model.state_dict(), path)
    net = Network.of(path, activation="relu")
    assert (net.depth, net.name) == (12, path.name)
    close(net, outputs_of(torch, model))
    assert Network.of(path).notes == ("activation not stored: taken as linear; pass activation=",)


def test_a_checkpoint_with_an_optimizer(torch, tmp_path):
    model = perceptron(torch)
    moments = {
        "exp_avg": torch.ones(6, 4),
        "exp_avg_sq": torch.ones(6, 4),
        "step": torch.tensor(1.0),
    }
    optimizer = {"state": {0: moments}, "param_groups": [{"weight_decay": 0.1, "params": [0]}]}
    whole = {"epoch": 4, "model": model.state_dict(), "optimizer": optimizer}
    torch.save(whole, tmp_path / "run.pt")
    net = Network.of(tmp_path / "run.pt", activation="relu")
    assert net.notes == ("read from 'model'; left out: epoch, optimizer",)
    close(net, outputs_of(torch, model))


def test_no_code_of_a_file_of_torch_is_run(torch, tmp_path):
    trace = tmp_path / "ran"

    class Bomb:
        def __reduce__(self):
            return Path.touch, (trace,)

    torch.save({"0.weight": Bomb()}, tmp_path / "bomb.pt")
    (tmp_path / "old.pt").write_bytes(pickle.dumps(Bomb()))
    torch.save(perceptron(torch), tmp_path / "whole.pt")
    for name in ("bomb.pt", "old.pt", "whole.pt"):
        line = refusal(tmp_path / name)
        assert "a state dictionary" in line
        assert "state_dict()" in line
        assert not trace.exists()


def test_damaged_files_of_torch_and_safetensors(torch, tmp_path):
    torch.save(perceptron(torch).state_dict(), tmp_path / "net.pt")
    whole = (tmp_path / "net.pt").read_bytes()
    (tmp_path / "cut.pt").write_bytes(whole[: len(whole) // 2])
    assert "a state dictionary" in refusal(tmp_path / "cut.pt")
    (tmp_path / "net.npz").write_bytes(whole)
    assert "name it .pt" in refusal(tmp_path / "net.npz")
    pytest.importorskip("safetensors")
    (tmp_path / "net.safetensors").write_bytes(whole)
    assert "safetensors" in refusal(tmp_path / "net.safetensors")


def test_safetensors_in_bfloat16(torch, tmp_path):
    save = pytest.importorskip("safetensors.torch").save_file
    model = perceptron(torch, dtype=torch.bfloat16)
    save(model.state_dict(), tmp_path / "net.safetensors")
    close(Network.of(tmp_path / "net.safetensors", activation="relu"), outputs_of(torch, model))


def test_what_is_not_installed_is_named(monkeypatch, tmp_path):
    for name in ("safetensors.numpy", "torch"):
        monkeypatch.setitem(sys.modules, name, None)
    for name in ("net.pt", "net.safetensors"):
        (tmp_path / name).write_bytes(b"something")
    assert "pip install 'certimin[networks]'" in refusal(tmp_path / "net.safetensors")
    assert "install torch" in refusal(tmp_path / "net.pt")


def test_safetensors_have_no_order(tmp_path):
    save = pytest.importorskip("safetensors.numpy").save_file
    save({"up.weight": np.ones((3, 4)), "down.weight": np.ones((4, 3))}, tmp_path / "a.safetensors")
    assert "the order of the layers" in refusal(tmp_path / "a.safetensors")


# JAX, scikit-learn, Keras -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def jax():
    module = pytest.importorskip("jax")
    module.nn.gelu(module.numpy.ones((2, 2)) @ module.numpy.ones((2, 2)))  # compiled once
    return module


def test_flax_parameters(jax):
    jnp = jax.numpy
    widths = (4, *[5] * 10, 2)
    params = {
        f"Dense_{k}": {
            "kernel": jnp.array(RNG.standard_normal(widths[k : k + 2]), dtype=jnp.float32),
            "bias": jnp.array(RNG.standard_normal(widths[k + 1]), dtype=jnp.float32),
        }
        for k in range(11)
    }
    params = jax.tree.map(lambda leaf: leaf / 2, {"params": params})  # sorts the names
    assert list(params["params"])[2] == "Dense_10"
    x = jnp.array(X, dtype=jnp.float32)
    for k in range(11):
        layer = params["params"][f"Dense_{k}"]
        x = x @ layer["kernel"] + layer["bias"]
        x = jax.nn.gelu(x) if k < 10 else x
    net = Network.of(params, activation="gelu_tanh")
    assert net.depth == 11
    close(net, x, single=True)


@pytest.fixture(scope="module")
def sklearn():
    pytest.importorskip("sklearn")
    from sklearn import compose, linear_model, neural_network, pipeline, preprocessing

    return SimpleNamespace(**vars(linear_model) | vars(neural_network) | vars(pipeline)
                           | vars(preprocessing) | vars(compose))  # fmt: skip


Y = np.stack([X[:, 0] + X[:, 1] ** 2, X[:, 2] - X[:, 3]], axis=1)


def fitted_perceptron(sklearn, activation="tanh"):
    return sklearn.MLPRegressor(
        hidden_layer_sizes=(6, 5),
        activation=activation,
        solver="lbfgs",
        max_iter=15,
        random_state=0,
    )


@pytest.mark.filterwarnings("ignore")  # it does not converge, and need not
@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_sklearn_perceptron(sklearn, activation):
    model = fitted_perceptron(sklearn, activation).fit(X, Y)
    net = Network.of(model)
    assert net.widths == (4, 6, 5, 2)
    assert net.activation == {"logistic": "sigmoid"}.get(activation, activation)
    close(net, model.predict(X))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("scaler", "options"),
    [
        ("StandardScaler", {}),
        ("StandardScaler", {"with_mean": False}),
        ("StandardScaler", {"with_std": False}),
        ("RobustScaler", {}),
        ("MaxAbsScaler", {}),
    ],
)
def test_sklearn_pipeline(sklearn, scaler, options):
    steps = (getattr(sklearn, scaler)(**options), fitted_perceptron(sklearn, "relu"))
    model = sklearn.make_pipeline(*steps)
    moved = 7 * X + [1, 2, 3, 4]
    model.fit(moved, Y[:, 0])
    net = Network.of(model)
    assert net.parameters == 4 * 6 + 6 + 6 * 5 + 5 + 5 + 1
    np.testing.assert_allclose(net.outputs(moved)[:, 0], model.predict(moved), rtol=1e-9)


@pytest.mark.parametrize("kind", ["LinearRegression", "Ridge", "Lasso"])
@pytest.mark.parametrize("bias", [True, False])
def test_sklearn_linear_models(sklearn, kind, bias):
    for y in (Y, Y[:, 0]):
        model = getattr(sklearn, kind)(fit_intercept=bias).fit(X, y)
        net = Network.of(model)
        assert net.depth == 1
        assert net.has_biases is bias
        assert net.notes == ()
        close(net, model.predict(X))


def test_sklearn_models_that_are_no_dense_network(sklearn):
    positive = np.abs(Y[:, 0]) + 1
    outer = sklearn.TransformedTargetRegressor(
        sklearn.LinearRegression(), func=np.log, inverse_func=np.exp
    )
    known = {
        "transforms the outputs too": outer.fit(X, positive),
        "does something else": sklearn.PoissonRegressor().fit(X, positive),
        "the classifier": sklearn.LogisticRegression().fit(X, X[:, 0] > 0),
        "MLPRegressor that is not fitted": sklearn.MLPRegressor(),
        "Ridge that is not fitted": sklearn.Ridge(),
        "MinMaxScaler": sklearn.make_pipeline(
            sklearn.MinMaxScaler(), sklearn.LinearRegression()
        ).fit(X, Y),
    }
    for says, model in known.items():
        assert says in refusal(model)


def test_sklearn_model_fitted_on_a_frame(sklearn):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=list("abcd"))
    model = sklearn.make_pipeline(sklearn.StandardScaler(), sklearn.Ridge()).fit(frame, Y)
    net = Network.of(model)
    np.testing.assert_allclose(net.outputs(frame), model.predict(frame), rtol=1e-10, atol=1e-12)


class Dense:
    """A stand-in for a layer of Keras, which needs no more than this."""

    def __init__(self, shape, word, bias=True):
        self.name, self.activation = "dense", SimpleNamespace(__name__=word)
        self.arrays = [RNG.standard_normal(shape).astype(np.float32)]
        self.arrays += [RNG.standard_normal(shape[1]).astype(np.float32)] if bias else []

    def get_weights(self):
        return self.arrays

    def __call__(self, x):
        phi = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}.get(
            self.activation.__name__, lambda z: z
        )
        return phi(x @ self.arrays[0] + (self.arrays[1] if len(self.arrays) > 1 else 0))


class Model:
    """A stand-in for a sequential model of Keras."""

    def __init__(self, *layers, after=lambda x: x):
        self.layers, self.after = list(layers), after

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.after(x)


def test_models_like_those_of_keras():
    model = Model(Dense((4, 6), "tanh"), Dense((6, 5), "tanh", bias=False), Dense((5, 2), "linear"))
    net = Network.of(model)
    assert net.activation == "tanh"
    assert net.notes == ("no bias stored for layer 2: taken as zero and trained",)
    close(net, model(X))
    odd = Model(*model.layers, after=lambda x: x + np.float32(0.1))
    assert "does something else" in refusal(odd)
    assert "softmax" in refusal(Model(Dense((4, 6), "tanh"), Dense((6, 2), "softmax")))
    assert "after the last" in refusal(Model(Dense((4, 6), "tanh")))
    mixed = (Dense((4, 6), "tanh"), Dense((6, 6), "relu"), Dense((6, 2), "linear"))
    assert "different ones: relu, tanh" in refusal(Model(*mixed))


def test_keras_weights_in_a_list_and_in_an_archive(tmp_path):
    model = Model(Dense((4, 6), "relu"), Dense((6, 2), "linear"))
    arrays = [array for layer in model.layers for array in layer.get_weights()]
    np.savez(tmp_path / "net.npz", *arrays)
    for source in (arrays, tmp_path / "net.npz"):
        net = Network.of(source, activation="relu")
        assert net.notes == ("kernels transposed: stored as (inputs, outputs)",)
        close(net, model(X))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Keras, about its own arrays
def test_keras_itself(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    pytest.importorskip("jax")
    keras = pytest.importorskip("keras")
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(6, activation="gelu"), layers.Dropout(0.5),
         layers.Dense(5), layers.Activation("gelu"), layers.Dense(1)]
    )  # fmt: skip
    net = Network.of(model)
    assert (net.activation, net.widths) == ("gelu", (4, 6, 5, 1))
    close(net, keras.ops.convert_to_numpy(model(X.astype(np.float32))), single=True)
    assert "none yet" in refusal(keras.Sequential([layers.Dense(3), layers.Dense(1)]))
    normed = keras.Sequential([keras.Input((4,)), layers.LayerNormalization(), layers.Dense(1)])
    assert "LayerNormalization" in refusal(normed)
