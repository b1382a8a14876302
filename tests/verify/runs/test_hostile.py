"""The attack of a hostile author: a false theorem with a true derivation, of something else."""

import json
import os
import subprocess
import sys

import pytest

from verify.evidence import LEVELS

PAGE = '''
from fractions import Fraction
from theorems.instances import Instance
from theorems.quantities import depth, sharpness, symbols
from theorems.settings import minimizers
from verify.theorem import (
    Bounds, Formula, Identity, Source, Theorem, claim, stated, twin, witness)

S, L = symbols(sharpness, depth)
cap = Formula("cap", "4S", 4 * S)
other = Formula("other", "L^2", L**2)
OLD = Bounds((2, 4), (1, 1))


@claim(minimizers, S * L <= 4 * S, bounds=OLD)
def trivial():
    """false from depth 5 on, derived by L = L"""
    yield Identity("trivial", L, L, why="obvious")


@claim(minimizers, S * L <= cap, bounds=OLD)
def binomial(cap):
    """the same, by a true identity that holds of any number"""
    yield Identity("binomial", (cap + 1) ** 2, cap**2 + 2 * cap + 1)


@claim(minimizers, S * L <= cap, bounds=OLD)
def elsewhere(other):
    """the same, by a true identity about another closed form"""
    yield Identity("square", (L + 1) ** 2 - 2 * L - 1, other)


@claim(minimizers, S * L <= cap, bounds=OLD)
def restated(cap):
    """the same, by writing the closed form down twice"""
    yield Identity("cap", cap, 4 * S)


bare = stated("bare", "the same, with no derivation", minimizers, S * L <= 4 * S, bounds=OLD)


def theorem(own):
    return Theorem(
        id=f"K{own.name}", title="a network of any depth is shallow", normalisation="R",
        source=Source("nobody", "nowhere"), claims=(own,), module=__name__,
        controls=(twin("none", "", minimizers, S * L <= S, bounds=OLD),),
        witnesses=(witness("one", own, "unit weights",
                           lambda: Instance.of_minimizer([[[1]], [[1]]], [[Fraction(1)]])),),
    )


THEOREMS = [theorem(own) for own in (trivial, binomial, elsewhere, restated, bare)]
'''
VOID = ("trivial", "binomial", "elsewhere", "restated")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """What ``certimin`` returns where a hostile package is installed beside it."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "hostile").mkdir()
    (folder / "hostile" / "__init__.py").touch()
    (folder / "hostile" / "pages.py").write_text(PAGE)
    about = folder / "hostile-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[certimin.theorems]\nhostile = hostile\n")

    def certimin(*arguments):
        enter = "from verify.commands.main import main; main()"
        command = [sys.executable, "-c", enter, *map(str, arguments)]
        paths = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
        return subprocess.run(
            command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": paths},
            check=False,
        )  # fmt: skip

    return certimin


@pytest.mark.slow
def test_true_derivations_of_something_else_are_void(run, tmp_path):
    names = [f"K{name}" for name in (*VOID, "bare")]
    done = run("verify", *names, "--out", tmp_path)
    report = json.loads((tmp_path / "verify.json").read_text())
    found = {t["id"]: t for t in report["theorems"]}
    assert done.returncode == 3
    for name in VOID:
        theorem = found[f"K{name}"]
        assert (theorem["verdict"], theorem["verified"], theorem["level"]) == ("void", False, None)
        assert f"K{name}.{name}" in done.stdout
    told = " ".join(done.stdout.split())
    assert told.count("it does not depend on the claim") == len(VOID)
    assert (found["Kbare"]["verdict"], found["Kbare"]["level"]) == ("holds", "tested")
    assert LEVELS.index("tested") > LEVELS.index("derived in part")
    assert (
        "1 of 5 hold: 0 proved, 0 derived, 0 derived at listed sizes, 0 derived in part, 1 tested"
        in told
    )


@pytest.mark.slow
def test_the_search_refutes_it_at_depths_that_its_author_left_out(run, tmp_path):
    done = run(
        "search", "depth*sharpness <= 4*sharpness", "--depth", "2:6", "--width", "1:1",
        "--budget", 10, "--out", tmp_path,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
