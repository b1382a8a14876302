"""Traces of training: what they record, what they cost, and the files they leave."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from certimin.tracing import Trace
from certimin.tracing.file import COLUMNS
from certimin.tracing.layers import imbalance_of
from verify.errors import UsageError

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "tracing"
D = np.linspace(-1, 1, 100)


class Clock:
    """Time passes when it is told to."""

    now = 0.0

    def __call__(self):
        return self.now


def quadratic(weights):
    """Loss Σ d_i w_i²/2 times a slowly growing number: its sharpness is that number."""
    return lambda v: weights[0] * D * v


def run(trace, steps):
    for step in steps:
        trace(step, loss=1 / (1 + step), weights=np.full(100, 1.0 + step))


def wrong(use):
    with pytest.raises(UsageError) as caught:
        use()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_records_every_few_steps_with_bounds():
    trace = Trace(every=5, hvp=quadratic, step_size=0.5, minimal_sharpness=1, share=1, products=90)
    run(trace, range(12))
    assert [row.step for row in trace.rows] == [0, 5, 10]
    for row in trace.rows:
        assert row.sharpness == pytest.approx(1 + row.step, rel=1e-3)
        assert row.sharpness_lower <= 1 + row.step <= row.sharpness_upper
        assert row.products <= trace.products
        assert row.converged == 1
        assert (row.two_over_step_size, row.minimal_sharpness, row.imbalance) == (4.0, 1.0, None)
    assert repr(trace) == "Trace: 3 rows, last step 10"


def test_later_records_start_from_the_last_vector():
    d = np.append(np.linspace(0, 1, 999), 1.05)
    trace = Trace(every=1, hvp=lambda w: lambda v: d * v, share=1, width=0.9)
    for step in range(2):
        trace(step, loss=1.0, weights=d)
    assert trace.rows[1].products < trace.rows[0].products


def test_products_are_bounded_and_what_is_missing_is_said():
    trace = Trace(every=1, hvp=quadratic, share=1, products=7)
    run(trace, [0])
    (row,) = trace.rows
    assert row.products <= 7
    assert row.converged == 0
    assert row.sharpness_lower < 1 < row.sharpness_upper


def test_a_share_of_the_time_is_kept_and_skipping_is_said():
    clock = Clock()

    def costly(weights):
        clock.now += 3.0
        return quadratic(weights)

    trace = Trace(every=1, hvp=costly, share=0.25, clock=clock)

    def train():
        for step in range(100):
            trace(step, loss=1.0, weights=np.full(100, 2.0))
            clock.now += 1.0

    with pytest.warns(UserWarning, match="over 25% of the time") as warned:
        train()
    assert len(warned) == 1
    assert 3.0 * len(trace.rows) <= 0.25 * clock.now + 3.0
    assert len(trace.rows) >= 8
    assert sum(row.skipped for row in trace.rows) == trace.rows[-1].step + 1 - len(trace.rows)
    assert len(trace.rows) + trace.skipped == 100
    assert trace.rows[1].skipped == trace.rows[1].step - trace.rows[0].step - 1
    assert f"{trace.skipped} skipped" in repr(trace)


def test_a_file_is_resumed_where_it_ends(tmp_path):
    path = tmp_path / "trace.csv"
    first = Trace(path, every=2, hvp=quadratic, share=1)
    run(first, range(5))
    second = Trace(path, every=2, hvp=quadratic, share=1)
    assert second.rows == first.rows
    run(second, range(9))
    lines = path.read_text().splitlines()
    assert lines[0] == ",".join(COLUMNS)
    assert [line.split(",")[0] for line in lines[1:]] == ["0", "2", "4", "6", "8"]
    assert Trace(path).rows == second.rows


def test_a_line_that_was_cut_is_dropped(tmp_path):
    path = tmp_path / "trace.csv"
    trace = Trace(path, every=1, hvp=quadratic, share=1)
    run(trace, range(3))
    whole = path.read_text()
    path.write_text(whole[:-9])
    again = Trace(path, every=1, hvp=quadratic, share=1)
    assert [row.step for row in again.rows] == [0, 1]
    run(again, range(3))
    assert [line.split(",")[0] for line in path.read_text().splitlines()[1:]] == ["0", "1", "2"]


def test_other_files_are_refused_in_one_line(tmp_path):
    path = tmp_path / "other.csv"
    for text in ("step,loss\n0,1\n", "a\n", "\x00\xff", ",".join(COLUMNS) + "\n1,2\n"):
        path.write_text(text)
        assert "name another file" in wrong(lambda: Trace(path))
        assert path.read_text() == text
    assert "can be written" in wrong(lambda: Trace(tmp_path / "none" / "trace.csv"))
    assert "can be written" in wrong(lambda: Trace(tmp_path))


def test_divergence_is_a_row_without_sharpness(tmp_path):
    path = tmp_path / "trace.csv"
    trace = Trace(path, every=1, hvp=quadratic, share=1)
    trace(0, loss=float("inf"), weights=np.ones(100))
    with np.errstate(invalid="ignore"):
        trace(1, loss=1.0, weights=np.full(100, np.nan))
    trace(2, loss=np.array([2.0]), weights=np.ones(100))
    assert [row.sharpness is None for row in trace.rows] == [True, True, False]
    assert Trace(path).rows == trace.rows


def test_refusals_are_one_line():
    assert "pass hvp=" in wrong(lambda: Trace()(0, loss=1.0))
    assert "every" in wrong(lambda: Trace(every=0))
    assert "share" in wrong(lambda: Trace(share=0))
    assert "products" in wrong(lambda: Trace(products=3))
    assert "size" in wrong(lambda: Trace(hvp=lambda w: lambda v: v)(0, loss=1.0))
    assert "symmetric" in wrong(
        lambda: Trace()(0, loss=1.0, hvp=lambda v: np.roll(v, 1) * D, weights=D)
    )


def test_operators_of_the_call_and_losses_that_wait():
    trace = Trace(every=3, share=1)
    asked = []
    for step in range(4):
        trace(step, loss=lambda: asked.append(1) or 2.5, weights=D, hvp=lambda v: D * v)
    assert len(asked) == len(trace.rows) == 2
    assert trace.rows[0].loss == 2.5


def test_imbalance_is_kept_by_gradient_flow():
    assert imbalance_of([np.eye(3)]) == 0.0
    example = runpy.run_path(str(EXAMPLES / "numpy_loop.py"))
    rows = example["main"](steps=101, every=20).rows
    assert [row.step for row in rows] == [0, 20, 40, 60, 80, 100]
    assert rows[-1].loss < 0.2 * rows[0].loss
    assert rows[-1].imbalance == pytest.approx(rows[0].imbalance, rel=0.2)
    assert rows[0].two_over_step_size == 100.0
    assert all(row.sharpness_lower <= row.sharpness <= row.sharpness_upper for row in rows)


@pytest.mark.slow  # to import and to compile
def test_the_torch_example(tmp_path):
    pytest.importorskip("torch")
    trace = runpy.run_path(str(EXAMPLES / "torch_loop.py"))["main"](tmp_path / "t.csv", 41, 20)
    assert [row.step for row in trace.rows] == [0, 20, 40]
    assert all(row.sharpness_lower <= row.sharpness_upper for row in trace.rows)
    assert trace.rows[0].two_over_step_size == 20.0
    assert trace.rows[0].imbalance is None


def test_linear_modules_of_torch_have_their_imbalance():
    torch = pytest.importorskip("torch")
    layers = [torch.nn.Linear(3, 3, bias=False, dtype=torch.float64) for _ in range(2)]
    x = torch.eye(3, dtype=torch.float64)
    trace = Trace.torch(torch.nn.Sequential(*layers), "R", (x, x), every=1, share=1)
    row = trace(0, loss=torch.tensor(1.0, requires_grad=True))
    assert row.imbalance == pytest.approx(imbalance_of([layer.weight for layer in layers]))
    assert row.imbalance > 0


@pytest.mark.slow  # to import and to compile
def test_the_jax_example():
    pytest.importorskip("jax")
    rows = runpy.run_path(str(EXAMPLES / "jax_loop.py"))["main"](steps=41).rows
    assert [row.step for row in rows] == [0, 20, 40]
    assert all(row.converged for row in rows)


def test_the_figure(tmp_path):
    trace = Trace(every=1, hvp=quadratic, step_size=0.1, minimal_sharpness=1, share=1)
    assert "none" in wrong(lambda: trace.figure(tmp_path / "empty.png"))
    run(trace, range(3))
    trace.figure(tmp_path / "trace.svg")
    text = (tmp_path / "trace.svg").read_text()
    assert len(text) > 10_000
    assert "name a .png" in wrong(lambda: trace.figure(tmp_path / "trace.unknown"))
