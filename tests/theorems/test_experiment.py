"""The experiments, tiny: what they write, how they end, and what they refuse."""

import json
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner

from theorems.commands.experiment import NAMES, experiment
from theorems.experiments.outcome import Check, Options, Outcome
from theorems.experiments.regressions import draw, generator
from theorems.experiments.runs import gaussian_starts, run
from verify.errors import UsageError

LINEAR = [name for name in NAMES if name != "nonlinear"]


def invoke(*args):
    return CliRunner().invoke(experiment, [str(arg) for arg in args])


@pytest.mark.parametrize("name", LINEAR)
def test_an_experiment_writes_numbers_a_figure_and_a_comparison(name, tmp_path):
    result = invoke(name, "--out", tmp_path, "--scale-down", 40)
    document = json.loads((tmp_path / f"{name}.json").read_text())
    assert result.exit_code == {"as predicted": 0, "inconclusive": 3}[document["verdict"]]
    assert document["checks"]
    assert document["seed"] == 0
    ElementTree.parse(tmp_path / f"{name}.svg")
    assert {path.suffix for path in tmp_path.iterdir()} == {
        ".npz", ".csv", ".svg", ".pdf", ".png", ".txt", ".json"
    }  # fmt: skip
    assert (tmp_path / f"{name}.txt").read_text().count("predicted") == len(document["checks"])
    with np.load(tmp_path / f"{name}.npz") as numbers:
        at_rest = numbers["final"][numbers["status"] == 2]
        rows = (tmp_path / f"{name}.csv").read_text().splitlines()
        assert len(rows) == 1 + len(numbers["final"])
        assert "final" in rows[0].split(",")
        assert len(numbers["final"]) == len(numbers["scale"])
        assert (at_rest > 0).all()
    assert document["verdict"] in result.output


@pytest.mark.slow
def test_a_trace_ends_at_the_final_sharpness(tmp_path):
    invoke("figure-1", "--out", tmp_path, "--scale-down", 80, "--trace-sharpness")
    with np.load(tmp_path / "figure-1.npz") as numbers:
        trace, rate = numbers["trace_0.005"], numbers["step_size"]
        final = numbers["final"][rate == 0.005]
        for row, reached in zip(trace, final, strict=True):
            seen = row[~np.isnan(row)]
            if np.isfinite(reached):
                assert seen[-1] == pytest.approx(reached, rel=1e-3)


def test_the_same_seed_gives_the_same_numbers():
    runs = []
    for seed in (1, 1, 2):
        rng = generator(seed, "test")
        data = draw(rng, 4, 20, 3)
        scale = np.full(4, 0.5)
        starts = gaussian_starts(rng, scale, (3, 3, 1))
        runs.append(run(data, starts, scale, np.full(4, 0.05), 3000))
    np.testing.assert_array_equal(runs[0].final, runs[1].final)
    assert (runs[0].final != runs[2].final).all()
    assert runs[0].converged.all()
    assert (runs[0].minimal <= runs[0].final * (1 + 1e-6)).all()
    assert (runs[0].distance < 1e-12).all()


def test_what_rests_at_a_saddle_has_not_converged():
    rng = generator(0, "test")
    data = draw(rng, 1, 20, 3)
    zero = [np.zeros((1, 3, 3)), np.zeros((1, 3, 3)), np.zeros((1, 1, 3))]
    runs = run(data, zero, np.zeros(1), np.full(1, 0.1), 10)
    assert runs.status.tolist() == [2]
    assert not runs.converged.any()


def test_the_verdict_is_the_worst_check():
    def verdict(*checks):
        return Outcome("n", "t", "", checks, {}, "").verdict

    good, bad = Check("a", "0", 0.0, True, 3), Check("b", "0", 1.0, False, 3)
    none, seen = Check("c", "0", 0.0, True, 0), Check("d", "", 1.0, None, 0)
    assert verdict(good, seen) == "as predicted"
    assert verdict(good, none) == "inconclusive"
    assert verdict(good, none, bad) == "contradicted"


def test_a_small_run_keeps_the_largest_value_of_a_grid():
    assert Options(scale_down=9).grid([1, 2, 3, 4, 5]).tolist() == [2, 5]
    assert Options(scale_down=100).repetitions(20) == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["figure-9"], "expected one of figure-1"),
        (["residual", "--trace-sharpness"], "only figure-1 can be traced"),
    ],
)
def test_wrong_use_is_one_clear_line(args, message):
    error = invoke(*args).exception
    assert isinstance(error, UsageError)
    assert error.exit_code == 2
    assert message in str(error)
    assert "\n" not in str(error)
