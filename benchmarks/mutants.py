"""Alter the code that decides, one place at a time, and count the alterations that tests notice.

Run ``make mutants``, or ``python -m benchmarks.mutants`` with the extra ``mutants`` installed.
Cosmic Ray proposes what to alter; a place is drawn first, then one of its mutations, for a sum can
be spoilt in more ways than a comparison.  Annotations are left out, for nothing reads them.  Each
mutant meets the tests of its own module only, in a copy of the checkout, and is killed when one of
them fails or takes too long.  Survivors that no test can tell from the original are explained in
``tests/mutants.toml``; they count as survivors all the same.

Exit code 1 if fewer than the target are killed, 2 if the tests fail without any mutation.
"""

from __future__ import annotations

import ast
import json
import os
import resource
import signal
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import chdir
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from random import Random
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory

import click
import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).resolve().parents[1]
REASONS = Path("tests", "mutants.toml")
TARGET = 0.85

_ARITHMETIC = ("numeric/test_arithmetic.py", "numeric/test_enclosures.py")
TESTS: dict[str, tuple[str, ...]] = {
    "numeric/arithmetic/algebraic.py": _ARITHMETIC,
    "numeric/arithmetic/ball.py": _ARITHMETIC,
    "numeric/arithmetic/ball_spectrum.py": _ARITHMETIC[::-1],
    "numeric/arithmetic/floating.py": (*_ARITHMETIC[:1], "verify/search/test_batches.py"),
    "numeric/arithmetic/matrices.py": _ARITHMETIC[:1],
    "numeric/arithmetic/protocol.py": _ARITHMETIC,
    "numeric/arithmetic/rational.py": _ARITHMETIC,
    "numeric/arithmetic/symbolic.py": _ARITHMETIC[:1],
    "numeric/arithmetic/tangents.py": ("numeric/test_tangents.py",),
    "numeric/arithmetic/tiny.py": ("numeric/test_tiny.py",),
    "verify/certificates/checker.py": ("theorems/test_checker.py",),
    "verify/certificates/replay.py": (),
    "verify/claims.py": ("verify/runs/test_stages.py", "verify/search/test_search.py"),
    "verify/derivation/chain.py": (
        "verify/derivation/test_soundness.py",
        "verify/derivation/test_steps.py",
    ),
    "verify/derivation/dependence.py": ("verify/derivation/test_soundness.py",),
    "verify/derivation/everywhere.py": ("verify/derivation/test_soundness.py",),
    "verify/derivation/extremes.py": ("verify/derivation/test_rules_of_minima.py",),
    "verify/derivation/kept.py": (),
    "verify/derivation/record.py": ("verify/derivation/test_steps.py",),
    "verify/derivation/rings.py": ("verify/derivation/test_steps.py",),
    "verify/derivation/rules.py": (
        "verify/derivation/test_rules_of_signs.py",
        "verify/derivation/test_rules_of_minima.py",
        "verify/derivation/test_least.py",
        "verify/derivation/test_soundness.py",
    ),
    "verify/derivation/steps.py": ("verify/derivation/test_record.py",),
    "verify/derivation/values.py": (),
    "verify/evidence.py": ("verify/runs/test_verdicts.py", "verify/runs/test_stages.py"),
    "verify/expression.py": ("verify/test_claims.py", "verify/certificates/test_folder.py"),
    "verify/runs/stages.py": ("verify/search/test_search.py", "verify/test_claims.py"),
    "verify/runs/verdicts.py": (),
    "verify/search/outcomes.py": ("verify/search/test_api.py",),
    "verify/search/pipeline.py": (
        "verify/search/test_search.py",
        "verify/search/test_corpus.py",
        "verify/search/test_counts.py",
        "verify/search/test_optimise.py",
        "quality/test_equations_and_scales.py::test_false_conjectures_fall",
    ),
}
"""What is altered, and the tests it meets after its doctests and those of the same name."""

_SECONDS, _MEMORY = 180.0, 12 << 30
"""What the tests of a mutant may take, many times what they need, and bytes they may ask for."""

LIBRARIES = ("hypothesis", "jsonschema", "mpmath", "numpy", "scipy.optimize", "sympy", "flint")
"""What the tests would load again and again."""

Place = list[tuple[str, int]]
"""The mutations of one place of a file: operators of Cosmic Ray, and which of their uses."""


@dataclass(frozen=True)
class Mutant:
    """One altered file: the lines that were there, those that are there now."""

    file: str
    line: int
    was: str
    now: str
    code: str

    @property
    def key(self) -> list[str]:
        """Return what tells it from others, wherever in its file it stands."""
        return [self.file, self.was, self.now]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}\n    was {self.was}\n    now {self.now}"


def places(code: str) -> dict[tuple[str, int, int], Place]:
    """Return the mutations of a module by their place: its line, which of those alike, column."""
    found: dict[tuple[int, int], Place] = defaultdict(list)
    nodes = list(ast_nodes(get_ast(code)))
    for name in sorted(operator_names()):
        kind = get_operator(name)
        if kind.arguments():  # it would need to be told which variables
            continue
        starts = (start for node in nodes for start, _ in kind().mutation_positions(node))
        for occurrence, start in enumerate(starts):
            found[start].append((name, occurrence))
    lines = code.splitlines()
    alike = [lines[:n].count(line) for n, line in enumerate(lines)]
    return {
        (lines[line - 1], alike[line - 1], column): found[line, column]
        for line, column in sorted(found)
    }


@lru_cache(maxsize=2)
def meaning(code: str) -> str:
    """Return the syntax tree of a module without annotations; SyntaxError if there is none."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        for part in ("annotation", "returns"):
            if hasattr(node, part):
                setattr(node, part, ast.Constant(None))
    return ast.dump(tree)


def mutant(file: str, code: str, name: str, occurrence: int) -> Mutant | None:
    """Return a module altered in one place, None where that is no other program."""
    try:
        altered = mutate_code(code, get_operator(name)(), occurrence)
        if altered is None or meaning(altered) == meaning(code):
            return None
    except SyntaxError:
        return None
    before, after = code.splitlines(), altered.splitlines()
    start = _alike(before, after)
    end = _alike(before[:start:-1], after[:start:-1])
    was, now = (_told(lines[start : len(lines) - end]) for lines in (before, after))
    return Mutant(file, start + 1, was, now, altered)


def _alike(before: Sequence[str], after: Sequence[str]) -> int:
    """How many lines agree from the first on."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((k for k, (a, b) in pairs if a != b), min(len(before), len(after)))


def _told(lines: Sequence[str]) -> str:
    return " / ".join(line.strip() for line in lines if line.strip())


def shuffled(seed: int) -> Iterator[Mutant]:
    """Yield mutants without end in sight: places in random order, a random mutation of each.

    A place keeps its number whatever is changed elsewhere, so that a sample stays what it is.
    """
    codes = {file: (ROOT / file).read_text(encoding="utf-8") for file in TESTS}
    drawn = [
        (Random(f"{seed} {file} {place}"), file, mutations)
        for file, code in codes.items()
        for place, mutations in places(code).items()
    ]
    for random, file, mutations in sorted(drawn, key=lambda found: found[0].random()):
        random.shuffle(mutations)
        made = (mutant(file, codes[file], *mutation) for mutation in mutations)
        found = next((m for m in made if m is not None), None)
        if found is not None:
            yield found


def tests(file: str) -> list[str]:
    """Return what pytest runs for a file: its doctests, the tests of its name, those named."""
    folder, _, name = file.rpartition("/")
    own = Path("tests", folder, f"test_{name}")
    listed = [str(own)] if (ROOT / own).is_file() else []
    return [file, *listed, *(f"tests/{each}" for each in TESTS[file])]


def passes(chosen: Sequence[str], seconds: float | None = None) -> bool:
    """Return whether tests pass in time, in a fork of this process: its libraries are loaded."""
    child = get_context("fork").Process(target=_run, args=(chosen, seconds is None))
    child.start()
    child.join(seconds)
    if child.is_alive() and child.pid is not None:
        os.killpg(child.pid, signal.SIGKILL)
        child.join()
    return child.exitcode == 0


def _run(chosen: Sequence[str], original: bool) -> None:
    """Run pytest up to the first failure; what it compiles is kept of the original only."""
    os.setsid()
    sys.dont_write_bytecode = not original
    if not original:
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    quiet = ["-qx", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist"]
    quiet += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # the libraries are loaded
    os._exit(pytest.main([*quiet, *chosen]))


def survives(found: Mutant) -> bool:
    """Return whether the tests of a file pass on its mutant, written here for the time."""
    path = Path(found.file)
    before = path.read_text(encoding="utf-8")
    path.write_text(found.code, encoding="utf-8")
    try:
        return passes(tests(found.file), _SECONDS)
    finally:
        path.write_text(before, encoding="utf-8")


def survivors(chosen: Sequence[Mutant]) -> Iterator[tuple[Mutant, bool]]:
    """Yield mutants, and whether they survive in a copy of the checkout."""
    with TemporaryDirectory() as place:
        copy = Path(place, "checkout")
        unwanted = ignore_patterns(".*", "__pycache__", "reports", "build", "dist")
        copytree(ROOT, copy, ignore=unwanted)
        os.environ["PYTHONPATH"] = str(copy)
        sys.path.insert(0, str(copy))
        with chdir(copy):
            for name in LIBRARIES:
                import_module(name)
            every = [test for file in sorted({m.file for m in chosen}) for test in tests(file)]
            if chosen and not passes(list(dict.fromkeys(every))):
                click.echo("certimin: mutants: tests fail without any mutation", err=True)
                sys.exit(2)
            yield from ((found, survives(found)) for found in chosen)


def reasons() -> dict[tuple[str, ...], str]:
    """Return why a survivor is no gap, by its file and what its lines were and are."""
    path = ROOT / REASONS
    listed = tomllib.loads(path.read_text(encoding="utf-8"))["mutant"] if path.is_file() else []
    return {(each["file"], each["was"], each["now"]): each["reason"] for each in listed}


def report(count: int, left: Sequence[Mutant]) -> Iterator[str]:
    """Yield the lines of the report."""
    killed, known = count - len(left), reasons()
    yield f"killed {killed} of {count} ({killed / max(1, count):.1%}), survivors:"
    for found in left:
        yield f"{found}\n    {known.get(tuple(found.key), 'not explained: a gap')}"


@click.command()
@click.option("--count", default=300, show_default=True, help="mutants")
@click.option("--seed", default=0, show_default=True)
@click.option("--only", default="", help="files whose path contains this")
@click.option(
    "--again", is_flag=True, help="go on: neither those killed before nor those explained"
)
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports/bench"))
def main(count: int, seed: int, only: str, again: bool, out: Path) -> None:
    """Run a random sample of mutants and list those that survive."""
    os.nice(2)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    record = out.resolve() / "mutants.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    chosen = [found for found in islice(shuffled(seed), count) if only in found.file]
    killed = json.loads(record.read_text(encoding="utf-8"))["killed"] if again else []
    left = [m for m in chosen if again and m.key not in killed and tuple(m.key) in reasons()]
    for found, alive in survivors([m for m in chosen if m.key not in killed and m not in left]):
        if alive:
            left.append(found)
            click.echo(f"survived: {found}", err=True)
            continue
        killed.append(found.key)
        record.write_text(json.dumps({"killed": killed}, indent=1) + "\n", encoding="utf-8")
    click.echo("\n".join(report(len(chosen), left)))
    sys.exit(len(left) > (1 - TARGET) * len(chosen))


if __name__ == "__main__":
    main()
