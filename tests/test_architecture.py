"""The house keeps its layers, and nothing tracked by git is tied to one machine.

The import contracts stand in pyproject.toml, where import-linter reads them. Here they are read
again and held against every import written in the sources, those made by name included
(`importlib.import_module("cupy")`), which import-linter does not see.
"""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
PACKAGES = LINTER["root_packages"]
CONTRACTS = [pytest.param(contract, id=contract["name"]) for contract in LINTER["contracts"]]

IMPORTERS = {"import_module", "__import__", "find_spec", "importorskip"}

# Written so that the patterns do not match this file.
MACHINE_BOUND = {
    "package registry": re.compile(
        r"[p]ypi\.(org|io)|[p]ythonhosted\.org|[n]pmjs\.(org|com)|[c]rates\.io"
        r"|[d]eb\.debian\.org|[a]naconda\.(org|com)|[p]roxy\.golang\.org"
    ),
    "absolute path": re.compile(
        r"(?<![\w.)\]}~-])/(home|mnt|opt|root|srv|tmp|work|Users)(?![\w.-])"
    ),
}


# Put together here, so that this file does not contain them.
REGISTRY, HOME, DISK = "py" + "pi.org", "/" + "root", "/" + "work"


def module_name(path: Path) -> str:
    """Dotted name of a source file below the root."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def names_imported(tree: ast.AST, package: str) -> Iterator[str]:
    """Absolute dotted names that a module of `package` imports, wherever it does so."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                yield from (alias.name for alias in aliases)
            case ast.ImportFrom(module=module, names=aliases, level=level):
                above = package.split(".")[: len(package.split(".")) - level + 1] if level else []
                base = ".".join([*above, *([module] if module else [])])
                yield from (f"{base}.{alias.name}" for alias in aliases)
            case ast.Call(
                func=ast.Attribute(attr=called) | ast.Name(id=called),
                args=[ast.Constant(value=str(name)), *_],
            ) if called in IMPORTERS and not name.startswith("."):
                yield name


def direct_imports() -> list[tuple[str, str]]:
    """Pairs (importer, imported) over all sources of the three packages."""
    pairs = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            importer = module_name(path)
            own = importer if path.name == "__init__.py" else importer.rpartition(".")[0]
            tree = ast.parse(path.read_text(), filename=str(path))
            pairs += [(importer, name) for name in names_imported(tree, own)]
    return pairs


def within(name: str, modules: list[str]) -> bool:
    """Whether `name` is one of `modules` or lies below one."""
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def excused(importer: str, imported: str, contract: dict) -> bool:
    """Whether the contract ignores this import; `**` stands for any module below."""
    for line in contract.get("ignore_imports", []):
        source, target = line.split(" -> ")
        pattern = re.escape(source).replace(r"\*\*", r".+")
        if re.fullmatch(pattern, importer) and within(imported, [target]):
            return True
    return False


def violations(pairs: list[tuple[str, str]], contract: dict) -> list[str]:
    """Those of the imports that the contract forbids."""
    assert contract["type"] == "forbidden", "this test reads forbidden contracts only"
    return [
        f"{importer} imports {imported}"
        for importer, imported in pairs
        if within(importer, contract["source_modules"])
        and within(imported, contract["forbidden_modules"])
        and not excused(importer, imported, contract)
    ]


@pytest.fixture(scope="module")
def imports() -> list[tuple[str, str]]:
    pairs = direct_imports()
    assert pairs, "no import found: are the packages where this test looks?"
    return pairs


@pytest.mark.parametrize("contract", CONTRACTS)
def test_imports_keep_the_contract(contract, imports):
    assert violations(imports, contract) == []


@pytest.mark.parametrize(
    ("importer", "source", "caught"),
    [
        ("numeric.spectrum", "import verify.claims", 1),
        ("numeric.arithmetic.ball", "def f():\n    from theorems import quantities", 1),
        ("verify.commands.main", "importlib.import_module('theorems')", 1),
        ("verify.commands.main", "from tests import conftest", 1),
        ("verify.claims", "from sympy.polys import Poly", 1),
        ("verify.derivation.steps", "from sympy.polys import Poly", 0),
        ("numeric.training", "import_module('cupy')", 1),
        ("numeric.arithmetic.floating", "import_module('cupy')", 0),
        ("theorems.unified.u1", "import flint", 1),
        ("verify.search.exact", "import hypothesis.strategies as st", 0),
        ("verify.searching", "import hypothesis", 1),
        ("numeric.spectrum", "from .moments import covariance", 0),
        ("numeric.arithmetic.ball", "from .. import verify", 0),
        ("theorems.quantities", "from numeric import spectrum", 0),
    ],
)
def test_a_forbidden_import_is_caught(importer, source, caught):
    package = importer.rpartition(".")[0]
    pairs = [(importer, name) for name in names_imported(ast.parse(source), package)]
    assert pairs
    found = [line for contract in LINTER["contracts"] for line in violations(pairs, contract)]
    assert len(found) == caught


def tracked_files() -> list[Path]:
    """Files known to git, or a skip outside a checkout."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listing.stdout.split("\0") if name]


@pytest.mark.parametrize("kind", MACHINE_BOUND)
def test_no_tracked_file_is_tied_to_a_machine(kind):
    found = [
        f"{path.relative_to(ROOT)}:{number}: {hit.group()}"
        for path in tracked_files()
        if path.is_file()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if (hit := MACHINE_BOUND[kind].search(line))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("kind", "text", "caught"),
    [
        ("package registry", f"https://{REGISTRY}/simple", True),
        ("package registry", "a registry of theorems", False),
        ("absolute path", f"open('{HOME}/data.csv')", True),
        ("absolute path", f"cd {DISK}", True),
        ("absolute path", f".{DISK}/main and a{HOME} and f(x){DISK}", False),
        ("absolute path", f"{HOME}ed {DISK}ers", False),
    ],
)
def test_the_patterns_find_what_they_name(kind, text, caught):
    assert bool(MACHINE_BOUND[kind].search(text)) is caught
