"""The tasks for evolutions: programs run, evaluators score them, a tiny evolution gets further."""

import importlib.util
import json
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

import certimin
from tests.verify.judging.documents import INPUT, judged

FOLDER = Path(__file__).parents[2] / "examples" / "judge"
TASKS = sorted(path.parent.name for path in FOLDER.glob("*/evaluator.py"))


def module(path):
    spec = importlib.util.spec_from_file_location(f"example_{path.parent.name}_{path.stem}", path)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


EVOLVE = module(FOLDER / "evolve.py")


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """The judge without a process of its own, which takes seconds to start."""

    def judge(document, **_):
        return judged(json.dumps(document))

    monkeypatch.setitem(vars(certimin), "judge", judge)


def test_there_are_three_tasks():
    assert TASKS == ["bottleneck", "frobenius", "price_of_balance"]


@pytest.mark.parametrize("name", TASKS)
def test_the_initial_program_is_scored(name):
    metrics = module(FOLDER / name / "evaluator.py").evaluate(FOLDER / name / "initial_program.py")
    assert all(isinstance(value, float) for value in metrics.values())
    assert metrics["valid"] == 1.0
    task = module(FOLDER / name / "evaluator.py").TASK
    candidate = module(FOLDER / name / "initial_program.py").candidate()
    INPUT.validate({"task": task, "candidate": candidate})


@pytest.mark.parametrize("name", TASKS)
def test_a_program_that_cheats_gets_the_worst_score(name, tmp_path):
    evaluator = module(FOLDER / name / "evaluator.py")
    program = tmp_path / "program.py"
    program.write_text("def candidate():\n    return {'weights': [[[float('nan')]]]}\n")
    assert evaluator.evaluate(program) == {
        **dict.fromkeys(["valid", *(["refutes"] if name != "price_of_balance" else [])], 0.0),
        "combined_score": evaluator.WORST,
    }


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("bottleneck", 0.05), ("price_of_balance", 0.5)])
def test_the_evolution_gets_further(name, least):
    first, record, best = EVOLVE.evolve(FOLDER / name, 120, progress=lambda line: None)
    assert record["float"] > first["float"] + least
    task = module(FOLDER / name / "evaluator.py").TASK
    assert certimin.judge({"task": task, "candidate": best}) == record


@pytest.mark.slow
def test_the_evolution_refutes_the_false_conjecture():
    _, record, _ = EVOLVE.evolve(FOLDER / "frobenius", 60, progress=lambda line: None)
    assert record["refutes"]
    assert record["float"] > 0


@pytest.mark.slow
def test_no_balanced_minimizer_beats_what_is_proved():
    """U6: at most r_3(4) = 3^(2/3) times the least sharpness."""
    _, record, _ = EVOLVE.evolve(FOLDER / "price_of_balance", 60, progress=lambda line: None)
    assert Fraction(record["score"][0]) ** 3 <= 9


def test_a_seed_makes_the_same_candidates():
    start = {"choices": [3, *["1/2"] * 20]}
    changed = [EVOLVE.changed(start, Random(7), 0.1) for _ in range(2)]
    assert changed[0] == changed[1] != start
    assert changed[0]["choices"][0] == 3
