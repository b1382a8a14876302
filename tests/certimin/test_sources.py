"""Networks of arrays, dictionaries and files: read as what they were, or refused in one line."""

import pickle
import zipfile
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from certimin.networks import Network
from certimin.sources.check import Run, agrees, probes
from tests import refused

refusal = partial(refused.refusal, Network.of)
RNG = np.random.default_rng(5)
WIDTHS = (4, 5, 3, 2)
WEIGHTS = [RNG.standard_normal((b, a)) for a, b in pairwise(WIDTHS)]
BIASES = [RNG.standard_normal(b) for b in WIDTHS[1:]]
X = RNG.standard_normal((20, 4))
STORED = "activation not stored: taken as linear; pass activation="
TURNED = "kernels transposed: stored as (inputs, outputs)"


def by_hand(weights=WEIGHTS, biases=BIASES):
    """The outputs of the network with tanh, each sample by itself."""
    rows = []
    for x in X:
        for k, (W, b) in enumerate(zip(weights, biases, strict=True)):
            x = W @ x + b
            x = np.tanh(x) if k + 1 < len(weights) else x
        rows.append(x)
    return np.array(rows)


def same(source, **options):
    """The network of a source, which computes the same as by hand."""
    net = Network.of(source, activation="tanh", **options)
    np.testing.assert_allclose(net.outputs(X), by_hand(), rtol=1e-12, atol=1e-12)
    return net


def named(pattern_w, pattern_b, *, turn=False, first=0):
    """Weights and biases in a dictionary, by patterns of their names, in an order that misleads."""
    arrays = {}
    for k in reversed(range(3)):
        arrays[pattern_b.format(k + first)] = BIASES[k]
        arrays[pattern_w.format(k + first)] = WEIGHTS[k].T if turn else WEIGHTS[k]
    return arrays


NAMES = [
    ("W{}", "b{}", False, ()),
    ("weights_{}", "biases_{}", False, ()),
    ("{}.weight", "{}.bias", False, ()),
    ("module.layers.{}.weight", "module.layers.{}.bias", False, ()),
    ("coefs_{}", "intercepts_{}", True, ()),
    ("params.Dense_{}.kernel", "params.Dense_{}.bias", True, ()),
    ("dense_{}/kernel:0", "dense_{}/bias:0", True, ()),
    ("linear_{}.w", "linear_{}.b", True, (TURNED,)),
]


@pytest.mark.parametrize(("weight", "bias", "turn", "notes"), NAMES)
@pytest.mark.parametrize("form", ["dict", "npz"])
def test_named_arrays(form, weight, bias, turn, notes, tmp_path):
    source = named(weight, bias, turn=turn)
    if form == "npz":
        np.savez(tmp_path / "net.npz", **source)
        source = tmp_path / "net.npz"
    net = same(source)
    assert net.notes == notes
    assert net.name == ("net.npz" if form == "npz" else "network")


def test_ten_follows_nine():
    weights = [[[float(k)]] for k in range(1, 13)]
    net = Network.of({f"Dense_{k}": {"kernel": W} for k, W in sorted(enumerate(weights), key=str)})
    assert [W.item() for W in net.weights] == list(range(1, 13))


@pytest.mark.parametrize(
    "source",
    [
        list(zip(WEIGHTS, BIASES, strict=True)),
        [a for pair in zip(WEIGHTS, BIASES, strict=True) for a in pair],
        tuple({"w": W, "b": b} for W, b in zip(WEIGHTS, BIASES, strict=True)),
        {"weights": WEIGHTS, "biases": BIASES},
        [(W.tolist(), b.tolist()) for W, b in zip(WEIGHTS, BIASES, strict=True)],
        {"state_dict": named("{}.weight", "{}.bias"), "epoch": 3, "optimizer": {"lr": 0.1}},
        {"params": named("{}.weight", "{}.bias"), "step": 7},
        {**named("W{}", "b{}"), "step": np.array(3)},
    ],
)
def test_lists_pairs_and_nested_dictionaries(source):
    assert same(source).has_biases


def test_what_is_left_out_of_a_checkpoint_is_noted():
    whole = {"model": named("{}.weight", "{}.bias"), "epoch": 3, "optimizer": {"state": {}}}
    assert same(whole).notes == ("read from 'model'; left out: epoch, optimizer",)


def test_two_named_parts_are_two_layers_and_none_is_left_out():
    net = Network.of({"net": {"w": WEIGHTS[0]}, "head": {"w": WEIGHTS[1]}})
    assert net.widths == (4, 5, 3)


def test_lists_of_weights_are_linear_with_a_note():
    net = Network.of(WEIGHTS)
    product = WEIGHTS[2] @ WEIGHTS[1] @ WEIGHTS[0]
    np.testing.assert_allclose(net.outputs(X), X @ product.T, rtol=1e-12, atol=1e-12)
    assert net.notes == (STORED,)
    assert net.biases == ()
    assert Network.of(WEIGHTS, activation="identity").notes == ()
    assert Network.of([W.T for W in WEIGHTS]).notes == (TURNED, STORED)


def test_a_single_matrix_is_one_layer(tmp_path):
    np.save(tmp_path / "W.npy", WEIGHTS[0])
    for source in (WEIGHTS[0], WEIGHTS[0].tolist(), [WEIGHTS[0]], str(tmp_path / "W.npy")):
        net = Network.of(source)
        assert net.widths == (4, 5)
        assert "taken as y = W x" in net.notes[0]
        assert Network.of(source, features=4).notes == ()
        assert Network.of(source, features=5, outputs=4).widths == (5, 4)
        assert Network.of(source, transpose=True).widths == (5, 4)
    assert Network.of((WEIGHTS[0], BIASES[0])).widths == (4, 5)
    assert Network.of((WEIGHTS[0].T, BIASES[0])).widths == (4, 5)
    assert Network.of((WEIGHTS[0][:1], 0.5)).biases[0].tolist() == [0.5]


def test_square_layers_are_taken_as_given_with_a_note():
    squares = [np.array([[1.0, 2], [3, 4]]), np.array([[0.0, 1], [5, 6]])]
    net = Network.of(squares, activation="relu")
    assert net.weights[0].tolist() == squares[0].tolist()
    assert net.notes == ("square layers: taken as y = W x; pass transpose=True for y = x W",)
    forced = Network.of(squares, activation="relu", transpose=True)
    assert forced.weights[0].tolist() == squares[0].T.tolist()
    assert forced.notes == ()


def test_transpose_overrules_the_names():
    wrong = named("{}.weight", "{}.bias", turn=True)
    assert "transposed they would all chain" in refusal(wrong)
    assert same(wrong, transpose=True).widths == WIDTHS
    assert "transposed they would all chain" in refusal(WEIGHTS, transpose=True)


def test_widths_of_the_data_are_held_against_the_network():
    assert "expected 7 features, got a network with 4" in refusal(WEIGHTS, features=7)
    assert "expected 1 outputs" in refusal(WEIGHTS, outputs=1)


def test_words_order_layers_and_otherwise_the_order_stored_counts():
    net = Network.of({"head.w": WEIGHTS[2], "fc2.w": WEIGHTS[1], "input.w": WEIGHTS[0]})
    assert net.widths == WIDTHS
    net = Network.of({"alpha.w": WEIGHTS[0], "omega.w": WEIGHTS[1]}, activation="relu")
    assert net.notes == ("layers in the order stored: alpha, omega",)


def test_networks_pass_through():
    net = Network.of(WEIGHTS, activation="relu")
    assert Network.of(net) is net
    assert Network.of(net, name="mine").name == "mine"
    assert "leave it out" in refusal(net, activation="tanh")


def test_the_comparison_with_a_source_is_sharp():
    net = Network.of(WEIGHTS, activation="relu")
    off = Network.of([WEIGHTS[0] * (1 + 1e-9), *WEIGHTS[1:]], activation="relu")
    said = lambda change: agrees(net, Run(change(net.outputs(probes(net)))))  # noqa: E731
    assert said(lambda Y: Y)
    assert said(lambda Y: Y.astype(np.float32))
    assert not agrees(net, Run(off.outputs(probes(net))))
    for change in (
        lambda Y: Y[:-1],
        lambda Y: np.clip(Y, -20, 20),
        lambda Y: Y * np.nan,
        lambda Y: Y.astype(np.float32) * 1.01,
        lambda Y: Y.astype(int),
    ):
        assert not said(change)


def test_the_comparison_is_sharp_in_deep_networks():
    weights = [RNG.standard_normal((30, 30)) / 6 for _ in range(60)]
    net = Network.of(weights, activation="relu")
    X = probes(net)
    assert agrees(net, Run(net.outputs(X)))
    assert not agrees(net, Run(net.outputs(X) * (1 + 1e-6)))
    for word in ("identity", "tanh", "gelu"):
        assert not agrees(net, Run(Network.of(weights, activation=word).outputs(X)))


# What is refused ----------------------------------------------------------------------------------


class Bomb:
    """An object whose pickle makes a file as soon as it is loaded."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return Path.touch, (self.trace,)


def write(path, content):
    path.write_bytes(content)
    return path


def archive(path, **members):
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


@pytest.mark.parametrize("name", ["net.pkl", "net.pickle", "net.joblib", "net.dat", "net.npz"])
def test_a_pickle_is_never_loaded(name, tmp_path):
    trace = tmp_path / "ran"
    line = refusal(write(tmp_path / name, pickle.dumps(Bomb(trace))))
    assert "could run code" in line
    assert not trace.exists()


@pytest.mark.parametrize("name", ["net.npz", "net.npy"])
def test_pickled_arrays_are_never_loaded(name, tmp_path):
    trace = tmp_path / "ran"
    array = np.array([[Bomb(trace)]], dtype=object)
    (np.savez if name.endswith("z") else np.save)(tmp_path / name, array, allow_pickle=True)
    assert "pickled objects" in refusal(tmp_path / name)
    assert not trace.exists()


def test_damaged_files(tmp_path):
    np.savez(tmp_path / "good.npz", **named("W{}", "b{}"))
    whole = (tmp_path / "good.npz").read_bytes()
    assert "good" not in refusal(write(tmp_path / "cut.npz", whole[: len(whole) // 2]))
    broken = whole[:200] + bytes(90) + whole[290:]
    assert "NPZ archive" in refusal(write(tmp_path / "flipped.npz", broken))
    assert "an empty file" in refusal(write(tmp_path / "empty.npz", b""))
    np.savez(tmp_path / "none.npz")
    assert "an empty one" in refusal(tmp_path / "none.npz")
    assert "got a file of Keras" in refusal(write(tmp_path / "a.h5", b"\x89HDF\r\n\x1a\n"))
    assert "no such file" in refusal(tmp_path / "missing.npz")
    assert "a directory" in refusal(tmp_path)
    assert "extension '.csv'" in refusal(write(tmp_path / "w.csv", b"1,2\n"))
    assert "NPZ archive" in refusal(archive(tmp_path / "text.npz", readme="hello"))
    np.save(tmp_path / "w.npy", WEIGHTS[0])
    part = (tmp_path / "w.npy").read_bytes()[:-9]
    assert "a matrix of numbers" in refusal(write(tmp_path / "w.npy", part))


def test_a_list_within_itself():
    endless = []
    endless.append(endless)
    assert "within itself" in refusal(endless)
    assert "within itself" in refusal({"W1": endless})


def test_a_header_that_claims_too_much(tmp_path):
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 1000), }"
    header += b" " * (118 - len(header) - 1) + b"\n"
    path = write(tmp_path / "huge.npy", b"\x93NUMPY\x01\x00" + b"\x76\x00" + header)
    assert "a matrix of numbers" in refusal(path)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ([WEIGHTS[0], WEIGHTS[2]], "weights[1] (layer 2): expected 5 columns"),
        ([*WEIGHTS[:2], WEIGHTS[2].T], "pass weights[2].T"),
        ([WEIGHTS[0] * np.nan], "a finite number"),
        ([np.array([["a", "b"]])], "text"),
        ([np.ones((3, 2, 2))], "as convolutions and attention have"),
        ({"conv1.weight": np.ones((3, 2, 2))}, "a convolution"),
        ({"0.weight": np.ones((3, 2)), "1.weight": np.ones(3)}, "as normalisations have"),
        ({"0.weight": np.ones((3, 2)), "1.running_mean": np.ones(3)}, "a batch normalisation"),
        (
            {
                "params": {"D": {"kernel": np.ones((2, 3))}},
                "batch_stats": {"N": {"mean": np.ones(3)}},
            },
            "a batch",
        ),
        ({"emb.weight": np.ones((3, 2)), "embedding.weight": np.ones((2, 3))}, "an embedding"),
        ({"layer.self_attn.q_proj.weight": np.ones((2, 2))}, "attention"),
        ({"rnn.weight_ih_l0": np.ones((2, 2))}, "a recurrent layer"),
        ({"fc.weight_g": np.ones((2, 1)), "fc.weight_v": np.ones((2, 2))}, "parameters inside"),
        ({"W1": np.ones((2, 2)), "mask": np.ones((2, 2))}, "mask"),
        ({"b1": np.ones(2), "W2": np.ones((2, 2))}, "a weight with each bias"),
        ({"W1": np.ones((2, 2)), "b1": np.ones((2, 2))}, "a bias of one dimension"),
        ({"w.0": np.ones((2, 2)), "0.w": np.ones((2, 2))}, "another one"),
        ([BIASES[0], WEIGHTS[0]], "a matrix before its bias"),
        ([], "nothing"),
        ({}, "nothing"),
        ([1.0, 2.0], "a matrix of weights"),
        (3, "got an int"),
        (object(), "a model, a list or dictionary"),
    ],
)
def test_what_is_no_dense_network_is_refused_in_one_line(source, says):
    assert says in refusal(source)
