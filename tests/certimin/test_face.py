"""``import certimin``: every public name is there, cheap until used, and surely ours."""

import inspect
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

import certimin
from certimin import Network, UsageError


def _python(*lines, cwd=None):
    return subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, cwd=cwd
    )


@pytest.mark.parametrize("name", certimin.__all__)
def test_public_names_are_documented(name):
    found = getattr(certimin, name)
    assert inspect.getdoc(found)
    assert name in dir(certimin)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'sharpnes'"):
        certimin.sharpnes  # noqa: B018


def test_importing_it_alone_imports_little():
    told = _python("import sys, certimin", "print(*sorted(sys.modules))")
    heavy = {"numpy", "sympy", "scipy", "flint", "verify", "numeric", "theorems"}
    assert not heavy & set(told.stdout.split())


def test_a_package_in_the_way_is_named_in_the_last_line(tmp_path):
    tmp_path.joinpath("verify.py").write_text("")
    told = _python("from certimin import examine", cwd=tmp_path)
    last = told.stderr.splitlines()[-1]
    assert last.startswith("ImportError: ")
    assert "verify.py" in last
    assert "rename it" in last


def test_moments_may_be_any_numbers():
    exact = certimin.minimal_sharpness([[4, 0], [0, 4]], [[1, 0]], 2)
    assert exact.lower <= 16 <= exact.upper
    for sigma, target in (
        (np.array([[4, 0], [0, 4]], np.int8), np.array([[1, 0]], np.uint16)),
        (np.eye(2, dtype=np.float32) * 4, [[Fraction(1), 0]]),
    ):
        found = certimin.minimal_sharpness(sigma, target, depth=np.int64(2))
        assert (found.lower, found.upper) == (exact.lower, exact.upper)
        assert found.worth in ("certified", "exact")


def test_samples_and_their_moments_agree():
    rng = np.random.default_rng(0)
    X, y = rng.integers(-3, 4, (8, 3)), rng.integers(-3, 4, 8)
    by_samples = certimin.minimal_sharpness(X=X, y=y, depth=3)
    target = np.linalg.lstsq(X, y)[0][None]
    by_moments = certimin.minimal_sharpness(X.T @ X / 8, target, 3)
    assert float(by_samples) == pytest.approx(float(by_moments), rel=1e-9)
    assert certimin.data(X, y, depth=[2, 3]).at(3)["minimal_sharpness"].lower == by_samples.lower


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: certimin.minimal_sharpness([[1]], [[1]], 2.5), "depth: expected a whole number"),
        (lambda: certimin.minimal_sharpness([[1]], [[1]], 0), "depth: expected a whole number"),
        (lambda: certimin.minimal_sharpness([[1]], [[1]], 2, precision="a"), "precision: expected"),
        (lambda: certimin.data([[1], [2]], [1, 2], train=True, seed=-1), "seed: expected"),
        (lambda: certimin.sharpness(lambda v: v, 3, seed="a"), "seed: expected"),
        (lambda: certimin.sharpness(lambda v: v, 3, steps=2.5), "steps: expected"),
        (lambda: certimin.sharpness(lambda v: v, 3, tolerance=None), "tolerance: expected"),
        (lambda: certimin.sharpness(lambda v: v, 3, speed=1), "speed: expected"),
        (lambda: certimin.sharpness(lambda v: v, 3, loss="mse"), "loss: expected"),
        (lambda: certimin.hvp_of([[[1.0]]], ["R"], ([[1.0]], [1.0])), "loss"),
        (lambda: certimin.Trace(every=1.5), "every: expected"),
        (lambda: certimin.Trace(products="a"), "products: expected"),
        (lambda: certimin.Trace(share="a"), "share: expected"),
        (lambda: certimin.examine([[[1]]], [[1.0]], [1.0], loss=["R"]), "loss: expected"),
        (lambda: certimin.examine(None, [[1.0]], [1.0]), "network"),
        (lambda: certimin.minimal_sharpness([[1, 2]], [[1]], 2), "sigma: expected a symmetric"),
        (lambda: certimin.minimal_sharpness([[1, 2], [3, 4]], [[1, 1]], 2), "not symmetric"),
        (lambda: certimin.minimal_sharpness([[1]], [[1, 2]], 2), "target: expected 1 columns"),
        (lambda: certimin.minimal_sharpness([[1]], depth=2), "target: expected sigma and target"),
        (lambda: certimin.minimal_sharpness([[1]], [[0]], 2), "TΣ != 0"),
        (lambda: certimin.minimal_sharpness([[-1]], [[1]], 2), "sigma: expected"),
        (lambda: certimin.minimal_sharpness([[np.nan]], [[1]], 2), "sigma"),
        (lambda: certimin.minimal_sharpness([[1]], [[1]], 2, X=[[1]]), "got both"),
        (lambda: certimin.data([[1], [2]], [1, 2], depth=[]), "depth: expected"),
        (lambda: certimin.data([[1], [2]], [1, 2, 3]), "y"),
    ],
)
def test_wrong_calls_are_one_line(call, message):
    with pytest.raises(UsageError) as error:
        call()
    assert message in str(error.value)
    assert "\n" not in str(error.value)


WHOLE = [
    ("depth", lambda n: certimin.data([[1], [2]], [1, 2], depth=n), 1),
    ("seed", lambda n: certimin.sharpness(lambda v: v, 3, seed=n), 0),
    ("steps", lambda n: certimin.sharpness(lambda v: v, 3, steps=n), 2),
    ("every", lambda n: certimin.Trace(every=n), 1),
    ("batch", lambda n: certimin.hvp_of(Network([[[1.0]]]), "R", ([[1.0]], [1.0]), batch=n), 1),
]


@pytest.mark.parametrize(("name", "call", "least"), WHOLE, ids=[name for name, *_ in WHOLE])
def test_whole_numbers_are_the_same_everywhere(name, call, least):
    for good in (least, np.int8(least), np.array(least)):
        call(good)
    for bad in (True, np.True_, 2.0, "2", least - 1, np.array([2.5, 3])):
        with pytest.raises(UsageError, match=f"^{name}: expected a whole number") as error:
            call(bad)
        assert "\n" not in str(error.value)


def test_reports_show_themselves():
    found = certimin.data([[1, 0], [0, 2]], [1, 2], depth=2)
    assert "S_min" in str(found)
    assert found._repr_html_().startswith("<pre>")
    with pytest.raises(KeyError, match="expected one of"):
        found["sharpnes"]


def test_a_run_from_python(tmp_path):
    record = certimin.verify("F1", out=tmp_path, jobs=1)
    assert record["verdict"] == "holds"
    assert tmp_path.joinpath("verify.json").exists()
    assert "F1" in certimin.theorems()
