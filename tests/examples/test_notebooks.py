"""The notebooks run from top to bottom, and show what running them gives."""

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest

from tests.programs import loaded

FOLDER = Path(__file__).parents[2] / "examples" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
EACH = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def program():
    """The program that executes them."""
    return loaded(FOLDER / "execute.py")


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def cells(notebook, kind="code"):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def test_there_are_five():
    assert len(NOTEBOOKS) == 5


@EACH
def test_a_notebook_is_small_tidy_and_asserts(path, program):
    notebook = read(path)
    assert path.stat().st_size < 100_000
    assert program.tidy(deepcopy(notebook)) == notebook
    assert all(cell["execution_count"] for cell in cells(notebook))
    assert not any(o["output_type"] == "error" for c in cells(notebook) for o in c["outputs"])
    assert sum("assert " in "".join(cell["source"]) for cell in cells(notebook)) >= 3
    assert len(cells(notebook, "markdown")) >= 5
    assert len(program.shown(notebook)) >= 10


@EACH
def test_what_is_compared_is_what_a_reader_sees(path, program):
    notebook = read(path)
    changed = deepcopy(notebook)
    assert not list(program.differences(notebook, changed))
    output = next(o for c in cells(changed) for o in c["outputs"] if o["output_type"] == "stream")
    output["text"] = ["".join(output["text"]).replace("1", "2", 1) + "!\n"]
    assert len(list(program.differences(notebook, changed))) >= 3
    output["name"] = "stderr"
    assert list(program.differences(notebook, changed))


@pytest.mark.slow
@EACH
def test_executing_gives_the_outputs_in_the_file(path):
    pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    command = [sys.executable, str(FOLDER / "execute.py"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(path.name)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "stored", "code", "said"),
    [
        ("print(1)", "1", 0, "tiny.ipynb: "),
        ("print(1)", "2", 1, "-[1] 2"),
        ("raise ValueError('no')", "", 1, "ValueError"),
    ],
)
def test_other_outputs_and_failing_cells_are_told(tmp_path, source, stored, code, said):
    pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    output = {"output_type": "stream", "name": "stdout", "text": [stored]}
    cell = {
        "cell_type": "code", "id": "a", "metadata": {}, "execution_count": 1, "source": source,
        "outputs": [output] if stored else [],
    }  # fmt: skip
    path = tmp_path / "tiny.ipynb"
    path.write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})
    )
    command = [sys.executable, str(FOLDER / "execute.py"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert said in done.stdout
