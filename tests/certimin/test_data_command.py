"""`certimin data`: numbers known by hand, real data, honest intervals, and every wrong use."""

import json
import time
from fractions import Fraction

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.optimize import minimize_scalar

from certimin.commands.data import data
from certimin.dataset import training
from certimin.dataset.bounds import regression
from numeric.arithmetic.ball import midpoints
from numeric.arithmetic.floating import Floating
from numeric.arithmetic.rational import Rational, fractions, pivots
from numeric.datasets import Dataset
from numeric.enclosure import Enclosure
from numeric.moments import moments, range_moments
from theorems.unified.minimal_sharpness_between_closed_forms import lower_bracket, upper_bracket
from verify.errors import UsageError
from verify.expression import evaluate


@pytest.fixture
def invoke(tmp_path, monkeypatch):
    """Run the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *args: CliRunner().invoke(data, list(map(str, args)))


@pytest.fixture
def report(invoke):
    """Run the command and read its JSON."""

    def run(*args):
        result = invoke(*args, "--json")
        assert result.exit_code == 0, result.exception
        return json.loads(result.stdout)

    return run


@pytest.fixture
def brief(monkeypatch):
    """Cut training short."""
    monkeypatch.setattr(training, "_STEPS", (2000, 2000))


def _write(name, features, targets):
    np.savez(name, X=np.asarray(features, dtype=float), y=np.asarray(targets, dtype=float))
    return name


def _contains(number, value):
    assert number["worth"] == "certified"
    lower, upper = Fraction(number["lower"]), Fraction(number["upper"])
    assert upper - lower <= Fraction(1, 10**9) * upper
    return lower <= value <= upper


def test_whitened_one_dimension(report):
    """Σ = 1, w* = 8: S_min = 2L 8^(2-2/L), 32 and 96, and every bound is an equality."""
    found = report(_write("white.npz", [[1], [-1]], [8, -8]), "--depth", "2,3")
    for at, least in zip(found["depths"], (32, 96), strict=True):
        for key in ("minimal_sharpness", "gain_bracket", "rayleigh_bracket"):
            assert _contains(at[key], least)
        assert _contains(at["small_start_sharpness"], least)
        assert _contains(at["step_size_max"], Fraction(2, least))
    assert _contains(found["spectrum"]["condition"], 1)
    assert _contains(found["spectrum"]["least_loss"], 0)


def test_diagonal_covariance(report):
    """Σ = diag(4, 1), w* = (0, 1), L = 2: the gain |Kz||w*ᵀKz| is largest at tan² = 2."""
    file = _write("diagonal.npz", [[2, 1], [2, -1], [-2, 1], [-2, -1]], [1, -1, 1, -1])
    found = report(file, "--depth", 2)
    (at,) = found["depths"]
    # p q = (4c + s) s over c + s = 1 is largest at s = 2/3, with value 4/3
    least = Fraction(at["minimal_sharpness"]["lower"]) ** 2
    assert float(least) == pytest.approx(16 * 4 / 3, rel=1e-12)
    assert _contains(found["spectrum"]["eigenvalue_max"], 4)
    assert _contains(found["spectrum"]["eigenvalue_min"], 1)


def test_depth_one_is_twice_the_largest_eigenvalue(report):
    (at,) = report(_write("a.npz", [[1, 1], [1, -1], [2, 0]], [1, 2, 4]), "--depth", 1)["depths"]
    assert _contains(at["minimal_sharpness"], 4)  # Σ = diag(2, 2/3)


def test_fewer_samples_than_features(report):
    """One sample x = (1, 2, 2), y = 9 is the problem Σ = 9, w* = 3 in the direction of x."""
    found = report(_write("few.npz", [[1, 2, 2], [-1, -2, -2]], [9, -9]), "--depth", 2)
    assert found["spectrum"]["rank"] == 1
    assert found["spectrum"]["eigenvalue_min"] == 0
    assert _contains(found["spectrum"]["eigenvalue_min_nonzero"], 9)
    assert _contains(found["depths"][0]["minimal_sharpness"], 4 * 9 * 3)
    assert any("fewer samples" in note for note in found["data"]["notes"])
    assert any("singular" in note for note in found["data"]["notes"])


def test_several_outputs(report):
    """Σ = I, T = diag(4, 1): S_min = 2L 4^(2-2/L); bounds for one output do not apply."""
    X = [[1, 1], [1, -1], [-1, 1], [-1, -1]]
    (at,) = report(_write("two.npz", X, np.array(X) * [4, 1]), "--depth", 2)["depths"]
    assert _contains(at["minimal_sharpness"], 16)
    assert _contains(at["gain_bracket"], 16)
    assert at["rayleigh_bracket"] is None
    assert at["small_start_sharpness"] is None


def test_csv_by_names_header_and_repeated_target(invoke, report, tmp_path):
    text = "one,two,p,q\n1,1,2,3\n1,-1,0,5\n-1,1,1,1\n2,3,1,0\n"
    (tmp_path / "d.csv").write_text(text, encoding="utf-8")
    together = report("d.csv", "--target", "p, q", "--depth", "2:3")
    apart = report("d.csv", "--target", "p", "--target", "q", "--depth", "2,3")
    assert together == apart
    assert together["data"]["target_names"] == ["p", "q"]
    assert [at["depth"] for at in together["depths"]] == [2, 3]
    assert isinstance(invoke("d.csv", "--target", "p", "--no-header").exception, UsageError)
    (tmp_path / "bare.csv").write_text(text.split("\n", 1)[1], encoding="utf-8")
    assert report("bare.csv", "--target", "2,3", "--depth", "2:3")["depths"] == together["depths"]


def test_centre_and_scale(report):
    file = _write("far.npz", [[101], [103], [105]], [1, 2, 4])
    found = report(file, "--centre", "--scale")
    assert found["spectrum"]["eigenvalue_max"]["float"] == pytest.approx(1)
    assert "centred" in found["data"]["notes"]


@pytest.mark.parametrize(("name", "features", "outputs"), [("diabetes", 10, 1), ("digits", 64, 10)])
def test_bundled_brackets_enclose_the_minimum(report, name, features, outputs):
    pytest.importorskip("sklearn")
    found = report("--bundled", name, "--depth", "2,3,10")
    assert found["data"]["features"] == features
    assert found["data"]["outputs"] == outputs
    assert found["contradictions"] == []
    for at in found["depths"]:
        lower, upper = (Fraction(at["minimal_sharpness"][end]) for end in ("lower", "upper"))
        assert upper - lower < 1e-10 * upper
        for key in ("gain_bracket", "rayleigh_bracket"):
            if at[key]:
                assert Fraction(at[key]["lower"]) < lower
                assert upper < Fraction(at[key]["upper"])
        if outputs == 1:
            ratio = at["small_start_ratio"]["float"]
            assert 1 <= ratio <= at["small_start_ratio_bound"]["float"]


def test_bundled_target_may_be_chosen(report):
    pytest.importorskip("sklearn")
    assert report("--bundled", "digits", "--target", "digit_3")["data"]["outputs"] == 1


def test_target_of_least_norm_solves_the_equations():
    rng = np.random.default_rng(0)
    X, Y = rng.integers(-3, 4, (4, 6)), rng.integers(-3, 4, (4, 2))
    names = tuple("abcdef")
    problem = regression(range_moments(Dataset("r", X, Y, names, ("y", "z"))))
    with problem.arithmetic as ar:
        gap = problem.target @ problem.sigma - problem.cross
        assert ar.is_zero(gap)
        assert ar.frobenius_sq(gap).upper < Fraction(1, 10**40)
    assert problem.rank == 4 == problem.sigma.shape[0]
    # what does not depend on the basis of the range: TTᵀ, TΣTᵀ and the non-zero eigenvalues of Σ
    T, sigma = Y.T @ np.linalg.pinv(X.T), X.T @ X / 4
    ours, reduced = midpoints(problem.target), midpoints(problem.sigma)
    assert np.allclose(ours @ ours.T, T @ T.T)
    assert np.allclose(ours @ reduced @ ours.T, T @ sigma @ T.T)
    assert np.allclose(np.linalg.eigvalsh(reduced), np.linalg.eigvalsh(sigma)[2:])


def _of_rank(rng, n, d, kind):
    """Features of less than full rank in several ways."""
    X = rng.integers(-3, 4, (n, d)).astype(float)
    if kind == "repeated column":
        X[:, -1] = X[:, 0]
    elif kind == "dead column":
        X[:, 1] = 0
    elif kind == "repeated sample":
        X[-1] = X[0]
    elif kind == "sum":
        X[:, -1] = X[:, :-1].sum(axis=1)
    return X


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (9, 12)])
@pytest.mark.parametrize(
    "kind", ["full", "repeated column", "dead column", "repeated sample", "sum"]
)
def test_the_range_is_found_exactly(shape, kind):
    """The moments of a basis, against those of all features and an elimination over rationals."""
    rng = np.random.default_rng(1)
    X, Y = _of_rank(rng, *shape, kind), rng.integers(-3, 4, (shape[0], 2)).astype(float)
    data = Dataset("r", X, Y, tuple(map(str, range(shape[1]))), ("y", "z"))
    full, ours = moments(data), range_moments(data)
    ar = Rational()
    P = pivots(ar.matrix(full.sigma))
    assert fractions(ours.sigma) == [[full.sigma[i][j] for j in P] for i in P]
    assert fractions(ours.cross) == [[row[j] for j in P] for row in full.cross]
    assert ours.target_sq == full.target_sq
    assert ours.target_rank == len(pivots(ar.matrix(full.cross)))
    others = [j for j in range(shape[1]) if j not in P and full.sigma[j][j]]
    assert (ours.beside is None) == (not others)
    if others:
        assert fractions(ours.beside) == [[full.sigma[i][j] for j in others] for i in P]


def test_turning_the_features_changes_nothing(report):
    """Few samples of many features, against the same samples in coordinates of their span."""
    rng = np.random.default_rng(2)
    few, y = rng.integers(-3, 4, (6, 4)), rng.integers(-3, 4, 6)
    # the rows of this matrix are orthogonal and of length 2
    turn = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])
    wide = np.hstack([few @ turn, np.zeros((6, 5)), *[few @ turn] * 3]) / 4
    for depth in (1, 2, 3):
        one = report(_write("few.npz", few, y), "--depth", depth)
        many = report(_write("wide.npz", wide, y), "--depth", depth)
        for key, number in one["depths"][0].items():
            if isinstance(number, dict) and "float" in number:
                assert many["depths"][0][key]["float"] == pytest.approx(number["float"], rel=1e-12)
        assert many["spectrum"]["rank"] == 4


@pytest.mark.slow
@pytest.mark.parametrize("features", [400, 800, 1200])
def test_cost_follows_the_samples(features):
    """Many features: as quick as the number of samples allows, and right where floats can tell."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((64, features)), rng.standard_normal((64, 1))
    start = time.process_time()
    data = Dataset("w", X, y, tuple(map(str, range(features))), ("y",))
    problem = regression(range_moments(data))
    rows = {row.key: row.value for row in problem.at_depth(2)}
    assert time.process_time() - start < 5
    d, U = np.linalg.eigh(X @ X.T / 64)
    assert float(problem.largest) == pytest.approx(d[-1])
    assert float(problem.smallest) == pytest.approx(d[0])
    t = (U.T @ y).ravel() / 8  # TK in the eigenvectors of XXᵀ/n
    # the dual at depth 2: S_min = 2 min_c λ_max(cΣ + KTᵀTK/c)
    dual = minimize_scalar(
        lambda u: np.linalg.eigvalsh(np.diag(np.exp(u) * d) + np.exp(-u) * np.outer(t, t))[-1]
    )
    assert float(rows["minimal_sharpness"]) == pytest.approx(2 * dual.fun, rel=1e-9)


def test_the_bracket_is_the_theorem_s(report):
    """One output: U2's closed forms, evaluated in floats from w*, a, a_2 and Λ."""
    X = np.array([[1, 2], [0, 1], [3, 1], [1, -1]])
    y = np.array([1, 3, 2, 2])
    sigma = X.T @ X / 4
    w = np.linalg.solve(sigma, X.T @ y / 4)
    values = {
        "depth": 3,
        "w_norm": np.linalg.norm(w),
        "a": w @ sigma @ w / (w @ w),
        "a2": w @ sigma @ sigma @ w / (w @ sigma @ w),
        "data_max": np.linalg.eigvalsh(sigma)[-1],
    }
    (at,) = report(_write("u2.npz", X, y), "--depth", 3)["depths"]
    for end, formula in (("lower", lower_bracket), ("upper", upper_bracket)):
        expected = evaluate(formula.expression, values, Floating())
        assert float(at["gain_bracket"][end]) == pytest.approx(float(expected), rel=1e-12)


def test_a_bracket_keeps_its_small_end(report):
    """Bounds that differ by many powers of ten stay positive and sharp."""
    X = 1 / (np.arange(8)[None] + np.arange(20)[:, None] + 1.0)
    (at,) = report(_write("hilbert.npz", X, np.arange(20) % 3), "--depth", 3)["depths"]
    bracket = at["rayleigh_bracket"]
    assert 0 < Fraction(bracket["lower"]) < Fraction(bracket["upper"]) / 10**6


def test_text_states_the_normalisation_and_the_worth(invoke):
    result = invoke(_write("white.npz", [[1], [-1]], [8, -8]), "--depth", 2)
    assert result.exit_code == 0
    assert "R = mean |y - P x|^2" in result.stdout
    assert "S_min, least sharpness" in result.stdout
    assert "certified" in result.stdout
    assert "\x1b" not in result.stdout


def test_training_respects_the_threshold(report, brief):
    file = _write("train.npz", [[1, 0], [-1, 0], [0, 1], [0, -1]], [8, -8, 5, -5])
    (at,) = report(file, "--depth", 2, "--train", "--seed", 1)["depths"]
    runs = at["training"]["runs"]
    assert {run["outcome"] for run in runs if run["share"] < 1} == {"converged"}
    assert not [run for run in runs if run["share"] > 1 and run["outcome"] == "converged"]
    for run in runs:
        if run["outcome"] == "converged":
            assert run["sharpness"] >= (1 - 1e-4) * at["minimal_sharpness"]["float"]
            assert run["sharpness"] <= (1 + 1e-4) * 2 / run["step_size"]
    assert at["training"]["contradictions"] == []


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("small", [1e-3, 3e-4])
def test_a_slow_valley_is_no_saddle(report, brief, depth, small):
    """Σ has a direction in which the gradient fades long before the loss is least."""
    X = [[1, 0], [-1, 0], [0, small], [0, -small]]
    file = _write("valley.npz", X, [1, -1, 4 * small, -4 * small])
    (at,) = report(file, "--depth", depth, "--train")["depths"]
    outcomes = {run["outcome"] for run in at["training"]["runs"] if run["share"] < 1}
    assert "slow" in outcomes
    assert outcomes <= {"slow", "not converged"}


@pytest.mark.parametrize(("depth", "curvature"), [(2, -1), (3, -1)])
def test_a_saddle_is_told_by_its_curvature(depth, curvature):
    """Σ = I, C = diag(1, 1/2), the second direction missing in the two outer layers."""
    task = training._Task(np.eye(2), np.diag([1, 0.5]), 1.25)
    weights = [np.diag([1.0, 0.0]), *[np.eye(2)] * (depth - 2), np.diag([1.0, 0.0])]
    assert task.least_curvature(weights) == pytest.approx(curvature)
    assert task.stopped(weights) == "saddle"
    assert task.stopped([np.diag([1, 0.5]), *[np.eye(2)] * (depth - 1)]) == "converged"


def test_training_repeats_with_its_seed(report, brief):
    args = (_write("t.npz", [[1, 0], [0, 2], [1, 1]], [1, 2, 4]), "--train", "--seed")
    assert report(*args, 3) == report(*args, 3)
    assert report(*args, 3) != report(*args, 4)


def test_training_text(invoke, brief):
    result = invoke(_write("t.npz", [[1, 0], [0, 2], [1, 1]], [1, 2, 4]), "--train")
    assert result.exit_code == 0
    assert "converged: gradient norm" in result.stdout
    assert "float estimates" in result.stdout


def test_a_false_threshold_is_contradicted_loudly(invoke, brief, monkeypatch):
    """With four times S_min for S_min, descent converges "above the threshold": exit code 1."""
    honest = training.train
    monkeypatch.setattr(
        training, "train", lambda p, L, least, seed: honest(p, L, _times(4, least), seed)
    )
    result = invoke(_write("t.npz", [[1], [-1]], [8, -8]), "--train")
    assert result.exit_code == 1
    assert "CONTRADICTS A THEOREM: depth 2" in result.stdout
    result = invoke("t.npz", "--train", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["contradictions"]


def test_data_beyond_floats_are_enclosed(report):
    found = report(_write("huge.npz", [[1e200], [2e200]], [1, 2]), "--depth", "2")
    assert _contains(found["spectrum"]["eigenvalue_max"], Fraction(5, 2) * Fraction(1e200) ** 2)
    assert _contains(found["depths"][0]["minimal_sharpness"], 10 * Fraction(1e200))


def _times(factor, least):
    return Enclosure(factor * least.lower, factor * least.upper)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "FILE: expected a file or --bundled NAME, got neither"),
        (["d.csv", "--bundled", "digits"], "give one of them"),
        (["d.csv"], "--target: expected the columns to predict, got none"),
        (["d.csv", "--target", "nope"], "did you mean|the columns are"),
        (["no.csv", "--target", "y"], "no such file"),
        (["d.csv", "--target", "y", "--depth", "0"], "--depth: expected whole numbers"),
        (["d.csv", "--target", "y", "--depth", "two"], "got 'two'"),
        (["d.csv", "--target", "y", "--depth", "3:2"], "got '3:2'"),
        (["d.csv", "--target", "y", "--depth", "2:99999999"], "--depth: expected"),
        (["d.csv", "--target", "y", "--depth", ""], "--depth: expected"),
        (["orthogonal.npz"], r"C = E\[y x\^T\] = 0"),
        (["constant.npz", "--scale"], "a feature that varies"),
        (["huge.npz", "--train"], "rescale"),
        (["--bundled", "iris"], "'diabetes' or 'digits'"),
        (["--bundled", "digits", "--target", "digit_10"], "the targets of digits are"),
    ],
)
def test_wrong_use_is_one_line(invoke, tmp_path, args, message):
    (tmp_path / "d.csv").write_text("x,y\n1,2\n2,3\n3,5\n", encoding="utf-8")
    _write("orthogonal.npz", [[1, 1], [1, -1], [-1, 1], [-1, -1]], [1, -1, -1, 1])
    _write("constant.npz", [[1, 1], [1, 2], [1, 3]], [1, 2, 4])
    _write("huge.npz", [[1e200], [2e200]], [1, 2])
    if "digit_10" in args:
        pytest.importorskip("sklearn")
    result = invoke(*args, "--json")
    assert isinstance(result.exception, UsageError)
    assert result.stdout == ""
    with pytest.raises(UsageError, match=message):
        raise result.exception
    assert "\n" not in str(result.exception)


@pytest.mark.parametrize(("rows", "least"), [
    ([[1, 2, 3], [0, 1, 1]], 0), ([[1, 0, 0], [0, 1, 0], [1, 1, 0]], Fraction(4, 9)),
])  # fmt: skip
def test_the_least_loss_is_zero_where_the_samples_are_independent_and_never_below(rows, least):
    targets = [[4.0], [2.0], [4.0]][: len(rows)]
    data = Dataset("few", rows, targets, ("a", "b", "c"), ("y",))
    found = regression(range_moments(data)).least_loss
    assert least in found
    assert found.lower >= 0
    assert (found.upper == 0) == (least == 0)
